"""Step ``fishing``: effort of one source on the grid, contacts, strikes and the floor of the required depth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipeline.config.fishing import FishingSection
from pipeline.geo import Band, Floats, Frame, read_band, write_cog
from pipeline.hazards.fishing.at_stations import AtStations
from pipeline.hazards.fishing.contacts import Field, Threat, threat
from pipeline.hazards.fishing.effort import Effort
from pipeline.hazards.fishing.on_grid import best_effort
from pipeline.hazards.fishing.swept_area import swept_area_km2
from pipeline.store import Facts, StepContext
from pipeline.workspace import SourceFiles, weakest

NODATA = -9999.0


def run(context: StepContext) -> Facts:
    """Write ``fishing_strike.tif``, ``stations.parquet`` and ``cells.parquet``; see docs/architecture.md."""
    frame = Frame.load(context.inputs["route"])
    section = context.config.fishing
    sources = context.role("fishing_effort")
    cells_at = (frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy())
    found = best_effort(sources, frame, section)
    if found is None:
        why = "no source of fishing effort" if not sources else "the effort data hold nothing in the corridor"
        context.log(f"Fishing is not assessed: {why}")
        blank = {"stations": len(frame.stations), "cells": len(frame.cells)}
        _write(context, frame, {name: Threat(*(np.full(n, np.nan) for _ in range(4))) for name, n in blank.items()}, "")
        return {
            "assessed": False,
            "provenance": "",
            "sources": [source.facts for source in sources],
            "summary": f"not assessed: {why}",
        }
    source, effort, density = found
    context.log(f"Fishing effort of '{source.name}': {len(effort.cells)} cells and gears, {effort.days} days")
    stations = AtStations.read(density, frame, context.inputs, context.config.soil)
    field = stations.field(section)
    codes = read_band(context.inputs["soil"] / "soil_class.tif")
    muddy_codes = [soil.code for soil in context.config.soil.classes.values() if soil.gear_column == "mud"]
    muddy_cells = np.isin(codes[cells_at], muddy_codes)
    at_stations = field.at(*stations.at)
    threats = {
        "stations": threat(at_stations, stations.depth_m, stations.mud, section),
        "cells": threat(field.at(*cells_at), stations.grid_depth_m[cells_at], muddy_cells, section),
    }
    # A rate is no better than what it rests on: depth decides what touches the bottom, soil how deep gear digs.
    rests_on = (context.facts.get(name, {}).get("provenance", "") for name in ("bathymetry", "soil"))
    provenance = weakest([source.section.provenance, *rests_on])
    _write(context, frame, threats, provenance, source)
    facts = _facts(frame, section, source, sources, effort, at_stations, threats["stations"], stations.depth_m)
    return {**facts, "provenance": provenance}


def _write(
    context: StepContext, frame: Frame, threats: dict[str, Threat], provenance: str, source: SourceFiles | None = None
) -> None:
    for table, key in (("stations", "station"), ("cells", "cell")):
        values = threats[table]
        pd.DataFrame(
            {
                key: getattr(frame, table)[key],
                "fishing_strike_per_km_yr": values.strike_per_km_yr,
                "fishing_contacts_per_km_yr": values.contacts_per_km_yr,
                "gear_penetration_m": values.gear_penetration_m,
                "required_dol_fishing_m": values.required_dol_m,
            }
        ).to_parquet(context.out / f"{table}.parquet", index=False)
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    raster = frame.grid.full(row, col, threats["cells"].strike_per_km_yr, np.nan)
    tags = {
        "description": "Fishing strikes on a surface-laid cable, per km and year; blank is not assessed",
        "provenance": provenance or "not assessed",
        "sources": source.name if source else "",
    }
    write_cog(
        context.out / "fishing_strike.tif", frame.grid, [Band("fishing_strike", "1/km/yr", raster)], tags=tags,
        nodata=NODATA,
    )  # fmt: skip


def _facts(
    frame: Frame,
    section: FishingSection,
    source: SourceFiles,
    sources: tuple[SourceFiles, ...],
    effort: Effort,
    field: Field,
    stations: Threat,
    depth: Floats,
) -> Facts:
    length = frame.stations["length_km"].to_numpy(float)
    named = [gear if gear in section.gears else "unknown" for gear in effort.cells["geartype"]]
    by_gear: dict[str, Any] = {}
    for name, rows in effort.cells.assign(gear=named).groupby("gear", sort=True):
        gear, hours = section.gears[str(name)], float(rows["fishing_hours_per_yr"].sum())
        by_gear[str(name)] = {
            "label": gear.label,
            "hours_per_yr": round(hours, 1),
            "swept_km2_per_yr": round(float(swept_area_km2(hours, gear.width_m, gear.speed_kn)), 1),
            "contacts_per_yr": round(float((field.contacts_per_km_yr[str(name)] * length)[depth > 0.0].sum()), 4),
        }
    with np.errstate(invalid="ignore"):
        inshore = depth <= section.inshore_to_water_depth_m
    strikes = float(np.nansum(stations.strike_per_km_yr * length))
    floor_km = float(length[np.nan_to_num(stations.required_dol_m) > 0.0].sum())
    background = section.inshore_contacts_per_km_yr * section.damage_probability
    return {
        "assessed": True,
        "sources": [source.facts],
        "sources_unused": [other.name for other in sources if other.name != source.name],
        "days": effort.days,
        "cell_deg": effort.cell_deg,
        "gears": by_gear,
        "geartypes_unknown": sorted(set(effort.cells["geartype"]) - set(section.gears)),
        "strike_per_yr_surface_laid": strikes,
        "contacts_per_yr": float(np.nansum(stations.contacts_per_km_yr * length)),
        "floor_km": round(floor_km, 3),
        "inshore_km": round(float(length[inshore & (depth > 0.0)].sum()), 3),
        "inshore_floor_strike_per_km_yr": background,
        "notes": [
            f"Inshore of {section.inshore_to_water_depth_m:g} m boats without AIS are covered by a configured "
            f"floor of {background:.1e} strikes per km and year, not by data.",
            "Global Fishing Watch 'trawlers' are taken as midwater trawls; P_damage and effort dominate the result.",
        ],
        "summary": f"{strikes:.2g} strikes a year on a surface-laid cable ({source.section.provenance} effort, "
        f"{effort.days} days); gear asks for burial along {floor_km:.0f} km",
    }
