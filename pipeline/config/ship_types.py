"""Kinds of ships: hull form, and the sizes that a hull of that kind can have (METHODS 1.5)."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, model_validator

from pipeline.config.fields import Section


class ShipType(Section):
    """Hull form of one kind of ship, used to turn dimensions into displacement (METHODS 1.5, all E).

    ``length_m_range`` and ``length_per_beam_range`` bound what is believed of such a ship; ``max_dwt_per_length3``
    (t/m3) is the upper envelope of deadweight over length cubed.
    """

    ais_codes: tuple[int, ...] = ()
    block_coefficient: float = Field(gt=0, le=1)
    dwt_per_displacement: float = Field(gt=0, le=1)
    length_per_beam: float = Field(gt=0)
    length_per_draught: float = Field(gt=0)
    typical_length_m: float = Field(gt=0)
    length_m_range: tuple[float, float] = (5.0, 450.0)
    length_per_beam_range: tuple[float, float] = (1.2, 14.0)
    max_dwt_per_length3: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _typical_is_possible(self) -> ShipType:
        for name, value, (least, most) in (
            ("typical_length_m", self.typical_length_m, self.length_m_range),
            ("length_per_beam", self.length_per_beam, self.length_per_beam_range),
        ):
            if not least <= value <= most:
                raise ValueError(f"{name} is {value:g}, outside the range of {least:g} to {most:g} that is believed")
        return self


def _codes(*ranges: tuple[int, int]) -> tuple[int, ...]:
    return tuple(code for first, last in ranges for code in range(first, last + 1))


# A river-sea tanker form (Cb 0.93) is the fuller, so the heavier, of the two published Caspian tankers.
SHIP_TYPES: dict[str, ShipType] = {
    "tanker": ShipType(
        ais_codes=_codes((80, 89)), block_coefficient=0.93, dwt_per_displacement=0.75,
        length_per_beam=8.5, length_per_draught=22.0, typical_length_m=140.0,
        length_m_range=(15.0, 415.0), length_per_beam_range=(3.0, 12.0), max_dwt_per_length3=3.9e-3,
    ),
    "dry_cargo": ShipType(
        ais_codes=_codes((70, 79)), block_coefficient=0.82, dwt_per_displacement=0.72,
        length_per_beam=8.5, length_per_draught=22.0, typical_length_m=130.0,
        length_m_range=(15.0, 405.0), length_per_beam_range=(3.0, 12.0), max_dwt_per_length3=3.9e-3,
    ),
    "ferry": ShipType(
        ais_codes=_codes((60, 69)), block_coefficient=0.65, dwt_per_displacement=0.40,
        length_per_beam=8.5, length_per_draught=30.0, typical_length_m=150.0,
        length_m_range=(5.0, 370.0), length_per_beam_range=(2.0, 12.0),
    ),
    "offshore": ShipType(
        ais_codes=_codes((31, 35), (50, 59)), block_coefficient=0.65, dwt_per_displacement=0.45,
        length_per_beam=4.2, length_per_draught=13.0, typical_length_m=60.0,
        length_m_range=(5.0, 345.0), length_per_beam_range=(1.5, 12.0),
    ),
    "fishing": ShipType(
        ais_codes=(30,), block_coefficient=0.55, dwt_per_displacement=0.35,
        length_per_beam=4.0, length_per_draught=10.0, typical_length_m=30.0,
        length_m_range=(5.0, 150.0), length_per_beam_range=(1.8, 9.0),
    ),
    "other": ShipType(
        block_coefficient=0.82, dwt_per_displacement=0.72,
        length_per_beam=7.0, length_per_draught=20.0, typical_length_m=60.0,
    ),
}  # fmt: skip
"""``other`` takes every ship of no named type, and one whose length her own type cannot have."""


def named_by_ais(types: Mapping[str, ShipType]) -> list[str]:
    """Return the types that a ship can be of by her AIS code, or by having none."""
    return [name for name, kind in types.items() if kind.ais_codes or name == "other"]
