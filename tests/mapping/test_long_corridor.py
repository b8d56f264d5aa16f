"""A corridor of 10,000 km with 100,000 stations: whole at once, in detail where one looks closely."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser

from pipeline.mapping.step import run
from pipeline.store import StepContext

from .builder import build
from .visits import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STATIONS = 100_000
ZONES = 4_000


@pytest.fixture(scope="module")
def long_corridor(tmp_path_factory: pytest.TempPathFactory) -> StepContext:
    context = build(
        tmp_path_factory.mktemp("long"), positions=[(-70.0, 10.0), (-20.0, 10.5), (21.2, 10.0)], station_m=100.0,
        half_width_m=3000.0, cell_m=2500.0, crs="EPSG:3395", zones=ZONES,
    )  # fmt: skip
    context.facts["map"] = run(context)
    return context


@pytest.fixture(scope="module")
def visit(browser: Browser, long_corridor: StepContext) -> Iterator[Visit]:
    visited = Visit(browser, long_corridor.out / "corridor.html", 1280, 800)
    yield visited
    visited.context.close()


def seen(visit: Visit, from_km: float, to_km: float) -> pd.DataFrame:
    """Look at a part of the route, wait for its stations, and return those that the page then has there."""
    page = visit.page
    page.evaluate(
        "([a, b]) => new Promise((done) => { corridor.on('stations', done); corridor.look(a, b, 'typed'); })",
        [from_km, to_km],
    )
    names = ["kp_km", "lon", "lat", "water_depth_m", "target_dol_m", "required_dol_p90_m", "anchor_strike_per_km_yr"]
    columns = page.evaluate("(names) => names.map((name) => corridor.stations.columns[name])", names)
    table = pd.DataFrame(dict(zip(names, columns, strict=True))).astype(float)
    texts = ("soil_class", "governing")
    for name in texts:
        table[name] = page.evaluate(
            "(name) => corridor.stations.columns.kp_km.map((_, i) => corridor.value(name, i))", name
        )
    assert table["kp_km"].is_monotonic_increasing
    return table[table["kp_km"].between(from_km, to_km)].reset_index(drop=True)


def test_it_is_that_long_and_within_the_budget(long_corridor: StepContext) -> None:
    stations = pd.read_parquet(long_corridor.inputs["burial"] / "stations.parquet")
    assert len(stations) > STATIONS - 1000
    assert stations["kp_km"].iloc[-1] > 9_900
    assert long_corridor.facts["map"]["zones"] == ZONES
    assert (long_corridor.out / "corridor.html").stat().st_size < 5_000_000


def test_it_opens_with_the_whole_route(visit: Visit) -> None:
    page = visit.page
    assert visit.trouble == []
    assert page.locator("path.zone").count() == page.locator("button.show").count() == 500
    assert page.evaluate("corridor.stations.columns.kp_km.length") <= 4100
    assert (
        "100," in page.locator("#stations-drawn").inner_text() or "99," in page.locator("#stations-drawn").inner_text()
    )
    assert "4,000 zones" in page.locator("#zones").inner_text()
    inside = (
        "corridor.stations.columns.lat.every((lat, i) => "
        "corridorLayers.map.getBounds().contains([lat, corridor.stations.columns.lon[i]]))"
    )
    assert page.evaluate(inside) is True
    assert 3 < page.locator(".place-label").count() < 130


def test_a_closer_view_has_every_station_as_it_was_computed(visit: Visit, long_corridor: StepContext) -> None:
    found = seen(visit, 5000.0, 5050.0)
    stations = pd.read_parquet(long_corridor.inputs["burial"] / "stations.parquet")
    there = stations[stations["kp_km"].between(5000.0, 5050.0)].reset_index(drop=True)
    assert len(found) == len(there) == 501
    for name, within in (("kp_km", 6e-4), ("lon", 6e-6), ("lat", 6e-6), ("water_depth_m", 0.051),
                         ("required_dol_p90_m", 0.0051), ("target_dol_m", 1e-9)):  # fmt: skip
        assert np.abs(found[name] - there[name]).max() <= within, name
    ratio = found["anchor_strike_per_km_yr"] / there["anchor_strike_per_km_yr"]
    assert np.abs(ratio - 1).max() < 8e-4  # four digits, then steps of the logarithm
    assert found["soil_class"].tolist() == there["soil_class"].tolist()
    assert found["governing"].tolist() == there["governing"].tolist()
    assert visit.trouble == []


def test_a_view_between_keeps_the_deepest_need_of_every_block(visit: Visit, long_corridor: StepContext) -> None:
    found = seen(visit, 2000.0, 4000.0)
    stations = pd.read_parquet(long_corridor.inputs["burial"] / "stations.parquet")
    there = stations[stations["kp_km"].between(2000.0, 4000.0)]
    assert 1_000 < len(found) <= 4_100
    worst = found.groupby((found["kp_km"] // 50).astype(int))["required_dol_p90_m"].max()
    true = there.groupby((there["kp_km"] // 50).astype(int))["required_dol_p90_m"].max()
    assert np.abs(worst - true.reindex(worst.index)).max() < 0.03


def test_zones_come_apart_in_a_closer_view(visit: Visit, long_corridor: StepContext) -> None:
    seen(visit, 7000.0, 7030.0)
    page = visit.page
    zones = pd.read_parquet(long_corridor.inputs["burial"] / "zones.parquet")
    there = zones[(zones["kp_to_km"] > 7000.0) & (zones["kp_from_km"] < 7030.0)]
    drawn = page.locator("path.fine-zone")
    assert (
        drawn.count()
        >= len(there)
        > page.evaluate("corridor.zones.filter((z) => z.kp_to_km > 7000 && z.kp_from_km < 7030).length")
    )
    hidden = page.locator("path.zone[stroke-opacity='0']")
    assert hidden.count() >= 1
    page.evaluate("corridor.whole('reset')")
    page.wait_for_function("document.querySelectorAll('path.fine-zone').length === 0")
    assert hidden.count() == 0
    assert page.evaluate("corridor.stations.columns.kp_km.length") <= 4100


def test_a_place_that_was_chosen_stays_chosen(visit: Visit) -> None:
    page = visit.page
    page.evaluate("corridor.tell('station', { index: corridor.nearest(6000), how: 'typed' })")
    kp = page.evaluate("corridor.stations.columns.kp_km[corridor.station]")
    seen(visit, 5990.0, 6010.0)
    assert page.evaluate("corridor.stations.columns.kp_km[corridor.station]") == pytest.approx(kp, abs=0.1)
    assert visit.trouble == []
