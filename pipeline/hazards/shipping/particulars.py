"""One set of particulars a ship, from the many that its AIS reports state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats, Ints
from pipeline.sources.imo import is_imo_number

STATICS = ("mmsi", "imo", "vessel_type", "length_m", "beam_m", "draught_m", "name", "reports")
"""Columns of the table of distinct static reports that ``particulars`` takes."""


def particulars(statics: pd.DataFrame, section: ShippingSection) -> pd.DataFrame:
    """Return one row a ship, ascending MMSI.

    Parameters
    ----------
    statics : DataFrame
        Distinct combinations of ``STATICS`` with their number of reports. Zero, negative and blank mean not stated.
    section : ShippingSection
        Holds the plausible range of length, and IMO numbers that mean nothing.

    Returns
    -------
    DataFrame
        ``mmsi name vessel_type length_m beam_m reported_draught_m imo``: the most reported type, length, beam, name
        and valid IMO number (the larger, or first by name, of equals), and the greatest draught, for draught is typed
        by hand and a ship is as dangerous as she is deep (METHODS 1.5). NaN and "" where never stated.
        ``length_refused``: only lengths that no ship has were stated; ``imo_wrong``: a number was stated that is no
        IMO number; ``imo_several``: more than one that is.
    """
    by_ship = _ByShip.of(statics)
    stated = {name: by_ship.stated(name) for name in ("vessel_type", "length_m", "beam_m", "draught_m", "imo")}
    length = stated["length_m"]
    with np.errstate(invalid="ignore"):
        possible = (length >= section.min_length_m) & (length <= section.max_length_m)
    valid = is_imo_number(stated["imo"], section.placeholder_imo)
    ships = pd.DataFrame({"mmsi": by_ship.mmsi, "name": by_ship.name()})
    ships["vessel_type"] = by_ship.most_reported(stated["vessel_type"])
    ships["length_m"] = by_ship.most_reported(np.where(possible, length, np.nan))
    ships["beam_m"] = by_ship.most_reported(stated["beam_m"])
    ships["reported_draught_m"] = by_ship.least_and_most(stated["draught_m"])[1]
    imo = np.where(valid, stated["imo"], np.nan)
    ships["imo"] = by_ship.most_reported(imo)
    ships["length_refused"] = by_ship.any(~np.isnan(length) & ~possible) & ships["length_m"].isna().to_numpy()
    ships["imo_wrong"] = by_ship.any(~np.isnan(stated["imo"]) & ~valid)
    least, most = by_ship.least_and_most(imo)
    ships["imo_several"] = least < most
    return ships


@dataclass(frozen=True)
class _ByShip:
    """Rows of static reports in order of ship."""

    rows: pd.DataFrame
    mmsi: Ints
    starts: Ints
    ship: Ints

    @classmethod
    def of(cls, statics: pd.DataFrame) -> _ByShip:
        rows = statics.iloc[np.argsort(statics["mmsi"].to_numpy(np.int64), kind="stable")]
        mmsi, starts, count = np.unique(rows["mmsi"].to_numpy(np.int64), return_index=True, return_counts=True)
        return cls(rows, mmsi, starts, np.repeat(np.arange(len(mmsi)), count))

    def stated(self, column: str) -> Floats:
        """Return a column with what is not above zero as NaN."""
        values = self.rows[column].to_numpy(np.float64)
        with np.errstate(invalid="ignore"):
            return np.where(values > 0.0, values, np.nan)

    def any(self, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the ships of which any row is so."""
        return np.bincount(self.ship[rows], minlength=len(self.mmsi)) > 0

    def least_and_most(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the least and the greatest value of each ship, NaN where she has none."""
        if not len(values):
            return values, values
        return np.fmin.reduceat(values, self.starts), np.fmax.reduceat(values, self.starts)

    def most_reported(self, values: Floats) -> Floats:
        """Return the value of each ship with most reports, the larger of equals; NaN where she has none."""
        best, most = self.least_and_most(values)
        with np.errstate(invalid="ignore"):
            disputed = (best < most)[self.ship] & ~np.isnan(values)
        ship, values, reports = self.ship[disputed], values[disputed], self.rows["reports"].to_numpy()[disputed]
        if not len(ship):
            return best
        order = np.lexsort((values, ship))
        ship, values, reports = ship[order], values[order], reports[order]
        first = np.flatnonzero(np.concatenate([[True], (ship[1:] != ship[:-1]) | (values[1:] != values[:-1])]))
        ship, values, count = ship[first], values[first], np.add.reduceat(reports, first)
        order = np.lexsort((values, count, ship))
        ship, values = ship[order], values[order]
        last = np.concatenate([ship[1:] != ship[:-1], [True]])
        best[ship[last]] = values[last]
        return best

    def name(self) -> NDArray[np.object_]:
        """Return the name of each ship with most reports, the first by alphabet of equals; "" where she has none."""
        codes, typed = pd.factorize(self.rows["name"])  # blank is -1
        names = [str(name).strip() for name in np.asarray(typed, dtype=object)]
        said = sorted(set(names) - {""})
        place = {name: float(-at) for at, name in enumerate(said)}
        rank = np.array([*(place.get(name, np.nan) for name in names), np.nan])[codes]
        best = self.most_reported(rank)
        none = np.isnan(best)
        return np.array([*said, ""], dtype=object)[np.where(none, len(said), -best).astype(np.int64)]
