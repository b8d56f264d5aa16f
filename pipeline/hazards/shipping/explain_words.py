"""Words that the lines of an explanation share: numbers, and who says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Line = tuple[str, str]
SAID = {
    "ais": "AIS", "registry_imo": "registry, by IMO number", "registry_mmsi": "registry, by MMSI",
    "estimated": "estimated", "clamped": "held to what is usual", "typical": "typical of the class",
    "capped": "cut with the weight",
}  # fmt: skip


def n(value: float) -> str:
    """Return a number to six significant digits: enough to redo the next step to a thousandth."""
    return f"{value:.6g}"


def origin(ship: Mapping[str, Any], name: str) -> str:
    """Return where a value of a ship comes from, a word of ``ORIGINS``."""
    return str(ship["origins"].get(name, ""))


def registered(ship: Mapping[str, Any], name: str, unit: str) -> str | None:
    """Return a value in words if a registry says it, else None."""
    by = origin(ship, name)
    return f"{n(ship[name])}{unit} ({SAID[by]})" if by.startswith("registry") else None
