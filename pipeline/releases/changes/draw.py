"""The map of the changes: the route coloured by what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import folium
import numpy as np
import pandas as pd
from folium.map import CustomPane
from rasterio.errors import RasterioError

from pipeline.config.map import MapSection
from pipeline.errors import DataError
from pipeline.geo import Route
from pipeline.mapping import ramps, vectors
from pipeline.mapping.leaflet import CorridorMap, Handles, svg_lines
from pipeline.mapping.pictures import Warped, coded_picture, seabed_picture, warp
from pipeline.releases.changes.compare import Changes, crs_of
from pipeline.releases.changes.ranges import KINDS
from pipeline.releases.release import Release

_PANES: Final = {"sea": 200, "route": 420, "marks": 430}
_LAND = "#f3efe5"
_PICTURE_PX: Final = 1000
_SPACING_KM, _MOST_POINTS = 0.25, 8000


@dataclass(frozen=True)
class Stroke:
    """How a kind of change is drawn: colour, width and dash tell the same, for eyes and printers without colour."""

    colour: str
    width_px: float
    dash: str = ""


# Okabe and Ito's palette, which colour-blind readers tell apart.
STROKES: Final[dict[str, Stroke]] = {
    "deeper": Stroke("#d55e00", 10.0),
    "unassessed": Stroke("#cc79a7", 8.0, "2 5"),
    "shallower": Stroke("#0072b2", 8.0, "14 4"),
    "assessed": Stroke("#009e73", 8.0, "8 5"),
    "elsewhere": Stroke("#56b4e9", 6.0, "3 4"),
    "other": Stroke("#f0e442", 5.0),
}
UNCHANGED: Final = Stroke("var(--unchanged)", 2.5)
OLD_ROUTE: Final = Stroke("var(--old-route)", 2.0, "2 6")


def draw(
    changes: Changes,
    listed: Sequence[int],
    new: Release,
    tables: tuple[pd.DataFrame, pd.DataFrame],
    section: MapSection,
) -> CorridorMap:
    """Return the map: the corridor's depths, the old route where it is given up, and the new one with its ranges.

    Raises
    ------
    DataError
        If the water depth of the new release is damaged.
    """
    was, now = tables
    route = Route(now["lon"].to_numpy(), now["lat"].to_numpy(), crs_of(new))
    base = CorridorMap(
        location=[round(float(now["lat"].mean()), 4), round(float(now["lon"].mean()), 4)], zoom_start=7,
        prefer_canvas=True, zoom_snap=0.25, zoom_delta=0.5, wheel_px_per_zoom_level=90, max_zoom=18,
        attribution_control=True, world_copy_jump=False,
    )  # fmt: skip
    for pane, height in _PANES.items():
        CustomPane(pane, z_index=height, pointer_events=pane == "route").add_to(base)
    handles: dict[str, Any] = {"map": base}
    _draw_seabed(base, new, section)

    def lines(name: str, shapes: list[vectors.GeoJson], style: Any, **options: Any) -> None:
        if shapes:
            layer = folium.GeoJson(
                vectors.collection(shapes), style_function=style, name=name, control=False, smooth_factor=0.6, **options
            )
            layer.add_to(base)
            handles[name] = layer

    common: dict[str, Any] = {"pane": "route", "renderer": svg_lines("route")}
    whole = vectors.feature("route", _lines(now, [(0.0, np.inf)]))
    lines(
        "casing", [whole], lambda _: {"color": "var(--halo)", "weight": 6, "opacity": 0.9}, interactive=False, **common
    )
    left = [vectors.feature("old", _lines(was, changes.left))] if changes.left else []
    lines(
        "old", left,
        lambda _: {
            "color": OLD_ROUTE.colour, "weight": OLD_ROUTE.width_px, "opacity": 0.9, "dashArray": OLD_ROUTE.dash,
        },
        class_name="old-route", **common,
    )  # fmt: skip
    lines(
        "route", [whole], lambda _: {"color": UNCHANGED.colour, "weight": UNCHANGED.width_px, "opacity": 1},
        interactive=False, **common,
    )  # fmt: skip
    # The least important first, so that a short range of another target is never hidden.
    rest = sorted({*range(len(changes.ranges))} - {*listed})
    shapes = []
    for kind in reversed(KINDS):
        spans = [(p.kp_from_km, p.kp_to_km) for p in (changes.ranges[i] for i in rest) if p.kind == kind]
        shapes += [vectors.feature(f"{kind} ", _lines(now, spans))] if spans else []
        shapes += [
            vectors.feature(f"{kind} {i}", _lines(now, [(changes.ranges[i].kp_from_km, changes.ranges[i].kp_to_km)]))
            for i in listed
            if changes.ranges[i].kind == kind
        ]

    def stroke(item: vectors.GeoJson) -> Stroke:
        return STROKES[item["id"].partition(" ")[0]]

    lines(
        "under", shapes,
        lambda item: {"color": "var(--casing)", "weight": stroke(item).width_px + 2.4, "opacity": 0.85,
                      "lineCap": "butt"},
        interactive=False, **common,
    )  # fmt: skip
    lines(
        "gaps", shapes, lambda item: {"color": "var(--mark)", "weight": stroke(item).width_px, "opacity": 1,
                                      "lineCap": "butt"}, interactive=False, **common,
    )  # fmt: skip
    lines(
        "ranges", shapes,
        lambda item: {
            "color": stroke(item).colour, "weight": stroke(item).width_px, "opacity": 1,
            "dashArray": stroke(item).dash or None, "lineCap": "butt",
        },
        class_name="range", **common,
    )  # fmt: skip
    _draw_marks(base, handles, route, section)
    base.add_child(Handles(handles))
    return base


def _lines(stations: pd.DataFrame, spans: Sequence[tuple[float, float]]) -> vectors.GeoJson:
    """Return pieces of a route as a geometry, with a point about every 250 m."""
    kp, lon, lat = (stations[name].to_numpy() for name in ("kp_km", "lon", "lat"))
    spacing = max(_SPACING_KM, kp[-1] / _MOST_POINTS)
    pieces = []
    for start, end in spans:
        stop = min(end, kp[-1])
        inner = kp[(kp > start) & (kp < stop)]
        step = max(1, int(spacing / max(float(np.diff(kp).max()), 1e-6)))
        at = np.concatenate([[start], inner[::step], [stop]])
        places = np.column_stack([np.interp(at, kp, lon), np.interp(at, kp, lat)])
        pieces.append(np.round(places, 5).tolist())
    return {"type": "MultiLineString", "coordinates": pieces}


def _draw_marks(base: CorridorMap, handles: dict[str, Any], route: Route, section: MapSection) -> None:
    for name, posts, radius, (line, fill) in (
        ("posts", vectors.posts_every(route, section.kp_label_km), 2.6, ("var(--mark-line)", "var(--mark)")),
        ("landings", [0.0, route.length_km], 6.0, ("var(--mark)", "var(--mark-line)")),
    ):
        mark = folium.CircleMarker(radius=radius)
        mark.options["pane"] = "marks"  # points do not take the pane of their layer
        style = {"color": line, "weight": 1.4, "fillColor": fill, "fillOpacity": 1}
        layer = folium.GeoJson(
            vectors.points(route, posts), marker=mark, style_function=lambda _, style=style: {"fill": True, **style},
            name=name, control=False, pane="marks", interactive=False,
        )  # fmt: skip
        layer.add_to(base)
        handles[name] = layer


def _draw_seabed(base: CorridorMap, release: Release, section: MapSection) -> None:
    """Draw the corridor's water depth, and land where it is negative."""
    path = release.folder / "data/processed/water_depth.tif"
    if not path.is_file():  # nothing but the backdrop
        return
    try:
        depth = warp(path, max_px=_PICTURE_PX, smooth=True)
    except (RasterioError, ValueError) as error:
        raise DataError(
            f"the water depth of release {release.id} cannot be read: {error}",
            where=str(path),
            remedy="Compare other releases ('corridor releases' lists them), or build this one again.",
        ) from error
    colours = [colour for colour, _ in ramps.classes(section.depth_breaks_m, ramps.DEPTH_RAMP)]
    pale = [_paler(colour) for colour in colours]
    picture = seabed_picture(depth, section.depth_breaks_m, pale, section.relief_exaggeration)
    land = coded_picture(Warped(np.where(depth.values <= 0.0, 1.0, np.nan), depth.bounds, depth.pixel_m), {1: _LAND})
    # The page's text says what they are.
    for image in (picture, land):
        folium.raster_layers.ImageOverlay(
            image.uri, bounds=image.bounds, pixelated=False, alt="", class_name="picture", pane="sea", control=False
        ).add_to(base)


def _paler(colour: str) -> str:
    """Return a tint half-way to white: the changes, not the sea, are the subject."""
    return "#{:02x}{:02x}{:02x}".format(*(round((part + 255) / 2) for part in ramps.rgb(colour)))
