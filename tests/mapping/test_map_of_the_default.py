"""The map of the default corridor, built by the real commands, as a browser without a network draws it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from .visits import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def default_map(default_workspace: Path) -> Path:
    """The map where a reader finds it: behind the link in ``maps/``."""
    return default_workspace / "maps" / "corridor.html"


@pytest.fixture(scope="module")
def manifest(default_workspace: Path) -> dict[str, Any]:
    path = default_workspace / "data" / "processed" / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@pytest.fixture
def visit(browser: Browser, default_map: Path) -> Iterator[Visit]:
    visited = Visit(browser, default_map, 1280, 800)
    yield visited
    visited.context.close()


def test_it_is_light(default_map: Path) -> None:
    assert default_map.stat().st_size < 5_000_000


def test_it_draws_without_a_request(visit: Visit, default_map: Path, manifest: dict[str, Any]) -> None:
    page = visit.page
    assert page.locator("path.zone").count() == page.locator("button.show").count() > 20
    assert page.locator(".leaflet-depth-pane img").evaluate("e => e.complete && e.naturalWidth") > 500
    assert page.locator(".leaflet-land-pane path").count() > 1
    assert page.locator("#profile path[data-part=band]").get_attribute("d")
    assert page.evaluate("corridor.length_km") == pytest.approx(manifest["totals"]["route_length_km"], abs=0.01)
    assert visit.outside(default_map) == []
    assert visit.trouble == []


def test_depths_fill_the_first_view(visit: Visit) -> None:
    inside = visit.page.evaluate(
        "(() => { const view = corridorLayers.map.getBounds(), seen = corridorLayers.depth.getBounds();"
        " return seen.getSouth() < view.getSouth() && seen.getNorth() > view.getNorth(); })()"
    )
    assert inside is True


def test_the_banner_names_every_synthetic_layer(visit: Visit) -> None:
    banner = visit.page.locator("#banner").inner_text()
    synthetic = re.search(r"Synthetic: (.*?)\.", banner)
    assert synthetic
    for words in ("survey swath", "seabed soil", "ship tracks", "fishing strikes"):
        assert words in synthetic[1]
    assert "All burial depths rest on synthetic data" in banner


def test_it_names_the_release(visit: Visit, manifest: dict[str, Any]) -> None:
    build = re.search(r"build ([0-9a-f]{8})", visit.page.locator(".asof").inner_text())
    assert build
    assert manifest["release"].endswith(build[1])


def test_hover_moves_the_mark(visit: Visit) -> None:
    page = visit.page
    box = page.locator("#profile").bounding_box()
    assert box is not None
    places = []
    for share in (0.25, 0.75):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        mark = page.locator(".cursor-mark").bounding_box()
        assert mark is not None
        places.append(mark["y"])
    assert places[0] > places[1] + 50  # the route runs northward
    assert "target" in page.locator("#readout").inner_text()


AS_BUILT = """async ({ exact, drawn }) => {
    const data = await corridor.unpack("whatif-data");
    const { columns, zones, totals } = corridor.decider(data)(data.meta.default);
    const alike = (own, now, apart) =>
        own === null || typeof own === "string" ? own === now : now !== null && Math.abs(own - now) <= apart;
    const differ = (name, apart) =>
        columns[name].filter((now, i) => !alike(corridor.value(name, i), now, apart)).length;
    const lines = (list) => list.map((zone) => [zone.kp_from_km.toFixed(3), zone.kp_to_km.toFixed(3), zone.colour]);
    return {
        differ: [...exact.map((name) => differ(name, 1e-9)), ...drawn.map((name) => differ(name, 0.0055))],
        zones: lines(zones), own: lines(corridor.zones), totals,
    };
}"""


def test_the_what_if_at_the_builds_own_settings_is_the_build(visit: Visit, manifest: dict[str, Any]) -> None:
    exact = ["target_dol_m", "achievable_dol_m", "deficit_m", "governing", "cable_type"]
    drawn = [f"required_dol_p{percentile}_m" for percentile in (10, 50, 90)]  # the page has the build's to a centimetre
    found = visit.page.evaluate(AS_BUILT, {"exact": exact, "drawn": drawn})
    assert found["differ"] == [0] * 8
    assert found["zones"] == found["own"]
    for key in ("surface_laid", "at_target", "as_trenchable"):
        name = f"strike_per_yr_{key}"
        assert found["totals"][name] == pytest.approx(manifest["totals"][name], rel=0.005)


# Kilometres of the zones' lines, and of the route through its stations, as the crow flies from point to point.
KM_DRAWN = """(() => {
    const { lat, lon } = corridor.stations.columns;
    const { map } = corridorLayers;
    const km = (points) => points.slice(1).reduce((sum, point, i) => sum + map.distance(points[i], point), 0);
    const pieces = corridorLayers.zones.getLayers().flatMap((line) => line.getLatLngs());
    return [pieces.map(km).reduce((sum, part) => sum + part) / 1000, km(lat.map((value, i) => [value, lon[i]])) / 1000];
})()"""


def test_zones_of_a_what_if_follow_the_route(visit: Visit, default_map: Path) -> None:
    visit.page.goto(f"{default_map.as_uri()}?again#whatif=years:500")
    visit.page.wait_for_selector("html.left-default", state="attached")
    drawn, route = visit.page.evaluate(KM_DRAWN)
    assert drawn == pytest.approx(route, rel=1e-4)  # chords are some percent shorter
    assert visit.trouble == []


def test_a_copy_elsewhere_is_the_same_map(browser: Browser, default_map: Path, tmp_path: Path) -> None:
    copy = tmp_path / "a copy, sent by mail.html"
    shutil.copyfile(default_map, copy)
    visit = Visit(browser, copy, 360, 740)
    assert visit.page.locator("path.zone").count() > 20
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 360
    assert visit.outside(copy) == []
    assert visit.trouble == []
    visit.context.close()
