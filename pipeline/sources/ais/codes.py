"""Ship types and navigational states in words, to the codes of ITU-R M.1371."""

from __future__ import annotations

_SHIP_TYPES = {
    20: ("wig", "wing in ground"), 30: ("fishing",), 31: ("towing",), 32: ("towing long/wide", "towing long wide"),
    33: ("dredging", "dredging or underwater ops"), 34: ("diving", "diving ops"), 35: ("military", "military ops"),
    36: ("sailing",), 37: ("pleasure", "pleasure craft"), 40: ("hsc", "high speed craft"),
    50: ("pilot", "pilot vessel"),
    51: ("sar", "search and rescue"), 52: ("tug",), 53: ("port tender",), 54: ("anti-pollution", "anti pollution"),
    55: ("law enforcement",), 58: ("medical", "medical transport"), 59: ("not party to conflict",),
    60: ("passenger",), 70: ("cargo",), 80: ("tanker",), 90: ("other",),
}  # fmt: skip
# 6 and 7 are aground and fishing; 15 is "not defined", which is not known.
_STATES = {
    0: ("under way using engine", "under way", "underway using engine"), 1: ("at anchor", "anchored"),
    2: ("not under command",), 3: ("restricted maneuverability", "restricted manoeuvrability"),
    4: ("constrained by her draught", "constrained by draught"), 5: ("moored",), 6: ("aground",),
    7: ("engaged in fishing", "fishing"), 8: ("under way sailing", "underway sailing", "sailing"),
    14: ("ais-sart", "ais-sart (active)", "ais-sart active"),
}  # fmt: skip
_MOST_STATE = 14
_STATIONS = r"(base station|aton|aid|sar|search|man overboard|epirb|locator|coast)"


def ship_type(text: str) -> str:
    """Return the SQL of a ship type given as a number or in words; NULL where it is neither."""
    return f"coalesce(TRY_CAST({text} AS DOUBLE), {_words(text, _SHIP_TYPES)})"


def state(text: str) -> str:
    """Return the SQL of a navigational status, 0 to 14, given as a number or in words; NULL where it is not known."""
    number = f"TRY_CAST({text} AS DOUBLE)"
    return f"CAST(CASE WHEN {known_state(number)} THEN {number} ELSE {_words(text, _STATES)} END AS UTINYINT)"


def known_state(number: str) -> str:
    """Return the SQL that tells whether a number is a status that says something."""
    return f"{number} BETWEEN 0 AND {_MOST_STATE}"


def is_station(text: str) -> str:
    """Return the SQL that tells whether the kind of a transponder, in words, is no ship's."""
    return f"coalesce(regexp_matches(lower({text}), '{_STATIONS}'), FALSE)"


def _words(text: str, table: dict[int, tuple[str, ...]]) -> str:
    cases = " ".join(
        f"WHEN lower(trim({text})) IN ({', '.join(repr(word) for word in words)}) THEN {code}"
        for code, words in table.items()
    )
    return f"(CASE {cases} END)"
