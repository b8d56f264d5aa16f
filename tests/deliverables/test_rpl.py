"""METHODS 5.1 (T13): spans, bearings, cable lengths; degrees and minutes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.deliverables.rpl import degrees_minutes, position_list
from pipeline.geo import Route

LAT = np.array([40.62, 40.90, 41.60, 42.80, 43.62])
LON = np.array([49.76, 50.00, 50.40, 50.90, 51.14])
SLACK = [np.nan, 1.0, 0.5, 1.0, 1.0]


def listed(
    slack: list[float], events: list[str] | None = None, zone_starts: tuple[float, ...] = (0.0,)
) -> pd.DataFrame:
    route = Route(LON, LAT, "EPSG:32639")
    given = pd.DataFrame(
        {"kp_km": route.position_kp_km, "lon": LON, "lat": LAT, "event": events or [""] * 5, "cable_type": "SA",
         "slack_pct": slack}
    )  # fmt: skip
    kp = np.arange(0.0, route.length_km, 1.0)
    zone = np.searchsorted(np.array(zone_starts), kp, side="right")
    stations = pd.DataFrame({"kp_km": kp, "water_depth_m": 50.0, "zone_id": zone, "tool": "jet", "length_km": 1.0})
    ends = [*zone_starts[1:], route.length_km]
    zones = pd.DataFrame(
        {"zone_id": range(1, len(zone_starts) + 1), "kp_from_km": zone_starts, "kp_to_km": ends, "target_dol_m": 1.0,
         "achievable_dol_m": 2.0, "deficit_m": 0.0, "protection": "burial", "cable_type": "SA"}
    )  # fmt: skip
    return position_list(route, given, stations, zones)


def test_worked_example() -> None:
    table = listed(SLACK)
    np.testing.assert_allclose(table["span_km"][1:], [37.1149, 84.6621, 139.5421, 93.1635], atol=1e-3)
    np.testing.assert_allclose(table["kp_km"][1:], [37.1149, 121.7769, 261.3191, 354.4826], atol=1e-3)
    np.testing.assert_allclose(table["bearing_deg"][1:], [33.016, 23.197, 17.046, 12.002], atol=1e-3)
    np.testing.assert_allclose(table["cable_km"][1:], [37.4860, 122.5714, 263.5089, 357.6041], atol=1e-3)
    assert table["event"].tolist() == ["Start; BZ 1", "A/C", "A/C", "A/C", "End"]


def test_a_zone_start_inside_a_span_changes_no_length() -> None:
    plain, cut = listed(SLACK), listed(SLACK, zone_starts=(0.0, 50.0, 200.0))
    assert len(cut) == len(plain) + 2
    assert cut["cable_km"].iloc[-1] == pytest.approx(plain["cable_km"].iloc[-1], abs=1e-6)
    assert cut["event"].tolist().count("BZ 2") == 1
    assert cut["zone_id"].tolist() == [1, 1, 1, 2, 2, 3, 3]


def test_missing_slack_leaves_cable_length_blank_from_there() -> None:
    table = listed([np.nan, 1.0, np.nan, 1.0, 1.0])
    assert table["cable_km"].notna().tolist() == [True, True, False, False, False]
    assert table["kp_km"].notna().all()


@pytest.mark.parametrize(
    ("value", "text"),
    [(40.5897, "40 35.3820 N"), (40.99999999, "41 00.0000 N"), (-0.5, "0 30.0000 S"), (0.0, "0 00.0000 N")],
)
def test_degrees_and_minutes(value: float, text: str) -> None:
    assert degrees_minutes(np.array([value]), "NS") == [text]
