"""Step ``seismic``: peak ground acceleration for 475 and 2475 years, on rock and on the seabed soil."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.config.seismic import SeismicSection
from pipeline.config.soil import SoilSection
from pipeline.geo import Band, Floats, Frame, Ints, read_band, write_cog
from pipeline.hazards.seismic.curves import LEVELS_G, hazard_curves
from pipeline.hazards.seismic.hazard import return_level
from pipeline.hazards.seismic.model import SourceModel, build_model
from pipeline.hazards.seismic.sites import Nodes
from pipeline.store import Facts, StepContext
from pipeline.workspace import weakest

NODATA = -9999.0
RETURN_PERIODS_YR = (475.0, 2475.0)


def run(context: StepContext) -> Facts:
    """Write ``pga_475yr.tif``, ``pga_2475yr.tif`` and ``stations.parquet``; see docs/architecture.md."""
    frame = Frame.load(context.inputs["route"])
    section, soil = context.config.seismic, context.config.soil
    found = build_model(context, frame, section)
    if not found.points:
        why = found.why or "no source of seismic zones or earthquakes"
        context.log(f"Earthquakes are not assessed: {why}")
        blank = {name: np.full((len(getattr(frame, name)), 2, 2), np.nan) for name in ("stations", "cells")}
        _write(context, frame, blank, "", [])
        return {
            "assessed": False, "provenance": "", "sources": [s.facts for s in found.used],
            "summary": f"not assessed: {why}",
        }  # fmt: skip
    vs30_by_code = {s.code: max(s.vs30_m_s, section.vs30_floor_m_s) for s in soil.classes.values()}
    codes = _codes(context, frame, soil)
    values = sorted(
        {section.rock_vs30_m_s, *(vs30_by_code[c] for c in np.unique(np.concatenate(list(codes.values()))))}
    )
    points = {name: (getattr(frame, name)["x_m"].to_numpy(), getattr(frame, name)["y_m"].to_numpy()) for name in codes}
    x_m, y_m = (np.concatenate([points[name][k] for name in codes]) for k in (0, 1))
    nodes = Nodes.around(x_m, y_m, section.site_spacing_km)
    context.log(f"Ground motion of {len(found.points)} sources at {len(nodes.x_km)} nodes, {len(values)} site classes")
    curves = hazard_curves(found.points, nodes.x_km, nodes.y_km, values, section)
    pga = np.stack(
        [
            np.stack([return_level(LEVELS_G, curve, t) for t in RETURN_PERIODS_YR], axis=1)
            for curve in curves.sum(axis=0)
        ],
        axis=2,
    )  # node, return period, site class
    at = nodes.at_points(pga)
    layers, start = {}, 0
    for name, code in codes.items():
        here = at[start : start + len(code)]
        start += len(code)
        own = np.searchsorted(values, [vs30_by_code[c] for c in code])
        ground = here[np.arange(len(code)), :, own]
        layers[name] = np.stack([here[:, :, values.index(section.rock_vs30_m_s)], ground], axis=2)
    provenance = weakest([s.section.provenance for s in found.used] + found.provenances)
    _write(context, frame, layers, provenance, [s.name for s in found.used])
    floor = [name for name, s in soil.classes.items() if s.vs30_m_s <= section.vs30_floor_m_s]
    return _facts(frame, section, found, layers["stations"], nodes, curves, values, pga, provenance, floor)


def _codes(context: StepContext, frame: Frame, soil: SoilSection) -> dict[str, Ints]:
    """Return the soil code of stations and cells; codes that no class has are taken as unknown."""
    raster = read_band(context.inputs["soil"] / "soil_class.tif")
    cells = raster[frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()].astype(np.int64)
    names = pd.read_parquet(context.inputs["soil"] / "stations.parquet")["soil_class"]
    by_name = {name: s.code for name, s in soil.classes.items()}
    stations = np.array([by_name.get(name, 0) for name in names], dtype=np.int64)
    known = sorted(by_name.values())
    return {"stations": stations, "cells": np.where(np.isin(cells, known), cells, 0)}


def _write(context: StepContext, frame: Frame, layers: dict[str, Floats], provenance: str, sources: list[str]) -> None:
    stations = layers["stations"]
    # Band 2 rests on the soil too, and a file carries one provenance: the weakest of its bands.
    of_file = weakest([provenance, str(context.facts.get("soil", {}).get("provenance", ""))]) if provenance else ""
    pd.DataFrame(
        {
            "station": frame.stations["station"],
            "pga_475yr_g": stations[:, 0, 0],
            "pga_2475yr_g": stations[:, 1, 0],
            "pga_475yr_soil_g": stations[:, 0, 1],
            "pga_2475yr_soil_g": stations[:, 1, 1],
        }
    ).to_parquet(context.out / "stations.parquet", index=False)
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    for index, period in enumerate(RETURN_PERIODS_YR):
        rock, ground = (frame.grid.full(row, col, layers["cells"][:, index, k], np.nan) for k in (0, 1))
        tags = {
            "description": f"Peak ground acceleration, return period {period:.0f} years; band 1 rock, band 2 seabed "
            "soil (site terms under the sea are extrapolated)",
            "provenance": of_file or "not assessed",
            "sources": ", ".join(sources),
        }
        bands = [Band("pga_rock", "g", rock), Band("pga_soil", "g", ground)]
        write_cog(context.out / f"pga_{period:.0f}yr.tif", frame.grid, bands, tags=tags, nodata=NODATA)


def _facts(
    frame: Frame,
    section: SeismicSection,
    found: SourceModel,
    stations: Floats,
    nodes: Nodes,
    curves: Floats,
    values: list[float],
    pga: Floats,
    provenance: str,
    clipped: list[str],
) -> Facts:
    rock = stations[:, 0, 0]
    peak = int(np.argmax(rock))
    kp = frame.stations["kp_km"].to_numpy(float)
    low, high = section.plausible_pga_475yr_g
    plausible = low <= float(rock.max()) <= high
    # Which source drives the peak: its share of the exceedance rate at the node with the largest PGA.
    which = values.index(section.rock_vs30_m_s)
    node = int(np.argmax(pga[:, 0, which]))
    level = int(np.searchsorted(LEVELS_G, pga[node, 0, which])) - 1
    rates = curves[:, which, node, max(level, 0)]
    shares = rates / rates.sum() if rates.sum() > 0.0 else rates
    notes = list(found.notes)
    if not plausible:
        notes.append(f"the peak of 475 years on rock lies outside the plausible {low:g} to {high:g} g")
    notes.append("site terms of the seabed are extrapolated: the models were made on land")
    notes.append("earthquakes never deepen burial: they mark where route, cable type and slack must change")
    return {
        "assessed": True,
        "provenance": provenance,
        "sources": [source.facts for source in found.used],
        "source_zones": [
            {
                "name": source.name, "rate_per_yr": source.rate_per_yr, "b_value": source.b_value, "mmin": source.mmin,
                "mmax": source.mmax, "depths_km": [depth for depth, _ in source.depths], "points": len(source.x_km),
                "share_of_peak": round(float(share), 4),
            }
            for source, share in zip(found.points, shares, strict=True)
        ],
        "catalogue": found.catalogue,
        "peak_pga_475yr_g": round(float(rock[peak]), 4),
        "peak_pga_475yr_kp_km": round(float(kp[peak]), 3),
        "least_pga_475yr_g": round(float(rock.min()), 4),
        "peak_pga_475yr_soil_g": round(float(stations[:, 0, 1].max()), 4),
        "peak_pga_2475yr_g": round(float(stations[:, 1, 0].max()), 4),
        "plausible": plausible,
        "vs30_at_model_limit": sorted(clipped),
        "notes": notes,
        "summary": f"rock PGA of 475 years {rock.min():.2f} to {rock.max():.2f} g, peak at KP {kp[peak]:.0f} "
        f"({provenance} rates from {len(found.points)} sources)",
    }  # fmt: skip
