"""``[soil]``: what each Folk-7 class means to an anchor, a trawl door, a trencher and an earthquake."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from pipeline.config.fields import Section, quantity
from pipeline.config.folk import SCHEMES

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


class StrongClay(Section):
    """Clay that a profile measured to be stronger than its class: the tools that still trench it."""

    su_kpa: float = Field(gt=0)
    tools: tuple[TrenchTool, ...] = ()


STRONG_CLAY: dict[str, StrongClay] = {
    "firm_clay": StrongClay(su_kpa=40.0, tools=(_tool("cutter", 2.0), _tool("plough", 1.5))),
    "stiff_clay": StrongClay(su_kpa=100.0, tools=(_tool("cutter", 1.5),)),
}


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
    schemes: dict[str, dict[str, str]] = quantity(
        SCHEMES,
        unit="table",
        tag="K",
        source="EMODnet Geology's numbers of Folk classes (5, 6, 9 and 441 read in its data, S) and NGU's for folk7 in "
        "tens (S); classes by METHODS 3.1. Mud to muddy sand (folk5) is taken as mud, the deepest penetrated",
    )
    strong_clay: dict[str, StrongClay] = quantity(
        STRONG_CLAY, unit="table", tag="E", source="METHODS 3.3: tools in clay measured from su_kpa on"
    )
    correlation_length_cpt_m: float = quantity(
        500.0,
        unit="m",
        tag="E",
        source="how far from a CPT or borehole its deposit is assumed to go on; strength within a deposit varies over "
        "metres (Liu et al. 2020, AIMS Geosciences 6(1): 3 m in sand), which its spread stands for",
        gt=0,
    )
    correlation_length_grab_m: float = quantity(
        250.0, unit="m", tag="E", source="the same for a grab sample, which sees the uppermost decimetres only", gt=0
    )
    same_place_m: float = quantity(
        50.0, unit="m", tag="E", source="samples so near one another that contradict: the cautious one counts", ge=0
    )
    cpt_su_cov: float = quantity(
        0.2,
        unit="-",
        tag="E",
        source="spread of su at a CPT: measurement and variation over metres (Phoon and Kulhawy 1999)",
        ge=0,
    )
    cpt_dr_sd_pct: float = quantity(
        8.0, unit="percent", tag="E", source="standard deviation of Dr at a CPT, as for su", ge=0
    )
    su_gradient_kpa_m: float = quantity(
        1.9,
        unit="kPa/m",
        tag="S",
        source="METHODS 1.6: su(z) = su0 + 1.9 z (NCEL TDS 83-08R); not below a profile",
        ge=0,
    )
    layers_to_m: float = quantity(
        5.0, unit="m", tag="E", source="depth of the layered soil: below the deepest trench and fluke tip", gt=0
    )
    longest_gap_m: float = quantity(
        0.5,
        unit="m",
        tag="E",
        source="gaps of a profile, above, between and below its readings, up to which these go on; in longer ones the "
        "map's soil or unknown soil counts, whichever is penetrated deeper",
        gt=0,
    )
    class_depth_m: float = quantity(
        1.0, unit="m", tag="E", source="the soil that fills most of it names the class of a profile", gt=0
    )
    reference_fluke_m: tuple[float, float] = quantity(
        (0.4, 2.0),
        unit="m",
        tag="E",
        source="fluke lengths over which a measured profile's largest factor f is taken: those of the anchor table "
        "(180 to 11,700 kg), which METHODS 1.5 tells to 10 percent",
    )
    layered_penetration: bool = quantity(
        False,
        unit="-",
        tag="E",
        source="whether the gain of strength with depth counts where no profile was measured too (METHODS 1.6)",
    )
    plausible_su_kpa: tuple[float, float] = quantity(
        (0.5, 1000.0), unit="kPa", tag="E", source="a profile whose median su lies outside is of another unit: refused"
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

    @field_validator("schemes", mode="before")
    @classmethod
    def _over_the_schemes(cls, given: object) -> object:
        """Let ``[soil.schemes.folk16] 431 = "coarse"`` change one number and keep the others."""
        if not isinstance(given, dict):
            return given
        return {**SCHEMES, **{name: {**SCHEMES.get(name, {}), **table} for name, table in given.items()}}

    @model_validator(mode="after")
    def _known_classes(self) -> SoilSection:
        strange = sorted({name for table in self.schemes.values() for name in table.values()} - set(self.classes))
        if strange:
            raise ValueError(f"schemes name classes that do not exist: {', '.join(strange)}")
        if not 0.0 < self.reference_fluke_m[0] <= self.reference_fluke_m[1]:
            raise ValueError("reference_fluke_m must be two lengths above 0, the shorter first")
        return self

    def tools_of(self, name: str) -> tuple[TrenchTool, ...]:
        """Return the tools of a class, or of a strong clay."""
        return self.classes[name].tools if name in self.classes else self.strong_clay[name].tools

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
