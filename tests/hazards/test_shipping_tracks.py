"""METHODS 1.10: which reports a ship can have sent, and what she sailed between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from pipeline.config.ais import AisSection
from pipeline.hazards.shipping.beside import pieces
from pipeline.hazards.shipping.coarse import Coarse
from pipeline.hazards.shipping.passages import Told, passages
from pipeline.hazards.shipping.track_kernels import ground_m
from pipeline.hazards.shipping.tracks import TrackCounts, legs_least_m, voyages
from tests.hazards.motion_builders import MINUTE_US, reports, run_at, sail
from tests.hazards.shipping_builders import AIS_DEFAULTS, straight_frame


def start_minutes(found):
    return (found.start_us // MINUTE_US).tolist()


@settings(deadline=None)
@given(st.floats(-180, 180), st.floats(-75, 75), st.floats(0, 360), st.floats(0, 100e3))
def test_distances_are_those_of_the_ellipsoid(lon, lat, azimuth, metres):
    lon1, lat1, _ = Geod(ellps="WGS84").fwd(lon, lat, azimuth, metres)
    assert ground_m(lon, lat, lon1, lat1) == pytest.approx(metres, rel=5e-3, abs=0.01)


def test_a_silence_ends_a_track():
    minutes = [0, 10, 40, 70.1, 80]
    sailed, found = sail(reports(minutes, run_at(9, minutes)))
    assert start_minutes(found) == [0, 10, 70]
    assert found.track.tolist() == [0, 0, 1]
    assert sailed.counts == TrackCounts(used=5, gaps=1)


@pytest.mark.parametrize(("satellite", "gaps"), [((0, 0), 1), ((1, 0), 0), ((0, 1), 0), ((1, 1), 0)])
def test_the_longer_limit_of_two_receivers_counts(satellite, gaps):
    sailed, _ = sail(reports([0, 170], run_at(9, [0, 170]), satellite=satellite))
    assert sailed.counts.gaps == gaps


def test_a_teleport_is_left_out_and_the_track_goes_on():
    minutes = [0, 10, 20, 30]
    x = run_at(9, minutes)
    x[2] += 200e3
    sailed, found = sail(reports(minutes, x))
    assert sailed.counts == TrackCounts(jump=1, used=3, lossy=1)
    assert (found.duration_us // MINUTE_US).tolist() == [10, 20]


def test_a_jump_for_good_breaks_the_track():
    minutes = [0, 10, 20, 30]
    sailed, found = sail(reports(minutes, run_at(9, minutes) + np.array([0, 0, 300e3, 300e3])))
    assert sailed.counts == TrackCounts(used=4, splits=1)
    assert (len(found), found.track.tolist()) == (2, [0, 1])


def test_two_ships_of_one_mmsi_are_two_tracks():
    minutes = np.arange(12.0)
    x = np.where(np.arange(12) % 2 == 0, run_at(9, minutes), 150e3 - run_at(12, minutes))
    sailed, found = sail(reports(minutes, x))
    assert sailed.counts == TrackCounts(used=12, splits=1, shared=1)
    assert found.length_m.max() < run_at(13, 2)
    assert found.track.tolist() == [0] * 5 + [1] * 5


def test_two_ships_of_one_mmsi_with_equal_times_are_two_tracks():
    """Reports of one time are duplicates only where one ship can have sent both."""
    minutes = np.repeat(np.arange(30.0), 2)
    x = run_at(9, minutes)
    x[1::2] += 80e3
    sailed, found = sail(reports(minutes, x))
    assert sailed.counts == TrackCounts(used=60, splits=1, shared=1)
    assert found.length_m == pytest.approx(np.full(58, run_at(9, 1)), rel=2e-3)
    x[1::2] -= 79.1e3
    assert sail(reports(minutes, x))[0].counts == TrackCounts(duplicate=30, used=30)
    assert sail(reports(minutes, x), AisSection(duplicate_m=800))[0].counts.duplicate == 0


@pytest.mark.parametrize(("ships", "lost"), [(5, 0), (8, 0), (12, 1)])
def test_many_ships_of_one_mmsi(ships, lost):
    """As many as are followed at once lose nothing; a loss of many reports is told."""
    minutes = np.arange(0, 100, 0.1)
    which = np.arange(len(minutes)) % ships
    sailed, _ = sail(reports(minutes, run_at(9, minutes) + which * 60e3))
    assert sailed.counts.lossy == lost
    assert sailed.counts.splits == ships - 1 if not lost else sailed.counts.splits <= 7
    assert (sailed.counts.jump > 0.1 * len(minutes)) == bool(lost)


def test_strays_and_silent_strands_give_way_to_a_ship():
    """Nine strands: the ship that has just come is not given up for those that were left long ago."""
    left = np.concatenate([np.array([0.0, 1.0]) + 5 * at for at in range(8)])
    x = np.repeat(np.arange(8) * 100e3, 2)
    now = np.sort(np.concatenate([np.arange(500, 520.0), np.arange(500, 520.0) + 0.5]))
    both = 1000e3 + np.where(np.arange(40) % 2, 100e3, 0.0)
    sailed, _ = sail(reports(np.concatenate([left, now]), np.concatenate([x, both])), AisSection(max_jump_kn=36))
    assert (sailed.counts.jump, sailed.counts.used) == (0, 56)


def test_a_clock_that_is_wrong_for_a_while_makes_no_jump_across():
    """Reports of an hour's later voyage, sent with times of now, stand between those of now."""
    minutes = np.arange(0, 60, 3.0)
    wrong = np.arange(10, 22, 3.0)
    x = np.concatenate([run_at(9, minutes), run_at(9, wrong + 600)])
    order = np.argsort(np.concatenate([minutes, wrong]))
    sailed, found = sail(reports(np.concatenate([minutes, wrong])[order], x[order]))
    assert sailed.counts == TrackCounts(used=24, splits=1, shared=1)
    assert found.length_m == pytest.approx(np.full(22, run_at(9, 3)), rel=2e-3)


def test_single_wrong_clocks_are_jumps():
    minutes = np.arange(0, 60, 3.0)
    x = run_at(9, minutes)
    x[[4, 9, 15]] = run_at(9, [400, 900, 1700])
    sailed, found = sail(reports(minutes, x))
    assert sailed.counts == TrackCounts(jump=3, used=17, lossy=1)
    assert found.track.max() == 0


def test_strays_hours_apart_are_jumps_and_not_a_second_ship():
    minutes = np.sort(np.concatenate([np.arange(0, 600, 10.0), [101.0, 402.0]]))
    x = run_at(9, minutes)
    x[np.isin(minutes, [101.0, 402.0])] += 200_000.0
    sailed, _ = sail(reports(minutes, x))
    assert (sailed.counts.jump, sailed.counts.splits, sailed.counts.shared) == (2, 0, 0)


def test_two_ships_never_make_one_track():
    _, found = sail(reports([0, 5, 6, 11], np.arange(4) * 1000.0, ship=[0, 0, 1, 1]))
    assert found.ship.tolist() == [0, 1]


def test_duplicates_go_and_one_report_is_no_motion():
    sailed, found = sail(reports([0, 0, 10], [0.0, 5.0, 2000.0]))
    assert (sailed.counts.duplicate, sailed.counts.used, len(found)) == (1, 2, 1)
    assert found.length_m[0] == pytest.approx(2000, abs=0.1)
    for few in ([], [3.0]):
        sailed, found = sail(reports(few))
        assert (len(found), sailed.counts.used) == (0, len(few))


@pytest.mark.parametrize(
    ("sog", "made_good_kn", "status", "still"),
    [
        (0.2, 0.1, 255, True), (0.2, 1.5, 255, True), (0.2, 2.0, 255, False), (9.0, 0.3, 255, False),
        (np.nan, 0.3, 255, True), (np.nan, 3.0, 255, False), (1.5, 0.2, 255, False), (1.5, 0.2, 1, True),
        (1.5, 0.2, 5, True), (1.5, 3.0, 1, False), (5.0, 0.2, 1, False), (1.5, 0.2, 0, False),
    ],
)  # fmt: skip
def test_standing_still(sog, made_good_kn, status, still):
    _, found = sail(reports([0, 10], run_at(made_good_kn, [0, 10]), sog=sog, status=status))
    assert found.stationary.tolist() == [still]


@pytest.mark.parametrize(("sog", "knots", "every", "status"), [
    (0.0, 3.5, 2.0, 255), (0.0, 3.5, 10.0, 255), (0.9, 0.9, 1.0, 255), (0.9, 0.9, 20.0, 255), (0.0, 12.0, 0.5, 255),
    (0.0, 0.4, 5.0, 255), (0.9, 0.9, 1.0, 1), (3.5, 3.5, 1.0, 1),
])  # fmt: skip
def test_what_makes_way_does_not_stand_still(sog, knots, every, status):
    """A tow whose speed is not sent, a drift, and one whose status was left at anchor, across 20 km."""
    minutes = np.arange(0, 20_000 / run_at(knots, 1), every)
    sailed, found = sail(reports(minutes, run_at(knots, minutes) - 10_000, sog=sog, status=status))
    assert found.stationary.sum() == len(sailed.stop_first) == found.track.max() == 0
    assert found.speed_kn == pytest.approx(np.full(len(found), knots), rel=5e-3)
    route = straight_frame().route
    close = pieces(found, route, 500.0)
    told = Told.of(sailed, np.flatnonzero(sailed.is_segment))
    assert len(passages(close, found, told, straight_frame(), 50.0)) == 1


@pytest.mark.parametrize(("every", "unknown"), [(1, 0.0), (5, 0.0), (1, 0.3)])
def test_a_drift_whose_speed_goes_about_a_knot_is_one_motion(every, unknown):
    rng = np.random.default_rng(3)
    minutes = np.arange(0, 20_000 / run_at(0.9, 1), every)
    sog = np.maximum(rng.normal(0.9, 0.2, len(minutes)), 0)
    sog[rng.random(len(sog)) < unknown] = np.nan
    sailed, found = sail(reports(minutes, run_at(0.9, minutes) - 10_000, sog=sog))
    assert found.stationary.sum() * every < 40  # of 720 minutes: the last that does not leave the radius
    told = Told.of(sailed, np.flatnonzero(sailed.is_segment))
    frame = straight_frame()
    assert len(passages(pieces(found, frame.route, 500.0), found, told, frame, 50.0)) == 1


@pytest.mark.parametrize(("away_kn", "halt_min", "still"), [(9.0, 20, True), (2.0, 20, False), (2.0, 60, True)])
def test_a_short_halt_that_is_left_slowly_is_none(away_kn, halt_min, still):
    minutes = np.arange(0, halt_min + 61, 5.0)
    way = run_at(away_kn, np.maximum(minutes - halt_min, 0))
    _, found = sail(reports(minutes, way, sog=np.where(minutes <= halt_min, 0.0, away_kn)))
    assert found.stationary.tolist() == [still] * (halt_min // 5) + [False] * 12


def test_a_stop_before_and_after_a_drift_stays_a_stop():
    """Ten hours at anchor, a drift of 5 km at 0.9 kn, and ten hours at anchor again: all with a speed of 0."""
    way = np.concatenate([np.zeros(120), np.arange(0, 5000, run_at(0.9, 5)), np.full(120, 5000.0)])
    minutes = 5.0 * np.arange(len(way))
    sailed, found = sail(reports(minutes, way, sog=0.0))
    assert len(sailed.stop_first) == 2
    drifted = found.length_m[~found.stationary].sum()
    assert 5000 - 2 * AIS_DEFAULTS.stop_radius_m <= drifted <= 5000
    assert found.stationary[:119].all()
    assert found.stationary[-119:].all()


def test_a_track_ends_at_a_stop_and_not_at_a_short_halt():
    minutes = np.arange(0, 300, 10.0)
    sog = np.full(30, 9.0)
    sog[3:6] = 0.0  # a halt of 20 minutes
    sog[12:25] = 0.0  # a stop of two hours
    x = run_at(1.0, np.cumsum(np.where(sog > 0, 90, 0.1)))
    sailed, found = sail(reports(minutes, x, sog=sog))
    assert found.stationary.tolist() == [*[False] * 3, True, True, *[False] * 7, *[True] * 12, *[False] * 5]
    assert found.track.tolist() == [0] * 12 + [1] * 12 + [2] * 5
    assert (sailed.stop_first.tolist(), sailed.stop_last.tolist()) == ([12], [24])


moves = st.tuples(
    st.sampled_from([0, 0, 1, 2, 5, 10, 40]), st.sampled_from([0, 0, 0, 0.7, 30, 90, 200, 400]), st.integers(0, 2)
)


@settings(max_examples=150, deadline=None)
@given(st.lists(moves, min_size=1, max_size=40), st.integers(2, 8))
def test_strands_are_those_of_a_slow_reading_of_the_rules(steps, followed):
    minutes = np.cumsum([step[0] for step in steps])
    x = np.array([step[1] * 1000.0 for step in steps]) + run_at(9, minutes)
    satellite = np.array([step[2] == 2 for step in steps])
    told = reports(minutes, x, satellite=satellite)
    section = AisSection(strands_followed=followed)
    sailed = voyages(told, section)
    order, before, counts = slow_strands(told, section)
    assert sailed.order.tolist() == order
    assert [int(sailed.before[i]) for i in order] == before
    assert (sailed.counts.duplicate, sailed.counts.jump, sailed.counts.used, sailed.counts.splits) == counts
    assert counts[0] + counts[1] + counts[2] == len(told)


def slow_strands(told, section):
    """The rules of ``voyages`` in plain Python, for one ship: used reports, the one before each, and counts."""
    strands, alive, duplicates = [], [], 0
    for i in range(len(told)):
        choices, duplicate = [], False
        for place, strand in enumerate(alive):
            j = strand[-1]
            metres = ground_m(told.lon[j], told.lat[j], told.lon[i], told.lat[i])
            seconds = (told.time_us[i] - told.time_us[j]) / 1e6
            if seconds == 0:
                duplicate = duplicate or metres <= section.duplicate_m
            elif metres <= section.max_jump_kn * (1852 / 3600) * seconds:
                rank = 2 if is_silence(told, j, i, section) else (0 if len(strand) > 1 else 1)
                if rank == 2 and len(strand) == 1 and len(alive) > 1:
                    continue
                choices.append((rank, metres, place))
        if duplicate:
            duplicates += 1
            continue
        if choices:
            alive[min(choices)[2]].append(i)
            continue
        strand = [i]
        strands.append(strand)
        if len(alive) < section.strands_followed:
            alive.append(strand)
            continue
        worth = [
            (not is_silence(told, old[-1], i, section), len(old) > 1, told.time_us[old[-1]], place)
            for place, old in enumerate(alive)
        ]
        alive[min(worth)[-1]] = strand
    kept = [strand for strand in strands if len(strands) == 1 or len(strand) >= section.split_reports]
    order = [i for strand in kept for i in strand]
    before = [strand[at - 1] if at else -1 for strand in kept for at in range(len(strand))]
    jumps = sum(len(strand) for strand in strands) - len(order)
    return order, before, (duplicates, jumps, len(order), max(len(kept) - 1, 0))


def is_silence(told, first, last, section):
    limit = max((section.gap_min, section.gap_satellite_min)[told.satellite[k]] for k in (first, last))
    return (told.time_us[last] - told.time_us[first]) / MINUTE_US > limit


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-60e3, 60e3), st.floats(-40e3, 60e3)), min_size=2, max_size=30),
    st.sampled_from([1000.0, 5000.0]),
)
def test_the_coarse_look_leaves_out_nothing_that_comes_near(places, reach_m):
    frame = straight_frame()
    x, y = np.array(places).T
    section = AisSection(gap_min=1e6, max_jump_kn=1e6)
    sailed, found = sail(reports(np.arange(len(x)) * 60.0, x, y), section)
    kept = (legs_least_m(sailed, Coarse.around(frame.route, reach_m)) <= reach_m)[sailed.is_segment]
    line = np.linspace(0, 1, 201)
    for at in np.flatnonzero(~kept):
        place = frame.route.locate(
            found.x0_m[at] + line * (found.x1_m - found.x0_m)[at], found.y0_m[at] + line * (found.y1_m - found.y0_m)[at]
        )
        assert np.abs(place.offset_m).min() > reach_m
