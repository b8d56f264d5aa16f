"""Depths around the route for other levels of the sea: the page draws them anew at the level that is asked for.

Packed block ``sea-data``: ``meta`` and the array ``depth`` (int16, rows by columns): water depth in decimetres at the
configured level; what has no depth stands as ``meta.none``. ``meta`` also holds ``width height bounds pixel_m``, limits
and colours of the tints.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.config.corridor import WaterSection
from pipeline.config.map import MapSection
from pipeline.mapping import words
from pipeline.mapping.messages import Number, Said, say
from pipeline.mapping.pictures import Warped
from pipeline.mapping.ramps import DRY_COLOURS, SHORE_COLOUR

_DM = 10.0
_NONE = -32000
_HIGHEST_DM, _DEEPEST_DM = -1000, 31000
"""Land is told no higher: no scenario of a sea drowns more."""


def sea_block(
    warped: Warped, section: MapSection, water: WaterSection, colours: list[str]
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return meta and arrays of the block.

    Parameters
    ----------
    warped : Warped
        Regional water depth at the configured level, metres.
    section : MapSection
        Limits of the tints.
    water : WaterSection
        The level and its scenarios.
    colours : list of str
        Of the tints, one more than limits.
    """
    known = np.isfinite(warped.values)
    depth = np.clip(np.rint(np.where(known, warped.values, 0.0) * _DM), _HIGHEST_DM, _DEEPEST_DM)
    meta = {
        "height": warped.values.shape[0], "width": warped.values.shape[1], "bounds": warped.bounds,
        "pixel_m": round(warped.pixel_m, 1), "none": _NONE, "breaks_m": list(section.depth_breaks_m),
        "colours": colours, "exaggeration": section.relief_exaggeration, "dry": DRY_COLOURS, "shore": SHORE_COLOUR,
    }  # fmt: skip
    return meta, {"depth": np.where(known, depth, _NONE).astype(np.int16)}


def levels(water: WaterSection) -> list[tuple[Said, float]]:
    """Return the levels that can be compared: that of the build, and its scenarios, highest first."""
    now = say("as configured: {level}", level=words.measure(Number(water.surface_m, 1), "m"))
    told = sorted(water.scenarios_m.items(), key=lambda item: (-item[1], item[0]))
    return [
        (now, 0.0),
        *(
            (say("{scenario}: {change}", scenario=name, change=words.measure(Number(change, 1), "m")), change)
            for name, change in told
            if change
        ),
    ]
