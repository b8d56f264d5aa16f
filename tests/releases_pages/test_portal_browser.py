"""The portal as a browser draws it: from a file, with the network off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from playwright.sync_api import Browser

from pipeline.releases.portal import render_portal
from tests.mapping.visits import ENDLESS, HOSTILE, Visit

from .made import made

pytestmark = pytest.mark.browser
SIZES = [(360, 740), (1400, 900)]


def written(folder: Path, **more: Any) -> Path:
    history = [made(number, ran="map" if number % 2 else "ais burial map", **more) for number in range(1, 8)]
    words = more.get("hostile") or "Deeper along 3 km."
    page = folder / "maps" / "index.html"
    page.parent.mkdir()
    page.write_text(render_portal(history[-1], history, [words] * 10, [words]), encoding="utf-8")
    for release in history:
        place = folder / "maps" / "releases" / release.manifest["release"]
        for name in [*release.manifest["outputs"], "maps/changes.html", "data/processed/manifest.json",
                     "data/processed/changes.csv"]:  # fmt: skip
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text("here")
    return page


@pytest.fixture(params=SIZES)
def visit(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Visit]:
    visited = Visit(browser, written(tmp_path), *request.param)
    yield visited
    visited.context.close()


def test_it_fits_and_fetches_nothing(visit: Visit, tmp_path: Path) -> None:
    page, width = visit.page, visit.page.viewport_size["width"]  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert visit.outside(tmp_path / "maps" / "index.html") == []
    assert visit.trouble == []
    if width < 760:
        page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == width
    cells = [cell.bounding_box() for cell in page.locator("td:visible").all()]
    assert len(cells) > 50
    assert all(box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width for box in cells)


def test_how_deep_is_seen_without_scrolling_on_a_wide_screen(visit: Visit) -> None:
    page = visit.page
    find = "(name) => document.querySelector(name).getBoundingClientRect().toJSON()"
    deep, changed, sums = (page.evaluate(find, name) for name in (".depth", ".since", ".sums"))
    if page.viewport_size["width"] > 1000:  # type: ignore[index]
        assert deep["bottom"] <= sums["y"] < 900
        assert changed["y"] == pytest.approx(deep["y"])
    else:
        assert deep["y"] < changed["y"] < sums["y"]
        assert changed["y"] < 2 * 740


def test_long_tables_are_folded_on_a_phone_and_a_link_opens_them(visit: Visit) -> None:
    page, narrow = visit.page, visit.page.viewport_size["width"] < 760  # type: ignore[index]
    tables = [page.locator("table.provenance"), page.locator("table.steps")]
    assert [table.is_visible() for table in tables] == [not narrow] * 2
    assert page.locator(".banner").is_visible()
    page.get_by_role("link", name="Why each step ran").click()
    assert tables[1].is_visible()
    page.locator("summary", has_text="Provenance").click()
    assert tables[0].is_visible() == narrow


def test_every_link_leads_to_a_file(visit: Visit, tmp_path: Path) -> None:
    links = visit.page.eval_on_selector_all("a", "all => all.map((a) => a.href)")
    assert len(links) > 15
    for link in links:
        assert Path(url2pathname(urlsplit(link).path)).exists(), link


def test_bars_have_sizes_and_words(visit: Visit) -> None:
    page = visit.page
    assert page.locator("figure svg").count() == 3
    for svg in page.locator("figure svg").all():
        box = svg.bounding_box()
        assert box is not None
        assert box["width"] > 250
        assert "2026-11-07 02:15 UTC" in str(svg.get_attribute("aria-label"))
        heights = [bar.bounding_box()["height"] for bar in svg.locator("rect").all()]  # type: ignore[index]
        assert len(heights) == 7
        assert min(heights) > 0
        texts = [text.bounding_box() for text in svg.locator("text").all()]
        assert all(t and box["x"] - 1 <= t["x"] and t["x"] + t["width"] <= box["x"] + box["width"] + 1 for t in texts)


def test_old_data_are_said_to_be_old(browser: Browser, tmp_path: Path) -> None:
    for folder, section, old in (
        ("old", {"data_as_of": "2001-01-01"}, True),
        ("patient", {"data_as_of": "2001-01-01", "stale_after_days": 100_000}, False),
    ):
        (tmp_path / folder).mkdir()
        visit = Visit(browser, written(tmp_path / folder, section=section), 1000, 700)
        assert visit.page.locator("#old").is_visible() == old
        assert bool(re.search(r"These data are [1-9][\d,]* days old", visit.page.locator("#old").inner_text())) == old
        visit.context.close()


def test_text_is_text(browser: Browser, tmp_path: Path) -> None:
    visit = Visit(browser, written(tmp_path, hostile=HOSTILE), 360, 740)
    body = visit.page.locator("body").text_content()
    for words in HOSTILE.split("|"):
        assert words in str(visit.page.locator("h1").text_content())
        assert str(body).count(words) > 20
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert visit.nothing_ran()
    assert visit.trouble == []
    visit.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_endless_names_leave_the_page_its_shape(browser: Browser, tmp_path: Path, size: tuple[int, int]) -> None:
    visit = Visit(browser, written(tmp_path, hostile=ENDLESS), *size)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert visit.page.locator("h1").bounding_box()["height"] < 100  # type: ignore[index]
    assert visit.nothing_ran()
    assert visit.trouble == []
    visit.context.close()


def test_paper_shows_every_row(visit: Visit) -> None:
    visit.page.emulate_media(media="print")
    hidden = "all => all.filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1).length"
    assert visit.page.eval_on_selector_all(".cut", hidden) == 0
    assert visit.page.locator("tbody tr:visible").count() == 7 + 8 + 5  # releases, layers, steps
    assert visit.page.locator(".changes li:visible").count() == 10, "what is folded on a screen is open on paper"
