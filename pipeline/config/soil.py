"""``[soil]``: what each Folk-7 class means to an anchor, a trawl door, a trencher and an earthquake."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from pipeline.config.fields import Section, quantity

Percentiles = tuple[float, float, float]


class TrenchTool(Section):
    """A burial tool in one soil: how deep it gets and how fast."""

    name: Literal["plough", "jet", "cutter"]
    depth_m: float = Field(ge=0)
    rate: str = ""


class SoilClass(Section):
    """Engineering properties of one seabed-soil class (METHODS 3.1 and 3.3, all E unless the field says otherwise)."""

    code: int = Field(ge=0, le=254)
    label: str
    su_kpa: Percentiles | None = None
    dr_pct: Percentiles | None = None
    gamma_sat_kn_m3: float
    penetration_f: float = Field(ge=0)
    holding: Literal["sand", "mud"]
    gear_column: Literal["sand", "mud"]
    vs30_m_s: float = Field(gt=0)
    tools: tuple[TrenchTool, ...] = ()


_PLOUGH_RATE = "about 0.2 km/h"
_JET_RATE = "0.1 to 0.4 km/h a pass"
_CUTTER_RATE = "0.02 to 0.15 km/h"


def _tool(name: Literal["plough", "jet", "cutter"], depth_m: float) -> TrenchTool:
    rate = {"plough": _PLOUGH_RATE, "jet": _JET_RATE, "cutter": _CUTTER_RATE}[name]
    return TrenchTool(name=name, depth_m=depth_m, rate=rate)


# METHODS 3.1 (strength, f), 1.7 (holding), 2.1 (gear column), 4.3 (Vs30), 3.3 (tools: the upper end of each range).
FOLK7: dict[str, SoilClass] = {
    "mud": SoilClass(
        code=1, label="mud", su_kpa=(2, 6, 15), gamma_sat_kn_m3=14.5, penetration_f=3.0, holding="mud",
        gear_column="mud", vs30_m_s=180, tools=(_tool("plough", 3.0), _tool("jet", 3.0)),
    ),
    "sandy_mud": SoilClass(
        code=2, label="sandy mud", su_kpa=(5, 12, 25), gamma_sat_kn_m3=16.0, penetration_f=2.2, holding="mud",
        gear_column="mud", vs30_m_s=180, tools=(_tool("plough", 3.0), _tool("jet", 2.0)),
    ),
    "muddy_sand": SoilClass(
        code=3, label="muddy sand", dr_pct=(20, 35, 50), gamma_sat_kn_m3=18.0, penetration_f=1.4, holding="sand",
        gear_column="sand", vs30_m_s=250, tools=(_tool("jet", 2.0), _tool("plough", 1.5)),
    ),
    "sand": SoilClass(
        code=4, label="sand", dr_pct=(35, 55, 75), gamma_sat_kn_m3=19.0, penetration_f=0.707, holding="sand",
        gear_column="sand", vs30_m_s=250, tools=(_tool("jet", 2.0), _tool("plough", 1.5)),
    ),
    "coarse": SoilClass(
        code=5, label="coarse", dr_pct=(50, 70, 90), gamma_sat_kn_m3=20.0, penetration_f=0.707, holding="sand",
        gear_column="sand", vs30_m_s=360, tools=(_tool("plough", 0.6), _tool("jet", 0.3)),
    ),
    "mixed": SoilClass(
        code=6, label="mixed", su_kpa=(5, 15, 40), dr_pct=(30, 50, 80), gamma_sat_kn_m3=18.0, penetration_f=1.5,
        holding="mud", gear_column="mud", vs30_m_s=250, tools=(_tool("plough", 0.6), _tool("jet", 0.3)),
    ),
    "rock": SoilClass(
        code=7, label="rock", gamma_sat_kn_m3=22.0, penetration_f=0.2, holding="sand",
        gear_column="sand", vs30_m_s=760, tools=(_tool("cutter", 1.0),),
    ),
    "unknown": SoilClass(
        code=0, label="unknown", gamma_sat_kn_m3=16.0, penetration_f=2.2, holding="mud",
        gear_column="mud", vs30_m_s=180, tools=(_tool("plough", 0.6),),
    ),
}  # fmt: skip


class SoilSection(Section):
    """``[soil]``: classes and how strength bends the penetration factor."""

    classes: dict[str, SoilClass] = quantity(
        FOLK7, unit="table", tag="E", source="METHODS 3.1, 1.7, 2.1, 3.3, 4.3; unknown soil: f 2.2, least trench depth"
    )
    penetration_f_by_su_kpa: tuple[tuple[float, float], ...] = quantity(
        ((7.07, 3.0), (14.14, 2.2), (28.28, 1.5), (54.77, 0.9), (106.07, 0.707), (212.13, 0.2)),
        unit="(kPa, -)",
        tag="E",
        source="METHODS 1.6 'graded' at the geometric middle of each su class, interpolated in ln su",
    )
    penetration_f_by_dr_pct: tuple[tuple[float, float], ...] = quantity(
        ((35.0, 1.4), (50.0, 0.707)),
        unit="(percent, -)",
        tag="E",
        source="METHODS 1.6 'graded': loose below 35, dense above; linear between",
    )

    @field_validator("classes", mode="before")
    @classmethod
    def _over_the_defaults(cls, given: object) -> object:
        """Let ``[soil.classes.sand] penetration_f = 0.9`` change one property and keep the others."""
        if not isinstance(given, dict):
            return given
        merged: dict[str, object] = dict(FOLK7)
        for name, changes in given.items():
            base = FOLK7[name].model_dump() if name in FOLK7 and isinstance(changes, dict) else {}
            merged[name] = {**base, **changes} if isinstance(changes, dict) else changes
        return merged

    def by_code(self, code: int) -> tuple[str, SoilClass]:
        """Return name and properties of a class code.

        Raises
        ------
        KeyError
            If no class has the code.
        """
        for name, soil in self.classes.items():
            if soil.code == code:
                return name, soil
        raise KeyError(code)
