from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest
from pyproj import Transformer
from scipy.spatial import KDTree

from pipeline.config.ais import AisSection
from pipeline.sources.ais.box import Receiver, corridor_box
from tests.hazards.shipping_builders import straight_frame


@pytest.mark.parametrize("receiver", ["terrestrial", "satellite"])
def test_all_that_can_reach_the_swath_is_near_and_little_else(tmp_path: Path, receiver: Receiver) -> None:
    frame, section = straight_frame(), AisSection()
    frame.save(tmp_path)
    box = corridor_box(tmp_path, section, receiver)
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(box.west, box.east, 20_000), rng.uniform(box.south, box.north, 20_000)
    corners = [box.west, box.west, box.east, box.east], [box.south, box.north, box.south, box.north]
    lon, lat = np.concatenate([lon, corners[0], [np.inf, np.nan]]), np.concatenate([lat, corners[1], [0.0, np.nan]])
    places = {"lon": lon, "lat": lat}
    with duckdb.connect() as connection:
        connection.register("places", places)
        found = connection.execute(f"SELECT {box.near} AS near FROM places").fetchnumpy()
    near = np.asarray(found["near"], bool)
    assert not near[-2:].any()
    x, y = Transformer.from_crs("EPSG:4326", frame.grid.crs, always_xy=True).transform(lon[:20_000], lat[:20_000])
    away_m, _ = KDTree(frame.cells[["x_m", "y_m"]].to_numpy()).query(np.stack([x, y], axis=1))
    minutes = section.gap_min if receiver == "terrestrial" else section.gap_satellite_min
    reach_m = section.max_jump_kn * 1852.0 / 60.0 * minutes
    assert near[:20_000][away_m <= reach_m].all()
    assert not near[:20_000][away_m > reach_m * 1.02 + 2.0 * 1.1 * box.step_deg * 111_000.0].any()
    assert not near[:20_000].all()
