"""The comparison of two releases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from pydantic import ValidationError

from pipeline.config import Config
from pipeline.config.changes import ChangeTolerance
from pipeline.config.fields import Section
from pipeline.errors import DataError
from pipeline.mapping import words
from pipeline.mapping.layers import Layer, read_layers
from pipeline.mapping.messages import Number, Said, msgid, say
from pipeline.releases.changes.causes import Causes
from pipeline.releases.changes.differences import differences
from pipeline.releases.changes.inputs import InputChange, input_changes
from pipeline.releases.changes.places import Match, Span, match_stations
from pipeline.releases.changes.quantities import TARGET
from pipeline.releases.changes.ranges import ChangedRange, Part, Ranges
from pipeline.releases.changes.stations import read_stations
from pipeline.releases.release import Release

_Model = TypeVar("_Model", bound=Section)


@dataclass(frozen=True)
class Changes:
    """What differs between two releases.

    Attributes
    ----------
    old_id, new_id : str
        Their names.
    old_published, new_published : str
        When they were published.
    by_place : bool
        The stations are not the same ones: kilometre posts are compared by place.
    route_words : tuple of Said
        How the route changed, a sentence each.
    left : tuple of (float, float)
        Pieces of the old route, in its kilometre posts, where the new one does not run.
    ranges : tuple of ChangedRange
        In the order of the new route.
    inputs : tuple of InputChange
        All inputs that differ, also those behind no difference.
    totals : dict
        ``totals`` of the manifests, ``old`` and ``new``.
    layers_changed : tuple of Said
        What differs in what the layers rest on: provenance, and whether they are assessed.
    files_changed : tuple of str
        Published files whose content differs.
    tolerance : ChangeTolerance
        What counted as a change.
    """

    old_id: str
    new_id: str
    old_published: str
    new_published: str
    by_place: bool
    route_words: tuple[Said, ...]
    left: tuple[Span, ...]
    ranges: tuple[ChangedRange, ...]
    inputs: tuple[InputChange, ...]
    totals: dict[str, Any]
    layers_changed: tuple[Said, ...]
    files_changed: tuple[str, ...]
    tolerance: ChangeTolerance

    def km(self, *kinds: str) -> float:
        """Return the kilometres of cable that changed so."""
        return sum(piece.changed_km for piece in self.ranges if piece.kind in kinds)

    def km_behind(self, change: InputChange) -> float:
        """Return along how many kilometres an input is a cause, or one of several that may be."""
        return _union_km(part for piece in self.ranges for part in piece.parts if change in part.causes)

    def km_alone(self, change: InputChange) -> float:
        """Return along how many kilometres an input is the only cause that was found of something."""
        return _union_km(part for piece in self.ranges for part in piece.parts if part.certain_cause == change)


def compare(old: Release, new: Release, tolerance: ChangeTolerance | None = None) -> Changes:
    """Compare two releases, station by station, and attribute every difference to the inputs that changed.

    Parameters
    ----------
    old, new : Release
        Any two releases of one corridor. Only their files are read.
    tolerance : ChangeTolerance, optional
        What counts as a change; without, what the new release was built with.

    Raises
    ------
    DataError
        If a release is damaged or lacks what is compared.
    """
    tolerance = tolerance or tolerance_of(new)
    was, now = read_stations(old), read_stations(new)
    match = match_stations(was, now, crs_of(new), tolerance)
    found = differences(was, now, match, tolerance)
    inputs = input_changes(old, new)
    causes = Causes(old, new, inputs, {item.quantity.column: item for item in found}, match, tolerance)
    ranges = Ranges(
        match, found, causes, was["kp_km"].to_numpy(), was[TARGET].to_numpy(), tolerance.gap_km
    ).cut()  # fmt: skip
    return Changes(
        old_id=_name(old),
        new_id=_name(new),
        old_published=str(old.manifest.get("published", "")),
        new_published=str(new.manifest.get("published", "")),
        by_place=match.by_place,
        route_words=tuple(_route_words(match, was["kp_km"].to_numpy(), ranges)),
        left=match.left,
        ranges=ranges,
        inputs=inputs,
        totals={"old": old.manifest.get("totals", {}), "new": new.manifest.get("totals", {})},
        layers_changed=tuple(_layers_changed(old, new)),
        files_changed=tuple(_files_changed(old, new)),
        tolerance=tolerance,
    )


def _union_km(parts: Iterable[Part]) -> float:
    total, reached = 0.0, -np.inf
    for start, end in sorted((part.kp_from_km, part.kp_to_km) for part in parts):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return float(total)


def _name(release: Release) -> str:
    """Return the id as the manifest tells it: a release that is still being put together lies in another folder."""
    return str(release.manifest.get("release") or release.id)


def tolerance_of(release: Release) -> ChangeTolerance:
    """Return ``[changes]`` as a release was built with; the defaults where it was built before there was any."""
    return section_of(release, "changes", ChangeTolerance)


def section_of(release: Release, name: str, model: type[_Model]) -> _Model:
    """Return a section of the configuration that a release was built with; keys that are not known are left out.

    Raises
    ------
    DataError
        If its manifest holds something unusable.
    """
    given = release.manifest.get("parameters", {}).get(name, {})
    try:
        return model(**{key: given[key] for key in model.model_fields if key in given})
    except (TypeError, ValidationError) as error:
        raise DataError(
            f"the manifest of release {release.id} cannot be used: {error}",
            where=f"{release.folder}/data/processed/manifest.json, parameters.{name}",
            remedy="Compare other releases ('corridor releases' lists them), or build this one again.",
        ) from error


def crs_of(release: Release) -> str:
    """Return the projected CRS of a release's corridor."""
    return str(release.manifest.get("parameters", {}).get("corridor", {}).get("crs", Config().corridor.crs))


def _route_words(match: Match, old_kp: np.ndarray[Any, Any], ranges: tuple[ChangedRange, ...]) -> Iterator[Said]:
    if not match.by_place:
        return
    old_km, new_km = float(old_kp[-1]), float(match.kp_km[-1])
    away = [piece for piece in ranges if piece.kind == "elsewhere"]
    if away or match.left or match.moved.any() or abs(old_km - new_km) > _spacing_km(match):
        yield say(
            "The route itself changed, so the comparison is by place, not by KP: {old} became {new}.",
            old=words.quantity(old_km, "km", 3),
            new=words.quantity(new_km, "km", 3),
        )
    else:
        yield say("The stations lie at other places along the same route, so the comparison is by place, not by KP.")
    if match.reversed:
        yield say("KP count from the other end now.")
    replaced = set()
    for piece in away:
        where = _posts(piece.kp_from_km, piece.kp_to_km)
        span = (piece.old_kp_from_km, piece.old_kp_to_km)
        if np.isnan(span).any():
            yield say(
                "KP {from} to {to}: the route is new here, beyond the end of the old one. Nothing is compared there.",
                **where,
            )
            continue
        low, high = sorted(span)
        replaced |= {left for left in match.left if low - 0.5 <= left[0] and left[1] <= high + 0.5}
        yield say(
            "KP {from} to {to}: the route runs elsewhere, up to {offset} from the old one (old KP {old_from} to "
            "{old_to}). Values are not compared there.",
            **where,
            offset=words.quantity(piece.offset_m, "m", 0),
            old_from=Number(span[0], 1),
            old_to=Number(span[1], 1),
        )
    for start, end in match.left:
        if (start, end) not in replaced:
            yield say("Old KP {from} to {to}: the route does not run there any more.", **_posts(start, end))
    moved = match.moved & match.comparable
    if moved.any():
        yield say(
            "Elsewhere it lies within {offset} of the old route, and is compared with what was nearest.",
            offset=words.quantity(match.offset_m[moved].max(), "m", 0),
        )
    shift = (match.kp_km - match.old_kp_km)[match.comparable]
    if len(shift) and not match.reversed and np.abs(shift).max() >= 0.01:
        yield say(
            "The same place has a KP that differs by {least} to {most} km from the old one.",
            least=_signed(float(shift.min())),
            most=_signed(float(shift.max())),
        )


def _posts(start_km: float, end_km: float) -> dict[str, Number]:
    return {"from": Number(start_km, 1), "to": Number(end_km, 1)}


def _signed(km: float) -> Said:
    return say("+{n}", n=Number(km, 2)) if km >= 0.0 else say("{n}", n=Number(km, 2))


def _spacing_km(match: Match) -> float:
    """Return the station spacing: lengths that differ by less say nothing of the route."""
    return float(np.diff(match.kp_km).max())


def _layers_changed(old: Release, new: Release) -> Iterator[Said]:
    before, after = (
        {layer.step: layer for layer in read_layers(release.manifest.get("layers", {}))} for release in (old, new)
    )
    for step, layer in after.items():
        was = before.get(step)
        if was is None:
            yield say("{layer}: not part of the old release", layer=layer.title)
        elif was.assessed != layer.assessed:
            yield say(
                msgid("{layer}: now assessed") if layer.assessed else msgid("{layer}: no longer assessed"),
                layer=layer.title,
            )
        elif was.provenance != layer.provenance:
            yield say(
                "{layer}: rests on {now} data, on {before} data before",
                layer=layer.title,
                now=_provenance(layer),
                before=_provenance(was),
            )
    for step, layer in before.items():
        if step not in after:
            yield say("{layer}: not part of the new release", layer=layer.title)


def _provenance(layer: Layer) -> str:
    return words.said(layer.provenance, words.PROVENANCE) if layer.provenance else say("unstated")


def _files_changed(old: Release, new: Release) -> Iterator[str]:
    before, after = old.manifest.get("outputs", {}), new.manifest.get("outputs", {})
    yield from sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
