"""What is noted of each ship: flags of what was doubted or estimated, and where each value comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Ints

Bools = NDArray[np.bool_]

FLAGS: dict[str, str] = {
    "type_implausible": "of a length that no ship of their type has, taken as of type 'other'",
    "length_implausible": "of an impossible length, or too broad for it: length estimated",
    "length_of_type": "without length and beam: of the typical length of their type, or of its median if longer",
    "length_estimated": "without a length: estimated from the beam",
    "beam_implausible": "too narrow or too broad for their length: beam estimated",
    "beam_estimated": "without a beam: estimated from the length",
    "draught_implausible": "of a draught that no laden hull has: estimated",
    "draught_estimated": "without a draught: estimated from the length",
    "draught_clamped": "of a draught that is unusual for their type and length, held to the usual",
    "dwt_over_envelope": "of more deadweight than is usual for their length, taken as they say",
    "dwt_cut_to_envelope": "of which only the length is known, cut to the deadweight that is usual for it",
    "over_ceiling_capped": "larger than the ceiling, cut to it, and their draught with it",
    "registry_differs": "of which registry and AIS differ; the registry counts",
    "imo_wrong": "stating a number that is no IMO number, left out",
    "imo_several": "stating several IMO numbers: one MMSI of several hulls; the most reported counts",
    "imo_shared": "whose IMO number another MMSI also states: one hull that changed flag, or a false number",
}
"""Words of ``flags`` in ships.parquet, and what they say of some ships, one or many."""

ORIGINS = (
    "", "ais", "registry_imo", "registry_mmsi", "estimated", "clamped", "typical", "hull", "deadweight", "displacement",
    "equipment_number", "anchor", "capped",
)  # fmt: skip
"""Where a value comes from: who says it, or what it was worked out from (``hull``: L, B, T and Cb)."""

VALUES = (
    "vessel_type", "length_m", "beam_m", "draught_m", "displacement_t", "dwt_t", "equipment_number", "anchor_kg",
    "chain_m", "fluke_length_m",
)  # fmt: skip
"""Values of a ship that have an origin."""


@dataclass
class Noted:
    """Flags and origins of a fleet.

    Attributes
    ----------
    ships : int
        How many.
    """

    ships: int
    _flags: dict[str, Bools] = field(default_factory=dict)
    _origins: dict[str, Ints] = field(default_factory=dict)

    def flag(self, word: str, rows: Bools) -> None:
        """Flag some ships."""
        self._flags[word] = self._flags.get(word, np.zeros(self.ships, bool)) | rows

    def origin(self, value: str, word: str | None, rows: Bools | slice = slice(None)) -> None:
        """Say where a value of some ships comes from."""
        codes = self._origins.setdefault(value, np.zeros(self.ships, np.int64))
        codes[rows] = ORIGINS.index(word or "")

    def origin_of(self, value: str, *words: str) -> Bools:
        """Return the ships of which a value comes from one of these."""
        return np.isin(self._origins[value], [ORIGINS.index(word) for word in words])

    def flags(self) -> NDArray[np.object_]:
        """Return the flags of each ship, space separated."""
        mask = np.zeros(self.ships, np.int64)
        for bit, word in enumerate(FLAGS):
            mask |= self._flags.get(word, np.zeros(self.ships, bool)).astype(np.int64) << bit
        return _by_code(mask, lambda code: " ".join(word for bit, word in enumerate(FLAGS) if code >> bit & 1))

    def origins(self) -> NDArray[np.object_]:
        """Return the origins of each ship, such as ``length_m=ais beam_m=estimated``."""
        key = np.zeros(self.ships, np.int64)
        for value in VALUES:
            key = key * len(ORIGINS) + self._origins.get(value, np.zeros(self.ships, np.int64))
        return _by_code(key, _origins)


def counted(count: int, what: str) -> str:
    """Return a number of things in words, such as ``1 more ship``."""
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def _by_code(codes: Ints, text_of: Callable[[int], str]) -> NDArray[np.object_]:
    """Return the text of each code; the same text is made once."""
    distinct, row = np.unique(codes, return_inverse=True)
    texts = np.array([text_of(code) for code in distinct.tolist()], dtype=object)
    return np.asarray(texts[row], dtype=object)


def _origins(key: int) -> str:
    said = []
    for value in reversed(VALUES):
        key, code = divmod(key, len(ORIGINS))
        said.append(f"{value}={ORIGINS[code]}" if code else "")
    return " ".join(text for text in reversed(said) if text)


def origins_of(text: str) -> dict[str, str]:
    """Return the origins of one ship by value, from what ``Noted.origins`` wrote."""
    return dict(part.split("=") for part in text.split())
