"""The command line as people and programs use it: real runs on a small workspace."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.mini import corridor, make_mini
from tests.plain import plain_corridor

pytestmark = pytest.mark.slow
CONTRACT = [
    "kp_km", "lon", "lat", "water_depth_m", "slope_deg", "soil_class", "provenance", "confidence",
    "anchor_strike_per_km_yr", "fishing_strike_per_km_yr", "pga_475yr_g", "slope_fs", "required_dol_p10_m",
    "required_dol_p50_m", "required_dol_p90_m", "target_dol_m", "achievable_dol_m", "deficit_m",
    "residual_strike_per_km_yr", "return_period_yr", "governing", "protection", "cable_type", "zone_id",
]  # fmt: skip


def replace(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


def one_paragraph(stderr: str) -> str:
    assert stderr.startswith("corridor: ")
    assert stderr.count("\n") == 1
    assert "Traceback" not in stderr
    return stderr


def test_everything_of_the_contract_comes_out(mini):
    expected = {
        "water_depth.tif", "slope.tif", "roughness.tif", "soil_class.tif", "shipping_strike.tif", "fishing_strike.tif",
        "pga_475yr.tif", "pga_2475yr.tif", "slope_stability.tif", "burial_depth.tif", "stations.parquet",
        "stations.csv", "zones.csv", "corridor.gpkg", "rpl.csv", "rpl.xlsx", "manifest.json",
        "stations.csv-metadata.json", "zones.csv-metadata.json", "rpl.csv-metadata.json",
    }  # fmt: skip
    assert expected <= set(os.listdir(mini / "data" / "processed"))
    assert {"corridor.html", "index.html"} <= set(os.listdir(mini / "maps"))
    stations = pd.read_csv(mini / "data" / "processed" / "stations.csv")
    assert list(stations.columns)[: len(CONTRACT)] == CONTRACT
    assert len(stations) == 41


def test_what_has_no_source_is_not_assessed_and_never_zero(mini):
    stations = pd.read_csv(mini / "data" / "processed" / "stations.csv")
    manifest = json.loads((mini / "data" / "processed" / "manifest.json").read_text())
    assert stations.fishing_strike_per_km_yr.isna().all()
    assert stations.pga_475yr_g.isna().all()
    assert stations.anchor_strike_per_km_yr.gt(0).all()
    assert "fishing_effort" in manifest["totals"]["not_assessed"]
    assert "fishing" in (mini / "maps" / "corridor.html").read_text().lower()


def test_a_second_build_does_nothing_and_does_not_start_prefect(mini):
    before = {p: p.read_bytes() for p in (mini / "data" / "processed").iterdir() if p.is_file()}
    script = (
        "import sys; from flows.cli import main\n"
        "sys.argv = ['corridor', '-C', sys.argv[1], 'build']\n"
        "try: main()\nfinally: print('prefect imported:', 'prefect' in sys.modules)"
    )
    started = time.perf_counter()
    again = subprocess.run(
        [sys.executable, "-c", script, str(mini)], capture_output=True, text=True, timeout=120, check=True
    )
    print(f"second build took {time.perf_counter() - started:.1f} s")
    assert "Nothing changed." in again.stdout
    assert "prefect imported: False" in again.stdout
    assert {p: p.read_bytes() for p in (mini / "data" / "processed").iterdir() if p.is_file()} == before


def test_status_and_explain_speak_to_people_and_programs(mini):
    status = json.loads(corridor("-C", mini, "status", "--json").stdout)
    assert status["nothing_to_do"] is True
    assert {step["state"] for step in status["steps"]} == {"reuse"}
    said = corridor("-C", mini, "explain", "5")
    assert said.returncode == 0, said.stderr
    assert "anchor" in said.stdout.lower()
    sections = json.loads(plain_corridor("-C", mini, "explain", "5", "--json", "--top", "1").stdout)
    (numbers,) = [section["numbers"] for section in sections if "numbers" in section]
    assert len(numbers["ships"]) == 1
    assert numbers["totals"]["sum_per_km_yr"] == pytest.approx(numbers["totals"]["station_per_km_yr"])
    beyond = plain_corridor("-C", mini, "explain", "500")
    assert beyond.returncode == 2
    one_paragraph(beyond.stderr)


def test_check_and_doctor(mini):
    checked = corridor("-C", mini, "check", "--json")
    assert checked.returncode == 0, checked.stderr + checked.stdout
    assert json.loads(checked.stdout)["counts"]["error"] == 0
    doctor = json.loads(corridor("-C", mini, "doctor", "--json").stdout)
    assert {"ok"} <= {row["state"] for row in doctor["checks"]}


def test_ship_names_stay_out_of_what_is_published(mini):
    for place in ("data/processed", "maps"):
        for path in (mini / place).iterdir():
            if path.is_file():
                content = path.read_bytes()
                assert b"TANKER</b>" not in content, path
                assert b"999000001" not in content, path


@pytest.mark.parametrize(
    ("harm", "code", "words"),
    [
        (lambda root: (root / "corridor.toml").unlink(), 2, ["corridor.toml", "corridor init"]),
        (lambda root: (root / "corridor.toml").write_text("[corridor]\nfoo = 1\n"), 2, ["line 2", "foo"]),
        (lambda root: (root / "data/raw/depths.tif").write_bytes(b"<html>not found</html>"), 65, ["depths.tif"]),
        (lambda root: (root / "data/raw/depths.tif").unlink(), 65, ["depths.tif", "sources.depths.files"]),
        (lambda root: (root / "data/raw/rpl.csv").write_text("lon,lat\n51,42\n42.2,151\n"), 65, ["rpl.csv", "row"]),
        (lambda root: (root / "data/raw/ais.csv").write_text("MMSI,LAT\n1,2\n"), 65, ["ais.csv", "LON"]),
        (lambda root: replace(root / "data/raw/ais.csv", "2025-01-03T", "03/01/2025 "), 65, ["ais.csv", "line 2"]),
    ],
)
def test_bad_input_is_one_paragraph_and_the_published_release_stays(tmp_path, mini, harm, code, words):
    """Errors on their way through Prefect: ``test_prefect_server.py``, and every faulty file below."""
    root = tmp_path / "w"
    shutil.copytree(mini, root, symlinks=True)
    harm(root)
    result = plain_corridor("-C", root, "build")
    assert result.returncode == code, result.stderr
    paragraph = result.stderr[result.stderr.index("corridor: ") :]
    one_paragraph(paragraph)
    for word in words:
        assert word in paragraph
    assert (root / "maps" / "corridor.html").stat().st_size > 10_000


def test_wrong_use_is_exit_2():
    assert corridor("nonsense").returncode == 2
    assert plain_corridor("build", "--nonsense").returncode == 2
    assert plain_corridor("init").returncode == 2


def test_a_held_workspace_is_refused(mini):
    script = (
        "import sys, time; from pathlib import Path; from pipeline.workspace import Workspace, hold\n"
        "with hold(Workspace.at(Path(sys.argv[1]))):\n print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script, str(mini)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    holder.stdout.readline()
    refused = corridor("-C", mini, "build")
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert refused.returncode == 75
    one_paragraph(refused.stderr)


def test_a_prefect_server_that_does_not_answer_is_exit_69(tmp_path):
    root = make_mini(tmp_path / "w", roles="depths")
    env = {"PREFECT_API_URL": "http://127.0.0.1:9/api", "PREFECT_CLIENT_MAX_RETRIES": "0"}
    result = corridor("-C", root, "build", env=env)
    assert result.returncode == 69, result.stderr
    assert "Prefect server" in result.stderr


def test_a_blank_workspace_says_what_to_fill_in(tmp_path):
    made = corridor("init", tmp_path / "mine", "--example", "blank")
    assert made.returncode == 0, made.stderr
    checked = plain_corridor("-C", tmp_path / "mine", "check")
    assert checked.returncode == 65
    assert "data/raw/route.csv" in checked.stdout
    assert "data/raw/depths*.tif" in checked.stdout
    nowhere = plain_corridor("init", tmp_path / "other", "--example", "nosuch")
    assert nowhere.returncode == 2
    assert not (tmp_path / "other").exists()


def test_large_ships_are_not_cut_to_the_ceiling_in_silence(tmp_path):
    root = make_mini(tmp_path / "w", roles="depths soil ais")
    table = pd.read_csv(root / "data" / "raw" / "ais.csv")
    table.assign(Length=300, Width=45, Draft=16).to_csv(root / "data" / "raw" / "ais.csv", index=False)
    built = plain_corridor("-C", root, "build")
    assert built.returncode == 0, built.stderr
    assert "larger than the ceiling of 13,000 t" in built.stdout
