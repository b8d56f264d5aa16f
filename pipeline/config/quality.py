"""``[quality]``: what ``corridor check`` takes for a fault; no number here changes a burial depth."""

from __future__ import annotations

from pipeline.config.fields import Section, quantity


class QualitySection(Section):
    """``[quality]``: limits of quality control."""

    coverage_bin_km: float = quantity(
        10.0, unit="km", tag="E", source="coverage is told for stretches of the route of this length", gt=0
    )
