"""Text as it is or gzipped, read as a stream; one that unpacks to more than its source allows is refused."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError

LONGEST_LINE = 100_000
"""Bytes of a line that are read at once; what is longer is no text."""
# A short file of equal lines packs very well; the ratio is judged only beyond this.
_RATIO_FROM_BYTES = 64_000_000


@contextmanager
def unpacked(path: Path, section: SourceSection) -> Iterator[Any]:
    """Open plain or gzipped text.

    Raises
    ------
    DataError
        If it cannot be read, or unpacks to more than ``unpacked_max_gb`` or ``unpacked_max_ratio`` times its size.
    """
    try:
        with path.open("rb") as raw:
            if path.suffix.lower() != ".gz":
                yield raw
            else:
                with gzip.GzipFile(fileobj=raw) as packed:
                    yield _Bounded(packed, raw, path, section)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"the file cannot be read: {error}", where=str(path), remedy="Copy or download it again."
        ) from error


class _Bounded:
    """A gzipped stream that stops when it unpacks to more than its source allows."""

    def __init__(self, packed: gzip.GzipFile, raw: IO[bytes], path: Path, section: SourceSection) -> None:
        self._packed, self._raw, self._path, self._section = packed, raw, path, section

    def read(self, size: int) -> bytes:
        content = self._packed.read(size)
        self._judge()
        return content

    def readline(self, size: int = LONGEST_LINE) -> bytes:
        return self._packed.readline(size)

    def _judge(self) -> None:
        unpacked, packed = self._packed.tell(), max(self._raw.tell(), 1)
        most, ratio = self._section.unpacked_max_gb * 1e9, self._section.unpacked_max_ratio
        if unpacked > most or (unpacked > _RATIO_FROM_BYTES and unpacked > ratio * packed):
            raise DataError(
                f"the archive unpacks to more than it may: {unpacked / 1e9:.3g} GB so far out of "
                f"{packed / 1e9:.3g} GB, and the limits are {most / 1e9:g} GB and {ratio:g} times",
                where=str(self._path),
                remedy="If it is sound, unpack it, or raise unpacked_max_gb or unpacked_max_ratio in its source.",
            )
