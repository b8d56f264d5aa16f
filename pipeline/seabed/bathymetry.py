"""The ``bathymetry`` step: depth sources merged and measured down from the water surface (METHODS 7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.corridor import WaterSection
from pipeline.errors import DataError
from pipeline.geo import Band, Floats, Frame, Grid, Ints, write_cog
from pipeline.sources.datum import water_depth_m
from pipeline.sources.depth_tile import ANALYSIS, REGIONAL, regional
from pipeline.sources.depths import (
    confidence,
    depth_layers,
    merged_bed_at,
    merged_bed_on,
    refuse_level_surface,
    relief_of,
)
from pipeline.sources.layers import Layer, file_kp_km, remarks_of
from pipeline.sources.places import in_words, kp_runs
from pipeline.sources.tile import Tile
from pipeline.store import Facts, StepContext
from pipeline.workspace import SourceFiles, weakest

NO_SOURCE = 255
"""Value of ``depth_source.tif`` where no source has a depth."""

_NODATA = -9999.0


@dataclass(frozen=True)
class MergedDepth:
    """Depth from several layers, each place taking the best that has a value there.

    Attributes
    ----------
    depth_m : ndarray of float32
        Water depth, positive down; NaN where no layer has a value.
    layer : ndarray of int64
        Index of the layer that gave it; -1 where none did.
    """

    depth_m: NDArray[np.float32]
    layer: Ints


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
    findings = [*remarks_of(layers, sources), *_relief_findings(layers, sources, frame, water)]
    bed = merged_bed_at(layers, len(frame.stations), water)
    stations = MergedDepth(_depth(bed.elevation_m, water), bed.layer)
    _refuse_no_water(stations.depth_m, layers, sources)
    on_grid = merge_on(layers, ANALYSIS, frame.grid, water)
    regional_grid = regional(frame.stations["x_m"].to_numpy(), frame.stations["y_m"].to_numpy(), frame.grid.crs)
    regional_depth = merge_on(layers, REGIONAL, regional_grid, water)

    at_cells = on_grid.layer[frame.cells["row"], frame.cells["col"]]
    used = sorted(set(np.concatenate([stations.layer, at_cells]).tolist()) - {-1})
    provenance = weakest(layers[index].section.provenance for index in used)
    tags = {
        "provenance": provenance,
        "sources": ", ".join(dict.fromkeys(layers[index].name for index in used)),
        "surface_m": f"{water.surface_m:g}",
        "vertical_reference": f"depth below a water surface at {water.surface_m:g} m on Baltic 1977",
    }
    depth_tags = {**tags, "description": "Water depth, positive down; negative on land"}
    write_cog(
        context.out / "water_depth.tif", frame.grid, [Band("water_depth_m", "m", on_grid.depth_m)],
        tags=depth_tags, nodata=_NODATA,
    )  # fmt: skip
    write_cog(
        context.out / "depth_source.tif", frame.grid,
        [Band("depth_source", "index", _source_codes(on_grid.layer, layers))],
        tags={**tags, "description": "Which source gave the depth: " + _legend(sources)},
        nodata=NO_SOURCE, categorical=True,
    )  # fmt: skip
    write_cog(
        context.out / "regional_depth.tif", regional_grid, [Band("water_depth_m", "m", regional_depth.depth_m)],
        tags=depth_tags, nodata=_NODATA,
    )  # fmt: skip
    _station_table(frame, stations, layers).to_parquet(context.out / "stations.parquet", index=False)
    facts = _facts(frame, stations, layers, sources, water, provenance, findings)
    facts["file_kp_km"] = file_kp_km(layers, sources, bed.layer, bed.file, frame.stations["kp_km"].to_numpy())
    for line in (facts["summary"], *facts["findings"]):
        context.log(line)
    return facts


def merge_on(layers: Sequence[Layer], name: str, grid: Grid, water: WaterSection) -> MergedDepth:
    """Return the depth on a grid, each cell from the best layer that has a value there."""
    bed, chosen = merged_bed_on(layers, name, grid, water)
    return MergedDepth(_depth(bed, water), chosen)


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


def _source_codes(layer: Ints, layers: Sequence[Layer]) -> NDArray[np.uint8]:
    """Return the index of the source, not of the layer: sources are what people know."""
    codes = np.array([*(item.source for item in layers), NO_SOURCE], dtype=np.uint8)
    return codes[layer]


def _legend(sources: Sequence[SourceFiles]) -> str:
    return ", ".join(f"{index} {source.name}" for index, source in enumerate(sources))


def _station_table(frame: Frame, merged: MergedDepth, layers: Sequence[Layer]) -> pd.DataFrame:
    def named(values: list[str]) -> NDArray[np.object_]:
        return np.array([*values, ""], dtype=object)[merged.layer]

    return pd.DataFrame(
        {
            "station": frame.stations["station"].to_numpy(np.int32),
            "water_depth_m": merged.depth_m.astype(np.float64),
            "source": named([layer.name for layer in layers]),
            "provenance": named([layer.section.provenance for layer in layers]),
            "confidence": named([confidence(layer) for layer in layers]),
        }
    )


def _facts(
    frame: Frame,
    stations: MergedDepth,
    layers: Sequence[Layer],
    sources: Sequence[SourceFiles],
    water: WaterSection,
    provenance: str,
    findings: list[str],
) -> Facts:
    kp = frame.stations["kp_km"].to_numpy()
    depth = stations.depth_m.astype(np.float64)
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
        "depth_min_m": round(float(wet.min()), 2),
        "depth_max_m": round(float(wet.max()), 2),
        "findings": findings,
        "summary": f"depths at {covered:g} percent of {len(depth)} stations, {wet.min():.1f} to {wet.max():.1f} m "
        f"below a surface at {water.surface_m:g} m (Baltic 1977)",
    }


def _percent(where: NDArray[np.bool_] | Floats) -> float:
    return round(100.0 * float(np.mean(where)), 2)
