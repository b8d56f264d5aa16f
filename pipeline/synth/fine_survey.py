"""A synthetic survey at 1 m along a straight corridor, as large as one likes: for benchmarks and tests of scale."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from pyproj import Transformer

from pipeline.synth import CRS, NOTICE, PROVENANCE, SURFACE_M
from pipeline.workspace import atomic_path

NODATA = -9999.0
_WEST_M, _SOUTH_M = 499_500.0, 4_540_000.0
_NOISE_M = 0.03
_SEED = 20_250_101
_HOLE_PIXELS = (40, 25)
# Kilometres of each kind of bed in turn: height and wavelength of its waves, metres, and azimuth of their crests.
_BEDS = ((0.0, 100.0, 0.0), (0.4, 12.0, 70.0), (3.0, 120.0, 110.0))
_BED_KM = 10.0

CONFIG = """# {notice}
[corridor]
name = "Synthetic survey of {cells} million cells"
half_width_m = 500
cell_m = 250
station_m = 100
[route]
file = "data/raw/route.csv"
[water]
surface_m = {surface}
[sources.multibeam]
role = "bathymetry"
files = "data/raw/survey/*.tif"
values = "depth_m"
vertical_datum = "surface"
provenance = "synthetic"
"""


@dataclass(frozen=True)
class FineSurvey:
    """A swath of 1 m cells, 1 km wide, northward along the central meridian, in tiles end to end.

    Attributes
    ----------
    length_m : int
        Length, metres; a cell a square metre, so a thousand cells a metre.
    tile_m : int
        Length of a tile.
    width_m : int
        Width.
    """

    length_m: int
    tile_m: int = 5000
    width_m: int = 1000

    def write(self, root: Path) -> list[Path]:
        """Write a workspace with configuration, route and tiles; one tile is in memory at a time.

        Returns
        -------
        list of Path
            The tiles, south to north.

        Raises
        ------
        WriteError
            If a file cannot be written.
        """
        raw = root / "data" / "raw"
        raw.mkdir(parents=True)
        cells = self.length_m * self.width_m / 1e6
        (root / "corridor.toml").write_text(CONFIG.format(notice=NOTICE, cells=f"{cells:g}", surface=SURFACE_M))
        middle = _WEST_M + self.width_m / 2.0
        ends = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(
            [middle, middle], [_SOUTH_M + 1.0, _SOUTH_M + self.length_m - 1.0]
        )
        with (raw / "route.csv").open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("lon", "lat"), *zip(*ends, strict=True)])
        starts = range(0, self.length_m, self.tile_m)
        return [self._write_tile(raw / "survey", number, start) for number, start in enumerate(starts)]

    def depth_m(self, start_m: int, rows: int) -> NDArray[np.float32]:
        """Return depths of rows of cells from ``start_m`` northward, the northernmost first.

        Returns
        -------
        ndarray of float32, shape (rows, width_m)
            Rounded to centimetres; a small hole every kilometre is ``NODATA``.
        """
        north = start_m + rows - 0.5 - np.arange(rows)
        east = np.arange(self.width_m) + 0.5
        depth = (40.0 + 15.0 * np.sin(north / 9_000.0))[:, None] + 0.004 * east
        for index, (height, length, crest_deg) in enumerate(_BEDS):
            here = (north / 1000.0 // _BED_KM).astype(np.int64) % len(_BEDS) == index
            if height and here.any():
                across, number = np.radians(crest_deg + 90.0), 2.0 * np.pi / length
                u, v = number * np.sin(across) * east, number * np.cos(across) * north[here]
                # sin(u + v) of a row and a column is two products of vectors, not a sine a cell.
                depth[here] += height / 2.0 * (np.outer(np.cos(v), np.sin(u)) + np.outer(np.sin(v), np.cos(u)))
        noise = np.random.default_rng((_SEED, start_m)).standard_normal(depth.shape, dtype=np.float32)
        made: NDArray[np.float32] = np.round(depth + _NOISE_M * noise, 2).astype(np.float32)
        for top in range(500, rows, 1000):
            made[top : top + _HOLE_PIXELS[0], 300 : 300 + _HOLE_PIXELS[1]] = NODATA
        return made

    def _write_tile(self, folder: Path, number: int, start_m: int) -> Path:
        rows = min(self.tile_m, self.length_m - start_m)
        path = folder / f"multibeam_{number:03d}.tif"
        with (
            atomic_path(path) as temporary,
            rasterio.open(
                temporary, "w", driver="GTiff", width=self.width_m, height=rows, count=1, dtype="float32", crs=CRS,
                transform=Affine(1.0, 0.0, _WEST_M, 0.0, -1.0, _SOUTH_M + start_m + rows), nodata=NODATA, tiled=True,
                blockxsize=512, blockysize=512, compress="deflate", zlevel=1, predictor=3,
            ) as target,
        ):  # fmt: skip
            target.write(self.depth_m(start_m, rows), 1)
            target.set_band_description(1, "depth_m")
            target.set_band_unit(1, "m")
            target.update_tags(PROVENANCE=PROVENANCE, DESCRIPTION=f"{NOTICE} Survey of 1 m for benchmarks.")
        return path
