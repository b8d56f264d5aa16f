"""GeoParquet, read by pyarrow; GDAL's wheel has no driver for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import shapely
from pyproj import CRS
from shapely.errors import ShapelyError

from pipeline.sources.remarks import Remark
from pipeline.sources.vectors.driver import Layer, VectorFile
from pipeline.sources.vectors.gdal_file import NO_GEOMETRY

_MOST_BYTES = 8_000_000_000  # unpacked
_NO_GEO = "it says nothing of geometry (no 'geo' metadata), and is no GeoParquet"


@dataclass
class _GeoParquet:
    """See ``driver.VectorFile``."""

    path: Path
    names_crs: bool = True
    remarks: list[Remark] = field(default_factory=list)

    def layers(self) -> list[Layer]:
        """Return the one layer, from the metadata at the end of the file."""
        facts = pq.read_metadata(self.path)
        if sum(facts.row_group(index).total_byte_size for index in range(facts.num_row_groups)) > _MOST_BYTES:
            raise ValueError(f"it unpacks to more than {_MOST_BYTES / 1e9:g} GB")
        name, column = _geometry(facts.metadata)
        crs = column.get("crs", "OGC:CRS84")  # the standard's default; null says that it is not known
        kinds = column.get("geometry_types") or ["Unknown"]
        fields = tuple(field for field in facts.schema.to_arrow_schema().names if field != name)
        wkt = CRS.from_user_input(crs).to_wkt() if crs else ""
        return [Layer("", " or ".join(kinds), facts.num_rows, wkt, fields)]

    def read(self, layer: Layer) -> gpd.GeoDataFrame:
        """Return all features; geometry that cannot be made is None."""
        content = pq.read_table(self.path)
        name, column = _geometry(content.schema.metadata)
        if column.get("encoding") != "WKB":
            return gpd.read_parquet(self.path)
        table = content.to_pandas(ignore_metadata=True)
        with np.errstate(invalid="ignore"):  # coordinates may be NaN
            shapes = shapely.from_wkb(table.pop(name).to_numpy(dtype=object), on_invalid="ignore")
        return gpd.GeoDataFrame(table, geometry=shapes, crs=layer.crs_wkt or None)

    def reason(self, layer: Layer, numbers: Sequence[int]) -> dict[int, str]:
        """Say why features came without geometry."""
        name, _ = _geometry(pq.read_metadata(self.path).metadata)
        stored = pq.read_table(self.path, columns=[name])[name]
        return {number: _why(stored[number - 1].as_py()) for number in numbers}


@contextmanager
def opened(path: Path) -> Iterator[VectorFile]:
    """Open a GeoParquet file."""
    yield _GeoParquet(path)


def _geometry(metadata: dict[bytes, bytes] | None) -> tuple[str, dict[str, Any]]:
    """Return the name of the geometry column, and what the file says of it."""
    if not metadata or b"geo" not in metadata:
        raise ValueError(_NO_GEO)
    geo = json.loads(metadata[b"geo"])
    name = str(geo["primary_column"])
    return name, dict(geo["columns"][name])


def _why(stored: bytes | None) -> str:
    if stored is None:
        return NO_GEOMETRY
    try:
        shapely.from_wkb(stored)
    except ShapelyError as error:
        return f"its geometry cannot be made: {error}"
    return NO_GEOMETRY
