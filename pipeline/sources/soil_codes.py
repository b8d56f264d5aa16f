"""Codes of soil rasters and what they mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.config import CONFIG_NAME
from pipeline.config.corridor import SourceSection
from pipeline.config.soil import SoilSection
from pipeline.errors import ConfigError, DataError
from pipeline.sources.intake import inspect_raster
from pipeline.sources.rasters import RasterFile, read_through

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


def usable_soil(path: Path, section: SourceSection, soil: SoilSection) -> RasterFile:
    """Open a soil raster, read it through and refuse codes without a meaning.

    Raises
    ------
    DataError
        If the file cannot be used, naming it and the codes.
    """
    file = inspect_raster(path, section)
    meaning = meaning_of(section, soil)
    strange = [code for code in read_through(file, codes=True).codes if code not in meaning]
    if strange:
        codes = ", ".join(f"{code:g}" for code in strange[:10]) + (" ..." if len(strange) > 10 else "")
        raise DataError(
            f"the soil raster holds codes that mean nothing here: {codes}",
            where=str(path),
            remedy='Say what they mean with classes = { 1 = "sand", 2 = "mud" } in its source, or declare its nodata.',
        )
    return file


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
