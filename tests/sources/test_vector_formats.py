"""One catalogue: every format gives the same features, keeps hostile text, and fails in our words only."""

from __future__ import annotations

import random
import tempfile
import warnings
from pathlib import Path
from xml.sax.saxutils import escape

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config.corridor import SourceSection
from pipeline.errors import ConfigError, DataError
from pipeline.sources.vectors import VECTOR_SUFFIXES, look_over, probe, read_features
from pipeline.workspace.side_files import SideFiles
from tests.sources.faulty_vectors import GOOD, geojson, kml, kmz, polygon, two_layers, write
from tests.workspace.test_hostile_paths import sources

SUFFIXES = sorted(VECTOR_SUFFIXES - {".json"})
CORNERS = st.lists(
    st.tuples(st.floats(0.02, 0.9), st.floats(0.0, 1.0)), min_size=3, max_size=12, unique_by=lambda corner: corner[1]
)
# Neither XML, DBF nor GeoPackage can hold control characters, and a lone surrogate is no text.
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=40).map(str.strip)
HOSTILE = [
    "<script>alert(1)</script>", "]]>", "&amp;&lt;", "'; DROP TABLE f; --", '"quoted"', "${x} `y` \\2019", "=1+1",
    "\u2028\u202e", "😀 Каспий", "../../etc/passwd",
]  # fmt: skip


def star(corners: list[tuple[float, float]], lon: float, lat: float) -> shapely.Polygon:
    """A valid ring: corners by growing angle about a centre."""
    turn = np.array(sorted(angle for _, angle in corners)) * 2.0 * np.pi
    radius = np.array([length for length, _ in corners])
    ring = shapely.Polygon(np.column_stack([lon + radius * np.cos(turn), lat + radius * np.sin(turn)]))
    return ring if ring.is_valid and ring.area > 1e-6 else shapely.box(lon, lat, lon + 0.5, lat + 0.5)


def placemark_of(label: str, shape: shapely.Geometry) -> str:
    """GDAL's own writer does not escape the text of attributes."""
    rings = "".join(
        "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
        + " ".join(f"{x!r},{y!r}" for x, y in shapely.get_coordinates(part).tolist())
        + "</coordinates></LinearRing></outerBoundaryIs></Polygon>"
        for part in shapely.get_parts(shape)
    )
    data = f'<ExtendedData><Data name="label"><value>{escape(label)}</value></Data></ExtendedData>'
    return f"<Placemark>{data}<MultiGeometry>{rings}</MultiGeometry></Placemark>"


def store(folder: Path, suffix: str, table: gpd.GeoDataFrame) -> Path:
    path = folder / f"f{suffix}"
    if suffix == ".parquet":
        table.to_parquet(path)
    elif suffix in (".kml", ".kmz"):
        document = kml(folder, "".join(map(placemark_of, table["label"], table.geometry)))
        if suffix == ".kmz":
            kmz(folder, document.read_bytes())
    else:
        table.to_file(path, engine="pyogrio", **({"SPATIAL_INDEX": "NO"} if suffix == ".fgb" else {}))
    return path


@settings(max_examples=12, deadline=None)
@given(CORNERS, CORNERS, st.floats(46.0, 54.0), st.floats(36.0, 47.0), TEXT)
def test_every_format_gives_back_the_same_areas_and_text(one, two, lon, lat, label):
    shapes = [star(one, lon, lat), shapely.MultiPolygon([star(two, lon, lat + 2.0), shapely.box(0, 0, 1, 1)])]
    table = gpd.GeoDataFrame({"label": [label, "plain"]}, geometry=shapes, crs="EPSG:4326")
    with tempfile.TemporaryDirectory() as folder:
        for suffix in SUFFIXES:
            found = read_features(store(Path(folder), suffix, table), areas=True)
            text = found.table["label"]
            # A dBASE table holds blanks for an empty text as for none: what comes back is missing.
            assert (text.fillna("") if suffix == ".shp" else text).tolist() == [label, "plain"], suffix
            for wanted, got in zip(shapes, found.table.geometry, strict=True):
                assert shapely.hausdorff_distance(wanted, got) < 1e-7, suffix


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_hostile_text_comes_through_as_it_is(tmp_path, suffix):
    table = gpd.GeoDataFrame({"label": HOSTILE}, geometry=[GOOD] * len(HOSTILE), crs="EPSG:4326")
    assert read_features(store(tmp_path, suffix, table)).table["label"].tolist() == HOSTILE


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".fgb", ".parquet"])
def test_metres_become_degrees(tmp_path, suffix):
    table = gpd.GeoDataFrame({"n": [1]}, geometry=[GOOD], crs="EPSG:4326").to_crs("EPSG:32639")
    got = read_features(store(tmp_path, suffix, table)).table.geometry.iloc[0]
    assert shapely.hausdorff_distance(got, GOOD) < 1e-7


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_cut_and_flipped_files_raise_our_errors_only(tmp_path, suffix):
    """A small part of the fuzz: whatever the bytes, either features or a DataError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = store(tmp_path, suffix, gpd.GeoDataFrame({"label": ["a", "b"]}, geometry=[GOOD] * 2, crs="EPSG:4326"))
    content, dice = whole.read_bytes(), random.Random(suffix)
    outcomes = set()
    for number in range(40):
        damaged = bytearray(content)
        if number % 2:
            del damaged[dice.randrange(len(damaged)) :]
        else:
            for _ in range(8):
                damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        whole.write_bytes(damaged)
        try:
            outcomes.add(len(read_features(whole).table) >= 0)
        except DataError:
            outcomes.add(False)
    assert False in outcomes


def test_probing_loads_nothing_and_names_the_layer(tmp_path):
    path = two_layers(tmp_path, "old", "new")
    section = SourceSection(role="coastline", files="f.gpkg", variable="new")
    layer = probe(path, section)
    assert (layer.name, layer.geometry, layer.features, layer.fields) == ("new", "Polygon", 1, ("n",))
    with pytest.raises(DataError, match="has layers 'old', 'new'"):
        probe(path, section.model_copy(update={"variable": None}))
    assert look_over(path, section) == ()


def test_the_role_decides_what_may_be_left_out(tmp_path):
    path = geojson(tmp_path, polygon([50, 41], [51, 41], [51, 42], [50, 41]), None)
    (remark,) = look_over(path, SourceSection(role="soil", files="f.geojson"))
    assert (remark.severity, remark.place) == ("warning", "feature 2")
    with pytest.raises(DataError, match=r"feature 2"):
        look_over(path, SourceSection(role="seismic_zones", files="f.geojson"))


def names_beside(folder: Path, name: str, *others: str) -> list[str]:
    for other in (name, *others):
        (folder / other).write_text("x")
    return [path.name for path in SideFiles().of(folder / name)]


def test_side_files_are_those_of_the_format(tmp_path):
    parts = ["f.cpg", "f.dbf", "f.prj", "f.shx"]
    assert names_beside(tmp_path, "f.shp", *parts, "f.csv", "f.gpkg", "f.tif", "f.fgb", "f.kmz") == parts
    assert names_beside(tmp_path, "f.gpkg", "f.gpkg-wal", "f.gpkg-shm", "f.gpkg-journal") == [
        "f.gpkg-journal", "f.gpkg-wal"
    ]  # fmt: skip
    assert not any(names_beside(tmp_path, name) for name in ("f.fgb", "f.parquet", "f.kml", "f.xlsx"))


def test_a_part_of_a_shapefile_that_lies_outside_is_refused(tmp_path):
    (tmp_path / "other").mkdir()
    root = tmp_path / "w"
    root.mkdir()
    table = write(root, "f.shp", GOOD).with_suffix(".dbf")
    table.rename(tmp_path / "other" / "f.dbf")
    table.symlink_to(tmp_path / "other" / "f.dbf")
    with pytest.raises(ConfigError, match=r"f\.dbf' leads out of the workspace"):
        sources(root, "f.shp")
