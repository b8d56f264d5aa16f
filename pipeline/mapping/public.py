"""The step ``public``: writes the map that the public may read, ``corridor.html`` of the folder ``public``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import folium
import numpy as np
import rasterio
from folium.map import CustomPane

from pipeline.geo import Route
from pipeline.mapping import assets, audience, panels, ramps, vectors
from pipeline.mapping.budget import check_size
from pipeline.mapping.catalogues import page_languages
from pipeline.mapping.escape import script_text, style_text, template_source
from pipeline.mapping.inputs import Inputs, read_inputs
from pipeline.mapping.layers import Layer, make_banner, overall, read_layers
from pipeline.mapping.leaflet import CorridorFigure, CorridorMap, Handles, LayerList, svg_lines
from pipeline.mapping.messages import say
from pipeline.mapping.overlays import note
from pipeline.mapping.page import Drawing, draw_land
from pipeline.mapping.pictures import Picture, read_band, seabed_picture, warp_values
from pipeline.mapping.ramps import TargetPalette
from pipeline.mapping.style import page_style
from pipeline.store import Facts, StepContext
from pipeline.workspace import write_text

_SCRIPTS = (
    "data.js",
    "words.js",
    "state.js",
    "address.js",
    "doors.js",
    "theme.js",
    "age.js",
    "framing.js",
    "clear.js",
    "labels.js",
    "stamp.js",
    "public.js",
    "language.js",
    "ready.js",
)
_PANES = {"sea": 200, "depth": 210, "land": 220, "grid": 230, "band": 300, "route": 420, "marks": 430}


def run(context: StepContext) -> Facts:
    """Draw the map for the public, whoever reads: ``[publish] audience`` says what readers see.

    Raises
    ------
    DataError
        If a step left something out that a map needs.
    ConfigError
        If the page would be heavier than ``[map] max_mb``.
    """
    inputs = read_inputs(context)
    section = inputs.config.map
    step_km = section.public_step_km
    route = audience.generalised(inputs.frame.route, step_km)
    totals = audience.public_totals(inputs.totals)
    layers = audience.public_layers(read_layers(inputs.facts))
    coast = context.role("coastline")
    land = None
    if coast:
        land = vectors.read_land(coast, route, margin_km=section.coast_margin_km, tolerance_m=section.coast_tolerance_m)
    depth = _depth(inputs)
    drawing = _draw(route, step_km, depth, land)
    palette = TargetPalette(inputs.config.burial.ladder_m)
    marking = audience.marking("public", step_km)
    as_of = panels.data_as_of(section, inputs.facts.values())
    banner = make_banner(layers, totals.get("not_assessed") or ())
    coast_facts = [source.facts | {"files": []} for source in coast]
    page = {
        "name": inputs.config.corridor.name,
        "landings": inputs.landings,
        "label": inputs.config.route.label,
        "length_km": totals["route_length_km"],
        "audience": "public",
        "marking": marking,
        "step_km": step_km,
        "as_of": as_of,
        "stale_after_days": section.stale_after_days,
        "build": panels.build_name(context.key),
        "banner": banner,
        "weakest": overall(layers),
        "layers": layers,
        "coast": coast_facts,
        "totals": audience.public_rows(totals),
        "bars": panels.length_bars(totals, palette),
        "libraries": assets.libraries(),
        "online": False,
        "legends": [_depth_legend(inputs, layers)] if depth is not None else [],
        "data": {
            "name": inputs.config.corridor.name,
            "landings": list(inputs.landings),
            "box": None if land is None else list(land.box),
        },
        "blank": ramps.BLANK_COLOUR,
        "languages": page_languages(),
        "first": script_text(template_source("first.js")),
        "style": style_text(page_style() + template_source("public.css")),
        "scripts": [script_text(template_source(name)) for name in _SCRIPTS],
    }
    figure = CorridorFigure(page, "public.html")
    figure.add_child(drawing.map)
    html = figure.render()
    check_size(html, drawing.weights, section.max_mb)
    assets.refuse_links(html)
    write_text(context.out / "corridor.html", html)
    size_mb = round(len(html.encode()) / 1e6, 2)
    return {
        "assessed": True,
        "provenance": overall(layers),
        "sources": coast_facts,
        "audience": "public",
        "marking": f"{marking.title}. {marking.note}",
        "step_km": step_km,
        "data_as_of": as_of,
        "landings": list(inputs.landings),
        "totals": totals,
        "line": np.column_stack([route.lon_deg, route.lat_deg]).round(3).tolist(),
        "land": vectors.rings_near(land, route),
        "map_mb": size_mb,
        "summary": f"map of {size_mb} MB for the public, positions within {step_km:g} km",
    }


def _depth(inputs: Inputs) -> Picture | None:
    path, section = inputs.raster("bathymetry", "open_depth.tif"), inputs.config.map
    if path is None:
        return None
    values, transform, crs = read_band(path)
    values, transform = audience.coarse_depth(values, transform, section.public_step_km)
    if not np.isfinite(values).any():
        return None
    colours = [colour for colour, _ in ramps.classes(section.depth_breaks_m, ramps.DEPTH_RAMP)]
    warped = warp_values(values, transform, crs, max_px=section.raster_max_px, smooth=True)
    return seabed_picture(warped, section.depth_breaks_m, colours, section.relief_exaggeration)


def _depth_legend(inputs: Inputs, layers: Sequence[Layer]) -> panels.Legend:
    """Return what the depths mean, and the sources of those that are drawn: not all that the route's rest on."""
    with rasterio.open(inputs.folders["bathymetry"] / "open_depth.tif") as raster:
        tags = raster.tags()
    names = f", {tags['sources']}, "  # a name may hold what stands between them
    drawn = [
        replace(
            layer,
            provenance=tags["provenance"],
            sources=tuple(source for source in layer.sources if f", {source.name}, " in names),
        )
        for layer in layers
        if layer.step == "bathymetry"
    ]
    return panels.Legend(
        say("Water depth below the surface level of {level} m (m)", level=inputs.config.water.surface_m),
        ramps.classes(inputs.config.map.depth_breaks_m, ramps.DEPTH_RAMP),
        note(drawn[0] if drawn else None),
    )


def _draw(route: Route, step_km: float, depth: Picture | None, land: vectors.Land | None) -> Drawing:
    """Return the map of the generalised route, its band, depths and land."""
    base = CorridorMap(
        location=[round(float(route.lat_deg.mean()), 2), round(float(route.lon_deg.mean()), 2)],
        zoom_start=7, prefer_canvas=True, zoom_snap=0.25, zoom_delta=0.5, wheel_px_per_zoom_level=90, max_zoom=10,
        attribution_control=True, world_copy_jump=False,
    )  # fmt: skip
    drawing = Drawing(base, {"map": base})
    for pane, height in _PANES.items():
        CustomPane(pane, z_index=height, pointer_events=False).add_to(base)
    if land is not None:
        draw_land(drawing, land)
    if depth is not None:
        drawing.picture(
            "depth", depth, title="Regional water depth", alt="Water depth around the route, shaded relief",
            pane="depth",
        )  # fmt: skip
    drawing.lines(
        "band", vectors.swath_outline(route, 1000.0 * step_km),
        lambda _: {"stroke": False, "fillColor": "var(--mark)", "fillOpacity": 0.4},
        title="Where the cable may lie", pane="band", renderer=svg_lines("band"), interactive=False,
    )  # fmt: skip
    # Its corners alone: points between them would be as many more places to guess from.
    corners = np.column_stack([route.lon_deg, route.lat_deg]).tolist()
    line = vectors.collection([vectors.feature("route", {"type": "LineString", "coordinates": corners})])
    for name, colour, weight in (("casing", "var(--casing)", 6.0), ("route", "var(--accent)", 3.0)):
        drawing.lines(
            name, line, lambda _, colour=colour, weight=weight: {"color": colour, "weight": weight, "opacity": 1},
            title="Generalised route" if name == "route" else None, pane="route", renderer=svg_lines("route"),
            interactive=False,
        )  # fmt: skip
    mark = folium.CircleMarker(radius=6.5)
    mark.options["pane"] = "marks"  # points do not take the pane of their layer
    drawing.lines(
        "landings", vectors.points(route, [0.0, route.length_km]),
        lambda _: {
            "color": "var(--mark)", "weight": 2, "fill": True, "fillColor": "var(--mark-line)", "fillOpacity": 1,
        },
        marker=mark, pane="marks", interactive=False,
    )  # fmt: skip
    LayerList(collapsed=True, autoZIndex=False).add_to(base)
    base.add_child(Handles(drawing.handles))
    return drawing
