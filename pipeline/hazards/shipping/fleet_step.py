"""The ``ships`` step: one set of particulars a ship, and with it her deadweight, anchor and chain (METHODS 1.5)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.config.shipping import ShippingSection
from pipeline.hazards.shipping.density_ships import without_ais
from pipeline.hazards.shipping.noted import FLAGS, counted
from pipeline.hazards.shipping.particulars import particulars
from pipeline.hazards.shipping.registered import Registered, match
from pipeline.hazards.shipping.ships import displacement_t, fleet
from pipeline.hazards.shipping.tables import SHIPS, shaped
from pipeline.sources.ships.registry import ROLE, read_registry
from pipeline.store.step import Facts, StepContext
from pipeline.workspace import weakest

_AS_STATED = ("imo_wrong", "imo_several", "imo_shared", "registry_differs", "dwt_over_envelope")
"""Flags of ships whose sizes are taken as they are said."""


def run(context: StepContext) -> Facts:
    """Write ``ships.parquet``: the ships of the ``ais`` step, by the number that it gave them.

    Raises
    ------
    DataError
        If a ship registry cannot be read; names file and row.
    """
    ais, section = context.facts["ais"], context.config.shipping
    if not ais["assessed"]:
        return without_ais(context)
    stated = particulars(pd.read_parquet(context.inputs["ais"] / "statics.parquet"), section)
    registered, told, counts = _registered(stated, context)
    ships = fleet(stated, section, registered)
    shaped(ships, SHIPS).to_parquet(context.out / "ships.parquet", index=False)
    flags = flag_counts(ships)
    estimated = int(_any_of(ships, [word for word in FLAGS if word not in _AS_STATED]))
    summary = f"{counted(len(ships), 'ship')}, {estimated} with an estimated, corrected or capped dimension"
    if counts:
        summary += f"; {counts['by_imo'] + counts['by_mmsi']} in the registry"
    context.log(summary)
    own = context.role(ROLE)
    return {
        "assessed": True,
        "provenance": weakest([ais["provenance"], *(source.section.provenance for source in own)]),
        "sources": [*ais["sources"], *(source.facts for source in own)],
        "summary": summary,
        "ships": len(ships),
        "ships_with_estimates": estimated,
        "flags": flags,
        "imo": {"known": int(ships["imo"].notna().sum()), "wrong": flags.get("imo_wrong", 0)},
        "registry": counts,
        "findings": [
            *_over_ceiling(flags, section),
            *_doubts(flags, len(ships), estimated),
            *_held(ships, section),
            *told,
        ],
    }


def flag_counts(ships: pd.DataFrame) -> dict[str, int]:
    """Return how many ships have each flag, in the order of ``FLAGS``; those of no ship are left out."""
    by_text = ships["flags"].value_counts()
    words = [(word, int(count)) for text, count in by_text.items() for word in str(text).split()]
    return {word: total for word in FLAGS if (total := sum(count for other, count in words if other == word))}


def _any_of(ships: pd.DataFrame, words: list[str]) -> int:
    by_text = ships["flags"].value_counts()
    return int(sum(count for text, count in by_text.items() if set(str(text).split()) & set(words)))


def _registered(stated: pd.DataFrame, context: StepContext) -> tuple[Registered | None, list[str], dict[str, int]]:
    """Return what the registry says of the ships, what is to be told, and counts; nothing without a registry."""
    sources = context.role(ROLE)
    if not sources:
        return None, [], {}
    rows, remarks = read_registry(sources, context.config.shipping)
    registered, findings, counts = match(stated, rows, context.config.shipping)
    findings = [*(f"{file}: {text}" for file, text in remarks), *findings]
    if counts["contradicted"]:
        findings.append(
            f"{counted(counts['contradicted'], 'row')} of the registry with a ship's MMSI and another IMO number than "
            "she states, not taken for hers"
        )
    return registered, findings, counts


def _over_ceiling(flags: dict[str, int], section: ShippingSection) -> list[str]:
    capped = flags.get("over_ceiling_capped", 0)
    if not capped:
        return []
    return [
        f"{counted(capped, 'ship')} larger than the ceiling of {section.max_dwt_t:,.0f} t deadweight, cut to it: "
        "right in the Caspian, unsafe elsewhere; raise max_dwt_t and max_displacement_t if such ships are real"
    ]


def _doubts(flags: dict[str, int], ships: int, estimated: int) -> list[str]:
    """Return what is to be told of sizes, all in one, and of identities; ships are counted, never named."""
    sizes = "; ".join(f"{count} {FLAGS[word]}" for word, count in flags.items() if word not in _AS_STATED)
    have = "has" if estimated == 1 else "have"
    told = [f"{estimated:,} of {counted(ships, 'ship')} {have} an estimated, corrected or capped dimension: {sizes}"]
    others = [f"{counted(count, 'ship')} {FLAGS[word]}" for word, count in flags.items() if word in _AS_STATED]
    return [*(told if estimated else []), *others]


def _held(ships: pd.DataFrame, section: ShippingSection) -> list[str]:
    """Return what holding draughts to the usual took off the weights that follow from them."""
    by_hull = ships["origins"].str.contains(r"displacement_t=(?:hull|capped)")
    less_m = (ships["reported_draught_m"] - ships["draught_m"] / ships["draught_kept"]).clip(lower=0.0)
    lighter = ships["flags"].str.contains("draught_clamped") & by_hull & (less_m > 0.0)
    if not lighter.any():
        return []
    ship = ships[lighter]
    block = np.array([section.ship_types[kind].block_coefficient for kind in ship["type_class"]])
    size = (ship["length_m"].to_numpy(), ship["beam_m"].to_numpy(), less_m[lighter].to_numpy())
    less_t = displacement_t(*size, block, section.water_density_kg_m3)
    return [
        f"draughts held to the usual take {less_t.sum():,.0f} t off the displacement of {counted(len(ship), 'ship')}, "
        f"at most {less_t.max():,.0f} t off one: if they are so deep, a ship registry (role ship_registry) can say so"
    ]
