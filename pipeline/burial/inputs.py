"""Reading what the earlier steps wrote into two tables of places: the stations, and the cells of the swath."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.burial.curve import AnchorCurves
from pipeline.burial.decide import Places
from pipeline.config.soil import SoilSection
from pipeline.errors import DataError
from pipeline.geo import Floats, Frame, read_band
from pipeline.seabed.bedforms import BANDS as BEDFORM_BANDS
from pipeline.seabed.ground import STRENGTHS

_STRENGTH = ("layered_f", *STRENGTHS)
_STATION_TABLES = {
    "bathymetry": ("water_depth_m", "source", "provenance", "confidence"),
    "terrain": (
        "slope_deg", "roughness_m", "position_index_m", "curvature_along_per_km", "curvature_across_per_km",
        "survey_slope_mean_deg", "survey_slope_max_deg", "bedform", "bedform_height_m", "bedform_wavelength_m",
        "mobility_allowance_m",
    ),
    "soil": (
        "soil_class", "soil_source", "soil_provenance", "soil_kind", "soil_confidence", "soil_boundary",
        "soil_trench_class", "soil_sample", "soil_sample_m", *_STRENGTH,
    ),
    "shipping": (
        "anchor_strike_per_km_yr", "routine_strike_per_km_yr", "accidental_strike_per_km_yr", "passages_per_km_yr",
    ),
    "fishing": (
        "fishing_strike_per_km_yr", "fishing_contacts_per_km_yr", "gear_penetration_m", "required_dol_fishing_m",
    ),
    "seismic": ("pga_475yr_g", "pga_2475yr_g", "pga_475yr_soil_g", "pga_2475yr_soil_g"),
    "stability": ("slope_fs", "slope_class"),
}  # fmt: skip
_FISHING = ("fishing_strike_per_km_yr", "gear_penetration_m", "required_dol_fishing_m")


def station_table(frame: Frame, folders: Mapping[str, Path]) -> pd.DataFrame:
    """Join the station tables of all steps, one row a station in KP order.

    Raises
    ------
    DataError
        If a table does not have the frame's stations, or lacks a column.
    """
    joined = frame.stations.copy()
    for step, columns in _STATION_TABLES.items():
        table = _read(folders[step] / "stations.parquet", ("station", *columns))
        if not np.array_equal(table["station"], joined["station"]):
            raise DataError(
                f"the {step} step has other stations than the route",
                where=str(folders[step] / "stations.parquet"),
                remedy="Run 'corridor build --force'.",
            )
        for column in columns:
            joined[column] = table[column].to_numpy()
    return joined.rename(columns={"source": "depth_source"})


def cell_table(frame: Frame, folders: Mapping[str, Path], soil: SoilSection) -> pd.DataFrame:
    """Join seabed rasters and cell tables, one row a cell in the frame's order.

    Raises
    ------
    DataError
        If a table does not have the frame's cells, or lacks a column.
    """
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    joined = frame.cells[["cell", "station"]].copy()
    joined["water_depth_m"] = read_band(folders["bathymetry"] / "water_depth.tif")[row, col]
    joined["slope_deg"] = read_band(folders["terrain"] / "slope.tif")[row, col]
    joined["mobility_allowance_m"] = read_band(
        folders["terrain"] / "bedforms.tif", BEDFORM_BANDS.index("mobility_allowance_m") + 1
    )[row, col]
    joined["soil_class"] = class_names(soil, read_band(folders["soil"] / "soil_class.tif")[row, col])
    for step, columns in (
        ("soil", ("soil_trench_class", *_STRENGTH)), ("shipping", ("anchor_strike_per_km_yr",)), ("fishing", _FISHING),
    ):  # fmt: skip
        table = _read(folders[step] / "cells.parquet", ("cell", *columns))
        if not np.array_equal(table["cell"], joined["cell"]):
            raise DataError(
                f"the {step} step has other cells than the swath",
                where=str(folders[step] / "cells.parquet"),
                remedy="Run 'corridor build --force'.",
            )
        for column in columns:
            joined[column] = table[column].to_numpy()
    return joined


def places_of(table: pd.DataFrame, key: str, shipping: Path, limit_per_km_yr: Floats) -> Places:
    """Return the places of a station or cell table with their strike-depth curves.

    Parameters
    ----------
    table : DataFrame
        From ``station_table`` or ``cell_table``.
    key : str
        ``"station"`` or ``"cell"``.
    shipping : Path
        Folder of the shipping step.
    limit_per_km_yr : ndarray, shape (stations,)
        Tolerable strikes; a cell takes its nearest station's.
    """
    curves = curves_of(table, key, shipping, "strike_per_km_yr")
    return Places(table, curves, limit_per_km_yr[table["station"].to_numpy()])


def curves_of(table: pd.DataFrame, key: str, shipping: Path, rate: str) -> AnchorCurves:
    """Return the strike-depth curves of a rate of the anchor tables: ``strike_per_km_yr``, or that of a scenario."""
    anchors = _read(shipping / f"{key}_anchors.parquet", (key, "anchor_kg", "fluke_length_m", rate))
    assessed = table["anchor_strike_per_km_yr"].notna().to_numpy()
    anchors = anchors[assessed[anchors[key].to_numpy()]]
    named = anchors[[key, "fluke_length_m", rate]].rename(columns={rate: "strike_per_km_yr"})
    return AnchorCurves.from_table(named, key=key, places=len(table), assessed=assessed)


def class_names(soil: SoilSection, codes: NDArray[np.uint8]) -> NDArray[np.str_]:
    """Return class names of raster codes.

    Raises
    ------
    DataError
        If a code has no class.
    """
    names = {properties.code: name for name, properties in soil.classes.items()}
    present, which = np.unique(codes, return_inverse=True)
    missing = [int(code) for code in present if int(code) not in names]
    if missing:
        raise DataError(
            f"soil codes without a class: {missing}",
            where="soil_class.tif",
            remedy="Give the code a class in [soil.classes], or map it in the source's classes.",
        )
    return np.array([names[int(code)] for code in present])[which]


def _read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    table = pd.read_parquet(path)
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise DataError(
            f"a column is missing: {', '.join(missing)}", where=str(path), remedy="Run 'corridor build --force'."
        )
    return table
