"""Cutting of work: contiguous, complete, bounded in number, and even."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.store.cutting import Crew, batches, block_cost_s, cut

COSTS = st.lists(st.floats(0.0, 100.0), max_size=60)


def covered(ranges):
    return [unit for first, end in ranges for unit in range(first, end)]


@given(COSTS, st.floats(0.01, 500.0))
def test_every_unit_is_in_one_block_and_in_its_order(costs, block_s):
    blocks = cut(costs, block_s)
    assert covered(blocks) == list(range(len(costs)))
    assert all(first < end for first, end in blocks)


@given(COSTS, st.floats(0.01, 500.0))
def test_no_block_is_much_longer_than_wanted_unless_one_unit_is(costs, block_s):
    for first, end in cut(costs, block_s):
        assert sum(costs[first:end]) <= block_s + max(costs[first:end])


@given(COSTS, st.integers(1, 12), st.floats(0.5, 100.0), st.integers(1, 12))
def test_batches_are_as_many_as_are_wanted_at_most(costs, at_once, task_s, most):
    found = batches(costs, at_once, task_s, most)
    assert len(found) <= most
    assert covered(found) == list(range(len(costs)))
    assert all(first < end for first, end in found)


@given(COSTS, st.integers(1, 12), st.floats(0.5, 100.0))
def test_no_batch_is_longer_than_a_task_is_to_be_by_more_than_a_block(costs, at_once, task_s):
    for first, end in batches(costs, at_once, task_s, most=1000):
        assert sum(costs[first:end]) <= max(task_s, 1.0) + max(1.0, *costs[first:end]) + 1e-9


def test_many_batches_begin_long_and_end_short():
    lengths = [end - first for first, end in batches([0.1] * 400, at_once=2, task_s=30.0, most=75)]
    assert lengths[:4] == [100, 75, 56, 42]  # a quarter of what is left, for two at once
    assert lengths == sorted(lengths, reverse=True)
    assert len(lengths) == 12
    assert min(lengths) == 10  # a second


def test_of_large_blocks_each_is_a_batch_and_of_too_many_all_are_alike():
    assert [end - first for first, end in batches([30.0] * 10, 2, 30.0, 75)] == [1] * 10
    assert [end - first for first, end in batches([1.0] * 1000, 2, 30.0, 4)] == [250] * 4
    assert [end - first for first, end in batches([1.0] * 12, 4, 30.0, 4)] == [3, 3, 3, 3]


@pytest.mark.parametrize("costs", [[1.0, 0.01], [0.2] * 8, [0.0] * 5, [0.3]])
def test_what_is_no_task_by_itself_goes_with_another(costs):
    assert batches(costs, at_once=2, task_s=30.0, most=75) == [(0, len(costs))]


def test_work_without_cost_is_one_block():
    assert cut([0.0, 0.0, 0.0], 1.0) == [(0, 3)]


@pytest.mark.parametrize("total_s", [1.0, 60.0, 3600.0, 1e6])
@pytest.mark.parametrize("crew", [Crew(1, 2), Crew(2, 1), Crew(100, 1)])
def test_blocks_of_any_amount_of_work_are_bounded_in_number(total_s, crew):
    block_s = block_cost_s(total_s, crew, task_s=30.0, most=75)
    costs = [total_s / 10_000] * 10_000
    assert len(cut(costs, block_s)) <= 76


def test_little_work_is_not_cut_and_much_is_cut_for_all():
    assert block_cost_s(0.9, Crew(2, 1), task_s=30.0, most=75) >= 0.9
    assert block_cost_s(120.0, Crew(2, 1), task_s=30.0, most=75) == pytest.approx(20.0)
    assert block_cost_s(1200.0, Crew(2, 1), task_s=30.0, most=75) == pytest.approx(30.0)
