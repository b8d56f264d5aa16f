"""METHODS 1.10: stops, anchorages, and the time that silences hide."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.config.ais import AisSection
from pipeline.hazards.shipping.anchorages import anchorages
from pipeline.hazards.shipping.coarse import Coarse
from pipeline.hazards.shipping.coverage import Coverage, silences_under_way
from pipeline.hazards.shipping.stops import stops
from pipeline.hazards.shipping.tables import STOPS
from tests.hazards.motion_builders import MINUTE_US, origin, reports, run_at, sail, transformers
from tests.hazards.shipping_builders import AIS_DEFAULTS, CRS, straight_frame


def lying(minutes, swing_m, *, seed=2, x=800.0, **told):
    rng = np.random.default_rng(seed)
    turn = rng.uniform(0, 2 * np.pi, len(minutes))
    return reports(minutes, x + swing_m * np.cos(turn), 5000 + swing_m * np.sin(turn), sog=0.2, **told)


def found(given, section=AIS_DEFAULTS):
    sailed, _ = sail(given, section)
    route = straight_frame().route
    return stops(sailed, route, Coarse.around(route, section.stop_reach_m), section, transformers()[0])


def test_a_stop_is_told_once_across_a_silence():
    minutes = np.concatenate([np.arange(0, 100, 5.0), np.arange(145, 300, 5.0)])
    got = found(lying(minutes, 100.0))
    assert len(got) == 1
    one = got.iloc[0]
    assert (one["start_us"], one["end_us"], one["reports"]) == (0, 295 * MINUTE_US, len(minutes))
    x0, y0 = origin()
    assert [one["x_m"], one["y_m"]] == pytest.approx([x0 + 800, y0 + 5000], abs=40)
    assert one["radius_m"] == pytest.approx(100, abs=45)
    assert one["offset_m"] == pytest.approx(800, abs=40)
    assert one["kp_km"] == pytest.approx(5.0, abs=0.05)
    assert list(got.columns) == list(STOPS)
    assert len(found(lying(minutes, 100.0), AisSection(stop_join_min=20))) == 2


@pytest.mark.parametrize(
    ("swing_m", "status", "kind"),
    [
        (100.0, 255, "anchored"), (5.0, 255, "anchored"), (5.0, 1, "anchored"), (100.0, 5, "moored"),
        (5.0, 0, "anchored"), (5.0, [5] * 12 + [1] * 12, "anchored"), (5.0, [5] * 13 + [1] * 11, "moored"),
    ],
)  # fmt: skip
def test_only_what_says_moored_is_moored(swing_m, status, kind):
    """What is not known is at anchor: routine anchoring counts it."""
    assert found(lying(np.arange(0, 120, 5.0), swing_m, status=status))["kind"].tolist() == [kind]


@pytest.mark.parametrize("swing_m", [0.0, 320.0])
def test_a_ship_that_jitters_and_swings_at_anchor_stays_one_stop(swing_m):
    """Every 10 s with 10 m of noise, the speed made good of a leg is often 5 kn; a swing of 640 m takes hours."""
    minutes = np.arange(0, 24 * 60, 1 / 6)
    noise = np.random.default_rng(7).normal(0, 10, (2, len(minutes)))
    turn = np.sin(2 * np.pi * minutes / 745) * np.pi
    at = 800 + noise[0] + swing_m * np.cos(turn), 5000 + noise[1] + swing_m * np.sin(turn)
    sailed, moved = sail(reports(minutes, *at, sog=0.0))
    assert np.quantile(sailed.length_m[1:], 0.9) > run_at(5, 1 / 6)
    assert moved.stationary.all()
    got = found(reports(minutes, *at, sog=0.0))
    assert got[["start_us", "end_us"]].to_numpy().tolist() == [[0, round(minutes[-1] * MINUTE_US)]]


def test_a_short_or_a_distant_stay_is_no_stop_here():
    assert len(found(lying(np.arange(0, 56, 5.0), 20.0))) == 0
    assert len(found(lying(np.arange(0, 120, 5.0), 20.0, x=6200.0))) == 0


def test_a_ship_that_swings_with_speed_lies_all_the_same():
    """Speeds of a swing above the limit do not cut the stop; sailing away does."""
    minutes = np.arange(0, 240, 5.0)
    given = lying(minutes, 60.0)
    sog = given.sog_kn.copy()
    sog[20:23] = 1.6
    got = found(type(given)(*(sog if column is given.sog_kn else column for column in given.columns)))
    assert (got["end_us"] - got["start_us"]).tolist() == [235 * MINUTE_US]
    away = reports(minutes, np.where((minutes > 100) & (minutes < 130), 3000.0, 800.0), sog=0.2)
    assert len(found(away)) == 2


def table_of(*rows):
    names = ("ship", "hours", "x_m", "y_m", "radius_m", "kind", "kp_km", "offset_m")
    table = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows])
    table["start_us"] = 0
    table["end_us"] = (table.pop("hours") * 3.6e9).astype("int64")
    return table


def test_anchorages_join_what_touches():
    stays = table_of(
        (1, 5, 0.0, 0.0, 50.0, "anchored", 4.0, 900.0), (2, 7, 900.0, 0.0, 50.0, "anchored", 4.1, 1800.0),
        (1, 1, 9000.0, 0.0, 800.0, "anchored", 2.0, -500.0), (3, 9, 0.0, 0.0, 10.0, "moored", 4.0, 900.0),
    )  # fmt: skip
    got = anchorages(stays, CRS, 500.0)
    assert got[["anchorage", "ship_hours", "stops", "ships", "kp_km", "offset_m"]].to_numpy().tolist() == [
        [0, 1, 1, 1, 2.0, -500.0], [1, 12, 2, 2, 4.0, 900.0]
    ]  # fmt: skip
    assert got.geometry[0].area == pytest.approx(np.pi * 800**2, rel=0.01)
    assert got.geometry[1].bounds == pytest.approx((-500, -500, 1400, 500), abs=5)
    again = anchorages(stays.iloc[::-1], CRS, 500.0)
    assert again.geometry.geom_equals(got.geometry).all()
    pd.testing.assert_frame_equal(again.drop(columns="geometry"), got.drop(columns="geometry"))
    assert anchorages(stays, CRS, 500.0, kind="moored")["ships"].tolist() == [1]
    assert len(anchorages(stays.iloc[:0], CRS, 500.0)) == 0


def test_silences_under_way_suggest_a_factor():
    minutes = np.array([0, 10, 70, 80, 200, 210.0])
    sog = np.array([9, 9, 9, 0.2, 0.2, 9.0])
    sailed, _ = sail(reports(minutes, run_at(9, minutes), sog=sog))
    legs = silences_under_way(sailed, np.arange(len(sailed.order)), AIS_DEFAULTS)
    assert legs.tolist() == [2]  # the other begins and ends at rest
    loitering = reports(minutes, run_at(9, [0, 10, 12, 22, 23, 33]), sog=9.0)
    sailed, _ = sail(loitering)
    assert silences_under_way(sailed, np.arange(6), AIS_DEFAULTS).tolist() == []
    told = Coverage(80, 20)
    assert (told.share, told.suggested_factor) == (0.2, 1.25)
    assert "1.25" in told.findings(AIS_DEFAULTS)[0]
    assert Coverage(100, 1).findings(AIS_DEFAULTS) == Coverage().findings(AIS_DEFAULTS) == []
