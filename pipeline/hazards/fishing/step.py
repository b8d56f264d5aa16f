"""Step ``fishing``: effort of one source on the grid, contacts, strikes and the floor of the required depth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer

from pipeline.config.fishing import FishingSection
from pipeline.geo import Band, Floats, Frame, Grid, read_band, write_cog
from pipeline.hazards.fishing.contacts import Field, Threat, contact_field, threat
from pipeline.hazards.fishing.effort import Effort, read_effort
from pipeline.hazards.fishing.swept_area import crossings, swept_area_km2, track_length_km
from pipeline.store import Facts, StepContext
from pipeline.workspace import SourceFiles, weakest

NODATA = -9999.0


def run(context: StepContext) -> Facts:
    """Write ``fishing_strike.tif``, ``stations.parquet`` and ``cells.parquet``; see docs/architecture.md."""
    frame = Frame.load(context.inputs["route"])
    section = context.config.fishing
    sources = context.role("fishing_effort")
    cells_at = (frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy())
    stations_at = _rows(frame)
    depth = read_band(context.inputs["bathymetry"] / "water_depth.tif").astype(float)
    found = _best(sources, frame, section)
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
    field = contact_field(density, depth, frame.grid.cell_m, section)
    station_depth = pd.read_parquet(context.inputs["bathymetry"] / "stations.parquet")["water_depth_m"].to_numpy(float)
    station_soil = pd.read_parquet(context.inputs["soil"] / "stations.parquet")["soil_class"].to_numpy()
    codes = read_band(context.inputs["soil"] / "soil_class.tif")
    classes = context.config.soil.classes
    muddy_codes = [soil.code for soil in classes.values() if soil.gear_column == "mud"]
    muddy_names = [name for name, soil in classes.items() if soil.gear_column == "mud"]
    at_stations = field.at(*stations_at)
    threats = {
        "stations": threat(at_stations, station_depth, np.isin(station_soil, muddy_names), section),
        "cells": threat(field.at(*cells_at), depth[cells_at], np.isin(codes[cells_at], muddy_codes), section),
    }
    # A rate is no better than what it rests on: depth decides what touches the bottom, soil how deep gear digs.
    rests_on = (context.facts.get(name, {}).get("provenance", "") for name in ("bathymetry", "soil"))
    provenance = weakest([source.section.provenance, *rests_on])
    _write(context, frame, threats, provenance, source)
    facts = _facts(frame, section, source, sources, effort, at_stations, threats["stations"], station_depth)
    return {**facts, "provenance": provenance}


def effort_density(effort: Effort, grid: Grid, section: FishingSection) -> dict[str, Floats]:
    """Return crossings of a kilometre of cable a year, by gear of the configuration, on the grid.

    Every grid cell takes the track length per km2 of the effort cell that holds its centre.
    """
    row, col = np.indices(grid.shape)
    x, y = grid.centres(row.ravel(), col.ravel())
    lon, lat = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True).transform(x, y)
    key = _key(np.asarray(lat), np.asarray(lon), effort.cell_deg)
    table = effort.cells.assign(
        gear=[gear if gear in section.gears else "unknown" for gear in effort.cells["geartype"]],
        # The corner itself may be a rounding below its cell: ask for the middle.
        key=_key(
            effort.cells["lat_deg"].to_numpy(float) + effort.cell_deg / 2,
            effort.cells["lon_deg"].to_numpy(float) + effort.cell_deg / 2,
            effort.cell_deg,
        ),
    )
    table = table[np.isin(table["key"], np.unique(key))]
    result = {}
    for gear, rows in table.groupby("gear", sort=True):
        hours = rows.groupby("key", sort=True).agg(hours=("fishing_hours_per_yr", "sum"), area=("area_km2", "first"))
        track = track_length_km(hours["hours"].to_numpy(float), section.gears[str(gear)].speed_kn)
        per_km = crossings(track, 1.0, hours["area"].to_numpy(float))
        keys = hours.index.to_numpy()
        at = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
        result[str(gear)] = np.where(keys[at] == key, per_km[at], 0.0).reshape(grid.shape)
    return result


def _key(lat: Floats, lon: Floats, cell_deg: float) -> NDArray[np.int64]:
    return np.floor(lat / cell_deg).astype(np.int64) * 1_000_000 + np.floor(lon / cell_deg).astype(np.int64)


def _best(
    sources: tuple[SourceFiles, ...], frame: Frame, section: FishingSection
) -> tuple[SourceFiles, Effort, dict[str, Floats]] | None:
    """Return the best source with effort in the swath. Sources are not added up: they would count boats twice."""
    west, south, east, north = Transformer.from_crs(frame.grid.crs, "EPSG:4326", always_xy=True).transform_bounds(
        *frame.grid.bounds
    )
    swath = (frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy())
    for source in sources:
        effort = read_effort(source, (west, south, east, north), section.cell_deg)
        density = effort_density(effort, frame.grid, section)
        if any(np.any(values[swath] > 0.0) for values in density.values()):
            return source, effort, density
    return None


def _rows(frame: Frame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return frame.grid.cell_of(frame.stations["x_m"].to_numpy(float), frame.stations["y_m"].to_numpy(float))


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
