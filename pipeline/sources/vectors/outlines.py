"""Vector sources whose features are areas."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from pipeline.sources.vectors import read_features


def read_outlines(
    path: Path, crs: str | None, *, what: str, remedy: str, layer: str | None = None, whole: bool = False
) -> gpd.GeoDataFrame:
    """Read the areas of a file in WGS84; see ``read_features``, which also tells what was set aside or mended.

    Raises
    ------
    DataError
        If the file cannot be read, holds no area, or names no usable CRS.
    """
    return read_features(path, crs, what=what, remedy=remedy, layer=layer, areas=True, whole=whole).table
