"""The portal: a page that leads to the map and the files of one release, and tells where it stands among others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.mapping import assets, panels, words
from pipeline.mapping.escape import environment, script_text, style_text, template_source
from pipeline.mapping.layers import make_banner, overall, read_layers
from pipeline.mapping.policy import content_policy
from pipeline.mapping.ramps import TargetPalette
from pipeline.releases.release import MANIFEST, Release
from pipeline.releases.trend import build_costs, charts, step_costs, when

_PACKAGE: Final = "pipeline.releases"
_MAP: Final = "maps/corridor.html"
_BUILD_CHARACTERS: Final = 8
"""Characters at the end of a release's id that the map shows as its build."""
_CHANGE_LINES: Final = 8
"""Lines about changes that are open at once."""
DOWNLOADS: Final = {
    "zones.csv": "burial zones by kilometre post",
    "stations.csv": "one row a station, all results",
    "stations.parquet": "the same, typed",
    "rpl.csv": "route position list with burial and protection",
    "rpl.xlsx": "the same for Excel",
    "corridor.gpkg": "all vector layers with QGIS styles",
    "burial_depth.tif": "required depth P10, P50, P90 and target depth, whole swath (m)",
    "water_depth.tif": "water depth below the surface level (m)",
    "slope.tif": "seabed slope (degrees)",
    "roughness.tif": "seabed roughness (m)",
    "soil_class.tif": "seabed soil, Folk classes",
    "shipping_strike.tif": "anchor strikes, surface-laid (per km and year)",
    "fishing_strike.tif": "fishing strikes, surface-laid (per km and year)",
    "pga_475yr.tif": "peak ground acceleration, 475 years (g)",
    "pga_2475yr.tif": "peak ground acceleration, 2475 years (g)",
    "slope_stability.tif": "slope factor of safety",
}
"""File in ``data/processed/`` and what it holds."""


@dataclass(frozen=True)
class Entry:
    """A release in the list of those that are kept.

    Attributes
    ----------
    id, published : str
        Its name, and when it was published.
    place : {"this", "newer", "older"}
        How it stands to the release that the page shows.
    has_map : bool
        Whether it holds a map.
    bars : list of panels.Bar
        Kilometres by target depth.
    at_target, as_trenchable : str
        Strikes a year.
    """

    id: str
    published: str
    place: str
    has_map: bool
    bars: list[panels.Bar]
    at_target: str
    as_trenchable: str


def render_portal(
    release: Release, history: Sequence[Release], change_words: Sequence[str], notes: Sequence[str]
) -> str:
    """Return the portal page.

    Parameters
    ----------
    release : Release
        The one that the page shows; every download is of this release.
    history : sequence of Release
        All that are kept, oldest first, ``release`` among them.
    change_words : sequence of str
        What changed since the release before; empty where there is none to compare with.
    notes : sequence of str
        What else a reader must know, such as that an earlier release was brought back.

    Raises
    ------
    CorridorError
        If the page would fetch something from outside.
    """
    manifest = release.manifest
    layers = read_layers(manifest["layers"])
    told = manifest["layers"].get("map", {})
    totals, parameters = manifest["totals"], manifest["parameters"]
    costs = build_costs(history)
    page = environment(_PACKAGE).get_template("index.html").render(
        id=manifest["release"],
        build=manifest["release"][-_BUILD_CHARACTERS:],
        published=when(manifest),
        name=manifest["corridor"],
        landings=told.get("landings") or (),
        label=parameters["route"]["label"],
        length=words.quantity(totals.get("route_length_km"), "km", 1) if totals else "",
        as_of=told.get("data_as_of") or "",
        stale_after_days=parameters["map"]["stale_after_days"],
        notes=notes,
        banner=make_banner(layers, totals.get("not_assessed") or ()),
        weakest=overall(layers),
        totals=panels.totals_rows(totals) if totals else [],
        warnings=totals.get("warnings") or (),
        has_map=_MAP in manifest["outputs"],
        changes=list(change_words),
        most_changes=_CHANGE_LINES,
        first=manifest["release"] == history[0].manifest["release"],
        inputs=manifest["inputs"],
        left_out=manifest.get("left_for_next_run") or (),
        downloads=_downloads(manifest["outputs"]),
        manifest=MANIFEST,
        layers=layers,
        coast=told.get("sources") or (),
        steps=step_costs(release),
        cost=next(cost for cost in costs if cost.release == manifest["release"]),
        charts=charts(costs, manifest["release"]),
        costs={cost.release: cost for cost in costs},
        entries=_entries(manifest["release"], history),
        versions=manifest["versions"],
        style=style_text(template_source("index.css", _PACKAGE)),
        script=script_text(template_source("age.js")),
        policy=content_policy(""),
    )  # fmt: skip
    assets.refuse_links(page)
    return page


def _downloads(outputs: dict[str, str]) -> list[tuple[str, str]]:
    """Return the files of a release in the order of a reader's interest; units and lineage go with their table."""
    place = MANIFEST.rpartition("/")[0] + "/"
    there = [name.removeprefix(place) for name in sorted(outputs) if name.startswith(place)]
    known = [(name, text) for name, text in DOWNLOADS.items() if name in there]
    tables = tuple(f"{name}-metadata.json" for name in there)
    return known + [(name, "") for name in there if name not in DOWNLOADS and name not in tables]


def _entries(shown: str, history: Sequence[Release]) -> list[Entry]:
    """Return the kept releases, newest first."""
    ids = [release.manifest["release"] for release in history]
    here = ids.index(shown)
    entries = [
        _entry(release.manifest, "this" if place == here else "newer" if place > here else "older")
        for place, release in enumerate(history)
    ]
    return entries[::-1]


def _entry(manifest: dict[str, Any], place: str) -> Entry:
    totals = manifest["totals"]
    bars = panels.length_bars(totals, TargetPalette(manifest["parameters"]["burial"]["ladder_m"]))
    return Entry(
        id=manifest["release"],
        published=when(manifest),
        place=place,
        has_map=_MAP in manifest["outputs"],
        bars=[bar for bar in bars if bar.km > 0],
        at_target=words.rate(totals.get("strike_per_yr_at_target"), ""),
        as_trenchable=words.rate(totals.get("strike_per_yr_as_trenchable"), ""),
    )
