"""``[shipping]``: from a ship to the rate at which her anchor strikes the cable (METHODS 1)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from pipeline.config.density import DENSITY_SHIPS, DensityShip, refuse_unusable_mixes
from pipeline.config.fields import Section, quantity
from pipeline.config.ship_types import SHIP_TYPES, ShipType, named_by_ais


class HoldingCapacity(Section):
    """Holding power of a stockless anchor of the reference mass, and its exponent with mass (UFC 4-159-03)."""

    reference_kn: float = Field(gt=0)
    exponent: float = Field(gt=0)


# Least and most of what a ship registry may say, in the units of its columns.
REGISTRY_RANGES: dict[str, tuple[float, float]] = {
    "dwt_t": (5.0, 600_000.0), "displacement_t": (5.0, 900_000.0), "length_m": (3.0, 500.0), "beam_m": (1.0, 130.0),
    "draught_m": (0.3, 35.0), "equipment_number": (20.0, 20_000.0), "anchor_kg": (20.0, 50_000.0),
    "chain_m": (50.0, 2_000.0), "fluke_length_m": (0.1, 5.0),
}  # fmt: skip

# (equipment number over, up to, anchor kg): IACS UR A1 table 1.
ANCHOR_TABLE: tuple[tuple[float, float, float], ...] = (
    (50, 70, 180), (70, 90, 240), (90, 110, 300), (110, 130, 360), (130, 150, 420), (150, 175, 480), (175, 205, 570),
    (205, 240, 660), (240, 280, 780), (280, 320, 900), (320, 360, 1020), (360, 400, 1140), (400, 450, 1290),
    (450, 500, 1440), (500, 550, 1590), (550, 600, 1740), (600, 660, 1920), (660, 720, 2100), (720, 780, 2280),
    (780, 840, 2460), (840, 910, 2640), (910, 980, 2850), (980, 1060, 3060), (1060, 1140, 3300), (1140, 1220, 3540),
    (1220, 1300, 3780), (1300, 1390, 4050), (1390, 1480, 4320), (1480, 1570, 4590), (1570, 1670, 4890),
    (1670, 1790, 5250), (1790, 1930, 5610), (1930, 2080, 6000), (2080, 2230, 6450), (2230, 2380, 6900),
    (2380, 2530, 7350), (2530, 2700, 7800), (2700, 2870, 8300), (2870, 3040, 8700), (3040, 3210, 9300),
    (3210, 3400, 9900), (3400, 3600, 10500), (3600, 3800, 11100), (3800, 4000, 11700),
)  # fmt: skip

# (equipment number up to, total chain m); the last entry also holds beyond it.
CHAIN_TABLE: tuple[tuple[float, float], ...] = (
    (90, 220), (130, 247.5), (175, 275), (240, 302.5), (280, 330), (360, 357.5), (450, 385), (550, 412.5), (720, 440),
    (910, 467.5), (1140, 495), (1390, 522.5), (1670, 550), (2080, 577.5), (2530, 605), (3040, 632.5), (3800, 660),
    (4000, 687.5),
)  # fmt: skip


class ShippingSection(Section):
    """``[shipping]``: ships, anchors and strikes."""

    # Strike arithmetic (METHODS 1.2, 1.10)
    incident_per_ship_yr: float = quantity(
        0.1752,
        unit="1/ship/yr",
        tag="K",
        source="METHODS 1.2: 2e-5 per ship-hour, loss of propulsion or steering",
        ge=0,
    )
    traffic_modifier: float = quantity(
        1.0,
        unit="-",
        tag="K",
        source="METHODS 1.2: P_traffic; lower it only if traffic is not also removed",
        ge=0,
        le=1,
    )
    coverage_factor: float = quantity(1.0, unit="-", tag="E", source="METHODS 1.10: kappa for AIS gaps, to 1.3", ge=1)
    traffic_growth_pct: float = quantity(
        0.0,
        unit="percent",
        tag="E",
        source="ours: traffic of the design life against that of the data, the same for all ships; strikes by anchors, "
        "routine and accidental ones too, are in proportion to it",
        gt=-100,
    )
    smoothing_km: float = quantity(
        2.5, unit="km", tag="E", source="METHODS 1.2: full width of the box that evens out one year of counts", ge=0
    )

    least_water_share: float = quantity(
        0.05,
        unit="-",
        tag="E",
        source="METHODS 1.10: ship-time is divided by water alone, and by no less than this share of the area",
        gt=0,
        le=1,
    )
    aground_told_pct: float = quantity(
        1.0,
        unit="percent",
        tag="E",
        source="METHODS 1.4: a larger share of ship-time where the chart is too shallow for the ships is told",
        ge=0,
        le=100,
    )

    # Accidental release, told beside the strikes and never among them (METHODS 1.4)
    accidental_per_ship_yr: float = quantity(
        1e-3, unit="1/ship/yr", tag="E", source="METHODS 1.4: an anchor let go under way, unnoticed", ge=0
    )
    accidental_drag_m: float = quantity(
        5000.0, unit="m", tag="E", source="METHODS 1.4: until it is noticed or the chain parts", gt=0
    )

    # Routine anchoring (METHODS 1.10)
    routine_anchoring: bool = True
    routine_radius_m: float = quantity(
        500.0,
        unit="m",
        tag="E",
        source="METHODS 1.10: anchorings this near a place count there; buffer of anchorages",
        gt=0,
    )
    routine_set_fluke_lengths: float = quantity(
        20.0,
        unit="-",
        tag="E",
        source="METHODS 1.10: drag until an anchor holds, about 10 fluke lengths in sand and 20 in mud; the longer",
        ge=0,
    )
    routine_disregard: float = quantity(
        0.05,
        unit="-",
        tag="E",
        source="ours, no published number: share of today's anchorings that go on over a charted cable, where it is "
        "forbidden",
        ge=0,
        le=1,
    )

    # Ships (METHODS 1.5)
    water_density_kg_m3: float = quantity(
        1009.0, unit="kg/m3", tag="E", source="METHODS 1.5: Caspian, about 12.8 psu", gt=0
    )
    ship_types: dict[str, ShipType] = quantity(
        SHIP_TYPES,
        unit="table",
        tag="E",
        source="METHODS 1.5: Cb and DWT/displacement by AIS type; typical ratios where a dimension is missing; sizes "
        "that are believed; 'other' takes every type not named and is as full as dry cargo",
    )
    draught_clamp: tuple[float, float] = quantity(
        (0.3, 1.2),
        unit="-",
        tag="E",
        source="METHODS 1.5: times the median draught/length of the type, times length; above, times the larger of "
        "median and usual",
    )
    length_median_min_ships: int = quantity(
        5,
        unit="-",
        tag="E",
        source="fewer ships of a type have no median length; it counts where above the typical",
        ge=1,
    )
    draught_median_min_ships: int = quantity(
        5, unit="-", tag="E", source="fewer ships of a type have no median worth judging by", ge=1
    )
    max_draught_per_beam: float = quantity(0.55, unit="-", tag="E", source="no stable hull is deeper", gt=0)
    min_draught_per_beam: float = quantity(
        0.08, unit="-", tag="E", source="no laden hull is flatter: a smaller draught is not known", ge=0
    )
    min_length_m: float = quantity(5.0, unit="m", tag="E", source="a shorter length is a typing error: not known", gt=0)
    max_length_m: float = quantity(
        450.0, unit="m", tag="E", source="a greater length is a typing error: not known", gt=0
    )
    placeholder_imo: tuple[int, ...] = quantity(
        (1234567,), unit="-", tag="E", source="numbers typed where none was assigned, though their check digit is right"
    )
    registry_ranges: dict[str, tuple[float, float]] = quantity(
        REGISTRY_RANGES, unit="table", tag="E", source="METHODS 1.5: what a ship registry cannot say is refused"
    )
    registry_differs: float = quantity(
        0.2, unit="-", tag="E", source="METHODS 1.5: registry and AIS that differ by more are told", gt=0
    )
    registry_least_dwt: float = quantity(
        0.01,
        unit="-",
        tag="E",
        source="METHODS 1.5: a registered DWT under so much of the usual is in kilotonnes",
        ge=0,
    )
    hhp_mass_factor: float = quantity(
        0.75,
        unit="-",
        tag="K",
        source="METHODS 1.5: mass of a high-holding-power anchor over a stockless one's",
        gt=0,
        le=1,
    )
    max_dwt_t: float = quantity(
        13000.0, unit="t", tag="S", source="METHODS 1.5: the largest that can be used in the Caspian", gt=0
    )
    max_displacement_t: float = quantity(
        18060.0, unit="t", tag="E", source="13,000 t dry cargo over DWT/displacement 0.72; the cap of every type", gt=0
    )
    dwt_bins_t: tuple[float, ...] = quantity(
        (500, 1000, 2000, 3000, 5000, 7000, 8000, 10000, 13000),
        unit="t",
        tag="S",
        source="METHODS 1.5: upper bounds of the classes that reports use; never used in the arithmetic",
    )
    density_ships: dict[str, tuple[DensityShip, ...]] = quantity(
        DENSITY_SHIPS,
        unit="(type, t, share of the hours)",
        tag="E",
        source="METHODS 1.10: ships behind a density raster, by its ship_type; a type that is not here is one ship of "
        "its typical length",
    )
    density_doubted_h_per_km2_yr: float = quantity(
        8760.0,
        unit="h/km2/yr",
        tag="E",
        source="METHODS 1.10: a density raster with more beside the cable is doubted: a ship on every km2 all year",
        gt=0,
    )

    # Anchors (METHODS 1.5)
    equipment_number_k: float = quantity(
        1.7, unit="t^(-2/3)", tag="E", source="METHODS 1.5: EN = k displacement^(2/3), 1.6 to 1.9", gt=0
    )
    anchor_table: tuple[tuple[float, float, float], ...] = quantity(
        ANCHOR_TABLE, unit="(EN over, EN up to, kg)", tag="K", source="IACS UR A1 table 1; published in Rec. 10 to 205"
    )
    chain_table: tuple[tuple[float, float], ...] = quantity(
        CHAIN_TABLE, unit="(EN up to, m both sides)", tag="K", source="IACS UR A1 table 1; published in Rec. 10 to 205"
    )
    fluke_length_at_1t_m: float = quantity(
        0.80, unit="m", tag="E", source="METHODS 1.5: stockless, geometric similarity, +-10 % of catalogues", gt=0
    )

    # Depth modifier (METHODS 1.4)
    pwd: Literal["chain", "scope"] = "chain"
    grounding_factor: float = quantity(
        1.1, unit="-", tag="E", source="METHODS 1.4: shallower than this times draught", gt=0
    )
    full_depth_per_chain: float = quantity(
        1.0 / 6.0, unit="-", tag="E", source="METHODS 1.4: P_wd is 1 down to this share of the total chain", gt=0
    )
    reach_depth_per_chain: float = quantity(
        0.5, unit="-", tag="E", source="METHODS 1.4: one side's whole chain; no anchor reaches deeper", gt=0
    )

    # Penetration (METHODS 1.6)
    penetration: Literal["graded", "ctc835_binary"] = "graded"
    binary_hard_f: float = quantity(
        0.707, unit="-", tag="K", source="METHODS 1.6: one fluke length at 45 degrees", ge=0
    )
    binary_soft_f: float = quantity(3.0, unit="-", tag="K", source="METHODS 1.6: three fluke lengths", ge=0)

    # Drag (METHODS 1.7)
    drop_speed_kn: float = quantity(4.0, unit="kn", tag="E", source="METHODS 1.7: masters slow first; 2 to 6", gt=0)
    added_mass: float = quantity(0.0, unit="-", tag="E", source="METHODS 1.7: Ca", ge=0)
    drag_eta: float = quantity(
        1.0,
        unit="-",
        tag="K",
        source="METHODS 1.7: 1 is the energy balance and the cautious choice; 2 halves drag",
        gt=0,
    )
    max_drag_m: float = quantity(2000.0, unit="m", tag="E", source="METHODS 1.7: cap", gt=0)
    min_drag_m: float = quantity(0.0, unit="m", tag="E", source="METHODS 1.7: 100 m is an option, off by default", ge=0)
    holding_reference_kg: float = quantity(4536.0, unit="kg", tag="S", source="UFC 4-159-03 eq. 26", gt=0)
    holding: dict[Literal["sand", "mud"], HoldingCapacity] = quantity(
        {
            "sand": HoldingCapacity(reference_kn=196.0, exponent=0.80),
            "mud": HoldingCapacity(reference_kn=107.0, exponent=0.92),
        },
        unit="kN, -",
        tag="K",
        source="UFC 4-159-03 table 5-4, stockless with movable fluke; fixed fluke: 311 and 205 kN",
    )

    @field_validator("ship_types", mode="before")
    @classmethod
    def _over_the_defaults(cls, given: object) -> object:
        """Let ``[shipping.ship_types.tanker] block_coefficient = 0.85`` change one property and keep the others."""
        if not isinstance(given, dict):
            return given
        merged: dict[str, object] = dict(SHIP_TYPES)
        for name, changes in given.items():
            base = SHIP_TYPES[name].model_dump() if name in SHIP_TYPES and isinstance(changes, dict) else {}
            merged[name] = {**base, **changes} if isinstance(changes, dict) else changes
        return merged

    @field_validator("density_ships", mode="before")
    @classmethod
    def _over_the_default_mixes(cls, given: object) -> object:
        """Let a mix for one ship type keep those of the others."""
        return {**DENSITY_SHIPS, **given} if isinstance(given, dict) else given

    @field_validator("density_ships")
    @classmethod
    def _shares_of_known_types(
        cls, given: dict[str, tuple[DensityShip, ...]], info: ValidationInfo
    ) -> dict[str, tuple[DensityShip, ...]]:
        refuse_unusable_mixes(given, named_by_ais(info.data.get("ship_types", SHIP_TYPES)))
        return given

    @field_validator("registry_ranges", mode="before")
    @classmethod
    def _over_the_ranges(cls, given: object) -> object:
        return {**REGISTRY_RANGES, **given} if isinstance(given, dict) else given

    @field_validator("registry_ranges")
    @classmethod
    def _ranges_of_columns(cls, given: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
        if strange := sorted(set(given) - set(REGISTRY_RANGES)):
            raise ValueError(f"a registry has no columns {', '.join(strange)}; it has {', '.join(REGISTRY_RANGES)}")
        for name, (least, most) in given.items():
            if not 0.0 < least < most:
                raise ValueError(f"{name} must be above 0 and ascend, and is {least:g} to {most:g}")
        return given

    @field_validator("holding")
    @classmethod
    def _both_soils(cls, given: dict[str, HoldingCapacity]) -> dict[str, HoldingCapacity]:
        if set(given) != {"sand", "mud"}:
            raise ValueError("holding needs both 'sand' and 'mud'")
        return given

    @field_validator("dwt_bins_t", "chain_table", "anchor_table")
    @classmethod
    def _ascending(cls, given: tuple[object, ...]) -> tuple[object, ...]:
        if not given or list(given) != sorted(given, key=lambda row: row):  # type: ignore[arg-type,return-value]
            raise ValueError("rows must be given, and ascend")
        return given

    @model_validator(mode="after")
    def _least_is_below_most(self) -> ShippingSection:
        pairs = {
            "min_length_m and max_length_m": (self.min_length_m, self.max_length_m),
            "the two numbers of draught_clamp": self.draught_clamp,
            "min_draught_per_beam and max_draught_per_beam": (self.min_draught_per_beam, self.max_draught_per_beam),
            "full_depth_per_chain and reach_depth_per_chain": (self.full_depth_per_chain, self.reach_depth_per_chain),
            "min_drag_m and max_drag_m": (self.min_drag_m, self.max_drag_m),
        }
        for names, (least, most) in pairs.items():
            if least >= most:
                raise ValueError(f"{names} must ascend, and are {least:g} and {most:g}")
        return self
