"""The map of the changes: one page that opens without a network, tells everything twice, and runs no text."""

import re

import numpy as np
import pytest
import rasterio
from playwright.sync_api import expect
from rasterio.transform import from_bounds

from pipeline.errors import DataError
from pipeline.mapping.assets import remote_links
from pipeline.releases.changes import compare, map_page
from tests.mapping.visits import HOSTILE, Visit

from .made import Pair, stations_along


def sea(release):
    """Write water depths round the straight route, with land in the west."""
    path = release.folder / "data/processed/water_depth.tif"
    values = np.full((60, 30), 40.0, dtype="float32")
    values[:, :5] = -10.0
    profile = {"driver": "GTiff", "width": 30, "height": 60, "count": 1, "dtype": "float32", "nodata": -9999.0}
    bounds = from_bounds(50.8, 41.9, 51.2, 42.6, 30, 60)
    with rasterio.open(path, "w", crs="EPSG:4326", transform=bounds, **profile) as target:
        target.write(values, 1)
    return path


@pytest.fixture
def pair(tmp_path):
    pair = Pair(tmp_path)
    pair.file("ais", "data/raw/ais_2.csv").at(
        10.0, 14.0, target_dol_m=1.5, anchor_strike_per_km_yr=4e-5, required_dol_p90_m=1.3
    )
    pair.at(10.0, 14.0, passages_per_km_yr=40.0).at(30.0, 31.0, target_dol_m=0.6).at(40.0, 41.0, slope_deg=2.0)
    return pair


def page(pair, **told):
    old, new = pair.releases()
    sea(new)
    return map_page(compare(old, new), new, old, **told)


def links(html):
    return {href for href in re.findall(r'<a [^>]*href="([^"#]+)"', html) if "leaflet" not in href}


def test_the_page_is_self_contained_and_the_same_every_time(pair):
    html = page(pair)
    assert remote_links(html) == []
    assert html == page(pair)
    assert "default-src 'none'" in html
    assert len(html) < 1_000_000


def test_it_tells_ranges_causes_releases_and_what_it_is_not_for(pair):
    text = re.sub(r"<[^>]+>", " ", page(pair)).replace("\N{NO-BREAK SPACE}", " ")
    text = " ".join(text.replace("&nbsp;", " ").split())
    for words in (
        "Not for construction or navigation.", "9.95 to 14.05", "target depth 1.0 m becomes 1.5 m",
        "data/raw/ais_2.csv changed", "Cause not found among the recorded inputs", "release new", "release old",
        "2026-01-02 03:04 UTC", "Deeper target 4.1 km", "Shallower target 1.1 km", "Synthetic: anchor strikes",
    ):  # fmt: skip
        assert words in text, words


def test_it_links_only_what_lies_beside_it(pair):
    assert links(page(pair)) == {"changes.csv"}
    assert links(page(pair, published=True)) == {"index.html", "corridor.html", "../data/processed/changes.csv"}


def test_the_answer_and_the_order_of_the_ranges_are_said(pair):
    html = page(pair)
    said = re.search(r'<p class="answer">(.*?)</p>', html)
    assert said
    text = re.sub(r"<[^>]+>", "", said[1]).replace("\N{NO-BREAK SPACE}", " ")
    assert text.startswith("Deeper target along 4.1 km; shallower target along 1.1 km;")
    assert "longest first" in html


def test_without_differences_it_says_so(tmp_path):
    html = page(Pair(tmp_path))
    assert "No station differs by more than the tolerances." in html
    assert "No recorded input changed." in html


def test_a_damaged_depth_raster_is_refused_and_an_absent_one_is_no_harm(pair):
    old, new = pair.releases()
    assert "What changed" in map_page(compare(old, new), new, old)
    sea(new).write_bytes(b"II*\0 not a raster")
    with pytest.raises(DataError, match="water depth of release new cannot be read"):
        map_page(compare(old, new), new, old)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(1400, 900), (360, 740)])
def test_it_opens_without_a_network_and_its_parts_work_together(pair, tmp_path, browser, width, height):
    path = tmp_path / "changes.html"
    path.write_text(page(pair, published=True), encoding="utf-8")
    visit = Visit(browser, path, width, height, reduced_motion="reduce")  # a page that still scrolls cannot be aimed at
    tab = visit.page
    assert (visit.trouble, visit.outside(path)) == ([], [])
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.locator("path.range").count() == 3
    stroke = {tab.locator("path.range").nth(i).get_attribute("stroke-width") for i in range(3)}
    assert len(stroke) == 3  # width tells the kinds apart without colour
    stamp, frame = tab.locator("#stamp p"), tab.locator(".leaflet-container").bounding_box()
    assert "SYNTHETIC DATA" in stamp.inner_text().upper()
    box = stamp.bounding_box()
    assert frame["x"] <= box["x"] <= box["x"] + box["width"] <= frame["x"] + frame["width"]
    assert frame["y"] <= box["y"] <= box["y"] + box["height"] <= frame["y"] + frame["height"]
    tab.locator("button.show").first.click()
    popup = tab.locator(".leaflet-popup")
    assert "KP 9.95 to 14.05: deeper target" in popup.inner_text()
    assert "data/raw/ais_2.csv changed" in popup.inner_text()
    tab.locator(".bands rect.shallower").click(force=True)
    expect(tab.locator(".leaflet-popup")).to_have_count(1)
    assert "KP 29.95 to 31.05: shallower target" in popup.inner_text()
    assert visit.trouble == []
    visit.context.close()


@pytest.mark.browser
def test_a_given_up_piece_of_the_old_route_is_drawn_and_said(tmp_path, browser):
    pair = Pair(tmp_path, stations_along([(0, 0), (0, 50)]))
    pair.new = stations_along([(0, 0), (0, 20), (2, 22), (2, 26), (0, 28), (0, 50)])
    path = tmp_path / "changes.html"
    path.write_text(page(pair.file("route", "data/raw/rpl.csv")), encoding="utf-8")
    visit = Visit(browser, path, 1400, 900)
    old = visit.page.locator("path.old-route")
    assert old.count() == 1
    assert old.get_attribute("stroke-dasharray")
    assert "by place, not by KP" in visit.page.locator(".route-note").inner_text()
    assert visit.trouble == []
    visit.context.close()


@pytest.mark.browser
def test_no_text_from_data_becomes_script(pair, tmp_path, browser):
    pair.manifest["corridor"] = HOSTILE
    pair.manifest["layers"]["map"] = {"landings": [HOSTILE, HOSTILE], "data_as_of": HOSTILE}
    for name in HOSTILE.split("|"):
        pair.file("ais", f"data/raw/{name}", "new")
    pair.new_parts["burial"]["parameters"]["acceptance"]["percentile"] = HOSTILE
    pair.at(20.0, 21.0, target_dol_m=2.0, soil_class=HOSTILE, passages_per_km_yr=1.0)
    path = tmp_path / "changes.html"
    path.write_text(page(pair), encoding="utf-8")
    visit = Visit(browser, path, 1400, 900)
    for button in visit.page.locator("button.show").all():
        button.click()
    assert visit.nothing_ran()
    assert (visit.trouble, visit.outside(path)) == ([], [])
    shown = visit.page.locator("body").inner_text()
    assert "{{7*7}}" in shown
    assert "<img src=x" in shown
    visit.context.close()
