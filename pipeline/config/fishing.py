"""``[fishing]``: what each gear does to the seabed, and how effort becomes contacts with the cable (METHODS 2)."""

from __future__ import annotations

from pydantic import Field, field_validator

from pipeline.config.fields import Section, quantity

Steps = tuple[tuple[float, float], ...]
_DEEP_M = 1e4


class Gear(Section):
    """One gear as effort data name it.

    ``contact_probability`` holds (water depth up to m, share of effort that touches the bottom), shallow first.
    """

    label: str
    speed_kn: float = Field(gt=0)
    width_m: float = Field(ge=0)
    subsurface_pct: float = Field(default=0.0, ge=0, le=100)
    contact_probability: Steps
    penetration_sand_m: float = Field(ge=0)
    penetration_mud_m: float = Field(ge=0)

    @field_validator("contact_probability")
    @classmethod
    def _rising_depths(cls, value: Steps) -> Steps:
        depths = [depth for depth, _ in value]
        if not value or depths != sorted(set(depths)):
            raise ValueError("contact_probability needs (water depth, share) pairs with rising water depths")
        if any(not 0.0 <= share <= 1.0 for _, share in value):
            raise ValueError("a share of effort in contact with the bottom lies between 0 and 1")
        return value


_ALWAYS: Steps = ((_DEEP_M, 1.0),)
# The net of set gear lies over a cable without harm; the anchors at its ends can hook it (E).
_ANCHORS: Steps = ((_DEEP_M, 0.10),)
_PELAGIC: Steps = ((_DEEP_M, 0.02),)
# Midwater trawl in the Caspian: schools at the bottom in autumn, so doors touch down in 20 to 70 m (METHODS 2.3).
_MIDWATER: Steps = ((20.0, 0.02), (70.0, 0.10), (_DEEP_M, 0.02))


def _gear(label: str, speed_kn: float, width_m: float, contact: Steps, sand_m: float, mud_m: float) -> Gear:
    return Gear(
        label=label, speed_kn=speed_kn, width_m=width_m, contact_probability=contact,
        penetration_sand_m=sand_m, penetration_mud_m=mud_m,
    )  # fmt: skip


# Penetration: upper ends of METHODS 2.1 (K, E). Trawl and dredge width, speed and subsurface share: METHODS 2.2 (S17,
# S18). Speeds of gear that is set are those of hauling, which goes
# over the same ground as setting (E).
GEARS: dict[str, Gear] = {
    "trawlers": Gear(
        label="midwater trawl", speed_kn=2.7886, width_m=61.3659, subsurface_pct=14.7, contact_probability=_MIDWATER,
        penetration_sand_m=0.10, penetration_mud_m=0.35,
    ),
    "bottom_trawlers": Gear(
        label="bottom trawl", speed_kn=2.7886, width_m=61.3659, subsurface_pct=14.7, contact_probability=_ALWAYS,
        penetration_sand_m=0.10, penetration_mud_m=0.35,
    ),
    "dredge_fishing": Gear(
        label="dredge", speed_kn=2.5, width_m=16.9653, subsurface_pct=100.0, contact_probability=_ALWAYS,
        penetration_sand_m=0.15, penetration_mud_m=0.06,
    ),
    "set_gillnets": _gear("set gillnet and its anchors", 1.0, 1.0, _ANCHORS, 0.20, 0.60),
    "set_longlines": _gear("set longline and its anchors", 1.0, 1.0, _ANCHORS, 0.20, 0.60),
    "pots_and_traps": _gear("pots and traps", 1.0, 1.0, _ANCHORS, 0.20, 0.60),
    "fixed_gear": _gear("fixed gear", 1.0, 1.0, _ANCHORS, 0.20, 0.60),
    "seiners": _gear("demersal seine", 2.5, 1000.0, _ALWAYS, 0.02, 0.02),
    "purse_seines": _gear("purse seine", 2.0, 100.0, _PELAGIC, 0.02, 0.10),
    "other_purse_seines": _gear("purse seine", 2.0, 100.0, _PELAGIC, 0.02, 0.10),
    "drifting_longlines": _gear("drifting longline", 2.0, 1.0, _PELAGIC, 0.02, 0.10),
    "squid_jigger": _gear("light fishing: jig, lift net, fish pump", 0.5, 1.0, _PELAGIC, 0.02, 0.10),
    "unknown": _gear("unknown gear", 2.7886, 61.3659, _ALWAYS, 0.20, 0.60),
}  # fmt: skip


class FishingSection(Section):
    """``[fishing]``: gears, contact, damage and the inshore floor."""

    gears: dict[str, Gear] = quantity(
        GEARS,
        unit="table",
        tag="E",
        source="METHODS 2.1 to 2.3 by Global Fishing Watch geartype: 'trawlers' are midwater in the Caspian; "
        "a geartype that is not listed is 'unknown', which touches the bottom",
    )
    damage_probability: float = quantity(
        0.03,
        unit="-",
        tag="E",
        source="METHODS 2.2: a contact that damages a surface-laid cable, 0.01 to 0.1",
        ge=0,
        le=1,
    )
    bottom_contact_from: float = quantity(
        0.10, unit="-", tag="E", source="METHODS 2.3: share of effort from which a gear counts as bottom-contact", gt=0
    )
    penetration_factor: float = quantity(
        2.0, unit="-", tag="E", source="METHODS 2.1: required depth = factor x gear penetration", ge=1
    )
    minimum_dol_m: float = quantity(
        0.5, unit="m", tag="E", source="METHODS 2.1: least required depth under bottom-contact or unknown gear", ge=0
    )
    smoothing_km: float = quantity(
        2.5, unit="km", tag="E", source="METHODS 1.2: a year of counts is noise; side of the averaging square", gt=0
    )
    cell_deg: float | None = quantity(
        None, unit="deg", tag="E", source="side of the effort cells; empty: 0.01 or 0.1, from the coordinates", gt=0
    )
    inshore_to_water_depth_m: float = quantity(
        20.0,
        unit="m",
        tag="E",
        source="METHODS 2.3: AIS under-counts small boats; never zero risk inshore of this",
        ge=0,
    )
    inshore_contacts_per_km_yr: float = quantity(
        2e-4, unit="1/km/yr", tag="E", source="boats without AIS: one contact in 5000 km and years; 6e-6 strikes", gt=0
    )
    inshore_penetration_sand_m: float = quantity(
        0.20, unit="m", tag="E", source="METHODS 2.1: small-boat grapnel or gillnet anchor, upper end", ge=0
    )
    inshore_penetration_mud_m: float = quantity(
        0.60, unit="m", tag="E", source="METHODS 2.1: small-boat grapnel or gillnet anchor, upper end", ge=0
    )

    @field_validator("gears", mode="before")
    @classmethod
    def _over_the_defaults(cls, given: object) -> object:
        """Let ``[fishing.gears.trawlers] speed_kn = 3.5`` change one property and keep the others."""
        if not isinstance(given, dict):
            return given
        merged: dict[str, object] = dict(GEARS)
        for name, changes in given.items():
            base = GEARS[name].model_dump() if name in GEARS and isinstance(changes, dict) else {}
            merged[name] = {**base, **changes} if isinstance(changes, dict) else changes
        return merged

    @field_validator("gears")
    @classmethod
    def _unknown_is_known(cls, value: dict[str, Gear]) -> dict[str, Gear]:
        if "unknown" not in value:
            raise ValueError("the gear 'unknown' is needed: geartypes that are not listed fall under it")
        return value
