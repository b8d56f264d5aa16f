"""The lanes of the profile: what each shows along the route, in which colours. Their words are the page's."""

from __future__ import annotations

from typing import Any, Final

from pipeline.burial.cable import weight_order
from pipeline.config.burial import CableSection
from pipeline.config.map import MapSection
from pipeline.mapping import ramps

_SLOPE: Final = (
    ("rock", ramps.SOIL_COLOURS["rock"]), ("low", ramps.STRIKE_RAMP[0]), ("medium", ramps.STRIKE_RAMP[2]),
    ("high", ramps.STRIKE_RAMP[4]),
)  # fmt: skip
_CONFIDENCE: Final = (("A", "#2f527b"), ("B", "#74b487"), ("C", "#f3f4cf"))
"""Depth by survey, by a regional grid, by a coarse or synthetic one."""


def threat_strips(section: MapSection) -> list[dict[str, Any]]:
    """Return the lanes above the burial depths: columns of stations in classes, from the least to the worst."""
    strikes = {
        "breaks": list(section.strike_breaks_per_km_yr),
        "colours": [colour for colour, _ in ramps.classes(section.strike_breaks_per_km_yr, ramps.STRIKE_RAMP)],
    }
    shaking = {
        "breaks": list(section.pga_breaks_g),
        "colours": [colour for colour, _ in ramps.classes(section.pga_breaks_g, ramps.PGA_RAMP)],
    }
    return [
        {"column": "anchor_strike_per_km_yr", "layer": "shipping", **strikes},
        {"column": "fishing_strike_per_km_yr", "layer": "fishing", **strikes},
        {"column": "pga_475yr_g", "layer": "seismic", **shaking},
        {"column": "slope_class", "layer": "stability", **_named(_SLOPE)},
    ]


def other_strips(cable: CableSection) -> list[dict[str, Any]]:
    """Return the lanes below the burial depths: cable types from light to heavy, of which a what-if may need any."""
    return [
        {"column": "cable_type", "layer": "", "levels": weight_order(cable)[1:]},
        {"column": "confidence", "layer": "", **_named(_CONFIDENCE)},
    ]


def _named(entries: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    return {"levels": [name for name, _ in entries], "colours": [colour for _, colour in entries]}
