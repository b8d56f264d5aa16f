"""The ``bathymetry`` step: depth sources merged and measured down from the water surface (METHODS 7.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.bathymetry import Confidence
from pipeline.config.corridor import WaterSection
from pipeline.config.datum import DatumSection
from pipeline.errors import DataError
from pipeline.geo import Band, Floats, Frame, Grid, Ints, write_cog
from pipeline.seabed.agreement import agreement
from pipeline.sources.datum import water_depth_m
from pipeline.sources.datum_evidence import refuse_contradicting, sign
from pipeline.sources.depth_tile import ANALYSIS, REGIONAL, regional
from pipeline.sources.depths import (
    bed_at,
    bed_of,
    bed_on,
    confidence,
    depth_layers,
    refuse_level_surface,
    relief_of,
)
from pipeline.sources.layers import Layer
from pipeline.sources.merging import Bed, laid_over, seam_shares, shares_at, whole_shares
from pipeline.sources.places import in_words, kp_runs
from pipeline.sources.tile import Tile
from pipeline.store import Facts, StepContext
from pipeline.workspace import SourceFiles, weakest

CONFIDENCE_CODES: dict[Confidence, int] = {"A": 1, "B": 2, "C": 3}
"""Values of ``depth_confidence.tif``."""
NO_SOURCE = 255
"""Value of ``depth_source.tif`` and ``depth_confidence.tif`` where no source has a depth."""

_NODATA = -9999.0


def run(context: StepContext) -> Facts:
    """Merge depth sources on the grid and at stations.

    Raises
    ------
    DataError
        If there is no depth source, a file cannot be used or has no depths, or no station lies in water.
    """
    frame, water = Frame.load(context.inputs["route"]), context.config.water
    sources = context.role("bathymetry")
    if not sources:
        raise DataError(
            "no source gives depths, and without depths nothing can be built",
            where="role bathymetry",
            remedy='Add a source with role = "bathymetry" to corridor.toml.',
        )
    layers = depth_layers(sources, lambda source, path: Tile.kept(path, context.parts[source.name, path]))
    stations = frame.stations
    for layer in layers:
        refuse_wrong_sign(layer, len(stations), water, context.config.datum)
    findings = _relief_findings(layers, sources, frame, water)
    x, y, kp = (stations[name].to_numpy() for name in ("x_m", "y_m", "kp_km"))
    grid_beds = [bed_on(layer, ANALYSIS, frame.grid, water) for layer in layers]
    station_beds = [bed_at(layer, len(stations), water) for layer in layers]
    table, differences = agreement(layers, grid_beds, station_beds, ANALYSIS, frame, context.config)
    shares = seam_shares(grid_beds, frame.grid, context.config.bathymetry)
    station_shares = shares_at(grid_beds, shares, frame.grid, x, y)
    at_stations, on_grid = laid_over(station_beds, station_shares), laid_over(grid_beds, shares)
    _refuse_no_water(_depth(at_stations.elevation_m, water), layers, sources)
    regional_grid = regional(x, y, frame.grid.crs)
    regional_beds = [bed_on(layer, REGIONAL, regional_grid, water) for layer in layers]
    on_map = laid_over(regional_beds, seam_shares(regional_beds, regional_grid, context.config.bathymetry))

    used = set(at_stations.layer.tolist()) | set(on_grid.layer[frame.cells["row"], frame.cells["col"]].tolist())
    provenance = weakest(layers[index].section.provenance for index in used - {-1})
    tags = {
        "provenance": provenance,
        "sources": ", ".join(dict.fromkeys(layers[index].name for index in sorted(used - {-1}))),
        "surface_m": f"{water.surface_m:g}",
        "vertical_reference": f"depth below a water surface at {water.surface_m:g} m on Baltic 1977",
    }
    for name, grid, bed in (("water_depth", frame.grid, on_grid), ("regional_depth", regional_grid, on_map)):
        write_cog(
            context.out / f"{name}.tif", grid, [Band("water_depth_m", "m", _depth(bed.elevation_m, water))],
            tags={**tags, "description": "Water depth, positive down; negative on land"}, nodata=_NODATA,
        )  # fmt: skip
    _write_codes(
        context.out / "depth_source.tif", frame.grid, on_grid.layer, [layer.source for layer in layers],
        {**tags, "description": "Which source gave the depth; near a seam the one with the greater share"},
        {index: source.name for index, source in enumerate(sources)},
    )  # fmt: skip
    _write_codes(
        context.out / "depth_confidence.tif", frame.grid, on_grid.layer,
        [CONFIDENCE_CODES[confidence(layer)] for layer in layers],
        {**tags, "description": "Confidence in the water depth: A survey, B regional, C global grid or synthetic"},
        {code: name for name, code in CONFIDENCE_CODES.items()},
    )  # fmt: skip
    _station_table(frame, at_stations, layers, water).to_parquet(context.out / "stations.parquet", index=False)
    table.to_parquet(context.out / "overlaps.parquet", index=False)
    facts = _facts(frame, at_stations, layers, sources, water, provenance, [*findings, *differences])
    facts["file_kp_km"] = _file_kp_km(layers, sources, whole_shares(station_beds, station_shares), kp)
    for line in (facts["summary"], *facts["findings"]):
        context.log(line)
    return facts


def _depth(bed: Floats, water: WaterSection) -> NDArray[np.float32]:
    return water_depth_m(bed, water.surface_m).astype(np.float32)


def _relief_findings(
    layers: Sequence[Layer], sources: Sequence[SourceFiles], frame: Frame, water: WaterSection
) -> list[str]:
    level = relief_of(layers, len(frame.stations), water)
    findings = []
    for source in sources:
        if source.name in level:
            refuse_level_surface(source, level[source.name])
            findings.append(
                f"source '{source.name}' has one depth, {water.surface_m - level[source.name].level_m:.1f} m, "
                f"in {level[source.name].share:.0%} of the sea around the route"
            )
    return findings


def refuse_wrong_sign(layer: Layer, stations: int, water: WaterSection, limits: DatumSection) -> None:
    """Refuse a file that is dry as configured and would be sea with the other sign.

    Raises
    ------
    DataError
        If one is; it names both.
    """
    for tile in layer.files:
        evidence = sign(bed_of(layer, tile.read("at stations"), water), layer.section, water, limits)
        if evidence is not None:
            refuse_contradicting(evidence, layer.section, f"source '{layer.name}', {tile.path}")


def _refuse_no_water(depth_m: NDArray[np.float32], layers: Sequence[Layer], sources: Sequence[SourceFiles]) -> None:
    if (depth_m > 0.0).any():
        return
    said = "; ".join(f"'{s.name}': {s.section.values} on {s.section.vertical_datum}" for s in sources)
    known = np.isfinite(depth_m).any()
    raise DataError(
        "every station of the route lies on dry land" if known else "no depth source covers any part of the route",
        where=", ".join(str(file.path) for file in layers[0].files[:2]),
        remedy=f"Check values and vertical_datum of the sources ({said}), and the order of longitude and latitude.",
    )


def _write_codes(
    path: Path, grid: Grid, layer: Ints, codes: Sequence[int], tags: Mapping[str, str], legend: Mapping[int, str]
) -> None:
    """Write what a layer stands for in each cell as a code, with its legend."""
    values = np.array([*codes, NO_SOURCE], dtype=np.uint8)[layer]
    words = ", ".join(f"{code} {name}" for code, name in sorted(legend.items()))
    write_cog(
        path, grid, [Band(path.stem, "code", values)],
        tags={**tags, "legend": words}, nodata=NO_SOURCE, categorical=True,
    )  # fmt: skip


def _file_kp_km(
    layers: Sequence[Layer], sources: Sequence[SourceFiles], shares: Sequence[Floats], kp_km: Floats
) -> dict[str, list[list[float]]]:
    """Return by file, in order of KP, the stretches where it has a share in the stations' depth."""
    found: dict[str, NDArray[np.bool_]] = {}
    for layer, share in zip(layers, shares, strict=True):
        for tile in layer.files:
            index = tile.read("at stations index")
            name = sources[layer.source].name_of(tile.path)
            found.setdefault(name, np.zeros(kp_km.size, dtype=bool))[index[share[index] > 0.0]] = True
    runs = sorted((kp_runs(kp_km, where), name) for name, where in found.items() if where.any())
    return {name: [[round(start, 3), round(end, 3)] for start, end in stretches] for stretches, name in runs}


def _station_table(frame: Frame, merged: Bed, layers: Sequence[Layer], water: WaterSection) -> pd.DataFrame:
    def named(values: list[str]) -> NDArray[np.object_]:
        return np.array([*values, ""], dtype=object)[merged.layer]

    return pd.DataFrame(
        {
            "station": frame.stations["station"].to_numpy(np.int32),
            "water_depth_m": _depth(merged.elevation_m, water).astype(np.float64),
            "source": named([layer.name for layer in layers]),
            "provenance": named([layer.section.provenance for layer in layers]),
            "confidence": named([confidence(layer) for layer in layers]),
        }
    )


def _facts(
    frame: Frame,
    stations: Bed,
    layers: Sequence[Layer],
    sources: Sequence[SourceFiles],
    water: WaterSection,
    provenance: str,
    findings: list[str],
) -> Facts:
    kp = frame.stations["kp_km"].to_numpy()
    depth = _depth(stations.elevation_m, water).astype(np.float64)
    dry, gaps = kp_runs(kp, depth <= 0.0), kp_runs(kp, np.isnan(depth))
    wet = depth[depth > 0.0]
    findings = list(findings)
    if dry:
        findings.append(f"{int((depth <= 0.0).sum())} stations lie on dry land: {in_words(dry)}")
    if gaps:
        findings.append(f"{int(np.isnan(depth).sum())} stations have no depth: {in_words(gaps)}")
    details = [
        {
            **source.facts,
            "resolution_m": [round(layer.resolution_m, 1) for layer in layers if layer.source == index],
            "values": source.section.values,
            "vertical_datum": source.section.vertical_datum,
            "stations_pct": _percent(np.isin(stations.layer, [i for i, a in enumerate(layers) if a.source == index])),
        }
        for index, source in enumerate(sources)
    ]
    covered = _percent(~np.isnan(depth))
    return {
        "assessed": True,
        "provenance": provenance,
        "sources": details,
        "surface_m": water.surface_m,
        "stations": len(depth),
        "coverage_pct": covered,
        "dry_stations": int((depth <= 0.0).sum()),
        "dry_kp_km": dry,
        "stations_without_depth": int(np.isnan(depth).sum()),
        "without_depth_kp_km": gaps,
        "gaps": [_gap(kp, start, end) for start, end in gaps],
        "depth_min_m": round(float(wet.min()), 2),
        "depth_max_m": round(float(wet.max()), 2),
        "findings": findings,
        "summary": f"depths at {covered:g} percent of {len(depth)} stations, {wet.min():.1f} to {wet.max():.1f} m "
        f"below a surface at {water.surface_m:g} m (Baltic 1977)",
    }


def _gap(kp_km: Floats, start: float, end: float) -> Facts:
    """Return a gap as the manifest tells it."""
    inside = int(((kp_km >= start) & (kp_km <= end)).sum())
    return {"kp_from_km": round(start, 3), "kp_to_km": round(end, 3), "stations": inside}


def _percent(where: NDArray[np.bool_] | Floats) -> float:
    return round(100.0 * float(np.mean(where)), 2)
