"""corridor.toml: the contract keys, and complaints that name file, line and key."""

from pathlib import Path

import pytest

from pipeline.config import Config, load_config
from pipeline.config.reference import markdown
from pipeline.errors import ConfigError

ROOT = Path(__file__).parents[2]


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "corridor.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_empty_file_has_every_default(tmp_path):
    config = load_config(write(tmp_path, ""))
    assert config == Config()
    assert config.water.surface_m == -29.3
    assert config.acceptance.route_strikes_per_yr == 1e-3


def test_the_default_corridor_is_valid():
    config = load_config(ROOT / "corridor.toml")
    assert config.corridor.crs == "EPSG:32639"
    assert {"bathymetry", "soil", "ais", "fishing_effort", "seismic_zones"} <= {
        source.role for source in config.sources.values()
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[corridor]\nname = 'x'\nhalf_widht_m = 5\n", ["line 3", "half_widht_m", "unknown key"]),
        ("[corridor]\ncell_m = 250\ncell_m = 100\n", ["line 3", "not valid TOML"]),
        ("[corridor]\ncell_m = -1\n", ["line 2", "corridor.cell_m", "greater than 0"]),
        ("[corridor]\ncrs = 'EPSG:4326'\n", ["line 2", "not projected in metres"]),
        ("[corridor]\ncrs = 'EPSG:99999999'\n", ["line 2", "coordinate reference system"]),
        ("[sources.a]\nrole = 'bathymetry'\nfiles = 'x.tif'\n", ["line 1", "sources.a", "vertical_datum"]),
        ("[sources.a]\nrole = 'bathymetri'\nfiles = 'x.tif'\n", ["line 2", "sources.a.role"]),
        ("[sources.a]\nfiles = 'x.tif'\n", ["line 1", "role"]),
        ("[acceptance]\npercentile = 75\n", ["line 2", "percentile"]),
        ("[water]\nsurface_m = nan\n", ["line 2", "surface_m"]),
        ("[soil.classes.sand]\npenetration_f = 'deep'\n", ["line 2", "penetration_f"]),
        ("non sense = 1\n", ["not valid TOML", "line 1"]),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, words):
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    message = str(caught.value)
    assert caught.value.exit_code == 2
    assert str(path) in message
    assert "\n" not in message.replace("\n[", " [")
    for word in words:
        assert word in message


def test_a_missing_configuration_tells_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError, match="corridor init"):
        load_config(tmp_path / "corridor.toml")


def test_one_property_of_a_soil_class_can_be_changed_alone(tmp_path):
    config = load_config(write(tmp_path, "[soil.classes.sand]\npenetration_f = 0.9\n"))
    assert config.soil.classes["sand"].penetration_f == 0.9
    assert config.soil.classes["sand"].gamma_sat_kn_m3 == Config().soil.classes["sand"].gamma_sat_kn_m3
    assert config.soil.classes["mud"] == Config().soil.classes["mud"]


def test_a_step_sees_only_the_sections_it_declares():
    view = Config().only("soil")
    assert view.soil.by_code(4)[0] == "sand"
    with pytest.raises(AttributeError):
        _ = view.water


def test_the_reference_of_parameters_is_up_to_date():
    assert (ROOT / "docs" / "parameters.md").read_text(encoding="utf-8") == markdown(), "run 'make docs'"
