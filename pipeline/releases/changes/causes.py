"""Which changed inputs are behind a changed number: those of its own step, and those of what it follows from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.config.changes import ChangeTolerance
from pipeline.geo import Floats, Ints
from pipeline.releases.changes.differences import Difference
from pipeline.releases.changes.extents import extent
from pipeline.releases.changes.inputs import InputChange, comes_after, is_under, result_changed
from pipeline.releases.changes.places import Flags, Match, Span
from pipeline.releases.changes.quantities import BY_COLUMN, LIMIT, SOIL, Quantity
from pipeline.releases.release import Release

Bits = NDArray[np.uint8]
"""Sets of inputs, one row a station: bit by bit as ``numpy.packbits`` has them, then again as the nearest file."""

_ROUTE: Final = "route"
_SIDES: Final[tuple[Literal["left", "right"], ...]] = ("left", "right")


@dataclass(eq=False)
class Causes:
    """The inputs behind every difference.

    Parameters
    ----------
    old, new : Release
        The releases.
    inputs : sequence of InputChange
        All that changed.
    found : mapping of str to Difference
        Differences by column.
    match : Match
        The old places of the new stations.
    changes : ChangeTolerance
        How far an input reaches.
    """

    old: Release
    new: Release
    inputs: Sequence[InputChange]
    found: Mapping[str, Difference]
    match: Match
    changes: ChangeTolerance
    _known: dict[str, Bits] = field(default_factory=dict, init=False)

    def behind(self, column: str) -> Bits:
        """Return the inputs behind the differences of a column; none where it does not differ, or none is found.

        An input counts where it was read to make the column, or a column that this one follows from and that differs
        there too, across a limit where only limits count. Where that names none, the same is asked of the
        neighbourhood: anchors drag, slopes have two ends. Last, the only input that the column can depend on at all is
        the cause wherever it lies, and among several the nearest changed file is named as such.
        """
        if column not in self._known:
            self._known[column] = self._behind(BY_COLUMN[column])
        return self._known[column]

    def _behind(self, quantity: Quantity) -> Bits:
        exact = self.found[quantity.column].exact
        if not exact.any() or not self.inputs:
            return self._none()
        columns = [
            column
            for column in quantity.follows_from
            if BY_COLUMN[column].step == quantity.step
            or comes_after(self.old, self.new, BY_COLUMN[column].step, quantity.step)
        ]
        before = [self.behind(column) for column in columns]
        here = self._own(quantity, quantity.steps, 0.0) | self._anywhere(quantity)
        here[self.match.moved] |= self.of_route()
        for column, bits in zip(columns, before, strict=True):
            here |= np.where(self._passes(quantity, column)[:, None], bits, np.uint8(0))
        here[~exact] = 0
        wider: tuple[Callable[[], Bits], ...] = (
            lambda: np.bitwise_or.reduce([self._none(), *before]),
            lambda: self._near(quantity, before),
            lambda: self._own(quantity, quantity.else_steps, self.changes.reach_km),
            lambda: self._route(quantity),
            lambda: self._last_resort(quantity, exact & ~here.any(axis=1)),
        )
        for ask in wider:
            empty = exact & ~here.any(axis=1)
            if empty.any():
                here[empty] = ask()[empty]
        return here

    def _passes(self, quantity: Quantity, column: str) -> Flags:
        """Return where a column that a quantity follows from passes a limit, if it acts through limits alone."""
        limits = [_limits(release, quantity.across.get(column, ())) for release in (self.old, self.new)]
        old, new = (getattr(self.found[column], side) for side in ("old", "new"))
        if column not in quantity.across or None in limits:
            return np.ones(len(new), dtype=bool)
        at = np.unique(np.concatenate([np.array(values or (), dtype=float) for values in limits]))
        old, new = old.astype(float), new.astype(float)
        passes: Flags = np.isnan(old) != np.isnan(new)
        for side in _SIDES:  # a value at a limit may count either way
            passes |= np.searchsorted(at, old, side=side) != np.searchsorted(at, new, side=side)
        return passes

    def _near(self, quantity: Quantity, before: Sequence[Bits]) -> Bits:
        near = self._own(quantity, quantity.steps, self.changes.reach_km)
        kp, reach = self.match.kp_km, self.changes.reach_km
        low = np.searchsorted(kp, kp - reach - 1e-9)
        high = np.searchsorted(kp, kp + reach + 1e-9, side="right")
        bounds = np.column_stack([low, high]).ravel()
        for bits in before:
            padded = np.vstack([bits, np.zeros((1, bits.shape[1]), np.uint8)])
            near |= np.bitwise_or.reduceat(padded, bounds, axis=0)[::2]
        return near

    def _route(self, quantity: Quantity) -> Bits:
        """Return the inputs of the route where nothing else explains a number: other stations, another grid."""
        bits = self._none()
        if result_changed(self.old, self.new, _ROUTE, quantity.step):
            bits[:] = self.of_route()
        return bits

    def _last_resort(self, quantity: Quantity, unexplained: Flags) -> Bits:
        """Return the only input that can bear on a quantity; of several the nearest file of an earlier step."""
        bits = self._none()
        readers = list(self._readers(quantity, set()))
        able = [i for i, change in enumerate(self.inputs) if any(self._bears(change, *reader) for reader in readers)]
        if any(result_changed(self.old, self.new, _ROUTE, reader.step) for reader, _ in readers):
            able += [i for i, change in enumerate(self.inputs) if self._is_of_route(change)]
        if len(set(able)) == 1:
            bits[:] = self._bit(able[0])
            return bits
        earlier = {step for _, steps in readers for step in steps} - {quantity.step}
        files = [i for i in sorted(set(able)) if self.inputs[i].kind == "file" and earlier & set(self.inputs[i].steps)]
        places = np.flatnonzero(unexplained)
        least = np.full(len(places), np.inf)
        for index in files:
            apart = self._apart_km(self.inputs[index], sorted(earlier), places)
            nearer = apart < least
            bits[places[nearer]] = self._bit(len(self.inputs) + index)
            least[nearer] = apart[nearer]
        return bits

    def _readers(self, quantity: Quantity, seen: set[str]) -> Iterator[tuple[Quantity, list[str]]]:
        """Yield all that a quantity follows from, near or far, itself first, with the steps whose inputs it takes."""
        seen.add(quantity.column)
        yield quantity, self._steps(quantity, (*quantity.steps, *quantity.else_steps))
        for column in quantity.follows_from:
            other = BY_COLUMN[column]
            if column not in seen and other.step in self._steps(quantity, (other.step,)):
                yield from self._readers(other, seen)

    def _steps(self, quantity: Quantity, others: Sequence[str]) -> list[str]:
        """Return the step of a quantity, and those others from which it got something else."""
        changed = [step for step in others if result_changed(self.old, self.new, step, quantity.step)]
        return [quantity.step, *changed]

    def _bears(self, change: InputChange, quantity: Quantity, steps: Sequence[str]) -> bool:
        """Return whether a quantity can depend on an input that some steps read for it."""
        if not change.may_matter or not set(steps) & set(change.steps):
            return False
        used = quantity.parameters is None or quantity.step not in change.steps
        return change.kind != "parameter" or used or is_under(change.name, quantity.parameters or ())

    def _own(self, quantity: Quantity, others: Sequence[str], reach_km: float) -> Bits:
        """Return the inputs that the step of a quantity reads itself, or that others read for it, where they reach."""
        steps = self._steps(quantity, others)
        bits = self._none()
        for index, change in enumerate(self.inputs):
            if self._bears(change, quantity, steps):
                bits |= np.where(self._reaches(change, steps, reach_km)[:, None], self._bit(index), np.uint8(0))
        return bits

    def _anywhere(self, quantity: Quantity) -> Bits:
        """Return inputs that act on the whole route at once: its length and sections share out the tolerance."""
        bits = self._none()
        if quantity.column != LIMIT:
            return bits
        shared = {str(_parameter(release, "acceptance", "allocation", "length")) for release in (self.old, self.new)}
        old_km, new_km = (_length_km(release) for release in (self.old, self.new))
        if shared & {"length", "section"} and old_km != new_km:
            bits[:] |= self.of_route()
        if "section" in shared:
            bits[:] |= _union(self.behind(SOIL))
        return bits

    def of_route(self) -> Bits:
        """Return all inputs of the route that may matter, as one row."""
        rows = [self._bit(i) for i, change in enumerate(self.inputs) if self._is_of_route(change)]
        return _union(np.array(rows)) if rows else self._none()[0]

    def _is_of_route(self, change: InputChange) -> bool:
        """Return whether an input made another route: a file from which the same stations come out made none."""
        same = not self.match.by_place and not self.match.offset_m.any()
        return change.may_matter and _ROUTE in change.steps and not (same and change.kind == "file")

    def _bit(self, index: int) -> Bits:
        row = np.zeros(2 * len(self.inputs), dtype=bool)
        row[index] = True
        return np.packbits(row)

    def _none(self) -> Bits:
        return np.zeros((len(self.match.kp_km), -(-2 * len(self.inputs) // 8)), dtype=np.uint8)

    def _reaches(self, change: InputChange, steps: Sequence[str], reach_km: float) -> Flags:
        """Return the stations that a file can bear on: within its extent of either release, where it states one."""
        whole = np.ones(len(self.match.kp_km), dtype=bool)
        if change.kind != "file":
            return whole
        inside = np.zeros_like(whole)
        for spans, kp in self._extents(change, steps):
            if spans is None:
                return whole
            inside |= _apart(kp, spans) <= reach_km
        return inside

    def _apart_km(self, change: InputChange, steps: Sequence[str], places: Ints) -> Floats:
        """Return how far stations lie from the extents that a file states; infinite where it states none."""
        apart = np.full(len(places), np.inf)
        for spans, kp in self._extents(change, steps):
            apart = np.fmin(apart, _apart(kp[places], spans or ()))
        return apart

    def _extents(self, change: InputChange, steps: Sequence[str]) -> Iterator[tuple[list[Span] | None, Floats]]:
        """Yield the extents of a file in either release, with the kilometre posts of the stations in that release."""
        readers = sorted(set(steps) & set(change.steps))
        if change.what != "added":
            name = change.old if change.what == "renamed" else change.name
            yield extent(self.old, self.new, name, readers), self.match.old_kp_km
        if change.what != "removed":
            yield extent(self.new, self.old, change.name, readers), self.match.kp_km

    def names(self, bits: Bits) -> tuple[InputChange, ...]:
        """Return the inputs of one row, or of the union of rows; those that are only the nearest come last."""
        count = len(self.inputs)
        chosen = np.flatnonzero(np.unpackbits(_union(bits), count=2 * count)).tolist() if count else []
        found = [self.inputs[i] if i < count else replace(self.inputs[i - count], nearest=True) for i in chosen]
        return tuple(dict.fromkeys(found))


def _union(bits: Bits) -> Bits:
    """Return the union of rows as one row."""
    united: Bits = np.bitwise_or.reduce(np.atleast_2d(bits), axis=0)
    return united


def _apart(kp_km: Floats, spans: Sequence[Span]) -> Floats:
    """Return how far stations lie from the nearest of some spans, 0 inside; infinite without any."""
    apart = np.full(len(kp_km), np.inf)
    for start, end in spans:
        apart = np.fmin(apart, np.maximum(np.maximum(start - kp_km, kp_km - end), 0.0))
    return apart


def _limits(release: Release, limits: Sequence[float | str]) -> list[float] | None:
    """Return limits, those that are named as a release was built with; None where it does not tell one."""
    found: list[float] = []
    for limit in limits:
        values = [limit] if isinstance(limit, float) else _numbers_at(release.manifest.get("parameters"), limit)
        if not values:
            return None
        found += values
    return found


def _numbers_at(value: Any, path: str) -> list[float]:
    """Return the numbers under a dotted name, in every item of a list."""
    name, _, rest = path.partition(".")
    if not path:
        return [float(value)] if isinstance(value, int | float) else []
    if isinstance(value, list) and not name.isdigit():
        return [number for item in value for number in _numbers_at(item, path)]
    if isinstance(value, list):
        return [number for item in value if isinstance(item, list) for number in _numbers_at(item[int(name)], rest)]
    return _numbers_at(value[name], rest) if isinstance(value, dict) and name in value else []


def _parameter(release: Release, section: str, key: str, default: object) -> object:
    return release.manifest.get("parameters", {}).get(section, {}).get(key, default)


def _length_km(release: Release) -> object:
    return release.manifest.get("totals", {}).get("route_length_km")
