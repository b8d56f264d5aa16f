"""The comparison in words: what matters most comes first, and nothing deeper or shallower is left out in silence.

All is said as messages, so that pages tell it in every language; ``in_words`` and ``range_words`` give their English.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pipeline.mapping import words as said
from pipeline.mapping.messages import NBSP, Capital, Listed, Number, Said, counted, msgid, say
from pipeline.releases.changes.compare import Changes
from pipeline.releases.changes.inputs import InputChange
from pipeline.releases.changes.quantities import Quantity
from pipeline.releases.changes.ranges import KINDS, ChangedRange, Part, Value

KIND_WORDS: Final = {
    "deeper": msgid("deeper target"),
    "shallower": msgid("shallower target"),
    "assessed": msgid("target now assessed"),
    "unassessed": msgid("target no longer assessed"),
    "elsewhere": msgid("the route runs elsewhere"),
    "other": msgid("other changes, same target"),
}
NO_CAUSE: Final = say("cause not found among the recorded inputs")
WANT_OF_DATA: Final = say("For want of data: a threat is no longer assessed here.")
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
_GOVERNING = {**said.GOVERNING, "none": msgid("none")}
_TEXTS = {"governing": _GOVERNING, "protection": said.PROTECTION, "cable_type": said.CABLE}
_STRIKES = (
    ("strike_per_yr_surface_laid", msgid("Strikes a year, surface-laid")),
    ("strike_per_yr_at_target", msgid("Strikes a year at the target depth")),
    ("strike_per_yr_as_trenchable", msgid("Strikes a year at what can be trenched")),
)
_LENGTHS = (("undecided_km", msgid("No target depth decided")), ("deficit_km", msgid("Target out of reach")))
# Common spaces, and no marks around names that are written from the right.
_FOR_TERMINALS: Final = str.maketrans({NBSP: " ", "\u2068": None, "\u2069": None})
_Row = tuple[Said, Said, Said]


def in_words(changes: Changes) -> list[str]:
    """Return the comparison as lines of English, for terminals and programs."""
    return [plain_text(line) for line in told(changes)]


def told(changes: Changes) -> list[Said]:
    """Return the comparison as lines for people: the answer, totals, the route, what changed, and the ranges.

    At most ``[changes] most_ranges`` ranges are told, the most important first; of the others the last line says how
    many there are and how many kilometres.
    """
    answer, *more = summary(changes)
    ids = {"new": changes.new_id, "old": changes.old_id}
    lines = [say("{answer} (Release {new} compared with {old}.)", answer=answer, **ids), *more]
    lines += changes.route_words
    lines += input_lines(changes)
    ordered = by_importance(changes.ranges)
    most = changes.tolerance.most_ranges
    lines += [_range(piece, by_place=changes.by_place) for piece in ordered[:most]]
    rest = ordered[most:]
    if rest:
        kinds = [(kind, [piece for piece in rest if piece.kind == kind]) for kind in KINDS]
        counts = [
            say(
                "{n} with {kind} ({length})",
                n=len(pieces), kind=say(KIND_WORDS[kind]), length=_length(sum(piece.changed_km for piece in pieces)),
            )
            for kind, pieces in kinds
            if pieces
        ]  # fmt: skip
        lines.append(
            counted(
                "And {n} more range: {counts}. The table lists all of them.",
                "And {n} more ranges: {counts}. The table lists all of them.",
                n=len(rest),
                counts=Listed(counts, ", "),
            )
        )
    if any(not piece.causes for piece in changes.ranges):
        every = Listed([change.words for change in changes.inputs]) if changes.inputs else say("nothing")
        lines.append(say("Where no cause was found, all that is recorded as changed is: {every}.", every=every))
    return lines


def by_importance(ranges: Sequence[ChangedRange]) -> list[ChangedRange]:
    """Return ranges with those first that change the target most, then the longest."""
    return sorted(ranges, key=lambda piece: (KINDS.index(piece.kind), -piece.length_km, piece.kp_from_km))


def summary(changes: Changes) -> Iterator[Said]:
    """Yield first what became of the target depth, then what must be minded, and totals and layers that differ."""
    yield answer_words(changes)
    blind = blind_words(changes)
    if blind:
        yield blind
    depths = [
        say("{label} {was} became {now}", label=label, was=was, now=now) for label, was, now in _depth_rows(changes)
    ]
    if depths:
        yield say("Cable by target depth: {depths}.", depths=Listed(depths))
    yield from (
        say("{label}: {was} became {now}.", label=label, was=was, now=now)
        for label, was, now in (*_strike_rows(changes), *_km_rows(changes))
        if was != now
    )
    for layer in changes.layers_changed:
        yield say("{layer}.", layer=capital(layer))


def blind_words(changes: Changes) -> Said | None:
    """Return what must be minded where the target is shallower for want of data; None where it is not."""
    blind = sum(piece.changed_km for piece in changes.ranges if piece.kind == "shallower" and piece.for_want_of_data)
    if not blind:
        return None
    return say(
        "Along {length} the target is shallower where a threat is no longer assessed: that is for want of data and "
        "does not mean less risk.",
        length=_length(blind),
    )


def answer_words(changes: Changes) -> Said:
    """Return what became of the target depth; where nothing did, what else differs."""
    if not changes.ranges and not changes.left:
        none = say("No station differs by more than the tolerances.")
        if not changes.files_changed:
            return none
        files = _listed(changes.files_changed, 6)
        return _joined(none, say("Published files that differ nevertheless: {files}.", files=files))
    if changes.km(*KINDS[:4]) or not changes.km("other"):
        parts = [_along(say(KIND_WORDS[kind]), changes.km(kind)) for kind in KINDS if changes.km(kind)]
        if not parts:
            return say("No station that both routes share differs.")
        return say("{changes}.", changes=Capital(Listed(parts)))
    away_km = changes.km("elsewhere")
    where = (
        say(
            "No target depth changed where both routes run; along {length} the route runs elsewhere.",
            length=_length(away_km),
        )
        if away_km
        else say("No target depth changed.")
    )
    return _joined(where, *_other_quantities(changes))


def _other_quantities(changes: Changes) -> Iterator[Said]:
    """Yield what differs where the target does not: the quantity of most kilometres with its causes, then others."""
    parts: dict[Quantity, list[Part]] = {}
    for piece in changes.ranges:
        if piece.kind == "other":
            for part in piece.parts:
                parts.setdefault(part.quantity, []).append(part)
    ordered = sorted(parts, key=lambda quantity: -_km(parts[quantity]))
    first, rest = ordered[0], [_along(say(quantity.label), _km(parts[quantity])) for quantity in ordered[1:]]
    yield _because(capital(say(first.label)), parts[first])
    if rest:
        yield say("Also: {quantities}.", quantities=_listed(rest, _ALSO))


def _because(quantity: Said, parts: Sequence[Part]) -> Said:
    causes = tuple(dict.fromkeys(cause for part in parts for cause in part.causes))
    certain = tuple(cause for cause in causes if cause in {part.certain_cause for part in parts})
    known: dict[str, Any] = {"quantity": quantity, "length": _length(_km(parts))}
    if not causes:
        return say("{quantity} changed along {length}: {cause}.", **known, cause=NO_CAUSE)
    if certain:
        return say("{quantity} changed along {length} because {causes}.", **known, causes=causes_words(causes, certain))
    if len(causes) > 1:
        return say(
            "{quantity} changed along {length} because of {causes}.", **known, causes=causes_words(causes, certain)
        )
    return say("{quantity} changed along {length}, perhaps because {cause}.", **known, cause=causes[0].words)


def total_rows(changes: Changes) -> list[_Row]:
    """Return route totals as label, old and new; of kilometres those that differ."""
    depths = [(say("Target depth {depth}", depth=label), was, now) for label, was, now in _depth_rows(changes)]
    return [*_strike_rows(changes), *depths, *(row for row in _km_rows(changes) if row[1] != row[2])]


def _strike_rows(changes: Changes) -> list[_Row]:
    old, new = changes.totals["old"], changes.totals["new"]
    return [(say(label), _rate(old.get(key)), _rate(new.get(key))) for key, label in _STRIKES]


def _depth_rows(changes: Changes) -> list[_Row]:
    """Return depths whose kilometres differ, shallow first; none where a release does not state them."""
    old, new = (changes.totals[side].get("dol_km") for side in ("old", "new"))
    if old is None or new is None:
        return []
    depths = sorted({*old, *new}, key=float)
    rows = [(said.depth(float(depth)), _length(old.get(depth, 0.0)), _length(new.get(depth, 0.0))) for depth in depths]
    return [row for row in rows if row[1] != row[2]]


def _km_rows(changes: Changes) -> list[_Row]:
    old, new = changes.totals["old"], changes.totals["new"]
    return [(say(label), _length(old[key]), _length(new[key])) for key, label in _LENGTHS if key in old and key in new]


def _length(value: float | None, decimals: int = 1) -> Said:
    return said.quantity(value, "km", decimals)


def _rate(value: float | None) -> Said:
    return said.rate(value, "")


def _along(what: Said, km: float) -> Said:
    return say("{what} along {length}", what=what, length=_length(km))


def input_lines(changes: Changes) -> Iterator[Said]:
    """Yield every changed input with the kilometres that it is behind."""
    if not changes.inputs:
        yield say("No recorded input changed.")
        return
    ordered = sorted(changes.inputs, key=lambda change: (-changes.km_behind(change), not change.may_matter))
    for change in ordered[:_INPUT_LINES]:
        effect = _effect_words(changes.km_alone(change), changes.km_behind(change))
        yield say("{change}: {effect}.", change=capital(change.words), effect=effect)
    rest = ordered[_INPUT_LINES:]
    if rest:
        yield counted(
            "And {n} more input changed, {acting} of them behind a difference.",
            "And {n} more inputs changed, {acting} of them behind a difference.",
            n=len(rest),
            acting=sum(1 for change in rest if changes.km_behind(change)),
        )


def _effect_words(alone_km: float, behind_km: float) -> Said:
    more_km = behind_km - alone_km
    if not behind_km:
        return say("no compared number differs because of it")
    if more_km < _NO_KM:
        return say("a cause along {length}", length=_length(behind_km))
    if alone_km < _NO_KM:
        return say("perhaps a cause along {length}", length=_length(behind_km))
    return say("a cause along {length}, perhaps along {more} more", length=_length(alone_km), more=_length(more_km))


def range_words(piece: ChangedRange, *, by_place: bool) -> str:
    """Return a range as one line of English."""
    return plain_text(_range(piece, by_place=by_place))


def _range(piece: ChangedRange, *, by_place: bool) -> Said:
    """Return a range as one line: place, what became what, and because of what."""
    line = say("{place}: {what}.", place=_place_words(piece, by_place=by_place), what=what_words(piece))
    return _joined(line, because_words(piece), *([WANT_OF_DATA] if piece.for_want_of_data else []))


def posts_words(start_km: float, end_km: float, decimals: int = 2) -> Said:
    """Return a range of kilometre posts."""
    return say("KP {from} to {to}", **{"from": Number(start_km, decimals), "to": Number(end_km, decimals)})


def old_posts_words(piece: ChangedRange) -> Said | None:
    """Return the kilometre posts of a range on the old route; None beyond its ends."""
    if math.isnan(piece.old_kp_from_km + piece.old_kp_to_km):
        return None
    posts = {"from": Number(piece.old_kp_from_km, 2), "to": Number(piece.old_kp_to_km, 2)}
    return say("old KP {from} to {to}", **posts)


def _place_words(piece: ChangedRange, *, by_place: bool) -> Said:
    """Return ``KP 12.3 to 14.1 (1.8 km)``, with the old posts where they differ."""
    posts, length = posts_words(piece.kp_from_km, piece.kp_to_km), _length(piece.length_km, 2)
    old = old_posts_words(piece) if by_place else None
    if old is None:
        return say("{posts} ({length})", posts=posts, length=length)
    return say("{posts} ({length}; {old})", posts=posts, length=length, old=old)


def what_words(piece: ChangedRange) -> Said:
    """Return what became what, the most important quantities first."""
    if piece.kind == "elsewhere":
        (target,) = piece.parts
        offset, new = said.quantity(piece.offset_m, "m", 0), _span(target, "new")
        if target.old is None:
            return say(
                "the route runs elsewhere, up to {offset} away, and is not compared; target depth there {new}",
                offset=offset,
                new=new,
            )
        return say(
            "the route runs elsewhere, up to {offset} away, and is not compared; target depth there {new}; on the old "
            "piece {old}",
            offset=offset,
            new=new,
            old=_span(target, "old"),
        )
    columns = list(dict.fromkeys(part.quantity.column for part in piece.parts))
    texts = [
        quantity_words([part for part in piece.parts if part.quantity.column == column], piece.length_km)
        for column in columns[:_QUANTITIES_A_RANGE]
    ]
    if more := len(columns) - len(texts):
        texts.append(counted("{n} more quantity", "{n} more quantities", n=more))
    return _joined(*texts, between="; ")


def because_words(piece: ChangedRange, *, headed: bool = True) -> Said:
    """Return the causes; of quantities that differ for other reasons, those too.

    Parameters
    ----------
    piece : ChangedRange
        The range.
    headed : bool
        Whether the word "because" stands before them.
    """
    if not piece.causes:
        return say("{cause}.", cause=Capital(NO_CAUSE))
    causes = causes_words(piece.causes, piece.certain_causes)
    first = say("Because: {causes}.", causes=causes) if headed else say("{causes}.", causes=causes)
    known = set(piece.causes)
    others = [part for part in piece.parts if not known.issuperset(part.causes)]
    beside = tuple(dict.fromkeys(cause for part in others for cause in part.causes if cause not in known))
    if not beside:
        return first
    certain = tuple(cause for cause in beside if cause in {part.certain_cause for part in others})
    # Where none is certain, what acts on the target may be all that acts on these too.
    also = causes_words(beside, certain) if certain else say("perhaps {causes}", causes=causes_words(beside, beside))
    return _joined(first, say("Beside the target also: {causes}.", causes=also))


def causes_words(causes: Sequence[InputChange], certain: Sequence[InputChange]) -> Said:
    """Return causes, and what is not known of them: of several that can be the cause, which it is."""
    rest = [cause.words for cause in causes if cause not in certain]
    sure, maybe = _listed([cause.words for cause in certain], _INPUTS, "; "), _listed(rest, _INPUTS, "; ")
    if not rest:
        return sure
    if certain:
        return say("{causes}; perhaps also {others}", causes=sure, others=maybe)
    return say("one or more of {causes}", causes=maybe) if len(rest) > 1 else say("perhaps {causes}", causes=maybe)


def quantity_words(parts: Sequence[Part], range_km: float) -> Said:
    """Return what a quantity became over the parts of a range, with its own kilometres where it has fewer."""
    quantity = parts[0].quantity
    shorter = range_km - _km(parts) >= _LEAST_KM
    if quantity.stepped:
        pairs: dict[tuple[Value, Value], float] = {}
        for part in parts:
            pairs[part.old, part.new] = pairs.get((part.old, part.new), 0.0) + part.length_km
        ordered = sorted(pairs.items(), key=lambda item: -item[1])
        whole = len(ordered) == 1 and not shorter
        texts = []
        for (old, new), km in ordered:
            became = say("{old} becomes {new}", old=value_words(quantity, old), new=value_words(quantity, new))
            texts.append(became if whole else say("{text} ({length})", text=became, length=_length(km, 2)))
        return say("{quantity} {changes}", quantity=say(quantity.label), changes=_listed(texts, _PAIRS))
    text = _number_words(parts)
    return say("{text} ({length})", text=text, length=_length(_km(parts), 2)) if shorter else text


def _number_words(parts: Sequence[Part]) -> Said:
    quantity = parts[0].quantity
    old, new = (_mean(parts, side) for side in ("old", "new"))
    several = any(part.old_least != part.old_most or part.new_least != part.new_most for part in parts)
    values = {
        "quantity": say(quantity.label), "was": value_words(quantity, old), "now": value_words(quantity, new),
    }  # fmt: skip
    if old is None and new is None:
        return say("{quantity} assessed in other places than before", **values)
    if old is None:
        message = _NOW_ASSESSED[several]
    elif new is None:
        message = _NO_LONGER[several]
    elif values["was"] == values["now"]:
        most = said.measure(Number(max(part.apart or 0.0 for part in parts), digits=2), quantity.unit)
        return say("{quantity} by up to {most}, {was} on average as before", **values, most=most)
    elif quantity.kind == "rate":
        values["was"] = say("{n}", n=Number(old, digits=2))
        message = _BECOME[several]
    else:
        message = _BECOMES[several]
    return say(message, **values)


# Of one value, and of means.
_NOW_ASSESSED: Final = (msgid("{quantity} now assessed, {now}"), msgid("{quantity} now assessed, {now} on average"))
_NO_LONGER: Final = (
    msgid("{quantity} no longer assessed ({was} before)"),
    msgid("{quantity} no longer assessed ({was} on average before)"),
)
_BECOMES: Final = (msgid("{quantity} {was} becomes {now}"), msgid("{quantity} {was} becomes {now} on average"))
_BECOME: Final = (msgid("{quantity} {was} become {now}"), msgid("{quantity} {was} become {now} on average"))


def value_words(quantity: Quantity, value: Value) -> Said:
    """Return a value with its unit; None is said in words."""
    if value is None:
        return said.NOT_ASSESSED
    if isinstance(value, str):
        name = value.replace("_", " ")
        known = _TEXTS.get(quantity.column, {}).get(value) or said.SOIL.get(name)
        return say("{text}", text=name) if known is None else say(known)
    if quantity.kind == "rate":
        return said.measure(Number(value, digits=2), quantity.unit)
    return said.measure(Number(value, 1 if quantity.stepped else _DECIMALS[quantity.kind]), quantity.unit)


def _km(parts: Sequence[Part]) -> float:
    return sum(part.length_km for part in parts)


def plain_text(text: str) -> str:
    """Return the English of a message for a terminal and for searching: with common spaces, without marks."""
    return text.translate(_FOR_TERMINALS)


def _span(part: Part, side: str) -> Said:
    least, most = getattr(part, f"{side}_least"), getattr(part, f"{side}_most")
    if least is None or most is None:
        return said.NOT_ASSESSED
    low, high = value_words(part.quantity, least), value_words(part.quantity, most)
    return low if low == high else say("{low} to {high}", low=low, high=high)


def _mean(parts: Sequence[Part], side: str) -> float | None:
    known = [(getattr(part, side), part.length_km) for part in parts if getattr(part, side) is not None]
    if len(known) < len(parts):
        return None
    weight = sum(km for _, km in known)
    if not weight:
        return float(sum(value for value, _ in known) / len(known))
    return float(sum(value * km for value, km in known) / weight)


def _listed(texts: Sequence[str], most: int, between: str = ", ") -> Said:
    more = len(texts) - most
    rest = [counted("and {n} more", "and {n} more", n=more)] if more > 0 else []
    return _joined(*texts[:most], *rest, between=between)


def _joined(*texts: str, between: str = " ") -> Said:
    if len(texts) == 1 and isinstance(texts[0], Said):
        return texts[0]
    return say("{all}", all=Listed(texts, between))


def capital(text: Said) -> Said:
    """Return a message that begins a sentence; where text from data begins it, that keeps its letters."""
    name = text.message[1 : text.message.index("}")] if text.message.startswith("{") else ""
    value = text.values.get(name)
    if isinstance(value, str) and not isinstance(value, Said):
        return text
    return say("{text}", text=Capital(text))
