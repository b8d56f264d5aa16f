"""By how much depth sources, and the files of one source, differ where they overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import shapely

from pipeline.config.bathymetry import BathymetrySection
from pipeline.config.corridor import WaterSection
from pipeline.geo import Floats, Frame, Grid, Ints
from pipeline.sources.depths.beds import bed_of, confidence
from pipeline.sources.rasters.layers import Layer
from pipeline.sources.rasters.resample import mean_of
from pipeline.sources.rasters.tile import Tile

Where = Literal["cells", "stations"]
COLUMNS = (
    "kp_from_km", "kp_to_km", "source", "file", "other_source", "other_file", "measured_on", "places", "bias_m",
    "mean_difference_m", "rms_m", "rms_about_bias_m", "p95_m", "allowed_m", "within_pct", "agreement",
)  # fmt: skip
"""Columns of the table of ``statistics``."""

# Two tiles that only meet share a cell, and each has a part of its pixels: a difference there is the slope in the cell.
_WHOLE_CELL = 0.75


@dataclass(frozen=True)
class Side:
    """One of the two that overlap: a layer, or one file of it.

    Attributes
    ----------
    layer : Layer
        The layer.
    file : Tile or None
        The file, where it is compared with another of its layer.
    """

    layer: Layer
    file: Tile | None = None

    @property
    def words(self) -> str:
        """How messages call it."""
        return f"'{self.layer.name}'" + (f" ({self.file.path.name})" if self.file else "")

    @property
    def file_name(self) -> str:
        """Name of the file, or of the first of its files."""
        return (self.file or self.layer.files[0]).path.name

    @property
    def where(self) -> str:
        """Its place for messages: the file, or the first of its files."""
        return str((self.file or self.layer.files[0]).path)


@dataclass(frozen=True)
class Overlap:
    """Depths of two layers, or two files of a layer, at the places that both cover.

    Attributes
    ----------
    one, other : Side
        The better of the two (of files the first by name), and the other.
    measured_on : {"cells", "stations"}
        Cells of the swath, or stations.
    kp_km : ndarray, shape (n,)
        Kilometre posts of the places.
    depth_m, other_depth_m : ndarray, shape (n,)
        Water depth of each, metres, as the configuration reads them.
    """

    one: Side
    other: Side
    measured_on: Where
    kp_km: Floats
    depth_m: Floats
    other_depth_m: Floats

    @property
    def difference_m(self) -> Floats:
        """Depth of the one less that of the other: positive where the one is deeper."""
        return self.depth_m - self.other_depth_m


def layer_overlaps(
    layers: Sequence[Layer], beds: Sequence[Floats], kp_km: Floats, measured_on: Where, water: WaterSection
) -> Iterator[Overlap]:
    """Give the overlap of every two layers.

    Parameters
    ----------
    layers : sequence of Layer
        Best first.
    beds : sequence of ndarray, each of shape (n,)
        Bed elevation of each layer at places (m, Baltic 1977); NaN where it has none.
    kp_km : ndarray, shape (n,)
        Kilometre posts of the places.
    measured_on : {"cells", "stations"}
        What the places are.
    water : WaterSection
        Levels.
    """
    for first in range(len(layers)):
        for second in range(first + 1, len(layers)):
            both = ~np.isnan(beds[first]) & ~np.isnan(beds[second])
            if both.any():
                depth, other = (water.surface_m - beds[index][both] for index in (first, second))
                yield Overlap(Side(layers[first]), Side(layers[second]), measured_on, kp_km[both], depth, other)


def file_overlaps(layer: Layer, name: str, frame: Frame, water: WaterSection) -> Iterator[Overlap]:
    """Give the overlap of every two files of a layer, on cells of the swath and at stations.

    Parameters
    ----------
    layer : Layer
        The layer.
    name : str
        Name of the analysis grid in what is kept of the files.
    frame : Frame
        Stations and cells.
    water : WaterSection
        Levels.
    """
    if len(layer.files) < 2:
        return
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    whole = _whole_cell(layer, name, frame.grid)
    cells = row * frame.grid.cols + col
    on_cells = [_cells_of(layer, tile, name, frame.grid, cells, whole) for tile in layer.files]
    at_stations = [(tile.read("at stations index"), tile.read("at stations")) for tile in layer.files]
    number = frame.stations["station"].to_numpy()
    places: tuple[tuple[Where, pd.DataFrame, list[tuple[Ints, Floats]], Ints, Ints], ...] = (
        ("cells", frame.cells, on_cells, row, col),
        ("stations", frame.stations, at_stations, number, number),
    )
    for measured_on, table, known, down, across in places:
        kp_km = table["kp_km"].to_numpy()
        for first, second in _meeting([index for index, _ in known], down, across):
            (index, values), (others, other_values) = known[first], known[second]
            both, at, other_at = np.intersect1d(index, others, assume_unique=True, return_indices=True)
            if both.size:
                depth, other = (
                    water.surface_m - bed_of(layer, of, water) for of in (values[at], other_values[other_at])
                )
                sides = Side(layer, layer.files[first]), Side(layer, layer.files[second])
                yield Overlap(*sides, measured_on, kp_km[both], depth, other)


def statistics(overlap: Overlap, section: BathymetrySection, length_km: float) -> pd.DataFrame:
    """Return the statistics of one overlap by stretch of the route.

    Parameters
    ----------
    overlap : Overlap
        What to describe.
    section : BathymetrySection
        Length of a stretch, and what may differ.
    length_km : float
        Length of the route.

    Returns
    -------
    DataFrame
        One row a stretch that has places in common, with ``COLUMNS``. The bias is the median of the one less the other,
        ``p95_m`` the 95th percentile of what they differ by, ``allowed_m`` the root of both squared uncertainties (IHO
        S-44), its median in the stretch; where less than 95 percent of the places lie within it, the agreement is
        ``beyond``, and with fewer than ``overlap_least`` places it is blank.
    """
    difference = overlap.difference_m
    allowed = np.hypot(
        _uncertainty_m(overlap.one.layer, overlap.depth_m, section),
        _uncertainty_m(overlap.other.layer, overlap.other_depth_m, section),
    )
    stretch = np.floor(np.minimum(overlap.kp_km, np.nextafter(length_km, 0.0)) / section.overlap_bin_km)
    rows = []
    for number in np.unique(stretch):
        of, most = difference[stretch == number], allowed[stretch == number]
        bias = float(np.median(of))
        within = 100.0 * float(np.mean(np.abs(of) <= most))
        rows.append(
            {
                "kp_from_km": number * section.overlap_bin_km,
                "kp_to_km": min((number + 1.0) * section.overlap_bin_km, length_km),
                "source": overlap.one.layer.name, "file": _file_name(overlap.one),
                "other_source": overlap.other.layer.name, "other_file": _file_name(overlap.other),
                "measured_on": overlap.measured_on, "places": of.size,
                "bias_m": bias, "mean_difference_m": float(np.mean(of)), "rms_m": float(np.sqrt(np.mean(of**2))),
                "rms_about_bias_m": float(np.sqrt(np.mean((of - bias) ** 2))),
                "p95_m": float(np.percentile(np.abs(of), 95.0)), "allowed_m": float(np.median(most)),
                "within_pct": within,
                "agreement": "" if of.size < section.overlap_least else "within" if within >= 95.0 else "beyond",
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _whole_cell(layer: Layer, name: str, grid: Grid) -> float:
    """Return how many pixels the fullest cell of any file holds; 0 where files are coarser than cells."""
    if layer.resolution_m >= grid.cell_m:
        return 0.0
    return max(float(tile.block(f"{name} sums")[1][1].max(initial=0)) for tile in layer.files)


def _cells_of(layer: Layer, tile: Tile, name: str, grid: Grid, cells: Ints, whole: float) -> tuple[Ints, Floats]:
    """Return the cells of the swath that one file covers whole, and its mean in them, in the file's values."""
    if layer.resolution_m < grid.cell_m:
        box, (total, pixels) = tile.block(f"{name} sums")
        values = np.where(pixels >= _WHOLE_CELL * whole, mean_of(total, pixels), np.nan)
    else:
        box, values = tile.block(f"{name} between")
    row, col = np.nonzero(~np.isnan(values))
    place = (row + box[0].start) * grid.cols + col + box[1].start
    index = np.searchsorted(cells, place)
    inside = (index < cells.size) & (cells[np.minimum(index, cells.size - 1)] == place)
    return index[inside], values[row, col][inside].astype(np.float64)


def _meeting(indices: Sequence[Ints], down: Ints, across: Ints) -> Iterator[tuple[int, int]]:
    """Give pairs of files whose boxes meet, found with a tree, since surveys come in thousands of tiles."""
    used = [number for number, index in enumerate(indices) if index.size]
    boxes = [
        shapely.box(across[of].min() - 0.25, down[of].min() - 0.25, across[of].max() + 0.25, down[of].max() + 0.25)
        for of in (indices[number] for number in used)
    ]
    pairs = shapely.STRtree(boxes).query(boxes).T.tolist() if boxes else []
    yield from sorted((used[first], used[second]) for first, second in pairs if first < second)


def _uncertainty_m(layer: Layer, depth_m: Floats, section: BathymetrySection) -> Floats:
    """Return vertical uncertainty at 95 percent: ``sqrt(a^2 + (b depth)^2)``."""
    parts = section.uncertainty.of(confidence(layer))
    return np.hypot(parts.a_m, parts.b * depth_m)


def _file_name(side: Side) -> str:
    return side.file.path.name if side.file else ""
