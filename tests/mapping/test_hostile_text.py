"""Hundreds of hostile texts at every place of the map where text appears: each is found, letter by letter, as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .hostile import CORPUS, PIECES, at_once
from .hostile_places import ZONE_TEXTS
from .visits import Visit

pytestmark = pytest.mark.browser

# Names of elements with the names of their attributes: what text from data must never add to.
SHAPE = (
    "() => [...new Set([...document.querySelectorAll('*')].map("
    "(e) => e.localName + ' ' + e.getAttributeNames().sort().join(' ')))].sort()"
)


@pytest.fixture(scope="module")
def hostile_map(hostile_maps: Path) -> Path:
    return hostile_maps / "hostile" / "team" / "corridor.html"


@pytest.fixture(scope="module")
def harmless_map(hostile_maps: Path) -> Path:
    return hostile_maps / "harmless" / "team" / "corridor.html"


@pytest.fixture(scope="module")
def visit(browser: Browser, hostile_map: Path) -> Iterator[Visit]:
    """One visit for all: the page is heavy, and what one test does must not break it for the next."""
    visited = Visit(browser, hostile_map, 1280, 800)
    yield visited
    visited.context.close()


def missing(texts: list[str]) -> list[str]:
    """Return the pieces that a text of theirs does not hold."""
    assert len(texts) >= len(PIECES)
    return [piece for piece, text in zip(PIECES, texts, strict=False) if piece not in text]


def test_the_corpus_is_large_and_of_many_kinds() -> None:
    assert len(PIECES) >= 200
    assert len(CORPUS) >= 12
    assert sum(map(len, CORPUS.values())) - len(PIECES) <= 3, "pieces that stand twice"


def test_the_corpus_would_run_where_nothing_stops_it(browser: Browser) -> None:
    page = browser.new_page()
    for kind, least in (("script element", 10), ("event attribute", 15), ("out of an element of text", 8)):
        page.set_content("<body></body>")
        ran = page.evaluate(
            "async (pieces) => { const frames = pieces.map((piece) => { const frame = document.createElement('iframe');"
            " frame.srcdoc = '<svg></svg><p>' + piece; document.body.append(frame); return frame; });"
            " for (let turn = 0; turn < 40; turn += 1) {"
            "   await new Promise((go) => setTimeout(go, 50));"
            "   if (frames.filter((frame) => frame.contentWindow.pwned).length >= pieces.length * 0.9) break; }"
            " return frames.filter((frame) => frame.contentWindow.pwned).length; }",
            list(CORPUS[kind]),
        )
        assert ran >= least, kind
    page.close()


def test_nothing_runs_nothing_is_asked_for_and_nothing_is_complained_of(visit: Visit, hostile_map: Path) -> None:
    page = visit.page
    assert visit.nothing_ran()
    assert visit.outside(hostile_map) == []
    assert visit.trouble == []
    assert page.locator("path.zone").count() == len(PIECES)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_text_adds_no_element_and_no_attribute(visit: Visit, browser: Browser, harmless_map: Path) -> None:
    harmless = Visit(browser, harmless_map, 1280, 800)
    assert set(visit.page.evaluate(SHAPE)) - set(harmless.page.evaluate(SHAPE)) == set()
    harmless.context.close()


def test_every_text_stands_in_every_table_as_it_was_given(visit: Visit) -> None:
    texts = "(all) => all.map((e) => e.textContent)"
    page = visit.page
    assert missing(page.eval_on_selector_all("#zones tbody tr", texts)) == []
    cells = page.eval_on_selector_all(
        "#zones tbody tr", "(all) => all.map((e) => [...e.cells].map((c) => c.textContent))"
    )
    for piece, row in zip(PIECES, cells, strict=True):
        assert sum(cell.strip() == piece.strip() for cell in row) >= len(ZONE_TEXTS) - 1, piece
    assert missing(page.eval_on_selector_all(".warning", texts)) == []
    row = page.locator("table.provenance tr", has=page.locator("th", has_text="Seabed soil"))
    for column in ("Source", "Licence"):
        assert missing(row.locator(f"td[data-label={column}] .line").all_text_contents()) == []
    legend = page.locator("#legend").text_content() or ""
    assert [piece for piece in PIECES if piece.replace("_", " ") not in legend] == []
    banner = page.locator("#banner").text_content() or ""
    assert [piece for piece in PIECES if piece.replace("_", " ") not in banner] == []


def test_every_text_stands_whole_where_a_place_holds_one(visit: Visit) -> None:
    page, whole = visit.page, at_once()
    assert page.locator("h1").text_content() == whole
    assert page.evaluate("document.title").lstrip("\u2068").startswith(" ".join(whole.split())[:2000])
    assert page.evaluate("corridor.landings") == [whole.strip()] * 2
    for place in (".top p", "#sources", ".leaflet-control-attribution"):
        assert whole in (page.locator(place).first.text_content() or ""), place


def test_every_text_stands_in_the_numbers_of_its_station_and_zone(visit: Visit) -> None:
    stations = visit.page.evaluate("corridor.stations.columns.kp_km.map((_, i) => corridor.stationNode(i).textContent)")
    assert missing(stations) == []
    assert missing(visit.page.evaluate("corridor.zones.map((_, i) => corridor.zoneNode(i).textContent)")) == []


def test_every_text_stands_in_the_tooltip_of_its_shape(visit: Visit) -> None:
    page = visit.page
    tips = page.evaluate(
        "(() => { const found = []; corridorLayers.sources.eachLayer((layer) => {"
        " found.push(layer.getTooltip().getContent()().textContent); }); return found; })()"
    )
    assert [piece for piece in PIECES if not any(piece in tip.partition(": a ")[0] for tip in tips)] == []


def test_no_text_turns_the_sentence_around_it(visit: Visit) -> None:
    """The letters after a text stand right of it and from left to right, whatever directions it opens or closes."""
    turned = visit.page.evaluate(
        """(pieces) => {
            const line = document.body.appendChild(document.createElement("p"));
            line.style.whiteSpace = "nowrap";
            line.style.width = "max-content";
            const box = (text, from, to) => {
                const range = document.createRange();
                range.setStart(text, from);
                range.setEnd(text, to);
                return range.getBoundingClientRect();
            };
            const crossing = { kind: "", status: "", kp_from_km: 1, kp_to_km: 1, angle_deg: null, leg_km: null };
            const turned = (words) => {
                line.textContent = words;
                const text = line.firstChild;
                const end = text.length;
                const [a, b, c] = [3, 2, 1].map((back) => box(text, end - back, end - back + 1).left);
                return !(box(text, 0, end - 4).right < a + 0.5 && a < b && b < c);
            };
            const found = pieces.filter((piece) => turned(corridor.fill("{piece} abc", { piece })) ||
                turned(corridor.crossingWords({ ...crossing, name: piece, provenance: "public" })));
            line.remove();
            return found;
        }""",
        list(PIECES),
    )
    assert turned == []


def test_the_map_still_works(visit: Visit) -> None:
    page = visit.page
    page.locator("button.show").nth(7).click()
    assert PIECES[7] in (page.locator(".leaflet-popup").text_content() or "")
    page.locator("#profile").focus()
    for key in ("Home", "ArrowRight", "PageUp", "End", "Enter"):
        page.keyboard.press(key)
        assert page.locator("#readout").is_visible()
    assert visit.nothing_ran()
    assert visit.trouble == []


def test_a_phone_keeps_its_shape(browser: Browser, hostile_map: Path) -> None:
    visit = Visit(browser, hostile_map, 360, 740)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert visit.trouble == []
    visit.context.close()
