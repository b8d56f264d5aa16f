"""The comparison in words: what matters most comes first, and nothing deeper or shallower is left out in silence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.mapping import words as said
from pipeline.mapping.messages import NBSP
from pipeline.releases.changes.compare import Changes
from pipeline.releases.changes.inputs import InputChange
from pipeline.releases.changes.quantities import Quantity
from pipeline.releases.changes.ranges import KINDS, ChangedRange, Part, Value

KIND_WORDS: Final = {
    "deeper": "deeper target",
    "shallower": "shallower target",
    "assessed": "target now assessed",
    "unassessed": "target no longer assessed",
    "elsewhere": "the route runs elsewhere",
    "other": "other changes, same target",
}
NO_CAUSE: Final = "cause not found among the recorded inputs"
_QUANTITIES_A_RANGE = 4
_PAIRS = 3
_ALSO = 3
_INPUTS = 4
_INPUT_LINES = 12
_NO_KM = 0.05
"""Shorter lengths are said as 0.0 km."""
_LEAST_KM = 0.005
"""Lengths are told to twice this: a range is no longer than a quantity in it that differs by less."""
_DECIMALS = {"dol": 2, "water_depth": 1, "slope": 1, "pga": 3, "fs": 2}
_GOVERNING = {**said.GOVERNING, "none": "none"}
_TEXTS = {"governing": _GOVERNING, "protection": said.PROTECTION, "cable_type": said.CABLE}
_STRIKES = (
    ("strike_per_yr_surface_laid", "Strikes a year, surface-laid"),
    ("strike_per_yr_at_target", "Strikes a year at the target depth"),
    ("strike_per_yr_as_trenchable", "Strikes a year at what can be trenched"),
)
_LENGTHS = (("undecided_km", "No target depth decided"), ("deficit_km", "Target out of reach"))


def in_words(changes: Changes) -> list[str]:
    """Return the comparison as lines for people: the answer, totals, the route, what changed, and the ranges.

    At most ``[changes] most_ranges`` ranges are told, the most important first; of the others the last line says how
    many there are and how many kilometres.
    """
    answer, *more = summary(changes)
    lines = [f"{answer} (Release {changes.new_id} compared with {changes.old_id}.)", *more]
    lines += changes.route_words
    lines += input_lines(changes)
    ordered = by_importance(changes.ranges)
    most = changes.tolerance.most_ranges
    lines += [range_words(piece, by_place=changes.by_place) for piece in ordered[:most]]
    rest = ordered[most:]
    if rest:
        kinds = [(kind, [piece for piece in rest if piece.kind == kind]) for kind in KINDS]
        counts = ", ".join(
            f"{len(pieces)} with {KIND_WORDS[kind]} ({sum(piece.changed_km for piece in pieces):.1f} km)"
            for kind, pieces in kinds
            if pieces
        )
        lines.append(f"And {len(rest)} more {_plural(len(rest), 'range')}: {counts}. The table lists all of them.")
    if any(not piece.causes for piece in changes.ranges):
        every = "; ".join(change.words for change in changes.inputs) or "nothing"
        lines.append(f"Where no cause was found, all that is recorded as changed is: {every}.")
    return [_plain(line) for line in lines]


def by_importance(ranges: Sequence[ChangedRange]) -> list[ChangedRange]:
    """Return ranges with those first that change the target most, then the longest."""
    return sorted(ranges, key=lambda piece: (KINDS.index(piece.kind), -piece.length_km, piece.kp_from_km))


def summary(changes: Changes) -> Iterator[str]:
    """Yield first what became of the target depth, then what must be minded, and totals and layers that differ."""
    yield _answer(changes)
    blind = sum(piece.changed_km for piece in changes.ranges if piece.kind == "shallower" and piece.for_want_of_data)
    if blind:
        yield (
            f"Along {blind:.1f} km the target is shallower where a threat is no longer assessed: that is for want of "
            "data and does not mean less risk."
        )
    depths = [f"{label} {was} became {now}" for label, was, now in _depth_rows(changes)]
    if depths:
        yield f"Cable by target depth: {'; '.join(depths)}."
    yield from (
        f"{label}: {was} became {now}."
        for label, was, now in (*_strike_rows(changes), *_km_rows(changes))
        if was != now
    )
    for layer in changes.layers_changed:
        yield f"{_capital(layer)}."


def _answer(changes: Changes) -> str:
    if not changes.ranges and not changes.left:
        files = len(changes.files_changed)
        beside = f" Published files that differ nevertheless: {_listed(changes.files_changed, 6)}." if files else ""
        return f"No station differs by more than the tolerances.{beside}"
    if changes.km(*KINDS[:4]) or not changes.km("other"):
        parts = [f"{KIND_WORDS[kind]} along {changes.km(kind):.1f} km" for kind in KINDS if changes.km(kind)]
        return f"{_capital('; '.join(parts))}." if parts else "No station that both routes share differs."
    away_km = changes.km("elsewhere")
    where = f" where both routes run; along {away_km:.1f} km the route runs elsewhere" if away_km else ""
    return f"No target depth changed{where}. {_other_quantities(changes)}"


def _other_quantities(changes: Changes) -> str:
    """Return what differs where the target does not: the quantity of most kilometres with its causes, then others."""
    parts: dict[Quantity, list[Part]] = {}
    for piece in changes.ranges:
        if piece.kind == "other":
            for part in piece.parts:
                parts.setdefault(part.quantity, []).append(part)
    ordered = sorted(parts, key=lambda quantity: -_km(parts[quantity]))
    first, rest = ordered[0], [f"{quantity.label} along {_km(parts[quantity]):.1f} km" for quantity in ordered[1:]]
    also = f" Also: {_listed(rest, _ALSO)}." if rest else ""
    return f"{_capital(first.label)} changed along {_km(parts[first]):.1f} km{_because(parts[first])}.{also}"


def _because(parts: Sequence[Part]) -> str:
    causes = tuple(dict.fromkeys(cause for part in parts for cause in part.causes))
    certain = tuple(cause for cause in causes if cause in {part.certain_cause for part in parts})
    if not causes:
        return f": {NO_CAUSE}"
    if certain or len(causes) > 1:
        return f" because {'' if certain else 'of '}{causes_words(causes, certain)}"
    return f", perhaps because {causes[0].words}"


def total_rows(changes: Changes) -> list[tuple[str, str, str]]:
    """Return route totals as label, old and new; of kilometres those that differ."""
    depths = [(f"Target depth {label}", was, now) for label, was, now in _depth_rows(changes)]
    return [*_strike_rows(changes), *depths, *(row for row in _km_rows(changes) if row[1] != row[2])]


def _strike_rows(changes: Changes) -> list[tuple[str, str, str]]:
    old, new = changes.totals["old"], changes.totals["new"]
    return [(label, _rate(old.get(key)), _rate(new.get(key))) for key, label in _STRIKES]


def _depth_rows(changes: Changes) -> list[tuple[str, str, str]]:
    """Return depths whose kilometres differ, shallow first; none where a release does not state them."""
    old, new = (changes.totals[side].get("dol_km") for side in ("old", "new"))
    if old is None or new is None:
        return []
    depths = sorted({*old, *new}, key=float)
    rows = [(f"{float(depth):g} m", _length(old.get(depth, 0.0)), _length(new.get(depth, 0.0))) for depth in depths]
    return [row for row in rows if row[1] != row[2]]


def _km_rows(changes: Changes) -> list[tuple[str, str, str]]:
    old, new = changes.totals["old"], changes.totals["new"]
    return [(label, _length(old[key]), _length(new[key])) for key, label in _LENGTHS if key in old and key in new]


def _length(value: float | None) -> str:
    return said.quantity(value, "km", 1)


def _rate(value: float | None) -> str:
    return said.rate(value, "").strip()


def input_lines(changes: Changes) -> Iterator[str]:
    """Yield every changed input with the kilometres that it is behind."""
    if not changes.inputs:
        yield "No recorded input changed."
        return
    ordered = sorted(changes.inputs, key=lambda change: (-changes.km_behind(change), not change.may_matter))
    for change in ordered[:_INPUT_LINES]:
        yield f"{_capital(change.words)}: {_effect_words(changes.km_alone(change), changes.km_behind(change))}."
    rest = ordered[_INPUT_LINES:]
    if rest:
        acting = sum(1 for change in rest if changes.km_behind(change))
        yield f"And {len(rest)} more inputs changed, {acting} of them behind a difference."


def _effect_words(alone_km: float, behind_km: float) -> str:
    more_km = behind_km - alone_km
    if not behind_km:
        return "no compared number differs because of it"
    if more_km < _NO_KM:
        return f"a cause along {behind_km:.1f} km"
    if alone_km < _NO_KM:
        return f"perhaps a cause along {behind_km:.1f} km"
    return f"a cause along {alone_km:.1f} km, perhaps along {more_km:.1f} km more"


def range_words(piece: ChangedRange, *, by_place: bool) -> str:
    """Return a range as one line: place, what became what, and because of what."""
    blind = " For want of data: a threat is no longer assessed here." if piece.for_want_of_data else ""
    return _plain(f"{place_words(piece, by_place=by_place)}: {what_words(piece)}. {because_words(piece)}{blind}")


def place_words(piece: ChangedRange, *, by_place: bool) -> str:
    """Return ``KP 12.3 to 14.1 (1.8 km)``, with the old posts where they differ."""
    text = f"KP {piece.kp_from_km:.2f} to {piece.kp_to_km:.2f} ({piece.length_km:.2f} km"
    if by_place and not math.isnan(piece.old_kp_from_km + piece.old_kp_to_km):
        text += f"; old KP {piece.old_kp_from_km:.2f} to {piece.old_kp_to_km:.2f}"
    return f"{text})"


def what_words(piece: ChangedRange) -> str:
    """Return what became what, the most important quantities first."""
    if piece.kind == "elsewhere":
        (target,) = piece.parts
        before = f"; on the old piece {_span(target, 'old')}" if target.old is not None else ""
        return (
            f"the route runs elsewhere, up to {piece.offset_m:,.0f} m away, and is not compared; "
            f"target depth there {_span(target, 'new')}{before}"
        )
    columns = list(dict.fromkeys(part.quantity.column for part in piece.parts))
    texts = [
        quantity_words([part for part in piece.parts if part.quantity.column == column], piece.length_km)
        for column in columns[:_QUANTITIES_A_RANGE]
    ]
    more = len(columns) - len(texts)
    return "; ".join(texts) + (f"; {more} more {_plural(more, 'quantity', 'quantities')}" if more else "")


def because_words(piece: ChangedRange) -> str:
    """Return the causes; of quantities that differ for other reasons, those too."""
    text = f"Because: {causes_words(piece.causes, piece.certain_causes)}." if piece.causes else f"{_capital(NO_CAUSE)}."
    known = set(piece.causes)
    others = [part for part in piece.parts if not known.issuperset(part.causes)]
    beside = tuple(dict.fromkeys(cause for part in others for cause in part.causes if cause not in known))
    if piece.causes and beside:
        certain = tuple(cause for cause in beside if cause in {part.certain_cause for part in others})
        # Where none is certain, what acts on the target may be all that acts on these too.
        told = causes_words(beside, certain) if certain else f"perhaps {causes_words(beside, beside)}"
        text += f" Beside the target also: {told}."
    return text


def causes_words(causes: Sequence[InputChange], certain: Sequence[InputChange]) -> str:
    """Return causes, and what is not known of them: of several that can be the cause, which it is."""
    sure = _listed([cause.words for cause in certain], _INPUTS, "; ")
    rest = [cause.words for cause in causes if cause not in certain]
    if not rest:
        return sure
    maybe = _listed(rest, _INPUTS, "; ")
    if sure:
        return f"{sure}; perhaps also {maybe}"
    return f"one or more of {maybe}" if len(rest) > 1 else f"perhaps {maybe}"


def quantity_words(parts: Sequence[Part], range_km: float) -> str:
    """Return what a quantity became over the parts of a range, with its own kilometres where it has fewer."""
    quantity = parts[0].quantity
    shorter = range_km - _km(parts) >= _LEAST_KM
    if quantity.stepped:
        pairs: dict[tuple[Value, Value], float] = {}
        for part in parts:
            pairs[part.old, part.new] = pairs.get((part.old, part.new), 0.0) + part.length_km
        ordered = sorted(pairs.items(), key=lambda item: -item[1])
        whole = len(ordered) == 1 and not shorter
        texts = [
            f"{value_words(quantity, old)} becomes {value_words(quantity, new)}" + ("" if whole else f" ({km:.2f} km)")
            for (old, new), km in ordered
        ]
        return f"{quantity.label} {_listed(texts, _PAIRS)}"
    return _number_words(parts) + (f" ({_km(parts):.2f} km)" if shorter else "")


def _number_words(parts: Sequence[Part]) -> str:
    quantity = parts[0].quantity
    old, new = (_mean(parts, side) for side in ("old", "new"))
    unit = f" {quantity.unit}" if quantity.kind == "rate" else ""
    several = any(part.old_least != part.old_most or part.new_least != part.new_most for part in parts)
    average = " on average" if several else ""
    was, now = value_words(quantity, old, short=True), value_words(quantity, new, short=True)
    if old is None or new is None:
        if old is None and new is None:
            return f"{quantity.label} assessed in other places than before"
        return (
            f"{quantity.label} now assessed, {now}{unit}{average}"
            if old is None
            else f"{quantity.label} no longer assessed ({was}{unit}{average} before)"
        )
    if was == now:
        most = said.number(max(part.apart or 0.0 for part in parts), 2)
        return f"{quantity.label} by up to {f'{most} {quantity.unit}'.strip()}, {was}{unit} on average as before"
    verb = "become" if quantity.kind == "rate" else "becomes"
    return f"{quantity.label} {was} {verb} {now}{unit}{average}"


def value_words(quantity: Quantity, value: Value, *, short: bool = False) -> str:
    """Return a value with its unit; None is said in words."""
    if value is None:
        return said.NOT_ASSESSED
    if isinstance(value, str):
        return _TEXTS.get(quantity.column, {}).get(value, value.replace("_", " "))
    if quantity.kind == "rate":
        return said.number(value, 2) + ("" if short else f" {quantity.unit}")
    decimals = 1 if quantity.stepped else _DECIMALS[quantity.kind]
    return f"{value:,.{decimals}f}" + ("" if quantity.unit == "°" or not quantity.unit else NBSP) + quantity.unit


def _km(parts: Sequence[Part]) -> float:
    return sum(part.length_km for part in parts)


def _plain(text: str) -> str:
    """Return text for a terminal and for searching: with common spaces."""
    return text.replace(NBSP, " ")


def _span(part: Part, side: str) -> str:
    least, most = getattr(part, f"{side}_least"), getattr(part, f"{side}_most")
    if least is None or most is None:
        return said.NOT_ASSESSED
    low, high = value_words(part.quantity, least), value_words(part.quantity, most)
    return low if low == high else f"{low} to {high}"


def _mean(parts: Sequence[Part], side: str) -> float | None:
    known = [(getattr(part, side), part.length_km) for part in parts if getattr(part, side) is not None]
    if len(known) < len(parts):
        return None
    weight = sum(km for _, km in known)
    if not weight:
        return float(sum(value for value, _ in known) / len(known))
    return float(sum(value * km for value, km in known) / weight)


def _listed(texts: Sequence[str], most: int, joint: str = ", ") -> str:
    more = len(texts) - most
    return joint.join(texts[:most]) + (f"{joint}and {more} more" if more > 0 else "")


def _plural(number: int, one: str, many: str = "") -> str:
    return one if number == 1 else many or f"{one}s"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] if text[:5] != "data/" else text
