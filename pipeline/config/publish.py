"""``[publish]``: what is kept of earlier builds."""

from __future__ import annotations

from pipeline.config.fields import Section, quantity


class PublishSection(Section):
    """``[publish]``: releases that stay on disk."""

    keep_releases: int = quantity(5, unit="-", tag="E", source="the current release and the ones before it", ge=1)
