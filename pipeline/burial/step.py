"""The ``burial`` step: threats and seabed become depths, zones and totals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.burial.acceptance import uniform_limit_per_km_yr
from pipeline.burial.bpi import anchor_sizes_m, burial_protection_index
from pipeline.burial.by_depth import strikes_by_depth, write_cells_by_depth
from pipeline.burial.cable import cable_types
from pipeline.burial.inputs import Along
from pipeline.burial.montecarlo import PERCENTILES
from pipeline.burial.place_blocks import Decided
from pipeline.burial.protection import choose_protection, geohazard_note
from pipeline.burial.residual import return_period_yr
from pipeline.burial.scenarios import accidental_release
from pipeline.burial.tables import STATION_COLUMNS, STATION_EXTRAS, cut_zones, number_zones, zone_table
from pipeline.burial.totals import not_assessed, route_totals
from pipeline.config import Config
from pipeline.geo import Band, Floats, Frame, write_cog
from pipeline.store import Facts, StepContext
from pipeline.workspace import weakest, write_json

_NODATA = -9999.0
_THREATS = {"shipping": "shipping_provenance", "fishing": "fishing_provenance", "seismic": "seismic_provenance"}
_USED = ("bathymetry", "soil", "shipping", "fishing")


def run(context: StepContext) -> Facts:
    """Decide the burial depth at stations and cells (METHODS 1.1, 1.2, 11).

    Writes ``burial_depth.tif strike_by_depth.tif stations.parquet cells.parquet zones.parquet strike_by_depth.parquet
    totals.json``.
    """
    config, folders = context.config, context.inputs
    along = Along.read(config, folders)
    decided = Decided.joined(context.blocks)
    context.log(f"{len(decided.stations)} stations, {len(decided.cells)} cells, {config.uncertainty.draws} draws each")
    for step, column in _THREATS.items():
        told = context.facts.get(step, {})
        along.stations[column] = told.get("provenance", "") if told.get("assessed", False) else ""
    anchors = pd.read_parquet(folders["shipping"] / "station_anchors.parquet")
    sizes = anchor_sizes_m(anchors, config.burial.largest_anchor_quantile)
    stations = finish_stations(along, decided.stations, config, sizes)
    zones, depths, cables = cut_zones(stations, config)
    stations["zone_id"] = number_zones(stations, zones)
    ordered = np.array([depths[zone.depth] for zone in zones])[stations["zone_id"].to_numpy() - 1]
    stations["zone_protection"] = _protection(stations, ordered, config)
    table = zone_table(stations, zones, depths, cables, config.cable)
    context.log(f"{len(table)} zones")

    totals = route_totals(stations, table, not_assessed(context.facts), config.burial)
    totals["tolerable_strike_per_yr"] = config.acceptance.route_strikes_per_yr
    totals["uniform_limit_per_km_yr"] = uniform_limit_per_km_yr(config.acceptance, totals["route_length_km"])
    for warning in totals["warnings"]:
        context.log(f"warning: {warning}")
    stations[[*STATION_COLUMNS, *STATION_EXTRAS]].to_parquet(context.out / "stations.parquet", index=False)
    decided.cells.to_parquet(context.out / "cells.parquet", index=False)
    table.to_parquet(context.out / "zones.parquet", index=False)
    write_json(context.out / "totals.json", totals)
    curves = strikes_by_depth(stations, decided.station_rates, config.burial)
    curves.to_parquet(context.out / "strike_by_depth.parquet", index=False)
    facts = burial_facts(context, stations, totals)
    facts["scenarios"] = {"accidental_release": accidental_release(stations, config.shipping)}
    write_raster(context, along.frame, decided.cells, facts)
    path = context.out / "strike_by_depth.tif"
    write_cells_by_depth(path, along.frame, decided.cell_rates, config.burial, _tags(facts, "1/km/yr"))
    return facts


def finish_stations(along: Along, decided: pd.DataFrame, config: Config, sizes_m: tuple[float, float]) -> pd.DataFrame:
    """Join threats and decisions of the stations; add what depends on the cable along the route.

    Parameters
    ----------
    along : Along
        Seabed and threats.
    decided : DataFrame
        Of ``decide``.
    config : Config
        Sections burial and cable.
    sizes_m : tuple of float
        Fluke lengths for the burial protection index.
    """
    stations = along.stations.drop(columns=["required_dol_fishing_m"]).join(decided)

    def column(name: str) -> Floats:
        return stations[name].to_numpy(float)

    laid = np.minimum(column("target_dol_m"), column("achievable_dol_m"))
    stations["bpi"] = burial_protection_index(laid, column("penetration_f"), column("gear_penetration_m"), sizes_m)
    stations["limit_strike_per_km_yr"] = along.limit_per_km_yr
    stations["return_period_yr"] = return_period_yr(column("residual_strike_per_km_yr"), column("length_km"))
    stations["protection"] = _protection(stations, column("target_dol_m"), config)
    stations["cable_type"] = cable_types(config.cable, column("water_depth_m"), column("deficit_m"))
    stations["geohazard_note"] = geohazard_note(stations["slope_class"].to_numpy())
    return stations


def _protection(stations: pd.DataFrame, target_m: Floats, config: Config) -> NDArray[np.str_]:
    def column(name: str) -> Floats:
        return stations[name].to_numpy(float)

    return choose_protection(
        config.burial,
        target_m=target_m,
        achievable_m=column("achievable_dol_m"),
        any_tool_m=column("any_tool_m"),
        residual_per_km_yr=column("residual_strike_per_km_yr"),
        limit_per_km_yr=column("limit_strike_per_km_yr"),
        water_depth_m=column("water_depth_m"),
        length_km=column("length_km"),
    )


def burial_facts(context: StepContext, stations: pd.DataFrame, totals: dict[str, Any]) -> Facts:
    """Return what the step tells: the totals, and the weakest provenance that they rest on."""
    told = [context.facts.get(step, {}) for step in _USED]
    sources = {source["name"]: source for fact in told for source in fact.get("sources", [])}
    decided = int(stations["target_dol_m"].notna().sum())
    deepest = stations["required_dol_p90_m"].max()
    dry = int((~(stations["water_depth_m"] > 0)).sum())
    blind = len(stations) - decided - dry
    parts = [f"target depths at {decided} of {len(stations)} stations in {totals['zones']} zones"]
    parts += [f"deepest P90 requirement {deepest:.2f} m"] if np.isfinite(deepest) else []
    parts += [f"{dry} stations on dry land or without depth"] if dry else []
    parts += [f"{blind} stations undecided, for no threat is assessed and no minimum holds"] if blind else []
    parts += [f"not assessed: {', '.join(totals['not_assessed'])}"] if totals["not_assessed"] else []
    return {
        "assessed": decided > 0,
        "provenance": weakest(str(fact.get("provenance", "")) for fact in told if fact.get("assessed", False)),
        "sources": [sources[name] for name in sorted(sources)],
        "summary": "; ".join(parts),
        "totals": totals,
        "undecided_stations": dry + blind,
    }


def write_raster(context: StepContext, frame: Frame, cells: pd.DataFrame, facts: Facts) -> None:
    """Write ``burial_depth.tif``: P10, P50 and P90 of the required depth, and the target depth."""
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    names = [*(f"required_dol_p{p}_m" for p in PERCENTILES), "target_dol_m"]
    bands = [Band(name, "m", frame.grid.full(row, col, cells[name].to_numpy(), np.nan)) for name in names]
    described = {
        "description": "Required depth of lowering (P10, P50, P90) and target depth of lowering, below mean seabed"
    }
    tags = {**_tags(facts, "m"), **described}
    write_cog(context.out / "burial_depth.tif", frame.grid, bands, tags=tags, nodata=_NODATA)


def _tags(facts: Facts, unit: str) -> dict[str, str]:
    return {
        "provenance": str(facts["provenance"]),
        "sources": ", ".join(source["name"] for source in facts["sources"]),
        "units": unit,
        "not_assessed": ", ".join(facts["totals"]["not_assessed"]),
    }
