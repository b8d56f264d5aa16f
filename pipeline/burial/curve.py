"""The strike-depth curve: how many anchor strikes a year still reach a cable that lies at depth z."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.errors import DataError
from pipeline.geo import Floats, Ints

# Round-off only: sums over anchor sizes and products f * L_f may differ in the last digits with the order of rows.
_ROUND_OFF = 1e-9


@dataclass(frozen=True, eq=False)
class AnchorCurves:
    """Strike-depth curves of many places (METHODS 1.2).

    Penetration is f(soil) times fluke length, so one table of strikes by fluke length holds the curve of every soil:
    P(z) is the sum over the anchors with f L_f > z.

    Attributes
    ----------
    fluke_length_m : ndarray, shape (sizes,)
        Distinct fluke lengths of all places, ascending.
    at_least_per_km_yr : ndarray, shape (places, sizes)
        Surface-laid strikes by anchors of that size or larger; NaN where shipping is not assessed.
    assessed : ndarray of bool, shape (places,)
        Where shipping is assessed.
    """

    fluke_length_m: Floats
    at_least_per_km_yr: Floats
    assessed: NDArray[np.bool_]

    @classmethod
    def from_table(cls, table: pd.DataFrame, *, key: str, places: Ints, assessed: NDArray[np.bool_]) -> AnchorCurves:
        """Build the curves from one row a place and anchor size. No digit depends on which places are built together.

        Parameters
        ----------
        table : DataFrame
            Columns ``key``, ``fluke_length_m`` and ``strike_per_km_yr``; rows in any order, sizes may repeat.
        key : str
            ``"station"`` or ``"cell"``: their number.
        places : ndarray of int, shape (places,)
            Numbers of the places, each once.
        assessed : ndarray of bool, shape (places,)
            Where shipping is assessed; a place without rows there has a rate of zero.

        Raises
        ------
        DataError
            If a rate or a fluke length is negative or not a number, or a place is none of these.
        """
        number = table[key].to_numpy(np.int64)
        rank = np.argsort(places, kind="stable")
        found = np.minimum(np.searchsorted(places, number, sorter=rank), max(len(places) - 1, 0))
        place = rank[found] if len(places) else np.zeros(len(number), np.int64)
        known = places[place] == number if len(places) else np.zeros(len(number), bool)
        fluke = table["fluke_length_m"].to_numpy(float)
        rate = table["strike_per_km_yr"].to_numpy(float)
        usable = known & (rate >= 0) & (fluke > 0) & np.isfinite(rate) & np.isfinite(fluke)
        if not usable.all():
            row = int(np.flatnonzero(~usable)[0])
            raise DataError(
                "the anchor table has a row that is not a rate of an anchor size at a place",
                where=f"{key}_anchors: {key} {number[row]}, fluke {fluke[row]} m, {rate[row]} /km/yr",
                remedy="This table is made by the shipping step; run 'corridor build --force'.",
            )
        order = np.lexsort((rate, fluke, place))  # so that sums do not depend on the order of rows
        sizes, size = np.unique(fluke, return_inverse=True)
        shape = (len(places), len(sizes))
        rates = np.bincount((place * len(sizes) + size)[order], weights=rate[order], minlength=shape[0] * shape[1])
        at_least = np.cumsum(rates.reshape(shape)[:, ::-1], axis=1)[:, ::-1]
        return cls(sizes, np.where(assessed[:, None], at_least, np.nan), assessed)

    def followed_by(self, other: AnchorCurves) -> AnchorCurves:
        """Return the curves of these places and then of others."""
        sizes = np.union1d(self.fluke_length_m, other.fluke_length_m)
        return AnchorCurves(
            sizes,
            np.concatenate([curves.at_least(sizes) for curves in (self, other)]),
            np.concatenate([self.assessed, other.assessed]),
        )

    def at_least(self, fluke_length_m: Floats) -> Floats:
        """Return the strikes by anchors of given sizes or larger, shape (places, sizes)."""
        return self._rates[:, np.searchsorted(self.fluke_length_m, fluke_length_m)]

    @property
    def _rates(self) -> Floats:
        """Strikes by anchors of each size or larger, and by those larger than all: none."""
        return np.column_stack([self.at_least_per_km_yr, np.where(self.assessed, 0.0, np.nan)])

    @property
    def total_per_km_yr(self) -> Floats:
        """Strikes on a surface-laid cable, shape (places,)."""
        rates = self.at_least_per_km_yr
        return rates[:, 0] if rates.shape[1] else np.where(self.assessed, 0.0, np.nan)

    def strike_per_km_yr(self, depth_m: Floats, penetration_f: Floats) -> Floats:
        """Return the anchor strikes that still reach a cable at a depth, P(z) of METHODS 1.2.

        Parameters
        ----------
        depth_m : ndarray, shape (places,)
            Depth of lowering; 0 is surface-laid, NaN gives NaN.
        penetration_f : ndarray, shape (places,)
            Penetration in fluke lengths.

        Returns
        -------
        ndarray, shape (places,)
        """
        reach = penetration_f[:, None] * self.fluke_length_m[None, :] > depth_m[:, None] + _ROUND_OFF
        reach |= (depth_m <= 0)[:, None]
        smallest = len(self.fluke_length_m) - reach.sum(axis=1)
        rates = self._rates
        return np.where(np.isnan(depth_m), np.nan, rates[np.arange(len(rates)), smallest])

    def sizes_above(self, limit_per_km_yr: Floats) -> Ints:
        """Return how many of the anchor sizes a cable must be safe from so that the rest stay within a limit.

        Parameters
        ----------
        limit_per_km_yr : ndarray, shape (places,)
            Tolerable strikes.

        Returns
        -------
        ndarray of int, shape (places,)
            Count c: the required fluke length is ``fluke_length_m[c - 1]``, none where c is 0.
        """
        above = self.at_least_per_km_yr > (limit_per_km_yr * (1.0 + _ROUND_OFF))[:, None]
        return np.asarray(above.sum(axis=1), np.int64)

    def required_fluke_m(self, limit_per_km_yr: Floats) -> Floats:
        """Return the fluke length of the largest anchor that must not reach the cable; 0 where none does harm."""
        lengths = np.concatenate([[0.0], self.fluke_length_m])
        return np.where(self.assessed, lengths[self.sizes_above(limit_per_km_yr)], np.nan)

    def rmdol_m(self, limit_per_km_yr: Floats, penetration_f: Floats) -> Floats:
        """Return RMDOL, the smallest z with P(z) <= limit (METHODS 1.2); 0 where surface-laid will do."""
        return penetration_f * self.required_fluke_m(limit_per_km_yr)
