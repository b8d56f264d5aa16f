"""Gettext catalogues of the page, read by Babel and handed to the page's script."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

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
    languages = {language: {"name": name, "messages": translations(language)} for language, name in LANGUAGES.items()}
    return {"languages": {"en": {"name": "English", "messages": {}}} | languages, "units": UNITS}
