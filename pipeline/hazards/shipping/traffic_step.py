"""The ``traffic`` step: who sails where, told by deadweight class."""

from __future__ import annotations

import pandas as pd

from pipeline.hazards.shipping.tables import CLASSED_PASSAGES, shaped
from pipeline.store.step import Facts, StepContext


def run(context: StepContext) -> Facts:
    """Write ``passages.parquet``: the passages of the ``ais`` step with the class of each ship."""
    ais = context.facts["ais"]
    crossings = pd.read_parquet(context.inputs["ais"] / "passages.parquet")
    ships = pd.read_parquet(context.inputs["ships"] / "ships.parquet", columns=["dwt_class"])
    crossings["dwt_class"] = ships["dwt_class"].to_numpy()[crossings["ship"].to_numpy()]
    shaped(crossings, CLASSED_PASSAGES).to_parquet(context.out / "passages.parquet", index=False)
    return {
        "assessed": ais["assessed"], "provenance": ais["provenance"], "sources": ais["sources"],
        "summary": ais["summary"], "findings": [],
    }  # fmt: skip
