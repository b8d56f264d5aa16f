"""What the ``bathymetry`` step writes and tells of merged depths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.bathymetry import Confidence
from pipeline.config.corridor import WaterSection
from pipeline.geo import Band, Floats, Frame, Grid, Ints, write_cog
from pipeline.sources.depths.beds import confidence
from pipeline.sources.depths.datum import water_depth_m
from pipeline.sources.depths.merging import Bed, Merged
from pipeline.sources.places import in_words, kp_runs
from pipeline.sources.rasters.layers import Layer
from pipeline.store import Facts
from pipeline.workspace import SourceFiles, weakest

CONFIDENCE_CODES: dict[Confidence, int] = {"A": 1, "B": 2, "C": 3}
"""Values of ``depth_confidence.tif``."""
NO_SOURCE = 255
"""Value of ``depth_source.tif`` and ``depth_confidence.tif`` where no source has a depth."""

_NODATA = -9999.0


def write_rasters(
    folder: Path,
    frame: Frame,
    merged: Merged,
    around: Grid,
    scenery: Bed,
    layers: Sequence[Layer],
    sources: Sequence[SourceFiles],
    water: WaterSection,
) -> str:
    """Write depth, its source and its confidence on the analysis grid, and depth on the grid for maps.

    Returns
    -------
    str
        The weakest provenance of all layers that have a share in the stations or the swath.
    """
    inside = merged.used(frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy())
    used = [layer for layer, has_a_share in zip(layers, inside, strict=True) if has_a_share]
    provenance = weakest(layer.section.provenance for layer in used)
    tags = _tags(used, water)
    for name, grid, bed in (("water_depth", frame.grid, merged.grid), ("regional_depth", around, scenery)):
        write_cog(
            folder / f"{name}.tif", grid, [Band("water_depth_m", "m", depth_m(bed, water))],
            tags={**tags, "description": "Water depth, positive down; negative on land"}, nodata=_NODATA,
        )  # fmt: skip
    _write_codes(
        folder / "depth_source.tif", frame.grid, merged.grid.layer, [layer.source for layer in layers],
        {**tags, "description": "Which source gave the depth; near a seam the one with the greater share"},
        {index: source.name for index, source in enumerate(sources)},
    )  # fmt: skip
    _write_codes(
        folder / "depth_confidence.tif", frame.grid, merged.grid.layer,
        [CONFIDENCE_CODES[confidence(layer)] for layer in layers],
        {**tags, "description": "Confidence in the water depth: A survey, B regional, C global grid or synthetic"},
        {code: name for name, code in CONFIDENCE_CODES.items()},
    )  # fmt: skip
    return provenance


def write_open_depths(folder: Path, around: Grid, layers: Sequence[Layer], bed: Bed, water: WaterSection) -> None:
    """Write depth on the grid for maps from ``layers`` alone (see ``open_bed``), which may be none."""
    write_cog(
        folder / "open_depth.tif", around, [Band("water_depth_m", "m", depth_m(bed, water))],
        tags={**_tags(layers, water), "description": "Water depth from sources that do not follow the route"},
        nodata=_NODATA,
    )  # fmt: skip


def _tags(layers: Sequence[Layer], water: WaterSection) -> dict[str, str]:
    return {
        "provenance": weakest(layer.section.provenance for layer in layers),
        "sources": ", ".join(dict.fromkeys(layer.name for layer in layers)),
        "surface_m": f"{water.surface_m:g}",
        "vertical_reference": f"depth below a water surface at {water.surface_m:g} m on Baltic 1977",
    }


def depth_m(bed: Bed, water: WaterSection) -> NDArray[np.float32]:
    """Return water depth of a bed, metres, positive down."""
    return water_depth_m(bed.elevation_m, water.surface_m).astype(np.float32)


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


def station_table(frame: Frame, merged: Bed, layers: Sequence[Layer], water: WaterSection) -> pd.DataFrame:
    """Return ``station water_depth_m source provenance confidence``, the last three of the layer with most share."""

    def named(values: list[str]) -> NDArray[np.object_]:
        return np.array([*values, ""], dtype=object)[merged.layer]

    return pd.DataFrame(
        {
            "station": frame.stations["station"].to_numpy(np.int32),
            "water_depth_m": depth_m(merged, water).astype(np.float64),
            "source": named([layer.name for layer in layers]),
            "provenance": named([layer.section.provenance for layer in layers]),
            "confidence": named([confidence(layer) for layer in layers]),
        }
    )


def depth_facts(
    frame: Frame,
    merged: Merged,
    layers: Sequence[Layer],
    sources: Sequence[SourceFiles],
    water: WaterSection,
    findings: list[str],
) -> Facts:
    """Return the facts of the step but for its provenance: coverage, gaps, dry land, and who gave what where."""
    kp = frame.stations["kp_km"].to_numpy()
    stations = merged.stations
    depth = depth_m(stations, water).astype(np.float64)
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
        "file_kp_km": _file_kp_km(layers, sources, merged.station_shares, kp),
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
