"""Profile, map and address move together: lanes of threats, closer views, kilometre posts typed, views sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.mapping.step import run

from .builder import build, small_infrastructure, small_land
from .visits import Visit, rest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def linked_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("linked")
    context = build(
        root / "w", land=small_land(root), infrastructure=small_infrastructure(root), assessed={"fishing": False}
    )
    run(context)
    return context.out / "corridor.html"


@pytest.fixture
def visit(browser: Browser, linked_map: Path) -> Iterator[Visit]:
    visited = Visit(browser, linked_map, 1280, 800)
    yield visited
    assert visited.trouble == []
    visited.context.close()


def seen(page: Page) -> tuple[float, float]:
    return page.evaluate("[corridor.range.from_km, corridor.range.to_km]")


def at(page: Page, kp: float) -> tuple[float, float]:
    """Return where a kilometre post is on the screen, in the middle of the profile."""
    box = page.locator("#profile").bounding_box()
    assert box is not None
    share = page.evaluate("(kp) => corridor.chart.scale.x(kp) / corridor.chart.width", kp)
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, end[1])
    page.mouse.move(*end)
    page.mouse.up()


def kp_in_map(page: Page) -> list[float]:
    return page.evaluate(
        "(() => { const b = corridorLayers.map.getBounds(), c = corridor.stations.columns;"
        " return c.kp_km.filter((kp, i) => b.contains([c.lat[i], c.lon[i]])); })()"
    )


def test_lanes_show_each_threat_in_classes_and_hatch_what_was_not_assessed(visit: Visit) -> None:
    page = visit.page
    lanes = page.locator("#profile [data-lane]").evaluate_all(
        "all => all.map((lane) => [lane.getBBox().y, lane.dataset.lane])"
        ".sort(([a], [b]) => a - b).map(([, name]) => name)"
    )
    assert lanes == [
        "anchor_strike_per_km_yr", "fishing_strike_per_km_yr", "pga_475yr_g", "slope_class", "crossings", "cable_type",
        "confidence",
    ]  # fmt: skip
    anchors = page.locator("[data-lane=anchor_strike_per_km_yr] path[data-class]")
    assert anchors.count() > 2
    drawn = anchors.evaluate_all("all => all.map((path) => [+path.dataset.class, path.getBBox().height])")
    heights = dict(sorted(drawn))
    assert list(heights.values()) == sorted(heights.values())
    assert len(set(heights.values())) == len(heights)
    assert "Anchor strikes, surface-laid: " in (anchors.first.text_content() or "")
    for blank in ("fishing_strike_per_km_yr", "slope_class"):
        lane = page.locator(f"[data-lane={blank}]")
        assert lane.locator("path[data-class]").count() == 0
        hatched = lane.locator("path[data-part=not-assessed]")
        assert "not-assessed" in hatched.evaluate("(block) => getComputedStyle(block).fill")
        assert "not assessed" in (lane.text_content() or "")
    assert "synthetic" in (page.locator("[data-lane=anchor_strike_per_km_yr] .rests-on").text_content() or "")
    assert "modelled" in (page.locator("[data-lane=pga_475yr_g] .rests-on").text_content() or "")


def test_crossings_stand_at_their_place_and_are_read_out(visit: Visit) -> None:
    page = visit.page
    marks = page.locator("[data-part=crossing]")
    assert marks.count() == 2
    words = marks.first.text_content() or ""
    for part in ("North line", "gas-pipelines", "angle ", "straight leg of 16.8 km", "public"):
        assert part in words
    page.fill("#kp-wanted", str(page.evaluate("corridor.crossings[0].kp_from_km")))
    page.keyboard.press("Enter")
    assert "North line" in page.locator("#readout").inner_text()


def test_without_a_source_crossings_are_not_assessed(browser: Browser, small_map: Path) -> None:
    visit = Visit(browser, small_map, 1280, 800)
    lane = visit.page.locator("[data-lane=crossings]")
    assert "not-assessed" in lane.locator("rect").evaluate("(block) => getComputedStyle(block).fill")
    assert lane.text_content() == "not assessed"
    visit.context.close()


def test_a_drag_looks_closer_the_map_follows_and_escape_shows_all(visit: Visit) -> None:
    page = visit.page
    length = page.evaluate("corridor.length_km")
    zoom = page.evaluate("corridorLayers.map.getZoom()")
    drag(page, at(page, 10.0), at(page, 16.0))
    rest(page)
    assert seen(page) == pytest.approx([10.0, 16.0], abs=0.1)
    assert page.evaluate("corridorLayers.map.getZoom()") > zoom
    inside = kp_in_map(page)
    assert inside[0] <= 10.5
    assert inside[-1] >= 15.5
    assert len(inside) < page.evaluate("corridor.stations.columns.kp_km.length")
    assert "KP 10.0 to 16.0" in page.locator("#range-seen").inner_text()
    page.locator("#profile").focus()
    page.keyboard.press("Escape")
    rest(page)
    assert seen(page) == [0, length]
    assert page.evaluate("corridorLayers.map.getZoom()") == zoom


def test_the_profile_follows_the_map(visit: Visit) -> None:
    page = visit.page
    page.evaluate(
        "(() => { const c = corridor.stations.columns, i = corridor.nearest(20);"
        " corridorLayers.map.setView([c.lat[i], c.lon[i]], 13, { animate: false }); })()"
    )
    rest(page)
    inside = kp_in_map(page)
    from_km, to_km = seen(page)
    assert from_km == pytest.approx(inside[0], abs=0.6)
    assert to_km == pytest.approx(inside[-1], abs=0.6)
    assert to_km - from_km < 0.5 * page.evaluate("corridor.length_km")
    # A popup moves the map to have room; that is nobody's wish to look elsewhere.
    before = seen(page)
    page.locator("#profile").focus()
    page.keyboard.press("Enter")
    rest(page)
    assert page.locator(".leaflet-popup").is_visible()
    assert seen(page) == before


def test_wheel_buttons_and_keys_look_closer_around_the_place_they_are_at(visit: Visit) -> None:
    page = visit.page
    page.mouse.move(*at(page, 20.0))
    page.mouse.wheel(0, -300)
    rest(page)
    from_km, to_km = seen(page)
    length = page.evaluate("corridor.length_km")
    assert to_km - from_km < 0.8 * length
    assert (20.0 - from_km) / (to_km - from_km) == pytest.approx(20.0 / length, abs=0.02)
    scrolled = page.evaluate("window.scrollY")
    for _ in range(8):
        page.mouse.wheel(0, 400)
        rest(page)
        if page.evaluate("corridor.isWhole()"):
            break
    assert page.evaluate("window.scrollY") == scrolled
    assert seen(page) == [0, length]
    page.locator("#range-in").click()
    nearer = seen(page)
    assert nearer[1] - nearer[0] == pytest.approx(length / 1.5, rel=1e-6)
    page.locator("#range-on").click()
    assert seen(page)[0] > nearer[0]
    page.locator("#range-whole").click()
    assert seen(page) == [0, length]
    page.locator("#profile").focus()
    page.keyboard.press("Home")
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert seen(page)[0] == 0
    # The mark walks out of the view and takes it along.
    page.keyboard.press("End")
    rest(page)
    assert seen(page)[1] == length
    assert page.locator("[data-part=cursor]").get_attribute("visibility") == "visible"


def test_a_kilometre_post_is_typed_as_people_write_it(visit: Visit) -> None:
    page = visit.page
    for text in ("", "abc", "-3", "9999", "1e1", "12.5.1", "<b>1</b>"):
        page.fill("#kp-wanted", text)
        page.keyboard.press("Enter")
        assert "Give a kilometre post from 0 to" in page.locator("#kp-refused").inner_text()
        assert page.locator("#kp-wanted").get_attribute("aria-invalid") == "true"
        assert page.evaluate("corridor.station") == -1
    for text, kp in (("12.5", 12.5), ("7", 7.0), ("12,5", 12.5), ("KP 7", 7.0), ("12+500", 12.5), (" 0 ", 0.0)):
        page.fill("#kp-wanted", text)
        page.keyboard.press("Enter")
        assert float(page.locator("#profile").get_attribute("aria-valuenow") or -1) == kp
        assert page.locator("#readout").inner_text().startswith(f"KP {kp:.1f}")
        assert page.locator(".cursor-mark").is_visible()
        assert page.locator("#kp-refused").inner_text() == ""
        assert page.locator("#kp-wanted").get_attribute("aria-invalid") == "false"


def test_the_address_keeps_the_view_and_opens_it_again(browser: Browser, visit: Visit, linked_map: Path) -> None:
    page = visit.page
    assert page.evaluate("location.hash") == ""
    page.mouse.move(*at(page, 5.0))
    rest(page)
    assert page.evaluate("location.hash") == ""  # pointing is not choosing
    drag(page, at(page, 10.0), at(page, 16.0))
    rest(page)
    page.mouse.click(*at(page, 12.0))
    page.evaluate(
        "corridorLayers.map.addLayer(corridorLayers.soil); corridorLayers.map.removeLayer(corridorLayers.none);"
    )
    page.evaluate("corridor.address.changed()")
    rest(page)
    view = page.evaluate("location.hash")
    assert re.fullmatch(r"#range=(9\.9|10)[\d.]*-(15\.9|16)[\d.]*&kp=12(\.0)?&layer=(soil%2C-none|-none%2Csoil)", view)
    again = Visit(browser, linked_map, 1280, 800, fragment=view.removeprefix("#"))
    assert seen(again.page) == pytest.approx(seen(page), abs=1e-3)
    assert again.page.locator("#readout").inner_text().startswith("KP 12.0")
    assert again.page.locator(".leaflet-swath-pane img").count() == 1
    rest(again.page)
    assert again.page.evaluate("location.hash") == view
    assert again.trouble == []
    # Another address in the same window, and none.
    again.page.evaluate("location.hash = '#range=1-4&kp=2'")
    rest(again.page)
    assert seen(again.page) == [1, 4]
    assert again.page.locator(".leaflet-swath-pane img").count() == 0
    again.page.evaluate("location.hash = ''")
    rest(again.page)
    assert seen(again.page) == [0, again.page.evaluate("corridor.length_km")]
    again.context.close()


def test_a_link_inside_the_page_is_no_view_and_the_view_comes_back(visit: Visit) -> None:
    page = visit.page
    drag(page, at(page, 10.0), at(page, 16.0))
    rest(page)
    before = seen(page)
    page.locator("nav a[href='#zones']").click()
    expect(page.locator("#zones-title")).to_be_in_viewport()
    rest(page)
    assert seen(page) == before
    assert "range=" in page.evaluate("location.hash")


NONSENSE = (
    "#kp=<img src=x onerror=window.pwned=1>", "#range=5", "#range=9-3", "#range=1e9-2e9", "#range=a-b", "#kp=99999",
    "#layer=toString,__proto__,-map,<b>", "#=&&&%ff%", "#range=0-99999", "#kp=%E0%A4%A",
)  # fmt: skip


def test_an_address_that_makes_no_sense_leaves_the_page_as_it_is(browser: Browser, linked_map: Path) -> None:
    visit = Visit(browser, linked_map, 1000, 700, fragment=NONSENSE[0].removeprefix("#"))
    page = visit.page
    for view in (*NONSENSE[1:], NONSENSE[0]):
        page.evaluate("(view) => { location.hash = view; }", view)
        rest(page)
        assert seen(page) == [0, page.evaluate("corridor.length_km")]
        assert page.evaluate("corridor.station") == -1
        assert page.locator("path.zone").count() == 6
        assert page.evaluate("location.hash") == ""  # and what meant nothing does not stay there
    assert visit.nothing_ran()
    assert visit.trouble == []
    visit.context.close()


def test_two_fingers_look_closer_and_one_finger_moves_the_mark(browser: Browser, linked_map: Path) -> None:
    visit = Visit(browser, linked_map, 360, 740, has_touch=True, is_mobile=True)
    page = visit.page
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("#profile").scroll_into_view_if_needed()
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        places: list[dict[str, Any]] = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    box = page.locator("#profile").bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    touch("touchStart", (150, y))
    touch("touchMove", (230, y))
    touch("touchEnd")
    assert page.locator("#readout").inner_text().startswith("KP ")
    whole = seen(page)
    touch("touchStart", (150, y), (210, y))
    for step in range(1, 6):
        touch("touchMove", (150 - 12 * step, y), (210 + 12 * step, y))
    touch("touchEnd")
    rest(page)
    nearer = seen(page)
    assert nearer[1] - nearer[0] == pytest.approx((whole[1] - whole[0]) * 60 / 180, rel=0.1)
    for button in page.locator(".profile-tools button").all():
        size = button.bounding_box()
        assert size is not None
        assert size["height"] >= 36
    assert visit.trouble == []
    visit.context.close()


def test_paper_has_the_whole_route_and_the_closer_view_comes_back(visit: Visit) -> None:
    page = visit.page
    drag(page, at(page, 10.0), at(page, 16.0))
    rest(page)
    before = seen(page)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert seen(page) == [0, page.evaluate("corridor.length_km")]
    drawn = page.evaluate("corridor.chart.scale.range.to_km")
    assert drawn == page.evaluate("corridor.length_km")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    rest(page)
    assert seen(page) == before
