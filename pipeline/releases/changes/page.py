"""The comparison on a map: one self-contained page with the route, a chart, and the ranges as a table."""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd
from branca.element import Figure
from markupsafe import Markup

from pipeline.config.map import MapSection
from pipeline.mapping import assets
from pipeline.mapping.audience import marking
from pipeline.mapping.escape import environment, script_text, style_text, template_source
from pipeline.mapping.layers import make_banner, overall, read_layers
from pipeline.mapping.policy import content_policy, scripts_in
from pipeline.mapping.style import page_style
from pipeline.releases.changes.chart import chart
from pipeline.releases.changes.compare import Changes, crs_of, section_of, tolerance_of
from pipeline.releases.changes.draw import STROKES, UNCHANGED, draw
from pipeline.releases.changes.places import match_stations
from pipeline.releases.changes.ranges import KINDS, ChangedRange
from pipeline.releases.changes.stations import read_stations
from pipeline.releases.changes.words import (
    KIND_WORDS,
    because_words,
    by_importance,
    input_lines,
    summary,
    total_rows,
    what_words,
)
from pipeline.releases.release import Release

_PACKAGE: Final = "pipeline.releases.changes"
_NAMED: Final = 6
"""Ranges that bear a label on the map."""


class ChangesFigure(Figure):
    """A figure that lays out the page with ``templates/changes.html`` and links nothing.

    Parameters
    ----------
    view : dict
        What the template shows; escaped there.
    """

    def __init__(self, view: dict[str, Any]) -> None:
        super().__init__()
        self.view = view

    def render(self, **kwargs: object) -> str:
        """Return the page."""
        assets.fix_ids(self)
        for child in self._children.values():
            child.render(**kwargs)
        assets.inline(self)
        del self.header._children["meta_http"]  # the template states the encoding first
        header, script = self.header.render(), self.script.render()
        return (
            environment(_PACKAGE)
            .get_template("changes.html")
            .render(
                **self.view,
                folium_header=Markup(header),
                folium_html=Markup(self.html.render()),
                folium_script=Markup(script),
                policy=content_policy("", [*scripts_in(header), script, *self.view["scripts"]]),
            )
        )


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
    rows = [_row(number[id(piece)], piece) for piece in listed]
    indices = [row["index"] for row in rows]
    figure = ChangesFigure(
        _view(changes, rows, new, now) | {"chart": chart(changes, indices, was, now, match), "published": published}
    )
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
    return {
        "name": str(manifest.get("corridor", "")),
        "old_id": changes.old_id,
        "new_id": changes.new_id,
        "old_date": _day(changes.old_published),
        "new_date": _day(changes.new_published),
        "audience": "team",
        "marking": marking("team", 0.0),
        "as_of": str(told.get("data_as_of", "")),
        "banner": make_banner(layers, manifest.get("totals", {}).get("not_assessed") or ()),
        "weakest": overall(layers),
        "by_place": changes.by_place,
        "route_words": changes.route_words,
        "summary": list(summary(changes)),
        "inputs": list(input_lines(changes)),
        "totals": total_rows(changes),
        "kinds": [
            {"kind": kind, "label": KIND_WORDS[kind], "km": changes.km(kind), "stroke": STROKES[kind]}
            for kind in KINDS
            if changes.km(kind)
        ],
        "unchanged_km": max(0.0, length_km - changed),
        "unchanged": UNCHANGED,
        "left": changes.left,
        "strokes": STROKES,
        "kind_words": KIND_WORDS,
        "rows": rows,
        "more_rows": len(changes.ranges) - len(rows),
        "length_km": length_km,
        "data": {
            "name": str(manifest.get("corridor", "")),
            "landings": [str(name) for name in told.get("landings") or ("KP 0", f"KP {length_km:.1f}")],
            "length_km": length_km,
            "ranges": {row["index"]: _popup(row["piece"], changes.by_place) for row in rows},
            "named": [row["index"] for row in rows if row["piece"].kind != "other"][:_NAMED],
            "ends": now[["lat", "lon"]].iloc[[0, -1]].to_numpy(),
            "box": [now[["lat", "lon"]].min().to_numpy(), now[["lat", "lon"]].max().to_numpy()],
            "old_words": "The old route, given up here",
        },
        "style": style_text(page_style() + template_source("changes.css", _PACKAGE)),
        "scripts": [
            script_text(template_source("data.js")),
            script_text(template_source("state.js")),
            script_text(template_source("doors.js")),
            script_text(template_source("clear.js")),
            script_text(template_source("changes.js", _PACKAGE)),
            script_text(template_source("stamp.js")),
        ],
        "libraries": assets.libraries(),
    }


def _row(index: int, piece: ChangedRange) -> dict[str, Any]:
    return {
        "index": index,
        "piece": piece,
        "what": what_words(piece),
        "because": because_words(piece).removeprefix("Because: "),
        "old": not math.isnan(piece.old_kp_from_km + piece.old_kp_to_km),
    }


def _popup(piece: ChangedRange, by_place: bool) -> dict[str, Any]:
    old = by_place and not math.isnan(piece.old_kp_from_km + piece.old_kp_to_km)
    digits = 1 if piece.length_km >= 1.0 else 2
    return {
        "place": f"KP {piece.kp_from_km:.{digits}f} to {piece.kp_to_km:.{digits}f}",
        "kind": KIND_WORDS[piece.kind] + (", for want of data" if piece.for_want_of_data else ""),
        "title": f"KP {piece.kp_from_km:.2f} to {piece.kp_to_km:.2f}: {KIND_WORDS[piece.kind]}",
        "old": f"Old KP {piece.old_kp_from_km:.2f} to {piece.old_kp_to_km:.2f}" if old else "",
        "what": what_words(piece),
        "because": because_words(piece),
    }


def _day(published: str) -> str:
    return published[:16].replace("T", " ") + (" UTC" if published.endswith("+00:00") else "") or "date not stated"
