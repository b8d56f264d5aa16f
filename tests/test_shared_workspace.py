"""A workspace that several people share: what they may read, and what a configuration may not do."""

import os
import stat
import subprocess
import sys

import pytest

from pipeline.config import load_config
from pipeline.errors import ConfigError
from tests.mini import make_mini
from tests.plain import plain_corridor


@pytest.mark.slow
def test_everything_that_a_build_writes_honours_umask_whatever_the_environment(tmp_path):
    """No HOME, plain C locale and an odd time zone change nothing."""
    root = make_mini(tmp_path / "w", roles="depths soil")
    command = [sys.executable, "-m", "flows", "-C", str(root), "build"]
    env = {**os.environ, "HOME": "/nonexistent", "LANG": "C", "LC_ALL": "C", "TZ": "Asia/Kathmandu"}
    built = subprocess.run(command, env=env, capture_output=True, text=True, umask=0o027, timeout=300, check=False)
    assert built.returncode == 0, built.stderr
    wrong = {}
    for path in (root / ".corridor").rglob("*"):
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode != (0o750 if path.is_dir() else 0o640):
                wrong[str(path.relative_to(root))] = oct(mode)
    private = {name for name in wrong if name.startswith(".corridor/prefect")}  # Prefect keeps its own to its user
    assert set(wrong) == private, wrong


@pytest.mark.parametrize("query", ["?key=abc", "?api_key=abc", "?access_token=abc", "?v=1&Signature=x", "?apikey="])
def test_a_basemap_that_carries_a_secret_is_refused(tmp_path, query):
    path = tmp_path / "corridor.toml"
    path.write_text(f'[map]\nbasemap_url = "https://tiles.example.org/{{z}}/{{x}}/{{y}}.png{query}"\n')
    with pytest.raises(ConfigError, match=r"line 2, key map\.basemap_url.*") as refused:
        load_config(path)
    assert "carries a secret" in str(refused.value)
    assert "abc" not in str(refused.value)


def test_a_basemap_without_a_secret_is_taken(tmp_path):
    path = tmp_path / "corridor.toml"
    path.write_text('[map]\nbasemap_url = "https://tiles.example.org/{z}/{x}/{y}.png?style=dark"\n')
    assert load_config(path).map.basemap_url.endswith("dark")


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ('[route]\nfile = "{}"\n', "route.file"),
        ('[sources.land]\nrole = "coastline"\nfiles = "{}"\n', "sources.land.files"),
    ],
)
@pytest.mark.parametrize("way", ["absolute", "dots", "link"])
def test_a_configuration_cannot_reach_outside_the_workspace(tmp_path, section, key, way):
    (tmp_path / "secret.csv").write_text("lon,lat\n51,42\n51,43\n")
    root = tmp_path / "w"
    root.mkdir()
    (root / "link.csv").symlink_to(tmp_path / "secret.csv")
    text = {"absolute": str(tmp_path / "secret.csv"), "dots": "../secret.csv", "link": "link.csv"}[way]
    (root / "rpl.csv").write_text("lon,lat\n51,42\n51,43\n")
    route = "" if "[route]" in section else '[route]\nfile = "rpl.csv"\n'
    (root / "corridor.toml").write_text(route + section.format(text))
    told = plain_corridor("-C", root, "status")
    assert told.returncode == 2
    assert "leads out of the workspace" in told.stderr
    assert key in told.stderr
    assert told.stderr.count("\n") == 1
