"""``corridor build --engine dask``: wrong use, absent libraries, and a build that loses a worker or its scheduler."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.config.scale import ScaleSection
from pipeline.workspace import Workspace
from tests.flows.dask_processes import LIMIT_S, run_by, until
from tests.mini import corridor, make_mini
from tests.plain import plain_corridor


def test_an_address_without_the_engine_is_wrong_use(mini, tmp_path):
    for options in (["--dask", "tcp://127.0.0.1:1"], ["--engine", "threads", "--dask", "tcp://127.0.0.1:1"]):
        done = plain_corridor("-C", mini, "build", *options)
        assert done.returncode == 2
        assert "Add --engine dask." in done.stderr


@pytest.mark.parametrize(("options", "setting"), [(["--engine", "dask"], ""), ([], '[scale]\nengine = "dask"\n')])
def test_without_its_libraries_the_engine_says_how_to_install_them(tmp_path, options, setting):
    root = make_mini(tmp_path / "w", roles="depths")
    with (root / "corridor.toml").open("a") as file:
        file.write(setting)
    # The finder of an installed package is asked before: one that finds nothing stands for a package that is not there.
    script = (
        "import sys, importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name, package=None: None if name == 'prefect_dask' else find(name, package)\n"
        f"sys.argv[1:] = ['-C', {str(root)!r}, 'build', *{options!r}]\nfrom flows.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 69, done.stderr
    assert "'make dask'" in done.stderr
    assert ("--engine dask" if options else "[scale] engine") in done.stderr


def results(root: Path) -> dict[str, bytes]:
    """Return all that is published, but for what tells when and how it was made."""
    release = Workspace.at(root).current.resolve()
    told = {"manifest.json", "release.json", "index.html"}
    return {
        path.relative_to(release).as_posix(): path.read_bytes()
        for path in release.rglob("*")
        if path.is_file() and path.name not in told
    }


def start(root: Path) -> subprocess.Popen[bytes]:
    with (root / "out.txt").open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "flows", "-C", str(root), "build", "--engine", "dask"], stdout=out, stderr=out,
            env={k: v for k, v in os.environ.items() if k != "PREFECT_API_URL"},
        )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("heard", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_the_cluster_starts_leaves_nothing(tmp_path, heard):
    root = make_mini(tmp_path / "w", roles="depths")
    process, logs = start(root), root / ".corridor" / "logs"
    until(lambda: run_by(logs / "dask-workers.log") or process.poll() is not None, "the workers' keeper")
    assert process.poll() is None, (root / "out.txt").read_text()
    process.send_signal(heard)
    assert process.wait(LIMIT_S) == 128 + heard
    until(lambda: not run_by(logs / "dask-scheduler.log") + run_by(logs / "dask-workers.log"), "Dask's end")
    assert not list((root / ".corridor").glob("dask-*"))
    assert not (root / "maps").exists()


def reach(process: subprocess.Popen[bytes], root: Path, line: str) -> None:
    until(lambda: line in (root / "out.txt").read_text() or process.poll() is not None, line)
    assert process.poll() is None, (root / "out.txt").read_text()


@pytest.mark.slow
def test_a_build_goes_on_without_a_worker_and_gives_the_same(mini, tmp_path):
    root = Path(shutil.copytree(mini, tmp_path / "w", symlinks=True, ignore=shutil.ignore_patterns(".corridor")))
    logs = root / ".corridor" / "logs"
    process = start(root)
    reach(process, root, "bathymetry: Merge depths")
    _, *workers = run_by(logs / "dask-workers.log")
    os.kill(workers[-1], signal.SIGKILL)
    assert process.wait(LIMIT_S) == 0, (root / "out.txt").read_text()
    assert "was lost" in (root / "out.txt").read_text()
    assert results(root) == results(mini)
    log = max(logs.glob("2*.log")).read_text()
    assert len(re.findall(r"worker local-\d: held \d+ MB at most, may hold 3000 MB", log)) >= 2
    assert not any((root / ".corridor" / name).exists() for name in (f"dask-{os.getuid()}", "shared"))
    assert not list((root / ".corridor" / "orders").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "dearer"), [(1, 2500.0), (4, 25_000.0)])
def test_any_number_of_workers_and_any_cutting_give_the_same(mini, tmp_path, workers, dearer):
    """Work that is said to be dearer is cut into more and smaller tasks; two workers and few tasks are above."""
    root = Path(shutil.copytree(mini, tmp_path / "w", symlinks=True, ignore=shutil.ignore_patterns(".corridor")))
    rates = {name: value * dearer for name, value in ScaleSection().model_dump().items() if name.startswith("s_per_")}
    lines = [f"{name} = {value}" for name, value in {"workers": workers, **rates}.items()]
    with (root / "corridor.toml").open("a") as file:
        file.write("\n".join(["[scale]", *lines, ""]))
    built = corridor("-C", root, "build", "--engine", "dask")
    assert built.returncode == 0, built.stderr
    assert results(root) == results(mini)


@pytest.mark.slow
def test_a_build_that_loses_its_scheduler_leaves_what_was_published(mini, tmp_path):
    root = Path(shutil.copytree(mini, tmp_path / "w", symlinks=True))
    before = Workspace.at(root).current.resolve()
    config = root / "corridor.toml"
    config.write_text(config.read_text().replace("half_width_m = 2000", "half_width_m = 1500"))
    process = start(root)
    reach(process, root, "bathymetry: Merge depths")
    os.kill(run_by(root / ".corridor" / "logs" / "dask-scheduler.log")[0], signal.SIGKILL)
    assert process.wait(LIMIT_S) == 69
    said = (root / "out.txt").read_text().splitlines()[-1]
    assert said.startswith("corridor: the Dask scheduler is gone: the scheduler ended with code -9")
    assert Workspace.at(root).current.resolve() == before
    again = plain_corridor("-C", root, "build", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["changed"] is True
