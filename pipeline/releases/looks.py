"""How both portals look and behave: one frame, the sheets, the languages and the scripts."""

from __future__ import annotations

from typing import Any, Final

from pipeline.mapping import assets
from pipeline.mapping.catalogues import only_used, page_languages
from pipeline.mapping.escape import environment, script_text, style_text, template_source
from pipeline.mapping.language import teach
from pipeline.mapping.policy import content_policy
from pipeline.mapping.ramps import BLANK_COLOUR

_PACKAGE: Final = "pipeline.releases"
_OF_THE_MAP: Final = ("data.js", "words.js", "state.js", "address.js", "age.js", "doors.js")
_OWN: Final = ("fold.js", "shade.js")


def portal_page(template: str, **view: Any) -> str:
    """Return a portal.

    Parameters
    ----------
    template : str
        Its template, which extends ``portal.html``.
    **view : Any
        What the template shows; escaped there.

    Raises
    ------
    CorridorError
        If the page would fetch something from outside.
    """
    sheets = (
        template_source("colours.css"), template_source("marking.css"), template_source("index.css", _PACKAGE),
    )  # fmt: skip
    texts = [
        template_source("first.js"),
        *(template_source(name) for name in _OF_THE_MAP),
        *(template_source(name, _PACKAGE) for name in _OWN),
        template_source("language.js"),
    ]
    first, *scripts = map(script_text, texts)
    page = only_used(
        teach(environment(_PACKAGE))
        .get_template(template)
        .render(
            **view,
            blank=BLANK_COLOUR,
            style=style_text("\n".join(sheets)),
            first=first,
            scripts=scripts,
            policy=content_policy("", [first, *scripts]),
            languages=page_languages(),
        )
    )
    assets.refuse_links(page)
    return page
