"""What a release tells the public: a portal and a manifest that hold no place, no shortfall and no name of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from pipeline.mapping import assets, audience, panels
from pipeline.mapping.escape import environment
from pipeline.mapping.layers import Layer, make_banner, overall, read_layers
from pipeline.mapping.policy import content_policy
from pipeline.mapping.ramps import TargetPalette
from pipeline.releases.looks import page_parts
from pipeline.releases.release import PUBLIC, Release
from pipeline.releases.small_map import SmallMap, drawn
from pipeline.releases.trend import when

_PACKAGE: Final = "pipeline.releases"
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
        All that are kept, oldest first, ``release`` among them; those without a map for the public are left out.

    Raises
    ------
    CorridorError
        If the page would fetch something from outside.
    """
    manifest = release.manifest
    layers, told = _layers(manifest), _told(manifest)
    totals = audience.public_totals(manifest["totals"])
    ids = [item.manifest["release"] for item in history]
    here = ids.index(manifest["release"])
    entries = [
        {
            "id": item.manifest["release"],
            "published": when(item.manifest),
            "place": "this" if place == here else "newer" if place > here else "older",
            "bars": _bars(item.manifest),
        }
        for place, item in enumerate(history)
        if place == here or PUBLIC_MAP in item.manifest["outputs"]
    ]
    before = next((item for item in history if item.manifest["release"] == release.before), None)
    page = environment(_PACKAGE).get_template("public_index.html").render(
        id=manifest["release"],
        published=when(manifest),
        name=manifest["corridor"],
        landings=told.get("landings") or (),
        label=manifest["parameters"]["route"]["label"],
        audience="public",
        marking=audience.marking("public", _step_km(manifest)),
        as_of=told.get("data_as_of") or "",
        stale_after_days=manifest["parameters"]["map"]["stale_after_days"],
        banner=make_banner(layers, totals.get("not_assessed") or ()),
        weakest=overall(layers),
        bars=_bars(manifest),
        totals=audience.public_rows(totals) if totals else [],
        small=_small(told),
        has_map=PUBLIC_MAP in manifest["outputs"],
        changes=list(changed_words(before.manifest, manifest)) if before else [],
        first=before is None,
        layers=layers,
        coast=told.get("sources") or (),
        entries=entries[::-1],
        **page_parts(),
        policy=content_policy(""),
    )  # fmt: skip
    assets.refuse_links(page)
    return page


def changed_words(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield what differs between two releases in what the public may read; the first line answers whether anything.

    Parameters
    ----------
    before, now : mapping
        Whole manifests.
    """
    was, new = (audience.public_totals(manifest["totals"]) for manifest in (before, now))
    lines = []
    if was.get("route_length_km") != new.get("route_length_km"):
        lines.append(f"Route length: {_km(was.get('route_length_km'))} before, {_km(new.get('route_length_km'))} now.")
    depths = [side.get("dol_km") or {} for side in (was, new)]
    for depth in sorted({*depths[0], *depths[1]}, key=lambda text: (not text.replace(".", "").isdigit(), text)):
        old_km, new_km = (side.get(depth, 0.0) for side in depths)
        if old_km != new_km:
            lines.append(f"Target depth {depth} m: {_km(old_km)} before, {_km(new_km)} now.")
    sides = [{layer.title: (layer.assessed, _resting(layer)) for layer in _layers(side)} for side in (before, now)]
    for title in [title for title in sides[1] if sides[0].get(title) != sides[1][title]]:
        assessed, resting = sides[1][title]
        lines.append(f"{title.capitalize()}: now {resting if assessed else 'not assessed'}.")
    yield from lines or ["Nothing that the public is told differs from the release before."]


def _km(length_km: float | None) -> str:
    return "not stated" if length_km is None else f"{length_km:g} km"


def _resting(layer: Layer) -> str:
    names = ", ".join(source.name.replace("_", " ") for source in layer.sources)
    return f"{layer.provenance or 'not stated'}{f' ({names})' if names else ''}"


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
