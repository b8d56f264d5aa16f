from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.config.seismic import SeismicSection
from pipeline.errors import DataError
from pipeline.geo import Grid
from pipeline.hazards.seismic.catalogue import read_catalogue, to_mw
from pipeline.hazards.seismic.decluster import mainshocks, window_days, window_km
from pipeline.hazards.seismic.sources import from_catalogue

from .made_seabed import source

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "seismic"
HEADER = "time,latitude,longitude,depth,mag,magType,nst,id"
LIMITS = {"duplicate_seconds": 16.0, "duplicate_km": 50.0}


def read(tmp_path, *rows, header=HEADER, **section):
    path = tmp_path / "c.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return read_catalogue(source("earthquakes", path, **section), **LIMITS)


def test_scordilis_conversions():
    mw, flagged = to_mw([5.0, 5.0, 7.0, 6.5, 5.2, 6.8], ["mb", "ms", "ms", "mw", "other", "mb"])
    assert mw == pytest.approx([5.28, 5.42, 7.01, 6.5, 5.2, 6.81])
    assert flagged.tolist() == [False, False, False, False, True, True]


def test_mixed_scales_duplicates_and_old_years(tmp_path):
    events = read(
        tmp_path,
        "2000-11-25T18:09:11.400Z,40.25,49.95,50,6.5,ms,1,b",
        "2000-11-25T18:09:12.000Z,40.30,49.90,33,6.8,mwc,1,a",  # the same event, better scale
        "2000-11-25T18:09:12.000Z,45.30,49.90,33,5.0,mb,1,c",  # same time, far away
        "1667-11-18T00:00:00Z,40.6,48.6,,6.9,,,",
        "2001-01-01T00:00:00Z,40.6,48.6,10,,mb,1,e",
        "2001-01-02T00:00:00Z,40.6,48.6,10,5.0,mb,1,f",
        "2001-01-02T00:00:40Z,40.6,48.6,10,5.5,mb,1,f",  # same id
    )
    assert events["mw"].tolist() == pytest.approx([6.9, 6.8, 5.28, 5.28])
    assert events["year"].iloc[0] == pytest.approx(1667.88, abs=0.02)
    assert np.isnan(events["depth_km"].iloc[0])
    assert events.attrs == {"rows": 7, "duplicates": 2, "without_magnitude": 1, "flagged": 1}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("yesterday,40,50,10,5,mb,1,a", "line 2"),
        ("2000-01-01T00:00:00Z,400,50,10,5,mb,1,a", "latitude '400'.*line 2"),
        ("2000-01-01T00:00:00Z,40,50,10,big,mb,1,a", "mag 'big'.*line 2"),
        (",40,50,10,5,mb,1,a", "no time"),
    ],
)
def test_bad_rows_are_named(tmp_path, row, message):
    with pytest.raises(DataError, match=message):
        read(tmp_path, row)


def test_missing_and_renamed_columns(tmp_path):
    row = "2000-01-01T00:00:00Z,40,50,10,5,mb,1,a"
    with pytest.raises(DataError, match="columns are missing: mag"):
        read(tmp_path, row, header=HEADER.replace("mag,", "size,"))
    assert len(read(tmp_path, row, header=HEADER.replace("mag,", "size,"), columns={"size": "mag"})) == 1


def test_gardner_knopoff_windows():
    assert window_days(np.array([5.0, 7.0])) == pytest.approx([10**2.1575, 10**2.9629])
    assert window_km(5.0) == pytest.approx(10**1.602)


def test_declustering_keeps_the_largest_and_what_lies_outside_its_windows():
    day = 86400.0
    time = np.array([0.0, 5.0, 20.0, 600.0, 10.0]) * day
    mw = np.array([4.5, 6.0, 5.0, 4.8, 5.5])
    lon = np.array([50.0, 50.0, 50.1, 50.0, 55.0])
    # Foreshock and aftershock go; a later event and a far one stay.
    kept = mainshocks(time, lon, np.full(5, 40.0), mw)
    assert kept.tolist() == [False, True, False, True, True]
    order = np.array([3, 1, 4, 0, 2])
    assert mainshocks(time[order], lon[order], np.full(5, 40.0), mw[order]).tolist() == kept[order].tolist()


@pytest.mark.shared
def test_real_catalogue_of_comcat_events(tmp_path):
    path = SHARED / "etas_iran_quakes_1973_2015_caspian_subset.csv"
    if not path.exists():
        pytest.skip("the shared data folder with the ComCat subset is not beside the checkout")
    raw = pd.read_csv(path)
    table = pd.DataFrame(
        {"time": raw["date"] + "T" + raw["time"], "latitude": raw["latitude"], "longitude": raw["longitude"],
         "depth": 20, "mag": raw["magnitude"], "magType": "mb", "id": ""}
    )  # fmt: skip
    table.to_csv(tmp_path / "c.csv", index=False)
    events = read_catalogue(source("earthquakes", tmp_path / "c.csv"), **LIMITS)
    assert 700 < len(events) <= 743
    assert events["mw"].min() == pytest.approx(0.85 * 4.0 + 1.03)
    # A grid around the sill; UTM 39N.
    grid = Grid(800, 800, 400_000.0, 4_600_000.0, 250.0, "EPSG:32639")
    sources, counts = from_catalogue(events, grid, SeismicSection(), 2016.0)
    assert 0 < counts["events_complete"] < counts["mainshocks_in_reach"] < counts["events_in_reach"]
    assert counts["b_fitted"]
    assert 0.7 < counts["b_value"] < 1.6
    assert sources.share.sum() == pytest.approx(1.0)
    observed = counts["events_complete"] / (2016 - 1973)
    assert sources.rate_per_yr == pytest.approx(observed, rel=0.2)


@pytest.mark.parametrize("b", [0.8, 1.0, 1.2])
def test_b_of_magnitudes_rounded_to_tenths_is_not_raised_by_half_a_bin(b):
    mw = np.round(np.arange(4.5, 7.0, 0.1), 1)
    counts = np.round(20_000 * 10.0 ** (-b * (mw - 4.5))).astype(int)
    events = pd.DataFrame({"mw": np.repeat(mw, counts)}).assign(lon_deg=51.0, lat_deg=41.2, year=1980.5, time_s=0.0)
    section = SeismicSection(decluster=False, completeness=((4.5, 1973.0),))
    grid = Grid(100, 100, 450_000.0, 4_560_000.0, 250.0, "EPSG:32639")
    sources, counts_of = from_catalogue(events, grid, section, 2013.0)
    assert counts_of["b_value"] == pytest.approx(b, rel=0.01)
    assert sources.rate_per_yr == pytest.approx(counts.sum() / 40.0)


def test_too_few_events_take_the_default_b_and_none_give_no_sources(tmp_path):
    events = read(
        tmp_path, "2000-11-25T18:09:12Z,40.9,50.5,33,6.8,mwc,1,a", "2005-11-25T18:09:12Z,40.9,50.5,33,5.1,mw,1,b"
    )
    grid = Grid(100, 100, 450_000.0, 4_560_000.0, 250.0, "EPSG:32639")
    sources, counts = from_catalogue(events, grid, SeismicSection(), 2011.0)
    assert (counts["events_complete"], counts["b_value"], counts["b_fitted"]) == (2, 1.0, False)
    assert sources.mmax == pytest.approx(7.1)
    far = Grid(100, 100, 450_000.0, 1_000_000.0, 250.0, "EPSG:32639")
    assert from_catalogue(events, far, SeismicSection(), 2011.0)[0] is None
