"""Step ``seismic``: peak ground acceleration for 475 and 2475 years, on rock and on the seabed soil."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.geo import Band, Floats, Frame, write_cog
from pipeline.hazards.seismic.assessment import PLACES, Assessment
from pipeline.hazards.seismic.node_blocks import RETURN_PERIODS_YR, joined
from pipeline.store import Facts, StepContext
from pipeline.workspace import weakest

NODATA = -9999.0


def run(context: StepContext) -> Facts:
    """Write ``pga_475yr.tif``, ``pga_2475yr.tif`` and ``stations.parquet``; see docs/architecture.md."""
    made = Assessment.of(context)
    frame, found = made.frame, made.found
    if not found.points:
        why = found.why or "no source of seismic zones or earthquakes"
        context.log(f"Earthquakes are not assessed: {why}")
        blank = {name: np.full((len(getattr(frame, name)), 2, 2), np.nan) for name in PLACES}
        _write(context, frame, blank, "", [])
        return {
            "assessed": False, "provenance": "", "sources": [s.facts for s in found.used],
            "summary": f"not assessed: {why}",
        }  # fmt: skip
    pga, rates = joined(context.blocks, made)
    counted = f"{len(found.points)} sources at {len(pga)} nodes, {len(made.vs30_m_s)} site classes"
    context.log(f"Ground motion of {counted}")
    at = made.nodes.at_points(pga)
    rock = made.vs30_m_s.index(made.section.rock_vs30_m_s)
    layers, start = {}, 0
    for name, vs30 in made.place_vs30_m_s.items():
        here = at[start : start + len(vs30)]
        start += len(vs30)
        ground = here[np.arange(len(vs30)), :, np.searchsorted(made.vs30_m_s, vs30)]
        layers[name] = np.stack([here[:, :, rock], ground], axis=2)
    provenance = weakest([s.section.provenance for s in found.used] + found.provenances)
    _write(context, frame, layers, provenance, [s.name for s in found.used])
    # Which source drives the peak: its share of the exceedance rate at the node with the largest PGA.
    peak = rates[int(np.argmax(pga[:, 0, rock]))]
    shares = peak / peak.sum() if peak.sum() > 0.0 else peak
    floor = made.section.vs30_floor_m_s
    clipped = [name for name, s in context.config.soil.classes.items() if s.vs30_m_s <= floor]
    return _facts(made, layers["stations"], shares, provenance, clipped)


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


def _facts(made: Assessment, stations: Floats, shares: Floats, provenance: str, clipped: list[str]) -> Facts:
    found, rock = made.found, stations[:, 0, 0]
    peak = int(np.argmax(rock))
    kp = made.frame.stations["kp_km"].to_numpy(float)
    low, high = made.section.plausible_pga_475yr_g
    plausible = low <= float(rock.max()) <= high
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
