"""Terrain of the surveys in analysis cells: what their tiles' sums come to, the best survey first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.config.terrain import BedformsSection, TerrainSection
from pipeline.geo import Floats, Grid
from pipeline.seabed.bedforms import BANDS, find_bedforms
from pipeline.seabed.moments import Moments
from pipeline.seabed.relief_sums import SLOPE_PER_DEG, ReliefSums

LAYERS = (
    "survey_slope_mean_deg", "survey_slope_max_deg", "survey_roughness_max_m", "survey_position_index_rms_m",
    "survey_curvature_along_rms_per_km", "survey_curvature_across_rms_per_km", *BANDS,
)  # fmt: skip
"""Names of the layers: figures of a survey's own pixels in each analysis cell."""

_ROWS_AT_ONCE = 64


@dataclass(frozen=True)
class Survey:
    """Tiles of one source and resolution, believed alike.

    Attributes
    ----------
    folders : tuple of Path
        Where the sums of its tiles lie.
    pixel_m : float
        Longest side of a pixel among them, metres.
    pixel_area_m2 : float
        Largest area of a pixel among them, as the analysis grid measures it.
    """

    folders: tuple[Path, ...]
    pixel_m: float
    pixel_area_m2: float


def survey_layers(
    surveys: Sequence[Survey], grid: Grid, terrain: TerrainSection, bedforms: BedformsSection
) -> dict[str, NDArray[np.float32]]:
    """Return terrain of surveys on the analysis grid, each cell from the best survey that covers enough of it.

    Parameters
    ----------
    surveys : sequence of Survey
        Best first.
    grid : Grid
        The analysis grid.
    terrain, bedforms : sections
        How much must be covered, and what counts as a bedform.

    Returns
    -------
    dict of ndarray, shape ``grid.shape``
        By name of ``LAYERS``; NaN where no survey is.
    """
    found = {name: np.full(grid.shape, np.nan, np.float32) for name in LAYERS}
    margin = max(bedforms.window_cells) // 2
    for survey in surveys:
        tiles = [ReliefSums.load(folder) for folder in survey.folders]
        for top in range(0, grid.rows, _ROWS_AT_ONCE):
            bottom = min(top + _ROWS_AT_ONCE, grid.rows)
            sums = _gathered(tiles, max(top - margin, 0), min(bottom + margin, grid.rows))
            if sums is None:
                continue
            inner = slice(top - sums.box[0], bottom - sums.box[0])
            here = (slice(top, bottom), slice(sums.box[2], sums.box[3]))
            free = np.isnan(found[LAYERS[0]][here])
            for name, values in _of_survey(sums, survey, grid.cell_m, terrain, bedforms).items():
                np.copyto(found[name][here], values[inner].astype(np.float32), where=free)
    return found


def _gathered(tiles: Sequence[ReliefSums], top: int, bottom: int) -> ReliefSums | None:
    """Return the sums of tiles in rows of the grid, from the first to the last column that any has there."""
    boxes = [tile.box for tile in tiles if tile.box[0] < bottom and tile.box[1] > top]
    if not boxes:
        return None
    whole = ReliefSums.empty((top, bottom, min(box[2] for box in boxes), max(box[3] for box in boxes)))
    for tile in tiles:
        whole.add(tile.rows(top, bottom))
    return whole


def _of_survey(
    sums: ReliefSums, survey: Survey, cell_m: float, terrain: TerrainSection, bedforms: BedformsSection
) -> dict[str, Floats]:
    moments = Moments(sums.sums)
    enough = moments.pixels >= terrain.minimum_coverage * cell_m**2 / survey.pixel_area_m2
    found = find_bedforms(
        sums, bedforms, cell_m=cell_m, pixel_m=survey.pixel_m, pixel_area_m2=survey.pixel_area_m2,
        coverage=terrain.minimum_coverage,
    )  # fmt: skip
    with np.errstate(invalid="ignore"):
        mean_slope = sums.of("slope") / np.where(moments.pixels > 0, moments.pixels, np.nan) / SLOPE_PER_DEG
    along, across = (1000.0 * np.sqrt(moments.mean_square(name)) for name in ("along_2", "across_2"))
    values = (
        mean_slope, sums.peaks[..., 0], sums.peaks[..., 1], np.sqrt(moments.mean_square("index_2")), along, across,
        found.kind, found.height_m, found.wavelength_m, found.crest_deg, found.mobility_allowance_m,
    )  # fmt: skip
    return {name: np.where(enough, value, np.nan) for name, value in zip(LAYERS, values, strict=True)}
