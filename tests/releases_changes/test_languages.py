"""The page of changes in four languages and two themes, switched while it is open; for everybody, and on paper."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.mapping.catalogues import LANGUAGES, translations
from pipeline.mapping.messages import Said, decoded
from pipeline.releases.changes import as_json, compare, in_words, map_page, told
from tests.mapping.test_access import findings
from tests.mapping.test_languages import TEXT_OF_PAGE
from tests.mapping.visits import Visit

from .made import Pair, stations_along
from .test_page import sea

NAN = float("nan")


def telling(root: Path) -> Pair:
    """Return releases that differ in everything that words are said of: route, targets, layers, totals, inputs."""
    pair = Pair(root, stations_along([(0, 0), (0, 50)]))
    pair.new = stations_along([(0, 0), (0, 20), (2, 22), (2, 26), (0, 28), (0, 50)])
    pair.file("route", "data/raw/rpl.csv").file("ais", "data/raw/ais_2.csv").file("soil", "data/raw/new.tif", "new")
    pair.file("ais", "data/raw/ais_1.csv", None).parameter("acceptance", "percentile", 95)
    pair.new_parts["burial"]["libraries"]["numpy"] = "2.4.0"
    pair.new_parts["burial"]["code"] = "other"
    pair.at(5.0, 9.0, target_dol_m=1.5, anchor_strike_per_km_yr=4e-5, passages_per_km_yr=40.0)
    pair.at(11.0, 12.0, target_dol_m=0.6, anchor_strike_per_km_yr=NAN).at(13.0, 13.5, target_dol_m=NAN)
    pair.at(15.0, 16.0, slope_deg=2.0, soil_class="mud", governing="fishing", protection="rock", cable_type="DA")
    pair.manifest["totals"] |= {"strike_per_yr_surface_laid": 0.06, "dol_km": {"0": 10.0, "1": 40.0}, "deficit_km": 3.0}
    pair.old_manifest["totals"] |= {"dol_km": {"0": 12.0, "1": 38.0}, "deficit_km": 1.0}
    pair.manifest["layers"] |= {"fishing": {"assessed": False}, "shipping": {"assessed": True, "provenance": "survey"}}
    pair.manifest["layers"]["soil"] = {"assessed": True, "provenance": "synthetic"}
    pair.manifest["layers"]["map"] = {"data_as_of": "2025-12-31", "landings": ["Sumqayit", "Aktau"]}
    return pair


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("changes")
    old, new = telling(root).releases()
    sea(new)
    path = root / "changes.html"
    path.write_text(map_page(compare(old, new), new, old, published=True), encoding="utf-8")
    return path


def messages(value: object) -> Iterator[str]:
    """Yield every message in a value that was made for the page's script."""
    if isinstance(value, dict):
        if "t" in value:
            yield str(value["t"])
        for item in value.values():
            yield from messages(item)
    elif isinstance(value, list):
        for item in value:
            yield from messages(item)


def test_every_line_is_a_message_whose_parts_all_languages_know(tmp_path: Path) -> None:
    changes = compare(*telling(tmp_path).releases())
    lines = list(told(changes))
    assert all(isinstance(line, Said) for line in lines)
    said = {text for line in lines for text in messages(line.coded())}
    worded = {text for text in said if re.search(r"[^\W\d_]", re.sub(r"\{\w+\}", "", text))}
    assert len(worded) > 30
    for language in LANGUAGES:
        assert worded <= translations(language).keys()


def test_the_file_holds_english_and_the_messages_that_say_it(tmp_path: Path) -> None:
    changes = compare(*telling(tmp_path).releases())
    value = json.loads(json.dumps(as_json(changes), allow_nan=False))
    assert value["words"] == in_words(changes)
    assert [str(decoded(line)).replace("\u00a0", " ") for line in value["messages"]] == value["words"]
    assert "Fishing strikes: not part of the old release." in value["words"]
    assert not re.search("[\u00a0\u2068\u2069]", json.dumps([value["words"], value["inputs"]], ensure_ascii=False))


def test_names_from_the_right_bring_no_marks_into_the_files(tmp_path: Path) -> None:
    pair = Pair(tmp_path).at(10.0, 11.0, slope_deg=2.0).file("bathymetry", "data/raw/\u05d0.tif", "new")
    value = as_json(compare(*pair.releases()))
    assert value["inputs"][0]["words"] == "data/raw/\u05d0.tif was added"


@pytest.fixture
def visit(browser: Browser, page_file: Path) -> Iterator[Visit]:
    visited = Visit(browser, page_file, 1280, 800, locale="en-US")
    yield visited
    assert visited.trouble == []
    assert visited.outside(page_file) == []
    visited.context.close()


def choose(page: Page, language: str) -> None:
    page.locator("#language").select_option(language)


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_stays_english(visit: Visit, language: str) -> None:
    page = visit.page
    marked = "[...document.querySelectorAll('[data-t]')].map((e) => [e.dataset.t, e.textContent])"
    before = page.evaluate(marked)
    choose(page, language)
    assert page.evaluate("document.documentElement.lang") == language
    own = translations(language)
    said = page.evaluate(marked)
    assert len(before) > 100
    worded = {message for message, _ in said if re.search(r"[^\W\d_]", re.sub(r"\{\w+\}", "", message))}
    assert worded <= own.keys()
    page.locator("button.show").first.click()
    everything = "\n".join(page.evaluate(TEXT_OF_PAGE))
    for english in (
        "target", "Target", "becomes", "became", "cause", "Because", "along", "changed", "Changed", "route", "Route",
        "not assessed", "Synthetic", "Not for", "range", "Range", "setting", "library", "Strikes", "strikes", "release",
        "Zoom", "Map", "Table", "perhaps", "data before", "construction", "per km",
    ):  # fmt: skip
        assert not re.search(rf"(?<![\w/.\-]){re.escape(english)}(?![\w/.\-])", everything), english


@pytest.mark.browser
def test_numbers_are_written_as_the_language_does_and_english_comes_back(visit: Visit) -> None:
    page = visit.page
    before = page.evaluate(TEXT_OF_PAGE)
    choose(page, "ru")
    body = page.locator("body").text_content() or ""
    assert "4,1\u00a0км" in body
    assert "31 декабря 2025" in body
    assert not re.search(r"\d\.\d+\u00a0", body)
    assert "Проектная глубина больше: " in body, "a sentence begins with a capital"
    assert "data/raw/ais_2.csv: файл изменён" in body, "names of files keep their letters"
    choose(page, "az")
    assert "İ" in (page.locator("body").text_content() or ""), "its own capital of i"
    choose(page, "en")
    assert page.evaluate(TEXT_OF_PAGE) == before


@pytest.mark.browser
def test_what_stands_on_the_map_speaks_the_language_too(visit: Visit) -> None:
    page = visit.page
    page.locator("button.show").first.click()
    assert "deeper target" in page.locator(".leaflet-popup h3").inner_text()
    choose(page, "ru")
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    page.locator("button.show").first.click()
    popup = page.locator(".leaflet-popup").inner_text()
    assert "проектная глубина больше" in popup
    assert "стало" in popup
    labels = " ".join(page.locator(".place-label").all_text_contents())
    assert "проектная глубина больше" in labels
    assert "Sumqayit" in labels
    assert page.locator(".leaflet-control-zoom-in").get_attribute("aria-label") == "Приблизить"
    assert re.fullmatch(r"\d+\u00a0к?м", page.locator(".leaflet-control-scale-line").inner_text())


VIEWS = ((1280, 800, "light", "en"), (1280, 800, "dark", "ru"), (360, 740, "light", "kk"), (360, 740, "dark", "az"))


@pytest.mark.browser
@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_axe_finds_nothing_serious_and_nothing_overflows(
    browser: Browser, page_file: Path, view: tuple[int, int, str, str]
) -> None:
    width, height, theme, language = view
    visit = Visit(browser, page_file, width, height, fragment=f"theme={theme}&lang={language}")
    page = visit.page
    assert page.locator("html").get_attribute("data-theme") == theme
    assert page.locator("html").get_attribute("lang") == language
    assert page.evaluate("document.documentElement.scrollWidth") == width
    outside = page.evaluate(
        "[...document.querySelectorAll('.top *, .banner *, .side *, .profile-head *, .sheet p, .sheet td')]"
        ".filter((e) => e.getClientRects().length && (innerWidth < 900 || !e.closest('.scroll')) &&"
        " e.getBoundingClientRect().right > innerWidth + 0.5).map((e) => e.textContent)"
    )
    assert outside == []
    page.locator("button.show").first.click()
    expect(page.locator(".leaflet-popup")).to_have_css("opacity", "1")
    assert findings(page) == {}
    assert visit.trouble == []
    visit.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800), (1000, 620), (360, 740)])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_stamp_stands_clear_of_the_labels_at_the_landings(
    browser: Browser, page_file: Path, size: tuple[int, int], language: str
) -> None:
    visit = Visit(browser, page_file, *size, fragment=f"lang={language}")
    boxes = visit.page.evaluate(
        "[...document.querySelectorAll('#stamp p, .place-label.landing')]"
        ".map((e) => e.getBoundingClientRect().toJSON())"
    )
    stamp = visit.page.locator("#stamp p").bounding_box()
    assert stamp
    assert len(boxes) == 3
    apart = [
        box for box in boxes
        if box["right"] <= stamp["x"] or stamp["x"] + stamp["width"] <= box["left"]
        or box["bottom"] <= stamp["y"] or stamp["y"] + stamp["height"] <= box["top"]
    ]  # fmt: skip
    assert len(apart) == 2, "all but the stamp itself"
    frame = visit.page.locator(".leaflet-container").bounding_box()
    assert frame
    assert all(box["top"] >= frame["y"] and box["bottom"] <= frame["y"] + frame["height"] for box in boxes)
    visit.context.close()


@pytest.mark.browser
def test_a_new_size_keeps_the_whole_route_until_a_reader_chose_a_view(visit: Visit) -> None:
    page = visit.page
    inside = "corridor.ends.every((end) => corridorLayers.map.getBounds().contains(end))"
    for size in ((360, 740), (740, 360), (1280, 800), (1280, 60), (360, 740)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(inside)
    page.evaluate("corridorLayers.map.setView(corridor.ends[0], 13, { animate: false })")
    page.set_viewport_size({"width": 800, "height": 700})
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("corridorLayers.map.getZoom()") == 13


@pytest.mark.browser
def test_paper_is_light_whole_and_in_the_language(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    choose(page, "kk")
    page.locator("#theme").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("html").get_attribute("data-theme") == "light"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("#language").is_visible()
    assert "мақсатты тереңдік" in page.locator("body").inner_text()
    inside = "corridor.ends.every((end) => corridorLayers.map.getBounds().contains(end))"
    assert page.evaluate(inside)
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.pdf(path=str(tmp_path / "changes.pdf"), prefer_css_page_size=True, print_background=True)
    written = (tmp_path / "changes.pdf").read_bytes()
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", written)) <= 4
