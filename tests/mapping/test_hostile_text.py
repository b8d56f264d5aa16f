"""Hundreds of hostile texts at every place of the map where text appears: each is found, letter by letter, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser

from pipeline.config.corridor import SourceSection
from pipeline.config.soil import FOLK7
from pipeline.mapping.step import run
from pipeline.store import StepContext
from pipeline.workspace import SourceFiles

from .builder import build, small_land, source
from .hostile import BAR, CORPUS, PIECES, at_once
from .visits import Visit

pytestmark = pytest.mark.browser

TILES = "https://tiles.example.org/{z}/{x}/{y}.png"
STATION_TEXTS = (
    "tool", "geohazard_note", "governing", "protection", "cable_type", "provenance", "confidence", "slope_class",
    "soil_class",
)  # fmt: skip
ZONE_TEXTS = ("zone_id", "governing", "protection", "cable_type", "soil", "geohazard_note", "confidence", "provenance")

# Names of elements with the names of their attributes: what text from data must never add to.
SHAPE = (
    "() => [...new Set([...document.querySelectorAll('*')].map("
    "(e) => e.localName + ' ' + e.getAttributeNames().sort().join(' ')))].sort()"
)


def seismic_zones(folder: Path, names: list[str]) -> SourceFiles:
    """Write one seismic source zone a name."""
    numbers = {
        "a_value": 3.8, "b_value": 0.98, "mmin": 4.5, "mmax": 7.9, "depths_km": [30.0], "depth_weights": [1.0],
        "mechanism": "RV", "source": "test",
    }  # fmt: skip
    ring = [[50.0, 41.0], [50.2, 41.0], [50.2, 41.2], [50.0, 41.0]]
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "provenance": name, **numbers},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for name in names
    ]
    path = folder / "seismic.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return SourceFiles("seismic_zones", SourceSection(role="seismic_zones", files=path.name), (path,))


def spread(table: pd.DataFrame, columns: tuple[str, ...], texts: list[str]) -> pd.DataFrame:
    """Return a table whose rows hold one text each, in every column of text."""
    column = [texts[row % len(texts)] for row in range(len(table))]
    return table.assign(**dict.fromkeys(columns, column))


def written(folder: Path, texts: list[str], whole: str) -> StepContext:
    """Make a map that shows each text alone wherever there are many, and all of them wherever there is one."""
    context = build(
        folder / "w", land=small_land(folder), station_m=100.0, zones=len(texts), hostile=whole,
        map_section={"basemap_url": TILES, "basemap_attribution": whole, "max_mb": 50.0},
    )  # fmt: skip
    burial = context.inputs["burial"]
    for name, columns in (("stations", STATION_TEXTS), ("zones", ZONE_TEXTS)):
        path = burial / f"{name}.parquet"
        spread(pd.read_parquet(path), columns, texts).to_parquet(path)
    totals = json.loads((burial / "totals.json").read_text(encoding="utf-8"))
    (burial / "totals.json").write_text(json.dumps(totals | {"warnings": texts, "not_assessed": texts}))
    for step in ("bathymetry", "soil", "ais", "shipping", "fishing", "seismic", "stability", "terrain"):
        context.facts[step]["summary"] = whole
    context.facts["soil"]["sources"] = [
        source(text, "soil", "synthetic", attribution=text, licence=text) for text in texts
    ]
    # A code is a byte: two texts share a class.
    pairs = [(first, BAR.join(texts[2 * place : 2 * place + 2])) for place, first in enumerate(texts[::2])]
    classes = {
        name: FOLK7["sand"].model_copy(update={"code": code, "label": label})
        for code, (name, label) in enumerate(pairs, start=20)
    }
    soil = context.config.soil.model_copy(update={"classes": {**FOLK7, **classes}})
    (coast,) = context.sources
    coast = SourceFiles(
        whole, coast.section.model_copy(update={"licence": whole, "attribution": whole}), coast.paths
    )  # fmt: skip
    object.__setattr__(context, "sources", (coast, seismic_zones(folder, texts)))
    object.__setattr__(context.config, "soil", soil)
    return context


@pytest.fixture(scope="module")
def hostile_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    context = written(tmp_path_factory.mktemp("hostile"), list(PIECES), at_once())
    run(context)
    return context.out / "corridor.html"


@pytest.fixture(scope="module")
def harmless_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same map with words of the same lengths that nobody could mistake for anything else."""
    words = ["".join("x" if letter != " " else " " for letter in piece) + f"{i}" for i, piece in enumerate(PIECES)]
    context = written(tmp_path_factory.mktemp("harmless"), words, " ".join(words))
    run(context)
    return context.out / "corridor.html"


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
    assert page.evaluate("document.title").startswith(" ".join(whole.split())[:2000])
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
