"""Time and peak memory of a piece of work."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from types import TracebackType


class Meter:
    """Measure a ``with`` block.

    Attributes
    ----------
    seconds : float
        Wall time.
    peak_mb : float
        Highest resident memory of the process during the block, megabytes. Linux can reset its high-water mark;
        elsewhere it is the highest since the process began.
    """

    seconds: float = 0.0
    peak_mb: float = 0.0

    def __enter__(self) -> Meter:
        """Start measuring."""
        self._resettable = _reset_high_water()
        self._start = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop measuring."""
        self.seconds = time.perf_counter() - self._start
        self.peak_mb = _high_water_mb() if self._resettable else _process_peak_mb()


def _reset_high_water() -> bool:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:  # not Linux, or not allowed: the process-wide mark is used instead
        return False
    return True


def _high_water_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024.0
    return _process_peak_mb()


def _process_peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024.0
