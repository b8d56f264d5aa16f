"""Gettext catalogues of the page, read by Babel and handed to the page's script."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from pipeline.mapping.escape import json_block
from pipeline.mapping.words import UNITS

LANGUAGES: Final = {"az": "Azərbaycanca", "kk": "Қазақша", "ru": "Русский"}
"""Languages beside English, by code, named by themselves."""
_FORMS: Final = {"az": ("one", "other"), "kk": ("one", "other"), "ru": ("one", "few", "many")}
"""Plural forms of the catalogues in their order, as browsers name them."""
_DOMAIN: Final = "map"


@cache
def catalogue(language: str) -> Catalog:
    """Return the catalogue of a language.

    Parameters
    ----------
    language : str
        One of `LANGUAGES`.
    """
    path = files("pipeline.mapping").joinpath("locale", language, "LC_MESSAGES", f"{_DOMAIN}.po")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def translations(language: str) -> dict[str, str | dict[str, str]]:
    """Return all messages of a language that are translated, by their English; those that count by form."""
    said: dict[str, str | dict[str, str]] = {}
    for message in catalogue(language):
        one, several = message.id, message.string
        if not one or not several or message.fuzzy:
            continue
        if isinstance(one, str):
            said[one] = str(several)
        elif all(several):
            forms = dict(zip(_FORMS[language], several, strict=True))
            # Broken numbers take the form of a few: "1,5 года".
            said[one[0]] = forms | {"other": forms.get("other", forms.get("few", ""))}
    return said


def page_languages() -> dict[str, Any]:
    """Return what the page's script needs: names and messages by language, English first, and how units are said."""
    languages = {
        language: {"name": name, "messages": translations(language)} | forms(language)
        for language, name in LANGUAGES.items()
    }
    english = {"en": {"name": "English", "messages": {}} | forms("en_GB")}
    return {"languages": english | languages, "units": UNITS}


def forms(language: str) -> dict[str, Any]:
    """Return how a language writes numbers and dates (Unicode's CLDR, by Babel): not every browser knows them all.

    Returns
    -------
    dict
        ``decimal`` and ``group`` marks of numbers, ``day`` with the places d, month and y, and twelve ``months``.
    """
    locale = Locale.parse(language)
    symbols = locale.number_symbols["latn"]
    pattern = locale.date_formats["long"].pattern.replace("MMMM", "{month}").replace("'", "")
    day = re.sub(r"(?<!\w)[dy](?!\w)", lambda part: f"{{{part[0]}}}", pattern)
    months = locale.months["format"]["wide"]
    return {
        "decimal": symbols["decimal"],
        "group": symbols["group"],
        "day": day,
        "months": [months[month] for month in range(1, 13)],
    }


_BLOCK: Final = re.compile(r'(?<=<script type="application/json" id="corridor-languages">).*?(?=</script>)', re.DOTALL)


def only_used(page: str) -> str:
    """Return a page whose block of languages holds no message that the page cannot say.

    Parameters
    ----------
    page : str
        A page with the block of `page_languages`. A message counts as used where its letters stand in markup, script
        or data; that some are kept in vain does no harm.
    """
    block = _BLOCK.search(page)
    if block is None:
        return page
    spoken = json.loads(block[0])
    rest = _letters("".join([page[: block.start()], page[block.end() :], *spoken["units"].values()]))
    known = {message for language in spoken["languages"].values() for message in language["messages"]}
    used = {message for message in known if _letters_said(message) in rest}
    for language in spoken["languages"].values():
        language["messages"] = {message: said for message, said in language["messages"].items() if message in used}
    return page[: block.start()] + str(json_block(spoken)) + page[block.end() :]


@cache
def _letters_said(message: str) -> str:
    return _letters(message)  # every page of a build is asked for the same messages


def _letters(text: str) -> str:
    """Return the letters and digits of a text, however markup or script had to write it."""
    text = re.sub(r"data:[a-z]+/[a-z]+;base64,[A-Za-z0-9+/=]*|\\u[0-9a-fA-F]{4}", "", text)
    return re.sub(r"[\W_]+", "", html.unescape(text))
