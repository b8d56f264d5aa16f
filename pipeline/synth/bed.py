"""The bed under the synthetic survey: ETOPO1, an explicit landfall at both ends, and band-limited seeded relief.

The relief is a sum of plane waves in projected coordinates. It has no tiles, so that tiles fit without seams, and no
wave longer than a third of an ETOPO1 cell, so that it refines that surface and does not shift it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.ndimage import map_coordinates

from pipeline.geo import Route
from pipeline.synth import SURFACE_M

Floats = NDArray[np.float64]

LANDFALL_COEFFICIENT = 0.035
"""m^(1/3): equilibrium profile h = A s^(2/3) (Dean 1977). 3.5 m at 1 km and 16 m at 10 km, a flat sandy shore (E)."""
LANDFALL_PURE_M = 5_000.0
"""Distance from the landing up to which the bed is the landfall profile alone, metres (E)."""
LANDFALL_BLEND_M = 14_000.0
"""Distance from the landing from which the bed is ETOPO1 alone, metres (E)."""


def waves(
    x_m: Floats, y_m: Floats, *, seed: int, wavelength_m: tuple[float, float], count: int = 24, spectrum: float = 0.8
) -> Floats:
    """Return a field of mean 0 and variance 1: a sum of seeded plane waves.

    Parameters
    ----------
    x_m, y_m : ndarray, shape (n,)
        Projected metres.
    seed : int
        Makes directions, phases and lengths.
    wavelength_m : tuple of float
        Shortest and longest wave, metres.
    count : int
        Number of waves.
    spectrum : float
        Amplitude grows with the wavelength to this power.

    Returns
    -------
    ndarray, shape (n,)
        The field.
    """
    rng = np.random.default_rng(seed)
    shortest, longest = np.log(wavelength_m)
    length = np.exp(rng.uniform(shortest, longest, count))
    direction = rng.uniform(0.0, np.pi, count)
    phase = rng.uniform(0.0, 2.0 * np.pi, count)
    amplitude = length**spectrum
    amplitude *= np.sqrt(2.0 / np.sum(amplitude**2))
    field = np.zeros(np.shape(x_m))
    for k in range(count):
        number = 2.0 * np.pi / length[k]
        field += amplitude[k] * np.sin(
            number * (np.cos(direction[k]) * x_m + np.sin(direction[k]) * y_m) + phase[k]
        )  # fmt: skip
    return field


@dataclass(frozen=True, eq=False)
class SyntheticBed:
    """The bed elevation that the synthetic survey "finds".

    Attributes
    ----------
    regional : Path
        The regional grid: ETOPO1, EPSG:4326, metres above mean sea level.
    route : Route
        The cable route; its ends are the landings.
    seed : int
        Seed of the relief.
    """

    regional: Path
    route: Route
    seed: int

    @cached_property
    def _grid(self) -> tuple[Floats, rasterio.Affine]:
        with rasterio.open(self.regional) as source:
            values = source.read(1).astype(np.float64)
            if source.nodata is not None:
                values[values == source.nodata] = np.nan
            return values, source.transform

    @cached_property
    def _steepness(self) -> Floats:
        """Slope (rise over run) of the regional grid at its own cells."""
        values, transform = self._grid
        rows = np.arange(values.shape[0])
        metres = 111_200.0 * transform.a
        narrowing = np.cos(np.radians(transform.f + (rows + 0.5) * transform.e))[:, None]
        down, across = np.gradient(values)
        return np.asarray(np.hypot(down / metres, across / (metres * narrowing)))

    @cached_property
    def _to_lonlat(self) -> Transformer:
        return Transformer.from_crs(self.route.crs, "EPSG:4326", always_xy=True)

    def _bilinear(self, values: Floats, lon_deg: Floats, lat_deg: Floats) -> Floats:
        _, transform = self._grid
        col, row = (lon_deg - transform.c) / transform.a, (lat_deg - transform.f) / transform.e
        return np.asarray(map_coordinates(values, [row - 0.5, col - 0.5], order=1, mode="nearest"))

    def regional_elevation_m(self, lon_deg: Floats, lat_deg: Floats) -> Floats:
        """Return the regional grid between its cells, bilinear, metres above mean sea level."""
        return self._bilinear(self._grid[0], lon_deg, lat_deg)

    def smooth_elevation_m(self, x_m: Floats, y_m: Floats) -> Floats:
        """Return the regional grid with the landfall treatment, without relief.

        Near each landing the regional grid says dry land for kilometres. There the bed follows an equilibrium profile
        from 0 m of water at the landing, and gives way to the regional grid smoothly further out.
        """
        lon, lat = self._to_lonlat.transform(x_m, y_m)
        bed = self.regional_elevation_m(lon, lat)
        for end_kp_km in (0.0, self.route.length_km):
            end_x, end_y = (float(v[0]) for v in self.route.xy(np.array([end_kp_km])))
            distance = np.hypot(x_m - end_x, y_m - end_y)
            t = np.clip((distance - LANDFALL_PURE_M) / (LANDFALL_BLEND_M - LANDFALL_PURE_M), 0.0, 1.0)
            share = t * t * (3.0 - 2.0 * t)
            shore = SURFACE_M - LANDFALL_COEFFICIENT * distance ** (2.0 / 3.0)
            bed = np.where(share < 1.0, shore + share * (bed - shore), bed)
        return np.asarray(bed)

    def elevation_m(self, x_m: Floats, y_m: Floats) -> Floats:
        """Return the synthetic survey's bed, metres above mean sea level.

        Relief is 0.2 m on flats and grows to 5 m on slopes; bedforms of a decimetre lie on the shallow shelves. It
        fades out in the last 2 m of water, so that no islands rise.
        """
        smooth = self.smooth_elevation_m(x_m, y_m)
        lon, lat = self._to_lonlat.transform(x_m, y_m)
        steep = self._bilinear(self._steepness, lon, lat)
        amplitude = np.minimum(0.2 + 400.0 * steep, 5.0)
        depth = SURFACE_M - smooth
        amplitude = np.minimum(amplitude, 0.08 * np.maximum(depth, 0.0))
        relief = amplitude * waves(x_m, y_m, seed=self.seed, wavelength_m=(250.0, 2800.0))
        bedforms = 0.1 * waves(x_m, y_m, seed=self.seed + 1, wavelength_m=(60.0, 110.0), count=6)
        on_shelf = np.clip((60.0 - depth) / 20.0, 0.0, 1.0) * np.clip(depth / 5.0, 0.0, 1.0)
        return smooth + relief + bedforms * on_shelf
