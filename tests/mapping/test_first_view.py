"""What the reader sees first: the whole route, and nothing over it; on a desk, on a phone, by the public, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from pipeline.mapping import public, step

from .builder import SHORT, build, small_land
from .visits import Visit

pytestmark = pytest.mark.browser

STEEP = [(50.0, 41.0), (50.1, 41.05), (50.12, 41.2)]
DESK, PHONE = (1280, 800), (360, 740)
HIDDEN = """() => {
    const map = corridorLayers.map, frame = map.getContainer().getBoundingClientRect();
    const stamp = document.querySelector("#stamp p").getBoundingClientRect();
    const points = [];
    (corridorLayers.zones || corridorLayers.route).eachLayer((line) => points.push(...line.getLatLngs()));
    corridorLayers.landings.eachLayer((mark) => points.push(mark.getLatLng()));
    const places = points.map((point) => map.latLngToContainerPoint(point));
    const within = ({ x, y }) => x + frame.left > stamp.left && x + frame.left < stamp.right
        && y + frame.top > stamp.top && y + frame.top < stamp.bottom;
    const boxes = Array.from(document.querySelectorAll(".place-label.landing, .map .leaflet-control"),
        (element) => element.getBoundingClientRect()).filter((box) => box.width > 0);
    const meets = (box) => box.left < stamp.right && box.right > stamp.left && box.top < stamp.bottom
        && box.bottom > stamp.top;
    return { points: places.filter(within).length, boxes: boxes.filter(meets).length, of: places.length };
}"""
WHOLE = """() => {
    const view = corridorLayers.map.getBounds();
    return view.contains((corridorLayers.band || corridorLayers.outline).getBounds().getCenter())
        && [corridorLayers.zones || corridorLayers.route].every((layer) => view.contains(layer.getBounds()));
}"""

# The policy of the page forbids what playwright's own waiting for a function does.
BECOMES_WHOLE = f"""async (width) => {{
    for (let frame = 0; frame < 300; frame += 1) {{
        const {{ x }} = corridorLayers.map.getSize();
        if (x > 0 && x <= width && ({WHOLE})()) return true;
        await new Promise((done) => requestAnimationFrame(done));
    }}
    return false;
}}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The maps of two routes, and of one of them the map for the public."""
    root, found = tmp_path_factory.mktemp("first"), {}
    for name, positions, run in (("across", SHORT, step.run), ("up", STEEP, step.run), ("public", STEEP, public.run)):
        context = build(root / name, positions=positions, land=small_land(root))
        run(context)
        found[name] = context.out / "corridor.html"
    return found


@pytest.fixture
def opened(browser: Browser, pages: dict[str, Path]) -> Iterator[Any]:
    visits = []

    def open_page(name: str, size: tuple[int, int]) -> Visit:
        visits.append(Visit(browser, pages[name], *size))
        return visits[-1]

    yield open_page
    for visit in visits:
        assert visit.trouble == []
        visit.context.close()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=str)
@pytest.mark.parametrize("name", ["across", "up", "public"])
def test_the_stamp_hides_neither_route_nor_landing_nor_name(opened: Any, name: str, size: tuple[int, int]) -> None:
    hidden = opened(name, size).page.evaluate(HIDDEN)
    assert hidden["of"] > 2
    assert (hidden["points"], hidden["boxes"]) == (0, 0)


def test_the_stamp_steps_aside_when_the_route_comes_under_it(opened: Any) -> None:
    page = opened("across", DESK).page
    moved = page.evaluate(
        """() => {
            const map = corridorLayers.map, frame = map.getContainer().getBoundingClientRect();
            const stamp = document.querySelector("#stamp p").getBoundingClientRect();
            const { lat, lon } = corridor.stations.columns, middle = lat.length >> 1;
            const from = map.latLngToContainerPoint([lat[middle], lon[middle]]);
            const to = [(stamp.left + stamp.right) / 2 - frame.left, (stamp.top + stamp.bottom) / 2 - frame.top];
            map.setMaxBounds(null);
            map.panBy(from.subtract(to), { animate: false });
            return document.querySelector("#stamp p").getBoundingClientRect().left - stamp.left;
        }"""
    )
    assert moved != 0
    assert page.evaluate(HIDDEN)["points"] == 0


@pytest.mark.parametrize("name", ["up", "public"])
def test_every_size_of_the_window_shows_the_whole_route(opened: Any, name: str) -> None:
    page = opened(name, (1920, 1080)).page
    for width, height in ((360, 740), (740, 360), (1920, 1080), (360, 740)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(BECOMES_WHOLE, width)
        assert page.evaluate("corridorLayers.map.getMinZoom() <= corridorLayers.map.getZoom()")


@pytest.mark.parametrize("name", ["up", "public"])
def test_paper_shows_all_of_it_and_the_screen_has_its_view_back(opened: Any, name: str) -> None:
    page = opened(name, PHONE).page
    page.evaluate("corridorLayers.map.setZoom(corridorLayers.map.getZoom() + 1, { animate: false })")
    view = (
        "((map, { lat, lng }) => [map.getZoom(), lat, lng, map.options.maxBounds.getNorth()])"
        "(corridorLayers.map, corridorLayers.map.getCenter())"
    )
    before = page.evaluate(view)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(WHOLE)
    assert page.evaluate(HIDDEN)["points"] == 0
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(view) == pytest.approx(before, abs=2e-3)  # whole pixels


def test_a_map_of_no_size_opens_and_shows_the_route_when_it_has_one(browser: Browser, pages: dict[str, Path]) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(
        "new MutationObserver((_, seen) => {"
        " const map = document.querySelector('section.map');"
        " if (map) { map.style.display = 'none'; seen.disconnect(); } })"
        ".observe(document, { childList: true, subtree: true });"
    )
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(pages["up"].as_uri())
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    assert page.evaluate("corridorLayers.map.getSize().x") == 0
    page.evaluate("document.querySelector('section.map').style.display = ''")
    assert page.evaluate(BECOMES_WHOLE, 1280)
    assert trouble == []
    context.close()


def test_names_of_pictures_speak_the_language_with_their_values(opened: Any) -> None:
    page = opened("up", DESK).page
    page.locator("#language").select_option("ru")
    told = page.evaluate(
        """() => corridor.overlays.filter(({ name }) => corridorLayers[name]).map(({ name, heading }) => {
            corridorLayers.map.addLayer(corridorLayers[name]);
            corridorLayers.map.fire("baselayerchange");
            const alt = corridorLayers[name].getElement().alt;
            corridorLayers.map.removeLayer(corridorLayers[name]);
            return [alt, corridor.say(heading), heading.t];
        })"""
    )
    assert len(told) > 3
    assert all(alt == said != english for alt, said, english in told)


def test_a_post_where_two_zones_meet_is_in_the_one_that_begins_there(opened: Any) -> None:
    page = opened("up", DESK).page
    meets = page.evaluate("corridor.zones.slice(1).map((zone) => corridor.zoneAt(zone.kp_from_km))")
    assert meets == list(range(1, len(meets) + 1))
    assert page.evaluate("[corridor.zoneAt(0), corridor.zoneAt(corridor.length_km)]") == [0, len(meets)]


@pytest.mark.parametrize(("name", "nearest"), [("up", 18), ("public", 10)])
def test_nobody_looks_nearer_than_the_map_was_made_for(
    browser: Browser, pages: dict[str, Path], name: str, nearest: int
) -> None:
    visit = Visit(browser, pages[name], *DESK)
    visit.page.evaluate("corridorLayers.map.setZoom(25, { animate: false })")
    assert visit.page.evaluate("corridorLayers.map.getZoom()") == nearest
    assert visit.trouble == []
    visit.context.close()
