"""The portal: a page that leads to the map and the files of one release, and tells where it stands among others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.mapping import panels, words
from pipeline.mapping.audience import marking
from pipeline.mapping.layers import make_banner, overall, read_layers
from pipeline.mapping.messages import Day, Listed, Said, msgid, say
from pipeline.mapping.ramps import TargetPalette
from pipeline.releases.looks import portal_page
from pipeline.releases.public import PUBLIC_MAP
from pipeline.releases.release import MANIFEST, Release, said_changes
from pipeline.releases.small_map import SmallMap
from pipeline.releases.trend import build_costs, charts, step_costs, when

_PACKAGE: Final = "pipeline.releases"
_MAP: Final = "maps/corridor.html"
_BUILD_CHARACTERS: Final = 8
"""Characters at the end of a release's id that the map shows as its build."""
_CHANGE_LINES: Final = 8
"""Lines about changes that are open at once."""
_TELLING_LINES: Final = 2
_DAMAGED: Final = (
    OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError,
)  # fmt: skip
"""What to read a damaged list of changes may raise."""
"""Lines about changes in the list of releases: what became of the depths, and the next most important."""
DOWNLOADS: Final = {
    "zones.csv": msgid("burial zones by kilometre post"),
    "stations.csv": msgid("one row a station, all results"),
    "stations.parquet": msgid("the same, typed"),
    "strike_by_depth.csv": msgid("strikes a year at every station by depth of burial"),
    "strike_by_depth.parquet": msgid("the same, typed"),
    "strike_by_depth.tif": msgid("anchor strikes at every depth of the ladder, whole swath (per km and year)"),
    "rpl.csv": msgid("route position list with burial and protection"),
    "rpl.xlsx": msgid("the same for Excel"),
    "corridor.gpkg": msgid("all vector layers with QGIS styles"),
    "burial_depth.tif": msgid("required depth P10, P50, P90 and target depth, whole swath (m)"),
    "water_depth.tif": msgid("water depth below the surface level (m)"),
    "depth_source.tif": msgid("which source gave the depth"),
    "depth_confidence.tif": msgid("confidence in the depth: A, B or C"),
    "overlaps.csv": msgid("differences of overlapping depth sources by kilometre post"),
    "slope.tif": msgid("seabed slope (degrees)"),
    "roughness.tif": msgid("seabed roughness (m)"),
    "soil_class.tif": msgid("seabed soil, Folk classes"),
    "ship_passages.tif": msgid("ships that pass each cell, by deadweight class (per year)"),
    "ship_km.tif": msgid("kilometres sailed, by deadweight class (per km2 and year)"),
    "ship_hours.tif": msgid("ship-hours, by deadweight class (per km2 and year)"),
    "passages.csv": msgid("passages of the cable by station section and deadweight class"),
    "shipping_strike.tif": msgid("anchor strikes, surface-laid (per km and year)"),
    "fishing_strike.tif": msgid("fishing strikes, surface-laid (per km and year)"),
    "pga_475yr.tif": msgid("peak ground acceleration, 475 years (g)"),
    "pga_2475yr.tif": msgid("peak ground acceleration, 2475 years (g)"),
    "slope_stability.tif": msgid("slope factor of safety"),
}
"""File in ``data/processed/`` and what it holds."""


_UNTIL: Final = {
    ("ship", "fishing"): msgid("Ship and fishing data to {day}"),
    ("ship",): msgid("Ship data to {day}"),
    ("fishing",): msgid("Fishing data to {day}"),
}


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
    changed : str
        What distinguishes it from the release before.
    bars : list of panels.Bar
        Kilometres by target depth.
    at_target, as_trenchable : str
        Strikes a year.
    """

    id: str
    published: str
    place: str
    has_map: bool
    changed: str
    bars: list[panels.Bar]
    at_target: str
    as_trenchable: str


def render_portal(
    release: Release,
    history: Sequence[Release],
    change_words: Sequence[str],
    notes: Sequence[str],
    small: SmallMap | None = None,
) -> str:
    """Return the portal page.

    Parameters
    ----------
    release : Release
        The one that the page shows; every download is of this release.
    history : sequence of Release
        All that are kept, oldest first, ``release`` among them.
    change_words : sequence of str
        What changed since the release before, as messages where the program that compared them said it so; empty where
        there is none to compare with.
    notes : sequence of str
        What else a reader must know, such as that an earlier release was brought back.
    small : SmallMap, optional
        Where it changed.

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
    as_of = told.get("data_as_of") or ""
    return portal_page(
        "index.html",
        id=manifest["release"],
        build=manifest["release"][-_BUILD_CHARACTERS:],
        published=when(manifest),
        name=manifest["corridor"],
        landings=told.get("landings") or (),
        label=parameters["route"]["label"],
        length=words.quantity(totals.get("route_length_km"), "km", 1) if totals else "",
        audience="team",
        marking=marking("team", 0.0),
        has_public=PUBLIC_MAP in manifest["outputs"],
        public_map=PUBLIC_MAP,
        small=small,
        as_of=as_of,
        data_until=data_until(manifest, as_of),
        stale_after_days=parameters["map"]["stale_after_days"],
        notes=notes,
        banner=make_banner(layers, totals.get("not_assessed") or ()),
        weakest=overall(layers),
        bars=depth_bars(manifest),
        totals=route_totals(manifest) if totals else [],
        warnings=[panels.warning(text) for text in totals.get("warnings") or ()],
        has_map=_MAP in manifest["outputs"],
        changes=list(change_words),
        most_changes=_CHANGE_LINES,
        earliest=manifest["release"] == history[0].manifest["release"],
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
        entries=_entries(release, history, change_words),
        versions=manifest["versions"],
    )  # fmt: skip


def route_totals(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the route totals of a release and its scenarios as labels and texts."""
    life = manifest["parameters"]["corridor"].get("design_life_yr")
    return panels.totals_rows(manifest["totals"], design_life_yr=life, scenarios=manifest.get("scenarios"))


def depth_bars(manifest: dict[str, Any]) -> list[panels.Bar]:
    """Return the kilometres of a release by target depth, shallow first; depths that do not occur are left out."""
    palette = TargetPalette(manifest["parameters"]["burial"]["ladder_m"])
    return [bar for bar in panels.length_bars(manifest["totals"], palette) if bar.km > 0]


def _downloads(outputs: dict[str, str]) -> list[tuple[str, str]]:
    """Return the files of a release in the order of a reader's interest; units and lineage go with their table."""
    place = MANIFEST.rpartition("/")[0] + "/"
    there = [name.removeprefix(place) for name in sorted(outputs) if name.startswith(place)]
    known = [(name, say(text)) for name, text in DOWNLOADS.items() if name in there]
    tables = tuple(f"{name}-metadata.json" for name in there)
    return known + [(name, "") for name in there if name not in DOWNLOADS and name not in tables]


def data_until(manifest: dict[str, Any], as_of: str) -> list[Said]:
    """Return which data end on which day; a release made today may rest on ships of last year."""
    if manifest["parameters"]["map"]["data_as_of"]:
        return [say("Data as of {day}", day=Day(as_of))]
    layers, sources = manifest["layers"], manifest["parameters"]["sources"].values()
    ends = {"ship": [layers.get("ais", {}).get("period") or ()], "fishing": []}
    if layers.get("density", {}).get("assessed"):
        ends["ship"] = [source["period"] or () for source in sources if source["role"] == "ship_density"]
    if layers.get("fishing", {}).get("assessed"):
        ends["fishing"] = [source["period"] or () for source in sources if source["role"] == "fishing_effort"]
    told: dict[str, list[str]] = {}
    for what, periods in ends.items():
        if days := [str(period[-1])[:10] for period in periods if period]:
            told.setdefault(max(days), []).append(what)
    if not told and as_of:
        return [say("Data as of {day}", day=Day(as_of))]
    return [say(_UNTIL[tuple(named)], day=Day(day)) for day, named in told.items()]


def _entries(shown: Release, history: Sequence[Release], change_words: Sequence[str]) -> list[Entry]:
    """Return the kept releases, newest first."""
    by_id = {release.id: release for release in history}
    here = list(by_id).index(shown.id)
    entries = []
    for place, release in enumerate(history):
        lines = change_words if release.id == shown.id else _told(release)
        entries.append(
            _entry(
                release.manifest,
                "this" if place == here else "newer" if place > here else "older",
                _changed(release, by_id.get(release.before), lines),
            )
        )
    return entries[::-1]


def _told(release: Release) -> list[str]:
    try:
        return said_changes(release)
    except _DAMAGED:  # an old release that is damaged must not stop a new one
        return []


def _changed(release: Release, before: Release | None, lines: Sequence[str]) -> str:
    """Return in few words why a release is not the one before."""
    if not release.before:
        return say("There was none before to compare with.")
    if before and before.manifest["outputs"] == release.manifest["outputs"]:
        return say("Same results as the release before.")
    naming = f"Release {release.id} "  # the line that only says which two releases are compared
    telling = [line for line in lines if not line.startswith(naming)][:_TELLING_LINES]
    if not telling:
        return say("Not compared.")
    return say("{all}", all=Listed(telling, " ")) if isinstance(telling[0], Said) else " ".join(telling)


def _entry(manifest: dict[str, Any], place: str, changed: str) -> Entry:
    totals = manifest["totals"]
    return Entry(
        id=manifest["release"],
        published=when(manifest),
        place=place,
        has_map=_MAP in manifest["outputs"],
        changed=changed,
        bars=depth_bars(manifest),
        at_target=words.rate(totals.get("strike_per_yr_at_target"), ""),
        as_trenchable=words.rate(totals.get("strike_per_yr_as_trenchable"), ""),
    )
