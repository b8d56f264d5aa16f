"""The what-if of the page against builds of the pipeline, and as a person uses it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.mapping.escape import plain
from pipeline.mapping.ramps import TargetPalette
from pipeline.mapping.step import run
from pipeline.mapping.view import zone_rows
from pipeline.store import Build
from tests.whatif import made
from tests.whatif.drawn import WORST_M, assert_drawn_close

from .builder import build as folders
from .conftest import build_map
from .test_access import findings
from .visits import Visit, rest

pytestmark = pytest.mark.browser

ADDED = ("strike_per_yr_surface_laid", "strike_per_yr_at_target", "strike_per_yr_as_trenchable")
KILOMETRES = ("undecided_km", "deficit_km", "above_ladder_km")
DECIDE = """async ([change, speed, years, growth]) => {
    const data = await corridor.unpack("whatif-data");
    return corridor.decider(data)({
        surface: data.meta.surfaces.findIndex((level) => level.change_m === change),
        speed: data.meta.speeds_kn.indexOf(speed), strikes_per_yr: 1 / years, traffic_growth_pct: growth,
    });
}"""


@pytest.fixture(scope="module")
def root(whatif_workspace: Path) -> Path:
    return whatif_workspace


@pytest.fixture(scope="module")
def whatif_map(root: Path) -> Path:
    return build_map(root)


@pytest.fixture(scope="module")
def quiet(browser: Browser, whatif_map: Path) -> Iterator[Page]:
    """A page that is only asked, never touched."""
    visited = Visit(browser, whatif_map, 1280, 800)
    yield visited.page
    visited.context.close()


@pytest.fixture
def visit(browser: Browser, whatif_map: Path) -> Iterator[Visit]:
    visited = Visit(browser, whatif_map, 1280, 800)
    visited.page.locator("#whatif > summary").click()
    visited.page.wait_for_selector("#whatif[data-ready=yes]")
    yield visited
    visited.context.close()


def agree(found: dict[str, Any], build: Build, *, exactly: bool) -> None:
    """Compare what the page decided with a build, and what it draws as required, exactly or as close as it says."""
    folder = build.results["burial"].folder
    stations = pd.read_parquet(folder / "stations.parquet")
    columns = {name: np.array(values) for name, values in found["columns"].items()}
    for name in ("target_dol_m", "achievable_dol_m", "deficit_m"):
        np.testing.assert_array_equal(columns[name].astype(float), stations[name], err_msg=name)
    for name in ("governing", "cable_type"):
        assert [word or "" for word in columns[name]] == stations[name].tolist(), name
    residual = columns["residual_strike_per_km_yr"].astype(float)
    np.testing.assert_allclose(residual, stations["residual_strike_per_km_yr"], rtol=1e-3, atol=1e-12)
    drawn, exact = (
        np.stack([table[f"required_dol_p{p}_m"].astype(float) for p in (10, 50, 90)]) for table in (columns, stations)
    )
    if exactly:
        np.testing.assert_allclose(drawn, exact, rtol=0.0, atol=0.000501)
    else:
        assert_drawn_close(drawn, exact)
    told = json.loads((folder / "totals.json").read_text())
    totals = found["totals"]
    assert [totals[name] for name in ADDED] == pytest.approx([told[name] for name in ADDED], rel=5e-3)
    assert [totals[name] for name in KILOMETRES] == [told[name] for name in KILOMETRES]
    assert {f"{depth:g}": km for depth, km in totals["dol_km"]} == told["dol_km"]
    _zones_agree(found["zones"], pd.read_parquet(folder / "zones.parquet"), build.config.burial.ladder_m)


def _said(message: Any) -> tuple[str, list[float]]:
    """Return the text of a message and its numbers."""
    if isinstance(message, str):
        return message, []
    values = message.get("v", {}).values()
    return message["t"], [value[0] if isinstance(value, list) else value for value in values]


def _zones_agree(found: list[dict[str, Any]], zones: pd.DataFrame, ladder_m: Sequence[float]) -> None:
    """Compare every cell that the page's table of zones shares with the pipeline's."""
    rows = zone_rows(zones, TargetPalette(ladder_m))
    assert len(found) == len(rows)
    for zone, row, protection in zip(found, rows, zones["protection"], strict=True):
        assert (zone["zone_id"], zone["colour"], zone["deficit"]) == (row.zone_id, row.colour, row.deficit)
        now = {label["t"]: _said(text) for label, text in zone["cells"]}
        own = {plain(label)["t"]: _said(plain(text)) for label, text in row.cells}
        assert len(now) == 13
        assert now.keys() < own.keys()
        for label, (text, numbers) in now.items():
            if label == "Cable" and protection == "armour":  # a remedy, which the page does not decide
                continue
            assert text == own[label][0], label
            added = label in ("Strikes, surface-laid", "Strikes left", "Return period")
            drawn = label == "Required P90, most"
            for number, exact in zip(numbers, own[label][1], strict=True):
                assert number == pytest.approx(
                    exact, rel=5e-3 if added else 1e-9, abs=WORST_M if drawn else 1e-12 if added else 1e-5
                ), label


def test_at_its_own_settings_the_page_decides_what_the_pipeline_decided(quiet: Page, root: Path) -> None:
    build = made.build(root)
    found = quiet.evaluate(DECIDE, [0, 4, 10_000, 0])
    agree(found, build, exactly=True)
    assert found["totals"]["zones"] > 4
    assert found["totals"]["deficit_km"] > 0


@pytest.mark.parametrize(
    ("change", "speed", "years", "growth"),
    [(1, 2.5, 1000, -50), (-1.25, 6, 77_000, 60), (-2.5, 4, 500, 190), (-14, 6, 333.3, 35)],
)
def test_at_other_settings_it_decides_what_a_build_decides(
    quiet: Page, root: Path, tmp_path: Path, change: float, speed: float, years: float, growth: float
) -> None:
    build = made.changed(
        root, tmp_path / "w", acceptance=f"route_strikes_per_yr = {1.0 / years!r}",
        water=f"surface_m = {-29.3 + change!r}", shipping=f"drop_speed_kn = {speed}\ntraffic_growth_pct = {growth}",
    )  # fmt: skip
    agree(quiet.evaluate(DECIDE, [change, speed, years, growth]), build, exactly=False)


# Zones drawn alike are one line of several pieces.
LINES_OF_ZONES = """corridorLayers.zones.getLayers().reduce((sum, line) =>
    sum + (Array.isArray(line.getLatLngs()[0]) ? line.getLatLngs().length : 1), 0)"""

# The line of a zone's own colour, width and dash has a piece that begins where the zone does.
DRAWN_AS_DECIDED = """corridor.decision.zones.every((zone) => {
    const { lat, lon } = corridor.stations.columns;
    const first = corridor.nearest(zone.kp_from_km);
    const line = corridorLayers.zones.getLayers().find(({ options }) => options.color === zone.colour
        && options.weight === zone.width_px && (options.dashArray || null) === zone.dash);
    const at = [lat[first], lon[first]]; // stations are 500 m apart
    return line.getLatLngs().some(([start]) => corridorLayers.map.distance(start, at) < 300);
})"""


def shown(page: Page) -> dict[str, Any]:
    """Return what a person sees of depths, zones and totals."""
    drawn(page)
    texts = ("#totals-title ~ *", "#zones", "#readout")
    return {
        "lines": page.locator("path.zone").evaluate_all("e => e.map((path) => path.outerHTML)"),
        "profile": page.locator("#profile svg path[data-part=target]").get_attribute("d"),
        "texts": [page.locator(place).all_inner_texts() for place in texts],
    }  # fmt: skip


def drawn(page: Page) -> None:
    """Wait until what was changed is drawn: a part may draw in the frame after."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))")


def press(page: Page, name: str, key: str, times: int) -> None:
    page.locator(f"#whatif-{name}").focus()
    for _ in range(times):
        page.keyboard.press(key)
    drawn(page)


def test_a_slider_changes_every_part_and_each_says_so(visit: Visit) -> None:
    page = visit.page
    before = shown(page)
    assert page.locator(".whatif-note:visible").count() == 0
    press(page, "years", "ArrowRight", 12)
    after = shown(page)
    notes = page.locator(".whatif-note:visible").all_inner_texts()
    assert len(notes) == 4
    assert all("What-if, not the result of the pipeline" in note for note in notes)
    years = page.locator("#whatif-years").get_attribute("aria-valuetext") or ""
    assert years in notes[0]
    assert "pipeline: one strike in 10,000 years" in page.locator("#whatif-years-said").inner_text()
    assert before["lines"] != after["lines"]
    assert before["profile"] != after["profile"]
    decided = page.evaluate("corridor.decision.zones.length")
    assert page.evaluate(LINES_OF_ZONES) == decided
    page.locator("#whatif-zones:not([aria-busy])").wait_for()
    assert page.locator("#whatif-zones tbody tr").count() == decided
    assert page.locator("#zones .pipelines").is_hidden()
    page.locator("#whatif-reset").click()
    page.wait_for_selector("html:not(.left-default)", state="attached")
    assert shown(page) == before
    assert visit.trouble == []


def test_what_stays_of_the_build_says_so_beside_the_route(visit: Visit) -> None:
    page = visit.page
    said = page.locator("#legend section[data-layer=target] .whatifs")
    page.locator("#whatif-years").focus()
    page.evaluate("""async () => {
        const [low, high] = (await corridor.unpack("cells-data")).meta.bounds;
        corridorLayers.map.addLayer(corridorLayers.target);
        corridorLayers.map.fire("click", { latlng: L.latLng((low[0] + high[0]) / 2, (low[1] + high[1]) / 2) });
    }""")
    words = page.locator(".pop.cell .whatifs")
    words.wait_for(state="attached")
    assert words.is_hidden()
    assert said.is_hidden()
    press(page, "years", "Home", 1)
    assert "not of the what-if" in words.inner_text()
    assert "not of the what-if" in said.inner_text()
    page.locator(".pop.cell").focus()
    page.keyboard.press("Escape")
    page.locator(".pop.cell").wait_for(state="detached")
    assert page.evaluate("document.activeElement.id") == "whatif-years"
    assert visit.trouble == []


def test_paper_says_so_too(visit: Visit) -> None:
    press(visit.page, "years", "Home", 1)
    visit.page.emulate_media(media="print")
    visit.page.locator("#whatif-zones:not([aria-busy])").wait_for()
    assert visit.page.locator(".whatif-note:visible").count() == 4
    assert visit.page.locator("#whatif-zones tbody tr").first.is_visible()


def test_the_totals_stand_beside_those_of_the_pipeline(visit: Visit) -> None:
    page = visit.page
    own = page.locator("[data-total=strikes]").first.inner_text()
    press(page, "traffic", "End", 1)
    figure = page.locator("#whatif-totals [data-total=strikes]").inner_text()
    assert f"pipeline: {own}" in figure
    assert not figure.startswith(own)
    rows = page.locator("#whatif-totals .whatif-totals tbody tr").all_text_contents()
    assert any(row.startswith("Strikes if laid on the seabed") for row in rows)
    km = page.evaluate("corridor.decision.totals.dol_km.map(([, km]) => km.toFixed(1) + '\\u00a0km')")
    assert page.locator("#whatif-totals .bar-km").all_inner_texts()[: len(km)] == km


def test_the_numbers_of_a_place_say_what_is_not_decided_anew(visit: Visit) -> None:
    page = visit.page
    press(page, "surface", "Home", 1)
    node = page.evaluate("corridor.stationNode(5).innerText || corridor.stationNode(5).textContent")
    assert "Protectionnot decided anew" in node.replace("\t", "")
    assert page.evaluate("corridor.value('water_depth_m', 5)") == pytest.approx(
        page.evaluate("corridor.stations.columns.water_depth_m[5]") - 14.0, abs=0.06
    )


def test_the_address_keeps_the_settings(browser: Browser, visit: Visit, whatif_map: Path) -> None:
    press(visit.page, "speed", "End", 1)
    press(visit.page, "surface", "Home", 1)
    visit.page.wait_for_url(lambda url: "surface" in url and "speed" in url)
    kept = visit.page.evaluate("new URLSearchParams(location.hash.slice(1)).get('whatif')")
    assert kept == "surface:-14,speed:6"
    rest(visit.page)
    decided = shown(visit.page)
    visit.page.goto(f"{whatif_map.as_uri()}?again#whatif={kept}")
    visit.page.wait_for_selector("html.left-default[data-ready=yes]", state="attached")
    rest(visit.page)
    assert shown(visit.page) == decided
    visit.page.locator("#whatif > summary").click()
    visit.page.locator("#whatif-reset").click()
    visit.page.wait_for_url(lambda url: "whatif=" not in url)


@pytest.mark.parametrize("text", ["years:0", "years:-5,speed:x", "surface", "<b>:1", "years:NaN,traffic:Infinity", ""])
def test_an_address_that_is_no_setting_changes_nothing(quiet: Page, whatif_map: Path, text: str) -> None:
    quiet.goto(f"{whatif_map.as_uri()}?{len(text)}#whatif={text}")
    quiet.wait_for_selector("html[data-ready=yes]", state="attached")
    assert quiet.evaluate("corridor.decision.changed") is False
    assert quiet.locator("html.left-default").count() == 0


def test_without_data_the_page_says_why(tmp_path: Path, browser: Browser) -> None:
    context = folders(tmp_path / "w")
    run(context)
    visited = Visit(browser, context.out / "corridor.html", 1280, 800)
    assert visited.page.locator("#whatif input").count() == 0
    assert "Not offered" in (visited.page.locator("#whatif").text_content() or "")
    assert visited.trouble == []
    visited.context.close()


def test_lines_and_numbers_of_a_what_if_are_its_own(visit: Visit) -> None:
    page = visit.page
    index = page.evaluate("corridor.stations.columns.target_dol_m.findIndex((depth) => depth > 0)")
    page.evaluate("(index) => corridor.tell('station', { index, how: 'open' })", index)
    before = page.locator(".leaflet-popup .station").inner_text()
    page.evaluate("document.getElementById('whatif-surface').value = '0'")
    page.locator("#whatif-surface").dispatch_event("input")
    page.wait_for_selector("html.left-default")
    assert page.locator(".leaflet-popup .station").inner_text() != before
    assert page.evaluate(LINES_OF_ZONES) == page.evaluate("corridor.decision.zones.length")
    assert page.evaluate(DRAWN_AS_DECIDED)
    assert page.evaluate("[corridor.targetLine(null).dash, corridor.targetLine(1).dash]") == ["6 5", None]


@pytest.mark.parametrize(("width", "theme"), [(1280, "dark"), (360, "light")])
def test_axe_finds_nothing_serious_in_a_what_if_beside_a_comparison(
    browser: Browser, whatif_map: Path, width: int, theme: str
) -> None:
    visited = Visit(browser, whatif_map, width, 800, fragment=f"theme={theme}&whatif=years:100,traffic:50")
    page = visited.page
    page.wait_for_selector("html.left-default")
    page.locator("#whatif > summary").click()
    page.locator(".compare-button").click()
    page.locator("#whatif-zones:not([aria-busy])").wait_for()
    assert findings(page) == {}
    assert visited.trouble == []
    visited.context.close()


def test_the_sea_of_the_map_is_that_of_the_what_if(visit: Visit) -> None:
    page = visit.page
    drawn, said = page.locator(".leaflet-other-sea-pane img"), page.locator("#sea-drawn")
    assert said.is_hidden()
    page.evaluate("document.getElementById('whatif-surface').value = '0'")
    page.locator("#whatif-surface").dispatch_event("input")
    expect(said).to_contain_text("sea of the what-if")
    expect(drawn).to_have_count(1)
    assert drawn.get_attribute("alt") == "Water depth around the route with the sea of the what-if"
    page.evaluate("corridorLayers.map.removeLayer(corridorLayers.depth)")
    assert drawn.count() == 0
    page.evaluate("corridorLayers.map.addLayer(corridorLayers.depth)")
    assert drawn.count() == 1
    page.locator("#whatif-reset").click()
    expect(drawn).to_have_count(0)
    assert said.is_hidden()
    assert visit.trouble == []
