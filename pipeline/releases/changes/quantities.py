"""What is compared at every station, which step makes it, and what it follows from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from pipeline.config.changes import ChangeTolerance
from pipeline.mapping.messages import msgid

Kind = Literal["dol", "water_depth", "slope", "rate", "pga", "fs", "text"]


@dataclass(frozen=True)
class Quantity:
    """A published column of the station table.

    Attributes
    ----------
    column : str
        Its name.
    label : str
        In words, a message; singular or plural by itself.
    unit : str
        Unit; empty for text and pure numbers.
    kind : str
        Which tolerance holds, and how values are told.
    step : str
        The step that makes it.
    follows_from : tuple of str
        Columns that its formula uses.
    steps, else_steps : tuple of str
        Steps without a column of their own whose result it uses; the latter are asked where nothing else explains it.
    parameters : tuple of str or None
        Configuration of its step that its formula uses, as dotted beginnings; None: all of it.
    told : bool
        Whether a change of it is told; if not, it only passes causes on.
    across : mapping of str to tuple
        Of columns that it follows from and that act through limits alone: those limits, as numbers or as dotted names
        of parameters. Such a column bears on it only where its value passes from one side of a limit to the other.
    """

    column: str
    label: str
    unit: str
    kind: Kind
    step: str
    follows_from: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    else_steps: tuple[str, ...] = ()
    parameters: tuple[str, ...] | None = None
    told: bool = True
    across: Mapping[str, tuple[float | str, ...]] = field(default_factory=dict, hash=False)

    @property
    def stepped(self) -> bool:
        """Whether single values matter (an ordered depth, a word), not only their mean."""
        return self.kind == "text" or self.column in ("target_dol_m", "achievable_dol_m", "deficit_m")

    def tolerance(self, changes: ChangeTolerance) -> tuple[float, float, float]:
        """Return how far two values may lie apart and count as the same: absolute, relative, and a floor."""
        if self.kind == "rate":
            return 0.0, changes.rate_percent / 100.0, changes.rate_floor_per_km_yr
        absolute = {
            "dol": changes.dol_m,
            "water_depth": changes.water_depth_m,
            "slope": changes.slope_deg,
            "pga": changes.pga_g,
            "fs": changes.slope_fs,
            "text": 0.0,
        }[self.kind]
        return absolute, 0.0, 0.0


TARGET: Final = "target_dol_m"
LIMIT: Final = "limit_strike_per_km_yr"
SOIL: Final = "soil_class"

_RATE = "per km and year"
_FLOOR = "required_dol_fishing_m"
_FACTOR = "penetration_f"
"""Changes beside the class where a profile's strength does."""
_DRY_M = 0.0
"""Nothing is decided where the water depth is not above this."""
_REQUIRED = ("required_dol_p10_m", "required_dol_p50_m", "required_dol_p90_m", _FLOOR)
_TARGET_KEYS = (
    "acceptance.percentile", "burial.ladder_m", "burial.tolerance_m", "burial.mobility_allowance_m",
    "burial.minimum_target_dol_m",
)  # fmt: skip
_PENETRATION_KEYS = ("soil", "shipping", "fishing")
_LEAST = {"water_depth_m": (_DRY_M, "burial.minimum_target_dol_m.0")}
_PROTECTION_KEYS = (
    "burial.second_pass_gain_m", "burial.second_pass_from_m", "burial.mattress_length_km",
    "burial.cover_water_depth_limit_m", "soil",
)  # fmt: skip
_LIMIT_KEYS = (
    "acceptance.route_strikes_per_yr", "acceptance.allocation", "acceptance.reference_length_km",
    "burial.minimum_zone_km",
)  # fmt: skip
_REQUIRED_KEYS = ("soil", "shipping", "uncertainty")


_REQUIRED_LABELS = {
    10: msgid("required depth (P10)"),
    50: msgid("required depth (P50)"),
    90: msgid("required depth (P90)"),
}


def _required(percentile: int, told: bool) -> Quantity:
    return Quantity(
        f"required_dol_p{percentile}_m", _REQUIRED_LABELS[percentile], "m", "dol", "burial",
        follows_from=("anchor_strike_per_km_yr", _FLOOR, SOIL, _FACTOR, "water_depth_m", LIMIT),
        parameters=_REQUIRED_KEYS,
        told=told, across={"water_depth_m": (_DRY_M,)},
    )  # fmt: skip


# In the order of a reader's interest. Earthquakes never deepen burial: no depth follows from ground motion.
QUANTITIES: Final[tuple[Quantity, ...]] = (
    Quantity(
        TARGET, msgid("target depth"), "m", "dol", "burial", (*_REQUIRED, "water_depth_m"), parameters=_TARGET_KEYS,
        else_steps=("terrain",), across=_LEAST,
    ),
    Quantity(
        "anchor_strike_per_km_yr", msgid("anchor strikes"), _RATE, "rate", "shipping",
        ("passages_per_km_yr", "water_depth_m", SOIL), else_steps=("ais",),
    ),
    Quantity(
        "fishing_strike_per_km_yr", msgid("fishing strikes"), _RATE, "rate", "fishing", ("water_depth_m", SOIL),
    ),
    Quantity(SOIL, msgid("soil"), "", "text", "soil"),
    Quantity("water_depth_m", msgid("water depth"), "m", "water_depth", "bathymetry"),
    Quantity(
        "deficit_m", msgid("protection deficit"), "m", "dol", "burial", (TARGET, "achievable_dol_m"), parameters=(),
    ),
    _required(90, told=True),
    Quantity(
        "achievable_dol_m", msgid("achievable depth"), "m", "dol", "burial", (SOIL, "slope_deg", "water_depth_m"),
        parameters=("soil", "burial.plough_slope_limit_deg", "burial.plough_water_depth_limit_m"),
        across={
            "slope_deg": ("burial.plough_slope_limit_deg",),
            "water_depth_m": (_DRY_M, "burial.plough_water_depth_limit_m"),
        },
    ),
    Quantity(
        "governing", msgid("governing threat"), "", "text", "burial", (*_REQUIRED, "water_depth_m"),
        parameters=_TARGET_KEYS, else_steps=("terrain",), across=_LEAST,
    ),
    Quantity(
        "protection", msgid("protection"), "", "text", "burial",
        (TARGET, "achievable_dol_m", "deficit_m", "residual_strike_per_km_yr", LIMIT, "water_depth_m"),
        parameters=_PROTECTION_KEYS, across={"water_depth_m": (_DRY_M, "burial.cover_water_depth_limit_m")},
    ),
    Quantity(
        "cable_type", msgid("cable type"), "", "text", "burial", ("water_depth_m", "deficit_m"), parameters=("cable",),
        across={"water_depth_m": (_DRY_M, "cable.types.to_water_depth_m"), "deficit_m": (0.0,)},
    ),
    Quantity(
        "residual_strike_per_km_yr", msgid("strikes left when buried"), _RATE, "rate", "burial",
        (
            TARGET, "achievable_dol_m", "anchor_strike_per_km_yr", "fishing_strike_per_km_yr", "gear_penetration_m",
            SOIL, _FACTOR,
        ),
        parameters=_PENETRATION_KEYS,
    ),
    Quantity("slope_deg", msgid("slope"), "°", "slope", "terrain", ("water_depth_m",)),
    Quantity("pga_475yr_g", msgid("ground acceleration (475 years)"), "g", "pga", "seismic"),
    Quantity(
        "slope_fs", msgid("slope factor of safety"), "", "fs", "stability",
        ("slope_deg", SOIL, "pga_475yr_g", "pga_475yr_soil_g", "water_depth_m"),
    ),
    Quantity("confidence", msgid("confidence in the water depth"), "", "text", "bathymetry"),
    _required(50, told=True),
    _required(10, told=False),
    Quantity(
        _FLOOR, msgid("required depth against fishing"), "m", "dol", "burial",
        ("fishing_strike_per_km_yr", "gear_penetration_m", SOIL, "water_depth_m", LIMIT), parameters=("fishing",),
        told=False,
    ),
    Quantity(
        "gear_penetration_m", msgid("penetration of the fishing gear"), "m", "dol", "fishing", (SOIL, "water_depth_m"),
        told=False,
    ),
    Quantity(
        _FACTOR, msgid("penetration of anchors"), "", "fs", "burial", (SOIL, "water_depth_m"), steps=("soil",),
        parameters=("soil", "shipping"), told=False, across={"water_depth_m": (_DRY_M,)},
    ),
    Quantity("passages_per_km_yr", msgid("ship passages"), _RATE, "rate", "shipping", steps=("ais",), told=False),
    Quantity(
        "pga_475yr_soil_g", msgid("ground acceleration on soil"), "g", "pga", "seismic", ("pga_475yr_g", SOIL),
        told=False,
    ),
    Quantity(
        LIMIT, msgid("tolerable anchor strikes"), _RATE, "rate", "burial", parameters=_LIMIT_KEYS, told=False
    ),
)  # fmt: skip

BY_COLUMN: Final = {quantity.column: quantity for quantity in QUANTITIES}
