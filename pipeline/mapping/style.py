"""The style of all pages that show a map."""

from __future__ import annotations

from pipeline.mapping.escape import template_source

_SHEETS = (
    "colours.css", "page.css", "totals.css", "map.css", "why.css", "compare.css", "stamp.css", "profile.css",
    "whatif.css", "narrow.css", "print.css",
    "marking.css",
)  # fmt: skip


def page_style() -> str:
    """Return all style sheets in their order."""
    return "\n".join(template_source(name) for name in _SHEETS)
