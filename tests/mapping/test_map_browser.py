"""The map as a browser draws it: from a file, with the network off."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.mapping.step import run

from .builder import build, small_land

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src=x onerror=alert(1)> C:\\path\\2019 `${alert(2)}` </script><script>alert(3)</script> {{ 7*7 }} {% x %} "
    "\u2028 \"'"
)
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


class Visit:
    """A page and all that happened in it."""

    def __init__(self, browser: Browser, path: Path, width: int, height: int, **options: Any) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": height}, **options)
        self.context.set_offline(True)
        self.page: Page = self.context.new_page()
        self.trouble: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.trouble.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.trouble.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-ready=yes]", state="attached", timeout=20_000)

    def outside(self, own: Path) -> list[str]:
        return [url for url in self.requests if url != own.as_uri() and not url.startswith("data:")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed (make test installs it)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture(scope="module")
def plain_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("plain")
    context = build(root / "w", land=small_land(root), assessed={"fishing": False})
    run(context)
    return context.out / "corridor.html"


@pytest.fixture(scope="module")
def hostile_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    context = build(root / "w", land=small_land(root), hostile=HOSTILE)
    run(context)
    return context.out / "corridor.html"


@pytest.fixture
def visit(browser: Browser, plain_map: Path) -> Iterator[Visit]:
    visited = Visit(browser, plain_map, 1280, 800)
    yield visited
    visited.context.close()


def test_everything_is_drawn_with_the_network_off(visit: Visit, plain_map: Path) -> None:
    page = visit.page
    assert page.locator("path.zone").count() == 6
    short = "corridor.stations.columns.deficit_m.map((d) => (d > 0 ? 1 : 0)).join('').match(/1+/g).length"
    assert page.locator("path.deficit").count() == page.evaluate(short) >= 1
    assert page.locator(".leaflet-land-pane canvas").count() == 1
    assert page.locator(".leaflet-depth-pane img").evaluate("e => e.naturalWidth") > 100
    assert page.locator("#profile svg path[data-part=target]").get_attribute("d")
    assert page.locator("#profile svg path[data-part=band]").get_attribute("d")
    labels = page.locator(".place-label").all_inner_texts()
    assert {"Sumqayit", "Aktau"} <= set(labels)
    size = page.locator(".leaflet-container").bounding_box()
    assert size is not None
    assert size["width"] > 700
    assert size["height"] > 250
    assert visit.outside(plain_map) == []
    assert visit.trouble == []


def test_the_whole_route_is_in_the_first_view(visit: Visit) -> None:
    inside = visit.page.evaluate(
        "(() => { const m = corridorLayers.map, b = m.getBounds(), c = corridor.stations.columns;"
        " return c.lat.every((lat, i) => b.contains([lat, c.lon[i]])); })()"
    )
    assert inside is True


def test_banner_and_legend_say_what_the_results_rest_on(visit: Visit) -> None:
    banner = visit.page.locator("#banner")
    assert banner.is_visible()
    text = banner.inner_text()
    for words in ("Synthetic:", "seabed soil", "survey swath", "Modelled:", "Not assessed: fishing strikes"):
        assert words in text
    assert "Not for construction or navigation" in text
    legend = visit.page.locator("#legend").inner_text()
    for words in ("Target depth of lowering", "per km and year", "475 years (g)", "Provenance: modelled", "sandy mud"):
        assert words in legend
    visit.page.emulate_media(media="print")
    assert banner.is_visible()


def test_hover_on_the_profile_moves_the_mark_and_shows_numbers(visit: Visit) -> None:
    page = visit.page
    box = page.locator("#profile").bounding_box()
    assert box is not None
    places, texts = [], []
    for share in (0.2, 0.8):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        mark = page.locator(".cursor-mark").bounding_box()
        assert mark is not None
        places.append((mark["x"], mark["y"]))
        texts.append(page.locator("#readout").inner_text())
    assert places[0] != places[1]
    kps = [float(re.search(r"KP ([0-9.]+)", text)[1]) for text in texts]  # type: ignore[index]
    length = page.evaluate("corridor.length_km")
    assert kps == pytest.approx([0.16 * length, 0.82 * length], rel=0.12)
    assert all("required P10 to P90" in text and "target" in text for text in texts)


def test_arrow_keys_walk_the_route_and_enter_opens_the_numbers(visit: Visit) -> None:
    page = visit.page
    profile = page.locator("#profile")
    profile.focus()
    page.keyboard.press("Home")
    assert profile.get_attribute("aria-valuenow") == "0.0"
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert profile.get_attribute("aria-valuenow") == "3.0"
    page.keyboard.press("PageUp")
    assert profile.get_attribute("aria-valuenow") == "13.0"
    page.keyboard.press("End")
    assert float(profile.get_attribute("aria-valuenow") or 0) == pytest.approx(
        page.evaluate("corridor.length_km"), abs=0.06
    )
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup").inner_text()
    for words in ("Burial zone Z006", "Station at KP", "Water depth", "synthetic", "Peak ground acceleration"):
        assert words in popup
    assert re.search(r"Fishing strikes, surface-laid\s+not assessed", popup)


def test_a_click_on_a_zone_opens_its_numbers(visit: Visit) -> None:
    page = visit.page
    point = page.evaluate(
        "(() => { const m = corridorLayers.map, c = corridor.stations.columns, i = Math.floor(c.lat.length * 0.4);"
        " const p = m.latLngToContainerPoint([c.lat[i], c.lon[i]]), r = m.getContainer().getBoundingClientRect();"
        " return [r.left + p.x, r.top + p.y, c.kp_km[i]]; })()"
    )
    page.mouse.move(point[0], point[1])
    near = float(page.locator("#profile").get_attribute("aria-valuenow") or -1)
    assert near == pytest.approx(point[2], abs=1.0)
    page.mouse.click(point[0], point[1])
    assert "Target depth" in page.locator(".leaflet-popup").inner_text()


def test_the_layer_control_shows_one_swath_layer_at_a_time(visit: Visit) -> None:
    page = visit.page
    swath = page.locator(".leaflet-swath-pane img")
    assert swath.count() == 0
    names = page.locator(".leaflet-control-layers-base label").all_inner_texts()
    assert [name.strip() for name in names] == [
        "Swath: none", "Swath: seabed soil", "Swath: anchor strikes", "Swath: earthquake shaking",
        "Swath: target depth by cell",
    ]  # fmt: skip
    for place in (2, 3):
        page.locator(".leaflet-control-layers-base input").nth(place).check()
        assert swath.count() == 1


def test_a_button_of_the_table_shows_its_zone(visit: Visit) -> None:
    visit.page.locator("button.show").nth(3).click()
    assert "Burial zone Z004" in visit.page.locator(".leaflet-popup").inner_text()
    kp = float(visit.page.locator("#profile").get_attribute("aria-valuenow") or -1)
    zone = visit.page.evaluate("corridor.zones[3]")
    assert zone["kp_from_km"] <= kp <= zone["kp_to_km"]


def test_a_phone_shows_map_then_profile_without_sideways_scrolling(browser: Browser, plain_map: Path) -> None:
    visit = Visit(browser, plain_map, 360, 740, has_touch=True, is_mobile=True)
    page = visit.page
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    tops = [page.locator(name).bounding_box()["y"] for name in (".map", "#profile", ".side")]  # type: ignore[index]
    assert tops == sorted(tops)
    assert page.locator("#legend").get_attribute("open") is None
    box = page.locator("#profile").bounding_box()
    assert box is not None
    page.locator("#profile").scroll_into_view_if_needed()
    box = page.locator("#profile").bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert "KP" in page.locator("#readout").inner_text()
    assert page.locator("#banner").is_visible()
    assert visit.trouble == []
    visit.context.close()


def test_hostile_text_is_shown_as_text_and_the_map_still_draws(browser: Browser, hostile_map: Path) -> None:
    visit = Visit(browser, hostile_map, 1280, 800)
    page = visit.page
    assert page.locator("path.zone").count() == 6
    page.locator("button.show").nth(1).click()
    popup = page.locator(".leaflet-popup").inner_text()
    for words in (
        "<img src=x onerror=alert(1)>",
        "C:\\path\\2019",
        "`${alert(2)}`",
        "</script>",
        "{{ 7*7 }}",
        "{% x %}",
    ):
        assert words in popup
        assert words in page.locator("h1").inner_text()
        assert words in page.locator(".place-label.landing").first.inner_text()
        assert words in page.locator("#sources").inner_text()
    page.locator("#profile").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("img[src=x]").count() == 0
    assert visit.trouble == []
    assert visit.outside(hostile_map) == []
    visit.context.close()


def test_old_data_are_said_to_be_old(browser: Browser, tmp_path: Path) -> None:
    context = build(tmp_path, map_section={"data_as_of": "2001-01-01"})
    run(context)
    visit = Visit(browser, context.out / "corridor.html", 1000, 700)
    assert re.search(r"These data are \d+ days old", visit.page.locator("#banner").inner_text())
    visit.context.close()


def test_the_portal_opens_without_a_request(browser: Browser, plain_map: Path) -> None:
    portal = plain_map.with_name("index.html")
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.set_offline(True)
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(portal.as_uri())
    assert [url for url in requests if not url.startswith("data:")] == [portal.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("a.open").get_attribute("href") == "corridor.html"
    context.close()
