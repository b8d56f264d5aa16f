"""Step ``stability``: factor of safety of the seabed's slopes under the shaking of 475 years.

It marks; it never deepens burial, for a slide takes a buried cable along.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.seismic import StabilityConfig
from pipeline.config.soil import SoilClass, SoilSection
from pipeline.geo import Band, Floats, Frame, Ints, read_band, write_cog
from pipeline.hazards.seismic.slope import fs_drained, fs_undrained
from pipeline.store import Facts, StepContext
from pipeline.workspace import weakest

NODATA = -9999.0


def run(context: StepContext) -> Facts:
    """Write ``slope_stability.tif`` and ``stations.parquet``; see docs/architecture.md."""
    frame = Frame.load(context.inputs["route"])
    config, soil = context.config.seismic.stability, context.config.soil
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()

    def raster(step: str, name: str, band: int = 1) -> NDArray[Any]:
        values: NDArray[Any] = read_band(context.inputs[step] / name, band)[row, col]
        return values

    def column(step: str, name: str) -> NDArray[Any]:
        return pd.read_parquet(context.inputs[step] / "stations.parquet")[name].to_numpy()

    codes = {s.code: name for name, s in soil.classes.items()}
    cells = slope_safety(
        np.array([codes.get(int(code), "unknown") for code in raster("soil", "soil_class.tif")]),
        raster("terrain", "slope.tif").astype(float),
        raster("seismic", "pga_475yr.tif", 2).astype(float),
        raster("bathymetry", "water_depth.tif").astype(float),
        _coarse_cells(context, row, col),
        soil,
        config,
    )
    names = column("soil", "soil_class").astype(str)
    stations = slope_safety(
        names,
        column("terrain", "slope_deg").astype(float),
        column("seismic", "pga_475yr_soil_g").astype(float),
        column("bathymetry", "water_depth_m").astype(float),
        column("bathymetry", "confidence") == "C",
        soil,
        config,
    )
    classes = slope_class(stations[0], names, column("bathymetry", "water_depth_m").astype(float), soil, config)
    pd.DataFrame(
        {
            "station": frame.stations["station"],
            "slope_fs": stations[0],
            "slope_fs_static": stations[1],
            "slope_class": classes,
        }
    ).to_parquet(context.out / "stations.parquet", index=False)
    assessed = bool(context.facts["seismic"]["assessed"])
    provenance = weakest(str(context.facts[step].get("provenance", "")) for step in ("bathymetry", "soil", "seismic"))
    tags = {
        "description": "Factor of safety of an infinite slope, pseudo-static, PGA of 475 years; rock and land blank",
        "provenance": provenance if assessed else "not assessed",
        "sources": ", ".join(_source_names(context)),
    }
    band = Band("slope_fs", "-", frame.grid.full(row, col, cells[0], np.nan))
    write_cog(context.out / "slope_stability.tif", frame.grid, [band], tags=tags, nodata=NODATA)
    length = frame.stations["length_km"].to_numpy(float)
    km = {name: round(float(length[classes == name].sum()), 3) for name in ("high", "medium", "low", "rock")}
    context.log(f"Slopes: {km['high']:.1f} km high, {km['medium']:.1f} km medium")
    least = float(np.nanmin(stations[0])) if np.isfinite(stations[0]).any() else None
    shaken = f"{km['high']:.1f} km of slopes high, {km['medium']:.1f} km medium under 475-year shaking"
    return {
        "assessed": assessed,
        "provenance": provenance if assessed else "",
        "sources": _sources(context),
        "km_by_class": km,
        "least_fs": None if least is None else round(least, 3),
        "coarse_slope_factor": config.coarse_slope_factor,
        "notes": ["a screening with class-typical strength; it marks routing and slack and never deepens burial"],
        "summary": shaken if assessed else "not assessed under shaking: no ground motion; factors at rest are given",
    }


def _sources(context: StepContext) -> list[dict[str, Any]]:
    """Return the sources of depth, soil and shaking, each once."""
    told = [context.facts[step].get("sources", []) for step in ("bathymetry", "soil", "seismic")]
    return list({str(source["name"]): source for sources in told for source in sources}.values())


def _source_names(context: StepContext) -> list[str]:
    return [str(source["name"]) for source in _sources(context)]


def slope_safety(
    names: NDArray[Any],
    slope_deg: Floats,
    pga_soil_g: Floats,
    water_depth_m: Floats,
    coarse: NDArray[np.bool_],
    soil: SoilSection,
    config: StabilityConfig,
) -> tuple[Floats, Floats]:
    """Return factors of safety under shaking and at rest.

    Parameters
    ----------
    names : ndarray of str, shape (n,)
        Soil class.
    slope_deg, pga_soil_g, water_depth_m : ndarray, shape (n,)
        Slope of the grid, PGA of 475 years on the soil, water depth.
    coarse : ndarray of bool, shape (n,)
        The depths come from a coarse grid: tan(slope) is raised by ``coarse_slope_factor``.
    soil, config
        Properties of the classes; parameters of the screening.

    Returns
    -------
    tuple of ndarray
        NaN on land, on rock, and where slope, depth or (shaken) ground motion is unknown; at most ``fs_cap``.
    """
    slope = np.degrees(np.arctan(np.tan(np.radians(slope_deg)) * np.where(coarse, config.coarse_slope_factor, 1.0)))
    shaken, resting = np.full(len(slope), np.nan), np.full(len(slope), np.nan)
    wet = np.nan_to_num(water_depth_m, nan=-1.0) > 0.0
    for name in np.unique(names):
        strength = soil.classes.get(str(name), soil.classes["unknown"])
        strength = soil.classes[config.unknown_soil_as] if strength.code == 0 else strength
        here = wet & (names == name)
        for target, kh in ((shaken, config.kh_fraction * pga_soil_g[here]), (resting, np.zeros(int(here.sum())))):
            target[here] = _safety(strength, slope[here], kh, config)
    return shaken, resting


def _safety(soil: SoilClass, slope_deg: Floats, kh: Floats, config: StabilityConfig) -> Floats:
    """Return the least factor of safety over the ways in which a class may fail; NaN for rock."""
    weights = {
        "buoyant_kn_m3": soil.gamma_sat_kn_m3 - config.water_unit_weight_kn_m3,
        "saturated_kn_m3": soil.gamma_sat_kn_m3,
    }
    least = np.full(len(slope_deg), np.nan)
    if soil.su_kpa is not None:
        su = soil.su_kpa[(10, 50, 90).index(config.su_percentile)]
        su += config.su_gradient_kpa_per_m * config.slip_depth_m
        least = np.fmin(least, fs_undrained(su, slope_deg, depth_m=config.slip_depth_m, kh=kh, **weights))
    if soil.dr_pct is not None:
        table = np.array(config.friction_deg_by_dr_pct)
        friction = float(np.interp(soil.dr_pct[1], table[:, 0], table[:, 1]))
        least = np.fmin(least, fs_drained(friction, slope_deg, kh=kh, **weights))
    capped: Floats = np.minimum(least, config.fs_cap)
    return capped


def slope_class(
    fs: Floats, names: NDArray[Any], water_depth_m: Floats, soil: SoilSection, config: StabilityConfig
) -> NDArray[np.object_]:
    """Return ``high``, ``medium``, ``low``, ``rock``, or an empty text where nothing can be said."""
    rocky = [name for name, s in soil.classes.items() if s.code != 0 and s.su_kpa is None and s.dr_pct is None]
    wet = np.nan_to_num(water_depth_m, nan=-1.0) > 0.0
    known = np.where(fs < config.high_below_fs, "high", np.where(fs < config.medium_below_fs, "medium", "low"))
    result = np.where(np.isfinite(fs), known, np.where(wet & np.isin(names, rocky), "rock", ""))
    return result.astype(object)


def _coarse_cells(context: StepContext, row: Ints, col: Ints) -> NDArray[np.bool_]:
    """Return where the depth of cells has confidence C, source by source as at the stations.

    A source that gives no station its depth counts as coarse, unless it is a survey.
    """
    stations = pd.read_parquet(context.inputs["bathymetry"] / "stations.parquet")
    index = read_band(context.inputs["bathymetry"] / "depth_source.tif")[row, col]
    coarse = np.ones(len(row), dtype=bool)
    for number, source in enumerate(context.facts["bathymetry"]["sources"]):
        given = stations.loc[stations["source"] == source["name"], "confidence"]
        known = bool((given != "C").all()) if len(given) else source["provenance"] == "survey"
        coarse[index == number] = not known
    return coarse
