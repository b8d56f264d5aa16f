"""The ``terrain`` step: slope (Horn) and roughness of the seabed on the analysis grid."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.geo import Band, Floats, Frame, read_band, write_cog
from pipeline.store import Facts, StepContext

_NODATA = -9999.0


def run(context: StepContext) -> Facts:
    """Derive slope and roughness from the merged depths."""
    frame = Frame.load(context.inputs["route"])
    depth = read_band(context.inputs["bathymetry"] / "water_depth.tif").astype(np.float64)
    cell_m = frame.grid.cell_m
    slope, rough = slope_deg(depth, cell_m), roughness_m(depth)
    told = context.facts["bathymetry"]
    tags = {"provenance": str(told["provenance"]), "sources": ", ".join(str(s["name"]) for s in told["sources"])}
    layers = (
        (
            "slope.tif",
            Band("slope_deg", "deg", slope.astype(np.float32)),
            "Steepest slope over 3 x 3 cells (Horn 1981)",
        ),
        ("roughness.tif", Band("roughness_m", "m", rough.astype(np.float32)), "Highest minus lowest of 3 x 3 cells"),
    )
    for name, band, description in layers:
        write_cog(
            context.out / name, frame.grid, [band],
            tags={**tags, "description": f"{description}, cells of {cell_m:g} m"}, nodata=_NODATA,
        )  # fmt: skip
    row, col = frame.grid.cell_of(frame.stations["x_m"].to_numpy(), frame.stations["y_m"].to_numpy())
    stations = pd.DataFrame(
        {
            "station": frame.stations["station"].to_numpy(np.int32),
            "slope_deg": slope[row, col],
            "roughness_m": rough[row, col],
        }
    )
    stations.to_parquet(context.out / "stations.parquet", index=False)
    known = stations["slope_deg"].notna()
    if known.any():
        steepest = int(np.nanargmax(stations["slope_deg"].to_numpy()))
        summary = (
            f"slope up to {stations['slope_deg'][steepest]:.2f} deg over {2 * cell_m:g} m at stations "
            f"(KP {frame.stations['kp_km'][steepest]:.1f})"
        )
    else:
        summary = "not assessed: no station has depths all around it"
    context.log(summary)
    return {
        "assessed": bool(known.any()),
        "provenance": told["provenance"],
        "sources": told["sources"],
        "window_m": 3.0 * cell_m,
        "stations_without_slope": int((~known).sum()),
        "summary": summary,
    }


def slope_deg(height_m: Floats, cell_m: float) -> Floats:
    """Return the steepest slope by Horn's (1981) weights, as gdaldem has it.

    Parameters
    ----------
    height_m : ndarray, shape (rows, cols)
        Heights or depths, north row first, metres.
    cell_m : float
        Cell side, metres.

    Returns
    -------
    ndarray, shape (rows, cols)
        Degrees from level; NaN at the outer cells and wherever one of the 3 x 3 heights is missing.
    """
    z = height_m
    slope = np.full(z.shape, np.nan)
    if min(z.shape) < 3:
        return slope
    west = z[:-2, :-2] + 2.0 * z[1:-1, :-2] + z[2:, :-2]
    east = z[:-2, 2:] + 2.0 * z[1:-1, 2:] + z[2:, 2:]
    north = z[:-2, :-2] + 2.0 * z[:-2, 1:-1] + z[:-2, 2:]
    south = z[2:, :-2] + 2.0 * z[2:, 1:-1] + z[2:, 2:]
    gradient = np.hypot(east - west, north - south) / (8.0 * cell_m)
    slope[1:-1, 1:-1] = np.where(np.isnan(z[1:-1, 1:-1]), np.nan, np.degrees(np.arctan(gradient)))
    return slope


def roughness_m(height_m: Floats) -> Floats:
    """Return the highest minus the lowest of each cell and its eight neighbours, as gdaldem has it.

    Parameters
    ----------
    height_m : ndarray, shape (rows, cols)
        Heights or depths, metres.

    Returns
    -------
    ndarray, shape (rows, cols)
        Metres; NaN at the outer cells and wherever one of the 3 x 3 heights is missing.
    """
    rough = np.full(height_m.shape, np.nan)
    if min(height_m.shape) < 3:
        return rough
    rough[1:-1, 1:-1] = _of_nine(height_m, np.maximum) - _of_nine(height_m, np.minimum)
    return rough


def _of_nine(height_m: Floats, of_two: np.ufunc) -> Floats:
    """Reduce each 3 x 3 neighbourhood, rows first, then columns; a missing height stays missing."""
    rows = of_two(of_two(height_m[:-2], height_m[1:-1]), height_m[2:])
    reduced: Floats = of_two(of_two(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:])
    return reduced
