"""Tables as the page shows them: station columns for the scripts, zone rows for the table and its popups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.config.soil import SoilSection
from pipeline.mapping import words
from pipeline.mapping.messages import Number, msgid, say
from pipeline.mapping.ramps import TargetPalette


@dataclass(frozen=True)
class Field:
    """One number or word of a station.

    Attributes
    ----------
    column : str
        Column of the station table.
    label : str
        In words.
    unit : str
        Unit; ``per`` units are rates and get significant digits, not decimals.
    decimals : int
        Decimals kept in the page; -1 keeps four significant digits.
    rests_on : str
        Step whose provenance is shown beside the value, or ``column:NAME`` where the station says it itself.
    """

    column: str
    label: str
    unit: str = ""
    decimals: int = 2
    rests_on: str = ""


FIELDS: tuple[Field, ...] = (
    Field("water_depth_m", msgid("Water depth"), "m", 1, "column:provenance"),
    Field("slope_deg", msgid("Slope"), "°", 1, "terrain"),
    Field("soil_class", msgid("Soil"), rests_on="soil"),
    Field("required_dol_p10_m", msgid("Required depth, P10"), "m", 2, "burial"),
    Field("required_dol_p50_m", msgid("Required depth, P50"), "m", 2, "burial"),
    Field("required_dol_p90_m", msgid("Required depth, P90"), "m", 2, "burial"),
    Field("target_dol_m", msgid("Target depth of lowering"), "m", 1, "burial"),
    Field("achievable_dol_m", msgid("Achievable depth"), "m", 1, "soil"),
    Field("tool", msgid("Burial tool"), rests_on="soil"),
    Field("deficit_m", msgid("Protection deficit"), "m", 1, "burial"),
    Field("above_ladder_m", msgid("Needed beyond the deepest order"), "m", 2, "burial"),
    Field("governing", msgid("Governed by"), rests_on="burial"),
    Field("protection", msgid("Protection"), rests_on="burial"),
    Field("cable_type", msgid("Cable type"), rests_on="burial"),
    Field("anchor_strike_per_km_yr", msgid("Anchor strikes, surface-laid"), "per km and year", -1, "shipping"),
    Field("fishing_strike_per_km_yr", msgid("Fishing strikes, surface-laid"), "per km and year", -1, "fishing"),
    Field("residual_strike_per_km_yr", msgid("Strikes left when buried"), "per km and year", -1, "burial"),
    Field("return_period_yr", msgid("Return period of a strike in this kilometre"), "years", -1, "burial"),
    Field("pga_475yr_g", msgid("Peak ground acceleration on rock, 475 years"), "g", 3, "seismic"),
    Field("slope_fs", msgid("Slope factor of safety in that shaking"), "", 2, "stability"),
    Field("slope_class", msgid("Slope failure class"), rests_on="stability"),
    Field("geohazard_note", msgid("Ground movement"), rests_on="stability"),
    Field("passages_per_km_yr", msgid("Ship passages"), "per km and year", -1, "shipping"),
    Field("confidence", msgid("Confidence in the depth (A survey, B regional, C coarse or synthetic)")),
)
_WORDS: dict[str, dict[str, str]] = {
    "governing": words.GOVERNING,
    "protection": words.PROTECTION,
    "cable_type": words.CABLE,
    "tool": words.TOOL,
    "slope_class": words.SLOPE_CLASS,
    "geohazard_note": words.GEOHAZARD,
}
_ALWAYS_TEXT = ("zone_id", "provenance")


def station_data(stations: pd.DataFrame, soil: SoilSection) -> dict[str, Any]:
    """Return the stations as columns: numbers rounded, words as codes into a list of levels, blanks as null."""
    columns: dict[str, Any] = {
        "kp_km": np.round(stations["kp_km"].to_numpy(float), 3),
        "lon": np.round(stations["lon"].to_numpy(float), 5),
        "lat": np.round(stations["lat"].to_numpy(float), 5),
    }
    levels: dict[str, list[str]] = {}
    fields = [field for field in FIELDS if field.column in stations]
    for field in fields:
        values = stations[field.column]
        if field.column == "soil_class":
            columns["soil_class"], levels["soil_class"] = _codes(soil_names(values, soil))
        elif pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            columns[field.column] = _rounded(values.to_numpy(float, na_value=np.nan), field.decimals)
        else:
            columns[field.column], levels[field.column] = _codes(values)
    for name in _ALWAYS_TEXT:
        if name in stations:
            columns[name], levels[name] = _codes(stations[name])
    return {
        "columns": columns,
        "levels": levels,
        "words": {
            name: {level: words.said(level, _WORDS[name]) for level in sorted({*_WORDS[name], *levels.get(name, [])})}
            for name in sorted(_WORDS)
        },
        "fields": [[field.column, field.label, field.unit, field.decimals, field.rests_on] for field in fields],
    }


def soil_names(values: pd.Series[Any], soil: SoilSection) -> pd.Series[Any]:
    """Return soil classes by name, whether the table holds names or codes; what the configuration lacks is blank."""
    if not pd.api.types.is_numeric_dtype(values):
        return values
    names = {properties.code: name for name, properties in soil.classes.items()}
    return pd.Series([None if pd.isna(code) else names.get(int(code)) for code in values], dtype=object)


def _codes(values: pd.Series[Any]) -> tuple[list[int | None], list[str]]:
    texts = [None if words.blank(value) else str(value) for value in values.tolist()]
    levels = sorted({text for text in texts if text is not None})
    place = {text: index for index, text in enumerate(levels)}
    return [None if text is None else place[text] for text in texts], levels


def _rounded(values: np.ndarray[Any, np.dtype[np.float64]], decimals: int) -> list[float | None]:
    if decimals >= 0:
        return [None if not np.isfinite(value) else round(float(value), decimals) for value in values]
    return [None if not np.isfinite(value) else float(f"{value:.4g}") for value in values]


@dataclass(frozen=True)
class ZoneRow:
    """A zone as the table and the popup show it.

    Attributes
    ----------
    zone_id : str
        Name of the zone.
    kp_from_km, kp_to_km : float
        Its range.
    colour : str
        Colour of its line.
    width_px : float
        Width of its line.
    deficit : bool
        The target cannot be reached with the tools listed for its soil.
    cells : list[tuple[str, str]]
        Labels and texts.
    """

    zone_id: str
    kp_from_km: float
    kp_to_km: float
    colour: str
    width_px: float
    deficit: bool
    cells: list[tuple[str, str]]


_Row = dict[str, Any]
_ZONE_CELLS: tuple[tuple[str, str, Callable[[_Row], str]], ...] = (
    ("kp_from_km", msgid("From KP"), lambda r: say("{kp}", kp=Number(float(r["kp_from_km"]), 2))),
    ("kp_to_km", msgid("To KP"), lambda r: say("{kp}", kp=Number(float(r["kp_to_km"]), 2))),
    ("length_km", msgid("Length"), lambda r: words.quantity(r["length_km"], "km", 2)),
    ("target_dol_m", msgid("Target depth"), lambda r: words.quantity(r["target_dol_m"], "m", 1)),
    ("required_dol_p90_m", msgid("Required P90, most"), lambda r: words.quantity(r["required_dol_p90_m"], "m", 2)),
    ("achievable_dol_m", msgid("Achievable, least"), lambda r: words.quantity(r["achievable_dol_m"], "m", 1)),
    ("deficit_m", msgid("Deficit, most"), lambda r: words.quantity(r["deficit_m"], "m", 1)),
    ("governing", msgid("Governed by"), lambda r: words.said(r["governing"], words.GOVERNING)),
    ("protection", msgid("Protection"), lambda r: words.said(r["protection"], words.PROTECTION)),
    ("cable_type", msgid("Cable"), lambda r: words.said(r["cable_type"], words.CABLE)),
    ("water_depth_max_m", msgid("Water depth"), lambda r: _range(r.get("water_depth_min_m"), r["water_depth_max_m"])),
    ("soil", msgid("Soil"), lambda r: words.soils(r["soil"])),
    ("surface_strike_per_yr", msgid("Strikes, surface-laid"), lambda r: words.rate(r["surface_strike_per_yr"])),
    ("residual_strike_per_yr", msgid("Strikes left"), lambda r: words.rate(r["residual_strike_per_yr"])),
    (
        "return_period_yr", msgid("Return period"),
        lambda r: words.years(r["return_period_yr"], r.get("residual_strike_per_yr")),
    ),
    ("pga_475yr_g", msgid("Shaking, 475 years"), lambda r: words.quantity(r["pga_475yr_g"], "g", 2)),
    ("geohazard_note", msgid("Ground movement"), lambda r: words.said(r["geohazard_note"], words.GEOHAZARD)),
    ("confidence", msgid("Confidence"), lambda r: words.said(r["confidence"])),
    ("provenance", msgid("Rests on"), lambda r: words.said(r["provenance"], words.PROVENANCE)),
)  # fmt: skip


def zone_rows(zones: pd.DataFrame, palette: TargetPalette) -> list[ZoneRow]:
    """Return the zones in the order of the table, each with the cells that the table has columns for."""
    cells = [(say(label), show) for column, label, show in _ZONE_CELLS if column in zones]
    rows = []
    for record in zones.to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        target = None if words.blank(row["target_dol_m"]) else float(row["target_dol_m"])
        deficit = row.get("deficit_m")
        rows.append(
            ZoneRow(
                zone_id=words.said(row["zone_id"]),
                kp_from_km=round(float(row["kp_from_km"]), 3),
                kp_to_km=round(float(row["kp_to_km"]), 3),
                colour=palette.colour(target),
                width_px=palette.width_px(target),
                deficit=not words.blank(deficit) and float(deficit or 0.0) > 0.0,
                cells=[(label, show(row)) for label, show in cells],
            )
        )
    return rows


def all_zones(zones: pd.DataFrame, palette: TargetPalette) -> dict[str, Any]:
    """Return every zone as a close view draws it: ranges, and for each the place of its colour and width in a list."""
    targets = [None if words.blank(target) else float(target) for target in zones["target_dol_m"]]
    styles = {target: place for place, target in enumerate(dict.fromkeys(targets))}
    return {
        "kp_from_km": np.round(zones["kp_from_km"].to_numpy(float), 3),
        "kp_to_km": np.round(zones["kp_to_km"].to_numpy(float), 3),
        "style": [styles[target] for target in targets],
        "styles": [[palette.colour(target), palette.width_px(target)] for target in styles],
    }


def _range(low: Any, high: Any) -> str:
    if words.blank(high):
        return words.NOT_ASSESSED
    if words.blank(low):
        return words.quantity(high, "m", 0)
    return say("{low} to {high}\u00a0m", low=Number(float(low), 0), high=Number(float(high), 0))
