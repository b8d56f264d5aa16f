"""The step ``map``: writes ``corridor.html``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pipeline.mapping import assets, panels, quakes, ramps, vectors, view
from pipeline.mapping.budget import check_size
from pipeline.mapping.escape import script_text, style_text, template_source
from pipeline.mapping.inputs import Inputs, deepest_need, read_inputs
from pipeline.mapping.layers import Layer, make_banner, overall, read_layers
from pipeline.mapping.leaflet import CorridorFigure
from pipeline.mapping.overlays import Overlay, note, swath_overlays
from pipeline.mapping.page import draw_map
from pipeline.mapping.pictures import seabed_picture, warp
from pipeline.mapping.ramps import TargetPalette
from pipeline.mapping.style import page_style
from pipeline.store import Facts, StepContext
from pipeline.workspace import write_text

_SCRIPTS = ("data.js", "words.js", "state.js", "age.js", "profile.js", "map.js")
_BUILD_CHARACTERS = 8
"""Characters of the key that pages show; the release id ends with as many."""


def run(context: StepContext) -> Facts:
    """Draw the map.

    Raises
    ------
    DataError
        If a step left something out that a map needs.
    ConfigError
        If the page would be heavier than ``[map] max_mb``.
    """
    inputs = read_inputs(context)
    section = inputs.config.map
    layers = read_layers(inputs.facts)
    by_step = {layer.step: layer for layer in layers}
    palette = TargetPalette(inputs.config.burial.ladder_m)
    zones = view.zone_rows(inputs.zones, palette)
    overlays = swath_overlays(inputs, by_step, palette)
    depth_entries = ramps.classes(section.depth_breaks_m, ramps.DEPTH_RAMP)
    regional = inputs.raster("bathymetry", "regional_depth.tif")
    depth = None
    if regional is not None:
        depth = seabed_picture(
            warp(regional, max_px=section.raster_max_px, smooth=True),
            section.depth_breaks_m,
            [colour for colour, _ in depth_entries],
            section.relief_exaggeration,
        )
    coast = context.role("coastline")
    land = None
    if coast:
        land = vectors.read_land(
            coast, inputs.frame.route, margin_km=section.coast_margin_km, tolerance_m=section.coast_tolerance_m
        )
        for remark in land.remarks:
            context.log(remark)
    else:
        context.log("no source has the role 'coastline': the map shows no land")
    events, sources = _seismic(context, section.most_earthquakes, land)
    drawing = draw_map(inputs, zones, depth, overlays, land, events, sources)

    common = _common(context, inputs, layers)
    legends = [
        panels.target_legend(palette),
        panels.Legend(
            f"Water depth below the surface level of {inputs.config.water.surface_m:g} m (m)",
            depth_entries,
            f"{note(by_step.get('bathymetry'))} Relief is shaded with heights times {section.relief_exaggeration:g}, "
            "for display only. Plain pale water: no depths drawn there.",
        ),
        *(overlay.legend for overlay in overlays),
    ]
    data = _data(inputs, layers, zones, common) | {
        "box": None if land is None else list(land.box),
        "notes": {
            "quakes": events.words if events else [],
            "sources": sources.words if sources else [],
        },
    }
    page = {
        **common,
        "legends": legends,
        "zones": zones,
        "data": data,
        "style": style_text(page_style()),
        "scripts": [script_text(template_source(name)) for name in _SCRIPTS],
        "online": section.basemap_url != "",
    }
    figure = CorridorFigure(page, section.basemap_url)
    figure.add_child(drawing.map)
    html = figure.render()
    drawing.weights["stations of the profile"] = len(str(data["stations"]))
    check_size(html, drawing.weights, section.max_mb)
    assets.refuse_links(html)
    write_text(context.out / "corridor.html", html)
    size_mb = round(len(html.encode()) / 1e6, 2)
    context.log(f"map of {size_mb} MB with {len(zones)} burial zones")
    return _facts(common, overlays, zones, size_mb)


def _seismic(
    context: StepContext, most: int, land: vectors.Land | None
) -> tuple[quakes.Marked | None, quakes.Marked | None]:
    """Return earthquakes and source zones, where the configuration has them."""
    world = (-180.0, -90.0, 180.0, 90.0)
    events, zones = context.role("earthquakes"), context.role("seismic_zones")
    return (
        quakes.earthquakes(events, land.box if land else world, most) if events else None,
        quakes.source_zones(zones) if zones else None,
    )


def _common(context: StepContext, inputs: Inputs, layers: tuple[Layer, ...]) -> dict[str, Any]:
    palette = TargetPalette(inputs.config.burial.ladder_m)
    coast = [source.facts for source in context.role("coastline")]
    return {
        "name": inputs.config.corridor.name,
        "landings": inputs.landings,
        "label": inputs.config.route.label,
        "length_km": inputs.frame.route.length_km,
        "design_life_yr": inputs.config.corridor.design_life_yr,
        "as_of": panels.data_as_of(inputs.config.map, inputs.facts.values()),
        "stale_after_days": inputs.config.map.stale_after_days,
        "build": context.key[:_BUILD_CHARACTERS],
        "banner": make_banner(layers, inputs.totals.get("not_assessed") or ()),
        "weakest": overall(layers),
        "layers": layers,
        "coast": coast,
        "totals": panels.totals_rows(
            inputs.totals,
            design_life_yr=inputs.config.corridor.design_life_yr,
            scenarios=inputs.facts["burial"].get("scenarios"),
        ),
        "bars": panels.length_bars(inputs.totals, palette),
        "warnings": [str(text) for text in inputs.totals.get("warnings") or ()],
        "libraries": assets.libraries(),
        "basemap_attribution": inputs.config.map.basemap_attribution if inputs.config.map.basemap_url else "",
    }


def _data(
    inputs: Inputs,
    layers: tuple[Layer, ...],
    zones: list[view.ZoneRow],
    common: dict[str, Any],
) -> dict[str, Any]:
    """Return the page's data block: the only place where scripts find text."""
    section, soil = inputs.config.map, inputs.config.soil
    colours = ramps.soil_colours(list(soil.classes))
    palette = TargetPalette(inputs.config.burial.ladder_m)
    stations = deepest_need(inputs.stations, section.profile_points)
    return {
        "name": common["name"],
        "landings": list(inputs.landings),
        "length_km": round(inputs.frame.route.length_km, 3),
        "kp_label_km": section.kp_label_km,
        "basemap_attribution": common["basemap_attribution"],
        "layers": {
            layer.step: {"title": layer.title, "provenance": layer.provenance, "assessed": layer.assessed}
            for layer in layers
        }
        | {"burial": {"title": "burial", "provenance": common["weakest"], "assessed": True}},
        "soil": {name: {"label": item.label, "colour": colours[name]} for name, item in soil.classes.items()},
        "target_colours": [[depth, palette.colour(depth)] for depth in palette.ladder_m],
        "beyond_colour": palette.colour(palette.ladder_m[-1] + 1.0),
        "stations": view.station_data(stations, soil),
        "thinned": len(stations) < len(inputs.stations),
        "zones": [asdict(row) for row in zones],
    }


def _facts(common: dict[str, Any], overlays: list[Overlay], zones: list[view.ZoneRow], size_mb: float) -> Facts:
    missing = [overlay.title for overlay in overlays if overlay.picture is None]
    lacking = f"; without {', '.join(missing)}" if missing else ""
    return {
        "assessed": True,
        "provenance": common["weakest"],
        "sources": common["coast"],
        "map_mb": size_mb,
        "zones": len(zones),
        "data_as_of": common["as_of"],
        "landings": list(common["landings"]),
        "synthetic": list(common["banner"].synthetic),
        "not_assessed": list(common["banner"].not_assessed),
        "summary": f"map of {size_mb} MB with {len(zones)} burial zones{lacking}",
    }
