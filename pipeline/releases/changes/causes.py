"""Which changed inputs are behind a changed number: those of its own step, and those of what it follows from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.config.changes import ChangeTolerance
from pipeline.errors import DataError
from pipeline.geo import Floats
from pipeline.releases.changes.differences import Difference
from pipeline.releases.changes.inputs import InputChange, comes_after, is_under, result_changed
from pipeline.releases.changes.places import Match, Span
from pipeline.releases.changes.quantities import BY_COLUMN, LIMIT, SOIL, Quantity
from pipeline.releases.release import Release

Bits = NDArray[np.uint8]
"""Sets of inputs, one row a station: bit by bit as ``numpy.packbits`` has them."""

_ROUTE: Final = "route"


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
        there too. Where that names none, the same is asked of the neighbourhood: anchors drag, slopes have two ends.
        """
        if column not in self._known:
            self._known[column] = self._behind(BY_COLUMN[column])
        return self._known[column]

    def _behind(self, quantity: Quantity) -> Bits:
        exact = self.found[quantity.column].exact
        if not exact.any() or not self.inputs:
            return self._none()
        before = [
            self.behind(column)
            for column in quantity.follows_from
            if BY_COLUMN[column].step == quantity.step
            or comes_after(self.old, self.new, BY_COLUMN[column].step, quantity.step)
        ]
        here = self._own(quantity, quantity.steps, 0.0) | self._anywhere(quantity)
        here[self.match.moved] |= self.of_step(_ROUTE)
        for bits in before:
            here |= bits
        here[~exact] = 0
        wider: tuple[Callable[[], Bits], ...] = (
            lambda: self._near(quantity, before),
            lambda: self._own(quantity, quantity.else_steps, self.changes.reach_km),
            lambda: self._route(quantity),
        )
        for ask in wider:
            empty = exact & ~here.any(axis=1)
            if empty.any():
                here[empty] = ask()[empty]
        return here

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
            bits[:] = self.of_step(_ROUTE)
        return bits

    def _own(self, quantity: Quantity, others: Sequence[str], reach_km: float) -> Bits:
        """Return the inputs that the step of a quantity reads itself, or that others read for it, where they reach."""
        steps = [quantity.step]
        steps += [step for step in others if result_changed(self.old, self.new, step, quantity.step)]
        bits = self._none()
        for index, change in enumerate(self.inputs):
            if not change.may_matter or not set(steps) & set(change.steps):
                continue
            bears = quantity.parameters is None or quantity.step not in change.steps
            if change.kind == "parameter" and not bears and not is_under(change.name, quantity.parameters or ()):
                continue
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
            bits[:] |= self.of_step(_ROUTE)
        if "section" in shared:
            bits[:] |= _union(self.behind(SOIL))
        return bits

    def of_step(self, step: str) -> Bits:
        """Return all inputs of a step that may matter, as one row."""
        rows = [self._bit(i) for i, change in enumerate(self.inputs) if change.may_matter and step in change.steps]
        return _union(np.array(rows)) if rows else self._none()[0]

    def _bit(self, index: int) -> Bits:
        row = np.zeros(len(self.inputs), dtype=bool)
        row[index] = True
        return np.packbits(row)

    def _none(self) -> Bits:
        return np.zeros((len(self.match.kp_km), -(-len(self.inputs) // 8)), dtype=np.uint8)

    def _reaches(self, change: InputChange, steps: Sequence[str], reach_km: float) -> NDArray[np.bool_]:
        """Return the stations that a file can bear on: within its extent of either release, where it states one."""
        whole = np.ones(len(self.match.kp_km), dtype=bool)
        if change.kind != "file":
            return whole
        inside = np.zeros_like(whole)
        sides = ((self.old, self.match.old_kp_km, "added"), (self.new, self.match.kp_km, "removed"))
        for release, kp, absent in sides:
            if change.what == absent:
                continue
            spans = _extent(release, change, steps)
            if spans is None:
                return whole
            inside |= _within(kp, spans, reach_km)
        return inside

    def names(self, bits: Bits) -> tuple[InputChange, ...]:
        """Return the inputs of one row, or of the union of rows."""
        chosen = np.flatnonzero(np.unpackbits(_union(bits), count=len(self.inputs))) if self.inputs else ()
        return tuple(self.inputs[int(index)] for index in chosen)


def _union(bits: Bits) -> Bits:
    """Return the union of rows as one row."""
    united: Bits = np.bitwise_or.reduce(np.atleast_2d(bits), axis=0)
    return united


def _within(kp_km: Floats, spans: Sequence[Span], reach_km: float) -> NDArray[np.bool_]:
    inside = np.zeros(len(kp_km), dtype=bool)
    for start, end in spans:
        inside |= (kp_km >= start - reach_km) & (kp_km <= end + reach_km)
    return inside


def _extent(release: Release, change: InputChange, steps: Sequence[str]) -> list[Span] | None:
    """Return where a file lies along the route, as the steps that read it tell; None where one does not tell."""
    spans: list[Span] = []
    for step in sorted(set(steps) & set(change.steps)):
        told = release.manifest.get("layers", {}).get(step, {}).get("file_kp_km")
        if not isinstance(told, dict):
            return None
        # What lies beside a file (its world file, its statistics) goes with it; who is not listed gave no value.
        names = [change.name] if change.name in told else [name for name in told if _stem(name) == _stem(change.name)]
        try:
            spans += [(float(start), float(end)) for name in names for start, end in told[name]]
        except (TypeError, ValueError) as error:
            raise DataError(
                f"the extent of {change.name} is not a list of kilometre posts: {error}",
                where=f"{release.folder}/data/processed/manifest.json, layers.{step}.file_kp_km",
                remedy="Compare other releases ('corridor releases' lists them), or build this one again.",
            ) from error
    return spans


def _stem(name: str) -> str:
    folder, slash, file = name.rpartition("/")
    return folder + slash + file.partition(".")[0]


def _parameter(release: Release, section: str, key: str, default: object) -> object:
    return release.manifest.get("parameters", {}).get(section, {}).get(key, default)


def _length_km(release: Release) -> object:
    return release.manifest.get("totals", {}).get("route_length_km")
