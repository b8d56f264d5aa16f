"""Merging depth layers: each place takes the best layer that has a value there, and seams are feathered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.config.bathymetry import BathymetrySection
from pipeline.geo import Floats, Grid, Ints
from pipeline.sources.depths.feather import better_share, share_at


@dataclass(frozen=True)
class Bed:
    """Bed elevation at places, merged from layers.

    Attributes
    ----------
    elevation_m : ndarray
        Metres on Baltic 1977; NaN where no layer has a value.
    layer : ndarray of int64
        Index of the layer that has the greatest share in it; -1 where none has a value.
    share : ndarray
        That layer's share, 0 to 1: less than 1 near a seam.
    """

    elevation_m: Floats
    layer: Ints
    share: Floats

    def below(self, index: int, bed_m: Floats, share: Floats) -> Bed:
        """Return this bed with a better layer laid over it; where only one of the two has a value, that one counts.

        Parameters
        ----------
        index : int
            Index of the layer.
        bed_m : ndarray
            Its bed elevation; NaN where it has none.
        share : ndarray
            Its share where both have a value.
        """
        known = ~np.isnan(bed_m)
        both = known & (self.layer >= 0)
        share = np.where(both, share, known.astype(np.float64))
        mixed = np.where(both, share * bed_m + (1.0 - share) * self.elevation_m, bed_m)
        others = (1.0 - share) * self.share
        takes = known & (share >= others)
        return Bed(
            np.where(known, mixed, self.elevation_m),
            np.where(takes, index, self.layer),
            np.where(takes, share, others),
        )


@dataclass(frozen=True)
class Merged:
    """Layers merged on a grid and at stations with the same seams.

    Attributes
    ----------
    grid, stations : Bed
        The merged bed.
    grid_shares, station_shares : tuple of ndarray
        The share of each layer in it, best layer first; they add up to 1 wherever a layer has a value.
    """

    grid: Bed
    stations: Bed
    grid_shares: tuple[Floats, ...]
    station_shares: tuple[Floats, ...]

    @classmethod
    def of(
        cls,
        on_grid: Sequence[Floats],
        grid: Grid,
        at_stations: Sequence[Floats],
        x_m: Floats,
        y_m: Floats,
        section: BathymetrySection,
    ) -> Merged:
        """Merge layers.

        Parameters
        ----------
        on_grid, at_stations : sequence of ndarray
            Bed elevation of each layer, best first; NaN where it has none.
        grid : Grid
            The grid.
        x_m, y_m : ndarray, shape (stations,)
            Stations in its CRS.
        section : BathymetrySection
            How seams are feathered.
        """
        shares = seam_shares(on_grid, grid, section)
        at = [share_at(grid, share, ~np.isnan(bed), x_m, y_m) for bed, share in zip(on_grid, shares, strict=True)]
        return cls(
            laid_over(on_grid, shares),
            laid_over(at_stations, at),
            tuple(_whole_shares(on_grid, shares)),
            tuple(_whole_shares(at_stations, at)),
        )

    def used(self, row: Ints, col: Ints) -> list[bool]:
        """Return, for each layer, whether it has a share in any station or in any of some cells."""
        return [
            bool(at.any() or on[row, col].any()) for at, on in zip(self.station_shares, self.grid_shares, strict=True)
        ]


def laid_over(beds: Sequence[Floats], shares: Sequence[Floats] | None = None) -> Bed:
    """Return the bed of layers laid over one another.

    Parameters
    ----------
    beds : sequence of ndarray
        Bed elevation of each layer, best first; NaN where it has none.
    shares : sequence of ndarray, optional
        Share of each layer where it meets those below it; default 1, no feathering.
    """
    shape = beds[0].shape
    bed = Bed(np.full(shape, np.nan), np.full(shape, -1, dtype=np.int64), np.zeros(shape))
    for index in reversed(range(len(beds))):
        bed = bed.below(index, beds[index], np.ones(shape) if shares is None else shares[index])
    return bed


def seam_shares(beds: Sequence[Floats], grid: Grid, section: BathymetrySection) -> list[Floats]:
    """Return the share of each layer on a grid where it meets those below it (see ``better_share``); best first."""
    lesser, shares = np.zeros(grid.shape, dtype=bool), []
    for bed in reversed(beds):
        known = ~np.isnan(bed)
        shares.append(better_share(known, lesser, grid.cell_m, section))
        lesser = lesser | known
    return shares[::-1]


def _whole_shares(beds: Sequence[Floats], shares: Sequence[Floats]) -> list[Floats]:
    """Return the share that each layer has in the merged bed."""
    whole: list[Floats] = []
    lesser = np.zeros(beds[0].shape, dtype=bool)
    for bed, share in zip(reversed(beds), reversed(shares), strict=True):
        known = ~np.isnan(bed)
        own = np.where(known & lesser, share, known.astype(np.float64))
        whole = [own, *(other * (1.0 - own) for other in whole)]
        lesser = lesser | known
    return whole
