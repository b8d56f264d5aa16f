"""The ``terrain`` step: the seabed's form on the analysis grid, and within its cells where a survey is finer."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
from numpy.typing import NDArray

from pipeline.geo import Band, Frame, Grid, read_band, write_cog
from pipeline.seabed.bedforms import BANDS, KINDS, MEGARIPPLE, SAND_WAVE
from pipeline.seabed.derivatives import LAYERS as GRID_LAYERS
from pipeline.seabed.derivatives import Layers, derive
from pipeline.seabed.survey_terrain import LAYERS as SURVEY_LAYERS
from pipeline.seabed.survey_terrain import Survey, survey_layers
from pipeline.seabed.survey_tile import NATIVE, swath_cells
from pipeline.sources.rasters.lattice import Lattice
from pipeline.sources.rasters.layers import layers_of
from pipeline.sources.rasters.tile import Tile
from pipeline.store import Facts, StepContext

_NODATA = -9999.0
_UNITS = {"deg": "deg", "m": "m", "km": "1/km"}
_CODES = ", ".join(f"{code:g} {name}" for code, name in KINDS.items())
# Files of the step: what each holds, first on the grid and then of the survey's own pixels, and what that is.
_FILES: dict[str, tuple[tuple[str, ...], str]] = {
    "slope.tif": (
        ("slope_deg", "survey_slope_mean_deg", "survey_slope_max_deg"),
        "Steepest slope over 3 x 3 cells (Horn 1981); mean and largest of the survey's own pixels in the cell",
    ),
    "roughness.tif": (
        ("roughness_m", "survey_roughness_max_m"),
        "Highest minus lowest of 3 x 3 cells; largest of the survey's own pixels in the cell",
    ),
    "position_index.tif": (
        ("position_index_m", "survey_position_index_rms_m"),
        "Height of a cell less the mean of its eight neighbours: positive on rises; "
        "root mean square of the survey's own pixels in the cell",
    ),
    "curvature.tif": (
        (
            "curvature_along_per_km", "curvature_across_per_km", "survey_curvature_along_rms_per_km",
            "survey_curvature_across_rms_per_km",
        ),
        "Second derivative of height along and across the cable, over 3 x 3 cells (Evans 1972): positive in hollows; "
        "root mean square of the survey's own pixels in the cell",
    ),
    "bedforms.tif": (
        BANDS,
        f"Mobile bedforms ({_CODES}; blank where no survey tells): height, wavelength, azimuth of the crests from grid "
        "north, and what they add to the required depth (METHODS 3.5)",
    ),
}  # fmt: skip


def run(context: StepContext) -> Facts:
    """Derive the form of the merged depths, and put together what survey tiles tell of it."""
    config, told = context.config, context.facts["bathymetry"]
    frame = Frame.load(context.inputs["route"])
    depth_m = read_band(context.inputs["bathymetry"] / "water_depth.tif")
    values = dict(zip(GRID_LAYERS, grid_layers(depth_m, frame.grid, context.inputs["route"]), strict=True))
    surveys = _surveys(context)
    values.update(survey_layers(surveys, frame.grid, config.terrain, config.bedforms))
    tags = {"provenance": str(told["provenance"]), "sources": ", ".join(str(s["name"]) for s in told["sources"])}
    for name, (bands, what) in _FILES.items():
        layers = [Band(band, _unit(band), values[band]) for band in bands]
        write_cog(
            context.out / name, frame.grid, layers,
            tags={**tags, "description": f"{what}; cells of {frame.grid.cell_m:g} m"}, nodata=_NODATA,
        )  # fmt: skip
    native = _publish_native(context)
    stations = _station_table(frame, values)
    stations.to_parquet(context.out / "stations.parquet", index=False)
    slope = stations["slope_deg"].to_numpy()
    summary = _summary(frame, stations)
    context.log(summary)
    return {
        "assessed": bool(np.isfinite(slope).any()),
        "provenance": told["provenance"],
        "sources": told["sources"],
        "window_m": 3.0 * frame.grid.cell_m,
        "stations_without_slope": int(np.isnan(slope).sum()),
        "survey_stations": int(stations["survey_slope_mean_deg"].notna().sum()),
        "bedform_stations": _bedform_stations(stations),
        "native_layers": native,
        "summary": summary,
    }


def grid_layers(depth_m: NDArray[np.float32], grid: Grid, route: Path) -> Layers:
    """Return the layers of depths on the analysis grid.

    Parameters
    ----------
    depth_m : ndarray, shape ``grid.shape``
        Positive down; NaN where missing.
    grid : Grid
        The grid.
    route : Path
        Folder of the frame: curvature along and across is known in the swath.

    Returns
    -------
    ndarray of float32, shape (5, rows, cols)
        ``derivatives.LAYERS``, of heights; NaN at the outer cells and where one of the 3 x 3 depths is missing.
    """
    framed = np.pad(-depth_m, 1, constant_values=np.nan)
    layers, _ = derive(framed, Lattice(grid.crs, grid.transform), (0, 0), swath_cells(route, grid))
    return layers


def _surveys(context: StepContext) -> list[Survey]:
    """Return the sources that tell of relief within cells, in the order in which they are believed."""
    surveys = []
    tiles = layers_of(
        context.role("bathymetry"), lambda source, path: Tile.kept(path, context.parts[source.name, path])
    )
    for layer in tiles:
        parts = [context.parts[layer.name, tile.path] for tile in layer.files]
        parts = [part for part in parts if part.facts["pixels"]]
        if parts:
            area_m2 = max(float(part.facts["pixel_area_m2"]) for part in parts)
            # Measured in the middle of a tile, so other tiles of one survey give other digits, which must not count.
            pixel_m, area_m2 = (float(f"{size:.3g}") for size in (layer.resolution_m, area_m2))
            surveys.append(Survey(tuple(part.folder for part in parts), pixel_m, area_m2))
    return surveys


def _publish_native(context: StepContext) -> int:
    """Give the tiles' own layers names that tell source and tile (releases are flat folders); return how many."""
    names: set[str] = set()
    for (source, path), part in sorted(context.parts.items()):
        if part.facts["native"]:
            stem = f"terrain_{source}_{path.stem}"
            numbered = (f"{stem}_{number}" for number in itertools.count(2))
            name = next(name for name in itertools.chain([stem], numbered) if name not in names)
            names.add(name)
            shutil.copyfile(part.folder / NATIVE, context.out / f"{name}.tif")
            # What is kept of a file does not know how far its source is trusted; what is published must say it.
            with rasterio.open(context.out / f"{name}.tif", "r+") as dataset:
                dataset.update_tags(**_lineage(context, source, path))
    return len(names)


def _lineage(context: StepContext, name: str, path: Path) -> dict[str, str]:
    source = next(source for source in context.sources if source.name == name)
    section = source.section
    return {
        "provenance": section.provenance, "sources": name, "file": path.name, "licence": section.licence,
        "attribution": section.attribution,
    }  # fmt: skip


def _unit(name: str) -> str:
    return _UNITS.get(name.rsplit("_", 1)[-1], "")


def _station_table(frame: Frame, values: Mapping[str, NDArray[np.float32]]) -> pd.DataFrame:
    row, col = frame.grid.cell_of(frame.stations["x_m"].to_numpy(), frame.stations["y_m"].to_numpy())
    columns = {name: values[name][row, col].astype(np.float64) for name in (*GRID_LAYERS, *SURVEY_LAYERS)}
    kind = columns.pop("bedform")
    words = np.array([*KINDS.values(), ""], dtype=object)
    columns["bedform"] = words[np.where(np.isnan(kind), len(KINDS), kind).astype(np.int64)]
    return pd.DataFrame({"station": frame.stations["station"].to_numpy(np.int32), **columns})


def _bedform_stations(stations: pd.DataFrame) -> dict[str, int]:
    return {name: int((stations["bedform"] == name).sum()) for name in KINDS.values()}


def _summary(frame: Frame, stations: pd.DataFrame) -> str:
    known = stations["slope_deg"].notna()
    if not known.any():
        return "not assessed: no station has depths all around it"
    steepest = int(np.nanargmax(stations["slope_deg"].to_numpy()))
    said = (
        f"slope up to {stations['slope_deg'][steepest]:.2f} deg over {2 * frame.grid.cell_m:g} m at stations "
        f"(KP {frame.stations['kp_km'][steepest]:.1f})"
    )
    count = _bedform_stations(stations)
    moving = [
        f"{name.replace('_', ' ')}s at {count[name]} stations"
        for name in (KINDS[MEGARIPPLE], KINDS[SAND_WAVE])
        if count[name]
    ]
    return "; ".join([said, *moving])
