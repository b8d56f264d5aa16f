"""The columns of the tables that the shipping steps write, also where there is nothing to write."""

from __future__ import annotations

import pandas as pd

STATICS = {
    "mmsi": "int64", "imo": "float64", "vessel_type": "float64", "length_m": "float64", "beam_m": "float64",
    "draught_m": "float64", "name": "str", "reports": "int64",
}  # fmt: skip
SHIPS = {
    "ship": "int32", "mmsi": "int64", "imo": "float64", "name": "str", "vessel_type": "float64", "length_m": "float64",
    "beam_m": "float64", "reported_draught_m": "float64", "type_class": "str", "draught_m": "float64",
    "displacement_t": "float64", "dwt_t": "float64", "dwt_class": "str", "equipment_number": "float64",
    "anchor_kg": "int32", "chain_m": "float64", "fluke_length_m": "float64", "draught_kept": "float64",
    "type_length_m": "float64", "type_lengths": "int64", "type_draught_per_length": "float64",
    "type_draughts": "int64", "registry": "str", "origins": "str", "flags": "str",
}  # fmt: skip
PASSAGES = {
    "station": "int32", "kp_km": "float64", "lon": "float64", "lat": "float64", "time_us": "int64",
    "speed_kn": "float64", "angle_deg": "float64", "course_deg": "float64", "heading_deg": "float64",
    "draught_m": "float64", "ship": "int32",
}  # fmt: skip
CROSSINGS = {name: kind for name, kind in PASSAGES.items() if name not in ("lon", "lat")}
CLASSED_PASSAGES = {**PASSAGES, "dwt_class": "str", "season": "str"}
SECTIONS = {
    "station": "int32", "kp_km": "float64", "kp_from_km": "float64", "kp_to_km": "float64", "lon": "float64",
    "lat": "float64", "dwt_class": "str", "passages": "int64", "passages_per_yr": "float64",
    "speed_mean_kn": "float64", "to_right_per_yr": "float64", "to_left_per_yr": "float64",
    "course_right_deg": "float64", "course_left_deg": "float64", "heading_right_deg": "float64",
    "heading_left_deg": "float64",
    "draught_mean_m": "float64", "draught_max_m": "float64", "djf_per_yr": "float64", "mam_per_yr": "float64",
    "jja_per_yr": "float64", "son_per_yr": "float64",
}  # fmt: skip
STATION_TIME = {"station": "int32", "ship": "int32", "hours_us": "int64"}
CELL_TIME = {"cell": "int32", "ship": "int32", "hours_us": "int64"}
CELL_TRAFFIC = {
    "cell": "int32", "ship": "int32", "passages": "int32", "length_mm": "int64", "hours_us": "int64",
    "weighted_us": "int64", "still_us": "int64",
}  # fmt: skip
MODELLED_SHIPS = {
    "mmsi": "int64", "name": "str", "vessel_type": "float64", "length_m": "float64", "beam_m": "float64",
    "reported_draught_m": "float64", "raster": "str", "share": "float64",
}  # fmt: skip
STOPS = {
    "ship": "int32", "start_us": "int64", "end_us": "int64", "x_m": "float64", "y_m": "float64", "lon": "float64",
    "lat": "float64", "radius_m": "float64", "reports": "int32", "kind": "str", "kp_km": "float64",
    "offset_m": "float64",
}  # fmt: skip
STATION_SHIPS = {
    "station": "int32", "ship": "int32", "h_per_km2_yr": "float64", "drag_m": "float64", "p_wd": "float64",
    "strike_per_km_yr": "float64", "routine_strike_per_km_yr": "float64", "accidental_strike_per_km_yr": "float64",
}  # fmt: skip
STATION_CLASSES = {
    "station": "int32", "dwt_class": "str", "passages_per_km_yr": "float64", "strike_per_km_yr": "float64",
    "anchor_kg_max": "float64",
}  # fmt: skip
STATION_INPUTS = {
    "station": "int32", "water_depth_m": "float64", "soil_class": "str", "water_share": "float64",
}  # fmt: skip
_ANCHORS = {
    "anchor_kg": "int32", "fluke_length_m": "float64", "strike_per_km_yr": "float64",
    "routine_strike_per_km_yr": "float64",
}  # fmt: skip
STATION_ANCHORS = {"station": "int32", **_ANCHORS, "accidental_strike_per_km_yr": "float64"}
CELL_ANCHORS = {"cell": "int32", **_ANCHORS}
CLASSES = {
    "dwt_class": "str", "ships": "int64", "passages_per_yr": "float64", "strike_per_yr": "float64",
    "anchor_kg_max": "float64",
}  # fmt: skip


def shaped(table: pd.DataFrame | None, columns: dict[str, str]) -> pd.DataFrame:
    """Return a table with exactly these columns and types; without rows where ``table`` is None."""
    if table is None:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    return table[list(columns)].astype(columns)
