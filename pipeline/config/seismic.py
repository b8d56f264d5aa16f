"""``[seismic]``."""

from __future__ import annotations

from pipeline.config.fields import Section


class SeismicSection(Section):
    """``[seismic]``."""
