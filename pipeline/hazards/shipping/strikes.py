"""The ``shipping`` step: ship-time, depth and soil to anchor strikes at stations and in cells."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from pipeline.geo import Band, Floats, Frame, read_band, write_cog
from pipeline.hazards.shipping.cell_strikes import cell_strikes
from pipeline.hazards.shipping.ships import dwt_class_order
from pipeline.hazards.shipping.station_strikes import StationStrikes, smoothed_passages_per_km_yr, station_strikes
from pipeline.hazards.shipping.tables import CELL_ANCHORS, CLASSES, STATION_ANCHORS, STATION_SHIPS, shaped
from pipeline.hazards.shipping.threat import Threat
from pipeline.store.step import Facts, StepContext
from pipeline.workspace import weakest

NODATA = -9999.0
_DESCRIPTION = "anchor strikes on a cable laid on the seabed, per km of cable and year"


def run(context: StepContext) -> Facts:
    """Write ``shipping_strike.tif`` and the tables ``stations cells station_anchors cell_anchors classes``."""
    frame = Frame.load(context.inputs["route"])
    ais = context.facts["ais"]
    if not ais["assessed"]:
        return _not_assessed(context, frame, ais)
    section = context.config.shipping
    folder = context.inputs["ais"]
    ships = pd.read_parquet(context.inputs["ships"] / "ships.parquet")
    crossings = pd.read_parquet(folder / "passages.parquet", columns=["station", "ship"])
    threat = Threat.of(ships, context.config.soil, section)
    years = float(ais["years_covered"])

    depth_m = pd.read_parquet(context.inputs["bathymetry"] / "stations.parquet")["water_depth_m"].to_numpy(float)
    soil = pd.read_parquet(context.inputs["soil"] / "stations.parquet")["soil_class"]
    time = pd.read_parquet(folder / "exposure_stations.parquet")
    at_stations = station_strikes(
        frame, ships, time, threat, depth_m, threat.soil_index(soil), years, float(ais["exposure_half_width_m"])
    )

    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    cell_depth_m = read_band(context.inputs["bathymetry"] / "water_depth.tif")[row, col].astype(float)
    names = {kind.code: name for name, kind in context.config.soil.classes.items()}
    codes = pd.Series(read_band(context.inputs["soil"] / "soil_class.tif")[row, col])
    time = pd.read_parquet(folder / "exposure_cells.parquet")
    cell_anchors, in_cells = cell_strikes(
        frame, ships, time, threat, cell_depth_m, threat.soil_index(codes.map(names)), years
    )

    passages = smoothed_passages_per_km_yr(frame, crossings["station"].to_numpy(), section.smoothing_km, years)
    _write_places(frame, context, at_stations.total, passages, in_cells, _provenance(context, ais))
    at_stations.by_ship.to_parquet(context.out / "station_ships.parquet", index=False)
    at_stations.by_anchor.to_parquet(context.out / "station_anchors.parquet", index=False)
    cell_anchors.to_parquet(context.out / "cell_anchors.parquet", index=False)
    known = soil.where(soil.isin(threat.soils), "unknown")
    pd.DataFrame({"station": frame.stations["station"], "water_depth_m": depth_m, "soil_class": known}).to_parquet(
        context.out / "station_inputs.parquet", index=False
    )
    classes = _classes(frame, ships, crossings, at_stations, dwt_class_order(section), years)
    classes.to_parquet(context.out / "classes.parquet", index=False)
    return _facts(context, frame, ais, at_stations.total)


def _facts(context: StepContext, frame: Frame, ais: Facts, total: Floats) -> Facts:
    length_km = frame.stations["length_km"].to_numpy()
    per_year = float(np.nansum(total * length_km))
    known = np.isfinite(total)
    worst = int(np.nanargmax(total)) if known.any() else None
    summary = f"{per_year:.3g} anchor strikes a year on a surface-laid cable"
    findings = []
    if not known.all():
        findings.append(f"{length_km[~known].sum():.1f} km without water depth or on dry land: strikes are blank there")
    if context.config.shipping.coverage_factor != 1.0:
        findings.append(f"strikes are scaled by {context.config.shipping.coverage_factor:g} for gaps in AIS")
    context.log(summary)
    return {
        "assessed": True,
        "provenance": _provenance(context, ais),
        "sources": ais["sources"],
        "summary": summary,
        "strike_per_yr_surface_laid": per_year,
        "max_strike_per_km_yr": None if worst is None else float(total[worst]),
        "max_strike_kp_km": None if worst is None else float(frame.stations["kp_km"].iloc[worst]),
        "years_covered": ais["years_covered"],
        "passages_per_yr": ais["passages_per_yr"],
        "not_assessed_km": float(length_km[~known].sum()),
        "findings": findings,
    }


def _provenance(context: StepContext, ais: Facts) -> str:
    """Return the weakest of ships, depth and soil: a rate is no better than what it rests on."""
    return weakest([ais["provenance"], *(context.facts[name].get("provenance", "") for name in ("bathymetry", "soil"))])


def _classes(
    frame: Frame, ships: pd.DataFrame, crossings: pd.DataFrame, strikes: StationStrikes, order: list[str], years: float
) -> pd.DataFrame:
    """Return the report by deadweight class, smallest first, with classes that have no ship left in as zeros."""
    by_ship = strikes.by_ship
    length_km = frame.stations["length_km"].to_numpy()
    strike = np.bincount(
        by_ship["ship"], weights=by_ship["strike_per_km_yr"] * length_km[by_ship["station"]], minlength=len(ships)
    )
    passages = np.bincount(crossings["ship"], minlength=len(ships)) / years
    own = pd.DataFrame(
        {"dwt_class": ships["dwt_class"], "strike": strike, "passages": passages, "anchor": ships["anchor_kg"]}
    )
    table = (
        own.groupby("dwt_class")
        .agg(
            ships=("strike", "size"),
            passages_per_yr=("passages", "sum"),
            strike_per_yr=("strike", "sum"),
            anchor_kg_max=("anchor", "max"),
        )
        .reindex(order)
    )
    counts = ["ships", "passages_per_yr", "strike_per_yr"]
    table[counts] = table[counts].fillna(0)
    return shaped(table.rename_axis("dwt_class").reset_index(), CLASSES)


def _write_places(
    frame: Frame, context: StepContext, total: Floats, passages: Floats, in_cells: Floats, provenance: str
) -> None:
    pd.DataFrame(
        {
            "station": frame.stations["station"].to_numpy(np.int32),
            "anchor_strike_per_km_yr": total,
            "passages_per_km_yr": passages,
        }
    ).to_parquet(context.out / "stations.parquet", index=False)
    pd.DataFrame({"cell": frame.cells["cell"].to_numpy(np.int32), "anchor_strike_per_km_yr": in_cells}).to_parquet(
        context.out / "cells.parquet", index=False
    )
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    raster = frame.grid.full(row, col, in_cells, np.nan)
    sources = [source["name"] for source in context.facts["ais"]["sources"]]
    tags = {
        "description": _DESCRIPTION, "provenance": provenance or "not assessed",
        "sources": json.dumps(sources, ensure_ascii=False),
    }  # fmt: skip
    band = Band("anchor_strike_per_km_yr", "1/km/yr", raster)
    write_cog(context.out / "shipping_strike.tif", frame.grid, [band], tags=tags, nodata=NODATA)


def _not_assessed(context: StepContext, frame: Frame, ais: Facts) -> Facts:
    blank, blank_cells = np.full(len(frame.stations), np.nan), np.full(len(frame.cells), np.nan)
    _write_places(frame, context, blank, blank, blank_cells, "")
    for name, columns in (
        ("station_ships", STATION_SHIPS), ("station_anchors", STATION_ANCHORS), ("cell_anchors", CELL_ANCHORS),
        ("classes", CLASSES),
    ):  # fmt: skip
        shaped(None, columns).to_parquet(context.out / f"{name}.parquet", index=False)
    shaped(None, {"station": "int32", "water_depth_m": "float64", "soil_class": "str"}).to_parquet(
        context.out / "station_inputs.parquet", index=False
    )
    return {
        "assessed": False, "provenance": "", "sources": ais["sources"], "summary": ais["summary"], "findings": [],
    }  # fmt: skip
