"""The achievable depth of lowering: what the best listed tool reaches in each soil (METHODS 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config.burial import BurialSection
from pipeline.config.soil import SoilSection, TrenchTool
from pipeline.geo import Floats


@dataclass(frozen=True, eq=False)
class Trench:
    """What can be trenched at each place.

    Attributes
    ----------
    dol_m : ndarray, shape (n,)
        Achievable depth of lowering; 0 where no listed tool works, NaN on dry land and where the depth is unknown.
    tool, rate : ndarray of str, shape (n,)
        The tool that reaches it, and its rate; empty where none works.
    any_tool_m : ndarray, shape (n,)
        What the listed tools would reach if slope and water depth did not stop any.
    """

    dol_m: Floats
    tool: NDArray[np.str_]
    rate: NDArray[np.str_]
    any_tool_m: Floats


def best_tool(tools: Sequence[TrenchTool], *, plough: bool) -> TrenchTool | None:
    """Return the deepest listed tool (the first of equals), leaving out ploughs where they cannot go."""
    usable = [tool for tool in tools if plough or tool.name != "plough"]
    return max(usable, key=lambda tool: tool.depth_m, default=None)


def achievable(
    soil: SoilSection,
    burial: BurialSection,
    *,
    soil_class: NDArray[np.str_],
    slope_deg: Floats,
    water_depth_m: Floats,
) -> Trench:
    """Choose the tool at each place.

    Parameters
    ----------
    soil : SoilSection
        Tools of each class.
    burial : BurialSection
        Slope and water-depth limits of ploughs.
    soil_class : ndarray of str, shape (n,)
        Soil at each place, or strong clay.
    slope_deg : ndarray, shape (n,)
        Steepest slope of the seabed, which is never less than that along the route; an unknown slope takes no plough.
    water_depth_m : ndarray, shape (n,)
        Positive down.
    """
    plough = (slope_deg <= burial.plough_slope_limit_deg) & (water_depth_m <= burial.plough_water_depth_limit_m)
    wet = water_depth_m > 0
    depth, most = np.full(len(wet), np.nan), np.full(len(wet), np.nan)
    tool, rate = np.full(len(wet), "", dtype="<U16"), np.full(len(wet), "", dtype="<U64")
    for name in sorted(set(soil_class[wet].tolist())):
        for allowed in (False, True):
            here = wet & (soil_class == name) & (plough == allowed)
            best = best_tool(soil.tools_of(name), plough=allowed)
            limitless = best_tool(soil.tools_of(name), plough=True)
            depth[here] = best.depth_m if best else 0.0
            most[here] = limitless.depth_m if limitless else 0.0
            tool[here] = best.name if best else ""
            rate[here] = best.rate if best else ""
    return Trench(depth, tool, rate, most)
