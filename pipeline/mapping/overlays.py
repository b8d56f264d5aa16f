"""The layers of the swath: what is ordered, what threatens, what moves, what the bed is, and how sure all that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats
from pipeline.mapping import ramps, words
from pipeline.mapping.inputs import Inputs
from pipeline.mapping.layers import Layer, overall
from pipeline.mapping.messages import Said, msgid, say
from pipeline.mapping.panels import Legend
from pipeline.mapping.pictures import Picture
from pipeline.mapping.ramps import BLANK_COLOUR, Entry, TargetPalette
from pipeline.mapping.swath import SwathGrid, classes_of, codes_of

_P10, _P90, _TARGET = 1, 3, 4
"""Bands of ``burial_depth.tif``."""
_MOBILITY = 5
"""Band of ``bedforms.tif`` that holds the mobility allowance."""

Shown = tuple[NDArray[np.int64], list[Entry]]
"""Class of every cell, -1 where not assessed, and the legend of the classes."""


@dataclass(frozen=True)
class Overlay:
    """A layer of the swath.

    Attributes
    ----------
    name : str
        Short name, also its CSS class.
    provenance : str
        Weakest of what it rests on; empty where not assessed.
    title : str
        In the layer control.
    legend : Legend
        Colours with unit, and what the layer rests on.
    picture : Picture
        Hatched where not assessed.
    assessed : bool
        False where no cell is.
    """

    name: str
    provenance: str
    title: str
    legend: Legend
    picture: Picture
    assessed: bool


@dataclass(frozen=True)
class _Kind:
    """How one layer is made: its raster, its words, and how values become classes.

    ``rests_on`` is the step that tells of sources and provenance, where it is not the one that made the raster; what
    has a ``note`` of its own rests on all of them.
    """

    name: str
    step: str
    file: str
    title: str
    heading: str
    show: Callable[[_Part], Shown]
    note: str = ""
    rests_on: str = ""

    @property
    def told_by(self) -> str:
        return self.rests_on or self.step


@dataclass(frozen=True)
class _Part:
    """What a layer is made from."""

    inputs: Inputs
    grid: SwathGrid
    palette: TargetPalette
    kind: _Kind

    def values(self, band: int = 1) -> Floats:
        """Return a band of the layer's raster at the cells; blank where the step was not assessed."""
        path = self.inputs.raster(self.kind.step, self.kind.file)
        return np.full(len(self.grid.row), np.nan) if path is None else self.grid.read(path, band)


def swath_overlays(
    inputs: Inputs, layers: Mapping[str, Layer], palette: TargetPalette, grid: SwathGrid
) -> list[Overlay]:
    """Return the layers of the swath in the order of the layer control."""
    weakest = overall(layers.values())
    return [_overlay(_Part(inputs, grid, palette, kind), layers.get(kind.told_by), weakest) for kind in _KINDS]


def _overlay(part: _Part, layer: Layer | None, weakest: str) -> Overlay:
    kind = part.kind
    classes, entries = kind.show(part)
    picture = part.grid.picture(classes, [colour for colour, _ in entries])
    if (classes < 0).any():
        entries = [*entries, (BLANK_COLOUR, words.NOT_ASSESSED)]
    legend = Legend(say(kind.heading), entries, say(kind.note) if kind.note else note(layer))
    assessed = bool((classes >= 0).any())
    provenance = weakest if kind.note else layer.provenance if layer else ""
    return Overlay(kind.name, provenance if assessed else "", say(kind.title), legend, picture, assessed)


def note(layer: Layer | None) -> Said:
    """Return what a layer rests on, or why it is missing."""
    if layer is None:
        return say("Not assessed.")
    if not layer.assessed:
        return say("Not assessed: {why}", why=layer.summary or say("no data"))
    names = ", ".join(source.name.replace("_", " ") for source in layer.sources)
    provenance = words.said(layer.provenance, words.PROVENANCE) if layer.provenance else say("not stated")
    if names:
        return say("Provenance: {provenance} ({names}).", provenance=provenance, names=names)
    return say("Provenance: {provenance}.", provenance=provenance)


def _classed(breaks: str, ramp: Sequence[str]) -> Callable[[_Part], Shown]:
    def show(part: _Part) -> Shown:
        limits = getattr(part.inputs.config.map, breaks)
        return classes_of(part.values(), limits), ramps.classes(limits, ramp)

    return show


def _soil(part: _Part) -> Shown:
    soil = part.inputs.config.soil.classes
    colours = ramps.soil_colours(list(soil))
    ordered = sorted(soil.items(), key=lambda item: (item[1].code == 0, item[1].code))
    codes = codes_of(part.values(), [item.code for _, item in ordered])
    return codes, [(colours[name], words.said(item.label, words.SOIL)) for name, item in ordered]


def _stability(part: _Part) -> Shown:
    limits = part.inputs.config.map.stability_breaks_fs
    return classes_of(part.values(), limits), ramps.classes(limits, ramps.STABILITY_RAMP)


def _mobility(part: _Part) -> Shown:
    limits = part.inputs.config.map.mobility_breaks_m
    return classes_of(part.values(_MOBILITY), limits), ramps.classes(limits, ramps.SPREAD_RAMP)


def _spread(part: _Part) -> Shown:
    limits = part.inputs.config.map.spread_breaks_m
    return classes_of(part.values(_P90) - part.values(_P10), limits), ramps.classes(limits, ramps.SPREAD_RAMP)


def _on_ladder(band: int) -> Callable[[_Part], Shown]:
    def show(part: _Part) -> Shown:
        palette = part.palette
        beyond = palette.colour(palette.ladder_m[-1] + 1.0)
        classes = classes_of(part.values(band), [0.0, *palette.ladder_m], right=True)
        entries = [(palette.colour(depth), words.depth(depth)) for depth in palette.ladder_m]
        none = (ramps.NONE_COLOUR, say("none"))
        deeper = (beyond, say("deeper than {depth}", depth=words.depth(palette.ladder_m[-1])))
        return classes, [none, *entries, deeper]

    return show


def _confidence(part: _Part) -> Shown:
    labels = (say("A: survey"), say("B: regional"), say("C: coarse or synthetic"))
    return codes_of(part.values(), (1, 2, 3)), list(zip(ramps.CONFIDENCE_COLOURS, labels, strict=True))


def _source(part: _Part) -> Shown:
    told = part.inputs.facts["bathymetry"].get("sources", ())
    entries: list[Entry] = [
        (
            ramps.source_colour(str(source["provenance"]), index),
            say(
                "{name} ({provenance})", name=str(source["name"]).replace("_", " "),
                provenance=words.said(source["provenance"], words.PROVENANCE),
            ),
        )
        for index, source in enumerate(told)
    ]  # fmt: skip
    return codes_of(part.values(), range(len(entries))), entries


_SURE = msgid("Cells take the bearing of the nearest route point; computed from the other layers.")
_KINDS: tuple[_Kind, ...] = (
    _Kind(
        "target", "burial", "burial_depth.tif", msgid("target depth by cell"),
        msgid("Target depth if the route ran through a cell (m)"), _on_ladder(_TARGET), _SURE,
    ),
    _Kind(
        "required", "burial", "burial_depth.tif", msgid("required depth, P90"),
        msgid("Required depth by cell, P90 (m)"), _on_ladder(_P90), _SURE,
    ),
    _Kind(
        "spread", "burial", "burial_depth.tif", msgid("how sure: P10 to P90"),
        msgid("Spread of the required depth, P90 less P10 (m): the wider, the less sure"), _spread, _SURE,
    ),
    _Kind(
        "passages", "traffic", "ship_passages.tif", msgid("ship passages"),
        msgid("Ships under way that pass a cell (per year)"),
        _classed("passages_breaks_per_yr", ramps.PASSAGES_RAMP), rests_on="ais",
    ),
    _Kind(
        "shipping", "shipping", "shipping_strike.tif", msgid("anchor strikes"),
        msgid("Anchor strikes, cable laid on the seabed (per km and year)"),
        _classed("strike_breaks_per_km_yr", ramps.STRIKE_RAMP),
    ),
    _Kind(
        "fishing", "fishing", "fishing_strike.tif", msgid("fishing strikes"),
        msgid("Fishing strikes, cable laid on the seabed (per km and year)"),
        _classed("strike_breaks_per_km_yr", ramps.STRIKE_RAMP),
    ),
    _Kind(
        "seismic", "seismic", "pga_475yr.tif", msgid("earthquake shaking"),
        msgid("Peak ground acceleration on rock, return period 475 years (g)"),
        _classed("pga_breaks_g", ramps.PGA_RAMP),
    ),
    _Kind(
        "seismic2475", "seismic", "pga_2475yr.tif", msgid("earthquake shaking, 2475 years"),
        msgid("Peak ground acceleration on rock, return period 2475 years (g)"),
        _classed("pga_breaks_g", ramps.PGA_RAMP),
    ),
    _Kind(
        "stability", "stability", "slope_stability.tif", msgid("slope stability"),
        msgid("Factor of safety of slopes in the shaking of 475 years"), _stability,
    ),
    _Kind(
        "slope", "terrain", "slope.tif", msgid("slope of the seabed"), msgid("Slope of the seabed (degrees)"),
        _classed("slope_breaks_deg", ramps.SLOPE_RAMP),
    ),
    _Kind(
        "mobility", "terrain", "bedforms.tif", msgid("moving bedforms"),
        msgid("Burial added because the bed moves (m)"), _mobility,
    ),
    _Kind("soil", "soil", "soil_class.tif", msgid("seabed soil"), msgid("Seabed soil (Folk classes)"), _soil),
    _Kind(
        "confidence", "bathymetry", "depth_confidence.tif", msgid("confidence in depths"),
        msgid("Confidence in the water depth"), _confidence,
    ),
    _Kind(
        "provenance", "bathymetry", "depth_source.tif", msgid("source of depths"),
        msgid("Which source gave the water depth, and its provenance"), _source,
    ),
)  # fmt: skip
