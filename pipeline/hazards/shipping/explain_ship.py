"""One ship's arithmetic at one station, number by number and in words, so that it can be redone on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.config.shipping import ShippingSection
from pipeline.hazards.shipping.drag import KNOT_M_S, holding_kn
from pipeline.hazards.shipping.explain_size import size_lines
from pipeline.hazards.shipping.explain_time import Terms, density_formula
from pipeline.hazards.shipping.explain_words import Line, n, registered
from pipeline.hazards.shipping.incident import growth_factor
from pipeline.hazards.shipping.noted import origins_of


def ship_numbers(
    row: Mapping[Any, Any], around: Terms, here: Mapping[str, Any], total_per_km_yr: float, section: ShippingSection
) -> dict[str, Any]:
    """Return a ship's numbers at a station, one value a key.

    Parameters
    ----------
    row : mapping
        Her rows of ``ships.parquet`` and ``station_ship_rates`` in one.
    around : Terms
        Her ship-hours in the panels of the smoothing box.
    here : mapping
        ``water_depth_m soil_class holding penetration_f`` of the station.
    total_per_km_yr : float
        Strikes of all ships there.
    section : ShippingSection
        Tables and factors.

    Returns
    -------
    dict
        Plain values; ``origins`` says where each comes from, ``flags`` what was doubted.
    """
    kind, kg = section.ship_types[str(row["type_class"])], float(row["anchor_kg"])
    capacity = section.holding[here["holding"]]
    both = float(row["strike_per_km_yr"] + row["routine_strike_per_km_yr"])
    return {
        **{name: _plain(row[name]) for name in ("mmsi", "imo", "name", "type_class", "vessel_type", "registry")},
        "flags": str(row["flags"]).split(),
        "origins": origins_of(str(row["origins"])),
        "reported_draught_m": _plain(row["reported_draught_m"]),
        **{name: float(row[name]) for name in ("length_m", "beam_m", "draught_m", "draught_kept")},
        **{name: _plain(row[name]) for name in ("type_length_m", "type_lengths")},
        **{name: _plain(row[name]) for name in ("type_draught_per_length", "type_draughts")},
        "block_coefficient": kind.block_coefficient,
        "dwt_per_displacement": kind.dwt_per_displacement,
        **{name: float(row[name]) for name in ("displacement_t", "dwt_t")},
        "dwt_class": str(row["dwt_class"]),
        "equipment_number": float(row["equipment_number"]),
        "anchor_row": _anchor_row(float(row["equipment_number"]), section),
        "anchor_kg": kg,
        "chain_row": _chain_row(float(row["equipment_number"]), section),
        **{name: float(row[name]) for name in ("chain_m", "fluke_length_m")},
        "penetration_f": here["penetration_f"],
        "penetration_m": here["penetration_f"] * float(row["fluke_length_m"]),
        "holding": here["holding"],
        "holding_reference_kn": capacity.reference_kn,
        "holding_exponent": capacity.exponent,
        "uhc_kn": float(holding_kn(np.array(kg), here["holding"], section)),
        "drop_speed_m_s": section.drop_speed_kn * KNOT_M_S,
        "water_depth_m": here["water_depth_m"],
        "least_depth_m": section.grounding_factor * float(row["draught_m"]),
        "d1_m": section.full_depth_per_chain * float(row["chain_m"]),
        "d2_m": section.reach_depth_per_chain * float(row["chain_m"]),
        "hours_around": around,
        **{
            name: float(row[name])
            for name in ("drag_m", "p_wd", "h_per_km2_yr", "strike_per_km_yr", "routine_strike_per_km_yr",
                         "accidental_strike_per_km_yr")
        },
        "share": both / total_per_km_yr if total_per_km_yr > 0.0 else 0.0,
    }  # fmt: skip


def ship_lines(ship: Mapping[str, Any], exposure: Mapping[str, Any], section: ShippingSection) -> list[Line]:
    """Return a ship's steps: a label and the formula with its numbers put in; ``exposure`` is that of the station."""
    return [
        *size_lines(ship, section),
        ("equipment number", _equipment(ship, section)),
        ("anchor", _anchor(ship, section)),
        ("chain", _chain(ship)),
        ("fluke", _fluke(ship, section)),
        ("penetration", f"f x fluke = {n(ship['penetration_f'])} x {n(ship['fluke_length_m'])} = "
                        f"{n(ship['penetration_m'])} m (f as under Seabed, METHODS 1.6)"),
        ("holding capacity", _holding(ship, section)),
        ("drag", _drag(ship, section)),
        ("P_wd", _p_wd(ship, section)),
        ("ship-time", _time(ship, exposure)),
        ("strikes", _strikes(ship, section)),
        ("routine anchoring", f"{n(ship['routine_strike_per_km_yr'])} /km/yr (METHODS 1.10)"),
        ("accidental release", _accidental(ship, section)),
        ("share", f"{ship['share']:.3%} of the station"),
    ]  # fmt: skip


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it; None where it is blank."""
    if isinstance(value, str):
        return value
    return None if np.isnan(value) else int(value) if float(value).is_integer() else float(value)


def _anchor_row(number: float, section: ShippingSection) -> list[float]:
    """Return the row of the anchor table that holds: over, up to, kg; the last also beyond the table."""
    return list(next((row for row in section.anchor_table if number <= row[1]), section.anchor_table[-1]))


def _chain_row(number: float, section: ShippingSection) -> list[float]:
    return list(next((row for row in section.chain_table if number <= row[0]), section.chain_table[-1]))


def _equipment(ship: Mapping[str, Any], section: ShippingSection) -> str:
    formula = (
        f"k x displacement^(2/3) = {section.equipment_number_k:g} x {n(ship['displacement_t'])}^(2/3) = "
        f"{n(ship['equipment_number'])}"
    )
    return registered(ship, "equipment_number", "") or formula


def _anchor(ship: Mapping[str, Any], section: ShippingSection) -> str:
    if said := registered(ship, "anchor_kg", " kg"):
        return said
    over, up_to, kg = ship["anchor_row"]
    text = f"table row EN over {over:g} up to {up_to:g}: {kg:g} kg"
    if ship["equipment_number"] > up_to:
        kg *= ship["equipment_number"] / up_to
        text = f"beyond the table's last row, {text} x {n(ship['equipment_number'])} / {up_to:g} = {n(kg)} kg"
    if round(kg) != round(ship["anchor_kg"]):
        text += f"; high holding power: x {section.hhp_mass_factor:g} = {ship['anchor_kg']:g} kg"
    return f"{text} (IACS UR A1)"


def _chain(ship: Mapping[str, Any]) -> str:
    up_to, metres = ship["chain_row"]
    beyond = ", which also holds beyond it" if ship["equipment_number"] > up_to else ""
    said = registered(ship, "chain_m", " m, both sides")
    return said or f"table row EN up to {up_to:g}{beyond}: {metres:g} m, both sides"


def _fluke(ship: Mapping[str, Any], section: ShippingSection) -> str:
    if said := registered(ship, "fluke_length_m", " m"):
        return said
    coefficient, mass = section.fluke_length_at_1t_m, f"{ship['anchor_kg']:g}"
    hers = coefficient * np.cbrt(ship["anchor_kg"] / 1000.0)
    high_holding = not np.isclose(hers, ship["fluke_length_m"], rtol=1e-3)
    if high_holding:
        mass = f"{n(1000.0 * (ship['fluke_length_m'] / coefficient) ** 3)}"
    text = (
        f"{coefficient:g} x (m / 1000)^(1/3) = {coefficient:g} x ({mass} / 1000)^(1/3) = {n(ship['fluke_length_m'])} m"
    )
    return f"{text}, of the stockless anchor that hers of high holding power stands in for" if high_holding else text


def _holding(ship: Mapping[str, Any], section: ShippingSection) -> str:
    return (
        f"UHC = H (m / {section.holding_reference_kg:g})^b = {ship['holding_reference_kn']:g} x "
        f"({ship['anchor_kg']:g} / {section.holding_reference_kg:g})^{ship['holding_exponent']:g} = "
        f"{n(ship['uhc_kn'])} kN in {ship['holding']} (METHODS 1.7)"
    )


def _drag(ship: Mapping[str, Any], section: ShippingSection) -> str:
    mass_kg, speed = ship["displacement_t"] * 1000.0 * (1.0 + section.added_mass), ship["drop_speed_m_s"]
    metres = mass_kg * speed**2 / (2.0 * section.drag_eta * ship["uhc_kn"] * 1000.0)
    text = (
        f"displacement x 1000 x (1 + Ca) x V^2 / (2 eta UHC x 1000) = {n(ship['displacement_t'])} x 1000 x "
        f"(1 + {section.added_mass:g}) x {n(speed)}^2 / (2 x {section.drag_eta:g} x {n(ship['uhc_kn'])} x 1000) = "
        f"{n(metres)} m"
    )
    if not np.isclose(metres, ship["drag_m"]):
        text += f", held between {section.min_drag_m:g} and {section.max_drag_m:g} m: {n(ship['drag_m'])} m"
    return f"{text}; V is {section.drop_speed_kn:g} kn (METHODS 1.7)"


def _p_wd(ship: Mapping[str, Any], section: ShippingSection) -> str:
    depth, d1, d2 = ship["water_depth_m"], ship["d1_m"], ship["d2_m"]
    ends = (
        f"depth d {n(depth)} m, floats from {section.grounding_factor:g} x {n(ship['draught_m'])} = "
        f"{n(ship['least_depth_m'])} m, d1 = {section.full_depth_per_chain:.6g} x {n(ship['chain_m'])} = {n(d1)} m, "
        f"d2 = {section.reach_depth_per_chain:g} x {n(ship['chain_m'])} = {n(d2)} m"
    )
    if depth < ship["least_depth_m"]:
        rule = "cannot float here"
    elif section.pwd == "scope":
        rule = f"(d2 / d - 1) / 2 = ({n(d2)} / {n(depth)} - 1) / 2, between 0 and 1"
    elif d1 < depth < d2:
        rule = f"(d2 - d) / (d2 - d1) = ({n(d2)} - {n(depth)}) / ({n(d2)} - {n(d1)})"
    else:
        rule = "d is within d1" if depth <= d1 else "d is beyond d2"
    return f"{ends}: {rule} = {n(ship['p_wd'])} (METHODS 1.4)"


def _time(ship: Mapping[str, Any], exposure: Mapping[str, Any]) -> str:
    formula = density_formula(ship["hours_around"], exposure)
    return f"share of each panel around x her hours there: {formula} = {n(ship['h_per_km2_yr'])} h/km2/yr (METHODS 1.2)"


def _strikes(ship: Mapping[str, Any], section: ShippingSection) -> str:
    return (
        f"P_incident / 8760 x coverage x P_traffic x growth x h x D x P_wd = {section.incident_per_ship_yr:g} / 8760 "
        f"x {_shared(section)} x {n(ship['h_per_km2_yr'])} h/km2/yr x "
        f"{n(ship['drag_m'])} / 1000 km x {n(ship['p_wd'])} = {n(ship['strike_per_km_yr'])} /km/yr (METHODS 1.10)"
    )


def _accidental(ship: Mapping[str, Any], section: ShippingSection) -> str:
    reach = 1 if ship["least_depth_m"] <= ship["water_depth_m"] < ship["d2_m"] else 0
    return (
        f"{section.accidental_per_ship_yr:g} / 8760 x {_shared(section)} x "
        f"{n(ship['h_per_km2_yr'])} x {section.accidental_drag_m:g} / 1000 x {reach} = "
        f"{n(ship['accidental_strike_per_km_yr'])} /km/yr, told beside the strikes and not in them (METHODS 1.4)"
    )


def _shared(section: ShippingSection) -> str:
    return f"{section.coverage_factor:g} x {section.traffic_modifier:g} x {growth_factor(section):g}"
