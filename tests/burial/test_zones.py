"""METHODS 11: zones tile the route, are long enough, and merging only deepens."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.burial.zones import make_zones, zone_of

ROUNDING, MINIMUM = 0.05, 1.0


def zones_of(depth: list[int], cable: list[int] | None = None, pitch_km: float = 0.1):
    stations = np.arange(len(depth)) * pitch_km
    edges = np.concatenate([[0.0], (stations[1:] + stations[:-1]) / 2, [stations[-1]]])
    heavy = np.array(cable if cable is not None else [1] * len(depth))
    return make_zones(edges, np.array(depth), heavy, rounding_km=ROUNDING, minimum_km=MINIMUM), stations


def described(zones) -> list[tuple[float, float, int]]:
    return [(round(z.kp_from_km, 3), round(z.kp_to_km, 3), z.depth) for z in zones]


def test_long_runs_stay() -> None:
    zones, _ = zones_of([1] * 20 + [3] * 21)
    assert described(zones) == [(0.0, 1.95, 1), (1.95, 4.0, 3)]


def test_a_short_shallow_run_is_deepened_to_its_less_deep_neighbour() -> None:
    zones, _ = zones_of([2] * 20 + [0] * 5 + [3] * 20)
    assert described(zones) == [(0.0, 2.45, 2), (2.45, 4.4, 3)]


def test_a_short_deep_run_grows_to_the_minimum_and_no_further() -> None:
    zones, _ = zones_of([1] * 50 + [3] * 4 + [1] * 50)
    assert [z.depth for z in zones] == [1, 3, 1]
    assert zones[1].length_km == pytest.approx(1.0)
    assert zones[1].kp_from_km <= 4.95
    assert zones[1].kp_to_km >= 5.35


def test_a_short_dry_run_joins_the_sea() -> None:
    zones, _ = zones_of([-1] * 3 + [2] * 30)
    assert described(zones) == [(0.0, 3.2, 2)]


def test_deeper_and_heavier_neighbours_join_in_both() -> None:
    zones, _ = zones_of([1] * 20 + [2] * 3 + [1] * 20, [2] * 20 + [1] * 3 + [2] * 20)
    joined = [z for z in zones if z.depth == 2]
    assert len(joined) == 1
    assert joined[0].cable == 2
    assert joined[0].length_km >= MINIMUM - 1e-9


def test_a_route_shorter_than_the_minimum_is_one_zone_as_deep_as_any() -> None:
    zones, _ = zones_of([1, 3, 2])
    assert described(zones) == [(0.0, 0.2, 3)]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 3), st.integers(1, 25)), min_size=1, max_size=25),
    st.sampled_from([0.03, 0.1, 0.25, 0.37]),
)
def test_zones_tile_are_long_enough_and_only_deepen(runs: list[tuple[int, int, int]], pitch: float) -> None:
    depth = [d for d, _, n in runs for _ in range(n)]
    cable = [c for _, c, n in runs for _ in range(n)]
    if len(depth) < 2:
        return
    zones, stations = zones_of(depth, cable, pitch)
    assert zones[0].kp_from_km == 0.0
    assert zones[-1].kp_to_km == stations[-1]
    for before, after in itertools.pairwise(zones):
        assert before.kp_to_km == after.kp_from_km
        assert (before.depth, before.cable) != (after.depth, after.cable)
        assert before.kp_to_km / ROUNDING == pytest.approx(round(before.kp_to_km / ROUNDING), abs=1e-6)
    if stations[-1] >= MINIMUM:
        assert min(z.length_km for z in zones) >= MINIMUM - 1e-9
    at = zone_of(zones, stations)
    assert (np.array([z.depth for z in zones])[at] >= np.array(depth)).all()
    assert (np.array([z.cable for z in zones])[at] >= np.array(cable)).all()
    assert max(z.depth for z in zones) == max(depth)


def plain(ranks: np.ndarray, ends: np.ndarray) -> list[tuple[float, float, int, int]]:
    """METHODS 11 piece by piece, looking over the whole route after every change."""
    ranks = ranks.copy()
    while True:
        cuts = [0, *(np.flatnonzero((np.diff(ranks, axis=0) != 0).any(axis=1)) + 1).tolist(), len(ranks)]
        runs = list(itertools.pairwise(cuts))
        lengths = [ends[stop] - ends[start] for start, stop in runs]
        short = int(np.argmin(lengths))
        if len(runs) == 1 or lengths[short] >= MINIMUM - 1e-9:
            return [(ends[start], ends[stop], *ranks[start].tolist()) for start, stop in runs]
        start, stop = runs[short]
        own = ranks[start].copy()
        beside = {at: ranks[runs[at][0]].copy() for at in (short - 1, short + 1) if 0 <= at < len(runs)}
        deeper = [(*rank.tolist(), at) for at, rank in beside.items() if (rank >= own).all()]
        if deeper:
            ranks[start:stop] = min(deeper)[:2]
            continue
        chosen = max(beside, key=lambda at: (*beside[at].tolist(), -at))
        while ends[stop] - ends[start] < MINIMUM - 1e-9:
            if chosen < short and start > runs[chosen][0]:
                start -= 1
            elif chosen > short and stop < runs[chosen][1]:
                stop += 1
            else:
                break
        ranks[start:stop] = np.maximum(own, beside[chosen])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 3), st.integers(1, 30)), min_size=1, max_size=40))
def test_zones_are_those_of_the_plain_rule(runs: list[tuple[int, int, int]]) -> None:
    ranks = np.array([(d, c) for d, c, n in runs for _ in range(n)])
    ends = np.round(np.arange(len(ranks) + 1) * ROUNDING, 9)  # a station a piece, so that no rounding comes between
    zones = make_zones(ends, ranks[:, 0], ranks[:, 1], rounding_km=ROUNDING, minimum_km=MINIMUM)
    assert [(z.kp_from_km, z.kp_to_km, z.depth, z.cable) for z in zones] == plain(ranks, ends)
