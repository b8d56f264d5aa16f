"""Beds that a survey may see, and workspaces around them: a straight route northward through the middle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from pyproj import Transformer
from scipy import ndimage

from pipeline.config.load import CONFIG_NAME
from pipeline.quality.findings import Finding
from pipeline.quality.review import review
from pipeline.workspace import Workspace
from tests.sources.rasters_on_disk import write_raster

CRS = "EPSG:32639"
X0, Y0 = 499_000.0, 4_660_000.0
"""North-western corner of a survey; the route runs 1 km east of it, on the central meridian."""
CELL = 4.0
ROWS, COLS = 640, 512
HEAD = """
[corridor]
station_m = 50
half_width_m = 1000
[route]
file = "rpl.csv"
[water]
surface_m = 0.0
"""
SURVEY = """
[sources.survey]
role = "bathymetry"
files = "survey*.tif"
values = "depth_m"
vertical_datum = "surface"
provenance = "survey"
"""
OTHER_ROLES = {"not_assessed", "no_source"}
"""Findings about roles that these workspaces leave out."""


def slope(rows: int = ROWS, cols: int = COLS) -> NDArray[np.float64]:
    """A bed that falls from 40 m to some 150 m and is nowhere plane."""
    row, col = np.indices((rows, cols)) * CELL
    return 40.0 + 0.03 * row + 0.01 * col + 6.0 * np.sin(row / 700.0) * np.cos(col / 500.0)


def sand_waves(rows: int = ROWS, cols: int = COLS, bearing_deg: float = 30.0) -> NDArray[np.float64]:
    """Waves 4 m high and 80 m long, with steep lee sides, whose crests wander."""
    row, col = np.indices((rows, cols)) * CELL
    turn = np.deg2rad(bearing_deg)
    phase = 2 * np.pi * (col * np.cos(turn) + row * np.sin(turn) + 15.0 * np.sin((row - col) / 300.0)) / 80.0
    return slope(rows, cols) + 2.0 * np.sin(phase) + 0.5 * np.sin(2 * phase)


def rocks(rows: int = ROWS, cols: int = COLS, seed: int = 3) -> NDArray[np.float64]:
    """Rough ground: noise some metres high on several lengths."""
    rng = np.random.default_rng(seed)
    fine = rng.normal(0.0, 0.6, (rows, cols))
    coarse = rng.normal(size=(rows // 8 + 1, cols // 8 + 1)).repeat(8, 0).repeat(8, 1)[:rows, :cols]
    return slope(rows, cols) + fine + 3.0 * ndimage.gaussian_filter(coarse, 2.5)


def noise(rows: int = ROWS, cols: int = COLS, sigma_m: float = 0.08, seed: int = 5) -> NDArray[np.float64]:
    """What an echo sounder adds."""
    return np.random.default_rng(seed).normal(0.0, sigma_m, (rows, cols))


def lonlat(row: float, col: float, *, top: float = Y0, left: float = X0, cell: float = CELL) -> tuple[float, float]:
    """Longitude and latitude of the middle of a cell."""
    to_degrees = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(left + (col + 0.5) * cell, top - (row + 0.5) * cell)
    return float(lon), float(lat)


def write_survey(folder: Path, values: NDArray[Any], name: str = "survey.tif", **how: Any) -> Path:
    """Write a survey whose north-western corner lies at ``left``, ``top``."""
    left, top, cell = how.pop("left", X0), how.pop("top", Y0), how.pop("cell", CELL)
    how = {"transform": Affine(cell, 0.0, left, 0.0, -cell, top), "crs": CRS, **how}
    return write_raster(folder / name, values.astype(how.pop("dtype", "float32")), **how)


def make(folder: Path, *, sources: str = SURVEY, length_m: float = ROWS * CELL, head: str = HEAD) -> Path:
    """Write route and configuration; the route begins at the southern edge of the survey and goes north."""
    (folder / CONFIG_NAME).write_text(head + sources)
    ends = [lonlat((length_m - 20.0) / CELL, 250), lonlat(20.0 / CELL, 250)]
    (folder / "rpl.csv").write_text("lon,lat\n" + "".join(f"{lon:.8f},{lat:.8f}\n" for lon, lat in ends))
    return folder


def kp_of(row: float, *, length_m: float = ROWS * CELL, cell: float = CELL) -> float:
    """Kilometre post beside a row of the survey (the scale of UTM on its central meridian is 0.9996)."""
    return (length_m - 20.0 - (row + 0.5) * cell + CELL / 2) / 0.9996 / 1000.0


def findings(folder: Path) -> list[Finding]:
    """All findings but those about roles that are not there."""
    workspace = Workspace.at(folder)
    return [f for f in review(workspace, workspace.config()).findings if f.code not in OTHER_ROLES]


def faults(folder: Path) -> list[Finding]:
    """Findings that are no mere notes."""
    return [finding for finding in findings(folder) if finding.severity != "note"]
