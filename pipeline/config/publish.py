"""``[publish]``: what is kept of earlier builds."""

from __future__ import annotations

from pipeline.config.fields import Section, quantity


class PublishSection(Section):
    """``[publish]``: releases that stay on disk, and how much room they and the store may take."""

    keep_releases: int = quantity(
        5,
        unit="-",
        tag="E",
        source="the newest releases stay; at least two, since readers may be in the one before",
        ge=2,
    )
    keep_days: float = quantity(
        0.0, unit="d", tag="E", source="beyond those, the last release of each day stays for so long", ge=0
    )
    max_gb: float = quantity(
        20.0, unit="GB", tag="E", source="releases and kept results together; the current release always stays", gt=0
    )
