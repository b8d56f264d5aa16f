"""``[bathymetry]``: how depth sources are joined, and by how much they may differ where they overlap."""

from __future__ import annotations

from typing import Literal

from pipeline.config.fields import Section, quantity

Confidence = Literal["A", "B", "C"]
"""How well a depth is known: A survey, B regional grid, C global grid, modelled or synthetic."""


class SurveyUncertainty(Section):
    """Total vertical uncertainty at 95 percent, ``sqrt(a_m^2 + (b depth)^2)``, of a survey."""

    a_m: float = quantity(0.5, unit="m", tag="K", source="IHO S-44, order 1", ge=0)
    b: float = quantity(0.013, unit="-", tag="K", source="IHO S-44, order 1: share of the depth", ge=0)


class RegionalUncertainty(SurveyUncertainty):
    """The same of a regional grid."""

    a_m: float = quantity(2.0, unit="m", tag="E", source="regional grids join surveys of many years", ge=0)
    b: float = quantity(0.05, unit="-", tag="E", source="as a_m: share of the depth", ge=0)


class GlobalUncertainty(SurveyUncertainty):
    """The same of a global grid, and of what is modelled or synthetic."""

    a_m: float = quantity(25.0, unit="m", tag="E", source="cells of kilometres smooth the bed", ge=0)
    b: float = quantity(0.15, unit="-", tag="E", source="as a_m: share of the depth", ge=0)


class Uncertainties(Section):
    """Vertical uncertainty by confidence."""

    A: SurveyUncertainty = SurveyUncertainty()
    B: RegionalUncertainty = RegionalUncertainty()
    C: GlobalUncertainty = GlobalUncertainty()

    def of(self, confidence: Confidence) -> SurveyUncertainty:
        """Return that of one confidence."""
        return {"A": self.A, "B": self.B, "C": self.C}[confidence]


class BathymetrySection(Section):
    """``[bathymetry]``: seams between depth sources, and overlaps."""

    feather_m: float = quantity(
        1000.0, unit="m", tag="E", ge=0, le=100_000,
        source="width over which a better layer is blended into the lesser one where it ends: four analysis cells, "
        "so that slope, which takes three, does not show the seam; 0 switches it off",
    )  # fmt: skip
    feather_share: float = quantity(
        0.33, unit="-", tag="E", gt=0, le=1,
        source="no wider than this share of the way from the edge to the middle of the better layer, so that the cable "
        "in the middle of a narrow survey lies on what was measured",
    )  # fmt: skip
    overlap_bin_km: float = quantity(
        10.0, unit="km", tag="E", gt=0, source="differences of overlapping sources are told for stretches so long"
    )
    overlap_least: int = quantity(
        20, unit="places", tag="E", ge=1, source="with fewer cells or stations in common a stretch gives no finding"
    )
    uncertainty: Uncertainties = Uncertainties()
