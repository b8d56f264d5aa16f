"""Codes of soil rasters and what they mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.config import CONFIG_NAME
from pipeline.config.corridor import SourceSection
from pipeline.config.soil import SoilSection
from pipeline.errors import ConfigError, DataError
from pipeline.sources.tile import Tile

UNKNOWN = 0
"""Code of unknown soil, whatever the codes of a source are."""


def meaning_of(section: SourceSection, soil: SoilSection) -> dict[int, int]:
    """Return what the codes of a source mean, as codes of ``[soil.classes]``.

    Raises
    ------
    ConfigError
        If ``classes`` of the source names a class that does not exist.
    """
    if section.classes is None:
        return {UNKNOWN: UNKNOWN, **{item.code: item.code for item in soil.classes.values()}}
    named = {name.lower(): item.code for name, item in soil.classes.items()}
    named |= {item.label.lower(): item.code for item in soil.classes.values()}
    strange = sorted({name for name in section.classes.values() if name.lower() not in named})
    if strange:
        raise ConfigError(
            f"the soil {' and '.join(repr(name) for name in strange)} is no class",
            where=f"{CONFIG_NAME}, classes of the source {section.files}",
            remedy=f"Use {', '.join(soil.classes)}, or add the class under [soil.classes].",
        )
    return {UNKNOWN: UNKNOWN, **{int(code): named[name.lower()] for code, name in section.classes.items()}}


def refuse_strange_codes(tile: Tile, section: SourceSection, soil: SoilSection) -> None:
    """Refuse a soil raster with codes that have no meaning.

    Raises
    ------
    DataError
        Naming the file and the codes.
    ConfigError
        If ``classes`` of the source names a class that does not exist.
    """
    meaning = meaning_of(section, soil)
    strange = [code for code in tile.read("codes").tolist() if code not in meaning]
    if strange:
        codes = ", ".join(f"{code:g}" for code in strange[:10]) + (" ..." if len(strange) > 10 else "")
        raise DataError(
            f"the soil raster holds codes that mean nothing here: {codes}",
            where=str(tile.path),
            remedy='Say what they mean with classes = { 1 = "sand", 2 = "mud" } in its source, or declare its nodata.',
        )


def classes_of(
    codes: NDArray[np.float32] | NDArray[np.float64], section: SourceSection, soil: SoilSection
) -> NDArray[np.uint8]:
    """Return class codes of raw codes; nodata (NaN) is unknown."""
    meaning = meaning_of(section, soil)
    known = np.array(sorted(meaning))
    classes = np.array([meaning[int(code)] for code in known], dtype=np.uint8)
    whole = np.where(np.isnan(codes), UNKNOWN, codes)
    at = np.clip(np.searchsorted(known, whole), 0, len(known) - 1)
    return np.where(known[at] == whole, classes[at], UNKNOWN).astype(np.uint8)
