"""Numbers as people read them. A blank is always said in words; it is never a zero."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from pipeline.mapping.messages import NBSP, Listed, Number, Said, counted, msgid, say, significant

NOT_ASSESSED: Final = say("not assessed")
NO_STRIKE: Final = say("no strike expected")
DASH: Final = "-"

GOVERNING: Final = {
    "anchor": msgid("ship anchors"),
    "fishing": msgid("fishing gear"),
    "minimum": msgid("least depth by water depth"),
    "none": msgid("nothing: no burial needed"),
}
PROTECTION: Final = {
    "none": msgid("none"),
    "burial": msgid("burial"),
    "deeper_tool": msgid("deeper burial tool"),
    "armour": msgid("armoured cable"),
    "rock": msgid("rock placement"),
    "mattress": msgid("concrete mattress"),
    "reroute": msgid("move the route"),
}
CABLE: Final = {
    "DA": msgid("DA (double armour)"),
    "SA": msgid("SA (single armour)"),
    "LWA": msgid("LWA (light armour)"),
    "RA": msgid("RA (rock armour)"),
    "LWP": msgid("LWP (lightweight, protected)"),
    "LW": msgid("LW (lightweight)"),
}
TOOL: Final = {
    "plough": msgid("plough"),
    "jet": msgid("jet trencher"),
    "cutter": msgid("mechanical cutter"),
}
SLOPE_CLASS: Final = {
    "high": msgid("high"),
    "medium": msgid("medium"),
    "low": msgid("low"),
    "rock": msgid("rock"),
}
GEOHAZARD: Final = {
    note: note
    for note in (
        msgid("slope may fail in the 475-year earthquake: route, slack and cable type, not depth"),
        msgid("slope is marginal in the 475-year earthquake: check by survey; depth does not help"),
    )
}
"""What the burial step notes of unstable slopes."""
PROVENANCE: Final = {
    "survey": msgid("survey"),
    "public": msgid("public"),
    "modelled": msgid("modelled"),
    "synthetic": msgid("synthetic"),
}
SOIL: Final = {
    "mud": msgid("mud"),
    "sandy mud": msgid("sandy mud"),
    "muddy sand": msgid("muddy sand"),
    "sand": msgid("sand"),
    "coarse": msgid("coarse"),
    "mixed": msgid("mixed"),
    "rock": msgid("rock"),
    "unknown": msgid("unknown"),
}
"""Labels of the soil classes that the configuration starts with."""
UNITS: Final = {
    "m": msgid("{n}\u00a0m"),
    "km": msgid("{n}\u00a0km"),
    "g": msgid("{n}\u00a0g"),
    "°": msgid("{n}°"),
    "%": msgid("{n}\u00a0%"),
    "kn": msgid("{n}\u00a0kn"),
    "kg": msgid("{n}\u00a0kg"),
    "MB": msgid("{n}\u00a0MB"),
    "s": msgid("{n}\u00a0s"),
    "years": msgid("{n}\u00a0years"),
    "per year": msgid("{n} per year"),
    "per km and year": msgid("{n}\u00a0per km and year"),
}
"""A number with its unit, by the unit."""


def blank(value: Any) -> bool:
    """Say whether a table cell holds nothing."""
    if isinstance(value, str):
        return value == ""
    return value is None or (isinstance(value, float) and math.isnan(value)) or str(value) == "<NA>"


def number(value: float, digits: int = 3) -> str:
    """Return a number with so many significant digits, in English: 0.05, 1,250, 3.1 times a power of ten."""
    return significant(value, digits)


def measure(value: Number, unit: str) -> Said:
    """Return a number with its unit."""
    return Said(UNITS.get(unit, "{n}" if not unit else f"{{n}}{NBSP}{unit}"), {"n": value})


def quantity(value: Any, unit: str, decimals: int) -> Said:
    """Return a number with fixed decimals and its unit, or that it was not assessed."""
    return NOT_ASSESSED if blank(value) else measure(Number(float(value), decimals), unit)


def depth(value_m: float) -> Said:
    """Return a depth of the ladder, with as many decimals as it has."""
    return say(UNITS["m"], n=float(f"{value_m:g}"))


def rate(value: Any, unit: str = "per year") -> Said:
    """Return a rate of strikes, or that it was not assessed."""
    return NOT_ASSESSED if blank(value) else measure(Number(float(value)), unit)


def years(return_period_yr: Any, strikes: Any) -> Said:
    """Return a return period in words.

    Parameters
    ----------
    return_period_yr : float or None
        Blank where infinite or not assessed.
    strikes : float or None
        The rate behind it, which tells the two blanks apart.
    """
    if not blank(return_period_yr) and math.isfinite(float(return_period_yr)):
        return counted("once in {n} year", "once in {n} years", n=Number(float(return_period_yr), digits=2))
    return NOT_ASSESSED if blank(strikes) or float(strikes) > 0 else NO_STRIKE


def said(value: Any, words: dict[str, str] | None = None) -> str:
    """Return a text cell: a message where the code has words, else as it is; a dash where it is blank."""
    if blank(value):
        return DASH
    known = (words or {}).get(str(value))
    return str(value) if known is None else say(known)


def soils(value: Any) -> str:
    """Return the soils of a zone, such as "sand 80 %, mud 20 %", with the classes that have words as messages."""
    if blank(value):
        return DASH
    parts = [re.fullmatch(r"(.+) (\d+) %", part) for part in str(value).split(", ")]
    names = [part[1] if part else "" for part in parts]
    if not all(name.replace("_", " ") in SOIL for name in names):
        return str(value)
    shares = [
        say("{soil} {share} %", soil=say(SOIL[name.replace("_", " ")]), share=int(part[2]))
        for name, part in zip(names, parts, strict=True)
        if part
    ]
    return say("{all}", all=Listed(shares, ", "))
