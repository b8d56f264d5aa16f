"""Rates by place and anchor size: what strike-depth curves are made of."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipeline.geo import Floats, Ints

_SIZE = ["anchor_kg", "fluke_length_m"]


@dataclass(eq=False)
class AnchorRates:
    """Rates that are added group by group; groups of one size that follow each other take the room of one.

    Attributes
    ----------
    anchors : DataFrame
        ``anchor_kg fluke_length_m``: the sizes that occur, ascending.
    names : tuple of str
        What the rates are.
    places : int
        Number of places.
    """

    anchors: pd.DataFrame
    names: tuple[str, ...]
    places: int
    _open: tuple[int, Floats] | None = None
    _place: list[Ints] = field(default_factory=list)
    _size: list[Ints] = field(default_factory=list)
    _rates: list[Floats] = field(default_factory=list)

    @classmethod
    def of(cls, ships: pd.DataFrame, names: tuple[str, ...], places: int) -> AnchorRates:
        """Take the sizes of a fleet."""
        return cls(ships[_SIZE].drop_duplicates().sort_values(_SIZE, ignore_index=True), names, places)

    def size_of(self, table: pd.DataFrame) -> Ints:
        """Return the size of each row of a table of groups or ships."""
        sizes = self.anchors.assign(size=np.arange(len(self.anchors), dtype=np.int64))
        return table[_SIZE].merge(sizes, on=_SIZE, how="left", validate="many_to_one")["size"].to_numpy()

    def add(self, place: Ints, size: int, **rates: Floats) -> None:
        """Add rates of one size at places, no place twice; a name that is not given stays as it is."""
        if self._open is None or self._open[0] != size:
            self._close()
            self._open = size, np.zeros((self.places, len(self.names)))
        for name, rate in rates.items():
            self._open[1][place, self.names.index(name)] += rate

    def add_sizes(self, place: Ints, size: Ints, **rates: Floats) -> None:
        """Add rates at pairs of place and size, none twice."""
        zero = np.zeros(place.shape)
        self._keep(place, size, np.column_stack([rates.get(name, zero) for name in self.names]))

    def _keep(self, place: Ints, size: Ints, rates: Floats) -> None:
        self._place.append(place)
        self._size.append(size)
        self._rates.append(rates)

    def _close(self) -> None:
        if self._open is not None:
            size, rates = self._open
            place = np.flatnonzero(rates.any(axis=1))
            self._keep(place, np.full(place.shape, size, dtype=np.int64), rates[place])
            self._open = None

    def table(self, key: str) -> pd.DataFrame:
        """Return one row a place and size with any rate above zero, in that order; sums in the order of adding."""
        self._close()
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
