"""Colours: ordered ramps that rise in darkness, so that colour-blind readers and grey prints keep the order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from pipeline.mapping.messages import Number, say

DEPTH_RAMP: Final = ("#e8f4f6", "#c3e1ea", "#93c7dc", "#5fa5c9", "#3a7fb0", "#265b92", "#193d70", "#10264f")
STRIKE_RAMP: Final = ("#fff0b8", "#fdbf5f", "#f07c3e", "#c23a3f", "#7a1640", "#3f0a33")
PGA_RAMP: Final = ("#f3f4cf", "#bfdc9c", "#74b487", "#3d8484", "#2f527b", "#2b2357")
TARGET_RAMP: Final = ("#ffe06a", "#fdaa45", "#f2673c", "#c72f68", "#7d2088", "#3c1160")

NONE_COLOUR: Final = "#ffffff"
"""Target depth zero: the cable lies on the seabed by intention."""
BLANK_COLOUR: Final = "#8d98a3"
"""Not assessed."""
UNDECIDED_DASH: Final = "6 5"
"""Of a line where no depth is decided, so that the colour alone does not tell it."""

NOT_ASSESSED_COLOURS: Final = (BLANK_COLOUR, "#c3cad1")
"""Stripes of what is not assessed in a picture: grey and hatched, as no class of a value is."""
SLOPE_RAMP: Final = ("#f4f1e6", "#dccfa6", "#c29a63", "#93602f", "#4f2a12")
STABILITY_RAMP: Final = ("#7a1f52", "#d2693c", "#f0cf7d", "#d9e4d2")
PASSAGES_RAMP: Final = ("#f1eef6", "#c9c3e0", "#9b8fc7", "#6b56a5", "#3f2a7a", "#1f0f4d")
SPREAD_RAMP: Final = ("#eef3f1", "#b9d3cb", "#7faea3", "#457f78", "#1c4f50")
CONFIDENCE_COLOURS: Final = ("#1f6f8b", "#8fc1b5", "#e6dfc3")
"""Survey, regional, coarse or synthetic."""
PROVENANCE_COLOURS: Final = {
    "survey": ("#2b6ca3", "#5f9bcb", "#1b4670"), "public": ("#3f9a74", "#7cc3a2", "#23624a"),
    "modelled": ("#d7a13b", "#ecc97f", "#96701f"), "synthetic": ("#b5573a", "#d98e73", "#7a3622"),
}  # fmt: skip

DRY_COLOURS: Final = ("#d6bd8a", "#ba985c")
"""Stripes of seabed that falls dry at another level of the sea."""
SHORE_COLOUR: Final = "#5c4626"

SOIL_COLOURS: Final = {
    "mud": "#7b8f6b", "sandy_mud": "#a9b787", "muddy_sand": "#d6cf95", "sand": "#f2dc85", "coarse": "#e3a857",
    "mixed": "#b98a6a", "rock": "#a29cad", "unknown": "#cfd4d9",
}  # fmt: skip
_OTHER_SOILS: Final = ("#8fb3b0", "#c49ab5", "#9f9fd0", "#b8d0a0", "#d0a0a0")

Entry = tuple[str, str]
"""A legend entry: colour and label."""


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of ``#rrggbb``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def spread(ramp: Sequence[str], count: int) -> list[str]:
    """Return ``count`` colours at even steps of a ramp, its ends included."""
    if count == 1:
        return [ramp[len(ramp) // 2]]
    colours = []
    for step in range(count):
        place = step * (len(ramp) - 1) / (count - 1)
        low = min(int(place), len(ramp) - 2)
        share = place - low
        parts = [round(a + (b - a) * share) for a, b in zip(rgb(ramp[low]), rgb(ramp[low + 1]), strict=True)]
        colours.append("#{:02x}{:02x}{:02x}".format(*parts))
    return colours


def classes(breaks: Sequence[float], ramp: Sequence[str]) -> list[Entry]:
    """Return the legend of values sorted into classes by rising limits: below the first, between, above the last."""
    colours = spread(ramp, len(breaks) + 1)
    limits = [Number(value) for value in breaks]
    labels = [
        say("under {limit}", limit=limits[0]),
        *(say("{low} to {high}", low=low, high=high) for low, high in pairwise(limits)),
        say("over {limit}", limit=limits[-1]),
    ]
    return list(zip(colours, labels, strict=True))


class TargetPalette:
    """Colour and line width of target depths.

    Parameters
    ----------
    ladder_m : sequence of float
        The depths that are ordered (``[burial] ladder_m``).
    """

    def __init__(self, ladder_m: Sequence[float]) -> None:
        self.ladder_m = sorted(set(ladder_m))
        self._colours = spread(TARGET_RAMP, len(self.ladder_m))

    def _step(self, target_m: float) -> int:
        """Return the first step at least as deep; the number of steps where the target lies beyond the ladder."""
        return sum(1 for depth in self.ladder_m if depth < target_m - 1e-9)

    def colour(self, target_m: float | None) -> str:
        """Return the colour of a target depth; None is not assessed."""
        if target_m is None:
            return BLANK_COLOUR
        step = self._step(target_m)
        if target_m <= 0:
            return NONE_COLOUR
        return self._colours[step] if step < len(self._colours) else "#14061f"

    def width_px(self, target_m: float | None) -> float:
        """Return the line width: wider is deeper, so that the order survives without colour."""
        if target_m is None or target_m <= 0:
            return 3.5
        return round(4.5 + 4.5 * (self._step(target_m) + 1) / len(self.ladder_m), 1)


def soil_colours(names: Sequence[str]) -> dict[str, str]:
    """Return a colour for every soil class, also for classes that a workspace adds."""
    others = [name for name in names if name not in SOIL_COLOURS]
    extra = {name: _OTHER_SOILS[index % len(_OTHER_SOILS)] for index, name in enumerate(others)}
    return {name: SOIL_COLOURS.get(name) or extra[name] for name in names}


def source_colour(provenance: str, index: int) -> str:
    """Return the colour of a source: a family of colours for each provenance, its members in turn."""
    family = PROVENANCE_COLOURS[provenance]
    return family[index % len(family)]
