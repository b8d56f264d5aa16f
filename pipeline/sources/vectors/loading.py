"""A layer of a vector file as its driver gives it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np

from pipeline.errors import DataError
from pipeline.sources.remarks import Remark
from pipeline.sources.vectors.catalogue import opened
from pipeline.sources.vectors.driver import MOST_FEATURES, Layer, told
from pipeline.sources.vectors.placing import place_name


@dataclass(frozen=True)
class Loaded:
    """Features as they stand in the file.

    Attributes
    ----------
    layer : Layer
        Which layer they are.
    table : GeoDataFrame
        In the file's order and CRS; geometry that cannot be made is None.
    reasons : dict of int to str
        Why some, numbered from 1, have none.
    remarks : tuple of Remark
        What the driver noticed.
    names_crs : bool
        Whether the CRS stands in the file, and is not its format's custom.
    """

    layer: Layer
    table: gpd.GeoDataFrame
    reasons: dict[int, str]
    remarks: tuple[Remark, ...]
    names_crs: bool


def list_layers(path: Path, what: str, remedy: str) -> list[Layer]:
    """Return the layers of a file that have geometry, without loading them.

    Raises
    ------
    DataError
        If the file cannot be opened.
    """
    with told(path, what, remedy), opened(path) as file:
        return [layer for layer in file.layers() if layer.geometry != "None"]


def load(path: Path, wanted: str | None, what: str, remedy: str) -> Loaded:
    """Load the layer that a source means.

    Raises
    ------
    DataError
        If the file cannot be read, the layer is not clear, or it is too large.
    """
    with told(path, what, remedy), opened(path) as file:
        layer = choose([layer for layer in file.layers() if layer.geometry != "None"], wanted, path)
        if layer.features > MOST_FEATURES:
            raise DataError(
                f"{what} are more than {MOST_FEATURES:,}",
                where=place_name(path, layer.name),
                remedy="Keep those near the route.",
            )
        table = file.read(layer)
        missing = (np.flatnonzero(table.geometry.isna()) + 1).tolist()
        reasons = file.reason(layer, missing) if missing else {}
        return Loaded(layer, table, reasons, tuple(file.remarks), file.names_crs)


def choose(layers: list[Layer], wanted: str | None, path: Path) -> Layer:
    """Return the layer that a source means.

    Raises
    ------
    DataError
        If it names one that is not there, or names none where there are several.
    """
    named = [layer for layer in layers if wanted is None or layer.name == wanted]
    if len(named) == 1:
        return named[0]
    names = ", ".join(repr(layer.name) for layer in layers)
    if not layers:
        cause, remedy = "the file has no layer with geometry", "Export it again with its geometry."
    else:
        cause = f"the file has no layer {wanted!r}; it has {names}" if not named else f"the file has layers {names}"
        remedy = 'Choose one with variable = "NAME" in its source, or keep one.'
    raise DataError(cause, where=str(path), remedy=remedy)
