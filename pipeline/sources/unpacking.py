"""Packed content as a stream that stops where it unpacks to more than it may."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError

# A short file of equal lines packs very well; the ratio is judged only beyond this.
_RATIO_FROM_BYTES = 64_000_000


@dataclass(frozen=True)
class Bounds:
    """How much a gzipped file may unpack to; as a source says where it has none of its own.

    Attributes
    ----------
    most_gb : float
        Size of what comes out.
    most_ratio : float
        That over the size of the file.
    """

    most_gb: float = SourceSection.model_fields["unpacked_max_gb"].default
    most_ratio: float = SourceSection.model_fields["unpacked_max_ratio"].default

    @classmethod
    def of(cls, section: SourceSection) -> Bounds:
        """Return those of a source."""
        return cls(section.unpacked_max_gb, section.unpacked_max_ratio)

    def judge(self, unpacked: int, packed: int, path: Path) -> None:
        """Refuse a file that has unpacked to more than it may.

        Parameters
        ----------
        unpacked, packed : int
            Bytes that came out so far, and that these took in the file.
        path : Path
            The file, to name in the error.

        Raises
        ------
        DataError
            If it has.
        """
        most, ratio = self.most_gb * 1e9, self.most_ratio
        if unpacked > most or (unpacked > _RATIO_FROM_BYTES and unpacked > ratio * packed):
            raise DataError(
                f"the archive unpacks to more than it may: {unpacked / 1e9:.3g} GB so far out of "
                f"{packed / 1e9:.3g} GB, and the limits are {most / 1e9:g} GB and {ratio:g} times",
                where=str(path),
                remedy="If it is sound, unpack it, or raise unpacked_max_gb or unpacked_max_ratio in its source.",
            )


def gunzipped(raw: IO[bytes], path: Path, bounds: Bounds) -> io.BufferedReader:
    """Return what a gzipped stream unpacks to, as a stream.

    Parameters
    ----------
    raw : file
        The open file, at its first byte. It is left open.
    path : Path
        The file, to name in an error.
    bounds : Bounds
        How much it may unpack to.

    Raises
    ------
    DataError
        While it is read, once it has unpacked to more.
    """
    return io.BufferedReader(_Bounded(gzip.GzipFile(fileobj=raw), raw, path, bounds))


def unzstd(raw: IO[bytes], path: Path, bounds: Bounds) -> io.BufferedReader:
    """Return what a stream packed with Zstandard unpacks to; see ``gunzipped``.

    Raises
    ------
    DataError
        While it is read, once it has unpacked to more.
    OSError
        While it is read, if it is damaged or cut short.
    """
    return io.BufferedReader(_Bounded(pa.CompressedInputStream(raw, "zstd"), raw, path, bounds))


class _Bounded(io.RawIOBase):
    def __init__(self, packed: Any, raw: IO[bytes], path: Path, bounds: Bounds) -> None:
        self._packed, self._raw, self._path, self._bounds = packed, raw, path, bounds
        self._unpacked = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        size = int(self._packed.readinto(buffer))
        self._unpacked += size
        self._bounds.judge(self._unpacked, max(self._raw.tell(), 1), self._path)
        return size

    def close(self) -> None:
        self._packed.close()
        super().close()
