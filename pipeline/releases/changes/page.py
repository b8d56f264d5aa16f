"""The comparison on a map: one self-contained page with the route, a chart, and the ranges as a table."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pandas as pd

from pipeline.config.map import MapSection
from pipeline.mapping import assets
from pipeline.mapping.audience import marking
from pipeline.mapping.catalogues import page_languages
from pipeline.mapping.escape import script_text, style_text, template_source
from pipeline.mapping.layers import make_banner, overall, read_layers
from pipeline.mapping.leaflet import CorridorFigure
from pipeline.mapping.messages import Day, Number, Said, say
from pipeline.mapping.style import page_style
from pipeline.releases.changes.chart import chart
from pipeline.releases.changes.compare import Changes, crs_of, section_of, tolerance_of
from pipeline.releases.changes.draw import OLD_ROUTE, STROKES, UNCHANGED, draw
from pipeline.releases.changes.places import match_stations
from pipeline.releases.changes.ranges import KINDS, ChangedRange
from pipeline.releases.changes.stations import read_stations
from pipeline.releases.changes.words import (
    KIND_WORDS,
    WANT_OF_DATA,
    answer_words,
    because_words,
    blind_words,
    by_importance,
    capital,
    input_lines,
    old_posts_words,
    posts_words,
    total_rows,
    what_words,
)
from pipeline.releases.release import Release

_PACKAGE: Final = "pipeline.releases.changes"
_BEFORE: Final = (
    "data.js", "words.js", "state.js", "address.js", "doors.js", "theme.js", "framing.js", "age.js", "clear.js",
    "labels.js", "stamp.js",
)  # fmt: skip
_AFTER: Final = ("language.js", "ready.js")
_NAMED: Final = 6
"""Ranges that bear a label on the map."""


def map_page(changes: Changes, new: Release, old: Release, *, published: bool = False) -> str:
    """Return the comparison as an HTML page that works from a file, without a network.

    Parameters
    ----------
    changes : Changes
        From ``compare(old, new)``.
    new, old : Release
        The releases.
    published : bool
        Whether the page lies in the new release, beside its portal and map; else only the table lies beside it.

    Raises
    ------
    DataError
        If a file of a release is damaged.
    CorridorError
        If the page would fetch something from outside.
    """
    was, now = read_stations(old), read_stations(new)
    match = match_stations(was, now, crs_of(new), tolerance_of(new))
    listed = by_importance(changes.ranges)[: changes.tolerance.most_rows]
    number = {id(piece): index for index, piece in enumerate(changes.ranges)}
    rows = [_row(number[id(piece)], piece, changes.by_place) for piece in listed]
    indices = [row["index"] for row in rows]
    view = _view(changes, rows, new, now)
    view |= {"chart": chart(changes, indices, was, now, match), "published": published}
    figure = CorridorFigure(view, "changes.html", packages=[_PACKAGE])
    figure.add_child(draw(changes, indices, new, (was, now), section_of(new, "map", MapSection)))
    html = figure.render()
    assets.refuse_links(html)
    return html


def _view(changes: Changes, rows: list[dict[str, Any]], new: Release, now: pd.DataFrame) -> dict[str, Any]:
    manifest = new.manifest
    layers = read_layers(manifest.get("layers", {}))
    length_km = float(now["kp_km"].iloc[-1])
    changed = sum(piece.length_km for piece in changes.ranges)
    told = manifest.get("layers", {}).get("map", {})
    as_of = str(told.get("data_as_of", ""))
    return {
        "name": str(manifest.get("corridor", "")),
        "old_id": changes.old_id,
        "new_id": changes.new_id,
        "old_date": _day(changes.old_published),
        "new_date": _day(changes.new_published),
        "audience": "team",
        "marking": marking("team", 0.0),
        "as_of": as_of,
        "data_as_of": _data_as_of(as_of),
        "stale_after_days": section_of(new, "map", MapSection).stale_after_days,
        "banner": make_banner(layers, manifest.get("totals", {}).get("not_assessed") or ()),
        "weakest": overall(layers),
        "by_place": changes.by_place,
        "route_words": changes.route_words,
        "answer": answer_words(changes),
        "blind": blind_words(changes),
        "inputs": list(input_lines(changes)),
        "totals": total_rows(changes),
        "kinds": [
            {"label": capital(say(KIND_WORDS[kind])), "km": changes.km(kind), "stroke": STROKES[kind]}
            for kind in KINDS
            if changes.km(kind)
        ],
        "unchanged_km": max(0.0, length_km - changed),
        "unchanged": UNCHANGED,
        "left_km": sum(end - start for start, end in changes.left),
        "old_route": OLD_ROUTE,
        "want_of_data": WANT_OF_DATA,
        "rows": rows,
        "more_rows": len(changes.ranges) - len(rows),
        "length_km": length_km,
        "data": {
            "name": str(manifest.get("corridor", "")),
            "landings": list(told.get("landings") or (_post(0.0), _post(length_km))),
            "length_km": length_km,
            "ranges": {row["index"]: _label(row["piece"]) for row in rows},
            "named": [row["index"] for row in rows if row["piece"].kind != "other"][:_NAMED],
            "ends": now[["lat", "lon"]].iloc[[0, -1]].to_numpy(),
            "box": [now[["lat", "lon"]].min().to_numpy(), now[["lat", "lon"]].max().to_numpy()],
        },
        "style": style_text(page_style() + template_source("changes.css", _PACKAGE)),
        "first": script_text(template_source("first.js")),
        "scripts": [
            *(script_text(template_source(name)) for name in _BEFORE),
            script_text(template_source("changes.js", _PACKAGE)),
            *(script_text(template_source(name)) for name in _AFTER),
        ],
        "languages": page_languages(),
        "libraries": assets.libraries(),
    }


def _row(index: int, piece: ChangedRange, by_place: bool) -> dict[str, Any]:
    return {
        "index": index,
        "piece": piece,
        "stroke": STROKES[piece.kind],
        "kind": say(KIND_WORDS[piece.kind]),
        "old": old_posts_words(piece) if by_place else None,
        "what": what_words(piece),
        "because": because_words(piece, headed=False),
    }


def _label(piece: ChangedRange) -> dict[str, Any]:
    """Return what the map says of a range: its posts, roughly and exactly, and what became of the target there."""
    kind = say(KIND_WORDS[piece.kind])
    blind = piece.for_want_of_data
    return {
        "place": posts_words(piece.kp_from_km, piece.kp_to_km, 1 if piece.length_km >= 1.0 else 2),
        "exact": posts_words(piece.kp_from_km, piece.kp_to_km),
        "kind": say("{kind}, for want of data", kind=kind) if blind else kind,
    }


def _post(kp_km: float) -> Said:
    return say("KP {kp}", kp=Number(kp_km, 1) if kp_km else 0)


def _day(published: str) -> str:
    day = published[:16].replace("T", " ") + (" UTC" if published.endswith("+00:00") else "")
    return day or say("date not stated")


def _data_as_of(day: str) -> Said:
    """Return for when the data stand; what is no date is told as it is."""
    if not day:
        return say("Date of the data: not stated")
    try:
        date.fromisoformat(day)
    except ValueError:
        return say("Data as of {day}", day=day)
    return say("Data as of {day}", day=Day(day))
