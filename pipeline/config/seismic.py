"""``[seismic]``: earthquake rates, ground motion and slope stability (METHODS 4)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from pipeline.config.fields import Section, quantity

GmmName = Literal["BSSA14", "CY14", "CB14", "ASK14", "ASB14", "BCHYDRO16"]
Weights = tuple[tuple[float, float], ...]


class GmmBranch(Section):
    """A published ground-motion model and its weight in the logic tree."""

    model: GmmName
    weight: float = Field(gt=0)


def _tree(**weights: float) -> tuple[GmmBranch, ...]:
    return tuple(GmmBranch.model_validate({"model": model, "weight": weight}) for model, weight in weights.items())


class StabilityConfig(Section):
    """``[seismic.stability]``: an infinite slope shaken pseudo-statically (METHODS 4.5)."""

    kh_fraction: float = quantity(
        0.5, unit="-", tag="K", source="METHODS 4.5: Hynes-Griffin; horizontal coefficient / PGA of 475 years", ge=0
    )
    slip_depth_m: float = quantity(3.0, unit="m", tag="E", source="METHODS 4.5: depth of the slip plane", gt=0)
    su_percentile: Literal[10, 50, 90] = quantity(
        50, unit="percent", tag="E", source="METHODS 3.1: percentile of the soil class's strength"
    )
    su_gradient_kpa_per_m: float = quantity(
        1.9, unit="kPa/m", tag="S", source="METHODS 1.6: su(z) = su0 + 1.9 z (S13, normally consolidated mud)", ge=0
    )
    water_unit_weight_kn_m3: float = quantity(9.9, unit="kN/m3", tag="E", source="METHODS 4.4: brackish water", gt=0)
    friction_deg_by_dr_pct: Weights = quantity(
        ((20.0, 28.0), (35.0, 30.0), (55.0, 33.0), (70.0, 36.0)),
        unit="(percent, deg)",
        tag="E",
        source="drained friction angle of sands by relative density, linear between",
    )
    unknown_soil_as: str = quantity("mud", unit="-", tag="E", source="unknown soil is taken as the weakest class")
    coarse_slope_factor: float = quantity(
        1.5,
        unit="-",
        tag="E",
        source="METHODS 4.5: coarse grids flatten slopes; tan(slope) times this where depths have confidence C",
        ge=1,
    )
    high_below_fs: float = quantity(1.0, unit="-", tag="E", source="METHODS 4.5: class high below this", gt=0)
    medium_below_fs: float = quantity(1.5, unit="-", tag="E", source="METHODS 4.5: class medium below this", gt=0)
    fs_cap: float = quantity(
        99.0, unit="-", tag="E", source="largest factor of safety that is reported (level bed)", gt=1
    )


class SeismicSection(Section):
    """``[seismic]``: where rates come from, the logic tree and the resolution of the hazard integral."""

    rates_from: Literal["zones", "catalogue", "both"] = quantity(
        "zones",
        unit="-",
        tag="E",
        source="source zones, the smoothed catalogue, or both; the other where one is missing",
    )
    catalogue_weight: float = quantity(
        0.5, unit="-", tag="E", source="weight of the smoothed catalogue where rates_from is 'both'", ge=0, le=1
    )

    crustal_models: tuple[GmmBranch, ...] = quantity(
        _tree(BSSA14=0.25, CY14=0.25, CB14=0.20, ASK14=0.15, ASB14=0.15),
        unit="-", tag="E", source="METHODS 4.3: logic tree, sources to 30 km",
    )  # fmt: skip
    deep_models: tuple[GmmBranch, ...] = quantity(
        _tree(ASK14=0.25, CY14=0.25, BCHYDRO16=0.5),
        unit="-", tag="E", source="METHODS 4.3: logic tree below deep_below_km: R_rup forms and BC Hydro in-slab",
    )  # fmt: skip
    deep_below_km: float = quantity(30.0, unit="km", tag="E", source="METHODS 4.3: deep branch below this", gt=0)
    rock_vs30_m_s: float = quantity(760.0, unit="m/s", tag="E", source="METHODS 4.3: reference rock", gt=0)
    vs30_floor_m_s: float = quantity(
        180.0, unit="m/s", tag="K", source="METHODS 4.3: lower limit of ASK14 and CY14; softer soil is clipped", ge=180
    )
    vs30_source: Literal["inferred", "measured"] = quantity(
        "inferred", unit="-", tag="E", source="Vs30 is inferred from the soil class, not measured"
    )
    slab_region: Literal["unknown", "forearc", "backarc"] = quantity(
        "unknown", unit="-", tag="E", source="BC Hydro: no arc is known here; no back-arc attenuation (cautious)"
    )

    maximum_distance_km: float = quantity(
        200.0,
        unit="km",
        tag="K",
        source="limit of ASB14 and usual truncation; sources beyond add nothing",
        gt=0,
        le=200,
    )
    minimum_magnitude: float = quantity(
        4.5, unit="Mw", tag="E", source="smaller events do not damage engineered works", ge=4.0
    )
    magnitude_bin: float = quantity(0.1, unit="Mw", tag="E", source="METHODS 4.2: step of the integral", gt=0, le=0.25)
    sigma_truncation: float = quantity(3.0, unit="-", tag="E", source="METHODS 4.2: standard deviations", gt=0)
    source_spacing_km: float = quantity(
        5.0, unit="km", tag="E", source="METHODS 4.2: points of an area source, at most 10 km apart", gt=0, le=10
    )
    site_spacing_km: float = quantity(
        5.0, unit="km", tag="E", source="nodes of the hazard, interpolated in ln PGA between them", gt=0, le=20
    )
    rupture: Literal["finite", "point"] = quantity(
        "finite",
        unit="-",
        tag="E",
        source="METHODS 4.2: vertical rupture of Wells & Coppersmith size centred on the source, mean over strikes",
    )
    strikes: int = quantity(4, unit="-", tag="E", source="strikes over a quarter turn of a finite rupture", ge=1, le=18)

    completeness: Weights = quantity(
        ((4.0, 1998.0), (4.5, 1973.0), (5.0, 1963.0), (5.5, 1930.0), (6.5, 1900.0)),
        unit="(Mw from, year)",
        tag="E",
        source="METHODS 4.1: complete since, global catalogues in the Caspian",
    )
    decluster: bool = quantity(True, unit="-", tag="K", source="METHODS 4.1: Gardner & Knopoff 1974 windows")
    duplicate_seconds: float = quantity(16.0, unit="s", tag="E", source="two records closer are one event", ge=0)
    duplicate_km: float = quantity(50.0, unit="km", tag="E", source="two records closer are one event", ge=0)
    catalogue_bin: float = quantity(0.1, unit="Mw", tag="E", source="METHODS 4.1: rounding of magnitudes", gt=0)
    events_for_b: int = quantity(20, unit="-", tag="E", source="with fewer complete events b is default_b", ge=2)
    default_b: float = quantity(1.0, unit="-", tag="E", source="Gutenberg-Richter slope where events are too few", gt=0)
    mmax_margin: float = quantity(0.3, unit="Mw", tag="E", source="METHODS 4.1: Mmax = largest observed + this", ge=0)
    mmax_floor: float = quantity(7.0, unit="Mw", tag="E", source="METHODS 4.1: Absheron-Balkhan", ge=5)
    smoothing_km: float = quantity(
        50.0,
        unit="km",
        tag="E",
        source="METHODS 4.1: Frankel 1995 correlation distance c; 25 and 75 as alternatives",
        gt=0,
    )
    catalogue_depths_km: Weights = quantity(
        ((10.0, 0.3), (15.0, 0.3), (35.0, 0.2), (50.0, 0.2)),
        unit="(km, weight)",
        tag="E",
        source="METHODS 4.1: depth branches; deep events lie below the Absheron sill",
    )
    plausible_pga_475yr_g: tuple[float, float] = quantity(
        (0.05, 0.4),
        unit="g",
        tag="K",
        source="METHODS 4.3: rock, Aktau 0.05-0.15, Absheron 0.2-0.4; noted, not enforced",
    )

    stability: StabilityConfig = StabilityConfig()

    @field_validator("crustal_models", "deep_models")
    @classmethod
    def _weights_of_models(cls, value: tuple[GmmBranch, ...]) -> tuple[GmmBranch, ...]:
        if abs(sum(branch.weight for branch in value) - 1.0) > 1e-9:
            raise ValueError("the weights of a logic tree add up to 1")
        return value

    @model_validator(mode="after")
    def _depth_weights(self) -> SeismicSection:
        if abs(sum(weight for _, weight in self.catalogue_depths_km) - 1.0) > 1e-9:
            raise ValueError("the weights of catalogue_depths_km add up to 1")
        return self
