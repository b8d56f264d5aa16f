"""A small fleet, its ship-time and its stops on the straight corridor, and the strikes worked out the slow way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config import Config
from pipeline.config.shipping import ShippingSection
from pipeline.config.soil import SoilSection
from pipeline.geo import Frame
from pipeline.hazards.shipping.cell_strikes import cell_strikes
from pipeline.hazards.shipping.depth_modifier import depth_modifier
from pipeline.hazards.shipping.drag import drag_m
from pipeline.hazards.shipping.incident import strike_per_km_yr
from pipeline.hazards.shipping.routine import Anchorings
from pipeline.hazards.shipping.ships import fleet
from pipeline.hazards.shipping.smoothing import box_weights
from pipeline.hazards.shipping.station_strikes import station_strikes
from pipeline.hazards.shipping.threat import Threat
from tests.hazards.shipping_builders import DEFAULTS, straight_frame

HALF_WIDTH_M = 1000.0
SOIL = SoilSection()
KINDS = ("sand", "mud")


def small_frame() -> Frame:
    """6 km of route with 1.5 km either side."""
    return straight_frame(length_km=6.0, station_m=250.0, half_width_m=1500.0)


def mixed_fleet(count: int = 12, section: ShippingSection = DEFAULTS) -> pd.DataFrame:
    """Ships of all types and sizes, several of them with the same anchor and other draughts."""
    rng = np.random.default_rng(7)
    length = np.round(rng.choice([28.0, 60.0, 90.0, 140.0], count), 1)
    particulars = pd.DataFrame(
        {
            "mmsi": 999000001 + np.arange(count), "name": "",
            "vessel_type": rng.choice([80.0, 70.0, 60.0, 52.0], count), "length_m": length, "beam_m": length / 7.0,
            "reported_draught_m": np.round(length / 22.0 * rng.uniform(0.7, 1.2, count), 1),
        }
    )  # fmt: skip
    return fleet(particulars, section)


def times(frame: Frame, ships: pd.DataFrame, key: str, rows: int = 600) -> pd.DataFrame:
    """Ship-time at random places, in key order."""
    rng = np.random.default_rng(11)
    places = len(frame.cells if key == "cell" else frame.stations)
    table = pd.DataFrame({key: rng.integers(0, places, rows), "ship": rng.integers(0, len(ships), rows)})
    table = table.drop_duplicates().sort_values([key, "ship"], ignore_index=True)
    return table.astype("int32").assign(hours_us=rng.integers(1, 10**11, len(table)))


def depths(frame: Frame, key: str) -> np.ndarray:
    """From land over the draughts of the fleet to beyond every chain."""
    kp = (frame.cells if key == "cell" else frame.stations)["kp_km"].to_numpy()
    return np.interp(kp, [0.0, 0.5, 2.5, 4.0, 6.0], [-1.0, 0.5, 9.0, 60.0, 320.0])


def holdings(frame: Frame, key: str) -> np.ndarray:
    """Sand and mud in turn."""
    return np.arange(len(frame.cells if key == "cell" else frame.stations)) // 3 % 2


def anchorings(frame: Frame, ships: pd.DataFrame, count: int = 40) -> Anchorings:
    """Ships at anchor about the route."""
    rng = np.random.default_rng(5)
    x, y = frame.route.xy(rng.uniform(0, 6, count))
    return Anchorings(rng.integers(0, len(ships), count), np.column_stack([x + rng.uniform(-900, 900, count), y]), 1.0)


def by_anchor(
    folder: Path,
    key: str,
    table: pd.DataFrame,
    ships: pd.DataFrame,
    section: ShippingSection = DEFAULTS,
    **more: object,
) -> pd.DataFrame:
    """Strikes by place and anchor through the program; ``more`` replaces depth, holding, anchorings or batch."""
    frame = small_frame()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{key}.parquet"
    table.to_parquet(path, index=False)
    threat = Threat.of(ships, Config().soil, section)
    depth_m, holding = more.pop("depth_m", depths(frame, key)), more.pop("holding", holdings(frame, key))
    if key == "cell":
        return cell_strikes(frame, ships, (path, "hours_us"), threat, depth_m, holding, 1.0, **more)  # type: ignore[arg-type]
    strikes = station_strikes(frame, ships, path, threat, depth_m, holding, 1.0, HALF_WIDTH_M, **more)  # type: ignore[arg-type]
    return strikes.by_anchor


def by_hand(key: str, table: pd.DataFrame, ships: pd.DataFrame, section: ShippingSection = DEFAULTS) -> np.ndarray:
    """Strikes of every ship at every place, ship by ship and place by place, shape (places, ships)."""
    frame = small_frame()
    depth_m, holding = depths(frame, key), holdings(frame, key)
    rate = np.zeros((len(depth_m), len(ships)))
    for ship, one in ships.iterrows():
        hours = _hours(frame, key, table[table["ship"] == ship], section)
        for at in np.flatnonzero((depth_m > 0) & (hours > 0)):
            drag = drag_m(one["displacement_t"], one["anchor_kg"], KINDS[holding[at]], section)
            p_wd = depth_modifier(depth_m[at], one["draught_m"], one["chain_m"], section)
            rate[at, ship] = strike_per_km_yr(hours[at], drag, p_wd, section)
    return rate


def _hours(frame: Frame, key: str, rows: pd.DataFrame, section: ShippingSection) -> np.ndarray:
    """Smoothed ship-hours per km2 and year of one ship."""
    hours = rows["hours_us"].to_numpy() / 3.6e9
    if key == "cell":
        weights = box_weights(section.smoothing_km * 1000.0, frame.grid.cell_m)
        margin = len(weights) // 2
        row, col = frame.cells["row"].to_numpy() + margin, frame.cells["col"].to_numpy() + margin
        held = np.zeros((frame.grid.rows + 2 * margin, frame.grid.cols + 2 * margin))
        swath = held.copy()
        swath[row, col] = 1.0
        held[row[rows["cell"]], col[rows["cell"]]] = hours
        window = np.outer(weights, weights)
        near = [
            (slice(r - margin, r + margin + 1), slice(c - margin, c + margin + 1))
            for r, c in zip(row, col, strict=True)
        ]
        return np.array([(held[w] * window).sum() / (swath[w] * window).sum() for w in near]) / 0.0625
    # A fine comb of points in each panel, moved by every part of the box and folded back at the ends of the route.
    kp, width = frame.stations["kp_km"].to_numpy(), section.smoothing_km
    edges = np.concatenate([[0.0], (kp[1:] + kp[:-1]) / 2, [frame.route.length_km]])
    shift = (np.arange(400) + 0.5) / 400 * width - width / 2
    found = np.zeros(len(kp))
    for station, held in zip(rows["station"], hours, strict=True):
        comb = edges[station] + (np.arange(50) + 0.5) / 50 * (edges[station + 1] - edges[station])
        to = np.abs(comb[:, None] + shift)
        to = np.where(to > edges[-1], 2 * edges[-1] - to, to)
        found += held * np.histogram(to, edges)[0] / to.size
    return found / np.diff(edges) / (2 * HALF_WIDTH_M / 1000)
