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
# Services of the United States coast guard, as MarineCadastre has them from 2015 to 2017, to the code of the group in
# "AIS Vessel Type and Group Codes used by the Marine Cadastre Project" (NOAA, 2018). A tank barge is towed.
_SERVICES = {
    1001: 30, 1002: 30, 1003: 70, 1004: 70, 1005: 90, 1006: 90, 1007: 90, 1008: 90, 1009: 90, 1010: 90, 1011: 90,
    1012: 60, 1013: 60, 1014: 60, 1015: 60, 1016: 70, 1017: 80, 1018: 90, 1019: 37, 1020: 90, 1021: 35, 1022: 90,
    1023: 31, 1024: 80, 1025: 31,
}  # fmt: skip
# Words of registries within a type, the first that is found: "Oil Products Tanker", "Ro-Ro Cargo Ship".
_PARTS = (
    (35, r"\b(naval|navy|military|warship|aircraft carrier|frigate|submarine)\b"),
    (80, r"\b(tankers?|tank ?ships?|lng|lpg|(gas|oil|crude|chemical)s? carrier|vlcc|ulcc)\b"),
    (60, r"\b(passengers?|ferry|cruise|ro-?pax)\b"), (55, r"\b(patrol|police|law enforcement|coast ?guard)\b"),
    (33, r"\b(dredgers?|dredging|hopper)\b"), (52, r"\b(tugs?|tugboat)\b"), (31, r"\b(towing|pusher)\b"),
    (70, r"\b(cargo|freighter|container|containership|bulk|bulker|carrier|ro-?ro|reefer)\b"),
    (30, r"\b(fishing|trawlers?)\b"), (37, r"\b(yacht|pleasure|recreational)\b"), (36, r"\bsail(ing)?\b"),
    (50, r"\bpilot\b"), (51, r"\b(sar|search and rescue|rescue|lifeboat)\b"), (34, r"\bdiving\b"),
    (40, r"\b(hsc|high[- ]speed)\b"), (54, r"\b(anti-?pollution|pollution)\b"),
    (90, r"\b(other|offshore|supply|research|survey|cable|buoy|crew boat|work ?(boat|vessel)|platform|drill(ing)?|"
         r"ice-?breaker|salvage|training|special|barge|pontoon|utility|crane|jack-?up)\b"),
)  # fmt: skip
_NOTHING = (
    r"|undefined|unknown.*|not (available|known|defined|specified).*|n/?a|"
    r"nan|none|null|nil|unspecified|reserved.*|spare.*|-+|0([.]0*)?"
)
_MOST_TYPE = 99
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
    number = f"TRY_CAST({text} AS DOUBLE)"
    services = " ".join(f"WHEN {code} THEN {kind}" for code, kind in _SERVICES.items())
    parts = " ".join(f"WHEN regexp_matches(lower({text}), '{part}') THEN {code}" for code, part in _PARTS)
    return (
        f"CASE WHEN {number} BETWEEN {min(_SERVICES)} AND {max(_SERVICES)} THEN CASE {number} {services} END "
        f"ELSE coalesce({number}, {_words(text, _SHIP_TYPES)}, "
        f"CASE WHEN {_says_nothing(text)} THEN NULL {parts} END) END"
    )


def is_type_unknown(text: str, code: str) -> str:
    """Return the SQL that tells of a ship type, by its text and its code, that it says something not understood."""
    return f"(NOT {_says_nothing(text)} AND ({code} IS NULL OR {code} >= {_MOST_TYPE + 1}))"


def _says_nothing(text: str) -> str:
    return f"coalesce(regexp_full_match(lower(trim({text})), '{_NOTHING}'), TRUE)"


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
