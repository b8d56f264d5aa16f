"""Ships: dimensions to displacement, deadweight, anchor and chain (METHODS 1.5); none is dropped for lack of data."""

from __future__ import annotations

import itertools
from typing import Literal

import numpy as np
import pandas as pd

from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats
from pipeline.hazards.shipping.anchors import anchor_kg, chain_m, equipment_number, fluke_length_m
from pipeline.hazards.shipping.dimensions import Dimensions, Kinds, complete
from pipeline.hazards.shipping.noted import Bools, Noted
from pipeline.hazards.shipping.registered import Registered


def displacement_t(
    length_m: Floats, beam_m: Floats, draught_m: Floats, block: Floats | float, density_kg_m3: float
) -> Floats:
    """Return displacement: rho L B T Cb / 1000, tonnes."""
    return density_kg_m3 * np.asarray(length_m, float) * beam_m * draught_m * block / 1000.0


def dwt_class(dwt_t: Floats, capped: Bools, section: ShippingSection) -> list[str]:
    """Return labels such as ``2000-3000`` (upper bound included); ``>13000`` marks ships capped as data errors."""
    bounds = [0.0, *section.dwt_bins_t]
    labels = [f"{low:g}-{high:g}" for low, high in itertools.pairwise(bounds)] + [f">{bounds[-1]:g}"]
    index = np.digitize(np.asarray(dwt_t, float), section.dwt_bins_t, right=True)
    return list(np.array(labels, dtype=object)[np.where(capped, len(labels) - 1, index)])


def dwt_class_order(section: ShippingSection) -> list[str]:
    """Return every class label, smallest first."""
    middle = np.append(np.array(section.dwt_bins_t), np.inf)
    return dwt_class(middle, np.zeros(len(middle), bool), section)


def fleet(
    particulars: pd.DataFrame,
    section: ShippingSection,
    registered: Registered | None = None,
    *,
    stated_by: Literal["ais", "typical"] = "ais",
) -> pd.DataFrame:
    """Return the table of ships with everything that decides how dangerous each is.

    Parameters
    ----------
    particulars : DataFrame
        ``mmsi name vessel_type length_m beam_m reported_draught_m``, one row a ship in ascending MMSI; optional ``imo``
        and what ``particulars.particulars`` notes beside it.
    section : ShippingSection
        Types, ceilings and tables.
    registered : Registered, optional
        What a registry says of them; it takes precedence over AIS.
    stated_by : {"ais", "typical"}, optional
        Whose the particulars are: of ships that AIS names, or of typical ones that stand for a class.

    Returns
    -------
    DataFrame
        The columns given, and ``ship`` (int32, the row), ``type_class``, ``draught_m`` (design), ``dwt_t``,
        ``displacement_t``, ``dwt_class``, ``equipment_number``, ``anchor_kg``, ``chain_m`` (both sides),
        ``fluke_length_m``, ``draught_kept`` (share of the draught that a cut of the weight left), medians of her type
        (``type_length_m type_draught_per_length``, NaN where too few ships state one; ``type_lengths type_draughts``:
        how many do), ``registry`` (by what the registry knows her: "imo", "mmsi" or ""), ``origins`` (where each
        value comes from) and ``flags`` (what was doubted, estimated or capped, space separated; empty where nothing).
    """
    ships = particulars.reset_index(drop=True).copy()
    count = len(ships)
    noted = Noted(count)
    known = registered or Registered.nothing(count)
    ships["imo"] = np.where(np.isnan(known.imo), ships.get("imo", np.nan), known.imo)
    ships["registry"] = known.by
    ships["name"] = np.where(known.name != "", known.name, ships["name"].to_numpy(object))
    _flag_identity(ships, noted)

    stated = {name: ships[name].to_numpy(float) for name in ("length_m", "beam_m")}
    stated["draught_m"] = ships["reported_draught_m"].to_numpy(float)
    for name, values in stated.items():
        noted.origin(name, stated_by, ~np.isnan(values))
        stated[name] = known.over(name, values, noted)
    code = ships["vessel_type"].to_numpy(float)
    noted.origin("vessel_type", stated_by, ~np.isnan(code))
    kinds = Kinds.of_codes(code, section)
    typed = known.type_class != ""
    for by in ("imo", "mmsi"):
        noted.origin("vessel_type", f"registry_{by}", typed & (known.by == by))
    kinds = kinds.put(typed, known.type_class)
    hull = complete(kinds, stated["length_m"], stated["beam_m"], stated["draught_m"], section, noted)
    noted.flag("registry_differs", known.differs)

    weight, dwt, kept, over = _weights(hull, known, section, noted)
    ships["type_class"] = hull.kinds.words()
    ships["length_m"], ships["beam_m"], ships["draught_m"] = hull.length_m, hull.beam_m, hull.draught_m * kept
    ships["draught_kept"] = kept
    ships["type_length_m"], ships["type_lengths"] = hull.median_length_m.value, hull.median_length_m.ships
    ratio = hull.median_draught_per_length
    ships["type_draught_per_length"], ships["type_draughts"] = ratio.value, ratio.ships
    ships["displacement_t"], ships["dwt_t"] = weight, dwt
    ships["dwt_class"] = dwt_class(dwt, over, section)
    _equip(ships, weight, known, section, noted)
    ships["flags"], ships["origins"] = noted.flags(), noted.origins()
    ships.insert(0, "ship", np.arange(count, dtype=np.int32))
    return ships


def _flag_identity(ships: pd.DataFrame, noted: Noted) -> None:
    for column, word in (("imo_wrong",) * 2, ("imo_several",) * 2, ("length_refused", "length_implausible")):
        if column in ships:
            noted.flag(word, ships[column].to_numpy(bool))
    imo = ships["imo"].astype(float)
    noted.flag("imo_shared", (imo.notna() & imo.duplicated(keep=False)).to_numpy())


def _weights(
    hull: Dimensions, known: Registered, section: ShippingSection, noted: Noted
) -> tuple[Floats, Floats, Floats, Bools]:
    """Return displacement, deadweight, the share of the draught that is left, and which ships are over a ceiling.

    A registered displacement counts first, then a registered deadweight over DWT/displacement, then the hull. The
    envelope of deadweight over length cubed cuts an estimate that rests on the length alone; of a ship whose breadth or
    draught is stated it is only told, for small full coasters lie above it and a cut would make their anchors smaller.
    A cut takes as much of the draught: a ship that is not believed to be so heavy is not believed to be so deep, and a
    depth that she is taken to be aground in would count no strikes.
    """
    ratio = hull.kinds.number("dwt_per_displacement")
    block = hull.kinds.number("block_coefficient")
    weight = displacement_t(hull.length_m, hull.beam_m, hull.draught_m, block, section.water_density_kg_m3)
    noted.origin("displacement_t", "hull")
    by_dwt = known.values["dwt_t"] / ratio
    noted.origin("displacement_t", "deadweight", ~np.isnan(by_dwt))
    weight = known.over("displacement_t", np.where(np.isnan(by_dwt), weight, by_dwt), noted)

    envelope_t = hull.kinds.number("max_dwt_per_length3") * hull.length_m**3
    with np.errstate(invalid="ignore"):
        beyond = weight * ratio > envelope_t
    beyond &= noted.origin_of("displacement_t", "hull") & ~noted.origin_of("length_m", "estimated")
    by_length = beyond & noted.origin_of("beam_m", "estimated") & noted.origin_of("draught_m", "estimated")
    noted.flag("dwt_cut_to_envelope", by_length)
    noted.flag("dwt_over_envelope", beyond & ~by_length)
    cut = np.where(by_length, envelope_t / (weight * ratio), 1.0)
    weight = weight * cut

    noted.origin("dwt_t", "displacement")
    stated = known.over("dwt_t", weight * ratio, noted)
    over = (stated > section.max_dwt_t) | (weight > section.max_displacement_t)
    noted.flag("over_ceiling_capped", over)
    heavy = weight > section.max_displacement_t
    for name in ("displacement_t", "draught_m"):
        noted.origin(name, "capped", heavy)
    cut = np.where(heavy, cut * section.max_displacement_t / weight, cut)
    weight = np.minimum(weight, section.max_displacement_t)
    dwt = np.where(np.isnan(known.values["dwt_t"]), weight * ratio, stated)
    noted.origin("dwt_t", "capped", dwt > section.max_dwt_t)
    return weight, np.minimum(dwt, section.max_dwt_t), cut, over


def _equip(ships: pd.DataFrame, weight: Floats, known: Registered, section: ShippingSection, noted: Noted) -> None:
    """Add equipment number, anchor, chain and fluke; what a registry says of one is what the next follows from.

    An anchor of high holding power is lighter than the stockless one that it stands in for, but digs no less deep: it
    gets the fluke of that one.
    """
    for name, word in (
        ("equipment_number", "displacement"), ("anchor_kg", "equipment_number"), ("chain_m", "equipment_number"),
        ("fluke_length_m", "anchor"),
    ):  # fmt: skip
        noted.origin(name, word)
    number = known.over("equipment_number", equipment_number(weight, section), noted)
    stockless_kg = anchor_kg(number, section)
    factor = np.where(known.anchor_type == "hhp", section.hhp_mass_factor, 1.0)
    mass = np.rint(known.over("anchor_kg", np.rint(stockless_kg * factor), noted))
    stockless_kg = np.where(np.isnan(known.values["anchor_kg"]), stockless_kg, mass / factor)
    ships["equipment_number"] = number
    ships["anchor_kg"] = mass.astype(np.int32)
    ships["chain_m"] = known.over("chain_m", chain_m(number, section), noted)
    ships["fluke_length_m"] = known.over("fluke_length_m", fluke_length_m(stockless_kg, section), noted)
