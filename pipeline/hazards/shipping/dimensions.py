"""Length, beam and design draught of every ship: what is stated, doubted and estimated (METHODS 1.5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats, Ints
from pipeline.hazards.shipping.noted import Bools, Noted
from pipeline.hazards.shipping.usual import Median

_REGISTRY = ("registry_imo", "registry_mmsi")


@dataclass(frozen=True)
class Kinds:
    """The type of each ship, and the hull form of the types.

    Attributes
    ----------
    names : list[str]
        Types, in the order of the configuration.
    at : ndarray of int64, shape (ships,)
        Index of each ship's type.
    """

    names: list[str]
    at: Ints
    section: ShippingSection

    @classmethod
    def of_codes(cls, vessel_type: Floats, section: ShippingSection) -> Kinds:
        """Return the types of AIS codes; ``other`` where no type lists the code or none was given."""
        names = list(section.ship_types)
        other = names.index("other")
        by_code = {code: at for at, name in enumerate(names) for code in section.ship_types[name].ais_codes}
        table = np.full(max(by_code, default=0) + 2, other, np.int64)
        table[list(by_code)] = list(by_code.values())
        with np.errstate(invalid="ignore"):
            listed = (vessel_type >= 0) & (vessel_type < len(table)) & (vessel_type == np.floor(vessel_type))
        return cls(names, table[np.where(listed, vessel_type, len(table) - 1).astype(np.int64)], section)

    def put(self, rows: Bools, names: NDArray[np.object_]) -> Kinds:
        """Return the same with some ships of other types, by name."""
        at = self.at.copy()
        at[rows] = [self.names.index(name) for name in names[rows]]
        return Kinds(self.names, at, self.section)

    def number(self, name: str) -> Floats:
        """Return a number of the hull form of each ship's type; NaN where the type has none."""
        values = [getattr(self.section.ship_types[kind], name) for kind in self.names]
        return np.array(values, dtype=np.float64)[self.at]

    def bounds(self, name: str) -> tuple[Floats, Floats]:
        """Return least and most of a range of each ship's type."""
        values = np.array([getattr(self.section.ship_types[kind], name) for kind in self.names], dtype=np.float64)
        return values[self.at, 0], values[self.at, 1]

    def words(self) -> NDArray[np.object_]:
        """Return the name of each ship's type."""
        return np.array(self.names, dtype=object)[self.at]


@dataclass(frozen=True)
class Dimensions:
    """Complete dimensions of a fleet, metres, shape (ships,) each.

    Attributes
    ----------
    median_length_m, median_draught_per_length : Median
        Of what the ships of each type state.
    """

    kinds: Kinds
    length_m: Floats
    beam_m: Floats
    draught_m: Floats
    median_length_m: Median
    median_draught_per_length: Median


def complete(
    kinds: Kinds, length_m: Floats, beam_m: Floats, draught_m: Floats, section: ShippingSection, noted: Noted
) -> Dimensions:
    """Return dimensions with what is implausible put right and what is missing estimated; each is flagged.

    Parameters
    ----------
    kinds : Kinds
        Types as stated.
    length_m, beam_m, draught_m : ndarray, shape (ships,)
        As stated, NaN where not; ``noted`` holds who states them.
    section : ShippingSection
        Ranges, ratios and clamps.
    noted : Noted
        Takes flags and origins.

    Notes
    -----
    A doubt is settled for the heavier ship, and never against a registry. A length that her type cannot have speaks
    against the type: ``other`` is as full as dry cargo. A hull too narrow for its length gets the usual beam; one too
    broad gets the usual length for its beam, if her type can be so long, else the usual beam. What other ships of her
    type state never makes her lighter than a typical one.
    """
    least, most = kinds.bounds("length_m_range")
    with np.errstate(invalid="ignore"):
        no_such = ~np.isnan(length_m) & ((length_m < least) | (length_m > most))
    no_such &= ~noted.origin_of("vessel_type", *_REGISTRY)
    noted.flag("type_implausible", no_such)
    noted.origin("vessel_type", "estimated", no_such)
    kinds = kinds.put(no_such, np.full(len(length_m), "other", object))

    length_m, beam_m = _shaped(kinds, length_m, beam_m, noted)
    of_type = Median.of(length_m, kinds.at, section.length_median_min_ships)
    length_m, beam_m = _filled(kinds, length_m, beam_m, of_type, noted)
    own = noted.origin_of("length_m", "ais", *_REGISTRY) & ~noted.origin_of("draught_m", *_REGISTRY)
    ratio = Median.of(np.where(own, draught_m / length_m, np.nan), kinds.at, section.draught_median_min_ships)
    held_m = _draught(kinds, length_m, beam_m, draught_m, ratio, section, noted)
    return Dimensions(kinds, length_m, beam_m, held_m, of_type, ratio)


def _shaped(kinds: Kinds, length_m: Floats, beam_m: Floats, noted: Noted) -> tuple[Floats, Floats]:
    """Blank a length or a beam that cannot both be right."""
    least, most = kinds.bounds("length_per_beam_range")
    ratio = length_m / beam_m
    with np.errstate(invalid="ignore"):
        narrow, broad = ratio > most, ratio < least
        could_be = beam_m * kinds.number("length_per_beam") <= kinds.bounds("length_m_range")[1]
    length_sure, beam_sure = (noted.origin_of(name, *_REGISTRY) for name in ("length_m", "beam_m"))
    wrong_length = (broad & could_be & ~length_sure) | ((narrow | broad) & beam_sure & ~length_sure)
    wrong_beam = (narrow | broad) & ~wrong_length & ~beam_sure
    noted.flag("length_implausible", wrong_length)
    noted.flag("beam_implausible", wrong_beam)
    return np.where(wrong_length, np.nan, length_m), np.where(wrong_beam, np.nan, beam_m)


def _filled(kinds: Kinds, length_m: Floats, beam_m: Floats, of_type: Median, noted: Noted) -> tuple[Floats, Floats]:
    """Estimate missing lengths and beams from each other, or from the type."""
    usual = kinds.number("length_per_beam")
    no_length, no_beam = np.isnan(length_m), np.isnan(beam_m)
    noted.flag("length_estimated", no_length & ~no_beam)
    noted.flag("length_of_type", no_length & no_beam)
    noted.flag("beam_estimated", no_beam)
    noted.origin("length_m", "estimated", no_length)
    noted.origin("beam_m", "estimated", no_beam)
    typical = of_type.or_more(kinds.number("typical_length_m"))
    length = np.where(no_length, np.where(no_beam, typical, beam_m * usual), length_m)
    return length, np.where(no_beam, length / usual, beam_m)


def _draught(
    kinds: Kinds,
    length_m: Floats,
    beam_m: Floats,
    draught_m: Floats,
    ratio: Median,
    section: ShippingSection,
    noted: Noted,
) -> Floats:
    """Return design draughts.

    What AIS states is held between 0.3 times what the median ship of her type draws for her length and 1.2 times what
    that or a typical ship draws, the deeper: a median of bare draughts would cut the deep ships of a type down to the
    size of its many small ones, and a median of ballasted ships the laden ones.
    """
    sure = noted.origin_of("draught_m", *_REGISTRY)
    usual = ratio.or_more(1.0 / kinds.number("length_per_draught")) * length_m
    with np.errstate(invalid="ignore"):
        flat = (draught_m < section.min_draught_per_beam * beam_m) & ~sure
    noted.flag("draught_implausible", flat)
    stated = np.where(flat, np.nan, draught_m)
    missing = np.isnan(stated)
    noted.flag("draught_estimated", missing)
    noted.origin("draught_m", "estimated", missing)

    low, high = section.draught_clamp
    judged = ~np.isnan(ratio.value) & ~sure & ~missing
    held = np.where(missing, usual, stated)
    held = np.where(judged, np.clip(held, low * ratio.value * length_m, high * usual), held)
    held = np.where(sure, held, np.minimum(held, section.max_draught_per_beam * beam_m))
    clamped = ~missing & (held != stated)
    noted.flag("draught_clamped", clamped)
    noted.origin("draught_m", "clamped", clamped)
    return held
