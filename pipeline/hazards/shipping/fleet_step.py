"""The ``ships`` step: one set of particulars a ship, and with it her deadweight, anchor and chain (METHODS 1.5)."""

from __future__ import annotations

import pandas as pd

from pipeline.config.shipping import ShippingSection
from pipeline.hazards.shipping.density_ships import without_ais
from pipeline.hazards.shipping.particulars import particulars
from pipeline.hazards.shipping.ships import fleet
from pipeline.hazards.shipping.tables import SHIPS, shaped
from pipeline.store.step import Facts, StepContext


def run(context: StepContext) -> Facts:
    """Write ``ships.parquet``: the ships of the ``ais`` step, by the number that it gave them."""
    ais, section = context.facts["ais"], context.config.shipping
    if not ais["assessed"]:
        return without_ais(context)
    ships = fleet(particulars(pd.read_parquet(context.inputs["ais"] / "statics.parquet"), section), section)
    shaped(ships, SHIPS).to_parquet(context.out / "ships.parquet", index=False)
    estimated = int((ships["flags"] != "").sum())
    capped = int(ships["flags"].str.contains("over_ceiling_capped").sum())
    summary = f"{len(ships)} ships, {estimated} with an estimated, corrected or capped dimension"
    context.log(summary)
    return {
        "assessed": True,
        "provenance": ais["provenance"],
        "sources": ais["sources"],
        "summary": summary,
        "ships": len(ships),
        "ships_with_estimates": estimated,
        "findings": [*_over_ceiling(capped, section), *([summary] if estimated else [])],
    }


def _over_ceiling(capped: int, section: ShippingSection) -> list[str]:
    if not capped:
        return []
    return [
        f"{capped} ships are larger than the ceiling of {section.max_dwt_t:,.0f} t deadweight and were cut to it: "
        "right in the Caspian, unsafe elsewhere; raise max_dwt_t and max_displacement_t if such ships are real"
    ]
