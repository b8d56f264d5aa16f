"""The map for the public: what it may know, and that the page holds nothing else."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine

from pipeline.geo import Frame, Route
from pipeline.mapping import audience, panels, public, step, words
from pipeline.mapping.pictures import read_band
from pipeline.mapping.ramps import TargetPalette
from pipeline.store import StepContext

from .builder import LONG, build, small_land

STEP_KM = 5.0


def rendered(context: StepContext, run: Any) -> str:
    run(context)
    return (context.out / "corridor.html").read_text(encoding="utf-8")  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> StepContext:
    folder = tmp_path_factory.mktemp("public")
    built = build(folder, positions=LONG, land=small_land(folder), half_width_m=500.0)
    totals = built.inputs["burial"] / "totals.json"
    told = json.loads(totals.read_text()) | {"warnings": ["the cable lies bare at KP 123.4"], "above_ladder_km": 7.7}
    totals.write_text(json.dumps(told))
    return built


@pytest.fixture(scope="module")
def page(context: StepContext) -> str:
    return rendered(context, public.run)


@pytest.mark.parametrize("step_km", [1.0, 5.0, 20.0])
def test_the_cable_lies_within_a_step_of_the_line(step_km: float) -> None:
    route = Route(np.array([p[0] for p in LONG]), np.array([p[1] for p in LONG]), "EPSG:32639")
    coarse = audience.generalised(route, step_km)
    line = shapely.LineString(np.column_stack(coarse.vertices[1:]))
    _, x, y = route.vertices
    apart_km = shapely.distance(line, shapely.points(x, y)) / 1000.0
    assert apart_km.max() <= step_km
    assert apart_km.max() > 0.1 * step_km, "it is generalised"
    assert len(coarse.lon_deg) <= len(route.lon_deg) + 1


def test_a_route_shorter_than_the_step_has_two_ends() -> None:
    tiny = Route(np.array([50.0, 50.01]), np.array([41.0, 41.01]), "EPSG:32639")
    coarse = audience.generalised(tiny, 50.0)
    assert coarse.length_km == pytest.approx(50.0, rel=0.01)


def test_bends_within_a_step_leave_no_trace() -> None:
    """Two routes that differ by less than is told give the same line."""
    lon, lat = np.linspace(50.0, 51.0, 40), np.full(40, 41.3)
    wavy = lat + 0.005 * np.sin(np.arange(40))
    straight, bent = (audience.generalised(Route(lon, y, "EPSG:32639"), 10.0) for y in (lat, wavy))
    assert straight.lon_deg.tolist() == bent.lon_deg.tolist()
    assert straight.lat_deg.tolist() == bent.lat_deg.tolist()


def test_no_position_of_the_route_is_on_the_page(context: StepContext, page: str) -> None:
    # Both numbers of a place to ten metres: single numbers meet by chance.
    frame = Frame.load(context.inputs["route"])
    lonlat = frame.stations[["lon", "lat"]].to_numpy(float).tolist()
    known = {(f"{lon:.4f}", f"{lat:.4f}") for lon, lat in lonlat}
    known |= {(f"{lon:.4f}", f"{lat:.4f}") for lon, lat in zip(frame.route.lon_deg, frame.route.lat_deg, strict=True)}
    team = pairs(rendered(fresh(context), step.run))
    assert known & team, "the test finds them on the team's map"
    assert not known & pairs(page)


def fresh(context: StepContext) -> StepContext:
    out = context.out.parent / "again"
    out.mkdir(exist_ok=True)
    object.__setattr__(context, "out", out)
    return context


def pairs(text: str) -> set[tuple[str, str]]:
    """Return neighbouring numbers of a page with decimals, in either order, to four decimals."""
    cut = [f"{float(number):.4f}" for number in re.findall(r"(?<![\d.])-?\d{1,3}\.\d+", text)]
    return {pair for one, two in pairwise(cut) for pair in ((one, two), (two, one))}


def test_no_result_with_a_place_is_on_the_page(context: StepContext, page: str) -> None:
    zones = pd.read_parquet(context.inputs["burial"] / "zones.parquet")
    text = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]*", "", page)
    assert not [name for name in zones["zone_id"] if name in text]
    words = re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL)
    for what in ("KP ", "deficit", "Deficit", "bare at", "P90", "out of reach", "Governed", "7.7", "trench"):
        assert what not in words, what
    data = json.loads(re.search(r'id="corridor-data">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert set(data) == {"name", "landings", "box"}


def test_what_the_public_may_know_is_there(context: StepContext, page: str) -> None:
    for text in (
        "For the public", "the cable lies within 5 km of the line", "Not for construction or navigation", "Sumqayit",
        "0.02 per year", "once in 1,300 years", "Danciu et al. 2018", 'class="stamp synthetic"', 'content="public"',
        "Synthetic:",
    ):  # fmt: skip
        assert text in page, text
    assert "default-src 'none'" in page
    km = json.loads((context.inputs["burial"] / "totals.json").read_text())["dol_km"]
    assert f"{km['0.6']:.0f}\u00a0km" in page


def test_both_maps_say_whose_they_are_in_page_and_facts(tmp_path: Path) -> None:
    for run, name, title in ((step.run, "team", "For the project team"), (public.run, "public", "For the public")):
        context = build(tmp_path / name)
        facts = run(context)
        page = (context.out / "corridor.html").read_text(encoding="utf-8")
        assert facts["audience"] == name
        assert facts["marking"].startswith(f"{title}. ")
        assert f'<meta name="audience" content="{name}">' in page
        assert re.search(rf'class="marking {name}" role="note"><b><span[^>]*>{title}</span>', page)


def test_totals_are_let_through_by_name_alone() -> None:
    totals = {
        "route_length_km": 380.4, "deficit_km": 21.4, "strike_per_yr_as_trenchable": 3.57e-4, "undecided_km": 3.2,
        "strike_per_yr_at_target": 3.06e-5, "warnings": ["KP 3"], "dol_km": {"0.6": 50.6}, "something_new": 1,
    }  # fmt: skip
    assert audience.public_totals(totals) == {
        "route_length_km": 380.0, "strike_per_yr_as_trenchable": 4e-4, "undecided_km": 3.0, "dol_km": {"0.6": 51.0},
    }  # fmt: skip


def test_the_public_is_told_what_is_built_and_what_is_undecided() -> None:
    totals = {
        "route_length_km": 380.4, "strike_per_yr_surface_laid": 0.0214, "strike_per_yr_as_trenchable": 3.57e-4,
        "strike_per_yr_at_target": 3.06e-5, "undecided_km": 100.2, "dol_km": {"0.6": 280.2},
    }  # fmt: skip
    told = audience.public_totals(totals)
    rows = {str(label): str(text) for label, text in audience.public_rows(told)}
    assert rows["Strikes as tools can bury it"] == str(words.rate(4e-4))
    assert rows["Return period, as tools can bury it"] == "once in 2,500 years"
    assert rows["No depth decided"] == "100\u00a0km"
    bars = panels.length_bars(told, TargetPalette((0.0, 0.6)))
    assert [(str(bar.label), bar.km) for bar in bars][-1] == ("not assessed", 100.0)


def test_depths_show_no_seam_and_no_edge_of_the_stations(context: StepContext) -> None:
    values, transform, _ = read_band(context.inputs["bathymetry"] / "open_depth.tif")
    seam = np.where(np.arange(values.shape[1]) == 60, 40.0, 0.0) + np.zeros_like(values)
    coarse, placed = audience.coarse_depth(seam, transform, STEP_KM)
    assert coarse.max() <= 40.0 / 5.0 + 1e-9
    assert placed.c % 5000.0 == 0.0
    assert placed.f % 5000.0 == 0.0
    assert coarse.shape[0] % 5 == coarse.shape[1] % 5 == 0
    level, _ = audience.coarse_depth(np.full_like(values, 12.5), transform, STEP_KM)
    assert np.allclose(level, 12.5), "edges of what is known do not darken"


def test_where_depths_end_is_told_by_the_lattice_alone() -> None:
    """A ribbon of depths along a route leaves nothing; of a wide area only whole squares of the lattice are drawn."""
    cell_m, west, north = 250.0, 123_500.0, 4_601_250.0
    transform = Affine(cell_m, 0.0, west, 0.0, -cell_m, north)
    row, col = np.indices((400, 400))
    bend = 200.0 + 60.0 * np.sin(col / 40.0)
    ribbon = np.where(np.abs(row - bend) <= 2.0, 20.0, np.nan)
    assert np.isnan(audience.coarse_depth(ribbon, transform, STEP_KM)[0]).all()
    half = np.where(row < bend, 20.0, np.nan)
    coarse, placed = audience.coarse_depth(half, transform, STEP_KM)
    known = np.isfinite(coarse)
    squares = known.reshape(known.shape[0] // 20, 20, known.shape[1] // 20, 20)
    assert (squares.any(axis=(1, 3)) == squares.all(axis=(1, 3))).all()
    assert 0.2 < known.mean() < 0.6
    top, left = round((north - placed.f) / cell_m), round((placed.c - west) / cell_m)
    assert np.isfinite(half[top : top + known.shape[0], left : left + known.shape[1]])[known].all()


def test_the_page_has_no_picture_where_only_a_survey_gives_depths(context: StepContext, tmp_path: Path) -> None:
    bare = build(tmp_path / "bare")
    path = bare.inputs["bathymetry"] / "open_depth.tif"
    with rasterio.open(path) as raster:
        profile, unknown = raster.profile, np.full((1, *raster.shape), -9999.0, "float32")
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(unknown)
        raster.update_tags(provenance="", sources="")
    page = rendered(bare, public.run)
    assert "Regional water depth" not in page
    assert "Water depth below the surface" not in page
    assert "Regional water depth" in rendered(context, public.run)


def test_the_picture_rests_on_its_own_sources_and_not_on_surveys(page: str) -> None:
    assert re.search(r'<p class="note"><span class="cut">[^/]*Provenance: [^/]*public[^/]*\(etopo1\)', page)


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (rendered(build(tmp_path / name), public.run) for name in ("a", "b"))
    assert first == second
