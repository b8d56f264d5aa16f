"""The layers of the swath: soil, the three threats, and the target depth of every cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.mapping import ramps, words
from pipeline.mapping.inputs import Inputs
from pipeline.mapping.layers import Layer
from pipeline.mapping.panels import Legend
from pipeline.mapping.pictures import Picture, classed_picture, coded_picture, warp
from pipeline.mapping.ramps import TargetPalette

_TARGET_BAND = 4
"""Band of ``burial_depth.tif`` that holds the target depth."""


@dataclass(frozen=True)
class Overlay:
    """A layer of the swath.

    Attributes
    ----------
    name : str
        Short name, also its CSS class.
    title : str
        In the layer control.
    legend : Legend
        Colours with unit, and what the layer rests on.
    picture : Picture or None
        None where it was not assessed.
    """

    name: str
    title: str
    legend: Legend
    picture: Picture | None


def swath_overlays(inputs: Inputs, layers: Mapping[str, Layer], palette: TargetPalette) -> list[Overlay]:
    """Return the layers of the swath in the order of the layer control."""
    section = inputs.config.map
    strike = ramps.classes(section.strike_breaks_per_km_yr, ramps.STRIKE_RAMP)
    pga = ramps.classes(section.pga_breaks_g, ramps.PGA_RAMP)
    return [
        _soil(inputs, layers),
        _classed(
            inputs, layers, "shipping", "shipping_strike.tif", "anchor strikes",
            "Anchor strikes, cable laid on the seabed (per km and year)", section.strike_breaks_per_km_yr, strike,
        ),
        _classed(
            inputs, layers, "fishing", "fishing_strike.tif", "fishing strikes",
            "Fishing strikes, cable laid on the seabed (per km and year)", section.strike_breaks_per_km_yr, strike,
        ),
        _classed(
            inputs, layers, "seismic", "pga_475yr.tif", "earthquake shaking",
            "Peak ground acceleration on rock, return period 475 years (g)", section.pga_breaks_g, pga,
        ),
        _target(inputs, palette),
    ]  # fmt: skip


def note(layer: Layer | None) -> str:
    """Return what a layer rests on, or why it is missing."""
    if layer is None:
        return words.NOT_ASSESSED.capitalize() + "."
    if not layer.assessed:
        return f"{words.NOT_ASSESSED.capitalize()}: {layer.summary or 'no data'}"
    names = ", ".join(source.name.replace("_", " ") for source in layer.sources)
    return f"Provenance: {layer.provenance or 'not stated'}{f' ({names})' if names else ''}."


def _soil(inputs: Inputs, layers: Mapping[str, Layer]) -> Overlay:
    classes = inputs.config.soil.classes
    colours = ramps.soil_colours(list(classes))
    path = inputs.raster("soil", "soil_class.tif")
    ordered = sorted(classes.items(), key=lambda item: (item[1].code == 0, item[1].code))
    picture = None
    if path is not None:
        warped = warp(path, max_px=inputs.config.map.swath_max_px, categorical=True)
        picture = coded_picture(warped, {soil.code: colours[name] for name, soil in ordered})
    legend = Legend(
        "Seabed soil (Folk classes)", [(colours[name], soil.label) for name, soil in ordered], note(layers.get("soil"))
    )
    return Overlay("soil", "seabed soil", legend, picture)


def _classed(
    inputs: Inputs,
    layers: Mapping[str, Layer],
    step: str,
    file: str,
    title: str,
    heading: str,
    breaks: tuple[float, ...],
    entries: list[ramps.Entry],
) -> Overlay:
    path = inputs.raster(step, file)
    picture = None
    if path is not None:
        warped = warp(path, max_px=inputs.config.map.swath_max_px)
        picture = classed_picture(warped, breaks, [colour for colour, _ in entries])
    return Overlay(step, title, Legend(heading, entries, note(layers.get(step))), picture)


def _target(inputs: Inputs, palette: TargetPalette) -> Overlay:
    path = inputs.raster("burial", "burial_depth.tif")
    colours = [ramps.NONE_COLOUR, *(palette.colour(depth) for depth in palette.ladder_m)]
    picture = None
    if path is not None:
        warped = warp(path, max_px=inputs.config.map.swath_max_px, band=_TARGET_BAND, categorical=True)
        colours.append(palette.colour(palette.ladder_m[-1] + 1.0))
        picture = classed_picture(warped, [0.0, *palette.ladder_m], colours, right=True)
    entries = [(palette.colour(depth), f"{depth:g} m") for depth in palette.ladder_m]
    legend = Legend(
        "Target depth if the route ran through a cell (m)",
        [(ramps.NONE_COLOUR, "none"), *entries],
        "Computed from the layers above; cells take the bearing of the nearest route point.",
    )
    return Overlay("target", "target depth by cell", legend, picture)
