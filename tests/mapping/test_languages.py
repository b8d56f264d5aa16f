"""The page in four languages, switched while it is open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pipeline.mapping.catalogues import LANGUAGES
from pipeline.mapping.step import run

from .builder import build, small_land
from .visits import HOSTILE, Visit

pytestmark = pytest.mark.browser

WORDS = {
    "az": ("Basdırılma zonaları", "Tras üzrə yekunlar"),
    "kk": ("Көму аймақтары", "Трасса бойынша қорытындылар"),
    "ru": ("Зоны заглубления", "Итоги по трассе"),
}
# What no language changes: data, names of programs and codes.
TEXT_OF_PAGE = """
(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest("script, style, noscript")) texts.push(walker.currentNode.textContent);
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [alt], [placeholder]"))
    for (const name of ["aria-label", "title", "alt", "placeholder"]) texts.push(element.getAttribute(name) || "");
  return texts;
})()
"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("languages")
    context = build(
        root / "w", land=small_land(root), assessed={"fishing": False}, map_section={"data_as_of": "2025-12-31"}
    )
    run(context)
    return context.out / "corridor.html"


@pytest.fixture
def visit(browser: Browser, page_file: Path) -> Iterator[Visit]:
    visited = Visit(browser, page_file, 1280, 800, locale="en-US")
    yield visited
    assert visited.trouble == []
    visited.context.close()


def choose(page: Page, language: str) -> None:
    """Choose a language as a reader does."""
    page.locator("#language").select_option(language)


def test_the_choice_names_each_language_by_itself(visit: Visit) -> None:
    options = visit.page.locator("#language option")
    assert options.all_inner_texts() == ["English", *LANGUAGES.values()]
    assert visit.page.locator("#language").get_attribute("aria-label") == "Language"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_stays_english(visit: Visit, language: str) -> None:
    page = visit.page
    marked = "[...document.querySelectorAll('[data-t]')].map((e) => [e.dataset.t, e.textContent])"
    before = page.evaluate(marked)
    page.locator("#profile").focus()
    page.keyboard.press("ArrowRight")
    choose(page, language)
    assert page.evaluate("document.documentElement.lang") == language
    own = page.evaluate(f"corridor.languages['{language}'].messages")
    said = page.evaluate(marked)
    assert len(before) > 100
    assert {message for message, _ in said} <= set(own)
    assert {message for message, text in said if message == text and own[message] != message} == set()
    for words in WORDS[language]:
        assert words in page.locator("body").inner_text()
    # Words that the English page writes by script are gone from everywhere, names for screen readers among them.
    everything = "\n".join(page.evaluate(TEXT_OF_PAGE))
    for english in (
        "not assessed", "Target depth", "governed by", "deficit", "Zoom in", "strikes left", "Burial zone",
        "required P10", "per km and year", "per year", "years",
    ):  # fmt: skip
        assert english not in everything, english


def test_english_comes_back_letter_by_letter(visit: Visit) -> None:
    before = visit.page.evaluate(TEXT_OF_PAGE)
    choose(visit.page, "ru")
    assert visit.page.evaluate(TEXT_OF_PAGE) != before
    choose(visit.page, "en")
    assert visit.page.evaluate(TEXT_OF_PAGE) == before


def test_numbers_dates_and_plurals_are_written_as_the_language_does(visit: Visit) -> None:
    page = visit.page
    said = {}
    for language in ("en", *LANGUAGES):
        choose(page, language)
        said[language] = page.evaluate(
            "[corridor.number(1234567.25, 2), corridor.significant(3.14159e-7), corridor.day('2025-12-31'),"
            " corridor.measure([1.5, 1], 'm'), ...[1, 3, 5, 21, 1.5].map((n) =>"
            " corridor.tn('once in {n} year', 'once in {n} years', { n }))]"
            ".map((t) => t.replace(/[\\u00a0\\u202f]/g, ' '))"
        )
    assert said["en"][:4] == ["1,234,567.25", "3.14 × 10⁻⁷", "31 December 2025", "1.5 m"]
    assert said["ru"][:4] == ["1 234 567,25", "3,14 × 10⁻⁷", "31 декабря 2025 г.", "1,5 м"]
    assert said["az"][:4] == ["1.234.567,25", "3,14 × 10⁻⁷", "31 dekabr 2025", "1,5 m"]
    assert said["kk"][:2] == ["1 234 567,25", "3,14 × 10⁻⁷"]
    assert said["kk"][2] == "2025 ж. 31 желтоқсан"
    assert said["ru"][4:] == ["раз в 1 год", "раз в 3 года", "раз в 5 лет", "раз в 21 год", "раз в 1,5 года"]
    assert said["en"][4:6] == ["once in 1 year", "once in 3 years"]
    assert said["az"][4:6] == ["1 ildə bir dəfə", "3 ildə bir dəfə"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_popups_profile_and_layers_speak_the_language(visit: Visit, language: str) -> None:
    page = visit.page
    choose(page, language)
    own = page.evaluate(f"corridor.languages['{language}'].messages")
    page.locator("#profile").focus()
    page.keyboard.press("ArrowRight")
    assert own["governed by"] in page.locator("#readout").inner_text()
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup").inner_text()
    assert own["Water depth"] in popup
    assert own["not assessed"] in popup
    # Leaflet writes its control anew whenever layers come and go.
    page.evaluate("corridorLayers.map.removeLayer(corridorLayers.zones)")
    scale = page.locator(".leaflet-control-scale-line").inner_text()
    assert re.fullmatch(own["{n}\u00a0km"].replace("{n}", r"\d+"), scale)
    names = page.locator(".leaflet-control-layers label").all_text_contents()
    assert own["Burial zones"] in [name.strip() for name in names]


def test_the_address_and_the_browser_choose_the_language(browser: Browser, page_file: Path) -> None:
    visit = Visit(browser, page_file, 1280, 800, locale="kk-KZ")
    assert visit.page.evaluate("document.documentElement.lang") == "kk"
    assert "lang=" not in visit.page.url
    choose(visit.page, "az")
    visit.page.wait_for_url(re.compile("lang=az"))
    address = visit.page.url
    visit.context.close()
    context = browser.new_context(locale="ru-RU")
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    assert page.evaluate("document.documentElement.lang") == "az"
    assert page.locator("#language").input_value() == "az"
    page.evaluate("location.hash = '#lang=ru'")
    page.wait_for_selector("html[lang=ru]", state="attached")
    page.evaluate("location.hash = '#lang=xx'")
    page.wait_for_url(lambda address: "lang=" not in address)
    assert page.evaluate("document.documentElement.lang") == "ru"
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_overflows_on_a_phone(browser: Browser, page_file: Path, language: str) -> None:
    visit = Visit(browser, page_file, 360, 740, locale=language)
    page = visit.page
    assert page.evaluate("document.documentElement.lang") == language
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    outside = page.evaluate(
        "[...document.querySelectorAll('.top *, .banner *, .side *, .profile-head *, .sheet p')].filter((e) =>"
        " e.getClientRects().length && !e.closest('.visually-hidden, .scroll') &&"
        " e.getBoundingClientRect().right > 360.5).map((e) => e.textContent)"
    )
    assert outside == []
    assert visit.trouble == []
    visit.context.close()


def test_text_from_data_is_the_same_in_every_language(browser: Browser, tmp_path: Path) -> None:
    context = build(tmp_path / "w", hostile=HOSTILE)
    run(context)
    visit = Visit(browser, context.out / "corridor.html", 1280, 800)
    for language in LANGUAGES:
        choose(visit.page, language)
        for words in HOSTILE.split("|"):
            assert words in visit.page.locator("h1").text_content()
            assert words in visit.page.locator("#zones").text_content()
        button = visit.page.locator("button.show").nth(1).get_attribute("aria-label") or ""
        assert HOSTILE in re.sub("[\u2068\u2069]", "", button)
    assert visit.nothing_ran()
    assert visit.trouble == []
    visit.context.close()
