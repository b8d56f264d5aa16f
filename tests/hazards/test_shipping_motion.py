"""METHODS 1.10: tracks, cutting, exposure, passages and smoothing as pure functions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.geo import Frame, Route
from pipeline.hazards.shipping.beside import least_distance_m, pieces
from pipeline.hazards.shipping.cut import cuts, parts, share_us, sum_by_key
from pipeline.hazards.shipping.exposure import cell_time, direction_factor, station_time
from pipeline.hazards.shipping.passages import passages
from pipeline.hazards.shipping.smoothing import along_route, box_weights
from pipeline.hazards.shipping.tracks import Segments, segments
from pipeline.sources.ais.positions import Reports
from tests.hazards.shipping_builders import AIS_DEFAULTS, CRS, straight_frame

MINUTE_US = 60_000_000
KN = 1852 / 3600


def reports(minutes, sog=9.0, ship=0):
    minutes = np.asarray(minutes, float)
    blank = np.zeros(len(minutes))
    return Reports(
        np.broadcast_to(np.asarray(ship), minutes.shape).astype(np.int64), (minutes * MINUTE_US).astype(np.int64),
        blank, blank, np.broadcast_to(np.asarray(sog, float), minutes.shape).copy(),
    )  # fmt: skip


def segment(x0, y0, x1, y1, minutes=10.0, ship=0, stationary=False):
    one = [np.atleast_1d(np.asarray(v, float)) for v in (x0, y0, x1, y1)]
    n = len(one[0])
    return Segments(
        np.full(n, ship), np.zeros(n, np.int64), np.full(n, int(minutes * MINUTE_US)), *one, np.full(n, 9.0),
        np.full(n, stationary), np.arange(n),
    )  # fmt: skip


def run_at(knots, minutes):
    return np.asarray(minutes, float) * 60 * knots * KN


def test_a_silence_ends_a_track():
    minutes = [0, 10, 40, 70.1, 80]
    found, counts = segments(reports(minutes), run_at(9, minutes), np.zeros(5), AIS_DEFAULTS)
    assert (found.start_us // MINUTE_US).tolist() == [0, 10, 70]
    assert (counts.gaps, counts.used) == (1, 5)


def test_a_teleport_is_left_out_and_the_track_goes_on():
    minutes = [0, 10, 20, 30]
    x = run_at(9, minutes)
    x[2] += 200e3
    found, counts = segments(reports(minutes), x, np.zeros(4), AIS_DEFAULTS)
    assert (counts.jump, counts.used, counts.splits) == (1, 3, 0)
    assert (found.duration_us // MINUTE_US).tolist() == [10, 20]


def test_a_jump_for_good_breaks_the_track():
    minutes = [0, 10, 20, 30]
    x = run_at(9, minutes) + np.array([0, 0, 300e3, 300e3])
    found, counts = segments(reports(minutes), x, np.zeros(4), AIS_DEFAULTS)
    assert (counts.jump, counts.splits, len(found)) == (0, 1, 2)


def test_two_ships_never_make_one_track():
    found, _ = segments(reports([0, 5, 6, 11], ship=[0, 0, 1, 1]), np.arange(4) * 1000.0, np.zeros(4), AIS_DEFAULTS)
    assert found.ship.tolist() == [0, 1]


def test_duplicates_go_and_one_report_is_no_motion():
    found, counts = segments(reports([0, 0, 10]), np.array([0.0, 5.0, 2000.0]), np.zeros(3), AIS_DEFAULTS)
    assert (counts.duplicate, counts.used, found.x0_m.tolist()) == (1, 2, [0.0])
    for few in ([], [3.0]):
        found, counts = segments(reports(few), np.zeros(len(few)), np.zeros(len(few)), AIS_DEFAULTS)
        assert (len(found), counts.used) == (0, len(few))


@pytest.mark.parametrize(
    ("sog", "made_good_kn", "still"),
    [
        (0.2, 0.1, True),
        (0.2, 2.0, True),
        (0.2, 8.0, False),
        (9.0, 0.3, False),
        (np.nan, 0.3, True),
        (np.nan, 3.0, False),
    ],
)
def test_stationary(sog, made_good_kn, still):
    found, _ = segments(reports([0, 10], sog), run_at(made_good_kn, [0, 10]), np.zeros(2), AIS_DEFAULTS)
    assert found.stationary.tolist() == [still]


@given(
    st.lists(st.tuples(st.integers(-400, 400), st.integers(-400, 400)), min_size=1, max_size=8),
    st.lists(st.integers(-320, 320), min_size=1, max_size=20, unique=True),
    st.integers(1, 10**12),
)
def test_cutting_conserves_time_and_keeps_parts_between_lines(motions, lines, duration):
    start, end = np.array(motions).T / 8.0
    lines = np.sort(lines) / 8.0
    owner, first, last = parts(np.zeros(len(start)), np.ones(len(start)), *cuts(start, end, lines))
    assert sorted(set(owner.tolist())) == list(range(len(start)))
    whole = np.full(len(owner), duration)
    _, total = sum_by_key(owner, share_us(whole, first, last))
    assert (total == duration).all()
    for at in range(len(start)):
        cut = start[at] + first[owner == at][1:] * (end[at] - start[at])
        low, high = min(start[at], end[at]), max(start[at], end[at])
        assert len(cut) == ((lines > low) & (lines < high)).sum()


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
    got = station_time(pieces(run, frame.route, 500.0), run, frame, 1000.0, "cautious")
    assert got["station"].tolist() == [50]
    assert got["hours_us"].sum() == pytest.approx(2 * MINUTE_US, abs=2)


def test_a_run_along_the_cable_is_shared_among_panels_by_length():
    frame = straight_frame()
    x, y = origin(frame)
    run = segment(x + 300, y + 5000 * 0.9996, x + 300, y + 6000 * 0.9996, minutes=10)  # UTM scale
    got = station_time(pieces(run, frame.route, 500.0), run, frame, 1000.0, None).set_index("station")["hours_us"]
    assert got.sum() == 10 * MINUTE_US
    assert got.loc[51:59].to_numpy() == pytest.approx(np.full(9, MINUTE_US), rel=1e-3)
    assert got.loc[[50, 60]].to_numpy() == pytest.approx([MINUTE_US / 2] * 2, rel=1e-2)


def test_what_lies_past_the_ends_does_not_count():
    frame = straight_frame()
    x, y = origin(frame)
    run = segment(x, y - 700, x, y + 300, minutes=10)
    got = station_time(pieces(run, frame.route, 500.0), run, frame, 1000.0, None)
    assert got["hours_us"].sum() == pytest.approx(3 * MINUTE_US, abs=5)
    outside = segment(x - 500, y - 100, x + 500, y - 100)
    assert pieces(outside, frame.route, 500.0).segment.tolist() == []
    assert len(passages(pieces(outside, frame.route, 500.0), outside, frame)) == 0


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
        table = station_time(pieces(run, frame.route, 500.0), run, frame, 1000.0, "cautious")
        cells = cell_time(run, frame, "cautious")
        crossed = passages(pieces(run, frame.route, 500.0), run, frame)
        return table["hours_us"].sum(), cells["hours_us"].sum(), np.sort(crossed["kp_km"])

    once, halves = told(whole), [told(first), told(second)]
    assert once[0] == pytest.approx(halves[0][0] + halves[1][0], abs=len(runs) * 100)
    assert once[1] == pytest.approx(halves[0][1] + halves[1][1], abs=len(runs) * 400)
    if (np.abs(mx) > 1e-3).all() and (np.minimum(np.abs(x0), np.abs(x1)) > 1e-3).all():
        assert once[2] == pytest.approx(np.sort(np.concatenate([halves[0][2], halves[1][2]])), abs=1e-3)
        assert len(once[2]) == (np.sign(x0) != np.sign(x1)).sum()


def test_a_passage_says_where_when_and_how():
    frame = straight_frame()
    x, y = origin(frame)
    run = segment(x - 1000, y + 4000, x + 3000, y + 8000, minutes=20, ship=4)
    got = passages(pieces(run, frame.route, 500.0), run, frame)
    assert got[["station", "ship", "time_us", "speed_kn"]].to_numpy().tolist() == [[50, 4, 5 * MINUTE_US, 9.0]]
    assert got["kp_km"][0] == pytest.approx(5.0, abs=0.01)
    assert got["angle_deg"][0] == pytest.approx(45.0, abs=0.05)


def test_a_moored_ship_that_swings_over_the_cable_is_no_passage():
    frame = straight_frame()
    x, y = origin(frame)
    swing = segment(x - 10, y + 4000, x + 10, y + 4000, stationary=True)
    assert len(passages(pieces(swing, frame.route, 500.0), swing, frame)) == 0


def test_a_bent_route_is_crossed_as_often_as_drawn():
    route = Route(np.array([51.0, 51.0, 51.1]), np.array([42.0, 42.05, 42.1]), CRS)
    frame = Frame.along(route, station_m=100.0, half_width_m=2000.0, cell_m=250.0)
    ax, ay = route.xy(np.array([1.0, route.length_km - 1.0]))
    chord = segment(ax[0] - 200, ay[0], ax[1] - 200, ay[1], minutes=30)  # over the first leg, then the bend's far side
    got = passages(pieces(chord, route, 500.0), chord, frame)
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


def test_cells_are_cut_exactly():
    frame = straight_frame()
    cell = frame.cells[frame.cells["offset_m"].between(-200, 200)].iloc[40]
    run = segment(cell["x_m"] - 125, cell["y_m"], cell["x_m"] + 375, cell["y_m"], minutes=10)
    got = cell_time(run, frame, "heading")
    assert got["cell"].tolist() == [int(cell["cell"]), int(cell["cell"]) + 1]
    assert got["hours_us"].to_numpy() == pytest.approx([5 * MINUTE_US] * 2, rel=1e-6)


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
