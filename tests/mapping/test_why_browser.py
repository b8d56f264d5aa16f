"""Why here, layers, comparison and honesty as a browser shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser
from pyproj import Transformer

from pipeline.config.corridor import SourceSection
from pipeline.geo import Frame
from pipeline.mapping.packed import pack
from pipeline.mapping.step import run
from pipeline.store import StepContext
from pipeline.workspace import SourceFiles

from .builder import build, small_land
from .test_access import findings
from .test_packed import ARRAYS, BASES
from .visits import HOSTILE, Visit, rest

pytestmark = pytest.mark.browser

FAULT = [[50.02, 41.0], [50.2, 41.2]]
FENCE = [[50.1, 41.02], [50.2, 41.02], [50.2, 41.1], [50.1, 41.1], [50.1, 41.02]]


def given(folder: Path, role: str, geometry: dict[str, Any], properties: dict[str, Any]) -> SourceFiles:
    path = folder / f"{role}.geojson"
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    return SourceFiles(f"my_{role}", SourceSection(role=role, files=path.name, provenance="survey"), (path,))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> StepContext:
    root = tmp_path_factory.mktemp("why")
    made = build(root / "w", land=small_land(root), assessed={"fishing": False})
    sources = (
        *made.sources,
        given(root, "faults", {"type": "LineString", "coordinates": FAULT}, {"name": HOSTILE, "slip_type": "reverse"}),
        given(root, "constraints", {"type": "Polygon", "coordinates": [FENCE]}, {"kind": "reserve"}),
    )
    object.__setattr__(made, "sources", sources)
    run(made)
    return made


@pytest.fixture
def visit(browser: Browser, context: StepContext) -> Iterator[Visit]:
    visited = Visit(browser, context.out / "corridor.html", 1280, 800)
    yield visited
    assert visited.trouble == []
    visited.context.close()


def words(text: str) -> str:
    return " ".join(text.split())


def test_arrays_that_python_packed_are_the_arrays_of_the_script(visit: Visit) -> None:
    page = visit.page
    page.evaluate(
        "(text) => { const e = document.createElement('script'); e.type = 'text/plain'; e.id = 'x';"
        " e.textContent = text; document.body.append(e); }",
        pack({"a": [1, None]}, ARRAYS, BASES),
    )
    found = page.evaluate(
        "corridor.unpack('x').then(({meta, arrays}) => [meta, Object.entries(arrays).map(([name, values]) =>"
        " [name, values.constructor.name, Array.from(values, (v) => Number.isNaN(v) ? null : v)])])"
    )
    assert found[0] == {"a": [1, None]}
    for (name, kind, values), (wanted, array) in zip(found[1], ARRAYS.items(), strict=True):
        assert name == wanted
        assert kind.lower() == f"{array.dtype.name}array"
        assert values == [None if np.isnan(v) else v for v in array.reshape(-1).tolist()]
    missing = page.evaluate("corridor.unpack('nowhere').catch((error) => error.message)")
    assert missing == "This page does not hold these data."


def test_a_station_tells_its_chain_from_ships_to_the_order(visit: Visit) -> None:
    page = visit.page
    page.evaluate("corridor.tell('station', {index: corridor.nearest(22), how: 'open'})")
    page.wait_for_selector("#why .chain[data-ready=yes]")
    chain = words(page.locator("#why").inner_text())
    target = page.evaluate("corridor.stations.columns.target_dol_m[corridor.nearest(22)]")
    assert f"Why {target:.1f} m at KP 22.0?" in chain
    # Three classes with six, three and one tenth of the strikes; those of 1,500 kg and more exceed the limit together.
    rows = [words(row) for row in page.locator("#why .classes tbody tr").all_inner_texts()]
    assert [row.split()[:3] for row in rows] == [
        ["0-500", "30", "500"], ["2000-3000", "12", "1,500"], ["10000-13000", "4", "3,060"],
    ]  # fmt: skip
    assert re.search(r"anchors strike at a rate of 1\.\d+ × 10⁻⁵ per km and year; tolerated is 2\.6 × 10⁻⁶", chain)
    assert "An anchor of 1,500 kg decides" in chain
    assert "Its flukes are 0.90 m long and reach 0.81 m into this soil (0.90 of their length)" in chain
    assert "Fishing is not assessed: there are no data of it, which does not mean that nobody fishes" in chain
    assert "governed by ship anchors" in chain
    assert re.search(
        r"P90 asks for [0-9.]+ m; 0\.10 m for what the work may miss and 0\.00 m for a bed that moves", chain
    )
    assert "rests on synthetic data" in chain
    assert "From: survey swath, soil" in chain
    for step in page.locator("#why .chain > li").all():
        assert step.locator("h4 .tag").count() == 1


def test_the_chain_follows_the_language(visit: Visit) -> None:
    page = visit.page
    page.evaluate("corridor.tell('station', {index: 10, how: 'open'})")
    page.wait_for_selector("#why .chain[data-ready=yes]")
    page.evaluate("corridor.languages.ru.messages['Seabed'] = 'Дно'; corridor.switchTo('ru')")
    assert page.locator("#why .chain h4").first.inner_text().startswith("Дно")


def test_a_click_beside_the_route_tells_the_cell(visit: Visit, context: StepContext) -> None:
    page = visit.page
    cells = Frame.load(context.inputs["route"]).cells
    cell = cells.iloc[int((np.abs(cells["offset_m"] - 3000.0) + 1000 * np.abs(cells["kp_km"] - 15.0)).argmin())]
    lon, lat = Transformer.from_crs("EPSG:32639", "EPSG:4326", always_xy=True).transform(cell["x_m"], cell["y_m"])
    page.evaluate("([lat, lng]) => corridorLayers.map.fire('click', {latlng: L.latLng(lat, lng)})", [lat, lon])
    page.wait_for_selector(".pop.cell")
    text = words(page.locator(".pop.cell").inner_text())
    depth = 4.0 + 300.0 * min(cell["kp_km"], 29.6 - cell["kp_km"]) / 29.6
    shown = float(re.search(r"Water depth ([0-9.]+) m", text)[1])  # type: ignore[index]
    assert shown == pytest.approx(depth, abs=0.3)
    assert re.search(r"Fishing strikes, surface-laid not assessed", text)
    assert re.search(r"Anchor strikes, surface-laid [0-9.]+ × 10⁻⁵ per km and year synthetic", text)
    page.locator(".pop.cell button.show").click()
    assert page.locator("#why").is_visible()


def test_no_click_beyond_the_swath_opens_anything(visit: Visit) -> None:
    visit.page.evaluate("corridorLayers.map.fire('click', {latlng: L.latLng(40.8, 50.6)})")
    visit.page.evaluate("corridor.unpack('cells-data').then(() => null)")
    rest(visit.page)
    assert visit.page.locator(".leaflet-popup").count() == 0


def test_two_layers_are_compared_at_a_divide_that_keys_move(visit: Visit) -> None:
    page = visit.page
    page.locator(".compare-button").click()
    page.locator("#compare-left").select_option("shipping")
    page.locator("#compare-right").select_option("fishing")
    page.wait_for_selector(".leaflet-compare-right-pane img[data-shows=fishing]")
    left = page.locator(".leaflet-compare-left-pane")
    assert left.locator("img").get_attribute("data-shows") == "shipping"
    before = page.evaluate("document.querySelector('.leaflet-compare-left-pane').style.clipPath")
    page.locator("#compare-split").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.querySelector('.leaflet-compare-left-pane').style.clipPath") != before
    edges = []
    for side in ("left", "right"):
        shape = page.evaluate(f"document.querySelector('.leaflet-compare-{side}-pane').style.clipPath")
        edges.append([float(x) for x in re.findall(r"(-?[0-9.]+)px -?[0-9.]+px", shape)])
    assert max(edges[0]) == pytest.approx(min(edges[1]))
    assert page.locator("#compare-key-right .hatched").count() == 1
    assert "(per km and year)" in page.locator("#compare-key-left").inner_text()
    rest(page)
    assert "compare=shipping%2Cfishing%2C60" in page.url
    page.keyboard.press("Escape")
    assert page.locator(".leaflet-compare-left-pane img").count() == 0
    assert page.locator("#compare").is_hidden()


def test_a_lower_sea_falls_dry_where_the_depths_say(browser: Browser, small_map: Path) -> None:
    visit = Visit(browser, small_map, 1280, 800, fragment="compare=sea0,sea-14,50")
    page = visit.page
    page.wait_for_selector(".leaflet-compare-right-pane img")
    dry = """async ([change, lat, lng]) => {
        const {url, bounds} = await corridor.sea.draw(change);
        const image = new Image(); image.src = url; await image.decode();
        const canvas = document.createElement('canvas'); [canvas.width, canvas.height] = [image.width, image.height];
        const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);
        const at = (p) => L.CRS.EPSG3857.project(L.latLng(p));
        const [low, high, here] = [at(bounds[0]), at(bounds[1]), at([lat, lng])];
        const x = Math.floor((here.x - low.x) / (high.x - low.x) * image.width);
        const y = Math.floor((high.y - here.y) / (high.y - low.y) * image.height);
        const [r, g, b, a] = context.getImageData(x, y, 1, 1).data;
        return [a > 0, r > b + 30];
    }"""
    # The bed is a bowl of 300 m with its shore at the edge of the depths: shallow there, deep in the middle.
    (south, west), (north, east) = page.evaluate("corridor.unpack('sea-data').then((found) => found.meta.bounds)")
    middle, shallow = [(south + north) / 2, (west + east) / 2], [(south + north) / 2, west + 0.016 * (east - west)]
    assert page.evaluate(dry, [0, *middle]) == [True, False]
    assert page.evaluate(dry, [-14, *middle]) == [True, False]
    assert page.evaluate(dry, [0, *shallow]) == [True, False]
    assert page.evaluate(dry, [-14, *shallow]) == [True, True]
    assert visit.trouble == []
    visit.context.close()


def test_features_of_sources_speak_as_text_and_absent_kinds_are_said(visit: Visit) -> None:
    page = visit.page
    page.evaluate("corridorLayers.faults.addTo(corridorLayers.map)")
    page.evaluate("corridorLayers.faults.getLayers()[0].openPopup()")
    popup = page.locator(".leaflet-popup").inner_text()
    for piece in HOSTILE.split("|"):
        assert piece in popup
    assert "reverse" in popup
    assert "survey" in popup
    assert visit.nothing_ran()
    legend = page.locator("#legend").text_content()
    assert "Active faults" in legend
    assert "No source tells of these" in legend
    for missing in ("Mud volcanoes", "Cables and pipelines", "Anchorages"):
        assert missing in legend


_BOXES = """() => ['#stamp p', '.leaflet-container'].map(
    one => document.querySelector(one).getBoundingClientRect().toJSON())"""
"""Both of one moment: on paper, and on a phone, the frame changes its height."""


def test_synthetic_stands_on_the_map_in_every_view_and_on_paper(browser: Browser, context: StepContext) -> None:
    for width, height in ((360, 740), (1280, 800)):
        visit = Visit(browser, context.out / "corridor.html", width, height)
        page = visit.page
        for media in ("screen", "print"):
            page.emulate_media(media=media)
            rest(page)
            assert "SYNTHETIC DATA" in page.locator("#stamp p").inner_text().upper()
            box, frame = page.evaluate(_BOXES)
            assert frame["left"] <= box["left"]
            assert box["right"] <= frame["right"]
            assert frame["top"] <= box["top"]
            assert box["bottom"] <= frame["bottom"]
            assert page.locator("#watermark b").first.is_visible()
        page.emulate_media(media="screen")
        page.evaluate("corridorLayers.map.setView([41.05, 50.1], 12, {animate: false})")
        moved = page.locator("#stamp p").bounding_box()
        assert moved is not None
        frame = page.locator(".leaflet-container").bounding_box()
        assert frame is not None
        assert frame["y"] <= moved["y"] <= frame["y"] + frame["height"]
        visit.context.close()


def test_every_layer_of_the_control_names_its_provenance(visit: Visit) -> None:
    names = visit.page.locator(".leaflet-control-layers-base label").all_text_contents()
    told = {words(name) for name in names}
    assert "Swath: anchor strikes synthetic" in told
    assert "Swath: earthquake shaking modelled" in told
    assert "Swath: fishing strikes" in told


@pytest.mark.parametrize("view", [(1280, 800, "light"), (360, 740, "dark")], ids=str)
def test_axe_finds_nothing_serious_in_chain_and_comparison(
    browser: Browser, context: StepContext, view: tuple[int, int, str]
) -> None:
    width, height, theme = view
    visit = Visit(
        browser, context.out / "corridor.html", width, height, fragment=f"theme={theme}&compare=shipping,fishing,50"
    )
    page = visit.page
    page.wait_for_selector(".leaflet-compare-right-pane img")
    page.evaluate("corridor.tell('station', {index: 30, how: 'open'})")
    page.wait_for_selector("#why .chain[data-ready=yes]")
    assert findings(page) == {}
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert visit.trouble == []
    visit.context.close()
