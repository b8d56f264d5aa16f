"""Reading what the earlier steps wrote into two tables of places: the stations, and the cells of the swath."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.burial.acceptance import limit_per_km_yr
from pipeline.burial.curve import AnchorCurves
from pipeline.config import Config
from pipeline.config.soil import SoilSection
from pipeline.errors import DataError
from pipeline.geo import Floats, Frame, Ints, read_cells
from pipeline.seabed.bedforms import BANDS as BEDFORM_BANDS
from pipeline.seabed.ground import STRENGTHS

STRIKES, RELEASED = "strike_per_km_yr", "accidental_strike_per_km_yr"
"""Rates of the anchor tables: that of the build, and that of the accidental-release scenario."""

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


@dataclass(frozen=True, eq=False)
class Along:
    """What is known along the whole route before anything is decided.

    Attributes
    ----------
    frame : Frame
        The corridor.
    stations : DataFrame
        From ``station_table``.
    limit_per_km_yr : ndarray, shape (stations,)
        Tolerable strikes.
    """

    frame: Frame
    stations: pd.DataFrame
    limit_per_km_yr: Floats

    @classmethod
    def read(cls, config: Config, folders: Mapping[str, Path]) -> Along:
        """Read what the earlier steps wrote, and share the tolerable strikes along the route.

        Raises
        ------
        DataError
            If a table does not have the frame's stations, or lacks a column.
        """
        frame = Frame.load(folders["route"])
        stations = station_table(frame, folders)
        length_km, soil_class = stations["length_km"].to_numpy(float), stations["soil_class"].tolist()
        limit = limit_per_km_yr(config.acceptance, length_km, soil_class, config.burial.minimum_zone_km)
        return cls(frame, stations, limit)


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


def cell_table(frame: Frame, folders: Mapping[str, Path], soil: SoilSection, cells: Ints) -> pd.DataFrame:
    """Join seabed rasters and cell tables, one row a cell.

    Parameters
    ----------
    frame : Frame
        The corridor.
    folders : mapping
        Output folders of the steps.
    soil : SoilSection
        Classes.
    cells : ndarray of int, shape (n,)
        Which cells, in the order in which they are wanted.

    Raises
    ------
    DataError
        If a table does not have the frame's cells, or lacks a column.
    """
    chosen = frame.cells.iloc[cells]
    row, col = chosen["row"].to_numpy(), chosen["col"].to_numpy()
    joined = chosen[["cell", "station"]].reset_index(drop=True)
    joined["water_depth_m"] = read_cells(folders["bathymetry"] / "water_depth.tif", row, col)
    joined["slope_deg"] = read_cells(folders["terrain"] / "slope.tif", row, col)
    joined["mobility_allowance_m"] = read_cells(
        folders["terrain"] / "bedforms.tif", row, col, BEDFORM_BANDS.index("mobility_allowance_m") + 1
    )
    joined["soil_class"] = class_names(soil, read_cells(folders["soil"] / "soil_class.tif", row, col))
    for step, columns in (
        ("soil", ("soil_trench_class", *_STRENGTH)), ("shipping", ("anchor_strike_per_km_yr",)), ("fishing", _FISHING),
    ):  # fmt: skip
        table = _read(folders[step] / "cells.parquet", ("cell", *columns))
        if not np.array_equal(table["cell"], frame.cells["cell"]):
            raise DataError(
                f"the {step} step has other cells than the swath",
                where=str(folders[step] / "cells.parquet"),
                remedy="Run 'corridor build --force'.",
            )
        for column in columns:
            joined[column] = table[column].to_numpy()[cells]
    return joined


@dataclass(frozen=True, eq=False)
class AnchorRows:
    """Strikes by anchor size at some stations or cells, as the shipping step wrote them.

    Attributes
    ----------
    key : str
        ``"station"`` or ``"cell"``.
    rows : DataFrame
        ``key fluke_length_m`` and rates, in the order of the places.
    starts : ndarray of int, shape (places + 1,)
        Where the rows of each place begin.
    """

    key: str
    rows: pd.DataFrame
    starts: Ints

    @classmethod
    def read(cls, shipping: Path, key: str, places: Ints, rates: tuple[str, ...]) -> AnchorRows:
        """Read the rows of places, given by their numbers.

        Raises
        ------
        DataError
            If the table lacks a column.
        """
        wanted = pc.field(key).isin(pa.array(places))
        rows = _read(shipping / f"{key}_anchors.parquet", (key, "fluke_length_m", *rates), wanted)
        order = np.argsort(places, kind="stable")
        place = order[np.searchsorted(places, rows[key].to_numpy(), sorter=order)]
        rows = rows.iloc[np.argsort(place, kind="stable")]
        return cls(key, rows, np.searchsorted(np.sort(place), np.arange(len(places) + 1)))

    def curves(self, table: pd.DataFrame, first: int, rate: str = STRIKES) -> AnchorCurves:
        """Return the strike-depth curves of places, by a rate: that of the build, or of a scenario.

        Parameters
        ----------
        table : DataFrame
            ``key anchor_strike_per_km_yr`` of some of the places, next to one another; blank is not assessed.
        first : int
            Which of the places the first row is.
        rate : str
            Which rate.
        """
        places = table[self.key].to_numpy(np.int64)
        assessed = table["anchor_strike_per_km_yr"].notna().to_numpy()
        rows = self.rows.iloc[self.starts[first] : self.starts[first + len(places)]]
        rows = rows[np.isin(rows[self.key], places[assessed])]
        named = rows[[self.key, "fluke_length_m", rate]].rename(columns={rate: STRIKES})
        return AnchorCurves.from_table(named, key=self.key, places=places, assessed=assessed)


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
    return np.array([names[int(code)] for code in present], dtype=str)[which]


def _read(path: Path, columns: tuple[str, ...], rows: pc.Expression | None = None) -> pd.DataFrame:
    names = pq.read_schema(path).names
    missing = [column for column in columns if column not in names]
    if missing:
        raise DataError(
            f"a column is missing: {', '.join(missing)}", where=str(path), remedy="Run 'corridor build --force'."
        )
    return pd.read_parquet(path, columns=list(columns), filters=rows)
