"""What ``corridor check`` may say of a vector source, without a build."""

from __future__ import annotations

from pathlib import Path

from pipeline.config.corridor import SourceSection
from pipeline.sources.remarks import Remark
from pipeline.sources.vectors.driver import Layer
from pipeline.sources.vectors.loading import choose
from pipeline.sources.vectors.placing import crs_of, place_name
from pipeline.sources.vectors.reading import layers_of, read_features

AREA_ROLES = frozenset({"soil", "seismic_zones", "coastline", "anchorages", "constraints"})
"""Roles whose features are areas."""
WHOLE_ROLES = frozenset({"seismic_zones"})
"""Roles of which no feature may be left out."""


def probe(path: Path, section: SourceSection) -> Layer:
    """Return what the layer that a source means says of itself, without loading features.

    Raises
    ------
    DataError
        If the file cannot be opened, the layer is not clear, or no CRS is named.
    """
    layer = choose(layers_of(path), _layer(section), path)
    crs_of(layer.crs_wkt, section.crs, what="the features", where=place_name(path, layer.name))
    return layer


def _layer(section: SourceSection) -> str | None:
    """Return the layer that a source names; of soil polygons ``variable`` names an attribute."""
    return None if section.role == "soil" else section.variable


def look_over(path: Path, section: SourceSection) -> tuple[Remark, ...]:
    """Read a vector source as its step does, and return what is to be said of it.

    Raises
    ------
    DataError
        What would stop a build.
    """
    return read_features(
        path,
        section.crs,
        layer=_layer(section),
        areas=section.role in AREA_ROLES,
        whole=section.role in WHOLE_ROLES,
    ).remarks
