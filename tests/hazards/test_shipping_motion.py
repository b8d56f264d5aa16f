"""METHODS 1.10: tracks, cutting, exposure, passages and smoothing as pure functions."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.geo import Frame, Route
from pipeline.hazards.shipping.beside import least_distance_m, pieces
from pipeline.hazards.shipping.exposure import direction_factor, station_time
from pipeline.hazards.shipping.located import locate
from pipeline.hazards.shipping.passages import Told, passages
from pipeline.hazards.shipping.smoothing import along_route, box_weights
from pipeline.hazards.shipping.tracks import Segments
from tests.hazards.motion_builders import sums_table
from tests.hazards.shipping_builders import CRS, straight_frame

MINUTE_US = 60_000_000
SETTLE_M = 50.0


def segment(x0, y0, x1, y1, minutes=10.0, ship=0, stationary=False):
    """One straight run, or several that have nothing to do with each other."""
    one = [np.atleast_1d(np.asarray(v, float)) for v in (x0, y0, x1, y1)]
    n = len(one[0])
    return Segments(
        np.full(n, ship), np.zeros(n, np.int64), np.full(n, int(minutes * MINUTE_US)), *one, np.full(n, 9.0),
        np.full(n, stationary), np.arange(n),
    )  # fmt: skip


def sailed(x, y, minutes=1.0, track=0, stationary=False):
    """One track along points, a leg each ``minutes``."""
    n = len(x) - 1
    step = int(minutes * MINUTE_US)
    return Segments(
        np.zeros(n, np.int64), np.arange(n) * step, np.full(n, step), x[:-1], y[:-1], x[1:], y[1:], np.full(n, 9.0),
        np.broadcast_to(stationary, n).copy(), np.full(n, track),
    )  # fmt: skip


def crossings(run, frame, at_stop=False):
    n = len(run)
    told = Told(np.full(n, at_stop), np.full(n, 12.0), np.full(n, np.nan), np.full(n, 4.5))
    return passages(pieces(run, frame.route, 500.0), run, told, frame, SETTLE_M)


def times(run, frame, mode="cautious"):
    found = station_time(pieces(run, frame.route, 500.0), run, frame, 1000.0, mode)
    return sums_table(found, ["station", "ship", "hours_us", "weighted_us"])


def test_direction_factor():
    heading = np.array([90.0, 0.0, 30.0, np.nan])
    assert direction_factor(heading, np.zeros(4), "heading") == pytest.approx([1, 0, 0.5, 1])
    assert direction_factor(heading, np.zeros(4), "cautious") == pytest.approx([1, 2 / np.pi, 2 / np.pi, 1])
    assert direction_factor(heading, np.zeros(4), "isotropic") == pytest.approx(np.full(4, 2 / np.pi))


def origin(frame: Frame):
    x, y = frame.route.xy(np.array([0.0]))
    return float(x[0]), float(y[0])


def test_a_perpendicular_run_is_clipped_to_the_panel():
    frame = straight_frame()
    x, y = origin(frame)
    run = segment(x - 4000, y + 5000, x + 4000, y + 5000, minutes=8)
    got = times(run, frame)
    assert got["station"].tolist() == [50]
    assert got["hours_us"].sum() == pytest.approx(2 * MINUTE_US, abs=2)


def test_a_run_along_the_cable_is_shared_among_panels_by_length():
    frame = straight_frame()
    x, y = origin(frame)
    run = segment(x + 300, y + 5000 * 0.9996, x + 300, y + 6000 * 0.9996, minutes=10)  # UTM scale
    got = times(run, frame).set_index("station")["hours_us"]
    assert got.sum() == 10 * MINUTE_US
    assert got.loc[51:59].to_numpy() == pytest.approx(np.full(9, MINUTE_US), rel=1e-3)
    assert got.loc[[50, 60]].to_numpy() == pytest.approx([MINUTE_US / 2] * 2, rel=1e-2)


def test_what_lies_past_the_ends_does_not_count():
    frame = straight_frame()
    x, y = origin(frame)
    run = segment(x, y - 700, x, y + 300, minutes=10)
    got = times(run, frame)
    assert got["hours_us"].sum() == pytest.approx(3 * MINUTE_US, abs=5)
    outside = segment(x - 500, y - 100, x + 500, y - 100)
    assert pieces(outside, frame.route, 500.0).segment.tolist() == []
    assert len(crossings(outside, frame)) == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-3000, 3000), st.floats(500, 19000)] * 2), min_size=1, max_size=6))
def test_more_reports_of_one_straight_run_change_nothing(runs):
    """Reporting half way neither adds nor loses ship-time or passages."""
    frame = straight_frame()
    x, y = origin(frame)
    x0, y0, x1, y1 = (np.array(column) for column in zip(*runs, strict=True))
    whole = segment(x + x0, y + y0, x + x1, y + y1, minutes=10)
    mx, my = (x0 + x1) / 2, (y0 + y1) / 2
    first, second = segment(x + x0, y + y0, x + mx, y + my, 5), segment(x + mx, y + my, x + x1, y + y1, 5)

    def told(run):
        table = times(run, frame)
        return table["weighted_us"].sum(), table["hours_us"].sum(), np.sort(crossings(run, frame)["kp_km"])

    once, halves = told(whole), [told(first), told(second)]
    assert once[0] == pytest.approx(halves[0][0] + halves[1][0], abs=len(runs) * 100)
    assert once[1] == pytest.approx(halves[0][1] + halves[1][1], abs=len(runs) * 4)
    if (np.abs(mx) > 1e-3).all() and (np.minimum(np.abs(x0), np.abs(x1)) > 1e-3).all():
        assert once[2] == pytest.approx(np.sort(np.concatenate([halves[0][2], halves[1][2]])), abs=1e-3)
        assert len(once[2]) == (np.sign(x0) != np.sign(x1)).sum()


def test_a_passage_says_where_when_and_how():
    frame = straight_frame()
    x, y = origin(frame)
    run = segment(x - 1000, y + 4000, x + 3000, y + 8000, minutes=20, ship=4)
    got = crossings(run, frame)
    assert got[["station", "ship", "time_us", "speed_kn"]].to_numpy().tolist() == [[50, 4, 5 * MINUTE_US, 9.0]]
    assert got["kp_km"][0] == pytest.approx(5.0, abs=0.01)
    assert got["angle_deg"][0] == pytest.approx(45.0, abs=0.05)
    assert got["course_deg"][0] == pytest.approx(45.0, abs=0.05)  # the central meridian: grid north is true north
    assert got[["heading_deg", "draught_m"]].to_numpy().tolist() == [[12.0, 4.5]]


def test_a_moored_ship_that_swings_over_the_cable_is_no_passage():
    frame = straight_frame()
    x, y = origin(frame)
    swing = segment(x - 10, y + 4000, x + 10, y + 4000, stationary=True)
    assert len(crossings(swing, frame)) == 0
    swing = segment(x - 10, y + 4000, x + 10, y + 4000)
    assert len(crossings(swing, frame, at_stop=True)) == 0
    assert len(crossings(swing, frame)) == 1


def test_a_bent_route_is_crossed_as_often_as_drawn():
    route = Route(np.array([51.0, 51.0, 51.1]), np.array([42.0, 42.05, 42.1]), CRS)
    frame = Frame.along(route, station_m=100.0, half_width_m=2000.0, cell_m=250.0)
    ax, ay = route.xy(np.array([1.0, route.length_km - 1.0]))
    chord = segment(ax[0] - 200, ay[0], ax[1] - 200, ay[1], minutes=30)  # over the first leg, then the bend's far side
    got = crossings(chord, frame)
    line = np.linspace(0, 1, 20001)
    place = route.locate(chord.x0_m + line * (chord.x1_m - chord.x0_m), chord.y0_m + line * (chord.y1_m - chord.y0_m))
    changes = int((np.diff(np.sign(place.offset_m)) != 0).sum())
    assert changes >= 1
    assert len(got) == changes


def test_nothing_that_comes_near_is_filtered_out():
    frame = straight_frame()
    x, y = origin(frame)
    assert least_distance_m(segment(x - 20000, y + 5000, x + 20000, y + 5000), frame.route)[0] <= 0.0
    assert least_distance_m(segment(x + 5000, y, x + 5000, y + 100), frame.route)[0] > 4000.0


def test_places_beside_a_route_are_those_of_the_route():
    rng = np.random.default_rng(3)
    route = Route(np.array([51.0, 51.0, 51.1, 50.9]), np.array([42.0, 42.05, 42.1, 42.15]), CRS)
    vx, vy = route.vertices[1:]
    x, y = rng.uniform(vx.min() - 2e4, vx.max() + 2e4, 3000), rng.uniform(vy.min() - 2e4, vy.max() + 2e4, 3000)
    got, want = locate(route, x, y), route.locate(x, y)
    assert np.array_equal(got.beyond, want.beyond)
    assert got.kp_km == pytest.approx(want.kp_km, abs=1e-9)
    assert got.offset_m == pytest.approx(want.offset_m, abs=1e-6)


tracks = st.lists(st.tuples(st.floats(-2500, 2500), st.floats(-300, 3000)), min_size=2, max_size=12)


@settings(max_examples=60, deadline=None)
@given(tracks)
def test_ship_time_is_that_of_a_slow_walk(points):
    """Each piece in plain Python: where it lies in the band, from panel edge to panel edge."""
    frame = straight_frame()
    x0, y0 = origin(frame)
    x, y = np.array(points).T
    run = sailed(x0 + x, y0 + y)
    got = times(run, frame)
    want = slow_station_time(run, frame, 1000.0)
    table = {int(row.station): (int(row.hours_us), int(row.weighted_us)) for row in got.itertuples()}
    for station in set(table) | set(want):
        assert table.get(station, (0, 0)) == pytest.approx(want.get(station, (0, 0)), abs=3)
    assert got["hours_us"].sum() == sum(time for time, _ in want.values())


def slow_station_time(run, frame, half_m):
    edges = np.concatenate([[0.0], frame.stations["kp_km"].rolling(2).mean()[1:], [frame.route.length_km]])
    parts, out = pieces(run, frame.route, 500.0), {}
    for p in range(len(parts.segment)):
        s = parts.segment[p]
        kp0, kp1, o0, o1 = (getattr(parts, name)[p] for name in ("kp0_km", "kp1_km", "offset0_m", "offset1_m"))
        at = [0.0, 1.0]
        at += [(line - kp0) / (kp1 - kp0) for line in edges if min(kp0, kp1) < line < max(kp0, kp1)]
        at += [(side - o0) / (o1 - o0) for side in (-half_m, half_m) if min(o0, o1) < side < max(o0, o1)]
        at = sorted(at)
        for a, b in pairwise(at):
            middle = (a + b) / 2
            if abs(o0 + middle * (o1 - o0)) > half_m:
                continue
            station = int(np.searchsorted(edges, kp0 + middle * (kp1 - kp0), side="right")) - 1
            whole = parts.start[p], parts.end[p]
            first, last = (
                round(whole[1] * run.duration_us[s]) if f >= 1 else round(
                    (whole[0] + f * (whole[1] - whole[0])) * run.duration_us[s]
                )
                for f in (a, b)
            )  # fmt: skip
            factor = direction_factor(run.heading_deg[s], frame.stations["bearing_deg"][station], "cautious")
            one = out.get(station, (0, 0))
            out[station] = (one[0] + last - first, one[1] + round((last - first) * float(factor)))
    return out


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([-900.0, -60.0, -49.0, -10.0, 10.0, 49.0, 60.0, 900.0]), min_size=2, max_size=14))
def test_passages_are_changes_of_side_that_last(offsets):
    """A side is taken where a track begins, where it is settled and where it ends; passages are its changes."""
    frame = straight_frame()
    x0, y0 = origin(frame)
    run = sailed(x0 + np.array(offsets), y0 + 3000.0 + 120.0 * np.arange(len(offsets)))
    settled = [offsets[0], *[one for one in offsets if abs(one) >= SETTLE_M], offsets[-1]]
    changes = sum((one < 0) != (other < 0) for one, other in pairwise(settled))
    assert len(crossings(run, frame)) == changes


def test_a_ship_that_turns_round_on_the_line_has_not_crossed():
    frame = straight_frame()
    x0, y0 = origin(frame)
    y = y0 + 4000.0 + 100.0 * np.arange(7)
    for over, passed in ((10.0, 0), (300.0, 2)):
        run = sailed(x0 + np.array([-900, -300, -20, over, -20, -300, -900]), y)
        assert len(crossings(run, frame)) == passed
    on_the_line = sailed(x0 + np.array([-900, -300, 0.0, 0.0, 0.0, 300, 900]), y)
    assert len(crossings(on_the_line, frame)) == 1
    jitter = sailed(x0 + np.array([-900, -5, 5, -5, 5, -5, 900]), y)
    assert len(crossings(jitter, frame)) == 1
    still = np.array([False, True, True, True, True, False])
    drift = sailed(x0 + np.array([-900, -5, 5, -5, 5, -5, -900]), y, stationary=still)
    assert len(crossings(drift, frame)) == 0


@given(
    st.lists(st.floats(0.01, 2.0), min_size=1, max_size=40),
    st.floats(0.0, 6.0, allow_subnormal=False),
    st.integers(0, 39),
)
def test_smoothing_along_the_route_conserves_totals(lengths, width, at):
    edges = np.concatenate([[0.0], np.cumsum(lengths)])
    matrix = along_route(edges, width)
    assert matrix.sum(axis=0) == pytest.approx(np.ones(len(lengths)), rel=1e-12)
    assert (matrix.toarray() >= 0).all()
    held = np.zeros(len(lengths))
    held[at % len(lengths)] = 7.0
    assert (matrix @ held).sum() == pytest.approx(7.0, rel=1e-12)


def test_smoothing_is_a_box_and_leaves_even_traffic_even():
    edges = np.linspace(0, 20, 201)
    matrix = along_route(edges, 2.5)
    assert matrix @ np.full(200, 3.0) == pytest.approx(np.full(200, 3.0))
    spread = matrix.toarray()[:, 100]
    # Panel 100 holds KP 10.0 to 10.1: of a box of 2.5 km every panel gets 1/25, the outer ones what is left of it.
    assert spread[87:114] == pytest.approx([0.005, 0.035, *[0.04] * 23, 0.035, 0.005], rel=1e-9)
    assert spread.sum() == pytest.approx(1.0)
    assert matrix.toarray()[:5, 0].sum() > matrix.toarray()[:5, 10].sum()  # reflected at the end, not lost


def test_box_weights():
    assert box_weights(2500, 250).tolist() == [8] + [16] * 9 + [8]
    assert box_weights(0, 250).tolist() == [16]
    assert box_weights(750, 250).tolist() == [16] * 3
