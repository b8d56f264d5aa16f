"""``[map]``."""

from __future__ import annotations

from pipeline.config.fields import Section


class MapSection(Section):
    """``[map]``."""
