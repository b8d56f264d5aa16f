"""The step ``map``: writes ``corridor.html``."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from pipeline.mapping import assets, panels, quakes, ramps, strips, vectors, view, words
from pipeline.mapping.audience import marking
from pipeline.mapping.blocks import packed_blocks
from pipeline.mapping.budget import check_size, weigh
from pipeline.mapping.catalogues import page_languages
from pipeline.mapping.crossings import read_crossings
from pipeline.mapping.detail import Stations, shown_stations
from pipeline.mapping.escape import script_text, style_text, template_source
from pipeline.mapping.features import Drawn, absent, drawn_roles, found_anchorages
from pipeline.mapping.inputs import Inputs, deepest_need, read_inputs
from pipeline.mapping.layers import Layer, make_banner, overall, read_layers
from pipeline.mapping.leaflet import CorridorFigure
from pipeline.mapping.messages import say
from pipeline.mapping.overlays import Overlay, note, swath_overlays
from pipeline.mapping.page import draw_map
from pipeline.mapping.pictures import seabed_picture, warp
from pipeline.mapping.ramps import TargetPalette
from pipeline.mapping.sealevels import levels
from pipeline.mapping.style import page_style
from pipeline.mapping.swath import SwathGrid
from pipeline.mapping.whatif_block import SETTINGS, own_totals, read_whatif, target_lines
from pipeline.store import Facts, StepContext
from pipeline.workspace import write_text

_SCRIPTS = (
    "data.js", "words.js", "state.js", "address.js", "doors.js", "unpack.js", "rules.js", "decision.js", "theme.js",
    "place.js", "framing.js", "key.js", "age.js", "palette.js", "scale.js", "draw.js", "strips.js", "panels.js",
    "profile.js", "profile_input.js", "follow.js", "why.js", "sea.js", "compare.js", "clear.js", "labels.js",
    "marks.js", "stamp.js", "map.js", "swath.js", "cells.js", "features.js", "whatifzones.js", "zonelines.js",
    "whatif.js", "layer_address.js", "finezones.js", "detail.js", "language.js", "ready.js",
)  # fmt: skip
_MARKS_A_LABEL = 10
_LEAST_TOLD = 1000
"""Bytes of a part of the page that the facts tell."""


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
    grid = SwathGrid.of(inputs.frame, section.swath_max_px)
    overlays = swath_overlays(inputs, by_step, palette, grid)
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
    crossings = _crossings(context, inputs)
    events, sources = _seismic(context, section.most_earthquakes, land)
    found = found_anchorages(inputs)
    features = [*drawn_roles(inputs, context.role, context.log), *([found] if found else [])]
    drawing = draw_map(inputs, zones, depth, overlays, land, events, sources, features)
    stations = deepest_need(inputs.stations, section.profile_points)
    packed = packed_blocks(inputs, stations, grid, regional, context.log)

    common = _common(context, inputs, layers)
    legends = [
        panels.target_legend(palette),
        panels.Legend(
            say("Water depth below the surface level of {level} m (m)", level=inputs.config.water.surface_m),
            depth_entries,
            say(
                "{note} Relief is shaded with heights times {factor}, for display only. Plain pale water: no depths "
                "drawn there.",
                note=note(by_step.get("bathymetry")),
                factor=section.relief_exaggeration,
            ),
            layer="depth",
        ),
        *(replace(overlay.legend, layer=overlay.name, swath=True) for overlay in overlays),
        *_feature_legends(features),
    ]
    shown = shown_stations(inputs.stations, inputs.config.soil, section.profile_points)
    whatif = read_whatif(context, thinned=shown.thinned)
    packed |= {name: text for name, text in (("whatif-data", whatif.text), ("detail-data", shown.packed)) if text}
    data = _data(inputs, layers, zones, common, shown) | {
        "overlays": [
            {
                "name": overlay.name,
                "title": overlay.title,
                "heading": overlay.legend.title,
                "entries": overlay.legend.entries,
                "provenance": overlay.provenance,
            }
            for overlay in overlays
        ],
        "features": {
            layer.name: {"provenance": layer.provenance, "sources": layer.sources, "notes": layer.notes}
            for layer in features
        },
        "blank": ramps.BLANK_COLOUR,
        "sea_levels": levels(inputs.config.water) if regional is not None else [],
        "sea_entries": [*depth_entries, (ramps.DRY_COLOURS[0], say("falls dry"))],
        "box": None if land is None else list(land.box),
        "crossings": crossings,
        "notes": {
            "quakes": events.words if events else [],
            "sources": sources.words if sources else [],
        },
    }
    page = {
        **common,
        "legends": legends,
        "zones": zones,
        "crossings": crossings,
        "data": data,
        "packed": packed,
        "whatif": whatif,
        "whatif_settings": [(name, say(label)) for name, label in SETTINGS],
        "languages": page_languages(),
        "style": style_text(page_style()),
        "first": script_text(template_source("first.js")),
        "scripts": [script_text(template_source(name)) for name in _SCRIPTS],
        "online": section.basemap_url != "",
    }
    figure = CorridorFigure(page, basemap_url=section.basemap_url)
    figure.add_child(drawing.map)
    html = figure.render()
    weights = weigh(html, page, drawing.weights)
    check_size(html, weights, section.max_mb)
    assets.refuse_links(html)
    write_text(context.out / "corridor.html", html)
    size_mb = round(len(html.encode()) / 1e6, 2)
    context.log(f"map of {size_mb} MB with {len(inputs.all_zones)} burial zones")
    facts = _facts(common, overlays, len(inputs.all_zones), size_mb)
    parts_kb = {name: round(size / 1e3, 1) for name, size in weights.items() if size >= _LEAST_TOLD}
    return facts | {"land": vectors.rings_near(land, inputs.frame.route), "parts_kb": parts_kb}


def _feature_legends(features: list[Drawn]) -> list[panels.Legend]:
    """Return what the drawn features mean, and which kinds nobody gave: not assessed is not none."""
    told = []
    for layer in features:
        provenance = words.said(layer.provenance, words.PROVENANCE) if layer.provenance else say("not stated")
        names = ", ".join(name.replace("_", " ") for name in layer.sources)
        entries: list[ramps.Entry] = [(f"var(--{layer.name.replace('_', '-')})", say(layer.title))]
        note_text = say("Provenance: {provenance} ({names}).", provenance=provenance, names=names)
        if layer.more:
            note_text = say("{note} The nearest are drawn; {n} more are not.", note=note_text, n=layer.more)
        told.append(panels.Legend(say(layer.title), entries, note_text, layer=layer.name))
    missing: list[ramps.Entry] = [(ramps.BLANK_COLOUR, say(title)) for title in absent(features)]
    if missing:
        lacking = say("No source tells of these: that they are not drawn does not mean that there are none.")
        told.append(panels.Legend(say("Not assessed"), missing, lacking))
    return told


def _crossings(context: StepContext, inputs: Inputs) -> list[dict[str, Any]] | None:
    """Return what of others crosses the route; None where no source tells."""
    sources = context.role("infrastructure")
    if not sources:
        return None
    found, remarks = read_crossings(sources, inputs.frame.route, inputs.config.map.alongside_m)
    for remark in remarks:
        context.log(remark)
    return [asdict(crossing) for crossing in found]


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
    drawn = [source.facts for role in ("coastline", "infrastructure") for source in context.role(role)]
    warnings = [str(text) for text in inputs.totals.get("warnings") or ()]
    bound = (inputs.totals.get("global_bound") or {}).get("text")  # of these totals; the others hold for a what-if, too
    return {
        "name": inputs.config.corridor.name,
        "landings": inputs.landings,
        "label": inputs.config.route.label,
        "length_km": inputs.frame.route.length_km,
        "design_life_yr": inputs.config.corridor.design_life_yr,
        "as_of": panels.data_as_of(inputs.config.map, inputs.facts.values()),
        "stale_after_days": inputs.config.map.stale_after_days,
        "build": panels.build_name(context.key),
        "audience": "team",
        "marking": marking("team", inputs.config.map.public_step_km),
        "banner": make_banner(layers, inputs.totals.get("not_assessed") or ()),
        "weakest": overall(layers),
        "layers": layers,
        "coast": drawn,
        "headline": panels.headline(inputs.totals),
        "blank": ramps.BLANK_COLOUR,
        "totals": panels.totals_rows(
            inputs.totals,
            design_life_yr=inputs.config.corridor.design_life_yr,
            scenarios=inputs.facts["burial"].get("scenarios"),
        ),
        "bars": panels.length_bars(inputs.totals, palette),
        "warnings": [panels.warning(text) for text in warnings if text == bound],
        "standing_warnings": [panels.warning(text) for text in warnings if text != bound],
        "libraries": assets.libraries(),
        "basemap_attribution": inputs.config.map.basemap_attribution if inputs.config.map.basemap_url else "",
    }


def _data(
    inputs: Inputs,
    layers: tuple[Layer, ...],
    zones: list[view.ZoneRow],
    common: dict[str, Any],
    stations: Stations,
) -> dict[str, Any]:
    """Return the page's data block: the only place where scripts find text."""
    section, soil = inputs.config.map, inputs.config.soil
    colours = ramps.soil_colours(list(soil.classes))
    palette = TargetPalette(inputs.config.burial.ladder_m)
    return {
        "name": common["name"],
        "landings": list(inputs.landings),
        "length_km": round(inputs.frame.route.length_km, 3),
        "kp_label_km": vectors.spacing(
            inputs.frame.route.length_km, section.kp_label_km, section.most_marks // _MARKS_A_LABEL
        ),
        "dot_km": vectors.spacing(inputs.frame.route.length_km, section.station_popup_km, section.most_marks),
        "basemap_attribution": common["basemap_attribution"],
        "layers": {
            layer.step: {
                "title": layer.title,
                "provenance": layer.provenance,
                "assessed": layer.assessed,
                "sources": [source.name for source in layer.sources],
            }
            for layer in layers
        }
        | {"burial": {"title": say("burial"), "provenance": common["weakest"], "assessed": True, "sources": []}},
        "soil": {
            name: {"label": words.said(item.label, words.SOIL), "colour": colours[name]}
            for name, item in soil.classes.items()
        },
        "totals": own_totals(inputs.totals),
        "design_life_yr": common["design_life_yr"],
        "bound_factor": inputs.config.burial.global_bound_factor,
        "target_lines": target_lines(palette),
        "stations": stations.shown,
        "station_count": len(inputs.stations),
        "lanes": {"threats": strips.threat_strips(section), "others": strips.other_strips(inputs.config.cable)},
        "thinned": stations.thinned,
        "zones": [asdict(row) for row in zones],
        "all_zones": view.all_zones(inputs.all_zones, palette) if len(zones) < len(inputs.all_zones) else None,
    }


def _facts(common: dict[str, Any], overlays: list[Overlay], zones: int, size_mb: float) -> Facts:
    missing = [overlay.title for overlay in overlays if not overlay.assessed]
    lacking = f"; without {', '.join(missing)}" if missing else ""
    return {
        "assessed": True,
        "provenance": common["weakest"],
        "sources": common["coast"],
        "audience": "team",
        "marking": f"{common['marking'].title}. {common['marking'].note}",
        "map_mb": size_mb,
        "zones": zones,
        "data_as_of": common["as_of"],
        "landings": list(common["landings"]),
        "synthetic": list(common["banner"].synthetic),
        "not_assessed": list(common["banner"].not_assessed),
        "summary": f"map of {size_mb} MB with {zones} burial zones{lacking}",
    }
