"""Typical ships in place of those that a density raster does not name (METHODS 1.10): a model, and called one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from pipeline.config.density import DensityShip
from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats, Ints
from pipeline.hazards.shipping.noted import counted
from pipeline.hazards.shipping.ships import fleet
from pipeline.hazards.shipping.tables import SHIPS, shaped
from pipeline.store.step import Facts, StepContext

_HAIR_UNDER = 1.0 - 1e-9
"""Of a deadweight: rounding must not lift a ship over the ceiling or out of the class that ends with her."""
_NONE: Facts = {"assessed": False, "sources": []}


def typical_ships(ship_types: Iterable[str], section: ShippingSection) -> pd.DataFrame:
    """Return the ships behind rasters of these ship types.

    Parameters
    ----------
    ship_types : iterable of str
        Names in ``[shipping.ship_types]``, or ``"all"``.
    section : ShippingSection
        Mixes and hull forms.

    Returns
    -------
    DataFrame
        One row a ship: ``raster`` (the ship type of her raster), ``share`` of its hours, and what ``fleet`` takes:
        ``mmsi`` (a number in order, no ship's), ``name`` (what she stands for), ``vessel_type`` (AIS code),
        ``length_m``; beam and draught are not stated, so that the ratios of her type hold.
    """
    rows = []
    for raster in sorted(set(ship_types)):
        for ship in section.density_ships.get(raster) or (_typical(raster, section),):
            codes = section.ship_types[ship.type].ais_codes
            rows.append(
                {
                    "raster": raster, "share": ship.share,
                    "name": f"modelled {ship.type.replace('_', ' ')} of {ship.dwt_t:,.0f} t",
                    "vessel_type": float(codes[0]) if codes else np.nan, "length_m": length_m(ship, section),
                }
            )  # fmt: skip
    ships = pd.DataFrame(rows, columns=["raster", "share", "name", "vessel_type", "length_m"])
    return ships.assign(mmsi=np.arange(1, len(ships) + 1), beam_m=np.nan, reported_draught_m=np.nan)


def without_ais(context: StepContext) -> Facts:
    """Write ``ships.parquet`` where there is no AIS: the modelled ships of the ``density`` step, or none at all."""
    density, section = context.facts.get("density", _NONE), context.config.shipping
    ais = context.facts["ais"]
    if not density["assessed"]:
        shaped(None, SHIPS).to_parquet(context.out / "ships.parquet", index=False)
        told = density if density["sources"] and not ais["sources"] else ais
        return {
            "assessed": False, "provenance": "", "sources": [*ais["sources"], *density["sources"]],
            "summary": told["summary"], "findings": [],
        }  # fmt: skip
    ships = fleet(pd.read_parquet(context.inputs["density"] / "particulars.parquet"), section, stated_by="typical")
    shaped(ships, SHIPS).to_parquet(context.out / "ships.parquet", index=False)
    summary = f"{counted(len(ships), 'typical ship')} in place of those that density rasters do not name"
    context.log(summary)
    return {
        "assessed": True, "provenance": density["provenance"], "sources": density["sources"], "summary": summary,
        "ships": len(ships), "ships_with_estimates": len(ships), "findings": [summary],
    }  # fmt: skip


def length_m(ship: DensityShip, section: ShippingSection) -> float:
    """Return the length at which the hull form of her type carries her deadweight, m (METHODS 1.5 turned round)."""
    kind = section.ship_types[ship.type]
    full = section.water_density_kg_m3 * kind.block_coefficient * kind.dwt_per_displacement / 1000.0
    return float(np.cbrt(ship.dwt_t * _HAIR_UNDER * kind.length_per_beam * kind.length_per_draught / full))


def shared_us(total_us: Ints, share: Floats) -> Ints:
    """Return totals parted by shares, shape (totals, shares): whole microseconds that add up to each total."""
    upto = np.concatenate([[0.0], np.cumsum(share)])
    upto[-1] = 1.0
    parts: Ints = np.diff(np.rint(total_us[:, np.newaxis] * upto).astype(np.int64), axis=1)
    return parts


def _typical(name: str, section: ShippingSection) -> DensityShip:
    """Return the one ship of a type that no mix is given for: of the type's typical length."""
    kind = section.ship_types[name]
    full = section.water_density_kg_m3 * kind.block_coefficient * kind.dwt_per_displacement / 1000.0
    dwt = full * kind.typical_length_m**3 / (kind.length_per_beam * kind.length_per_draught)
    return DensityShip(type=name, dwt_t=dwt, share=1.0)
