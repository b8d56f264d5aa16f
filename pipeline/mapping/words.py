"""Numbers as people read them. A blank is always said in words; it is never a zero."""

from __future__ import annotations

import math
from typing import Any, Final

NOT_ASSESSED: Final = "not assessed"
_TIMES: Final = "\u00d7"
NBSP: Final = "\u00a0"
_SUPERSCRIPT: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

GOVERNING: Final = {
    "anchor": "ship anchors",
    "fishing": "fishing gear",
    "minimum": "least depth by water depth",
    "none": "nothing: no burial needed",
}
PROTECTION: Final = {
    "none": "none",
    "burial": "burial",
    "deeper_tool": "deeper burial tool",
    "armour": "armoured cable",
    "rock": "rock placement",
    "mattress": "concrete mattress",
    "reroute": "move the route",
}
CABLE: Final = {
    "DA": "DA (double armour)",
    "SA": "SA (single armour)",
    "LWA": "LWA (light armour)",
    "RA": "RA (rock armour)",
    "LWP": "LWP (lightweight, protected)",
    "LW": "LW (lightweight)",
}


def blank(value: Any) -> bool:
    """Say whether a table cell holds nothing."""
    if isinstance(value, str):
        return value == ""
    return value is None or (isinstance(value, float) and math.isnan(value)) or str(value) == "<NA>"


def number(value: float, digits: int = 3) -> str:
    """Return a number with so many significant digits: 0.05, 1,250, 3.1 times a power of ten."""
    if value == 0:
        return "0"
    value = float(f"{value:.{digits - 1}e}")
    size = math.floor(math.log10(abs(value)))
    if size < -3 or size > 6:
        factor = f"{value / 10.0**size:.{max(digits - 1, 0)}f}".rstrip("0").rstrip(".")
        power = f"10{str(size).translate(_SUPERSCRIPT)}"
        return power if factor == "1" else f"{factor}{NBSP}{_TIMES}{NBSP}{power}"
    text = f"{value:,.{max(digits - 1 - size, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: Any, unit: str, decimals: int) -> str:
    """Return a number with fixed decimals and its unit, or that it was not assessed."""
    return NOT_ASSESSED if blank(value) else f"{float(value):,.{decimals}f}{NBSP}{unit}".strip()


def rate(value: Any, unit: str = "per year") -> str:
    """Return a rate of strikes, or that it was not assessed."""
    return NOT_ASSESSED if blank(value) else f"{number(float(value))} {unit}"


def years(return_period_yr: Any, strikes: Any) -> str:
    """Return a return period in words.

    Parameters
    ----------
    return_period_yr : float or None
        Blank where infinite or not assessed.
    strikes : float or None
        The rate behind it, which tells the two blanks apart.
    """
    if not blank(return_period_yr) and math.isfinite(float(return_period_yr)):
        return f"once in {number(float(return_period_yr), 2)} years"
    return NOT_ASSESSED if blank(strikes) or float(strikes) > 0 else "no strike expected"


def said(value: Any, words: dict[str, str] | None = None) -> str:
    """Return a text cell, in plain words where the code has some; a dash where it is blank."""
    if blank(value):
        return "-"
    return (words or {}).get(str(value), str(value))
