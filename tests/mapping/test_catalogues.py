"""The catalogues: nothing that the page says is missing in a language, and no value is lost in translation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from pipeline.burial.protection import geohazard_note
from pipeline.config.soil import SoilSection
from pipeline.mapping import words
from pipeline.mapping.catalogues import LANGUAGES, catalogue, only_used, page_languages, translations
from pipeline.mapping.escape import json_block
from pipeline.mapping.words import UNITS

ROOT = Path(__file__).parents[2]
KEYWORDS = {
    "_": None, "say": None, "msgid": None, "marked": None, "attribute": (2,), "counted": (1, 2), "n_": (1, 2),
    "corridor.t": None, "corridor.tn": (1, 2),
}  # fmt: skip
PLACE = re.compile(r"\{\w+\}")


@pytest.fixture(scope="module")
def said_in_code() -> Catalog:
    """Every message that stands in scripts, templates and tables, as ``make messages`` finds them."""
    found = Catalog()
    for package in ("pipeline/mapping", "pipeline/releases", "pipeline/whatif"):
        for _, _, message, _, _ in extract_from_dir(
            ROOT / package,
            method_map=[("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.js", "javascript")],
            options_map={"**/templates/**.html": {"trim_blocks": "true"}},
            keywords=KEYWORDS,
        ):
            found.add(message)
    return found


def messages(catalog: Catalog) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield the English and the translation of each message, with all forms, where it holds any word."""
    for message in catalog:
        if message.id and re.search(r"[^\W\d_]", PLACE.sub("", str(message.id))):
            one = isinstance(message.id, str)
            yield ((message.id,), (message.string,)) if one else (tuple(message.id), tuple(message.string))


def test_make_messages_looks_for_the_same_words() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    flags = [
        name if places is None else f"{name}:{','.join(map(str, places))}" for name, places in KEYWORDS.items()
    ]  # fmt: skip
    assert re.findall(r"-k (\S+)", makefile) == flags


def test_no_message_of_a_script_is_overlooked(said_in_code: Catalog) -> None:
    """Babel does not look into a call whose function has a name that means messages elsewhere."""
    call = re.compile(r'corridor\.tn?\(\s*("(?:[^"\\]|\\.)*")')
    said = {english[0] for english, _ in messages(said_in_code)}
    scripts = list((ROOT / "pipeline").glob("**/templates/**/*.js"))
    texts = {json.loads(text) for script in scripts for text in call.findall(script.read_text(encoding="utf-8"))}
    assert len(texts) > 100
    assert {text for text in texts if re.search(r"[^\W\d_]", PLACE.sub("", text))} <= said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(said_in_code: Catalog, language: str) -> None:
    ours = dict(messages(catalogue(language)))
    lacking = [english for english, _ in messages(said_in_code) if not all(ours.get(english, ("",)))]
    assert not lacking, "run 'make messages' and fill in the catalogues"
    assert not [message.id for message in catalogue(language) if message.id and message.fuzzy]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_its_message(language: str) -> None:
    for english, translated in messages(catalogue(language)):
        for form in translated:
            assert sorted(PLACE.findall(form)) == sorted(PLACE.findall(english[0])), (language, english)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_nothing_that_the_page_does_not_say(said_in_code: Catalog, language: str) -> None:
    said = {english for english, _ in messages(said_in_code)}
    assert [english for english, _ in messages(catalogue(language)) if english not in said] == []


def test_forms_that_count_have_the_names_that_browsers_give_them() -> None:
    assert translations("ru")["{n} zone."] == {
        "one": "{n} зона.", "few": "{n} зоны.", "many": "{n} зон.", "other": "{n} зоны.",
    }  # fmt: skip
    assert set(translations("kk")["{n} zone."]) == {"one", "other"}


def test_labels_that_the_configuration_starts_with_are_messages() -> None:
    assert {soil.label for soil in SoilSection().classes.values()} <= set(words.SOIL)


def test_what_the_burial_step_notes_of_slopes_are_messages() -> None:
    notes = set(geohazard_note(np.array(["high", "medium", "low", "rock", ""])).tolist()) - {""}
    assert notes == set(words.GEOHAZARD)


def test_no_message_holds_markup(said_in_code: Catalog) -> None:
    languages = [catalogue(language) for language in LANGUAGES]
    texts = [text for catalog in (said_in_code, *languages) for pair in messages(catalog) for text in sum(pair, ())]
    assert not [text for text in texts if text and re.search(r"[<>]|&\w", text)]


def test_a_page_carries_the_messages_that_it_says_and_no_other() -> None:
    block = json_block(page_languages())
    page = only_used(
        f'<script type="application/json" id="corridor-languages">{block}</script>'
        '<b data-t="{n}\u00a0km"></b><i data-v=\'{"a":{"t":"none: laid on the seabed"}}\'></i>'
        '<script>corridor.t("{low} to {high}\\u00a0m"); corridor.t("Zoom in");</script>'
    )
    found = re.search(r'languages">(.*?)</script>', page)
    assert found
    spoken = json.loads(found[1])["languages"]["ru"]["messages"]
    assert set(UNITS.values()) <= set(spoken)
    assert {"none: laid on the seabed", "{low} to {high}\u00a0m", "Zoom in"} <= set(spoken)
    assert "Zoom out" not in spoken
    assert len(spoken) < 0.2 * len(translations("ru"))
