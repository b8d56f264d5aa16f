"""The tables of the burial step: stations in the contract's column order, and the zones."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.burial.cable import weight_order
from pipeline.burial.frequency import frequency_category
from pipeline.burial.zones import Zone, make_zones, zone_of
from pipeline.config import Config
from pipeline.config.burial import CableSection
from pipeline.geo import Floats
from pipeline.seabed.ground import STRENGTHS
from pipeline.workspace import weakest

STATION_COLUMNS = (
    "kp_km", "lon", "lat", "water_depth_m", "slope_deg", "soil_class", "provenance", "confidence",
    "anchor_strike_per_km_yr", "fishing_strike_per_km_yr", "pga_475yr_g", "slope_fs", "required_dol_p10_m",
    "required_dol_p50_m", "required_dol_p90_m", "target_dol_m", "achievable_dol_m", "deficit_m",
    "residual_strike_per_km_yr", "return_period_yr", "governing", "protection", "cable_type", "zone_id",
)  # fmt: skip
STATION_EXTRAS = (
    "station", "length_km", "depth_source", "soil_source", "soil_provenance", "shipping_provenance",
    "fishing_provenance", "seismic_provenance", "required_dol_anchor_m", "required_dol_fishing_m", "above_ladder_m",
    "surface_strike_per_km_yr", "target_strike_per_km_yr", "limit_strike_per_km_yr", "penetration_f", "tool",
    "tool_rate", "bpi", "roughness_m", "position_index_m", "curvature_along_per_km", "curvature_across_per_km",
    "survey_slope_mean_deg", "survey_slope_max_deg", "bedform", "bedform_height_m", "bedform_wavelength_m",
    "mobility_allowance_m", "passages_per_km_yr", "fishing_contacts_per_km_yr", "gear_penetration_m",
    "pga_2475yr_g", "pga_475yr_soil_g", "pga_2475yr_soil_g", "slope_class", "geohazard_note",
    "soil_kind", "soil_confidence", "soil_boundary", "soil_sample", "soil_sample_m", *STRENGTHS,
    "routine_strike_per_km_yr", "accidental_strike_per_km_yr",
)  # fmt: skip

_PROVENANCES = ("provenance", "soil_provenance", "shipping_provenance", "fishing_provenance")
_SUMMARISED = (
    "length_km", "achievable_dol_m", "required_dol_p90_m", "zone_protection", "residual_strike_per_km_yr",
    "surface_strike_per_km_yr", "governing", "soil_class", "water_depth_m", "pga_475yr_g", "slope_fs",
    "geohazard_note", "confidence", *_PROVENANCES,
)  # fmt: skip
Part = dict[str, NDArray[Any]]
"""Columns of the stations of one zone."""


def route_edges_km(stations: pd.DataFrame) -> Floats:
    """Return the ends of the pieces of cable that the stations stand for."""
    return np.concatenate([[0.0], np.cumsum(stations["length_km"].to_numpy(float))])


def cut_zones(stations: pd.DataFrame, config: Config) -> tuple[list[Zone], Floats, list[str]]:
    """Cut the route into zones of one target depth and cable type.

    Returns
    -------
    zones : list of Zone
        In KP order.
    depths_m : ndarray
        Target depth by rank; the last entry, rank -1, is NaN.
    cables : list of str
        Cable type by rank.
    """
    target = stations["target_dol_m"].to_numpy(float)
    depths = np.unique(target[~np.isnan(target)])
    depth_rank = np.where(np.isnan(target), -1, np.searchsorted(depths, np.nan_to_num(target))).astype(np.int64)
    cables = weight_order(config.cable)
    cable_rank = np.array([cables.index(str(name)) for name in stations["cable_type"]], dtype=np.int64)
    edges = route_edges_km(stations)
    edges[-1] = float(stations["kp_km"].iloc[-1])
    zones = make_zones(
        edges, depth_rank, cable_rank,
        rounding_km=config.burial.zone_rounding_m / 1000.0, minimum_km=config.burial.minimum_zone_km,
    )  # fmt: skip
    return zones, np.append(depths, np.nan), cables


def number_zones(stations: pd.DataFrame, zones: list[Zone]) -> pd.Series:
    """Return the zone of each station, numbered from 1 in KP order."""
    return pd.Series(zone_of(zones, stations["kp_km"].to_numpy(float)) + 1, index=stations.index, dtype="int32")


def zone_table(
    stations: pd.DataFrame, zones: list[Zone], depths_m: Floats, cables: list[str], cable: CableSection
) -> pd.DataFrame:
    """Summarise every zone: its prescription, and what its stations say.

    The worst of required, achievable and confidence is shown; strikes add up; words are those of the longest part, but
    where the zone's own target is out of reach anywhere, ``protection`` is the remedy of the longest such part.
    ``stations`` has that remedy for the zone's target, which merging may have made deeper, as ``zone_protection``. A
    zone whose remedy is ``armour`` takes the cable type that is kept for deficits.
    """
    columns: Part = {name: stations[name].to_numpy() for name in _SUMMARISED}
    first = np.searchsorted(stations["zone_id"], np.arange(1, len(zones) + 2))
    parts = ({name: values[start:stop] for name, values in columns.items()} for start, stop in pairwise(first))
    rows = [
        _zone_row(number, zone, part, depths_m, cables)
        for number, (zone, part) in enumerate(zip(zones, parts, strict=True), start=1)
    ]
    table = pd.DataFrame(rows)
    table.loc[table["protection"] == "armour", "cable_type"] = cable.deficit_type
    return table.astype({"zone_id": "int32", "frequency_category": "Int8"})


def _zone_row(number: int, zone: Zone, part: Part, depths_m: Floats, cables: list[str]) -> dict[str, object]:
    target = float(depths_m[zone.depth])
    length = part["length_km"]
    achievable = _least(part["achievable_dol_m"])
    short = max(target - achievable, 0.0) if np.isfinite(target + achievable) else np.nan
    remedied = np.isin(part["zone_protection"], ("none", "burial"))
    residual = _total(part["residual_strike_per_km_yr"], length)
    category = int(frequency_category(np.array([residual]))[0])
    notes = sorted({note for note in part["geohazard_note"] if note}, key=lambda note: "may fail" not in note)
    return {
        "zone_id": number,
        "kp_from_km": zone.kp_from_km,
        "kp_to_km": zone.kp_to_km,
        "length_km": zone.length_km,
        "target_dol_m": target,
        "required_dol_p90_m": _largest(part["required_dol_p90_m"]),
        "achievable_dol_m": achievable,
        "deficit_m": short,
        "governing": _dominant(part["governing"], length),
        "protection": _dominant(np.where(~remedied | (short == 0), part["zone_protection"], ""), length),
        "protection_mix": _mix(part["zone_protection"], length),
        "cable_type": cables[zone.cable],
        "soil": _mix(part["soil_class"], length),
        "water_depth_min_m": _least(part["water_depth_m"]),
        "water_depth_max_m": _largest(part["water_depth_m"]),
        "surface_strike_per_yr": _total(part["surface_strike_per_km_yr"], length),
        "residual_strike_per_yr": residual,
        "return_period_yr": 1.0 / residual if residual > 0 else np.nan,
        "frequency_category": category or None,
        "pga_475yr_g": _largest(part["pga_475yr_g"]),
        "slope_fs_min": _least(part["slope_fs"]),
        "geohazard_note": notes[0] if notes else "",
        "confidence": max((str(c) for c in part["confidence"] if isinstance(c, str)), default=""),
        "provenance": weakest(_provenances(part)),
    }


def _provenances(part: Part) -> set[str]:
    return {str(value) for column in _PROVENANCES for value in part[column]}


def _least(values: Floats) -> float:
    return float(np.fmin.reduce(values))


def _largest(values: Floats) -> float:
    return float(np.fmax.reduce(values))


def _total(rate_per_km_yr: Floats, length_km: Floats) -> float:
    """Return a rate along a zone; what is not assessed adds nothing, and NaN where nothing is."""
    rate = rate_per_km_yr * length_km
    known = ~np.isnan(rate)
    return float(np.where(known, rate, 0.0).sum()) if known.any() else np.nan


def _lengths(words: NDArray[np.object_], length_km: Floats) -> list[tuple[str, float]]:
    """Return words with their kilometres, the longest first; equal lengths in the order of the alphabet."""
    km = {word: math.fsum(length_km[words == word]) for word in set(words.tolist()) if word}
    return sorted(km.items(), key=lambda item: (-item[1], item[0]))


def _dominant(words: NDArray[np.object_], length_km: Floats) -> str:
    ordered = _lengths(words, length_km)
    return ordered[0][0] if ordered else ""


def _mix(words: NDArray[np.object_], length_km: Floats) -> str:
    ordered = _lengths(words, length_km)
    whole = sum(km for _, km in ordered)
    return ", ".join(f"{word} {100 * km / whole:.0f} %" for word, km in ordered)
