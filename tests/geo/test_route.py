"""Route coordinates: kilometre posts are geodesic, and every point knows its place beside the cable."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.geo import WGS84, Frame, Grid, Route

RPL = Route(np.array([49.76, 50.0, 50.4, 50.9, 51.14]), np.array([40.62, 40.9, 41.6, 42.8, 43.62]), "EPSG:32639")


def test_kilometre_posts_are_the_published_ones():
    np.testing.assert_allclose(RPL.position_kp_km, [0, 37.1149, 121.7769, 261.3191, 354.4826], atol=1e-3)


def test_known_geodesics():
    azimuth, _, metres = WGS84.inv(50.0, 40.0, 51.0, 43.0)
    assert metres == pytest.approx(343485.568, abs=1e-3)
    assert azimuth == pytest.approx(13.738770, abs=1e-6)
    assert WGS84.inv(49.6686, 40.5897, 51.1600, 43.6532)[2] == pytest.approx(361922, abs=1)


def test_a_route_runs_through_its_positions():
    lon, lat = RPL.lonlat(RPL.position_kp_km)
    np.testing.assert_allclose(lon, RPL.lon_deg, atol=1e-9)
    np.testing.assert_allclose(lat, RPL.lat_deg, atol=1e-9)


def test_stations_are_evenly_spaced_and_end_with_the_route():
    kp = RPL.stations_kp_km(100.0)
    assert kp[0] == 0.0
    assert kp[-1] == RPL.length_km
    np.testing.assert_allclose(np.diff(kp)[:-1], 0.1, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(kp=st.floats(1.0, 353.0), offset=st.floats(-4000.0, 4000.0))
def test_a_point_beside_the_route_is_found_there(kp, offset):
    x, y = RPL.xy(np.array([kp]))
    bearing = np.radians(RPL.bearing_deg(np.array([kp])))
    place = RPL.locate(x + offset * np.cos(bearing), y - offset * np.sin(bearing))
    near_a_turn = np.abs(RPL.position_kp_km - kp).min() < 3.0
    if near_a_turn:  # on the inner side of a turn another place of the route may be nearer
        assert abs(place.offset_m[0]) <= abs(offset) + 0.1
    else:
        assert place.kp_km[0] == pytest.approx(kp, abs=0.005)
        assert place.offset_m[0] == pytest.approx(offset, abs=0.5)
    assert not place.beyond[0]


def test_points_past_the_ends_are_beyond():
    x, y = RPL.xy(np.array([0.0, RPL.length_km]))
    place = RPL.locate(x + np.array([-500.0, 300.0]), y + np.array([-2000.0, 2000.0]))
    assert place.beyond.tolist() == [True, True]
    np.testing.assert_allclose(place.kp_km, [0.0, RPL.length_km], atol=1e-6)


def test_the_swath_holds_the_cells_near_the_route_and_no_others():
    frame = Frame.along(RPL, station_m=100.0, half_width_m=3000.0, cell_m=500.0)
    assert frame.cells.offset_m.abs().max() <= 3000.0
    area_km2 = len(frame.cells) * 0.25
    assert area_km2 == pytest.approx(6.0 * RPL.length_km + np.pi * 9.0, rel=0.01)
    assert frame.stations.length_km.sum() == pytest.approx(RPL.length_km, abs=1e-9)
    kp = frame.stations.kp_km.to_numpy()[frame.cells.station]
    assert np.abs(kp - frame.cells.kp_km).max() <= 0.0501
    row, col = frame.grid.cell_of(frame.cells.x_m.to_numpy(), frame.cells.y_m.to_numpy())
    assert (row == frame.cells.row).all()
    assert (col == frame.cells.col).all()


def test_a_frame_survives_saving(tmp_path):
    frame = Frame.along(RPL, station_m=1000.0, half_width_m=1000.0, cell_m=500.0)
    frame.save(tmp_path)
    again = Frame.load(tmp_path)
    assert again.grid == frame.grid
    assert again.stations.equals(frame.stations)
    assert again.cells.equals(frame.cells)
    np.testing.assert_array_equal(again.route.lon_deg, RPL.lon_deg)


def test_the_grid_is_north_up_and_row_before_column():
    grid = Grid.around(
        np.array([1000.0, 2000.0]), np.array([500.0, 5000.0]), margin_m=0.0, cell_m=250.0, crs="EPSG:32639"
    )
    assert grid.shape == (18, 4)
    assert grid.cell_of(np.array([1001.0]), np.array([4999.0])) == (0, 0)
    assert grid.bounds == (1000.0, 500.0, 2000.0, 5000.0)
    x, y = grid.centres(np.array([0]), np.array([3]))
    assert (x[0], y[0]) == (1875.0, 4875.0)
