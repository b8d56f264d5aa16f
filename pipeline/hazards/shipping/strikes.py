"""The ``shipping`` step: ship-time, depth and soil to anchor strikes at stations and in cells."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from pipeline.geo import Floats, Frame, read_band
from pipeline.hazards.shipping.aground import Aground
from pipeline.hazards.shipping.at_stations import AtStations
from pipeline.hazards.shipping.cell_strikes import cell_strikes
from pipeline.hazards.shipping.exposure_of import Exposure
from pipeline.hazards.shipping.ships import dwt_class_order
from pipeline.hazards.shipping.station_classes import station_classes
from pipeline.hazards.shipping.station_strikes import smoothed_passages_per_km_yr, total_at
from pipeline.hazards.shipping.strike_findings import strike_findings
from pipeline.hazards.shipping.strike_places import write_places
from pipeline.hazards.shipping.tables import (
    CELL_ANCHORS,
    CLASSES,
    STATION_ANCHORS,
    STATION_CLASSES,
    STATION_INPUTS,
    shaped,
)
from pipeline.hazards.shipping.threat import Threat
from pipeline.store.step import Facts, StepContext
from pipeline.workspace import weakest


def run(context: StepContext) -> Facts:
    """Write ``shipping_strike.tif``, the tables of stations and cells, and those of classes."""
    stations = AtStations.read(context.facts, context.inputs)
    if stations is None:
        return _not_assessed(context, Frame.load(context.inputs["route"]))
    section = context.config.shipping
    frame, ships, exposure, depth_m = stations.frame, stations.ships, stations.exposure, stations.depth_m
    threat = Threat.of(ships, context.config.soil, section)
    anchorings = exposure.anchorings(section.routine_anchoring)

    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    land = stations.land
    cell_depth_m = np.where(exposure.known("cells", len(land)), stations.cell_depth_m, np.nan)
    known_ships = exposure.known("stations", len(depth_m))
    soil = stations.soil_class
    names = {kind.code: name for name, kind in context.config.soil.classes.items()}
    codes = pd.Series(read_band(context.inputs["soil"] / "soil_class.tif")[row, col])
    with ThreadPoolExecutor(context.threads) as pool:
        striking = pool.submit(
            cell_strikes, frame, ships, exposure.cells, threat, cell_depth_m, threat.holding(codes.map(names)),
            exposure.years, anchorings, land=land,
        )  # fmt: skip
        (at_stations,) = pool.submit(stations.strikes, context.config.soil, [section]).result()
        cell_anchors = striking.result()

    by_anchor, told = at_stations.by_anchor, _told(context, exposure)
    passages = np.where(known_ships, _passages(context, frame, exposure), np.nan)
    routine = np.nan if anchorings is None else 0.0  # ships at anchor that nobody looked at are not none
    columns = {
        "anchor_strike_per_km_yr": total_at(by_anchor, "station", "strike_per_km_yr", depth_m),
        "routine_strike_per_km_yr": routine + total_at(by_anchor, "station", "routine_strike_per_km_yr", depth_m),
        "accidental_strike_per_km_yr": total_at(by_anchor, "station", "accidental_strike_per_km_yr", depth_m),
        "passages_per_km_yr": passages,
    }
    cells = {
        "anchor_strike_per_km_yr": total_at(cell_anchors, "cell", "strike_per_km_yr", cell_depth_m),
        "routine_strike_per_km_yr": routine + total_at(cell_anchors, "cell", "routine_strike_per_km_yr", cell_depth_m),
    }
    write_places(context, frame, columns, cells, told)
    by_anchor.to_parquet(context.out / "station_anchors.parquet", index=False)
    cell_anchors.to_parquet(context.out / "cell_anchors.parquet", index=False)
    known = soil.where(soil.isin(list(threat.holding_of)), "unknown")
    inputs = {"water_depth_m": depth_m, "soil_class": known, "water_share": stations.water_share(section)}
    pd.DataFrame({"station": frame.stations["station"], **inputs}).to_parquet(
        context.out / "station_inputs.parquet", index=False
    )
    order = dwt_class_order(section)
    _classes(context, ships, at_stations.by_class_per_yr, order, exposure).to_parquet(
        context.out / "classes.parquet", index=False
    )
    station_classes(
        frame, ships, at_stations.by_class, _crossings(exposure), order, section.smoothing_km, exposure.years
    ).to_parquet(context.out / "station_classes.parquet", index=False)
    aground = Aground.of(exposure.stations, depth_m, threat)
    facts = {**_facts(frame, columns), **told, "aground_share": round(aground.share, 6)}
    facts["findings"] = [
        *strike_findings(frame, depth_m, known, columns, section, anchorings),
        *(aground.findings(frame, section) if exposure.of_tracks else []),
    ]  # fmt: skip
    context.log(facts["summary"])
    return facts


def _facts(frame: Frame, columns: dict[str, Floats]) -> Facts:
    length_km = frame.stations["length_km"].to_numpy()
    total = columns["anchor_strike_per_km_yr"]
    per_year = {name: float(np.nansum(rate * length_km)) for name, rate in columns.items()}
    known = np.isfinite(total)
    worst = int(np.nanargmax(total)) if known.any() else None
    routine_known = bool(np.isfinite(columns["routine_strike_per_km_yr"]).any())
    surface, routine = per_year["anchor_strike_per_km_yr"], per_year["routine_strike_per_km_yr"]
    released = per_year["accidental_strike_per_km_yr"]
    summary = f"{surface:.3g} anchor strikes a year on a surface-laid cable"
    if routine > 0.0:
        summary += f", {routine:.3g} of them by ships that mean to anchor"
    return {
        "assessed": True,
        "summary": summary,
        "strike_per_yr_surface_laid": surface,
        "routine_strike_per_yr": routine if routine_known else None,
        "accidental_strike_per_yr": released,
        "max_strike_per_km_yr": None if worst is None else float(total[worst]),
        "max_strike_kp_km": None if worst is None else float(frame.stations["kp_km"].iloc[worst]),
        "not_assessed_km": float(length_km[~known].sum()),
    }


def _told(context: StepContext, exposure: Exposure) -> Facts:
    """Return what ships and seabed tell on: a rate is no better than the weakest that it rests on."""
    rests_on = (context.facts[name].get("provenance", "") for name in ("ships", "bathymetry", "soil"))
    return {
        "provenance": weakest([exposure.told["provenance"], *rests_on]),
        "sources": context.facts["ships"]["sources"],
        "years_covered": exposure.years,
        "passages_per_yr": exposure.told.get("passages_per_yr"),
    }


def _passages(context: StepContext, frame: Frame, exposure: Exposure) -> Floats:
    """Return smoothed passages per km and year; NaN where no tracks tell of any."""
    if exposure.told.get("passages_per_yr") is None:
        return np.full(len(frame.stations), np.nan)
    at = pd.read_parquet(exposure.folder / "passages.parquet", columns=["station"])["station"].to_numpy()
    return smoothed_passages_per_km_yr(frame, at, context.config.shipping.smoothing_km, exposure.years)


def _crossings(exposure: Exposure) -> pd.DataFrame | None:
    """Return station and ship of every passage; None where no tracks tell of any."""
    if exposure.told.get("passages_per_yr") is None:
        return None
    return pd.read_parquet(exposure.folder / "passages.parquet", columns=["station", "ship"])


def _classes(
    context: StepContext, ships: pd.DataFrame, strikes: pd.Series, order: list[str], exposure: Exposure
) -> pd.DataFrame:
    """Return the report by deadweight class, smallest first, with classes that have no ship left in as zeros."""
    passages = np.full(len(ships), np.nan)
    if exposure.told.get("passages_per_yr") is not None:
        by = pd.read_parquet(exposure.folder / "passages.parquet", columns=["ship"])["ship"].to_numpy()
        passages = np.bincount(by, minlength=len(ships)) / exposure.years
    own = pd.DataFrame({"dwt_class": ships["dwt_class"], "passages": passages, "anchor": ships["anchor_kg"]})
    table = (
        own.groupby("dwt_class")
        .agg(ships=("passages", "size"), passages_per_yr=("passages", "sum"), anchor_kg_max=("anchor", "max"))
        .reindex(order)
    )
    table["strike_per_yr"] = strikes.reindex(order)
    counts = ["ships", "passages_per_yr", "strike_per_yr"]
    table[counts] = table[counts].fillna(0)
    if np.isnan(passages).any():
        table["passages_per_yr"] = np.nan
    return shaped(table.rename_axis("dwt_class").reset_index(), CLASSES)


def _not_assessed(context: StepContext, frame: Frame) -> Facts:
    told = context.facts[str(context.facts.get("traffic", {}).get("exposure", "ais")) or "ais"]
    facts: Facts = {
        "assessed": False, "provenance": "", "sources": told["sources"], "summary": told["summary"], "findings": [],
    }  # fmt: skip
    blank, blank_cells = np.full(len(frame.stations), np.nan), np.full(len(frame.cells), np.nan)
    rates = ("anchor_strike_per_km_yr", "routine_strike_per_km_yr")
    columns = dict.fromkeys((*rates, "accidental_strike_per_km_yr", "passages_per_km_yr"), blank)
    write_places(context, frame, columns, dict.fromkeys(rates, blank_cells), facts)
    for name, shape in (
        ("station_anchors", STATION_ANCHORS), ("cell_anchors", CELL_ANCHORS), ("classes", CLASSES),
        ("station_inputs", STATION_INPUTS), ("station_classes", STATION_CLASSES),
    ):  # fmt: skip
        shaped(None, shape).to_parquet(context.out / f"{name}.parquet", index=False)
    return facts
