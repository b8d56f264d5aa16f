"""The ``density`` step: ship-hours from ready-made rasters, for a corridor without AIS (METHODS 1.10)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.config.density import ALL
from pipeline.geo import Floats, Frame
from pipeline.hazards.shipping.density_hours import hours_of, nearest_in_swath, nearest_on_line, too_dense
from pipeline.hazards.shipping.density_ships import shared_us, typical_ships
from pipeline.hazards.shipping.exposure import HOUR_US, ISOTROPIC, panel_edges_km
from pipeline.hazards.shipping.tables import CELL_TIME, MODELLED_SHIPS, STATION_TIME, shaped
from pipeline.store.step import Facts, StepContext
from pipeline.workspace import SourceFiles, weakest


def run(context: StepContext) -> Facts:
    """Write ``particulars exposure_stations exposure_cells density_stations density_cells`` (Parquet).

    The last two hold the hours per km2 and year of all ships, blank where a raster has no value. Where AIS is assessed
    the rasters are not used, and a finding says so.

    Raises
    ------
    ConfigError
        If a file contradicts ``per``.
    """
    frame, section, shipping = Frame.load(context.inputs["route"]), context.config.ais, context.config.shipping
    sources = context.role("ship_density")
    if sources and context.facts["ais"]["assessed"]:
        return _not_used(context, frame)
    by_type: dict[str, list[SourceFiles]] = {}
    for source in sources:
        by_type.setdefault(source.section.ship_type, []).append(source)
    of_stations = {kind: hours_of(context, own, "stations", frame) for kind, own in sorted(by_type.items())}
    of_cells = {kind: hours_of(context, own, "cells", frame) for kind, own in sorted(by_type.items())}
    # A sum over types is known only where each of them is.
    at_stations, at_cells = (
        _sum(of, n) for of, n in ((of_stations, len(frame.stations)), (of_cells, len(frame.cells)))
    )
    if not sources or not (np.isfinite(at_stations).any() or np.isfinite(at_cells).any()):
        reason = "the density rasters have no value in the corridor" if sources else "no density raster is configured"
        told = [f"ships are not assessed: {reason}; check CRS, extent and nodata"] if sources else []
        return {**_not_assessed(context, frame, reason), "findings": told}

    ships = typical_ships(by_type, shipping)
    factor = direction_factor_of(section.direction)
    areas_km2 = np.diff(panel_edges_km(frame)) * 2.0 * section.exposure_half_width_m / 1000.0
    of_stations = {kind: nearest_on_line(values) for kind, values in of_stations.items()}
    of_cells = {kind: nearest_in_swath(values, frame) for kind, values in of_cells.items()}
    stations = _exposure("station", of_stations, areas_km2 * factor, ships)
    cells = _exposure("cell", of_cells, np.full(len(frame.cells), (frame.grid.cell_m / 1000.0) ** 2 * factor), ships)
    shaped(ships, MODELLED_SHIPS).to_parquet(context.out / "particulars.parquet", index=False)
    shaped(stations, STATION_TIME).to_parquet(context.out / "exposure_stations.parquet", index=False)
    shaped(cells, CELL_TIME).to_parquet(context.out / "exposure_cells.parquet", index=False)
    _write_known(context, frame, at_stations, at_cells)
    return _facts(context, frame, at_stations, at_cells, ships)


def direction_factor_of(mode: str) -> float:
    """Return s where no heading is known: 1, the most that it can be, unless all headings are taken as alike."""
    return ISOTROPIC if mode == "isotropic" else 1.0


def _sum(by_type: dict[str, Floats], size: int) -> Floats:
    return np.sum(list(by_type.values()), axis=0) if by_type else np.full(size, np.nan)


def _exposure(name: str, by_type: dict[str, Floats], area_km2: Floats, ships: pd.DataFrame) -> pd.DataFrame:
    """Return ship-time times direction factor by place and ship, whole microseconds in key order."""
    tables = []
    for raster, h_per_km2_yr in by_type.items():
        own = np.flatnonzero(ships["raster"] == raster)
        total = np.rint(h_per_km2_yr * area_km2 * HOUR_US).astype(np.int64)
        time = shared_us(total, ships["share"].to_numpy()[own])
        place, ship = np.nonzero(time > 0)
        tables.append(pd.DataFrame({name: place, "ship": own[ship], "hours_us": time[place, ship]}))
    return pd.concat(tables).sort_values([name, "ship"], kind="stable", ignore_index=True)


def _write_known(context: StepContext, frame: Frame, at_stations: Floats, at_cells: Floats) -> None:
    for name, values in (("station", at_stations), ("cell", at_cells)):
        places = getattr(frame, f"{name}s")[name].to_numpy(np.int32)
        pd.DataFrame({name: places, "h_per_km2_yr": values}).to_parquet(
            context.out / f"density_{name}s.parquet", index=False
        )


def _facts(context: StepContext, frame: Frame, at_stations: Floats, at_cells: Floats, ships: pd.DataFrame) -> Facts:
    sources, section = context.role("ship_density"), context.config.ais
    unknown_km = float(frame.stations["length_km"].to_numpy()[np.isnan(at_stations)].sum())
    known = at_stations[np.isfinite(at_stations)]
    most = float(known.max()) if len(known) else 0.0
    summary = f"up to {most:.3g} ship-hours per km2 and year beside the cable, from density rasters, modelled ships"
    findings = [
        "ship-hours are from density rasters: ships are modelled, headings and passages not known, and hours at anchor "
        "count as under way"
    ]
    types = {source.section.ship_type for source in sources}
    if ALL not in types:
        lacking = sorted(set(context.config.shipping.ship_types) - types)
        findings.append(
            f"density rasters of {', '.join(sorted(types))} only: ships of other types are not in the strikes, "
            f"which are too few by as much, not zero ({', '.join(lacking)})"
        )
    if unknown_km:
        findings.append(f"{unknown_km:.1f} km without a value in a density raster: strikes are blank there")
    if remark := too_dense(known, context.config.shipping.density_doubted_h_per_km2_yr):
        findings.append(remark)
    context.log(summary)
    return {
        "assessed": True,
        "provenance": weakest([*(source.section.provenance for source in sources), "modelled"]),
        "sources": [source.facts for source in sources],
        "summary": summary,
        "ship_types": sorted(types),
        "ships": len(ships),
        "years_covered": 1.0,
        "exposure_half_width_m": section.exposure_half_width_m,
        "direction": section.direction,
        "direction_factor": direction_factor_of(section.direction),
        "most_h_per_km2_yr": most,
        "cells_unknown": int(np.isnan(at_cells).sum()),
        "unknown_km": round(unknown_km, 3),
        "findings": findings,
    }


def _not_used(context: StepContext, frame: Frame) -> Facts:
    names = ", ".join(source.name for source in context.role("ship_density"))
    told = f"AIS tells of ships, so that density rasters are not used: {names}"
    return {**_not_assessed(context, frame, told), "sources": [], "findings": [told]}


def _not_assessed(context: StepContext, frame: Frame, reason: str) -> Facts:
    for name, columns in (
        ("particulars", MODELLED_SHIPS), ("exposure_stations", STATION_TIME), ("exposure_cells", CELL_TIME),
    ):  # fmt: skip
        shaped(None, columns).to_parquet(context.out / f"{name}.parquet", index=False)
    _write_known(context, frame, np.full(len(frame.stations), np.nan), np.full(len(frame.cells), np.nan))
    return {
        "assessed": False,
        "provenance": "",
        "sources": [source.facts for source in context.role("ship_density")],
        "summary": f"not assessed: {reason}",
        "findings": [],
    }
