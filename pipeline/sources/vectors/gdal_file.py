"""A vector file that GDAL reads: probed and, where features fail, streamed by fiona; read in bulk by pyogrio."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fiona
import geopandas as gpd
import pandas as pd
import pyogrio
import shapely.geometry
from shapely.errors import ShapelyError

from pipeline.sources.remarks import Remark
from pipeline.sources.vectors.driver import Layer

logging.getLogger("fiona").setLevel(logging.CRITICAL)  # what it would print is told as an error or a remark
NO_GEOMETRY = "it has no geometry"


@dataclass
class GdalFile:
    """See ``driver.VectorFile``.

    Attributes
    ----------
    path : Path
        The file, to name it by.
    driver : str
        The only GDAL driver that may open it.
    address : Path
        What is opened: the file, or a private copy.
    options : mapping
        GDAL's open options.
    encoding : str, optional
        Of its text, where the file does not say it rightly.
    names_crs : bool
        Whether the CRS stands in the file, and is not its format's custom.
    remarks : list of Remark
        What is noticed on the way.
    """

    path: Path
    driver: str
    address: Path
    options: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    names_crs: bool = True
    remarks: list[Remark] = field(default_factory=list)

    def layers(self) -> list[Layer]:
        """Return its layers without loading them."""
        found = []
        for name in fiona.listlayers(str(self.address), **self.options):
            with self._stream(name) as stream:
                schema = stream.schema
                found.append(
                    Layer(name, schema["geometry"], len(stream), stream.crs_wkt or "", tuple(schema["properties"]))
                )
        return found

    def read(self, layer: Layer) -> gpd.GeoDataFrame:
        """Return all features of a layer in the file's order and CRS; geometry that cannot be made is None."""
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            table = pyogrio.read_dataframe(
                self.address, layer=layer.name, on_invalid="ignore", encoding=self.encoding, **self.options
            )
        self.remarks += [Remark("note", "", text) for text in dict.fromkeys(_worth_telling(said))]
        if not isinstance(table, gpd.GeoDataFrame):
            raise ValueError("the file is a table without geometry")
        return table

    def reason(self, layer: Layer, numbers: Sequence[int]) -> dict[int, str]:
        """Say why features came without geometry: fiona gives them one by one, as the file has them."""
        wanted, reasons = set(numbers), {}
        with self._stream(layer.name) as stream:
            for number, feature in enumerate(stream, start=1):
                if number in wanted:
                    reasons[number] = _why(feature.geometry)
        return {number: reasons.get(number, "it cannot be read") for number in numbers}

    @contextmanager
    def _stream(self, layer: str) -> Iterator[Any]:
        with fiona.open(
            str(self.address), layer=layer, enabled_drivers=[self.driver], encoding=self.encoding, **self.options
        ) as stream:
            yield stream


def _why(geometry: Any) -> str:
    if geometry is None:
        return NO_GEOMETRY
    try:
        shapely.geometry.shape(geometry)
    except (ShapelyError, ValueError, TypeError, IndexError) as error:
        return f"its {geometry.type} cannot be made: {error}"
    return f"its {geometry.type} cannot be made: a ring is left open or has too few corners"


def _worth_telling(said: Sequence[warnings.WarningMessage]) -> Iterator[str]:
    """Leave out what is told feature by feature."""
    for warning in said:
        text = " ".join(str(warning.message).split())
        if not issubclass(warning.category, pd.errors.PerformanceWarning) and "ring" not in text:
            yield text
