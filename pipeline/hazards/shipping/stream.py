"""Near reports of all files, as chunks of whole ships in the order of time, in memory that does not grow with them.

Files leave their reports in parts that lie in the order of ships, with an index of how many each ship has. So the
reports of a few ships are read from all parts without what lies between, by anyone, in any order of chunks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pipeline.geo import Ints
from pipeline.hazards.shipping.reports import Reports
from pipeline.sources.ais.near_part import RECORD, NearPart

_UNIT_REPORTS = 10_000  # of ships that are never parted: some hundred thousand units of the largest archive


@dataclass(frozen=True)
class NearReports:
    """A part of the near reports of a source.

    Attributes
    ----------
    part : NearPart
        The reports, in the order of ships.
    satellite : bool
        They came by satellite.
    """

    part: NearPart
    satellite: bool = False


@dataclass(frozen=True)
class Ships:
    """Ships near the corridor.

    Attributes
    ----------
    mmsi : ndarray of int64, shape (n,)
        Ascending; a ship's index is its place here.
    reports : ndarray of int64, shape (n,)
        Near reports of each.
    """

    mmsi: Ints
    reports: Ints

    @classmethod
    def of(cls, near: Sequence[NearReports]) -> Ships:
        """Count the reports of each ship in all parts, by what their indexes say."""
        indexes = [one.part.ships for one in near]
        mmsi = np.unique(np.concatenate([np.zeros(0, np.int32), *(index["mmsi"] for index in indexes)]))
        reports = np.zeros(len(mmsi), np.int64)
        for index in indexes:
            reports[np.searchsorted(mmsi, index["mmsi"])] += index["reports"]
        return cls(mmsi.astype(np.int64), reports)

    @property
    def unit_starts(self) -> Ints:
        """Where units of work begin, shape (units + 1,): ships in a row with some thousand reports together."""
        return _starts(self.reports, _UNIT_REPORTS)

    @property
    def unit_reports(self) -> Ints:
        """Reports of each unit, shape (units,)."""
        return np.diff(np.append(0, np.cumsum(self.reports))[self.unit_starts])


@dataclass(frozen=True)
class Chunk:
    """Whole ships whose reports are still to be read and put in order, which ``reports`` does, in any thread."""

    near: Sequence[NearReports]
    ships: Ships
    first: int
    end: int

    def reports(self) -> Reports:
        """Return the reports in order; which part a report stood in, and where, has no part in it."""
        from pipeline.hazards.shipping.stream_kernels import by_ship, by_time, take

        mmsi, count = (of[self.first : self.end] for of in (self.ships.mmsi, self.ships.reports))
        range_of = int(mmsi[0]), int(mmsi[-1]) + 1
        ends = np.cumsum([one.part.reports_of(*range_of) for one in self.near])
        records, satellite = np.empty(int(ends[-1]), RECORD), np.empty(int(ends[-1]), np.uint8)
        for one, first, end in zip(self.near, [0, *ends[:-1]], ends, strict=True):
            if first < end:
                one.part.read_into(records[first:end], *range_of)
                satellite[first:end] = one.satellite
        rows, starts = np.empty(len(records), np.int32), np.append(0, np.cumsum(count))
        by_ship(records, mmsi, starts, rows)
        by_time(records, satellite, rows, starts)
        ship = np.repeat(np.arange(self.first, self.end, dtype=np.int32), count)
        found = Reports.empty(ship)
        take(records, satellite, rows, *found.columns[1:])
        return found


def chunks(near: Sequence[NearReports], ships: Ships, first: int, end: int, size: int) -> list[Chunk]:
    """Return ships ``first`` to ``end`` in chunks of about ``size`` reports, or of one ship that has more."""
    starts = first + _starts(ships.reports[first:end], size)
    return [Chunk(near, ships, int(a), int(b)) for a, b in pairwise(starts)]


def _starts(reports: Ints, size: int) -> Ints:
    """Return where groups of consecutive ships of about ``size`` reports begin, and the number of ships at last."""
    group = (np.cumsum(reports) - reports) // size
    return np.append(np.flatnonzero(np.diff(group, prepend=-1)), len(reports))
