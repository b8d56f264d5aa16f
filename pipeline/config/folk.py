"""Folk classes as maps name and number them, and the soil class that each stands for (METHODS 3.1)."""

from __future__ import annotations

from typing import Literal

Scheme = Literal["folk5", "folk7", "folk16"]

# Folk (1954) abbreviation, its name as EMODnet writes it, EMODnet's number among 16 classes, and the soil class.
# The numbers' first digit is the class among five: muddy gravels (43, 44) are mixed there, as they are by the rule of
# METHODS 3.1 for gravel of 5 percent and more with sand to mud below 9.
_FOLK16 = (
    ("M", "mud", 111, "mud"),
    ("(g)M", "(gravelly) mud", 112, "mud"),
    ("sM", "sandy mud", 121, "sandy_mud"),
    ("(g)sM", "(gravelly) sandy mud", 122, "sandy_mud"),
    ("mS", "muddy sand", 131, "muddy_sand"),
    ("(g)mS", "(gravelly) muddy sand", 132, "muddy_sand"),
    ("S", "sand", 211, "sand"),
    ("(g)S", "(gravelly) sand", 212, "sand"),
    ("gS", "gravelly sand", 311, "coarse"),
    ("sG", "sandy gravel", 321, "coarse"),
    ("G", "gravel", 331, "coarse"),
    ("gM", "gravelly mud", 411, "mixed"),
    ("gmS", "gravelly muddy sand", 421, "mixed"),
    ("mG", "muddy gravel", 431, "mixed"),
    ("msG", "muddy sandy gravel", 441, "mixed"),
)
# Two classes of five carry several of seven: the one that anchors penetrate deepest stands for them.
_FOLK5 = {"1": "mud", "2": "sand", "3": "coarse", "4": "mixed", "5": "rock", "6": "unknown", "9": "unknown"}
_FOLK7 = {"11": "mud", "12": "sandy_mud", "13": "muddy_sand"}

NAMES: dict[str, str] = {
    **{name.lower(): soil for short, name, _, soil in _FOLK16 for name in (short, name)},
    **{f"slightly {name[1:].replace(')', '')}": soil for _, name, _, soil in _FOLK16 if name.startswith("(")},
    "mud to muddy sand": "mud",
    "mud to sandy mud": "mud",
    "mud and sandy mud": "mud",
    "coarse sediment": "coarse",
    "coarse substrate": "coarse",
    "coarse-grained sediment": "coarse",
    "mixed sediment": "mixed",
    "rock & boulders": "rock",
    "rock and boulders": "rock",
    "rock or other hard substrata": "rock",
    "no data": "unknown",
    "no data at this level of folk": "unknown",
    "restricted data": "unknown",
}
"""Name in lower case to soil class: understood in every vector and table, whatever its numbers mean."""

SCHEMES: dict[str, dict[str, str]] = {
    "folk5": _FOLK5,
    "folk7": {**_FOLK7, **_FOLK5, "20": "sand", "30": "coarse", "40": "mixed", "50": "rock"},
    "folk16": {
        **{str(number): soil for _, _, number, soil in _FOLK16},
        "21": "sand",
        **{code: _FOLK5[code] for code in ("5", "6", "9")},
        "50": "rock",
        "51": "rock",
    },
}
"""Scheme to number to soil class."""

COLUMNS: tuple[tuple[str, Scheme], ...] = (
    ("folk_7cl_txt", "folk7"),
    ("folk_7cl", "folk7"),
    ("folk_7cl_t", "folk7"),
    ("folk_16cl_txt", "folk16"),
    ("folk_16cl", "folk16"),
    ("folk_16cl_", "folk16"),
    ("folk_5cl_txt", "folk5"),
    ("folk_5cl", "folk5"),
    ("folk_5cl_t", "folk5"),
)
"""Columns of EMODnet's substrate polygons in lower case (cut to ten letters in a Shapefile), best first."""
