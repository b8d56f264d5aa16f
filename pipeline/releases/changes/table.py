"""The comparison for programs: one row a quantity and range, and JSON values."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import pandas as pd

from pipeline.deliverables.lineage import NOTICE
from pipeline.mapping.escape import plain
from pipeline.mapping.layers import overall, read_layers
from pipeline.releases.changes.compare import Changes
from pipeline.releases.changes.inputs import InputChange
from pipeline.releases.changes.ranges import ChangedRange, Part
from pipeline.releases.changes.words import NO_CAUSE, in_words, plain_text, range_words, told
from pipeline.releases.release import Release

_COLUMNS: Final = {
    "range": ("integer", "", "number of the range along the new route"),
    "kind": ("string", "", "deeper, shallower, assessed, unassessed, other, elsewhere: what happened to the target"),
    "kp_from_km": ("number", "km", "start on the new route"),
    "kp_to_km": ("number", "km", "end on the new route"),
    "old_kp_from_km": ("number", "km", "start on the old route"),
    "old_kp_to_km": ("number", "km", "end on the old route"),
    "length_km": ("number", "km", "cable over which this quantity differs"),
    "quantity": ("string", "", "column of stations.csv"),
    "old": ("string", "", "value before, or mean over the row's cable, in its unit; blank: not assessed"),
    "new": ("string", "", "value now, likewise"),
    "unit": ("string", "", "unit of the values in this row"),
    "old_least": ("number", "", "least value before"),
    "old_most": ("number", "", "greatest value before"),
    "new_least": ("number", "", "least value now"),
    "new_most": ("number", "", "greatest value now"),
    "apart": ("number", "", "greatest difference at one station"),
    "compared_by": ("string", "", "KP, or place where the route itself changed"),
    "cause": ("string", "", "input that caused it; of several, one or more did"),
}
COLUMNS: Final = tuple(_COLUMNS)
_DIGITS = 3


def as_table(changes: Changes) -> pd.DataFrame:
    """Return every difference: one row a quantity, cause and (for ordered depths and words) value of a range.

    Returns
    -------
    DataFrame
        ``range`` numbers the ranges along the route; ``old`` and ``new`` are values, or means over the row's cable;
        a blank is "not assessed". Pieces of the old route that are given up have no new kilometre posts.
    """
    compared = "place" if changes.by_place else "KP"
    rows = [
        _row(number, piece, part, compared)
        for number, piece in enumerate(changes.ranges, start=1)
        for part in piece.parts
    ]
    for start, end in changes.left:
        row = dict.fromkeys(COLUMNS) | {
            "kind": "elsewhere", "old_kp_from_km": start, "old_kp_to_km": end, "length_km": end - start,
            "quantity": "route", "old": "on the route", "new": "not on the route", "compared_by": compared,
            "cause": cause_text(tuple(c for c in changes.inputs if "route" in c.steps and c.may_matter)),
        }  # fmt: skip
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    kilometres = [column for column in COLUMNS if column.endswith("_km")]
    table[kilometres] = table[kilometres].astype(float).round(_DIGITS)
    return table.astype({"range": "Int64"})


def as_csv(changes: Changes) -> str:
    """Return ``as_table`` as CSV text: a point for decimals, blanks empty."""
    return str(as_table(changes).to_csv(index=False, lineterminator="\n", float_format="%.6g"))


def csv_metadata(changes: Changes, release: Release, url: str) -> dict[str, Any]:
    """Return what goes beside the CSV: units, meanings and lineage (CSV on the Web)."""
    weakest = overall(read_layers(release.manifest["layers"])) or "unknown"
    columns = [
        {"name": name, "titles": name, "datatype": kind, "dc:description": meaning}
        | ({"schema:unitText": unit} if unit else {})
        for name, (kind, unit, meaning) in _COLUMNS.items()
    ]
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "url": url,
        "dc:title": f"{release.manifest['corridor']}: changes since release {changes.old_id}",
        "dc:description": f"Release {changes.new_id} compared with {changes.old_id}. Rests on {weakest} data. {NOTICE}",
        "dialect": {"encoding": "utf-8", "delimiter": ",", "header": True, "lineTerminators": ["\n"]},
        "tableSchema": {"columns": columns},
    }


def as_json(changes: Changes) -> dict[str, Any]:
    """Return the comparison as JSON values: nothing is cut short, and what is not finite is null.

    ``words`` are English; ``messages`` are the same lines as pages say them in every language.
    """
    value: dict[str, Any] = plain(
        {
            "old": {"release": changes.old_id, "published": changes.old_published},
            "new": {"release": changes.new_id, "published": changes.new_published},
            "compared_by": "place" if changes.by_place else "kp",
            "route": [plain_text(line) for line in changes.route_words],
            "route_left_km": changes.left,
            "km": {kind: changes.km(kind) for kind in dict.fromkeys(piece.kind for piece in changes.ranges)},
            "words": in_words(changes),
            "messages": told(changes),
            "ranges": [_range(piece, changes.by_place) for piece in changes.ranges],
            "inputs": [
                {
                    **_input(change),
                    "words": plain_text(change.words),
                    "km": changes.km_behind(change),
                    "km_alone": changes.km_alone(change),
                }
                for change in changes.inputs
            ],
            "totals": changes.totals,
            "layers_changed": [plain_text(line) for line in changes.layers_changed],
            "files_changed": changes.files_changed,
            "tolerance": changes.tolerance.model_dump(),
        }
    )
    return value


def cause_text(causes: tuple[InputChange, ...]) -> str:
    """Return all causes of a row."""
    return plain_text("; ".join(cause.words for cause in causes) or NO_CAUSE)


def _texts(causes: tuple[InputChange, ...]) -> list[str]:
    return [plain_text(cause.words) for cause in causes]


def _input(change: InputChange) -> dict[str, Any]:
    return {name: value for name, value in asdict(change).items() if name != "nearest"}  # that is of causes


def _range(piece: ChangedRange, by_place: bool) -> dict[str, Any]:
    return {
        "kind": piece.kind,
        "kp_from_km": piece.kp_from_km,
        "kp_to_km": piece.kp_to_km,
        "old_kp_from_km": piece.old_kp_from_km,
        "old_kp_to_km": piece.old_kp_to_km,
        "offset_m": piece.offset_m,
        "words": range_words(piece, by_place=by_place),
        "causes": _texts(piece.causes),
        "certain_causes": _texts(piece.certain_causes),
        "quantities": [
            asdict(part) | {"quantity": part.quantity.column, "unit": part.quantity.unit,
                            "causes": _texts(part.causes)}
            for part in piece.parts
        ],
    }  # fmt: skip


def _row(number: int, piece: ChangedRange, part: Part, compared: str) -> dict[str, Any]:
    return {
        "range": number, "kind": piece.kind, "kp_from_km": part.kp_from_km, "kp_to_km": part.kp_to_km,
        "old_kp_from_km": part.old_kp_from_km, "old_kp_to_km": part.old_kp_to_km, "length_km": part.length_km,
        "quantity": part.quantity.column, "old": part.old, "new": part.new, "unit": part.quantity.unit,
        "old_least": part.old_least, "old_most": part.old_most, "new_least": part.new_least,
        "new_most": part.new_most, "apart": part.apart, "compared_by": compared, "cause": cause_text(part.causes),
    }  # fmt: skip
