"""The map page: layers by folium, everything else by the page template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import folium
from branca.element import Element
from folium.map import CustomPane
from markupsafe import Markup

from pipeline.mapping import vectors, words
from pipeline.mapping.features import Drawn
from pipeline.mapping.inputs import Inputs
from pipeline.mapping.leaflet import CorridorMap, Handles, LayerList, svg_lines
from pipeline.mapping.messages import Said, msgid, say
from pipeline.mapping.overlays import Overlay
from pipeline.mapping.pictures import Picture
from pipeline.mapping.quakes import Marked
from pipeline.mapping.ramps import BLANK_COLOUR, UNDECIDED_DASH
from pipeline.mapping.vectors import Land
from pipeline.mapping.view import ZoneRow

# Bottom to top; Leaflet's own panes: overlays 400, markers 600, tooltips 650, popups 700.
_PANES = {
    "sea": 200,
    "online": 205,
    "depth": 210,
    "land": 220,
    "grid": 230,
    "swath": 300,
    "features": 405,
    "quakes": 410,
    "route": 420,
    "marks": 430,
}
_CLICKED = frozenset({"route", "quakes", "features"})


@dataclass
class Drawing:
    """A map under construction.

    Attributes
    ----------
    map : CorridorMap
        The folium map.
    handles : dict
        Elements that the page's script reaches, by name.
    weights : dict
        Bytes that each layer brings.
    """

    map: CorridorMap
    handles: dict[str, Element] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)

    def lines(
        self,
        name: str,
        data: vectors.GeoJson,
        style: Any,
        *,
        title: str | None = None,
        provenance: str = "",
        show: bool = True,
        **options: Any,
    ) -> None:
        """Add GeoJSON with a style a feature; a title puts it into the layer control."""
        self.weights[title or name] = len(str(data))
        if not data["features"]:
            return
        layer = folium.GeoJson(
            data,
            style_function=style,
            name=_named(title),
            control=title is not None,
            show=show,
            smooth_factor=0.6,
            **options,
        )
        layer.add_to(self.map)
        self.handles[name] = layer

    def picture(
        self, name: str, picture: Picture, *, title: str, alt: str, provenance: str = "", **options: Any
    ) -> None:
        """Add a picture; its provenance stands beside its title in the layer control."""
        self.weights[title] = len(picture.uri)
        layer = folium.raster_layers.ImageOverlay(
            picture.uri, bounds=picture.bounds, pixelated=False, name=_named(title, provenance), alt=alt,
            class_name=f"picture {name}", **options,
        )  # fmt: skip
        layer.add_to(self.map)
        self.handles[name] = layer


def _named(title: str | None, provenance: str = "") -> str | None:
    """Return the name of a layer as Leaflet's control shows it: markup of ours, never text from data."""
    if title is None:
        return None
    name = (title if isinstance(title, Said) else say(title)).__html__()
    if provenance not in words.PROVENANCE:
        return name
    said = say(words.PROVENANCE[provenance])
    return name + Markup(' <small class="tag {}" {}>{}</small>').format(provenance, said.marks(), str(said))


def draw_map(
    inputs: Inputs,
    zones: Sequence[ZoneRow],
    depth: Picture | None,
    overlays: Sequence[Overlay],
    land: Land | None,
    quakes: Marked | None = None,
    sources: Marked | None = None,
    features: Sequence[Drawn] = (),
) -> Drawing:
    """Return the map with all its layers.

    Parameters
    ----------
    inputs : Inputs
        Route, stations and configuration.
    zones : sequence of ZoneRow
        One a row of ``inputs.zones``.
    depth : Picture or None
        Regional depth; None where there is none.
    overlays : sequence of Overlay
        Layers of the swath.
    land : Land or None
        None without a coastline source.
    quakes, sources : Marked or None
        Earthquakes and seismic source zones.
    features : sequence of Drawn
        Faults, cables, areas and so on.
    """
    section, route = inputs.config.map, inputs.frame.route
    lat, lon = float(route.lat_deg.mean()), float(route.lon_deg.mean())
    base = CorridorMap(
        location=[round(lat, 4), round(lon, 4)], zoom_start=7, prefer_canvas=True, zoom_snap=0.25,
        zoom_delta=0.5, wheel_px_per_zoom_level=90, max_zoom=18, attribution_control=True, world_copy_jump=False,
    )  # fmt: skip
    drawing = Drawing(base, {"map": base})
    for pane, height in _PANES.items():
        CustomPane(pane, z_index=height, pointer_events=pane in _CLICKED).add_to(base)
    if section.basemap_url:
        online = folium.TileLayer(
            tiles=section.basemap_url,
            attr=" ",
            name=_named(msgid("Online basemap")),
            overlay=True,
            show=False,
            pane="online",
        )
        online.add_to(base)
        drawing.handles["online"] = online
    if land is not None:
        draw_land(drawing, land)
    if depth is not None:
        drawing.picture(
            "depth",
            depth,
            title=msgid("Regional water depth"),
            alt=msgid("Water depth around the route, shaded relief"),
            pane="depth",
        )
    _draw_swath(drawing, overlays)
    _draw_features(drawing, features)
    if sources is not None:
        drawing.lines(
            "sources", sources.shapes,
            lambda _: {
                "color": "var(--seismic-zone)", "fillColor": "var(--seismic-zone)", "weight": 1.6, "dashArray": "6 4",
                "fillOpacity": 0.05,
            },
            title=msgid("Seismic source zones"), show=False, pane="quakes", renderer=svg_lines("quakes"),
        )  # fmt: skip
    if quakes is not None:
        drawing.lines(
            "quakes", quakes.shapes,
            lambda item: {
                "color": "var(--quake-line)", "weight": 1, "fill": True, "fillColor": "var(--quake)",
                "fillOpacity": 0.55, "radius": quakes.radii_px[int(item["id"])],
            },
            marker=folium.CircleMarker(radius=4), title=msgid("Earthquakes of the catalogue"), show=False,
            pane="quakes", renderer=svg_lines("quakes"),
        )  # fmt: skip
    drawing.lines(
        "outline", vectors.swath_outline(route, inputs.config.corridor.half_width_m),
        lambda _: {"color": "var(--swath-edge)", "weight": 1, "opacity": 1, "dashArray": "1 4", "fill": False},
        title=msgid("Edge of the zoned swath"), pane="marks", interactive=False,
    )  # fmt: skip
    _draw_zones(drawing, inputs, zones)
    _draw_marks(drawing, inputs)
    LayerList(collapsed=True, autoZIndex=False).add_to(base)
    base.add_child(Handles(drawing.handles))
    return drawing


def draw_land(drawing: Drawing, land: Land) -> None:
    """Draw sea, land, shoreline and degrees, where land is known."""
    west, south, east, north = land.box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    sea = vectors.collection([vectors.feature("sea", {"type": "Polygon", "coordinates": [ring]})])
    drawing.lines(
        "sea", sea, lambda _: {"stroke": False, "fillColor": "var(--sea)", "fillOpacity": 1},
        pane="sea", interactive=False,
    )  # fmt: skip
    common: dict[str, Any] = {"pane": "land", "renderer": svg_lines("land"), "interactive": False}
    drawing.lines(
        "land", land.areas, lambda _: {"stroke": False, "fillColor": "var(--land)", "fillOpacity": 1},
        title=msgid("Land"), **common,
    )  # fmt: skip
    drawing.lines(
        "shore", land.shore, lambda _: {"color": "var(--coast)", "weight": 0.9}, title=msgid("Shoreline"), **common
    )
    drawing.lines(
        "graticule", vectors.graticule(land.box),
        lambda _: {"color": "var(--graticule)", "weight": 0.6, "opacity": 1},
        title=msgid("Degrees"), pane="grid", interactive=False,
    )  # fmt: skip


def _draw_swath(drawing: Drawing, overlays: Sequence[Overlay]) -> None:
    # One of these at a time: they cover the same band, so they are the control's radio buttons.
    nothing = folium.FeatureGroup(name=_named(msgid("Swath: none")), overlay=False, show=True)
    nothing.add_to(drawing.map)
    drawing.handles["none"] = nothing
    for overlay in overlays:
        drawing.picture(
            overlay.name, overlay.picture, title=say("Swath: {layer}", layer=overlay.title),
            alt=overlay.legend.title, provenance=overlay.provenance, overlay=False, show=False, opacity=0.9,
            pane="swath",
        )  # fmt: skip


def _area(colour: str, _: vectors.GeoJson) -> dict[str, Any]:
    return {"color": colour, "weight": 2, "opacity": 1, "fill": True, "fillColor": colour, "fillOpacity": 0.18}


def _draw_features(drawing: Drawing, features: Sequence[Drawn]) -> None:
    renderer = svg_lines("features")
    for layer in features:
        colour = f"var(--{layer.name.replace('_', '-')})"
        mark = folium.CircleMarker(radius=5)
        mark.options["pane"] = "features"
        drawing.lines(
            layer.name, layer.shapes,
            partial(_area, colour),
            marker=mark, title=layer.title, provenance=layer.provenance, show=False, class_name=f"feature {layer.name}",
            pane="features", renderer=renderer,
        )  # fmt: skip


def _draw_zones(drawing: Drawing, inputs: Inputs, zones: Sequence[ZoneRow]) -> None:
    lines = vectors.zone_lines(inputs.frame.route, inputs.zones)
    renderer = svg_lines("route")
    common: dict[str, Any] = {"pane": "route", "renderer": renderer, "line_cap": "butt", "line_join": "round"}

    def row(item: vectors.GeoJson) -> ZoneRow:
        return zones[int(item["id"])]

    drawing.lines(
        "casing", lines,
        lambda item: {"color": "var(--casing)", "weight": round(row(item).width_px + 2.6, 1), "opacity": 1},
        class_name="zone-casing", **common,
    )  # fmt: skip
    drawing.lines(
        "zones", lines,
        lambda item: {
            "color": row(item).colour, "weight": row(item).width_px, "opacity": 1,
            "dashArray": UNDECIDED_DASH if row(item).colour == BLANK_COLOUR else None,
        },
        title=msgid("Burial zones"), class_name="zone", **common,
    )  # fmt: skip
    if "deficit_m" in inputs.stations:
        # By station, not by zone: a zone of 20 km may fall short over 200 m.
        short = inputs.stations["deficit_m"].to_numpy(float) > 0.0
        spans = vectors.runs(inputs.stations["kp_km"], short, inputs.frame.route.length_km)
        pieces = (vectors.route_line(inputs.frame.route, start, end) for start, end in spans)
        drawing.lines(
            "deficits", vectors.collection(vectors.feature(str(index), piece) for index, piece in enumerate(pieces)),
            lambda _: {"color": "var(--mark-line)", "weight": 3, "opacity": 1, "dashArray": "1 6"},
            title=msgid("Target out of reach"), class_name="deficit", interactive=False,
            **(common | {"line_cap": "round"}),
        )  # fmt: skip


def _dot(radius_px: float) -> folium.CircleMarker:
    """Return a mark that lies over the route: points do not take the pane of their layer."""
    mark = folium.CircleMarker(radius=radius_px)
    mark.options["pane"] = "marks"
    return mark


def _draw_marks(drawing: Drawing, inputs: Inputs) -> None:
    section, route = inputs.config.map, inputs.frame.route
    common: dict[str, Any] = {"pane": "marks", "interactive": False}

    def posts(step_km: float) -> vectors.GeoJson:
        apart = vectors.spacing(route.length_km, step_km, section.most_marks)
        return vectors.points(route, vectors.posts_every(route, apart))

    drawing.lines(
        "posts", posts(section.kp_mark_km),
        lambda _: {
            "color": "var(--mark-line)", "weight": 1.2, "fill": True, "fillColor": "var(--mark)", "fillOpacity": 1,
        },
        marker=_dot(3.2), title=msgid("Kilometre posts"), **common,
    )  # fmt: skip
    drawing.lines(
        "landings", vectors.points(route, [0.0, route.length_km]),
        lambda _: {
            "color": "var(--mark)", "weight": 2, "fill": True, "fillColor": "var(--mark-line)", "fillOpacity": 1,
        },
        marker=_dot(6.5), **common,
    )  # fmt: skip
