"""``[publish]``: for whom a build is published, and what is kept of earlier ones."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.config.fields import Section, quantity

Audience = Literal["team", "public"]


class PublishSection(Section):
    """``[publish]``: who reads, releases that stay on disk, and how much room they and the store may take."""

    audience: Audience = Field(
        default="team",
        description="who reads `data/processed` and `maps`: the project's team sees everything, the public a map with "
        "generalised positions and without the places where the cable is weakest (limits.md)",
    )
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
