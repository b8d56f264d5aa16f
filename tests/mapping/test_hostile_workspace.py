"""Text that tries to be more than text, through the command into the real pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from pipeline.mapping.features import ROLES
from tests.mini import LON, NORTH, SOUTH, make_mini
from tests.plain import plain_corridor

from .hostile import PIECES, at_once
from .visits import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WHOLE = at_once()
LINE = at_once(tuple(piece for piece in PIECES if len(piece.splitlines()) == 1))
"""For tables of text: what has no end of line in it."""
SCENARIOS = 2
"""Levels of the sea, called by the pieces between them."""


def toml(text: str) -> str:
    """Return a TOML string: JSON's escapes are TOML's, but for letters beyond the basic plane."""
    return json.dumps(text, ensure_ascii=False)


def areas(path: Path, west: float, east: float, **properties: Any) -> None:
    ring = [[west, 41.5], [east, 41.5], [east, 42.5], [west, 42.5], [west, 41.5]]
    area = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": properties, "geometry": area}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")


@pytest.fixture(scope="module")
def hostile_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small workspace with hostile text at every place where text enters, built by the command."""
    root = make_mini(tmp_path_factory.mktemp("hostile"))
    raw = root / "data" / "raw"
    event = '"' + LINE.replace('"', '""') + '"'
    (raw / "rpl.csv").write_text(
        f"lon,lat,event\n{LON},{SOUTH},{event}\n{LON},{NORTH},{event}\n", encoding="utf-8"
    )  # fmt: skip
    numbers = {
        "a_value": 3.8, "b_value": 0.98, "mmin": 4.5, "mmax": 7.0, "depths_km": [15.0], "depth_weights": [1.0],
        "mechanism": "RV",
    }  # fmt: skip
    areas(raw / "zones.geojson", 50.5, 51.5, name=WHOLE, provenance=WHOLE, source=WHOLE, **numbers)
    areas(raw / "land.geojson", 50.9, 50.95, name=WHOLE, title=WHOLE)
    for role in ROLES:
        areas(raw / f"{role}.geojson", 50.99, 51.01, **{"name": WHOLE, "status": WHOLE, at_once(PIECES[:9]): WHOLE})
    place = LINE.replace('"', "'")
    (raw / "quakes.csv").write_text(
        f'time,latitude,longitude,depth,mag,magType,id,place\n2000-11-25T18:09:11Z,42.1,50.92,50,6.8,mw,q1,"{place}"\n',
        encoding="utf-8",
    )
    text = (root / "corridor.toml").read_text(encoding="utf-8").replace('name = "Mini"', f"name = {toml(WHOLE)}")
    text = text.replace("[route]", f"[route]\nlabel = {toml(WHOLE)}")
    words = f"licence = {toml(WHOLE)}\nattribution = {toml(WHOLE)}\n"
    text = text.replace("[sources.soil]\n", f'[sources.soil]\nprovenance = "synthetic"\n{words}')
    for role, file in (
        ("seismic_zones", "zones.geojson"),
        ("coastline", "land.geojson"),
        ("earthquakes", "quakes.csv"),
        *((role, f"{role}.geojson") for role in ROLES),
    ):
        text += f'[sources.{role}_x]\nrole = "{role}"\nfiles = "data/raw/{file}"\n{words}'
    text += "[water.scenarios_m]\n"
    for place in range(SCENARIOS):
        text += f"{toml(at_once(PIECES[place::SCENARIOS]))} = {-2.5 - place}\n"
    (root / "corridor.toml").write_text(text, encoding="utf-8")
    built = plain_corridor("-C", root, "build")
    assert built.returncode == 0, built.stderr
    return root


@pytest.fixture
def visit(browser: Browser, hostile_workspace: Path) -> Iterator[Visit]:
    visited = Visit(browser, hostile_workspace / "maps" / "corridor.html", 1280, 800)
    yield visited
    visited.context.close()


def test_the_map_shows_text_as_text(visit: Visit, hostile_workspace: Path) -> None:
    page = visit.page
    pieces = PIECES
    for words in pieces:
        assert words in page.locator("h1").text_content()
        assert words in page.locator("#sources").text_content()
    assert page.locator("path.zone").count() >= 1
    for name in ("sources", "quakes"):
        page.evaluate(f"corridorLayers.{name}.addTo(corridorLayers.map)")
        page.evaluate(f"corridorLayers.{name}.eachLayer((layer) => layer.openTooltip())")
    tips = "".join(page.locator(".leaflet-tooltip").all_inner_texts())
    assert "<img src=x onerror=window.pwned=1>" in tips
    page.locator("#profile").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.locator("button.show").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert visit.nothing_ran()
    assert visit.trouble == []
    assert visit.outside(hostile_workspace / "maps" / "corridor.html") == []


def test_features_crossings_and_levels_of_the_sea_are_text(visit: Visit) -> None:
    page = visit.page
    for role in ROLES:
        told = page.evaluate(
            "(name) => { const [layer] = corridorLayers[name].getLayers();"
            " return layer.getPopup().getContent()(layer).textContent; }",
            role,
        )
        # What a feature tells is cut after so many letters.
        assert told.count(WHOLE[:900]) >= 2, role
    assert (page.locator("#crossings tbody").text_content() or "").count(WHOLE.strip()) >= 2
    options = "".join(page.evaluate("corridor.sea_levels.map(([label]) => corridor.say(label))"))
    assert [piece for piece in PIECES if piece not in options] == []
    page.locator("#whatif > summary").click()
    page.wait_for_selector("#whatif[data-ready=yes]")
    page.locator("#whatif-surface").focus()
    page.keyboard.press("Home")
    page.wait_for_selector("html.left-default")
    said = page.locator("#whatif-surface-said").text_content() or ""
    assert [piece for piece in PIECES[SCENARIOS - 1 :: SCENARIOS] if piece not in said] == []
    assert visit.nothing_ran()
    assert visit.trouble == []


def test_the_portal_shows_text_as_text(browser: Browser, hostile_workspace: Path) -> None:
    visit = Visit(browser, hostile_workspace / "maps" / "index.html", 360, 740)
    assert "</script><script>window.pwned=1</script>" in visit.page.locator("body").inner_text()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert visit.nothing_ran()
    assert visit.trouble == []
    visit.context.close()
