"""What soil sources write, numbers or names, and the class that each stands for."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.config import CONFIG_NAME
from pipeline.config.corridor import SourceSection
from pipeline.config.folk import NAMES
from pipeline.config.soil import SoilSection
from pipeline.errors import ConfigError, DataError
from pipeline.geo import Ints
from pipeline.sources.rasters.tile import Tile

UNKNOWN = 0
"""Code of unknown soil, whatever the codes of a source are."""

# "11", "11.0" and "1.1" are one number of a scheme; "1.1 Mud" and "441. muddy sandy Gravel" have it before a name.
_NUMBERED = re.compile(r"(?P<number>-?\d+(?:\.\d+)*\.?)(?:\s+(?P<name>\D.*))?", re.DOTALL)
_REMEDY = 'Say what they mean with classes = { 1 = "sand", 2 = "mud" } in its source'


def meaning_of(section: SourceSection, soil: SoilSection, scheme: str | None = None) -> dict[str, int]:
    """Return what a source's labels mean, as codes of ``[soil.classes]``.

    Parameters
    ----------
    section : SourceSection
        With ``scheme`` and ``classes``.
    soil : SoilSection
        Classes and schemes.
    scheme : str, optional
        What the file itself tells of its scheme; ``scheme`` of the source is stronger.

    Returns
    -------
    dict of str to int
        By number, or name in lower case.

    Raises
    ------
    ConfigError
        If ``classes`` of the source names a class that does not exist, or contradicts its ``scheme``.
    """
    named = _names(soil)
    given = section.classes or {}
    strange = sorted({name for name in given.values() if name.lower() not in named})
    if strange:
        raise ConfigError(
            f"the soil {' and '.join(repr(name) for name in strange)} is no class",
            where=f"{CONFIG_NAME}, classes of the source {section.files}",
            remedy=f"Use {', '.join(soil.classes)}, or add the class under [soil.classes].",
        )
    own = {label(key): named[name.lower()] for key, name in given.items()}
    used = section.scheme or scheme
    if used:
        table = {code: soil.classes[name].code for code, name in soil.schemes[used].items()}
        _refuse_contradiction(own, table, section, soil)
    else:
        table = {} if given else {str(item.code): item.code for item in soil.classes.values()}
    # A name says the same whatever the numbers are; what the source itself says is stronger than both.
    return {str(UNKNOWN): UNKNOWN, **named, **table, **own}


def label(value: object) -> str:
    """Return a label as meanings are looked up by: a whole number, or a name in lower case.

    Of "1.1 Mud" and "441. muddy sandy Gravel" the name counts, of "1.1" and "11.0" the number 11; blank is "0".
    """
    text = re.sub(r"[\s_]+", " ", str(value)).strip().lower()
    if text in ("", "nan", "none", "null", "<na>", "n/a"):
        return str(UNKNOWN)
    found = _NUMBERED.fullmatch(text)
    if found is None:
        return text
    return found["name"] or re.sub(r"\.0+$", "", found["number"]).replace(".", "")


def refuse_strange_codes(tile: Tile, section: SourceSection, soil: SoilSection) -> None:
    """Refuse a soil file with codes or names that have no meaning.

    Raises
    ------
    DataError
        Naming the file and the codes.
    ConfigError
        If ``classes`` of the source names a class that does not exist, or contradicts its ``scheme``.
    """
    strange = strange_codes(tile, section, soil)
    if strange:
        codes = ", ".join(strange[:10]) + (" ..." if len(strange) > 10 else "")
        what = {"raster": "raster holds codes", "polygon": "polygons hold classes"}.get(
            str(tile.facts.get("kind", "raster")), "samples name soils"
        )
        more = (
            ", or declare its nodata." if what.startswith("raster") else f", or its numbers with scheme = {_SCHEMES}."
        )
        raise DataError(f"the soil {what} that mean nothing here: {codes}", where=str(tile.path), remedy=_REMEDY + more)


_SCHEMES = '"folk5", "folk7" or "folk16"'


def strange_codes(tile: Tile, section: SourceSection, soil: SoilSection) -> list[str]:
    """Return the codes or names in a soil file that have no meaning, in order.

    Raises
    ------
    ConfigError
        As ``meaning_of``.
    """
    meaning = meaning_of(section, soil, tile.facts.get("scheme"))
    codes = tile.read("codes")
    if codes.dtype.kind in "US":
        return [str(code) for code in codes.tolist() if label(code) not in meaning]
    whole = _whole(meaning)
    return [f"{code:g}" for code in codes.tolist() if code not in whole]


def classes_of(
    codes: NDArray[np.float32] | NDArray[np.float64], section: SourceSection, soil: SoilSection
) -> NDArray[np.uint8]:
    """Return class codes of raw codes of a raster; nodata (NaN) is unknown."""
    meaning = _whole(meaning_of(section, soil))
    known = np.array(sorted(meaning))
    classes = np.array([meaning[int(code)] for code in known], dtype=np.uint8)
    whole = np.where(np.isnan(codes), UNKNOWN, codes)
    at = np.clip(np.searchsorted(known, whole), 0, len(known) - 1)
    return np.where(known[at] == whole, classes[at], UNKNOWN).astype(np.uint8)


def classes_of_labels(
    labels: Sequence[object], section: SourceSection, soil: SoilSection, scheme: str | None = None
) -> NDArray[np.uint8]:
    """Return class codes of numbers or names; what means nothing is unknown (``refuse_strange_codes`` refuses it)."""
    meaning = meaning_of(section, soil, scheme)
    return np.array([meaning.get(label(text), UNKNOWN) for text in labels], dtype=np.uint8)


def known_at(tile: Tile, name: str, section: SourceSection, soil: SoilSection) -> Ints:
    """Return which places a map knows the soil of, by what one of its files gives (``"at stations"``)."""
    index: Ints = tile.read(f"{name} index")
    if tile.facts.get("kind") == "polygon":
        codes = classes_of_labels(tile.read("codes").tolist(), section, soil, tile.facts["scheme"])
        known = tile.read(f"{name} inside") & (codes[tile.read(f"{name} label")] != UNKNOWN)
    else:
        known = classes_of(tile.read(name), section, soil) != UNKNOWN
    places: Ints = index[known]
    return places


def _names(soil: SoilSection) -> dict[str, int]:
    named = {name: soil.classes[soil_class].code for name, soil_class in NAMES.items() if soil_class in soil.classes}
    for name, item in soil.classes.items():
        named[name.lower()] = named[label(name)] = named[item.label.lower()] = item.code
    return named


def _whole(meaning: dict[str, int]) -> dict[int, int]:
    return {int(key): code for key, code in meaning.items() if re.fullmatch(r"-?\d+", key)}


def _refuse_contradiction(
    own: dict[str, int], table: dict[str, int], section: SourceSection, soil: SoilSection
) -> None:
    for key, code in own.items():
        if table.get(key, code) != code:
            raise ConfigError(
                f'scheme = "{section.scheme}" says that {key} is {soil.by_code(table[key])[0]}, '
                f"and classes says that it is {soil.by_code(code)[0]}",
                where=f"{CONFIG_NAME}, source {section.files}",
                remedy="Take one of them out, or change the number in [soil.schemes].",
            )
