"""The map as a person uses it who was sent the file: no network, no instructions, one question after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from .conftest import build_map
from .visits import Visit, rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def sent(whatif_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file, in a folder of its own."""
    copy = tmp_path_factory.mktemp("person") / "as sent by mail.html"
    copy.write_bytes(build_map(whatif_workspace).read_bytes())
    return copy


@pytest.fixture
def visit(browser: Browser, sent: Path) -> Iterator[Visit]:
    visited = Visit(browser, sent, 1280, 800)
    yield visited
    visited.context.close()


def test_two_minutes_with_the_map(visit: Visit, sent: Path, tmp_path: Path) -> None:
    page = visit.page

    # How deep, and how safe? It stands there.
    for figure in page.locator("dl.headline dd").all():
        assert figure.is_visible()
        assert re.search(r"\d|not assessed|no strike", figure.inner_text())
    kilometres = [float(text.split()[0]) for text in page.locator(".bars .bar-km").all_inner_texts()]
    assert sum(kilometres) == pytest.approx(page.evaluate("corridor.length_km"), abs=0.1 * len(kilometres))

    # What is this piece? A click on it says so.
    point = page.evaluate(
        "(() => { const map = corridorLayers.map, columns = corridor.stations.columns;"
        " const at = Math.floor(columns.lat.length * 0.4), box = map.getContainer().getBoundingClientRect();"
        " const place = map.latLngToContainerPoint([columns.lat[at], columns.lon[at]]);"
        " return [box.left + place.x, box.top + place.y]; })()"
    )
    page.mouse.click(*point)
    expect(page.locator(".leaflet-popup")).to_contain_text("Target depth")
    page.keyboard.press("Escape")

    # And at KP 12?
    page.locator("#kp-wanted").fill("12")
    page.locator("#kp-wanted").press("Enter")
    expect(page.locator("#readout")).to_contain_text("KP 12.0")
    assert page.locator(".cursor-mark").is_visible()

    # What if strikes were tolerated ten times as often?
    page.locator("#whatif > summary").click()
    page.wait_for_selector("#whatif[data-ready=yes]")
    page.locator("#whatif-years").focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".whatif-note:visible").first).to_contain_text("not the result of the pipeline")
    page.locator("#whatif-reset").click()
    expect(page.locator(".whatif-note:visible")).to_have_count(0)

    # In Russian, please.
    title = page.locator("#zones-title").inner_text()
    page.locator("#language").select_option("ru")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    assert re.search("[а-яё]", page.locator("#zones-title").inner_text())
    assert page.locator("#zones-title").inner_text() != title
    expect(page.locator("#readout")).to_contain_text("12,0")

    # A colleague who is sent the address sees the same.
    rest(page)
    address = page.evaluate("location.href")
    other = visit.context.new_page()
    other.goto(address)
    other.wait_for_selector("html[data-ready=yes]", state="attached")
    expect(other.locator("html")).to_have_attribute("lang", "ru")
    expect(other.locator("#readout")).to_contain_text("12,0")
    other.close()

    # On paper it is a few pages, and the screen is as it was.
    paper = page.pdf(path=tmp_path / "map.pdf", format="A3", landscape=True)
    assert paper.startswith(b"%PDF")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= 8
    assert len(paper) > 50_000, "the map is on it"
    expect(page.locator("#readout")).to_contain_text("12,0")

    assert visit.nothing_ran()
    assert visit.trouble == []
    assert [url for url in visit.outside(sent) if not url.startswith(sent.as_uri() + "#")] == []


def test_two_minutes_without_a_mouse(visit: Visit) -> None:
    page = visit.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.id"))
    assert {"language", "theme", "kp-wanted", "profile"} <= seen
    page.locator("#profile").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup")).to_contain_text("KP")
    assert visit.trouble == []


def test_two_minutes_on_a_phone(browser: Browser, sent: Path) -> None:
    visit = Visit(browser, sent, 360, 740, has_touch=True, is_mobile=True)
    page = visit.page
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    profile = page.locator("#profile")
    profile.scroll_into_view_if_needed()
    box = profile.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#readout")).to_contain_text("KP")
    page.locator("#language").select_option("kk")
    expect(page.locator("html")).to_have_attribute("lang", "kk")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert visit.trouble == []
    visit.context.close()
