"""Units that a column's name may tell: ``speed_kmh``, ``SOG [m/s]``, ``draught_dm``, ``time_ms``."""

from __future__ import annotations

_SPEED_KN = {
    "kn": 1.0, "kt": 1.0, "kts": 1.0, "knot": 1.0, "knots": 1.0, "10": 0.1, "tenths": 0.1, "knotsx10": 0.1, "dkn": 0.1,
    "kmh": 1 / 1.852, "kph": 1 / 1.852, "ms": 3600 / 1852, "mps": 3600 / 1852, "mph": 1609.344 / 1852,
}  # fmt: skip
_LENGTH_M = {
    "m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0, "dm": 0.1, "10": 0.1, "cm": 0.01,
    "ft": 0.3048, "feet": 0.3048,
}  # fmt: skip
_DEGREES = {"deg": 1.0, "degrees": 1.0, "dd": 1.0, "wgs84": 1.0}
# A 1/10,000 minute is what the messages carry, 1e-7 degree what receivers of satellites do.
_PLACE = {**_DEGREES, "e7": 1e-7, "1e7": 1e-7, "600000": 1 / 600_000}

UNITS: dict[str, dict[str, float]] = {
    "lat": _PLACE, "lon": _PLACE, "sog": _SPEED_KN, "heading": _DEGREES, "draught": _LENGTH_M, "length": _LENGTH_M,
    "beam": _LENGTH_M, "to_bow": _LENGTH_M, "to_stern": _LENGTH_M, "to_port": _LENGTH_M, "to_starboard": _LENGTH_M,
}  # fmt: skip
"""What a value is multiplied by to be in degrees, knots or metres, by the end of the column's name."""
TIME_UNITS = {
    "s": "s", "sec": "s", "seconds": "s", "ms": "ms", "millis": "ms", "milliseconds": "ms", "us": "us", "micros": "us",
    "microseconds": "us", "ns": "ns", "utc": "",
}  # fmt: skip
"""Unit of a time since 1970, by the end of the column's name; empty where it says nothing of a unit."""
