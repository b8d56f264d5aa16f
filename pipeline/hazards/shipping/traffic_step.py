"""The ``traffic`` step: who sails where, told by deadweight class; and whether tracks or density rasters tell it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from pipeline.geo import Floats, Frame, Ints
from pipeline.hazards.shipping.anchorage_classes import classed_anchorages, no_anchorages
from pipeline.hazards.shipping.density_step import direction_factor_of
from pipeline.hazards.shipping.exposure import HOUR_US
from pipeline.hazards.shipping.sections import SEASONS, season_index, section_table
from pipeline.hazards.shipping.ships import dwt_class_order
from pipeline.hazards.shipping.tables import CLASSED_PASSAGES, SECTIONS, shaped
from pipeline.hazards.shipping.traffic_rasters import (
    HOURS,
    MEASURES,
    STILL,
    TOTAL,
    Measure,
    cell_km2,
    sums_by_class,
    write_measure,
)  # fmt: skip
from pipeline.store.step import Facts, StepContext

_OF_RASTERS = "ship-hours per km2 of sea and year from density rasters, at anchor included, classes modelled"


def run(context: StepContext) -> Facts:
    """Write ``passages sections anchorages`` (Parquet) with classes and three rasters; say whose exposure counts.

    ``exposure`` in the facts is the step with ``exposure_stations``: ``ais``, ``density``, or empty where ships are not
    assessed.
    """
    frame = Frame.load(context.inputs["route"])
    order = dwt_class_order(context.config.shipping)
    exposure = next((step for step in ("ais", "density") if context.facts[step]["assessed"]), "")
    if exposure == "ais":
        return _of_tracks(context, frame, order)
    shaped(None, CLASSED_PASSAGES).to_parquet(context.out / "passages.parquet", index=False)
    shaped(None, SECTIONS).to_parquet(context.out / "sections.parquet", index=False)
    no_anchorages().to_parquet(context.out / "anchorages.parquet", index=False)
    return _of_rasters(context, frame, order) if exposure else _not_assessed(context, frame, order)


def _of_tracks(context: StepContext, frame: Frame, order: list[str]) -> Facts:
    ais, folder = context.facts["ais"], context.inputs["ais"]
    years = float(ais["years_covered"])
    ship_class = _classes_of_ships(context, order)
    columns = [*(measure.column for measure in MEASURES), "still_us"]
    traffic = folder / "cell_traffic.parquet"

    def write(measure: Measure) -> None:
        unit = measure.scale * years * (cell_km2(frame) if measure.per_km2 else 1.0)
        bands = _bands(order, sums[measure.column] / unit, sums[measure.column].sum(axis=0) / unit)
        if measure is HOURS:
            bands[STILL] = sums["still_us"].sum(axis=0) / unit
        write_measure(context.out, frame, measure, bands, ais)

    with ThreadPoolExecutor(context.threads) as pool:
        summing = pool.submit(sums_by_class, traffic, columns, ship_class, len(order), len(frame.cells))
        telling = pool.submit(_write_tables, context, frame, order, ship_class)
        sums = summing.result()
        list(pool.map(write, MEASURES))  # most of the time is compression, each file for itself
        crossings, sections, lying = telling.result()
    told = {name: ais[name] for name in ("provenance", "sources", "summary", "years_covered", "passages_per_yr")}
    busiest = sums["passages"].sum(axis=0).max(initial=0) / years
    context.log(
        f"up to {busiest:,.0f} passages a year in one cell, {sections} sections and classes with passages, "
        f"{lying} anchorages"
    )
    return {
        "assessed": True, "exposure": "ais", **told, "passages": crossings, "anchorages": lying,
        "ship_km": round(float(sums["length_mm"].sum()) / 1e6, 3),
        "moving_ship_hours": round(float(sums["hours_us"].sum()) / HOUR_US, 3),
        "still_ship_hours": round(float(sums["still_us"].sum()) / HOUR_US, 3),
        "findings": [],
    }  # fmt: skip


def _write_tables(context: StepContext, frame: Frame, order: list[str], ship_class: Ints) -> tuple[int, int, int]:
    """Write passages, sections and anchorages with classes; return how many there are of each."""
    folder, years = context.inputs["ais"], float(context.facts["ais"]["years_covered"])
    labels = np.array(order, dtype=object)
    crossings = pd.read_parquet(folder / "passages.parquet")
    crossings["dwt_class"] = labels[ship_class[crossings["ship"].to_numpy()]]
    crossings["season"] = np.array([name.upper() for name in SEASONS], object)[season_index(crossings["time_us"])]
    shaped(crossings, CLASSED_PASSAGES).to_parquet(context.out / "passages.parquet", index=False)
    sections = section_table(crossings, frame, order, years)
    sections.to_parquet(context.out / "sections.parquet", index=False)
    stops = pd.read_parquet(folder / "stops.parquet")
    stops["dwt_class"] = labels[ship_class[stops["ship"].to_numpy()]]
    lying = classed_anchorages(stops, frame.grid.crs, context.config.ais.anchorage_buffer_m, order, years)
    lying.to_parquet(context.out / "anchorages.parquet", index=False)
    return len(crossings), len(sections), len(lying)


def _of_rasters(context: StepContext, frame: Frame, order: list[str]) -> Facts:
    density, folder = context.facts["density"], context.inputs["density"]
    total = pd.read_parquet(folder / "density_cells.parquet")["h_per_km2_yr"].to_numpy(float)
    sums = sums_by_class(
        folder / "exposure_cells.parquet", ["hours_us"], _classes_of_ships(context, order), len(order), len(frame.cells)
    )["hours_us"]
    by_class = sums / (HOURS.scale * cell_km2(frame) * direction_factor_of(str(density["direction"])))
    for measure in MEASURES:
        if measure is HOURS:
            bands = _bands(order, np.where(np.isnan(total), np.nan, by_class), total)
            write_measure(context.out, frame, measure, bands, density, _OF_RASTERS)
        else:
            _write_blank(context, frame, measure, order)
    return {
        "assessed": True, "exposure": "density", "provenance": density["provenance"], "sources": density["sources"],
        "summary": f"{density['summary']}; passages are not assessed", "years_covered": density["years_covered"],
        "passages_per_yr": None, "findings": ["passages are not assessed: density rasters do not tell of them"],
    }  # fmt: skip


def _not_assessed(context: StepContext, frame: Frame, order: list[str]) -> Facts:
    for measure in MEASURES:
        _write_blank(context, frame, measure, order)
    ships = context.facts["ships"]
    return {
        "assessed": False, "exposure": "", "provenance": "", "sources": ships["sources"],
        "summary": ships["summary"], "passages_per_yr": None, "findings": [],
    }  # fmt: skip


def _classes_of_ships(context: StepContext, order: list[str]) -> Ints:
    """Return the number of each ship's class, in the order of the classes."""
    ships = pd.read_parquet(context.inputs["ships"] / "ships.parquet", columns=["dwt_class"])
    return pd.Categorical(ships["dwt_class"], order).codes.astype(np.int64)


def _bands(order: list[str], by_class: Floats, total: Floats) -> dict[str, Floats]:
    return {TOTAL: total, **{f"dwt {label} t": values for label, values in zip(order, by_class, strict=True)}}


def _write_blank(context: StepContext, frame: Frame, measure: Measure, order: list[str]) -> None:
    blank = np.full((len(order), len(frame.cells)), np.nan)
    told = {"provenance": "", "sources": []}
    write_measure(context.out, frame, measure, _bands(order, blank, blank[0]), told)
