"""A ship's size in words: what is stated, what is made of it and by which numbers, and her weight (METHODS 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.config.shipping import ShippingSection
from pipeline.hazards.shipping.explain_words import SAID, Line, n, origin, registered

Ship = Mapping[str, Any]


def size_lines(ship: Ship, section: ShippingSection) -> list[Line]:
    """Return the lines from particulars to deadweight; one more for each size that is not taken as it is said."""
    made = [("length", _length(ship, section)), ("beam", _beam(ship, section)), ("draught", _draught(ship, section))]
    return [
        ("particulars", _particulars(ship)),
        ("doubted, estimated or cut", ", ".join(ship["flags"]).replace("_", " ") or "nothing"),
        *((label, text) for label, text in made if text),
        ("displacement", _displacement(ship, section)),
        ("deadweight", _deadweight(ship, section)),
    ]


def _particulars(ship: Ship) -> str:
    code = "no AIS type" if ship["vessel_type"] is None else f"AIS type {ship['vessel_type']}"
    kind = SAID.get(origin(ship, "vessel_type"), "not stated")
    typical = origin(ship, "vessel_type") == "typical"
    parts = [f"{ship['type_class']} ({'modelled' if typical else code}; {kind})"]
    for name in ("length_m", "beam_m", "draught_m"):
        said = SAID.get(origin(ship, name), "")
        if (
            name == "draught_m"
            and origin(ship, name) in ("clamped", "estimated", "capped")
            and ship["reported_draught_m"]
        ):
            said += f"; AIS says {n(ship['reported_draught_m'])} m"
        parts.append(f"{name.removesuffix('_m')} {n(ship[name])} m ({said})")
    return ", ".join(parts)


def _length(ship: Ship, section: ShippingSection) -> str:
    if origin(ship, "length_m") != "estimated":
        return ""
    kind = section.ship_types[ship["type_class"]]
    if "length_of_type" in ship["flags"]:
        median, ships = ship["type_length_m"], ship["type_lengths"]
        of_type = _of_type(kind.typical_length_m, median, ships, section.length_median_min_ships, " m")
        return f"of {of_type}: {n(ship['length_m'])} m"
    return f"beam x L/B = {n(ship['beam_m'])} x {kind.length_per_beam:g} = {n(ship['length_m'])} m"


def _beam(ship: Ship, section: ShippingSection) -> str:
    if origin(ship, "beam_m") != "estimated":
        return ""
    ratio = section.ship_types[ship["type_class"]].length_per_beam
    return f"length / (L/B) = {n(ship['length_m'])} / {ratio:g} = {n(ship['beam_m'])} m"


def _draught(ship: Ship, section: ShippingSection) -> str:
    """Return how the draught was estimated or held, and then cut; "" where it is as stated."""
    kept, before = ship["draught_kept"], ship["draught_m"] / ship["draught_kept"]
    parts = []
    if "draught_estimated" in ship["flags"]:
        parts.append(_usual_draught(ship, before, section))
    elif "draught_clamped" in ship["flags"]:
        parts.append(_held_draught(ship, before, section))
    if kept < 1.0:
        parts.append(f"cut as the weight is: {n(before)} x {n(kept)} = {n(ship['draught_m'])} m")
    return "; ".join(parts)


def _usual_draught(ship: Ship, before: float, section: ShippingSection) -> str:
    ratio, words = _usual_ratio(ship, section)
    if ratio * ship["length_m"] > before * (1.0 + 1e-9):
        return f"{words}, but at most {_most(ship, before, section)}"
    return f"{words}: {n(ratio)} x {n(ship['length_m'])} = {n(before)} m"


def _held_draught(ship: Ship, before: float, section: ShippingSection) -> str:
    """Return which bound held a draught. Of a stated one that was raised it is the lower."""
    low, high = section.draught_clamp
    length, median = ship["length_m"], ship["type_draught_per_length"]
    ratio, words = _usual_ratio(ship, section)
    if median is not None and np.isclose(before, high * ratio * length):
        return f"at most {high:g} times {words}: {high:g} x {n(ratio)} x {n(length)} = {n(before)} m"
    if median is not None and np.isclose(before, low * median * length):
        words = f"the median draught / length, {n(median)}, of {ship['type_draughts']} ships of her type"
        return f"at least {low:g} times {words}: {low:g} x {n(median)} x {n(length)} = {n(before)} m"
    return f"at most {_most(ship, before, section)}"


def _most(ship: Ship, before: float, section: ShippingSection) -> str:
    most = section.max_draught_per_beam
    return f"{most:g} beams, for no stable hull is deeper: {most:g} x {n(ship['beam_m'])} = {n(before)} m"


def _usual_ratio(ship: Ship, section: ShippingSection) -> tuple[float, str]:
    """Return the usual draught over length, and where it comes from."""
    typical, median = 1.0 / section.ship_types[ship["type_class"]].length_per_draught, ship["type_draught_per_length"]
    words = _of_type(typical, median, ship["type_draughts"], section.draught_median_min_ships, "")
    return max(typical, median or 0.0), f"a draught / length of {words}"


def _of_type(typical: float, median: float | None, ships: int, least: int, unit: str) -> str:
    """Return the value that counts for a type, and how it was chosen."""
    of_type = f"{n(typical)}{unit}, typical of her type"
    if median is None:
        return f"{of_type} (a median takes {least} ships that state one, and there are {ships})"
    return f"the larger of {of_type}, and {n(median)}{unit}, the median of {ships} ships of it"


def _displacement(ship: Ship, section: ShippingSection) -> str:
    if said := registered(ship, "displacement_t", " t"):
        return said
    if origin(ship, "displacement_t") == "deadweight":
        cd = ship["dwt_per_displacement"]
        return f"registered deadweight / Cd = {n(ship['displacement_t'] * cd)} / {cd:g} = {n(ship['displacement_t'])} t"
    capped = origin(ship, "displacement_t") == "capped"
    draught = ship["draught_m"] / ship["draught_kept"] if capped else ship["draught_m"]
    size = [ship["length_m"], ship["beam_m"], draught, ship["block_coefficient"]]
    product = section.water_density_kg_m3 * float(np.prod(size)) / 1000.0
    text = f"rho L B T Cb / 1000 = {section.water_density_kg_m3:g} x {' x '.join(map(n, size))} / 1000 = {n(product)} t"
    if capped:
        return f"{text}, or as registered; over the ceiling, so {n(ship['displacement_t'])} t"
    return f"{text} (METHODS 1.5)"


def _deadweight(ship: Ship, section: ShippingSection) -> str:
    said = registered(ship, "dwt_t", " t")
    text = (
        f"displacement x Cd = {n(ship['displacement_t'])} x {ship['dwt_per_displacement']:g} = "
        f"{n(ship['displacement_t'] * ship['dwt_per_displacement'])} t"
    )
    if origin(ship, "dwt_t") == "capped":
        text += f", or as registered; over the ceiling, so {n(ship['dwt_t'])} t"
    if "dwt_cut_to_envelope" in ship["flags"]:
        kind = section.ship_types[ship["type_class"]]
        text += f", the most for her length: {kind.max_dwt_per_length3:g} t/m3 x {n(ship['length_m'])}^3"
    return f"{said or text}; class {ship['dwt_class']} (for reports; not used below)"
