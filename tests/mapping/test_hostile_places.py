"""Hostile text in what opens later: crossings, features, cells, the chain behind a depth, levels of the sea."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.mapping.features import ROLES

from .hostile import PIECES
from .hostile_places import pairs
from .test_hostile_text import SHAPE, missing
from .visits import Visit

pytestmark = pytest.mark.browser

CELLS = "(all) => all.map((row) => [...row.cells].map((cell) => cell.textContent))"
READOUTS = """() => corridor.crossings.map(({ kp_from_km: kp }) => {
    corridor.tell("station", { index: corridor.nearest(kp), how: "hover" });
    const spoken = document.getElementById("profile").getAttribute("aria-valuetext");
    return [document.getElementById("readout").textContent, spoken];
})"""
# What a click on each feature of a layer would show.
POPUPS = (
    """(name) => corridorLayers[name].getLayers().map((layer) => layer.getPopup().getContent()(layer).textContent)"""
)
# A click on one cell for each code of the source of its depth: its rows by their heads.
CELL_POPUPS = """async () => {
    const { map } = corridorLayers;
    const { meta, arrays } = await corridor.unpack("cells-data");
    const [low, high] = meta.bounds.map(([lat, lng]) => L.CRS.EPSG3857.project(L.latLng(lat, lng)));
    const told = [];
    for (let pixel = 0; pixel < arrays.cell.length; pixel += 1) {
        const code = arrays.cell[pixel] < 0 ? -1 : arrays.depth_source[arrays.cell[pixel]];
        if (code < 0 || told[code]) continue;
        const x = low.x + (((pixel % meta.width) + 0.5) / meta.width) * (high.x - low.x);
        const y = high.y - ((Math.floor(pixel / meta.width) + 0.5) / meta.height) * (high.y - low.y);
        const opened = new Promise((done) => map.once("popupopen", (event) => done(event.popup.getContent())));
        map.fire("click", { latlng: L.CRS.EPSG3857.unproject(L.point(x, y)) });
        const rows = [...(await opened).querySelectorAll("tr")];
        told[code] = Object.fromEntries(rows.map((row) => [row.cells[0].textContent, row.cells[1].textContent]));
    }
    map.closePopup();
    return told;
}"""
# The chain of every station: its steps by their heads.
CHAINS = """async () => {
    corridor.why.show(0);
    const told = () => document.querySelector("#why-chain .chain[data-ready=yes]");
    while (!told()) await new Promise(requestAnimationFrame);
    return corridor.stations.columns.kp_km.map((_, index) => {
        corridor.why.show(index);
        const steps = [...document.querySelectorAll("#why-chain .chain > li")];
        const head = (step) => step.querySelector("h4").firstChild.textContent;
        return Object.fromEntries(steps.map((step) => [head(step), step.textContent]));
    });
}"""
# All kinds of what opens, some of each.
OPEN = """async (layers) => {
    await corridor.unpack("why-data");
    corridor.tell("station", { index: 3, how: "open" });
    document.querySelector(".compare-button").click();
    for (const name of layers) {
        corridorLayers[name].addTo(corridorLayers.map);
        corridorLayers[name].getLayers().filter((_, place) => place % 20 === 0).forEach((layer) => layer.openPopup());
    }
}"""


@pytest.fixture(scope="module")
def page_path(hostile_maps: Path) -> Path:
    return hostile_maps / "hostile" / "team" / "corridor.html"


def visited(browser: Browser, path: Path, width: int) -> Visit:
    """Visit a map; what lies below it is read elsewhere, and would be laid out anew with all that opens."""
    visit = Visit(browser, path, width, 740)
    visit.page.evaluate("for (const sheet of document.querySelectorAll('.sheet')) sheet.style.display = 'none'")
    return visit


@pytest.fixture(scope="module")
def visit(browser: Browser, page_path: Path) -> Iterator[Visit]:
    """One visit for all: the page is heavy, and what one test does must not break it for the next."""
    visited_once = visited(browser, page_path, 1280)
    yield visited_once
    visited_once.context.close()


@pytest.fixture(autouse=True)
def nothing_happens(visit: Visit, page_path: Path) -> Iterator[None]:
    """Whatever a test opens: no script runs, nothing is asked for, nothing complained of."""
    yield
    assert visit.nothing_ran()
    assert visit.outside(page_path) == []
    assert visit.trouble == []


def test_crossings_in_their_table(visit: Visit) -> None:
    rows = visit.page.eval_on_selector_all("#crossings tbody tr", CELLS)
    for piece, (_, _, name, kind, status, _, _, source) in zip(PIECES, rows, strict=True):
        assert [name, kind, status] == [piece.strip()] * 3
        assert piece in source, piece


def test_crossings_in_the_profile_and_in_what_it_reads_out(visit: Visit) -> None:
    titles = visit.page.locator("[data-part=crossing] title").all_text_contents()
    for piece, title, readout in zip(PIECES, titles, visit.page.evaluate(READOUTS), strict=True):
        for text in (title, *readout):
            assert text.count(piece.strip()) >= 3, piece


@pytest.mark.parametrize("role", ROLES)
def test_features_in_their_popups(visit: Visit, role: str) -> None:
    texts = visit.page.evaluate(POPUPS, role)
    for piece, text in zip(PIECES, texts, strict=True):
        assert text.count(piece) >= 3, piece  # its name, and two more of its attributes, or one with its own name


def test_sources_and_soils_in_the_popups_of_cells(visit: Visit) -> None:
    told = visit.page.evaluate(CELL_POPUPS)
    for pair, rows in zip(pairs(PIECES), told, strict=True):
        assert rows["Source of the depth"] == pair.replace("_", " ")
        assert rows["Soil"].startswith(pair), pair


def test_everything_in_the_chain_behind_a_depth(visit: Visit) -> None:
    chains = visit.page.evaluate(CHAINS)
    soil = [chain["Seabed"] for chain in chains]
    assert missing(soil) == []
    for pair, text in zip(pairs(PIECES), soil, strict=False):
        assert text.count(pair.replace("_", " ")) >= 2, pair  # sources of the depth and of the soil
    for first, head in enumerate(("Ships and anchors", "Fishing", "Earthquakes")):
        assert [piece for piece in PIECES[first::3] if piece.replace("_", " ") not in chains[0][head]] == [], head
    assert missing([chain["What can be built, and what remains"] for chain in chains]) == []
    assert missing([chain["Earthquakes"] for chain in chains]) == []
    # "none" is a word of the pipeline: nothing governs there.
    assert missing([chain["What is ordered"] for chain in chains]) == ["none"]


def test_levels_of_the_sea_in_the_comparison(visit: Visit) -> None:
    page = visit.page
    page.locator(".compare-button").click()
    for side in ("left", "right"):
        options = page.locator(f"#compare-{side} optgroup:last-child option").all_text_contents()
        named = [option.partition("Level of the sea, ")[2] for option in options]
        assert "as configured" in named[0]
        assert missing(named[1:]) == []
    page.locator("#compare-left").select_option(index=30)
    page.wait_for_selector(".leaflet-compare-left-pane img[data-shows^=sea]")
    page.locator("#compare-close").click()


def test_text_adds_no_element_and_no_attribute_to_what_opens(
    visit: Visit, browser: Browser, hostile_maps: Path
) -> None:
    harmless = visited(browser, hostile_maps / "harmless" / "team" / "corridor.html", 1280)
    shapes = []
    for page in (visit.page, harmless.page):
        page.evaluate(OPEN, list(ROLES))
        page.wait_for_selector("#why .chain[data-ready=yes]")
        shapes.append(set(page.evaluate(SHAPE)))
    harmless.context.close()
    assert shapes[0] - shapes[1] == set()


def test_a_phone_keeps_its_shape_whatever_is_open(browser: Browser, page_path: Path) -> None:
    visit = visited(browser, page_path, 360)
    visit.page.evaluate(OPEN, list(ROLES))
    visit.page.wait_for_selector("#why .chain[data-ready=yes]")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
    popup = visit.page.locator(".leaflet-popup").last.bounding_box()
    assert popup is not None
    assert popup["width"] <= 360
    assert visit.nothing_ran()
    assert visit.trouble == []
    visit.context.close()
