"""The full calculation at one place, for a reviewing engineer: inputs, formulas with numbers put in, sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.burial.explain_soil import number, soil_lines
from pipeline.burial.frequency import WORDING, frequency_category
from pipeline.burial.target import ladder_step_m, minimum_dol_m, mobility_allowance_m
from pipeline.config import Config
from pipeline.config.fields import Section as ConfigSection
from pipeline.hazards.shipping.explain import Numbers, explain_station
from pipeline.hazards.shipping.explain_text import SHIPS, station_sections
from pipeline.store import Facts

Line = tuple[str, str]
Section = tuple[str, list[Line]]
_SOURCED = (
    "corridor",
    "water",
    "acceptance",
    "bedforms",
    "burial",
    "uncertainty",
    "soil",
    "shipping",
    "fishing",
    "cable",
)


@dataclass(frozen=True)
class Explanation:
    """The calculation at one station.

    Attributes
    ----------
    sections : list of (title, lines)
        Each line a label and a text.
    numbers : dict
        By title of a section, its numbers one by one: plain values, fit for JSON.
    """

    sections: list[Section]
    numbers: dict[str, Numbers]


def explain(
    kp_km: float, folders: Mapping[str, Path], facts: Mapping[str, Facts], config: Config, *, ships: int = 10
) -> Explanation:
    """Return the calculation at the station nearest to a kilometre post.

    Parameters
    ----------
    kp_km : float
        Kilometre post.
    folders, facts : mapping
        Output folders and facts of the steps.
    config : Config
        All of the configuration.
    ships : int
        How many ships to list. They are named: this is for the team, and is never published.

    Returns
    -------
    Explanation
        Sections in the order of the calculation.
    """
    stations = pd.read_parquet(folders["burial"] / "stations.parquet")
    zones = pd.read_parquet(folders["burial"] / "zones.parquet")
    station = int((stations["kp_km"] - kp_km).abs().to_numpy(float).argmin())
    at = stations.iloc[station]
    zone = zones[zones["zone_id"] == at["zone_id"]].iloc[0]
    anchors = pd.read_parquet(folders["shipping"] / "station_anchors.parquet", filters=[("station", "==", station)])
    f = None if np.isnan(at["penetration_f"]) else float(at["penetration_f"])
    behind = explain_station(folders, facts, station, config, top=ships, factor=f)
    layers = pd.read_parquet(folders["soil"] / "soil_layers.parquet", filters=[("station", "==", station)])
    sections: list[Section] = [
        ("Place", _place(kp_km, at)),
        ("Seabed", [*_seabed(at, config), *soil_lines(at, layers, config)]),
        ("Tolerable rate", _limit(at, stations, config)),
        ("Anchors: strikes by depth", _curve(at, anchors, config)),
        *station_sections(behind, config.shipping),
        ("Fishing", _fishing(at, config)),
        ("Spread of the required depth", _spread(at, config)),
        ("Target depth", _target(at, config)),
        ("Trenching and protection", _protection(at)),
        ("What remains", _residual(at)),
        ("Earthquakes (never deepen burial)", _seismic(at)),
        ("Zone", _zone(zone)),
        ("What the data are", [(name, _told(facts[name])) for name in facts]),
        ("Parameters: value [unit] (tag) source; S published, K known publication, E assumption, C computed",
         _parameters(config)),
    ]  # fmt: skip
    return Explanation(sections, {SHIPS: behind} if behind else {})


def _place(kp_km: float, at: pd.Series) -> list[Line]:
    return [
        ("asked for", f"KP {kp_km:g}"),
        ("nearest station", f"{at['station']} at KP {at['kp_km']:.3f}, {at['lat']:.6f} N {at['lon']:.6f} E"),
        ("stands for", f"{at['length_km']:.3f} km of cable"),
    ]


def _seabed(at: pd.Series, config: Config) -> list[Line]:
    depth = f"surface {config.water.surface_m:g} m less seabed level = {number(at['water_depth_m'], 'm')}"
    return [
        ("water depth", f"{depth}; source {at['depth_source']}, {at['provenance']}, confidence {at['confidence']}"),
        ("slope", number(at["slope_deg"], "deg")),
    ]


def _limit(at: pd.Series, stations: pd.DataFrame, config: Config) -> list[Line]:
    acceptance, route_km = config.acceptance, float(stations["length_km"].sum())
    limit = float(at["limit_strike_per_km_yr"])
    total = (stations["surface_strike_per_km_yr"] * stations["length_km"]).sum(min_count=1)
    how = {
        "length": f"{acceptance.route_strikes_per_yr:g} /yr / {route_km:.3f} km",
        "none": f"{acceptance.route_strikes_per_yr:g} /yr / {acceptance.reference_length_km:g} km reference length",
        "section": f"{acceptance.route_strikes_per_yr:g} /yr / sections of one soil / length of this section",
    }[acceptance.allocation]
    return [
        ("limit", f"allocation '{acceptance.allocation}': {how} = {limit:.4g} /km/yr (METHODS 1.2)"),
        ("beside it", f"the whole route, surface-laid: {number(total, '/yr')}"),
    ]


def _curve(at: pd.Series, anchors: pd.DataFrame, config: Config) -> list[Line]:
    if np.isnan(at["anchor_strike_per_km_yr"]):
        return [("anchors", "not assessed")]
    f, limit = float(at["penetration_f"]), float(at["limit_strike_per_km_yr"])
    lines: list[Line] = [("P(z)", "sum of the strikes of anchors with f * fluke > z; a size is safe at z = f * fluke")]
    sizes = anchors.sort_values("fluke_length_m", kind="stable")
    remaining = float(sizes["strike_per_km_yr"].sum())
    lines.append(("z = 0", f"P = {remaining:.4g} /km/yr, surface-laid"))
    needed = 0.0
    rates = sizes["strike_per_km_yr"].to_numpy(float)
    after = np.append(np.cumsum(rates[::-1])[::-1], 0.0)[1:]
    for kg, fluke, rate, rest in zip(sizes["anchor_kg"], sizes["fluke_length_m"], rates, after, strict=True):
        if remaining > limit * (1 + 1e-9):
            needed = f * float(fluke)
        lines.append(
            (f"anchor {kg:g} kg", f"fluke {fluke:.3f} m, {rate:.4g} /km/yr; from z = {f * fluke:.3f} m P = {rest:.4g}")
        )
        remaining = float(rest)
    lines.append(("RMDOL, f as it stands", f"smallest z with P(z) <= {limit:.4g}: {needed:.3f} m"))
    percentile = config.acceptance.percentile
    lines.append((f"RMDOL, P{percentile}", number(at["required_dol_anchor_m"], "m")))
    return lines


def _fishing(at: pd.Series, config: Config) -> list[Line]:
    if np.isnan(at["fishing_strike_per_km_yr"]):
        return [("fishing", "not assessed")]
    gear, factor = at["gear_penetration_m"], config.fishing.penetration_factor
    least = config.fishing.minimum_dol_m
    rule = f"{factor:g} x {number(gear, 'm')} gear penetration, at least {least:g} m; 0 for pelagic gear"
    return [
        ("contacts", number(at["fishing_contacts_per_km_yr"], "/km/yr")),
        ("strikes, surface-laid", f"{number(at['fishing_strike_per_km_yr'], '/km/yr')} ({at['fishing_provenance']})"),
        ("required", f"{number(at['required_dol_fishing_m'], 'm')}: {rule} within the limit (METHODS 2.1, 2.2)"),
    ]


def _spread(at: pd.Series, config: Config) -> list[Line]:
    u = config.uncertainty
    values = ", ".join(f"P{p} {number(at[f'required_dol_p{p}_m'], 'm')}" for p in (10, 50, 90))
    spreads = (
        f"{u.draws} draws, seed {u.seed} and station; penetration COV {u.penetration_cov:g} with P95 = f x fluke, "
        f"traffic COV {u.traffic_cov:g}, soil strength {'drawn' if u.soil_strength else 'fixed'}"
    )
    return [
        ("each draw", "penetration multiplier x f at a drawn soil strength x fluke length needed at limit / traffic"),
        ("spreads", spreads),
        ("with the fishing floor", values),
    ]


def _target(at: pd.Series, config: Config) -> list[Line]:
    burial, depth = config.burial, float(at["water_depth_m"])
    if not depth > 0:
        return [("target", "none decided: dry land, or depth unknown")]
    if np.isnan(at["target_dol_m"]):
        return [("target", "none decided: no threat is assessed, and no minimum holds in this depth of water")]
    percentile = config.acceptance.percentile
    required = float(at[f"required_dol_p{percentile}_m"])
    bedform = float(at["mobility_allowance_m"])
    mobility = float(mobility_allowance_m(bedform, burial))
    step, least = (
        float(ladder_step_m(np.array(required), burial, bedform)),
        float(minimum_dol_m(np.array(depth), burial)),
    )
    allowed = f"{number(required, 'm')} + tolerance {burial.tolerance_m:g} m + mobility {mobility:.2f} m"
    if required == 0:
        allowed = "0 m required: nothing is added to nothing"
    lines = [
        (f"required, P{percentile}", number(required, "m")),
        ("mobility of the bed", f"{mobility:.2f} m: {burial.mobility_allowance_m:g} m, or bedforms: {_bedform(at)}"),
        ("ladder step", f"{allowed} -> {number(step, 'm')} of {', '.join(f'{x:g}' for x in burial.ladder_m)} m"),
        ("least by water depth", f"{least:g} m in {depth:.1f} m of water; no tolerance on it"),
        ("target", f"{number(at['target_dol_m'], 'm')}, governed by {at['governing']}"),
    ]
    if at["above_ladder_m"] > 0:
        lines.append(
            ("beyond the ladder", f"by {at['above_ladder_m']:.2f} m: the last step is ordered and the rest remains")
        )
    return lines


def _bedform(at: pd.Series) -> str:
    kind = str(at["bedform"])
    if kind in ("", "none"):
        return "none found by the survey" if kind else "not assessed, no survey of this cell is fine enough"
    return (
        f"{kind.replace('_', ' ')} {at['bedform_height_m']:.2f} m high, {at['bedform_wavelength_m']:.0f} m long, "
        f"{at['mobility_allowance_m']:.2f} m (METHODS 3.5)"
    )


def _protection(at: pd.Series) -> list[Line]:
    tool = f"{at['tool']}, {at['tool_rate']}" if at["tool"] else "no listed tool works here"
    deficit = f"max(0, {number(at['target_dol_m'], 'm')} - {number(at['achievable_dol_m'], 'm')})"
    return [
        ("achievable", f"{number(at['achievable_dol_m'], 'm')} by {tool} (METHODS 3.3)"),
        ("deficit", f"{deficit} = {number(at['deficit_m'], 'm')}"),
        ("protection", str(at["protection"]) or "-"),
        ("cable type", str(at["cable_type"]) or "-"),
        ("burial protection index", number(at["bpi"])),
    ]


def _residual(at: pd.Series) -> list[Line]:
    rate = float(at["residual_strike_per_km_yr"])
    category = int(frequency_category(np.array([rate]))[0])
    return [
        ("surface-laid", number(at["surface_strike_per_km_yr"], "/km/yr")),
        ("at the target", number(at["target_strike_per_km_yr"], "/km/yr")),
        ("at min(target, achievable)", number(rate, "/km/yr")),
        ("return period of this kilometre", _period(at)),
        ("frequency class of one kilometre", f"{category}: {WORDING[category]}" if category else "not assessed"),
    ]


def _period(at: pd.Series) -> str:
    if not np.isnan(at["return_period_yr"]):
        return number(at["return_period_yr"], "yr")
    return "not assessed" if np.isnan(at["residual_strike_per_km_yr"]) else "infinite: no strikes remain"


def _seismic(at: pd.Series) -> list[Line]:
    return [
        ("rock, 475 yr and 2475 yr", f"{number(at['pga_475yr_g'], 'g')}, {number(at['pga_2475yr_g'], 'g')}"),
        ("seabed soil, 475 yr", number(at["pga_475yr_soil_g"], "g")),
        ("slope", f"factor of safety {number(at['slope_fs'])}, class {at['slope_class'] or '-'}"),
        ("remedy", str(at["geohazard_note"]) or "none asked for"),
    ]


def _zone(zone: pd.Series) -> list[Line]:
    return [
        (
            f"zone {zone['zone_id']}",
            f"KP {zone['kp_from_km']:.3f} to {zone['kp_to_km']:.3f}, {zone['length_km']:.2f} km",
        ),
        ("prescription", f"target {number(zone['target_dol_m'], 'm')}, cable {zone['cable_type'] or '-'}"),
        (
            "mostly",
            f"{zone['protection_mix'] or '-'}; soil {zone['soil']}; worst confidence {zone['confidence'] or '-'}",
        ),
    ]


def _told(told: Facts) -> str:
    if not told.get("assessed", True):
        return f"not assessed: {told.get('summary', '')}"
    names = ", ".join(str(source["name"]) for source in told.get("sources", []))
    return f"{told.get('provenance', '')} [{names}] {told.get('summary', '')}"


def _parameters(config: Config) -> list[Line]:
    return [line for name in _SOURCED for line in parameter_lines(name, getattr(config, name))]


def parameter_lines(name: str, section: ConfigSection) -> Iterable[Line]:
    """Give the parameters of a section that state unit, tag and source."""
    for key, info in type(section).model_fields.items():
        extra: Any = info.json_schema_extra
        if isinstance(extra, dict) and "tag" in extra:
            value = "table" if extra["unit"] == "table" else _plain(getattr(section, key))
            yield f"{name}.{key}", f"{value} [{extra['unit']}] ({extra['tag']}) {extra['source']}"


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(part)}" for key, part in value.items())
    if isinstance(value, ConfigSection):
        return _plain(value.model_dump(mode="json"))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "(" + ", ".join(_plain(part) for part in value) + ")"
    return f"{value:g}" if isinstance(value, float) else str(value)
