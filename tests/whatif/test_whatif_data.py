"""What the page gets decides as the pipeline does: at its own settings, and at others that the pipeline is run for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.store import Build
from pipeline.whatif.step import ARRAYS, META

from .decided import Page, totals
from .drawn import assert_drawn_close
from .made import build, changed, make_workspace

OWN = {"change_m": 0.0, "speed_kn": 4.0, "a": 1.0, "g": 1.0}
COUNTED = ("dol_km", "zone_dol_km", "undecided_km", "deficit_km", "above_ladder_km", "zones")
ADDED = ("strike_per_yr_surface_laid", "strike_per_yr_at_target", "strike_per_yr_as_trenchable")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_workspace(tmp_path_factory.mktemp("whatif") / "own")
    build(made)
    return made


def page_of(made: Build) -> Page:
    folder = made.results["whatif"].folder
    with np.load(folder / ARRAYS) as arrays:
        return Page(json.loads((folder / META).read_text())["meta"], dict(arrays))


def agree(page: Page, made: Build, **settings: float) -> pd.DataFrame:
    """Compare what the page decides with what a build decided; return the stations of the build."""
    folder = made.results["burial"].folder
    own = pd.read_parquet(folder / "stations.parquet")
    found = page.stations(made.config, **{**OWN, **settings})
    for name in ("target_dol_m", "achievable_dol_m", "deficit_m"):
        np.testing.assert_array_equal(found[name], own[name], err_msg=name)
    for name in ("governing", "cable_type"):
        assert found[name].tolist() == own[name].tolist(), name
    for name in ("surface_strike_per_km_yr", "target_strike_per_km_yr", "residual_strike_per_km_yr"):
        np.testing.assert_allclose(found[name], own[name], rtol=1e-3, atol=1e-12, err_msg=name)
    _required_agrees(page.required(**{**OWN, **settings}), own, exactly=not settings)
    told, told_by_page = json.loads((folder / "totals.json").read_text()), totals(found, made.config)
    assert {name: told_by_page[name] for name in COUNTED} == {name: told[name] for name in COUNTED}
    assert [told_by_page[name] for name in ADDED] == pytest.approx([told[name] for name in ADDED], rel=5e-4)
    return own


def _required_agrees(found: np.ndarray, own: pd.DataFrame, *, exactly: bool) -> None:
    """Compare what is drawn as required: to half a millimetre at the default, else as close as the defaults say."""
    exact = np.stack([own[f"required_dol_p{percentile}_m"].to_numpy(float) for percentile in (10, 50, 90)])
    if exactly:
        np.testing.assert_allclose(found, exact, rtol=0.0, atol=0.000501)
    else:
        assert_drawn_close(found, exact)


def test_at_the_default_it_is_the_pipeline_and_the_corridor_has_every_case(root):
    made = build(root)
    page = page_of(made)
    own = agree(page, made)
    assert set(own["governing"]) == {"anchor", "fishing", "minimum"}
    assert own["target_dol_m"].nunique() >= 4
    assert (own["deficit_m"] > 0).any()
    assert (own["routine_strike_per_km_yr"] > 0).any()
    one = page.meta["critical"]["one"][page.meta["default"]["speed"]]
    pelagic = page.arrays["fishing_critical"][page.meta["default"]["surface"]]
    assert (pelagic > one).any()
    assert ((pelagic > 0) & (pelagic < one)).any()


@pytest.mark.parametrize("years", [1000.0, 77_000.0, 333.3])
def test_another_acceptance(root, tmp_path, years):
    made = changed(root, tmp_path / "w", acceptance=f"route_strikes_per_yr = {1.0 / years!r}")
    agree(page_of(build(root)), made, a=1.0 / years / 1e-4)


@pytest.mark.parametrize("growth", [-50.0, 60.0, 190.0])
def test_another_traffic(root, tmp_path, growth):
    made = changed(root, tmp_path / "w", shipping=f"traffic_growth_pct = {growth}")
    own = agree(page_of(build(root)), made, g=1.0 + growth / 100.0)
    assert (own["routine_strike_per_km_yr"] > 0).any()


@pytest.mark.parametrize("change", [1.0, -1.25, -2.5, -14.0])
def test_another_level_of_the_sea(root, tmp_path, change):
    made = changed(root, tmp_path / "w", water=f"surface_m = {-29.3 + change!r}")
    own = agree(page_of(build(root)), made, change_m=change)
    assert own["target_dol_m"].isna().any() == (change < -1.0)


@pytest.mark.parametrize("speed", [2.5, 6.0])
def test_another_drop_speed(root, tmp_path, speed):
    made = changed(root, tmp_path / "w", shipping=f"drop_speed_kn = {speed}")
    agree(page_of(build(root)), made, speed_kn=speed)


def test_all_at_once(root, tmp_path):
    made = changed(
        root, tmp_path / "w", acceptance="route_strikes_per_yr = 5e-4", water="surface_m = -37.3",
        shipping="drop_speed_kn = 6.0\ntraffic_growth_pct = 100.0",
    )  # fmt: skip
    agree(page_of(build(root)), made, a=5.0, g=2.0, change_m=-8.0, speed_kn=6.0)


@pytest.mark.parametrize("roles", ["ais", "effort", ""])
def test_a_threat_that_is_not_assessed(tmp_path, roles):
    made = build(make_workspace(tmp_path / "w", roles=roles))
    if roles:
        page = page_of(made)
        agree(page, made)
        assert page.meta["assessed"] == {"anchors": roles == "ais", "fishing": roles == "effort"}
    else:
        told = made.results["whatif"].facts
        assert (told["offered"], told["why"]) == (False, "neither shipping nor fishing is assessed")


@pytest.mark.parametrize(
    ("lines", "why"),
    [("offered = false", "[whatif] offered is false"), ("most_stations = 10", "the route has 41 stations, more than")],
)
def test_where_it_is_not_offered_the_facts_say_why(root, tmp_path, lines, why):
    made = changed(root, tmp_path / "w", whatif=lines)
    told = made.results["whatif"].facts
    assert not told["offered"]
    assert told["why"].startswith(why)
    assert not list(made.results["whatif"].folder.glob("*.npz"))
