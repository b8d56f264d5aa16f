"""Reading grab samples and depth profiles (CPT, boreholes): checked row by row, as the file writes them.

A file is of one kind. Grab samples: ``lon lat``, optional ``id``, and ``soil`` (a class, a Folk name or number) or
``gravel_pct sand_pct mud_pct``. Profiles: ``id lon lat``, ``depth_m`` (a reading) or ``top_m bottom_m`` (a layer) below
the seabed, and ``su_kpa``, ``dr_pct`` or ``soil``. Points of vector files have the same attributes but for the place.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.rasters.tile import Arrays
from pipeline.sources.soils.cone import cone_columns, refuse_cone_as_strength
from pipeline.sources.soils.folk import folk7
from pipeline.sources.soils.sample_checks import (
    refuse_overlap,
    refuse_two_places,
    refuse_where,
    row_error,
    tell_disorder,
    without_blank,
    without_repeats,
)
from pipeline.sources.tables.reading import PLACE, numbers, read_table
from pipeline.sources.unpacking import Bounds
from pipeline.sources.vectors import VECTOR_SUFFIXES, read_features
from pipeline.store import Facts

_SHARES = ("gravel_pct", "sand_pct", "mud_pct")
_DEEPEST_M = 500.0  # deeper below the seabed is a typing error or another unit


def read_samples(path: Path, section: SourceSection) -> tuple[Facts, Arrays]:
    """Read one file of samples.

    Returns
    -------
    tuple
        Facts ``kind`` ("grab" or "cpt"), ``resolution_m``, ``samples``, ``remarks``; and arrays: ``codes`` (distinct
        soil labels), and for each row, sorted by id and depth: ``id lon lat top bottom su dr label`` (metres below the
        seabed, kPa, percent, index into ``codes`` or -1; NaN where blank; ``top == bottom``: a reading at a depth).

    Raises
    ------
    DataError
        Naming file and row, where a row cannot be meant.
    """
    refuse_cone_as_strength(section.columns, path)
    table, remarks = _table(path, section)
    profile = bool({"depth_m", "top_m"} & set(table.columns))
    ids = _ids(table, path, needed=profile)
    rows = pd.DataFrame(
        {
            "id": ids,
            "lon": numbers(table, "lon", path, low=-180.0, high=180.0),
            "lat": numbers(table, "lat", path, low=-90.0, high=90.0),
            **(_readings(table, path) if profile else _grabs(table, path, section.shares_off_pct)),
            "row": table[PLACE].to_numpy(),
        }
    )
    refuse_two_places(rows, path)
    if profile:
        rows = without_blank(rows, remarks, path, cone_columns(map(str, table.columns)))
        tell_disorder(rows, remarks)
    rows = without_repeats(rows.sort_values(["id", "top", "bottom", "row"], ignore_index=True), remarks)
    if profile:
        refuse_overlap(rows, path)
    codes, label = np.unique(rows["label"].to_numpy(str), return_inverse=True)
    blank = int(np.searchsorted(codes, "")) if "" in codes else -1
    facts: Facts = {
        "kind": "cpt" if profile else "grab", "resolution_m": 0.0, "remarks": remarks,
        "samples": int(rows["id"].nunique()),
    }  # fmt: skip
    columns = {name: rows[name].to_numpy(float) for name in ("lon", "lat", "top", "bottom", "su", "dr")}
    shift = np.where(label == blank, -1, label - (label > blank if blank >= 0 else 0))
    return facts, {"codes": codes[codes != ""], "id": rows["id"].to_numpy(str), "label": shift, **columns}


def _table(path: Path, section: SourceSection) -> tuple[pd.DataFrame, list[str]]:
    """Return the file's rows as text, and remarks; of a vector file the points are ``lon`` and ``lat``."""
    choice = ("depth_m", "top_m", "soil", "gravel_pct")
    if path.suffix.lower() not in VECTOR_SUFFIXES:
        return read_table(
            path, section.columns, needed=("lon", "lat", choice), sheet=section.variable, bounds=Bounds.of(section)
        ), []
    features = read_features(path, section.crs, what="the samples", layer=section.variable, names=choice)
    points, renames = features.table, section.columns or {}
    other = sorted(set(points.geometry.geom_type) - {"Point"})
    if other:
        raise DataError(
            f"samples are points, and the file holds {', '.join(other)}",
            where=str(path),
            remedy='Polygons of soil belong into a source with role = "soil".',
        )
    table: pd.DataFrame = pd.DataFrame(points.drop(columns=points.geometry.name)).rename(columns=renames)
    table = table.astype(object).where(table.notna(), "").astype(str)
    if not set(choice) & set(table.columns):
        raise DataError(
            f"nothing tells the soil of the samples: attributes are missing, one of {', '.join(choice)}",
            where=str(path),
            remedy='Rename them: columns = { "theirs" = "soil" }.',
        )
    table["lon"], table["lat"], table[PLACE] = points.geometry.x.astype(str), points.geometry.y.astype(str), table.index
    return table, [f"{remark.place}: {remark.message}" for remark in features.remarks]


def _ids(table: pd.DataFrame, path: Path, *, needed: bool) -> list[str]:
    if "id" not in table.columns and needed:
        raise DataError(
            "columns are missing: id, which tells the rows of one profile from those of another",
            where=str(path),
            remedy='Add it, or rename it: columns = { "theirs" = "id" }.',
        )
    place = [f"{lat} N {lon} E" for lat, lon in zip(table["lat"], table["lon"], strict=True)]
    given = table["id"].tolist() if "id" in table.columns else place
    if needed and "" in given:
        raise row_error("the id of a profile is blank", path, table[PLACE].iloc[given.index("")], "Name its profile.")
    return [name or at for name, at in zip(given, place, strict=True)]


def _readings(table: pd.DataFrame, path: Path) -> dict[str, object]:
    if "depth_m" in table.columns:
        top = bottom = numbers(table, "depth_m", path, low=0.0, high=_DEEPEST_M)
    else:
        if "bottom_m" not in table.columns:
            raise DataError("columns are missing: bottom_m, beside top_m", where=str(path), remedy="Add it.")
        top, bottom = (numbers(table, name, path, low=0.0, high=_DEEPEST_M) for name in ("top_m", "bottom_m"))
        refuse_where(top >= bottom, "bottom_m is not below top_m", table, path)
    su, dr = numbers(table, "su_kpa", path, optional=True), numbers(table, "dr_pct", path, optional=True)
    refuse_where(su <= 0.0, "su_kpa is not above 0", table, path)
    refuse_where((dr < 0.0) | (dr > 100.0), "dr_pct is not from 0 to 100", table, path)
    refuse_where(~np.isnan(su) & ~np.isnan(dr), "both su_kpa and dr_pct are given, for one soil", table, path)
    return {"top": top, "bottom": bottom, "su": su, "dr": dr, "label": _labels(table)}


def _grabs(table: pd.DataFrame, path: Path, off_pct: float) -> dict[str, object]:
    blank = np.full(len(table), np.nan)
    labels = _labels(table)
    if "gravel_pct" in table.columns:
        gravel, sand, mud = (numbers(table, name, path, low=0.0, high=100.0, optional=True) for name in _SHARES)
        total = gravel + sand + mud
        refuse_where(
            100.0 * np.abs(total - 1.0) < off_pct, "shares add up to 1, as fractions, not percent", table, path
        )
        refuse_where(np.abs(total - 100.0) > off_pct, "gravel, sand and mud do not add up to 100", table, path)
        known = ~np.isnan(total)
        labels = [
            text or (str(name) if sized else "")
            for text, name, sized in zip(labels, folk7(gravel, sand, mud), known, strict=True)
        ]
    refuse_where(np.array([not text for text in labels]), "a sample without soil and grain sizes", table, path)
    return {"top": 0.0, "bottom": 0.0, "su": blank, "dr": blank, "label": labels}


def _labels(table: pd.DataFrame) -> list[str]:
    return [str(text).strip() for text in table["soil"]] if "soil" in table.columns else [""] * len(table)
