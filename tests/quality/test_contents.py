"""``corridor check`` reads to the last row, as the build does."""

import pytest

from pipeline.quality.review import review
from pipeline.workspace import Workspace
from tests.mini import make_mini

FISHING = "date,cell_ll_lat,cell_ll_lon,geartype,fishing_hours\n2024-01-01,42.0,51.0,trawlers,"
QUAKES = "time,latitude,longitude,depth,mag,magType,id\n"


def errors(root, role="", name="", content=""):
    if role:
        (root / "data/raw" / name).write_text(content)
        with (root / "corridor.toml").open("a") as file:
            file.write(f'\n[sources.extra]\nrole = "{role}"\nfiles = "data/raw/{name}"\n')
    workspace = Workspace.at(root)
    return [f for f in review(workspace, workspace.config()).findings if f.severity == "error"]


def test_a_bad_row_in_the_middle_of_ais_is_an_error_with_file_and_line(tmp_path):
    root = make_mini(tmp_path)
    assert errors(root) == []
    path = root / "data/raw/ais.csv"
    lines = path.read_text().splitlines()
    lines[300] = lines[300].replace(",10.0,", ",fast,", 1)
    path.write_text("\n".join(lines) + "\n")
    (found,) = errors(root)
    assert (found.source, found.file, found.place) == ("ais", "data/raw/ais.csv", "line 301")


@pytest.mark.parametrize(
    ("role", "name", "content", "place"),
    [
        ("fishing_effort", "f.csv", FISHING + '"1,5"\n', "line 2"),
        ("earthquakes", "q.csv", QUAKES + "2000-01-01,41,50,10,5,mb,x\n\n2000-01-01,41,50,10,abc,mb,y\n", "line 4"),
        ("earthquakes", "q.csv", QUAKES + "946684800000,41,50,10,5,mb,x\n", "line 2"),
        ("seismic_zones", "z.geojson", '{"type":"FeatureCollection","features":[]}', "layer z"),
        ("coastline", "c.geojson", '{"type":"FeatureCollection","features":[]}', "layer c"),
    ],
)
def test_what_stops_a_build_is_found_before_it(tmp_path, role, name, content, place):
    (found,) = errors(make_mini(tmp_path, roles="depths"), role, name, content)
    assert (found.source, found.file, found.place) == ("extra", f"data/raw/{name}", place)
