"""Traffic in cells: against a slow plain reference, against exact geometry, and with nothing lost."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.geo import Frame, Route
from pipeline.hazards.shipping.cell_traffic import CellGrid, cell_traffic
from pipeline.hazards.shipping.exposure import Direction, direction_factor
from pipeline.hazards.shipping.tables import CELL_TRAFFIC
from pipeline.hazards.shipping.tracks import Segments
from tests.hazards.motion_builders import sums_table
from tests.hazards.shipping_builders import CRS, straight_frame

HOUR_US = 3_600_000_000
TIMES = ["hours_us", "weighted_us", "still_us"]


def bent_frame() -> Frame:
    route = Route(np.array([51.0, 51.03, 51.1]), np.array([42.0, 42.05, 42.07]), CRS)
    return Frame.along(route, station_m=100.0, half_width_m=1500.0, cell_m=250.0)


def folded(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Mirror what leaves an interval back into it."""
    return low + np.abs((values - low + high - low) % (2 * (high - low)) - (high - low))


def wander(frame: Frame, rng: np.random.Generator, ships: int = 3, steps: int = 30) -> Segments:
    """Random walks over the grid and its surroundings, some with stops and breaks."""
    west, south, east, north = frame.grid.bounds
    parts = []
    for ship in range(ships):
        x, y = (
            folded(rng.uniform(low, high) + np.cumsum(rng.normal(0, 900, steps + 1)), low - 800, high + 800)
            for low, high in ((west, east), (south, north))
        )
        again = rng.random(steps + 1) < 0.1  # a report from the very place of the last
        x[1:][again[1:]], y[1:][again[1:]] = x[:-1][again[1:]], y[:-1][again[1:]]
        time = rng.integers(1, HOUR_US, steps)
        start = np.concatenate([[0], np.cumsum(time)[:-1]])
        still = rng.random(steps) < 0.15
        track = np.cumsum(rng.random(steps) < 0.2)
        parts.append((np.full(steps, 7 * ship), start, time, x[:-1], y[:-1], x[1:], y[1:], np.full(steps, 9.0), still,
                      track))  # fmt: skip
    return Segments(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def plainly(run: Segments, frame: Frame, mode: str) -> pd.DataFrame:
    """Cut one segment after the other at one line after the other."""
    grid = frame.grid
    west, south, east, north = grid.bounds
    number = {(r, c): cell for r, c, cell in frame.cells[["row", "col", "cell"]].itertuples(index=False)}
    bearing = frame.cells["bearing_deg"].to_numpy()
    seen: set[tuple[int, int, int]] = set()
    rows = []
    for i in range(len(run)):
        x0, y0, x1, y1 = run.x0_m[i], run.y0_m[i], run.x1_m[i], run.y1_m[i]
        at = [0.0, 1.0]
        for start, end, lines in ((x0, x1, np.linspace(west, east, grid.cols + 1)),
                                  (y0, y1, np.linspace(south, north, grid.rows + 1))):  # fmt: skip
            at += [(line - start) / (end - start) for line in lines if min(start, end) < line < max(start, end)]
        at = np.unique(at)
        for first, last in itertools.pairwise(at):
            row, col = grid.cell_of(x0 + (first + last) / 2 * (x1 - x0), y0 + (first + last) / 2 * (y1 - y0))
            cell = number.get((int(row), int(col)))
            if cell is None:
                continue
            time, length = (round(last * all_) - round(first * all_) for all_ in
                            (run.duration_us[i], run.length_m[i] * 1000))  # fmt: skip
            moving, new = not run.stationary[i], (cell, int(run.ship[i]), int(run.track[i])) not in seen
            if moving:
                seen.add((cell, int(run.ship[i]), int(run.track[i])))
            weighted = round(time * float(direction_factor(run.heading_deg[i], bearing[cell], mode)))
            told = (int(new), length, time, weighted, 0) if moving else (0, 0, 0, 0, time)
            rows.append((cell, int(run.ship[i]), *told))
    table = pd.DataFrame(rows, columns=list(CELL_TRAFFIC))
    return table.groupby(["cell", "ship"], as_index=False).sum()


def traffic_of(run: Segments, frame: Frame, mode: Direction) -> pd.DataFrame:
    return sums_table(cell_traffic(run, CellGrid.of(frame), mode), CELL_TRAFFIC)


@pytest.mark.parametrize("mode", ["cautious", "heading", "isotropic"])
@pytest.mark.parametrize("seed", range(4))
def test_as_cut_by_hand(mode, seed):
    frame = bent_frame() if seed % 2 else straight_frame()
    run = wander(frame, np.random.default_rng(seed), ships=10)
    got, wanted = traffic_of(run, frame, mode), plainly(run, frame, mode)
    assert len(got) > 100
    same = [name for name in CELL_TRAFFIC if name != "weighted_us"]
    pd.testing.assert_frame_equal(got[same], wanted[same], check_exact=True)
    # The sine of an angle, or a cross product: they may round the last microsecond of a part otherwise.
    assert np.abs(got["weighted_us"] - wanted["weighted_us"]).max() <= 3
    assert got["weighted_us"].sum() == pytest.approx(wanted["weighted_us"].sum(), abs=10)


@pytest.mark.parametrize("seed", range(3))
def test_as_exact_geometry_says(seed):
    frame = bent_frame()
    run = wander(frame, np.random.default_rng(100 + seed), ships=1, steps=25)
    got = traffic_of(run, frame, "isotropic").set_index("cell")
    x, y, half = frame.cells["x_m"].to_numpy(), frame.cells["y_m"].to_numpy(), frame.grid.cell_m / 2
    boxes = shapely.box(x - half, y - half, x + half, y + half)
    ends = np.stack([np.column_stack([run.x0_m, run.y0_m]), np.column_stack([run.x1_m, run.y1_m])], axis=1)
    lines = shapely.linestrings(ends)
    inside = shapely.length(shapely.intersection(boxes[:, np.newaxis], lines[np.newaxis, :]))
    moving = ~run.stationary
    length_m = inside[:, moving].sum(axis=1)
    assert got["length_mm"].reindex(range(len(x)), fill_value=0).to_numpy() / 1000 == pytest.approx(length_m, abs=0.02)
    speed = np.where(run.length_m > 0, run.duration_us / np.where(run.length_m > 0, run.length_m, 1), 0)
    held = (inside * speed)[:, moving].sum(axis=1)
    standing = (moving & (run.length_m == 0)).any()
    if not standing:
        assert got["hours_us"].reindex(range(len(x)), fill_value=0).to_numpy() == pytest.approx(held, abs=50, rel=1e-9)
    tracks = [len(set(run.track[moving & (cell > 1e-6)])) for cell in inside]
    found = got["passages"].reindex(range(len(x)), fill_value=0).to_numpy()
    if not standing:
        assert found.tolist() == tracks


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40))
def test_nothing_is_lost(seed, steps):
    """Inside a swath that holds every track, lengths and times are those of the segments, to the last unit."""
    frame = straight_frame(half_width_m=6000.0)
    rng = np.random.default_rng(seed)
    x, y = (float(axis[0]) for axis in frame.route.xy(np.array([0.0])))
    east, up = rng.uniform(-5000, 5000, steps + 1), rng.uniform(1000, 19000, steps + 1)
    time = rng.integers(1, 10**12, steps)
    still = rng.random(steps) < 0.3
    run = Segments(
        np.sort(rng.integers(0, 3, steps)), np.zeros(steps, np.int64), time, x + east[:-1], y + up[:-1], x + east[1:],
        y + up[1:], np.full(steps, 9.0), still, np.zeros(steps, np.int64),
    )  # fmt: skip
    got = traffic_of(run, frame, "heading").groupby("ship").sum()
    wanted = pd.DataFrame({
        "ship": run.ship, "length_mm": np.where(still, 0, np.rint(run.length_m * 1000)).astype(int),
        "hours_us": np.where(still, 0, time), "still_us": np.where(still, time, 0),
    }).groupby("ship").sum()  # fmt: skip
    assert got["length_mm"].tolist() == wanted["length_mm"].tolist()
    assert got[["hours_us", "still_us"]].to_numpy().tolist() == wanted[["hours_us", "still_us"]].to_numpy().tolist()
    assert (got["weighted_us"] <= got["hours_us"]).all()


def test_ships_in_chunks_give_the_same():
    frame = bent_frame()
    run = wander(frame, np.random.default_rng(5), ships=6)
    whole = traffic_of(run, frame, "cautious")
    chunks = [traffic_of(run.where(run.ship // 14 == part), frame, "cautious") for part in range(3)]
    joined = pd.concat(chunks).sort_values(["cell", "ship"], ignore_index=True)
    pd.testing.assert_frame_equal(whole, joined, check_exact=True)
    backwards = run.where(np.argsort(-run.ship, kind="stable"))
    with pytest.raises(ValueError, match="one ship after the other"):
        traffic_of(backwards, frame, "cautious")
    assert len(traffic_of(run.where(run.ship < 0), frame, "cautious")) == 0


def straight_run(frame: Frame, cell: pd.Series, turns: int, **changes: object) -> Segments:
    """To and fro through a cell and its neighbour, ``turns`` times without a break."""
    x = np.where(np.arange(turns + 1) % 2 == 0, cell["x_m"] - 125.0, cell["x_m"] + 375.0)
    y = np.full(turns + 1, cell["y_m"])
    zero = np.zeros(turns, np.int64)
    made = {
        "ship": zero, "start_us": np.arange(turns) * HOUR_US, "duration_us": np.full(turns, HOUR_US),
        "x0_m": x[:-1], "y0_m": y[:-1], "x1_m": x[1:], "y1_m": y[1:], "speed_kn": np.full(turns, 1.0),
        "stationary": np.zeros(turns, bool), "track": zero, **changes,
    }  # fmt: skip
    return Segments(**made)  # type: ignore[arg-type]


def test_one_track_passes_a_cell_once_however_often_it_comes_back():
    frame = straight_frame()
    cell = frame.cells[frame.cells["offset_m"].between(-200, 200)].iloc[40]
    got = traffic_of(straight_run(frame, cell, 6), frame, "heading")
    assert got["cell"].tolist() == [int(cell["cell"]), int(cell["cell"]) + 1]
    assert got["passages"].tolist() == [1, 1]
    assert got["length_mm"].tolist() == [1_500_000, 1_500_000]
    apart = straight_run(frame, cell, 6, track=np.arange(6))
    assert traffic_of(apart, frame, "heading")["passages"].tolist() == [6, 6]


def test_a_ship_at_anchor_is_no_traffic_but_her_hours_are_told():
    frame = straight_frame()
    cell = frame.cells.iloc[700]
    at = np.array([cell["x_m"]]), np.array([cell["y_m"]])
    one = straight_run(frame, cell, 1, x0_m=at[0], y0_m=at[1], x1_m=at[0], y1_m=at[1], stationary=np.array([True]))
    got = traffic_of(one, frame, "cautious")
    assert got[["passages", "length_mm", "hours_us", "weighted_us", "still_us"]].to_numpy().tolist() == [
        [0, 0, 0, 0, HOUR_US]
    ]
    hove_to = straight_run(frame, cell, 1, x0_m=at[0], y0_m=at[1], x1_m=at[0], y1_m=at[1])
    drifting = traffic_of(hove_to, frame, "heading")
    assert drifting[["passages", "hours_us", "weighted_us"]].to_numpy().tolist() == [[1, HOUR_US, HOUR_US]]
