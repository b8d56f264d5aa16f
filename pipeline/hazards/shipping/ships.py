"""Ships: dimensions to displacement, deadweight, anchor and chain (METHODS 1.5); none is dropped for lack of data."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pandas as pd

from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats
from pipeline.hazards.shipping.anchors import anchor_kg, chain_m, equipment_number, fluke_length_m


def displacement_t(
    length_m: Floats, beam_m: Floats, draught_m: Floats, block: Floats | float, density_kg_m3: float
) -> Floats:
    """Return displacement: rho L B T Cb / 1000, tonnes."""
    return density_kg_m3 * np.asarray(length_m, float) * beam_m * draught_m * block / 1000.0


def dwt_class(dwt_t: Floats, capped: np.ndarray[tuple[int], np.dtype[np.bool_]], section: ShippingSection) -> list[str]:
    """Return labels such as ``2000-3000`` (upper bound included); ``>13000`` marks ships capped as data errors."""
    bounds = [0.0, *section.dwt_bins_t]
    labels = [f"{low:g}-{high:g}" for low, high in itertools.pairwise(bounds)] + [f">{bounds[-1]:g}"]
    index = np.digitize(np.asarray(dwt_t, float), section.dwt_bins_t, right=True)
    return [labels[-1] if over else labels[at] for at, over in zip(index, capped, strict=True)]


def dwt_class_order(section: ShippingSection) -> list[str]:
    """Return every class label, smallest first."""
    middle = np.append(np.array(section.dwt_bins_t), np.inf)
    return dwt_class(middle, np.zeros(len(middle), bool), section)


def fleet(particulars: pd.DataFrame, section: ShippingSection) -> pd.DataFrame:
    """Return the table of ships with everything that decides how dangerous each is.

    Parameters
    ----------
    particulars : DataFrame
        ``mmsi name vessel_type length_m beam_m reported_draught_m``, one row a ship in ascending MMSI.
    section : ShippingSection
        Types, ceilings and tables.

    Returns
    -------
    DataFrame
        The columns given, and ``ship`` (int32, the row), ``type_class``, ``draught_m`` (design), ``dwt_t``,
        ``displacement_t``, ``dwt_class``, ``equipment_number``, ``anchor_kg``, ``chain_m`` (both sides),
        ``fluke_length_m``, ``flags`` (what was estimated, space separated; empty where all was stated).
    """
    ships = particulars.reset_index(drop=True).copy()
    ships["type_class"] = type_class(ships["vessel_type"], section)
    kind = {name: ships["type_class"].map(lambda t, n=name: getattr(section.ship_types[t], n)) for name in _HULL}
    flags: list[list[str]] = [[] for _ in range(len(ships))]

    def flag(rows: pd.Series, word: str) -> None:
        for row in np.flatnonzero(rows):
            flags[row].append(word)

    _fill_dimensions(ships, kind, section, flag)
    weight = displacement_t(
        ships["length_m"].to_numpy(), ships["beam_m"].to_numpy(), ships["draught_m"].to_numpy(),
        kind["block_coefficient"].to_numpy(), section.water_density_kg_m3,
    )  # fmt: skip
    dwt = weight * kind["dwt_per_displacement"].to_numpy()
    over = (dwt > section.max_dwt_t) | (weight > section.max_displacement_t)
    flag(pd.Series(over), "over_ceiling_capped")
    ships["displacement_t"] = np.minimum(weight, section.max_displacement_t)
    ships["dwt_t"] = np.minimum(dwt, section.max_dwt_t)
    ships["dwt_class"] = dwt_class(ships["dwt_t"].to_numpy(), over, section)
    number = equipment_number(ships["displacement_t"].to_numpy(), section)
    ships["equipment_number"] = number
    ships["anchor_kg"] = anchor_kg(number, section).astype(np.int32)
    ships["chain_m"] = chain_m(number, section)
    ships["fluke_length_m"] = fluke_length_m(ships["anchor_kg"].to_numpy(), section)
    ships["flags"] = [" ".join(words) for words in flags]
    ships.insert(0, "ship", np.arange(len(ships), dtype=np.int32))
    return ships


Flag = Callable[[pd.Series, str], None]

_HULL = ("block_coefficient", "dwt_per_displacement", "length_per_beam", "length_per_draught", "typical_length_m")


def type_class(vessel_type: pd.Series, section: ShippingSection) -> pd.Series:
    """Return the type class of AIS type codes; ``other`` where no class lists the code or none was given."""
    by_code = {code: name for name, kind in section.ship_types.items() for code in kind.ais_codes}
    return vessel_type.map(by_code).fillna("other").astype(object)


def _fill_dimensions(ships: pd.DataFrame, kind: dict[str, pd.Series], section: ShippingSection, flag: Flag) -> None:
    """Complete length, beam and design draught in place, flagging every estimate.

    The draught is held between 0.3 and 1.2 times what the median ship of her type draws for her length: a median of
    bare draughts would cut the deep ships of a type down to the size of its many small ones.
    """
    by_type = ships.groupby("type_class")
    no_length = ships["length_m"].isna()
    flag(no_length, "length_median_of_type")
    ships["length_m"] = ships["length_m"].fillna(by_type["length_m"].transform("median"))
    ships["length_m"] = ships["length_m"].fillna(kind["typical_length_m"])
    no_beam = ships["beam_m"].isna() | no_length
    flag(no_beam, "beam_estimated")
    ships["beam_m"] = ships["beam_m"].where(~no_beam, ships["length_m"] / kind["length_per_beam"])

    ratio = (ships["reported_draught_m"] / ships["length_m"]).where(~no_length)
    grouped = ratio.groupby(ships["type_class"])
    known = grouped.transform("count") >= section.draught_median_min_ships
    median = grouped.transform("median").where(known)
    usual = median.fillna(1.0 / kind["length_per_draught"]) * ships["length_m"]
    no_draught = ships["reported_draught_m"].isna() | no_length
    flag(no_draught, "draught_estimated")
    draught = ships["reported_draught_m"].where(~no_draught, usual)
    low, high = (factor * usual for factor in section.draught_clamp)
    clamped = draught.clip(lower=low.where(known, 0.0), upper=high.where(known, np.inf))
    clamped = clamped.clip(upper=section.max_draught_per_beam * ships["beam_m"])
    flag((clamped != draught) & ~no_draught, "draught_clamped")
    ships["draught_m"] = clamped
