"""The ``bathymetry`` step: depth sources merged and measured down from the water surface (METHODS 7.1)."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.config.corridor import WaterSection
from pipeline.config.datum import DatumSection
from pipeline.errors import DataError
from pipeline.geo import Frame
from pipeline.seabed.agreement import agreement
from pipeline.seabed.depth_results import depth_facts, station_table, write_open_depths, write_rasters
from pipeline.seabed.open_depths import open_bed
from pipeline.sources.depths.beds import bed_at, bed_of, bed_on, depth_layers, refuse_level_surface, relief_of
from pipeline.sources.depths.datum_evidence import refuse_contradicting, sign
from pipeline.sources.depths.depth_tile import ANALYSIS, REGIONAL, regional
from pipeline.sources.depths.merging import Merged, laid_over, seam_shares
from pipeline.sources.depths.other_unit import multiplied
from pipeline.sources.rasters.layers import Layer, remarks_of
from pipeline.sources.rasters.tile import Tile
from pipeline.store import Facts, StepContext
from pipeline.workspace import SourceFiles

_FILES_NAMED = 5


def run(context: StepContext) -> Facts:
    """Merge depth sources on the grid and at stations.

    Raises
    ------
    DataError
        If there is no depth source, a file cannot be used or has no depths, data contradict their datum or sign, or no
        station lies in water.
    """
    frame, config = Frame.load(context.inputs["route"]), context.config
    water, stations = config.water, len(frame.stations)
    sources = context.role("bathymetry")
    if not sources:
        raise DataError(
            "no source gives depths, and without depths nothing can be built",
            where="role bathymetry",
            remedy='Add a source with role = "bathymetry" to corridor.toml.',
        )
    layers = depth_layers(sources, lambda source, path: Tile.kept(path, context.parts[source.name, path]))
    for layer in layers:
        refuse_wrong_sign(layer, water, config.datum)
    findings = [*remarks_of(layers, sources), *_relief_findings(layers, sources, frame, water)]
    on_grid = [bed_on(layer, ANALYSIS, frame.grid, water) for layer in layers]
    at_stations = [bed_at(layer, stations, water) for layer in layers]
    overlaps, disagreements = agreement(layers, on_grid, at_stations, ANALYSIS, frame, config)
    overlaps.to_parquet(context.out / "overlaps.parquet", index=False)

    x, y = frame.stations["x_m"].to_numpy(), frame.stations["y_m"].to_numpy()
    merged = Merged.of(on_grid, frame.grid, at_stations, x, y, config.bathymetry)
    if not (merged.stations.elevation_m < water.surface_m).any():
        raise _no_water(bool((merged.stations.layer >= 0).any()), layers, sources)
    around = regional(x, y, frame.grid.crs)
    far = [bed_on(layer, REGIONAL, around, water) for layer in layers]
    scenery = laid_over(far, seam_shares(far, around, config.bathymetry))
    provenance = write_rasters(context.out, frame, merged, around, scenery, layers, sources, water)
    write_open_depths(context.out, around, *open_bed(layers, far, around, config.bathymetry), water)
    station_table(frame, merged.stations, layers, water).to_parquet(context.out / "stations.parquet", index=False)
    facts = depth_facts(frame, merged, layers, sources, water, [*findings, *disagreements])
    facts["provenance"] = provenance
    for line in (facts["summary"], *facts["findings"]):
        context.log(line)
    return facts


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


def refuse_wrong_sign(layer: Layer, water: WaterSection, limits: DatumSection) -> None:
    """Refuse files that are dry as configured and would be sea with the other sign.

    Raises
    ------
    DataError
        If there are; it names both, and how many files are so. Where others are right, these are to be turned round.
    """
    against, others_right = [], False
    for tile in layer.files:
        bed = bed_of(layer, tile.read("at stations"), water)
        evidence = sign(bed, layer.section, water, limits)
        if evidence is not None:
            against.append((tile.path, evidence))
        else:
            others_right |= int((bed < water.surface_m).sum()) > int((bed > water.surface_m).sum())
    if against:
        path, evidence = against[0]
        words, remedy = "", ""
        if others_right:
            names = ", ".join(other.name for other, _ in against[:_FILES_NAMED])
            more = f" and {len(against) - _FILES_NAMED} more" if against[_FILES_NAMED:] else ""
            words = f"; so {len(against)} of {len(layer.files)} files: {names}{more}"
            remedy = f"Only these are upside down: turn them round, {multiplied(path.name, -1.0)}."
        elif len(layer.files) > 1:
            words = f"; so {len(against)} of {len(layer.files)} files, and no other speaks against it"
        where = f"source '{layer.name}', {path}"
        refuse_contradicting(evidence, layer.section, where, words=words, remedy=remedy)


def _no_water(known: bool, layers: Sequence[Layer], sources: Sequence[SourceFiles]) -> DataError:
    said = "; ".join(f"'{s.name}': {s.section.values} on {s.section.vertical_datum}" for s in sources)
    return DataError(
        "every station of the route lies on dry land" if known else "no depth source covers any part of the route",
        where=", ".join(str(file.path) for file in layers[0].files[:2]),
        remedy=f"Check values and vertical_datum of the sources ({said}), and the order of longitude and latitude.",
    )
