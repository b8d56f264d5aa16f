"""The map for everybody: axe-core, the keyboard alone, themes, small and large screens, paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from .visits import Visit

pytestmark = pytest.mark.browser

VIEWS = (
    (1280, 800, "light", "en"),
    (1280, 800, "dark", "ru"),
    (360, 740, "light", "kk"),
    (360, 740, "dark", "az"),
)


@pytest.fixture
def desk(browser: Browser, small_map: Path) -> Iterator[Page]:
    visit = Visit(browser, small_map, 1280, 800)
    yield visit.page
    assert visit.trouble == []
    visit.context.close()


def findings(page: Page) -> dict[str, list[str]]:
    """Serious and critical findings of axe-core, with the places."""
    told = Axe().run(page).response["violations"]
    return {
        item["id"]: [" ".join(map(str, node["target"])) for node in item["nodes"]]
        for item in told
        if item["impact"] in {"serious", "critical"}
    }


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_axe_finds_nothing_serious(browser: Browser, small_map: Path, view: tuple[int, int, str, str]) -> None:
    width, height, theme, language = view
    visit = Visit(browser, small_map, width, height, fragment=f"theme={theme}&lang={language}")
    page = visit.page
    assert page.locator("html").get_attribute("data-theme") == theme
    assert page.locator("html").get_attribute("lang") == language
    page.evaluate("document.querySelectorAll('details').forEach((panel) => { panel.open = true; })")
    page.locator("button.show").first.click()
    expect(page.locator(".leaflet-popup")).to_have_css("opacity", "1")  # half faded in, any text is too faint
    assert findings(page) == {}
    visit.context.close()


_FOCUS = """(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  return {
    what: e.tagName + "." + e.className + "#" + e.id,
    name: Boolean(e.ariaLabel || e.getAttribute("aria-labelledby") || e.textContent.trim() || (e.labels || []).length),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.height > 0,
    zone: e.dataset.zone || "",
  };
})()"""


def test_the_keyboard_reaches_everything_and_shows_where_it_is(desk: Page) -> None:
    stops: list[dict[str, Any]] = []
    for _ in range(120):
        desk.keyboard.press("Tab")
        at = desk.evaluate(_FOCUS)
        if at is None:
            break
        stops.append(at)
    else:
        pytest.fail(f"the keyboard is caught at {stops[-1]}")
    assert [stop for stop in stops if not (stop["ring"] and stop["seen"] and stop["name"])] == []
    reached = " ".join(stop["what"] for stop in stops)
    for part in ("#theme", "#profile", "leaflet-control-zoom-in", "leaflet-control-layers-toggle", "A.skip"):
        assert part in reached
    assert [stop["zone"] for stop in stops if stop["zone"]] == [str(index) for index in range(6)]


def test_the_control_changes_theme_and_paper_stays_light(browser: Browser, small_map: Path) -> None:
    visit = Visit(browser, small_map, 1280, 800, color_scheme="dark")
    page = visit.page
    button = page.locator("#theme")
    ground = "getComputedStyle(document.body).backgroundColor"
    land = "getComputedStyle(document.querySelector('.leaflet-land-pane path')).fill"
    dark = (page.evaluate(ground), page.evaluate(land))
    assert (page.locator("html").get_attribute("data-theme"), button.get_attribute("aria-pressed")) == ("dark", "true")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("html").get_attribute("data-theme") == "light"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert (page.evaluate(ground), page.evaluate(land)) == dark
    page.emulate_media(color_scheme="light")
    page.wait_for_selector("html[data-theme=light]")
    assert page.evaluate(land) != dark[1]
    button.focus()
    page.keyboard.press("Enter")
    assert (page.evaluate(ground), page.evaluate(land)) == dark
    page.emulate_media(color_scheme="dark")
    page.emulate_media(color_scheme="light")
    assert page.locator("html").get_attribute("data-theme") == "dark"  # chosen: the device has no say any more
    assert visit.trouble == []
    visit.context.close()


def test_the_legend_speaks_of_what_the_map_shows(desk: Page) -> None:
    legend = desk.locator("#legend")
    assert "Seabed soil" not in legend.inner_text()
    desk.evaluate("corridorLayers.map.addLayer(corridorLayers.soil)")
    assert "Seabed soil" in legend.inner_text()
    desk.evaluate("corridorLayers.map.removeLayer(corridorLayers.soil)")
    assert "Seabed soil" not in legend.inner_text()


def test_a_projector_has_larger_text_and_the_whole_answer_in_sight(browser: Browser, small_map: Path) -> None:
    sizes = {}
    for width, height in ((1280, 800), (1920, 1080)):
        visit = Visit(browser, small_map, width, height)
        page = visit.page
        sizes[width] = page.locator(".headline dd").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
        for part in (".headline", ".bars"):
            box = page.locator(part).first.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= height
        assert page.evaluate("document.documentElement.scrollWidth") == width
        visit.context.close()
    assert sizes[1920] >= 1.2 * sizes[1280]


def test_a3_landscape_takes_few_pages(desk: Page, tmp_path: Path) -> None:
    desk.pdf(path=str(tmp_path / "map.pdf"), prefer_css_page_size=True, print_background=True)
    written = (tmp_path / "map.pdf").read_bytes()
    pages = re.findall(rb"/Type\s*/Page\b", written)
    assert 1 <= len(pages) <= 4
    boxes = {
        tuple(round(float(part)) for part in box.split()) for box in re.findall(rb"/MediaBox\s*\[([^\]]+)\]", written)
    }
    assert boxes == {(0, 0, 1191, 842)}  # A3 across, points
