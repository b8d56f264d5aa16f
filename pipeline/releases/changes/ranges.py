"""Ranges of kilometre posts with one kind of change and one set of causes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints
from pipeline.releases.changes.causes import Bits, Causes
from pipeline.releases.changes.differences import ASSESSED, CHANGED, SAME, UNASSESSED, Difference
from pipeline.releases.changes.inputs import InputChange
from pipeline.releases.changes.places import Match
from pipeline.releases.changes.quantities import TARGET, Quantity

RangeKind = Literal["deeper", "unassessed", "shallower", "assessed", "elsewhere", "other"]
KINDS: Final[tuple[RangeKind, ...]] = ("deeper", "unassessed", "shallower", "assessed", "elsewhere", "other")
"""In the order of a reader's interest; all but the last two are changes of the target depth."""
_NOTHING, _OTHER = -1, KINDS.index("other")
Value = float | str | None


@dataclass(frozen=True)
class Part:
    """A quantity in a range, as far as causes and (where single values matter) values are the same.

    Attributes
    ----------
    quantity : Quantity
        Which.
    kp_from_km, kp_to_km, old_kp_from_km, old_kp_to_km : float
        Where it differs; old posts are NaN where there is no old place.
    length_km : float
        Cable along which it differs.
    old, new : float, str or None
        Value, or the mean of values; None is not assessed.
    old_least, old_most, new_least, new_most, apart : float or None
        Of numbers; the last is the largest difference at one station.
    causes : tuple of InputChange
        Of several, one or more; empty where none is found.
    """

    quantity: Quantity
    kp_from_km: float
    kp_to_km: float
    old_kp_from_km: float
    old_kp_to_km: float
    length_km: float
    old: Value
    new: Value
    old_least: float | None = None
    old_most: float | None = None
    new_least: float | None = None
    new_most: float | None = None
    apart: float | None = None
    causes: tuple[InputChange, ...] = ()

    @property
    def certain_cause(self) -> InputChange | None:
        """The cause, where nothing else is known that could be it."""
        return self.causes[0] if len(self.causes) == 1 and not self.causes[0].nearest else None


@dataclass(frozen=True)
class ChangedRange:
    """A range with one kind of change.

    Attributes
    ----------
    kind : str
        ``deeper shallower`` target, ``assessed`` now or ``unassessed`` any more, ``elsewhere`` (another route) or
        ``other``.
    kp_from_km, kp_to_km, old_kp_from_km, old_kp_to_km : float
        The range; old posts are NaN where there is no old place.
    causes : tuple of InputChange
        Behind the change of the target, else behind all that differs. Empty where none is found.
    parts : tuple of Part
        What differs, in the order of a reader's interest.
    offset_m : float
        Largest distance from the old route.
    """

    kind: RangeKind
    kp_from_km: float
    kp_to_km: float
    old_kp_from_km: float
    old_kp_to_km: float
    causes: tuple[InputChange, ...] = ()
    parts: tuple[Part, ...] = ()
    offset_m: float = 0.0

    @property
    def length_km(self) -> float:
        """Length along the new route."""
        return self.kp_to_km - self.kp_from_km

    @property
    def changed_km(self) -> float:
        """Cable whose target changed; of other kinds the length. Short gaps do not count."""
        target = [part.length_km for part in self.parts if part.quantity.column == TARGET]
        return sum(target) if self.kind in KINDS[:4] else self.length_km

    @property
    def certain_causes(self) -> tuple[InputChange, ...]:
        """Those of the causes that are the only one of some of it."""
        known = {part.certain_cause for part in self.parts if part.quantity.column == TARGET or self.kind == "other"}
        return tuple(cause for cause in self.causes if cause in known)

    @property
    def for_want_of_data(self) -> bool:
        """Whether a threat is no longer assessed here: a shallower target then does not mean less risk."""
        threats = ("anchor_strike_per_km_yr", "fishing_strike_per_km_yr")
        return any(part.quantity.column in threats and part.new is None for part in self.parts)


@dataclass(eq=False)
class Ranges:
    """Cuts the new route into ranges.

    Parameters
    ----------
    match : Match
        Old places.
    found : list of Difference
        All differences.
    causes : Causes
        Their causes.
    old_target_m : ndarray
        Target depth at the old stations, and ...
    old_kp_km : ndarray
        ... their kilometre posts.
    gap_km : float
        Ranges of one kind with a shorter gap are one.
    """

    match: Match
    found: list[Difference]
    causes: Causes
    old_kp_km: Floats
    old_target_m: Floats
    gap_km: float
    _told: list[Difference] = field(init=False)

    def __post_init__(self) -> None:
        """Keep those that are told and differ anywhere, and the target."""
        self._told = [
            item
            for item in self.found
            if item.quantity.told and (item.quantity.column == TARGET or (item.state != SAME).any())
        ]

    def cut(self) -> tuple[ChangedRange, ...]:
        """Return all ranges in the order of the route."""
        kinds = self._kinds()
        runs = self._runs(kinds, self._cause_sets(kinds))
        return tuple(self._range(KINDS[kinds[first]], first, last) for first, last in runs)

    def _kinds(self) -> Ints:
        target = next(d for d in self._told if d.quantity.column == TARGET)
        deeper = np.zeros(len(target.state), dtype=bool)
        changed = target.state == CHANGED
        deeper[changed] = target.new[changed].astype(float) > target.old[changed].astype(float)
        other = np.any([difference.state != SAME for difference in self._told], axis=0)
        hits = {
            "elsewhere": ~self.match.comparable,
            "deeper": deeper,
            "shallower": changed & ~deeper,
            "assessed": target.state == ASSESSED,
            "unassessed": target.state == UNASSESSED,
            "other": other,
        }
        return np.select([hits[k] for k in hits], [KINDS.index(k) for k in hits], _NOTHING).astype(np.int64)

    def _cause_sets(self, kinds: Ints) -> Ints:
        """Return a number for the set of causes of every station."""
        bits = self.causes.behind(TARGET).copy()
        rest = np.zeros_like(bits)
        for difference in self._told:
            rest |= np.where((difference.state != SAME)[:, None], self.causes.behind(difference.quantity.column), 0)
        bits[kinds == _OTHER] = rest[kinds == _OTHER]
        bits[(kinds == _NOTHING) | (kinds == KINDS.index("elsewhere"))] = 0
        return _numbered(bits)

    def _runs(self, kinds: Ints, sets: Ints) -> list[tuple[int, int]]:
        """Return first and last station of every range.

        A short gap does not part a range: of a range with another target all that leaves the target alone is a gap.
        """
        keys = np.unique(np.column_stack([kinds, sets]), axis=0, return_inverse=True)[1].ravel()
        ranges = list(self._joined(np.flatnonzero((kinds != _NOTHING) & (kinds != _OTHER)), keys))
        taken = np.zeros(len(kinds), dtype=bool)
        for first, last in ranges:
            taken[first : last + 1] = True
        keys = keys + (int(keys.max()) + 1) * np.cumsum(taken)  # nothing joins across a range of another target
        ranges += self._joined(np.flatnonzero((kinds == _OTHER) & ~taken), keys)
        return sorted(ranges)

    def _joined(self, stations: Ints, keys: Ints) -> Iterator[tuple[int, int]]:
        """Yield first and last of stations of one key that lie close together."""
        start = last = -1
        for station in stations.tolist():
            if start >= 0 and keys[station] == keys[last] and self._gap_km(last, station) <= self.gap_km + 1e-9:
                last = station
                continue
            if start >= 0:
                yield start, last
            start = last = station
        if start >= 0:
            yield start, last

    def _gap_km(self, last: int, station: int) -> float:
        return float(self.match.edges_km[station] - self.match.edges_km[last + 1])

    def _range(self, kind: RangeKind, first: int, last: int) -> ChangedRange:
        edges = self.match.edges_km
        old_span = self._old_piece(first, last) if kind == "elsewhere" else self.match.old_span(first, last)
        parts = self._elsewhere(first, last, old_span) if kind == "elsewhere" else tuple(self._parts(first, last))
        of_target = tuple(part for part in parts if part.quantity.column == TARGET)
        chosen = dict.fromkeys(cause for part in of_target or parts for cause in part.causes)
        offset = float(self.match.offset_m[first : last + 1].max())
        return ChangedRange(kind, float(edges[first]), float(edges[last + 1]), *old_span, tuple(chosen), parts, offset)

    def _parts(self, first: int, last: int) -> Iterator[Part]:
        for difference in self._told:
            hits = first + np.flatnonzero(difference.state[first : last + 1] != SAME)
            if not len(hits):
                continue
            bits = self.causes.behind(difference.quantity.column)[hits]
            keys = [_numbered(bits), difference.state[hits]]
            if difference.quantity.stepped:
                keys += [_codes(difference.old[hits]), _codes(difference.new[hits])]
            _, key = np.unique(np.column_stack(keys), axis=0, return_inverse=True)
            for group in self._grouped(hits, key.ravel()):
                yield self._part(difference, hits[group], self.causes.names(bits[group[:1]]))

    def _grouped(self, hits: Ints, key: Ints) -> Iterator[Ints]:
        apart = self.match.edges_km[hits[1:]] - self.match.edges_km[hits[:-1] + 1] > self.gap_km + 1e-9
        cuts = np.flatnonzero(apart | (key[1:] != key[:-1])) + 1
        yield from np.split(np.arange(len(hits)), cuts)

    def _part(self, difference: Difference, stations: Ints, causes: tuple[InputChange, ...]) -> Part:
        first, last = int(stations[0]), int(stations[-1])
        length = np.diff(self.match.edges_km)[stations]
        return Part(
            difference.quantity, float(self.match.edges_km[first]), float(self.match.edges_km[last + 1]),
            *self.match.old_span(first, last), float(length.sum()),
            **_values(difference.quantity, difference.old[stations], difference.new[stations], length), causes=causes,
        )  # fmt: skip

    def _old_piece(self, first: int, last: int) -> tuple[float, float]:
        """Return the piece of the old route that a piece of the new one stands for; NaN beyond the old ends."""
        place = self.match.old_kp_km
        before = place[first - 1] if first > 0 else np.nan
        after = place[last + 1] if last + 1 < len(place) else np.nan
        return float(before), float(after)

    def _elsewhere(self, first: int, last: int, old_span: tuple[float, float]) -> tuple[Part, ...]:
        """Return the target depths of the new piece beside those of the old one; nothing is compared there."""
        target = next(d for d in self._told if d.quantity.column == TARGET)
        new = target.new[first : last + 1].astype(float)
        length = np.diff(self.match.edges_km)[first : last + 1]
        low, high = sorted(old_span)
        inside = (self.old_kp_km >= low) & (self.old_kp_km <= high)  # nothing where a post is NaN
        causes = self.causes.names(self.causes.of_route())
        old_side = _numbers(self.old_target_m[inside], np.ones(int(inside.sum())), "old")
        edges = self.match.edges_km
        return (
            Part(
                target.quantity, float(edges[first]), float(edges[last + 1]), *old_span, float(length.sum()),
                **{"old": None, "new": None, **old_side, **_numbers(new, length, "new")}, causes=causes,
            ),
        )  # fmt: skip


def _values(quantity: Quantity, old: NDArray[Any], new: NDArray[Any], length: Floats) -> dict[str, Any]:
    if quantity.kind == "text":
        return {"old": old[0], "new": new[0]}
    was, now = old.astype(float), new.astype(float)
    apart = np.abs(now - was)
    most = {} if np.isnan(apart).all() else {"apart": float(np.nanmax(apart))}
    return _numbers(was, length, "old") | _numbers(now, length, "new") | most


def _numbers(values: Floats, length: Floats, side: str) -> dict[str, Any]:
    known = ~np.isnan(values)
    if not known.any():
        return {side: None}
    values, weight = values[known], length[known]
    # Of equal values the mean is that value, to the last digit.
    mean = values[0] if (values == values[0]).all() else np.average(values, weights=weight if weight.any() else None)
    return {side: float(mean), f"{side}_least": float(values.min()), f"{side}_most": float(values.max())}


def _numbered(bits: Bits) -> Ints:
    if not bits.shape[1]:
        return np.zeros(len(bits), dtype=np.int64)
    _, number = np.unique(bits, axis=0, return_inverse=True)
    return number.ravel().astype(np.int64)


def _codes(values: NDArray[Any]) -> Ints:
    return pd.factorize(values)[0].astype(np.int64)
