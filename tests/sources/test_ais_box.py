from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyproj import Transformer
from scipy.spatial import KDTree

from pipeline.config.ais import AisSection
from pipeline.sources.ais.box import Receiver, corridor_box
from pipeline.sources.ais.fates import Rules, rules_of
from pipeline.sources.ais.judging import Judging
from pipeline.sources.ais.near_part import near_parts
from pipeline.sources.ais.table import STREAMED
from pipeline.sources.ais.times import FIRST_US
from tests.hazards.shipping_builders import straight_frame


def near_by_the_judge(folder: Path, lon: np.ndarray, lat: np.ndarray, rules: Rules) -> np.ndarray:
    size = len(lon)
    columns = {name: np.zeros(size) for name in STREAMED} | {
        "lon": lon, "lat": lat, "time_us": FIRST_US + np.arange(size), "mmsi": np.full(size, 219000001),
        "status": np.zeros(size, np.uint8), "kind": np.zeros(size, np.uint8),
    }  # fmt: skip
    judging = Judging(rules, folder)
    judging.take(pa.RecordBatch.from_pydict(columns))
    judging.flush()
    near = np.zeros(size, bool)
    for part in near_parts(folder, judging.rows({})["near"]):
        near[np.load(part.path, allow_pickle=False)["time_us"] - FIRST_US] = True
    return near


@pytest.mark.parametrize("receiver", ["terrestrial", "satellite"])
def test_all_that_can_reach_the_swath_is_near_and_little_else(tmp_path: Path, receiver: Receiver) -> None:
    frame, section = straight_frame(), AisSection()
    frame.save(tmp_path)
    box = corridor_box(tmp_path, section, receiver)
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(box.west, box.east, 20_000), rng.uniform(box.south, box.north, 20_000)
    corners = [box.west, box.west, box.east, box.east], [box.south, box.north, box.south, box.north]
    lon, lat = np.concatenate([lon, corners[0], [np.inf, np.nan]]), np.concatenate([lat, corners[1], [0.0, np.nan]])
    near = near_by_the_judge(tmp_path, lon, lat, rules_of(box, section, None))
    assert not near[-2:].any()
    x, y = Transformer.from_crs("EPSG:4326", frame.grid.crs, always_xy=True).transform(lon[:20_000], lat[:20_000])
    away_m, _ = KDTree(frame.cells[["x_m", "y_m"]].to_numpy()).query(np.stack([x, y], axis=1))
    minutes = section.gap_min if receiver == "terrestrial" else section.gap_satellite_min
    reach_m = section.max_jump_kn * 1852.0 / 60.0 * minutes
    assert near[:20_000][away_m <= reach_m].all()
    assert not near[:20_000][away_m > reach_m * 1.02 + 2.0 * 1.1 * box.step_deg * 111_000.0].any()
    assert not near[:20_000].all()
