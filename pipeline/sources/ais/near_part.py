"""Reports near the corridor, as the work on files leaves them: parts of limited size, each in the order of ships.

A part is two files of numpy: ``near_K.npy`` with the reports, all of a ship side by side, and ``ships_K.npy`` with how
many each ship has. So all reports of a few ships are read from many parts without reading what lies between.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import DataError
from pipeline.geo import Ints

NO_STATUS = 255
"""Navigational status that was not sent."""
RECORD = np.dtype(
    [
        ("time_us", "<i8"), ("lon", "<f8"), ("lat", "<f8"), ("mmsi", "<i4"), ("sog_kn", "<f4"), ("heading_deg", "<f4"),
        ("draught_m", "<f4"), ("status", "u1"),
    ],
    align=True,
)  # fmt: skip
"""One report: microseconds since 1970 UTC, degrees WGS84, knots, true heading, metres; NaN and ``NO_STATUS`` where not
known."""
SHIP = np.dtype([("mmsi", "<i4"), ("reports", "<i8")], align=True)
"""How many reports of a part are of a ship."""
_AT_ONCE = 1 << 14
_NAMES = re.compile(r"(near|ships)_(\d+)\.npy")


@dataclass(frozen=True)
class NearPart:
    """A part that lies in a folder.

    Attributes
    ----------
    path : Path
        Its reports: an array of ``RECORD``.
    ships_path : Path
        Its ships: an array of ``SHIP``, ascending.
    """

    path: Path
    ships_path: Path

    @cached_property
    def ships(self) -> NDArray[np.void]:
        """Its ships and how many reports each has, ``SHIP``, shape (n,)."""
        ships: NDArray[np.void] = np.load(self.ships_path, allow_pickle=False)
        return ships

    @cached_property
    def _starts(self) -> Ints:
        return np.concatenate([[0], np.cumsum(self.ships["reports"])])

    @cached_property
    def _head(self) -> tuple[int, int]:
        """How many reports there are, and where the first begins, bytes."""
        with self.path.open("rb") as file:
            np.lib.format.read_magic(file)
            (reports,), *_ = np.lib.format.read_array_header_1_0(file)
            return reports, file.tell()

    def __len__(self) -> int:
        return self._head[0]

    def reports_of(self, first_mmsi: int, end_mmsi: int) -> int:
        """Return how many reports are of ships from one number up to, and without, another."""
        first, end = self._rows(first_mmsi, end_mmsi)
        return end - first

    def read_into(self, reports: NDArray[np.void], first_mmsi: int, end_mmsi: int) -> None:
        """Read the reports of ships from one number up to, and without, another, in the order of ships.

        Parameters
        ----------
        reports : ndarray of RECORD, shape (n,)
            To be filled; as many as ``reports_of`` says.
        first_mmsi, end_mmsi : int
            Which ships.

        Raises
        ------
        EOFError
            If the file has fewer.
        """
        first, _ = self._rows(first_mmsi, end_mmsi)
        space = reports.view(np.uint8).data  # records would be copied one by one
        with self.path.open("rb") as file:
            file.seek(self._head[1] + first * RECORD.itemsize)
            if file.readinto(space) != len(space):
                raise EOFError(f"{self.path} ends within its reports")

    def link(self, folder: Path, number: int) -> None:
        """Let the part also lie in another folder, under another number; copied where files have one name only."""
        other = _part(folder, number)
        for path, to in ((self.path, other.path), (self.ships_path, other.ships_path)):
            try:
                to.hardlink_to(path)
            except OSError:
                shutil.copyfile(path, to)

    @cached_property
    def _mmsi(self) -> NDArray[np.int32]:
        return np.ascontiguousarray(self.ships["mmsi"])

    def _rows(self, first_mmsi: int, end_mmsi: int) -> tuple[int, int]:
        first, end = int(self._mmsi.searchsorted(first_mmsi)), int(self._mmsi.searchsorted(end_mmsi))
        return int(self._starts[first]), int(self._starts[max(first, end)])


def near_parts(folder: Path, reports: int) -> list[NearPart]:
    """Return the parts of a folder in the order of their numbers.

    Parameters
    ----------
    folder : Path
        Where they lie.
    reports : int
        How many they hold together.

    Raises
    ------
    DataError
        If there are more or fewer: a folder that is just being replaced or taken away must not make ships fewer.
    """
    parts = [_part(folder, number) for number in _numbers(folder)]
    if (found := sum(len(part) for part in parts)) != reports:
        raise DataError(
            f"{found:,} of {reports:,} reports near the corridor are there",
            where=str(folder),
            remedy="Run again; if it stays so, run with --force, which reads the positions again.",
        )
    return parts


def write_near_part(folder: Path, number: int, reports: NDArray[Any]) -> NearPart:
    """Write a part; its ships come last, so that a part that has them is whole.

    Parameters
    ----------
    folder : Path
        Where to.
    number : int
        Of the part within the folder.
    reports : ndarray of RECORD, shape (n,)
        In any order; those of a ship are kept in theirs.
    """
    from pipeline.sources.ais.near_kernels import lay, order_of

    part, mmsi = _part(folder, number), np.ascontiguousarray(reports["mmsi"])
    order = order_of(mmsi)
    ordered = mmsi[order]
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    ships = np.zeros(len(first), SHIP)
    ships["mmsi"], ships["reports"] = ordered[first], np.diff(first, append=len(reports))
    some = np.zeros(_AT_ONCE, RECORD)
    with part.path.open("wb") as file:
        head = {"descr": np.lib.format.dtype_to_descr(RECORD), "fortran_order": False, "shape": reports.shape}
        np.lib.format.write_array_header_1_0(file, head)
        for at in range(0, len(reports), _AT_ONCE):
            own = order[at : at + _AT_ONCE]
            lay(reports, own, some)
            file.write(some[: len(own)].view(np.uint8).data)
    np.save(part.ships_path, ships, allow_pickle=False)
    return part


def _part(folder: Path, number: int) -> NearPart:
    return NearPart(folder / f"near_{number}.npy", folder / f"ships_{number}.npy")


def _numbers(folder: Path) -> Iterator[int]:
    found = (_NAMES.fullmatch(path.name) for path in folder.iterdir())
    return iter(sorted({int(name[2]) for name in found if name and name[1] == "ships"}))
