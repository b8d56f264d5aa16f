"""The ``deliverables`` step: everything in ``data/processed`` that is not a raster or the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd

from pipeline.deliverables.csvw import write_csv
from pipeline.deliverables.geopackage import area_layer, point_layer, rounded, route_layer, write_geopackage, zone_layer
from pipeline.deliverables.lineage import Lineage
from pipeline.deliverables.parquet import write_parquet
from pipeline.deliverables.rpl import position_list
from pipeline.deliverables.styles import anchorage_style, by_depth
from pipeline.deliverables.xlsx import write_xlsx
from pipeline.geo import Frame
from pipeline.store import Facts, StepContext

# A crossing is published by class and season: no ship, and no time, which would tell who it was.
_CROSSING_COLUMNS = [
    "kp_km", "lon", "lat", "dwt_class", "speed_kn", "angle_deg", "course_deg", "heading_deg", "draught_m", "season",
]  # fmt: skip


def run(context: StepContext) -> Facts:
    """Write tables, GeoPackage and route position list.

    Writes ``stations.parquet stations.csv zones.csv soil_layers.csv passages.csv strike_by_depth.parquet
    strike_by_depth.csv rpl.csv rpl.xlsx overlaps.csv corridor.gpkg`` and the metadata of each CSV.
    """
    folders, out = context.inputs, context.out
    frame = Frame.load(folders["route"])
    lineage = Lineage.of(context.config, context.facts)
    stations = pd.read_parquet(folders["burial"] / "stations.parquet")
    zones = pd.read_parquet(folders["burial"] / "zones.parquet")
    given = pd.read_parquet(folders["route"] / "rpl.parquet")
    crossings = pd.read_parquet(folders["traffic"] / "passages.parquet", columns=_CROSSING_COLUMNS)
    positions = position_list(frame.route, given, stations, zones)

    write_parquet(out / "stations.parquet", stations, title="burial depth by station", lineage=lineage)
    write_csv(out / "stations.csv", stations, title="burial depth by station", lineage=lineage)
    write_csv(out / "zones.csv", zones, title="burial zones", lineage=lineage)
    write_csv(out / "soil_layers.csv", soil_layers(folders, stations), title="soil below the stations", lineage=lineage)
    passages = pd.read_parquet(folders["traffic"] / "sections.parquet")
    write_csv(out / "passages.csv", passages, title="passages by station section and deadweight class", lineage=lineage)
    curves = pd.read_parquet(folders["burial"] / "strike_by_depth.parquet")
    write_parquet(out / "strike_by_depth.parquet", curves, title="strikes by depth", lineage=lineage)
    write_csv(out / "strike_by_depth.csv", curves, title="strikes by depth", lineage=lineage)
    write_csv(out / "rpl.csv", positions, title="route position list with burial", lineage=lineage)
    overlaps = pd.read_parquet(folders["bathymetry"] / "overlaps.parquet")
    write_csv(out / "overlaps.csv", overlaps, title="differences of overlapping depth sources", lineage=lineage)
    write_xlsx(out / "rpl.xlsx", positions, title="route position list with burial", lineage=lineage)
    context.log(f"{len(stations)} stations, {len(zones)} zones, {len(positions)} positions written")

    ladder = context.config.burial.ladder_m
    layers = {
        "zones": zone_layer(frame.route, rounded(zones)),
        "stations": point_layer(rounded(stations)),
        "crossings": point_layer(rounded(crossings)),
        "route": route_layer(frame.route, lineage.corridor),
        "rpl": point_layer(rounded(positions)),
        "anchorages": area_layer(gpd.read_parquet(folders["traffic"] / "anchorages.parquet")),
    }
    styles = {
        "zones": by_depth("line", ladder), "stations": by_depth("marker", ladder), "anchorages": anchorage_style(),
    }  # fmt: skip
    write_geopackage(out / "corridor.gpkg", layers, styles, lineage)
    names = sorted(path.name for path in out.iterdir())
    burial = context.facts["burial"]
    return {
        "assessed": burial["assessed"],
        "provenance": burial["provenance"],
        "sources": burial["sources"],
        "summary": f"{len(names)} files: {', '.join(names)}",
    }


def soil_layers(folders: Mapping[str, Path], stations: pd.DataFrame) -> pd.DataFrame:
    """Return the layers below every station with its place, one row a layer."""
    layers = pd.read_parquet(folders["soil"] / "soil_layers.parquet")
    of_station = ["station", "kp_km", "soil_provenance"]
    return stations[of_station].merge(layers, on="station", validate="one_to_many")
