"""How both portals look and behave."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from pipeline.mapping.escape import script_text, style_text, template_source

_PACKAGE: Final = "pipeline.releases"


def page_parts() -> dict[str, Markup]:
    """Return what both portals have in common: style, the theme before anything is drawn, and scripts."""
    return {
        "style": style_text(
            template_source("colours.css") + template_source("index.css", _PACKAGE) + template_source("marking.css")
        ),
        "first": script_text(template_source("first.js")),
        "script": script_text(
            template_source("age.js") + template_source("fold.js", _PACKAGE) + template_source("shade.js", _PACKAGE)
        ),
    }
