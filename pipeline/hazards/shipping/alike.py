"""Ships that are alike in what decides how dangerous they are: one group an anchor, fluke, chain and class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.geo import Floats, Ints

_KEYS = ["anchor_kg", "fluke_length_m", "chain_m"]


@dataclass(frozen=True, eq=False)
class Alike:
    """The fleet in groups, in each of them by draught.

    Ships are still computed one by one: a group only shares what is the same for all its members, and its drag and
    ship-time are added up before anything else is done with them.

    Attributes
    ----------
    rank : ndarray of int, shape (ships,)
        Place of every ship in the order by group, draught and number.
    first : ndarray of int, shape (groups + 1,)
        Ranks ``first[g]`` to ``first[g + 1]`` are group g.
    table : DataFrame
        One row a group: ``anchor_kg fluke_length_m chain_m`` and ``dwt_class`` where groups keep it apart.
    """

    rank: Ints
    first: Ints
    table: pd.DataFrame

    @classmethod
    def of(cls, ships: pd.DataFrame, *, by_class: bool) -> Alike:
        """Sort a fleet into groups, in ascending order of their keys.

        Parameters
        ----------
        ships : DataFrame
            The fleet; row i is ship i.
        by_class : bool
            Whether ships of different deadweight class are kept apart, for the report by class.
        """
        keys = [*_KEYS, "dwt_class"] if by_class else _KEYS
        groups = ships.groupby(keys, sort=True, dropna=False)
        group = groups.ngroup().to_numpy()
        order = np.lexsort((np.arange(len(ships)), ships["draught_m"].to_numpy(), group))
        rank = np.empty(len(ships), dtype=np.int64)
        rank[order] = np.arange(len(ships))
        first = np.searchsorted(group[order], np.arange(groups.ngroups + 1)).astype(np.int64)
        return cls(rank, first, ships.iloc[order[first[:-1]]][keys].reset_index(drop=True))

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.first) - 1

    def ranked(self, values: Floats) -> Floats:
        """Return what is known of the ships in order of rank."""
        found = np.empty_like(values)
        found[self.rank] = values
        return found
