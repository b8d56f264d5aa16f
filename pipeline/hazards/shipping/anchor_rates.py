"""Rates by place and anchor size: what strike-depth curves are made of."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipeline.geo import Floats, Ints

_SIZE = ["anchor_kg", "fluke_length_m"]


@dataclass(eq=False)
class AnchorRates:
    """Rates that are added group by group.

    Attributes
    ----------
    anchors : DataFrame
        ``anchor_kg fluke_length_m``: the sizes that occur, ascending.
    names : tuple of str
        What the rates are.
    """

    anchors: pd.DataFrame
    names: tuple[str, ...]
    _place: list[Ints] = field(default_factory=list)
    _size: list[Ints] = field(default_factory=list)
    _rates: list[Floats] = field(default_factory=list)

    @classmethod
    def of(cls, ships: pd.DataFrame, names: tuple[str, ...]) -> AnchorRates:
        """Take the sizes of a fleet."""
        return cls(ships[_SIZE].drop_duplicates().sort_values(_SIZE, ignore_index=True), names)

    def size_of(self, table: pd.DataFrame) -> Ints:
        """Return the size of each row of a table of groups or ships."""
        sizes = self.anchors.assign(size=np.arange(len(self.anchors), dtype=np.int64))
        return table[_SIZE].merge(sizes, on=_SIZE, how="left", validate="many_to_one")["size"].to_numpy()

    def add(self, place: Ints, size: Ints | int, **rates: Floats) -> None:
        """Add rates at places; a name that is not given stays as it is."""
        self._place.append(place)
        self._size.append(np.broadcast_to(np.asarray(size, dtype=np.int64), place.shape))
        zero = np.zeros(place.shape)
        self._rates.append(np.column_stack([rates.get(name, zero) for name in self.names]))

    def table(self, key: str) -> pd.DataFrame:
        """Return one row a place and size with any rate above zero, in that order; sums in the order of adding."""
        place = np.concatenate([np.zeros(0, np.int64), *self._place])
        size = np.concatenate([np.zeros(0, np.int64), *self._size])
        rates = np.concatenate([np.zeros((0, len(self.names))), *self._rates])
        some = rates.any(axis=1)
        cell = place[some] * len(self.anchors) + size[some]
        order = np.argsort(cell, kind="stable")
        cell, rates = cell[order], rates[some][order]
        starts = np.flatnonzero(np.concatenate([[True], cell[1:] != cell[:-1]])) if len(cell) else cell
        summed = np.add.reduceat(rates, starts, axis=0) if len(cell) else rates
        at, which = np.divmod(cell[starts], len(self.anchors)) if len(cell) else (cell, cell)
        return pd.DataFrame(
            {
                key: at, **{name: self.anchors[name].to_numpy()[which] for name in _SIZE},
                **dict(zip(self.names, summed.T, strict=True)),
            }
        )  # fmt: skip
