"""What every driver of a vector format offers, and how its library's errors are told."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import geopandas as gpd
from fiona._err import CPLE_BaseError  # what fiona lets through of GDAL has no public class above it
from fiona.errors import FionaError
from pyogrio.errors import CRSError as PyogrioCRSError
from shapely.errors import ShapelyError

from pipeline.errors import CorridorError, DataError
from pipeline.sources.remarks import Remark

MOST_FEATURES = 5_000_000
"""Of one layer; a file that claims more is no source of a corridor, and would fill the memory."""

# pyogrio raises RuntimeError, pyarrow ValueError or NotImplementedError, fiona NameError for a .prj that is no CRS,
# and each what Python raises inside them.
_REFUSALS = (
    FionaError, CPLE_BaseError, PyogrioCRSError, ShapelyError, sqlite3.Error, OSError, ValueError, RuntimeError,
    ArithmeticError, LookupError, TypeError, AttributeError, NameError, EOFError, MemoryError,
)  # fmt: skip


# Where drivers put what they unpack; no person knows it by that name.
_PRIVATE_COPY = re.compile(r"\S*/corridor-[a-z]+-\w+/")


@dataclass(frozen=True)
class Layer:
    """What a layer says of itself.

    Attributes
    ----------
    name : str
        Its name; empty where the format has no layers.
    geometry : str
        Type of its geometry as the library names it; ``None`` for a table without any.
    features : int
        How many; -1 where the format does not tell without reading.
    crs_wkt : str
        Coordinate reference system; empty where the file names none.
    fields : tuple[str, ...]
        Names of its attributes.
    """

    name: str
    geometry: str
    features: int
    crs_wkt: str
    fields: tuple[str, ...]


class VectorFile(Protocol):
    """An opened vector file; a driver gives it within its ``with``."""

    @property
    def remarks(self) -> Sequence[Remark]:
        """What opening it has shown."""

    @property
    def names_crs(self) -> bool:
        """Whether the CRS stands in the file, and is not its format's custom."""

    def layers(self) -> list[Layer]:
        """Return its layers without loading them."""

    def read(self, layer: Layer) -> gpd.GeoDataFrame:
        """Return all features of a layer in the file's order and CRS; geometry that cannot be made is None."""

    def reason(self, layer: Layer, numbers: Sequence[int]) -> dict[int, str]:
        """Say why features (numbered from 1) came without geometry."""


@contextmanager
def told(path: Path, what: str, remedy: str) -> Iterator[None]:
    """Turn all that GDAL, GEOS, PROJ, SQLite and Arrow raise into our words."""
    try:
        yield
    except CorridorError:
        raise
    except _REFUSALS as error:
        cause = _PRIVATE_COPY.sub("", str(error)) or type(error).__name__
        raise DataError(f"{what} cannot be read: {cause}", where=str(path), remedy=remedy) from error
