"""Hundreds of hostile texts on what the public reads: its map and its portal. Text stays text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pipeline.releases.public import PUBLIC_MAP, render_public_portal
from tests.mapping.hostile import PIECES, at_once
from tests.mapping.test_hostile_text import SHAPE
from tests.mapping.visits import Visit

from .made import made, totals

pytestmark = pytest.mark.browser

WIDTHS = (360, 1280)


def portal(maps: Path, kind: str) -> str:
    """Return the portal of the second of two releases: what all layers rest on has changed since the first."""
    told = json.loads((maps / kind / "public" / "facts.json").read_text(encoding="utf-8"))
    texts = list(PIECES) if kind == "hostile" else [f"x{number}" for number in range(len(PIECES))]
    history = [made(number, hostile=at_once(tuple(texts))) for number in (1, 2)]
    for release in history:
        release.manifest["layers"]["public"] = told
        release.manifest["outputs"][PUBLIC_MAP] = "0" * 64
        release.manifest["totals"] = totals(warnings=texts, not_assessed=texts)
    soil = history[-1].manifest["layers"]["soil"]
    soil["sources"] = [soil["sources"][0] | dict.fromkeys(("name", "licence", "attribution"), text) for text in texts]
    return render_public_portal(history[-1], history)


@pytest.fixture(scope="module")
def pages(hostile_maps: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """``map`` and ``portal`` with all pieces; ``harmless map`` and ``harmless portal`` without any."""
    found = {}
    for kind, before in (("hostile", ""), ("harmless", "harmless ")):
        found[f"{before}map"] = hostile_maps / kind / "public" / "corridor.html"
        found[f"{before}portal"] = tmp_path_factory.mktemp(kind) / "index.html"
        found[f"{before}portal"].write_text(portal(hostile_maps, kind), encoding="utf-8")
    return found


@pytest.fixture(params=[(name, width) for name in ("map", "portal") for width in WIDTHS], ids=str)
def page(browser: Browser, pages: dict[str, Path], request: pytest.FixtureRequest) -> Iterator[Page]:
    name, width = request.param
    visit = Visit(browser, pages[name], width, 740)
    yield visit.page
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visit.nothing_ran()
    assert visit.outside(pages[name]) == []
    assert visit.trouble == []
    visit.context.close()


def test_names_stand_whole(page: Page) -> None:
    whole = at_once()
    assert page.locator("h1").text_content() == whole
    assert page.evaluate("document.title").lstrip("\u2068").startswith(" ".join(whole.split())[:2000])
    assert (page.locator("header").text_content() or "").count(whole.strip()) >= 4  # name, landings, label


def lacking(texts: list[str]) -> list[str]:
    """Return the pieces that no text holds, as they are or as names are written, with blanks for underscores."""
    return [
        piece for piece in PIECES if not any(piece in text or piece.replace("_", " ") in text for text in texts)
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["map", "portal"])
def test_every_text_stands_in_its_place(browser: Browser, pages: dict[str, Path], name: str) -> None:
    visit = Visit(browser, pages[name], 1280, 740)
    row = visit.page.locator("table.provenance tr", has=visit.page.locator("th", has_text="Seabed soil"))
    for column in ("Source", "Licence"):
        assert lacking(row.locator(f"td[data-label={column}] .line").all_text_contents()) == [], column
    assert lacking(visit.page.locator("#banner").all_text_contents()) == []
    assert lacking(visit.page.locator("#legend .note" if name == "map" else ".changes li").all_text_contents()) == []
    visit.context.close()


@pytest.mark.parametrize("name", ["map", "portal"])
def test_text_adds_no_element_and_no_attribute(browser: Browser, pages: dict[str, Path], name: str) -> None:
    shapes = []
    for kind in (name, f"harmless {name}"):
        visit = Visit(browser, pages[kind], 1280, 740)
        shapes.append(set(visit.page.evaluate(SHAPE)))
        visit.context.close()
    assert shapes[0] - shapes[1] == set()
