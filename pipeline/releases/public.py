"""What a release tells the public: a portal and a manifest that hold no place, no shortfall and no name of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from pipeline.mapping import audience, panels, words
from pipeline.mapping.layers import Layer, make_banner, overall, read_layers
from pipeline.mapping.messages import Day, Listed, Said, say
from pipeline.mapping.ramps import TargetPalette
from pipeline.releases.looks import portal_page
from pipeline.releases.release import PUBLIC, Release
from pipeline.releases.small_map import SmallMap, drawn
from pipeline.releases.trend import when

PUBLIC_MAP: Final = f"{PUBLIC}/maps/corridor.html"


def public_manifest(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the manifest that the public may read.

    Parameters
    ----------
    manifest : mapping
        The whole one.

    Returns
    -------
    dict
        Name, dates, totals without places, what every layer rests on, files with checksums, versions.
    """
    prefix = f"{PUBLIC}/"
    return {
        "release": manifest["release"],
        "published": manifest["published"],
        "corridor": manifest["corridor"],
        "audience": "public",
        "marking": _marking_words(manifest),
        "data_as_of": _told(manifest).get("data_as_of", ""),
        "totals": audience.public_totals(manifest["totals"]),
        "layers": {layer.step: _layer(layer) for layer in _layers(manifest)},
        "outputs": {
            name.removeprefix(prefix): digest
            for name, digest in sorted(manifest["outputs"].items())
            if name.startswith(prefix)
        },
        "versions": manifest["versions"],
    }


def render_public_portal(release: Release, history: Sequence[Release]) -> str:
    """Return the portal that the public reads.

    Parameters
    ----------
    release : Release
        The one that the page shows.
    history : sequence of Release
        All that are kept, oldest first, ``release`` among them; those without a map for the public, or with one that is
        finer than this, are left out.

    Raises
    ------
    CorridorError
        If the page would fetch something from outside.
    """
    manifest = release.manifest
    layers, told = _layers(manifest), _told(manifest)
    totals = audience.public_totals(manifest["totals"])
    as_of = str(told.get("data_as_of") or "")
    ids = [item.manifest["release"] for item in history]
    here = ids.index(manifest["release"])
    entries = [
        {
            "id": item.manifest["release"],
            "published": when(item.manifest),
            "place": "this" if place == here else "newer" if place > here else "older",
            "has_map": PUBLIC_MAP in item.manifest["outputs"],
            "bars": _bars(item.manifest),
        }
        for place, item in enumerate(history)
        if place == here or (PUBLIC_MAP in item.manifest["outputs"] and item.public_step_km >= release.public_step_km)
    ]
    before = next((item for item in history if item.manifest["release"] == release.before), None)
    return portal_page(
        "public_index.html",
        id=manifest["release"],
        published=when(manifest),
        name=manifest["corridor"],
        landings=told.get("landings") or (),
        label=manifest["parameters"]["route"]["label"],
        audience="public",
        marking=audience.marking("public", _step_km(manifest)),
        as_of=as_of,
        data_until=[say("Data as of {day}", day=Day(as_of))] if as_of else [],
        length=words.quantity(totals.get("route_length_km"), "km", 0) if totals else "",
        build="",
        stale_after_days=manifest["parameters"]["map"]["stale_after_days"],
        banner=make_banner(layers, totals.get("not_assessed") or ()),
        weakest=overall(layers),
        bars=_bars(manifest),
        totals=audience.public_rows(totals) if totals else [],
        small=_small(told),
        has_map=PUBLIC_MAP in manifest["outputs"],
        changes=list(changed_words(before.manifest, manifest)) if before else [],
        layers=layers,
        coast=told.get("sources") or (),
        entries=entries[::-1],
    )  # fmt: skip


def changed_words(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Said]:
    """Yield what differs between two releases in what the public may read; one line where nothing does.

    Parameters
    ----------
    before, now : mapping
        Whole manifests.
    """
    was, new = (audience.public_totals(manifest["totals"]) for manifest in (before, now))
    lines = []
    lengths = [words.quantity(side.get("route_length_km"), "km", 0) for side in (was, new)]
    if lengths[0] != lengths[1]:
        lines.append(say("Route length: {old} before, {new} now.", old=lengths[0], new=lengths[1]))
    for depth_m in sorted({float(depth) for side in (was, new) for depth in side.get("dol_km") or {}}):
        old_km, new_km = (_km_at(side, depth_m) for side in (was, new))
        if old_km != new_km:
            lines.append(
                say(
                    "Target depth {depth}: {old} before, {new} now.",
                    depth=words.depth(depth_m),
                    old=words.quantity(old_km, "km", 0),
                    new=words.quantity(new_km, "km", 0),
                )
            )
    sides = [{layer.title: _resting(layer) for layer in _layers(side)} for side in (before, now)]
    lines += [
        say("{layer}: now {resting}.", layer=title, resting=resting)
        for title, resting in sides[1].items()
        if sides[0].get(title) != resting
    ]
    yield from lines or [say("Nothing that the public is told differs from the release before.")]


def _km_at(totals: Mapping[str, Any], depth_m: float) -> float:
    return sum(float(km) for depth, km in (totals.get("dol_km") or {}).items() if float(depth) == depth_m)


def _resting(layer: Layer) -> str:
    if not layer.assessed:
        return words.NOT_ASSESSED
    rests_on = words.said(layer.provenance, words.PROVENANCE) if layer.provenance else say("not stated")
    names = Listed([source.name.replace("_", " ") for source in layer.sources], ", ")
    return say("{provenance} ({sources})", provenance=rests_on, sources=names) if layer.sources else rests_on


def _layers(manifest: Mapping[str, Any]) -> tuple[Layer, ...]:
    return audience.public_layers(read_layers(manifest["layers"]))


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "assessed": layer.assessed,
        "provenance": layer.provenance,
        "sources": [
            {
                "name": source.name, "provenance": source.provenance, "licence": source.licence,
                "attribution": source.attribution,
            }
            for source in layer.sources
        ],
    }  # fmt: skip


def _told(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    told: Mapping[str, Any] = manifest["layers"].get("public", {})
    return told


def _step_km(manifest: Mapping[str, Any]) -> float:
    return float(manifest["parameters"]["map"]["public_step_km"])


def _marking_words(manifest: Mapping[str, Any]) -> str:
    marking = audience.marking("public", _step_km(manifest))
    return f"{marking.title}. {marking.note}"


def _bars(manifest: Mapping[str, Any]) -> list[panels.Bar]:
    palette = TargetPalette(manifest["parameters"]["burial"]["ladder_m"])
    return [bar for bar in panels.length_bars(audience.public_totals(manifest["totals"]), palette) if bar.km > 0]


def _small(told: Mapping[str, Any]) -> SmallMap | None:
    line = np.asarray(told.get("line") or [], float)
    if len(line) < 2:
        return None
    return drawn(np.arange(len(line), dtype=float), line[:, 0], line[:, 1], (), told.get("land") or ())
