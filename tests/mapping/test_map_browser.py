"""The map as a browser draws it: from a file, with the network off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.mapping.step import run

from .builder import build, small_land
from .visits import ENDLESS, HOSTILE, Visit, rest

pytestmark = pytest.mark.browser


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
    assert page.locator(".leaflet-land-pane path").count() > 1
    assert page.locator(".leaflet-depth-pane img").evaluate("e => e.naturalWidth") > 100
    assert page.locator("#profile svg path[data-part=target]").get_attribute("d")
    assert page.locator("#profile svg path[data-part=band]").get_attribute("d")
    labels = page.locator(".place-label").all_inner_texts()
    length = page.evaluate("corridor.length_km").__format__(".1f")
    assert {"Sumqayit\nKP 0", f"Aktau\nKP {length}"} <= set(labels)
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
    legend = visit.page.locator("#legend")
    for words in ("Target depth of lowering", "Water depth below", "Provenance: synthetic"):
        assert words in legend.inner_text()
    assert "475 years (g)" not in legend.inner_text()
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
    wanted = page.evaluate("[0.2, 0.8].map((share) => corridor.chart.scale.kp(share * corridor.chart.width))")
    assert kps == pytest.approx(wanted, abs=0.3)
    assert wanted[1] - wanted[0] == pytest.approx(0.65 * page.evaluate("corridor.length_km"), rel=0.1)
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
    toggle = page.locator(".leaflet-control-layers-toggle")
    assert toggle.is_visible()  # folded, so that it does not cover a map of this size
    toggle.focus()
    page.keyboard.press("Enter")
    page.locator(".leaflet-control-layers-base").hover()
    names = page.locator(".leaflet-control-layers-base label").all_inner_texts()
    told = [" ".join(name.split()) for name in names]
    assert told[:2] == ["Swath: none", "Swath: target depth by cell synthetic"]
    assert {"Swath: seabed soil synthetic", "Swath: earthquake shaking modelled", "Swath: fishing strikes"} <= set(told)
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


def test_landing_names_stand_whole_inside_the_map(browser: Browser, plain_map: Path) -> None:
    for width, height in ((360, 740), (1280, 800), (1920, 1080)):
        visit = Visit(browser, plain_map, width, height)
        frame = visit.page.locator(".leaflet-container").bounding_box()
        assert frame is not None
        labels = [label.bounding_box() for label in visit.page.locator(".place-label.landing").all()]
        assert len(labels) == 2
        for box in labels:
            assert box is not None
            assert box["x"] >= frame["x"]
            assert box["x"] + box["width"] <= frame["x"] + frame["width"]
            assert box["y"] >= frame["y"]
            assert box["y"] + box["height"] <= frame["y"] + frame["height"]
        visit.context.close()


def test_marks_lie_over_the_route(visit: Visit) -> None:
    visit.page.evaluate("corridorLayers.map.setZoom(11, { animate: false })")
    dots = visit.page.evaluate("corridorLayers.stations.getLayers().length")
    assert dots == int(visit.page.evaluate("corridor.length_km")) + 1
    for name in ("posts", "stations", "landings"):
        panes = f"Object.values(corridorLayers.{name}._layers).map((layer) => layer.options.pane)"
        assert set(visit.page.evaluate(panes)) == {"marks"}


def test_every_stretch_out_of_reach_can_be_seen_in_the_profile(visit: Visit) -> None:
    short = "corridor.stations.columns.deficit_m.map((d) => (d > 0 ? 1 : 0)).join('').match(/1+/g).length"
    blocks = visit.page.locator("#profile rect[data-part=short]")
    assert blocks.count() == visit.page.evaluate(short) >= 1
    assert all(float(block.get_attribute("width") or 0) >= 2 for block in blocks.all())
    assert visit.page.locator("#profile path[data-part=target-area]").count() >= 3


def test_hostile_text_is_shown_as_text_and_the_map_still_draws(browser: Browser, hostile_map: Path) -> None:
    visit = Visit(browser, hostile_map, 1280, 800)
    page = visit.page
    assert page.locator("path.zone").count() == 6
    page.locator("button.show").nth(1).click()
    popup = page.locator(".leaflet-popup").inner_text()
    for words in HOSTILE.split("|"):
        assert words in popup
        assert words in page.locator("h1").text_content()
        assert words in page.locator("#sources").text_content()
    landing = page.locator(".place-label.landing span").first.inner_text()
    assert landing.startswith(HOSTILE[:20])
    page.locator("#profile").focus()
    page.keyboard.press("ArrowRight")
    assert visit.nothing_ran()
    assert visit.trouble == []
    assert visit.outside(hostile_map) == []
    visit.context.close()


@pytest.mark.parametrize("size", [(360, 740), (1280, 800)])
def test_endless_names_leave_the_page_its_shape(browser: Browser, tmp_path: Path, size: tuple[int, int]) -> None:
    context = build(tmp_path / "w", land=small_land(tmp_path), hostile=ENDLESS)
    run(context)
    visit = Visit(browser, context.out / "corridor.html", *size)
    page = visit.page
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.locator("h1").bounding_box()["height"] < 100  # type: ignore[index]
    box = page.locator(".leaflet-container").bounding_box()
    assert box is not None
    assert box["y"] < 0.7 * size[1]
    assert box["height"] > 200
    page.locator("#profile").focus()
    page.keyboard.press("Enter")
    assert page.locator(".leaflet-popup").bounding_box()["height"] < size[1]  # type: ignore[index]
    assert visit.nothing_ran()
    assert visit.trouble == []
    visit.context.close()


def test_old_data_are_said_to_be_old(browser: Browser, tmp_path: Path) -> None:
    context = build(tmp_path / "old", map_section={"data_as_of": "2001-01-01"})
    run(context)
    visit = Visit(browser, context.out / "corridor.html", 1000, 700)
    assert re.search(r"These data are [\d,]+ days old", visit.page.locator("#old").inner_text())
    visit.context.close()
    context = build(tmp_path / "patient", map_section={"data_as_of": "2001-01-01", "stale_after_days": 100_000})
    run(context)
    visit = Visit(browser, context.out / "corridor.html", 1000, 700)
    assert not visit.page.locator("#old").is_visible()
    visit.context.close()


def test_paper_shows_the_whole_route_and_the_screen_comes_back(visit: Visit) -> None:
    page = visit.page
    page.evaluate("corridorLayers.map.setZoom(12, { animate: false })")
    inside = (
        "corridorLayers.map.getBounds().contains([corridor.stations.columns.lat[0], corridor.stations.columns.lon[0]])"
    )
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate(inside) is True
    assert page.locator("#legend").get_attribute("open") is not None
    assert page.locator(".leaflet-control-zoom").is_visible() is False
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("corridorLayers.map.getZoom()") == 12


def test_a_table_of_sources_on_a_phone_is_a_card_a_row(browser: Browser, plain_map: Path) -> None:
    visit = Visit(browser, plain_map, 360, 740)
    cells = [cell.bounding_box() for cell in visit.page.locator(".provenance td").all()]
    assert cells
    assert all(box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in cells)
    visit.context.close()


@pytest.mark.parametrize(("width", "height"), [(48, 740), (360, 60), (1, 1)])
def test_a_window_too_small_for_a_map_breaks_nothing(
    browser: Browser, plain_map: Path, width: int, height: int
) -> None:
    visited = Visit(browser, plain_map, 360, 740)
    visited.page.evaluate(
        "size => Object.assign(document.querySelector('section.map').style, size)",
        {"width": f"{width}px", "height": f"{height}px", "minHeight": "0"},
    )
    visited.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    visited.page.evaluate("corridor.look(0, 5, 'typed')")
    visited.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert visited.page.evaluate("Number.isFinite(corridorLayers.map.getZoom())")
    assert visited.trouble == []
    visited.context.close()


def test_a_warning_that_holds_for_a_what_if_too_stays_with_it(browser: Browser, tmp_path: Path) -> None:
    context = build(tmp_path / "w")
    path = context.inputs["burial"] / "totals.json"
    bound = {"expected_per_yr": 1.0, "inside": False, "text": "outside the band"}
    told = json.loads(path.read_text()) | {
        "global_bound": bound,
        "warnings": ["anchors are not assessed", bound["text"]],
    }
    path.write_text(json.dumps(told))
    run(context)
    visited = Visit(browser, context.out / "corridor.html", 1280, 800)
    seen = visited.page.locator(".warning:visible")
    assert {"Check: anchors are not assessed", "Check: outside the band"} == set(seen.all_inner_texts())
    visited.page.evaluate("document.documentElement.classList.add('left-default')")
    assert seen.all_inner_texts() == ["Check: anchors are not assessed"]
    visited.context.close()


def test_a_phone_that_is_turned_keeps_the_route_in_view(browser: Browser, plain_map: Path) -> None:
    visited = Visit(browser, plain_map, 360, 740)
    for width, height in ((740, 360), (360, 740), (1920, 1080), (360, 740)):
        visited.page.set_viewport_size({"width": width, "height": height})
        rest(visited.page)  # an animation would move it late
        whole = (
            "corridor.stations.columns.lat.every((lat, i) => view.contains([lat, corridor.stations.columns.lon[i]]))"
        )
        assert visited.page.evaluate(f"(() => {{ const view = corridorLayers.map.getBounds(); return {whole}; }})()")
        assert visited.page.evaluate("corridor.isWhole()")
    assert visited.trouble == []
    visited.context.close()
