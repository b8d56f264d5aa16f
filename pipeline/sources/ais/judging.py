"""One pass over the reports of a table: each is judged and counted, and kept where it is near."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.sources.ais.fates import FATES, Rules
from pipeline.sources.ais.near_part import RECORD, write_near_part
from pipeline.sources.ais.period import DAY_US, Day
from pipeline.sources.ais.table import STREAMED

MOST_NEAR = 1_000_000
"""Reports of a part: what is held at once, some 64 bytes each."""


class Judging:
    """Counts, and near reports in parts.

    Parameters
    ----------
    rules : Rules
        What rows are compared with.
    folder : Path, optional
        Where near reports are written to; none is kept without it.

    Attributes
    ----------
    parts : int
        Parts written.
    """

    def __init__(self, rules: Rules, folder: Path | None) -> None:
        self.parts = 0
        self._rules, self._folder = rules, folder
        self._rows, self._swapped = np.zeros(len(FATES), np.int64), np.zeros(1, np.int64)
        self._first_day = rules.earliest_us // DAY_US
        self._days = np.zeros((3, rules.latest_us // DAY_US + 1 - self._first_day), np.int64)
        self._days[1] = np.iinfo(np.int64).max
        self._near: NDArray[Any] = np.zeros(MOST_NEAR if folder else 0, RECORD)
        self._kept = 0

    def take(self, batch: Any) -> None:
        """Judge the rows of an Arrow batch of the columns ``table.STREAMED``."""
        from pipeline.sources.ais.fates_kernels import judge

        columns = (batch.column(name).to_numpy() for name in STREAMED)
        time_us, mmsi, lat, lon, sog, heading, draught, status, kind = columns
        done, keep = 0, self._folder is not None
        while done < len(batch):
            done, self._kept = judge(
                time_us, mmsi, lat, lon, sog, heading, draught, status, kind, done,
                self._rules, self._rows, self._days, self._swapped, self._near, self._kept, keep,
            )  # fmt: skip
            if done < len(batch):
                self.flush()

    def flush(self) -> None:
        """Write what is kept as a part."""
        if self._folder is not None and self._kept:
            write_near_part(self._folder, self.parts, self._near[: self._kept])
            self.parts, self._kept = self.parts + 1, 0

    def rows(self, beside: Mapping[str, int]) -> dict[str, int]:
        """Return the rows by fate, with those that a file holds beside its table."""
        return {name: int(count) + beside.get(name, 0) for name, count in zip(FATES, self._rows, strict=True)}

    @property
    def swapped(self) -> int:
        """Rows that were near if latitude and longitude were exchanged."""
        return int(self._swapped[0])

    @property
    def days(self) -> list[Day]:
        """Days with rows of ships."""
        found = np.flatnonzero(self._days[0])
        return [Day(*row) for row in np.column_stack([found + self._first_day, *self._days[:, found]]).tolist()]
