"""How both portals look and behave: one frame, the sheets, the languages and the scripts."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any, Final

from pipeline.mapping import assets
from pipeline.mapping.catalogues import page_languages
from pipeline.mapping.escape import environment, script_text, style_text, template_source
from pipeline.mapping.language import teach
from pipeline.mapping.policy import content_policy
from pipeline.mapping.ramps import BLANK_COLOUR

_PACKAGE: Final = "pipeline.releases"
_OF_THE_MAP: Final = ("data.js", "words.js", "state.js", "address.js", "age.js")
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
    languages = page_languages()
    first, *scripts = map(script_text, texts)

    def written(spoken: dict[str, Any]) -> str:
        return (
            teach(environment(_PACKAGE))
            .get_template(template)
            .render(
                **view,
                blank=BLANK_COLOUR,
                style=style_text("\n".join(sheets)),
                first=first,
                scripts=scripts,
                policy=content_policy("", [first, *scripts]),
                languages=spoken,
            )
        )

    page = written(_only(languages, _Messages.of(written({}))))
    assets.refuse_links(page)
    return page


def _only(languages: dict[str, Any], used: set[str]) -> dict[str, Any]:
    """Return the languages with the messages that a page uses, and the units, which its script puts together."""
    used = used | set(languages["units"].values())
    return languages | {
        "languages": {
            code: spoken | {"messages": {key: text for key, text in spoken["messages"].items() if key in used}}
            for code, spoken in languages["languages"].items()
        }
    }


class _Messages(HTMLParser):
    """Collects the messages of a page, also those that are values of others."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[str] = set()

    @classmethod
    def of(cls, page: str) -> set[str]:
        """Return the English of every message."""
        parser = cls()
        parser.feed(page)
        parser.close()
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, text in attrs:
            if text and (name == "data-t" or name.startswith("data-t-")):
                self.found.add(text)
            elif text and (name == "data-v" or name.startswith("data-v-")):
                self._inside(json.loads(text))

    def _inside(self, value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("t"), str):
                self.found.add(value["t"])
            for item in value.values():
                self._inside(item)
        elif isinstance(value, list):
            for item in value:
                self._inside(item)
