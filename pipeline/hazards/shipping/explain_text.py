"""The anchor strikes of one station in words: sections of lines from the numbers of ``explain_station``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.config.shipping import ShippingSection
from pipeline.hazards.shipping.explain import STRIKE
from pipeline.hazards.shipping.explain_passages import NEAR_KM, passage_lines
from pipeline.hazards.shipping.explain_ship import ship_lines
from pipeline.hazards.shipping.explain_time import density_formula
from pipeline.hazards.shipping.explain_words import Line, n
from pipeline.hazards.shipping.noted import counted

Section = tuple[str, list[Line]]
SHIPS = "Anchors: the ships behind it (for the team, not for publication)"


def station_sections(numbers: Mapping[str, Any] | None, section: ShippingSection) -> list[Section]:
    """Return titles and lines: ship-time, each ship, the sums, and the passages around."""
    if numbers is None:
        return [(SHIPS, [("ships", "not assessed here")])]
    shown = [
        (f"Anchors: ship {place}, {_label(ship)}", ship_lines(ship, numbers["exposure"], section))
        for place, ship in enumerate(numbers["ships"], start=1)
    ]
    return [
        ("Anchors: ship-time here", _exposure(numbers, section)),
        (SHIPS, _behind(numbers)),
        *shown,
        ("Anchors: do the ships add up", _totals(numbers)),
        ("Anchors: by deadweight class", _classes(numbers)),
        (
            f"Anchors: passages over the {2 * NEAR_KM:g} km around, by deadweight class",
            passage_lines(numbers["passages"]),
        ),
    ]


def _exposure(numbers: Mapping[str, Any], section: ShippingSection) -> list[Line]:
    at, rate = numbers["exposure"], numbers["rate"]
    width_m = 2.0 * at["half_width_m"]
    factor = _direction(at)
    smoothed = density_formula(at["hours_around"], at)
    lines = [
        ("at the station", f"{n(at['hours'])} ship-hours {factor} in {n(at['years'])} yr, {n(at['panel_km'])} km of "
                           f"cable by {width_m:g} m, {n(at['water_share'])} of the area around being water: "
                           f"{n(at['hours'])} / {n(at['years'])} / ({n(at['panel_km'])} x "
                           f"{width_m / 1000:g} x {n(at['water_share'])}) = {n(at['h_per_km2_yr'])} h/km2/yr"),
        ("smoothed", f"by a box of {at['smoothing_km']:g} km along the route; share of each panel around that "
                     f"falls here x its ship-hours: {smoothed} = {n(at['smoothed_h_per_km2_yr'])} h/km2/yr of "
                     "all ships (METHODS 1.2)"),
        ("rate of a ship-hour", f"P_incident / 8760 = {rate['incident_per_ship_yr']:g} / 8760 = "
                                f"{n(rate['incident_per_ship_h'])} /h; coverage x {rate['coverage_factor']:g}, "
                                f"P_traffic x {rate['traffic_modifier']:g}, growth of traffic x "
                                f"{rate['growth_factor']:g}"),
        ("ground and depth", f"{numbers['soil_class']} holds like {numbers['holding']}, f = "
                             f"{n(numbers['penetration_f'])}; {n(numbers['water_depth_m'])} m of water"),
    ]  # fmt: skip
    if at["coverage"]:
        share, factor = at["coverage"]["silent_share"], at["coverage"]["suggested_factor"]
        what = (
            f"{share:.2%} of the ships' time under way beside the whole cable lies in silences of AIS, not in the hours"
        )
        lines.append(("silences", f"{what}; a coverage_factor of {factor:g} would make it good (METHODS 1.10)"))
    return lines


def _direction(at: Mapping[str, Any]) -> str:
    """Return what the hours were multiplied by: ship by ship with tracks, one number with density rasters."""
    if at["direction_factor"] is not None:
        why = "[ais] direction is isotropic" if at["direction"] == "isotropic" else "density rasters tell no headings"
        return f"times direction factor {n(at['direction_factor'])} ({why})"
    return f"times direction factor '{at['direction']}' of [ais]" if at["direction"] else "times direction factor"


def _behind(numbers: Mapping[str, Any]) -> list[Line]:
    shown, others = numbers["ships"], numbers["others"]
    if not shown and not others["ships"]:
        return [("ships", "none came near")]
    lines = [(f"{place}", f"{_label(ship)}: {n(_both(ship))} /km/yr, {ship['share']:.2%}")
             for place, ship in enumerate(shown, start=1)]  # fmt: skip
    if others["ships"]:
        lines.append(
            ("not listed", f"{counted(others['ships'], 'more ship')}, {n(others[STRIKE])} /km/yr; --top lists more")
        )
    return lines


def _label(ship: Mapping[str, Any]) -> str:
    name = "".join(sign if sign.isprintable() else "?" for sign in ship["name"])  # radio noise, or a hostile hand
    if "typical" in ship["origins"].values():
        return name
    imo = "" if ship["imo"] is None else f" (IMO {ship['imo']})"
    return f"{ship['mmsi']} {name}".strip() + imo


def _both(ship: Mapping[str, Any]) -> float:
    return float(ship[STRIKE] + ship["routine_strike_per_km_yr"])


def _totals(numbers: Mapping[str, Any]) -> list[Line]:
    totals, others = numbers["totals"], numbers["others"]
    listed = sum(_both(ship) for ship in numbers["ships"])
    routine = n(totals["routine_per_km_yr"]) if totals["routine_assessed"] else "not assessed, so 0"
    own = totals["station_per_km_yr"]
    verdict = "-" if own is None else f"{n(own)} /km/yr" + (
        "" if totals["off"] is None
        else ", the same" if abs(totals["off"]) < 1e-9
        else f", which is off by {totals['off']:.2%}"
    )  # fmt: skip
    released = totals["accidental_per_km_yr"]
    return [
        ("ships listed", f"{counted(len(numbers['ships']), 'ship')}: {n(listed)} /km/yr"),
        ("ships not listed", f"{counted(others['ships'], 'ship')}: {n(others[STRIKE])} /km/yr"),
        ("of both, under way", f"{n(totals['under_way_per_km_yr'])} /km/yr"),
        ("of both, routine anchoring", f"{routine} /km/yr"),
        ("all ships", f"{n(listed)} + {n(others[STRIKE])} = {n(totals['sum_per_km_yr'])} /km/yr"),
        ("the station's own number", verdict),
        ("accidental release, not in it", f"{n(totals['accidental_sum_per_km_yr'])} /km/yr of all ships; the station's "
                                          f"own {'-' if released is None else n(released)} /km/yr (METHODS 1.4)"),
    ]  # fmt: skip


def _classes(numbers: Mapping[str, Any]) -> list[Line]:
    return [
        (
            f"{one['dwt_class']} t",
            f"{counted(one['ships'], 'ship')}, {n(one['h_per_km2_yr'])} h/km2/yr, anchors to "
            f"{one['anchor_kg_max']} kg: {n(one[STRIKE])} /km/yr, {one['share']:.1%}",
        )
        for one in numbers["classes"]
    ] or [("ships", "none came near")]
