"""What counts as a fault: the limits of ``[quality]``, and what IHO S-44 allows a survey."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.config import Config
from pipeline.config.bathymetry import SurveyUncertainty
from pipeline.config.quality import QualitySection


@dataclass(frozen=True)
class Limits:
    """Limits of quality control.

    Attributes
    ----------
    own : QualitySection
        ``[quality]``.
    survey : SurveyUncertainty
        ``[bathymetry.uncertainty.A]``: total vertical uncertainty (TVU) that a survey may have.
    """

    own: QualitySection
    survey: SurveyUncertainty

    @classmethod
    def of(cls, config: Config) -> Limits:
        """Return the limits of a configuration."""
        return cls(config.quality, config.bathymetry.uncertainty.A)

    def tvu_m(self, depth_m: float) -> float:
        """Return the vertical uncertainty (m, at 95 percent) that a survey may have at a water depth (m): IHO S-44."""
        return float((self.survey.a_m**2 + (self.survey.b * depth_m) ** 2) ** 0.5)
