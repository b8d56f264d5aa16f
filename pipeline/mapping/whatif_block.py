"""What the page decides anew by itself: the data behind its what-if, or why there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from pipeline.errors import DataError
from pipeline.mapping import words
from pipeline.mapping.messages import Number, Said, msgid, say
from pipeline.mapping.packed import pack
from pipeline.mapping.ramps import BLANK_COLOUR, UNDECIDED_DASH, TargetPalette
from pipeline.store import StepContext
from pipeline.whatif.step import ARRAYS, META

SETTINGS: Final = (
    ("years", msgid("Tolerated strikes on the whole route")),
    ("surface", msgid("Level of the sea")),
    ("traffic", msgid("Change of ship traffic")),
    ("speed", msgid("Speed at which anchors drop")),
)
"""Names and labels of the sliders."""

_ABSENT: Final = {
    "off": msgid("Not offered: the configuration of this corridor switches it off."),
    "unassessed": msgid("Not offered: neither ships nor fishing are assessed here."),
    "stations": msgid("Not offered: the route has more stations than the page holds."),
}
_NOTE: Final = msgid(
    "Not decided anew: remedies for deficits, the cells of the swath, the draws of released anchors, shaking and "
    "confidence. Required depths are drawn to within {metres} or {share} of the pipeline's, whichever is more."
)
_TOTALS: Final = (
    "strike_per_yr_surface_laid", "strike_per_yr_at_target", "strike_per_yr_as_trenchable", "undecided_km",
    "deficit_km", "above_ladder_km", "zones", "tolerable_strike_per_yr",
)  # fmt: skip


@dataclass(frozen=True)
class WhatIfBlock:
    """The data of the page's what-if.

    Attributes
    ----------
    text : str
        Packed; empty where none is offered.
    absent : Said
        Why none is; said where ``text`` is empty.
    note : Said
        What it does not decide, and how close it draws required depths; said where ``text`` is not empty.
    """

    text: str
    absent: Said
    note: Said


def read_whatif(context: StepContext, *, thinned: bool) -> WhatIfBlock:
    """Return what the step ``whatif`` left for the page.

    Parameters
    ----------
    context : StepContext
        Of the map step.
    thinned : bool
        The page shows fewer stations than are decided: then nothing can be decided in it.

    Raises
    ------
    DataError
        If a file of the step is missing.
    """
    told = context.facts.get("whatif", {})
    reason = "stations" if thinned else str(told.get("reason", "off"))
    if thinned or not told.get("offered", False):
        return WhatIfBlock("", say(_ABSENT[reason]), say(""))
    folder = context.inputs["whatif"]
    try:
        described = json.loads((folder / META).read_text(encoding="utf-8"))
        with np.load(folder / ARRAYS, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (OSError, ValueError) as error:
        raise DataError(
            f"the data of the what-if cannot be read: {error}",
            where=str(folder),
            remedy="Run 'corridor build --force'.",
        ) from error
    meta = described["meta"]
    close = meta["required"]
    note = say(
        _NOTE,
        metres=words.measure(Number(close["within_m"]), "m"),
        share=words.measure(Number(close["within_pct"]), "%"),
    )
    return WhatIfBlock(pack(meta, arrays, described["bases"]), say(""), note)


def own_totals(totals: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pipeline's totals as numbers, for the script to put beside those of a what-if."""
    bound = totals.get("global_bound") or {}
    return {
        **{name: totals.get(name) for name in _TOTALS},
        "dol_km": [[float(depth), float(km)] for depth, km in (totals.get("dol_km") or {}).items()],
        "worldwide_per_yr": bound.get("expected_per_yr") if bound.get("inside") is not None else None,
    }


def target_lines(palette: TargetPalette) -> dict[str, Any]:
    """Return colour and width of the line of each target depth, as ``zone_rows`` gives them to the pipeline's zones."""

    def line(depth_m: float | None) -> dict[str, Any]:
        dash = UNDECIDED_DASH if depth_m is None else None
        return {
            "depth_m": depth_m, "colour": palette.colour(depth_m), "width_px": palette.width_px(depth_m), "dash": dash,
        }  # fmt: skip

    return {
        "undecided": line(None),
        "none": line(0.0),
        "steps": [line(depth) for depth in palette.ladder_m],
        "beyond": line(palette.ladder_m[-1] + 1.0),
        "blank": BLANK_COLOUR,
    }
