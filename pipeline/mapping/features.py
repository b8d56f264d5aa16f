"""Faults, cables, areas and so on near the route as drawn layers; what no source tells of is not assessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pipeline.geo import Route
from pipeline.mapping import vectors, words
from pipeline.mapping.inputs import Inputs
from pipeline.mapping.messages import Number, msgid, say
from pipeline.mapping.vectors import GeoJson
from pipeline.sources.vectors import read_features
from pipeline.workspace import SourceFiles, weakest

_REMEDY = "Give them in a readable vector file, or take the source out of the configuration."
_NAMES = ("name", "title", "label", "designation", "id")
_MOST_ATTRIBUTES = 6
_MOST_CHARACTERS = 1000
_SIMPLER_M = 50.0
_KM_PER_DEG = 111.32

ROLES: Final[dict[str, str]] = {
    "faults": msgid("Active faults"),
    "mud_volcanoes": msgid("Mud volcanoes"),
    "infrastructure": msgid("Cables and pipelines"),
    "constraints": msgid("Areas with constraints"),
    "anchorages": msgid("Anchorages"),
}
"""Roles that are drawn as they are given, and their layers' names."""
FOUND: Final = "anchorages_found"
"""Layer of the anchorages that the shipping steps found in tracks."""


@dataclass(frozen=True)
class Drawn:
    """A layer of features.

    Attributes
    ----------
    name : str
        Role, or ``FOUND``.
    title : str
        In the layer control.
    shapes : dict
        Feature collection; the id of a feature is its place in ``notes``.
    notes : list of dict
        ``title`` and ``rows``, labels with texts.
    provenance : str
        Weakest of its sources.
    sources : tuple of str
        Their names.
    more : int
        Features that were left out beyond the limit.
    """

    name: str
    title: str
    shapes: GeoJson
    notes: list[dict[str, Any]]
    provenance: str
    sources: tuple[str, ...]
    more: int


def drawn_roles(
    inputs: Inputs, role: Callable[[str], Sequence[SourceFiles]], log: Callable[[str], None]
) -> list[Drawn]:
    """Return a layer for each of ``ROLES`` that has a source with anything near the route.

    Parameters
    ----------
    inputs : Inputs
        Route and limits.
    role : callable
        Gives the sources of a role.
    log : callable
        Told what was set aside in the files.
    """
    section, found = inputs.config.map, []
    for name, title in ROLES.items():
        sources = role(name)
        tables = [_read(source, path, title, log) for source in sources for path in source.paths]
        if not tables:
            continue
        table = pd.concat(tables, ignore_index=True)
        near, more = _nearest(table, inputs.frame.route, section.feature_margin_km, section.most_features)
        if not len(near):
            log(f"{title}: nothing within {section.feature_margin_km:g} km of the route")
        notes = [_note(row, say(title)) for row in near.drop(columns="geometry").to_dict("records")]
        provenance = weakest(source.section.provenance for source in sources)
        names = tuple(source.name for source in sources)
        found.append(Drawn(name, title, _collection(near.geometry), notes, provenance, names, more))
    return found


def found_anchorages(inputs: Inputs) -> Drawn | None:
    """Return the anchorages that lie in ship tracks; None where there are none."""
    path = inputs.folders["traffic"] / "anchorages.parquet" if "traffic" in inputs.folders else None
    if path is None or not path.is_file():
        return None
    table = gpd.read_parquet(path)
    if not len(table):
        return None
    told = inputs.facts["traffic"]
    notes = []
    for row in table.to_dict("records"):
        rows = [
            (
                say("Place"),
                say(
                    "KP {kp}, {offset} beside the route",
                    kp=Number(row["kp_km"], 1),
                    offset=words.quantity(abs(row["offset_m"]) / 1000.0, "km", 1),
                ),
            ),
            (say("Ships at anchor"), say("{hours} ship-hours per year", hours=Number(row["ship_hours_per_yr"]))),
            (say("Stops"), words.rate(row["stops_per_yr"])),
            (say("Mostly, deadweight"), say("{size} t", size=row["dwt_class_mostly"])),
            (say("Largest, deadweight"), say("{size} t", size=row["dwt_class_largest"])),
        ]  # fmt: skip
        notes.append({"title": say("Anchorage found in ship tracks"), "rows": rows})
    sources = tuple(str(source["name"]) for source in told.get("sources", ()))
    return Drawn(
        FOUND, msgid("Anchorages found in ship tracks"), _collection(table.geometry), notes,
        str(told.get("provenance", "")), sources, 0,
    )  # fmt: skip


def absent(drawn: Iterable[Drawn]) -> list[str]:
    """Return the titles of roles that no source tells of."""
    there = {layer.name for layer in drawn}
    return [title for name, title in ROLES.items() if name not in there]


def _read(source: SourceFiles, path: Any, title: str, log: Callable[[str], None]) -> gpd.GeoDataFrame:
    found = read_features(
        path, source.section.crs, what=title.lower(), remedy=_REMEDY, layer=source.section.variable, names=_NAMES
    )
    for remark in found.remarks:
        log(f"{path.name}, {remark.place}: {remark.message}")
    return found.table


def _nearest(table: gpd.GeoDataFrame, route: Route, margin_km: float, most: int) -> tuple[gpd.GeoDataFrame, int]:
    """Return the features within a distance of the route, those nearest first kept, and how many were too many."""
    squeeze = float(np.cos(np.radians(route.lat_deg.mean())))
    line = shapely.LineString(np.column_stack([route.lon_deg * squeeze, route.lat_deg]))
    flat = shapely.transform(np.asarray(table.geometry, dtype=object), lambda xy: xy * (squeeze, 1.0))
    distance_km = shapely.distance(flat, line) * _KM_PER_DEG
    near = np.flatnonzero(distance_km <= margin_km)
    kept = np.sort(near[np.argsort(distance_km[near], kind="stable")][:most])
    chosen = table.iloc[kept].copy()
    chosen.geometry = shapely.simplify(np.asarray(chosen.geometry, dtype=object), _SIMPLER_M / 1000.0 / _KM_PER_DEG)
    return chosen, len(near) - len(kept)


def _collection(shapes: gpd.GeoSeries) -> GeoJson:
    return vectors.collection(vectors.feature(str(index), shape) for index, shape in enumerate(shapes))


def _note(row: dict[str, Any], title: str) -> dict[str, Any]:
    """Return what a feature says of itself: texts of the file, never messages."""
    told = {str(key): _cut(value) for key, value in row.items() if not words.blank(value)}
    name = next((key for wanted in _NAMES for key in told if key.lower() == wanted), "")
    rows = [(key, text) for key, text in told.items() if key != name][:_MOST_ATTRIBUTES]
    return {"title": title, "name": told.get(name, ""), "rows": rows}


def _cut(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"
