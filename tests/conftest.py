"""Fixtures that several test files share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from tests.mini import corridor, make_mini

# No test fails for being slow, since machines are noisy, nor by a draw of its own: `make fuzz` draws anew.
settings.register_profile("suite", deadline=None, derandomize="CORRIDOR_FUZZ" not in os.environ)
settings.load_profile("suite")

SHARED = Path(__file__).parents[1].parent / "shared" / "data"


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """No test cuts the power: what a process wrote is there for the next without the hundreds of waits of a build."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that hold long tests, so that no worker is left alone with one at the end.

    They go by name whatever their folder: those of one folder at once would wait for what they share to be made. Those
    with a browser come last: begun beside the first build, they would compile the same code a second time.
    """
    slow = {item.path: bool(item.get_closest_marker("browser")) for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (0, slow[item.path], item.path.name) if item.path in slow else (1, False, ""))


@pytest.fixture(scope="session")
def common_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of one test run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def mini(common_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small workspace with all its sources, built once by the real command; to change it, take a copy."""
    whole = common_folder / "mini"
    with FileLock(common_folder / "mini.lock"):
        if not (whole / "maps" / "corridor.html").exists():
            built = corridor("-C", make_mini(whole), "build")
            assert built.returncode == 0, built.stderr
    return Path(shutil.copytree(whole, tmp_path_factory.mktemp("mini") / "a folder, ünicode", symlinks=True))


@pytest.fixture(scope="session")
def default_workspace(common_folder: Path) -> Path:
    """The default corridor, made and built once by the real commands."""
    root = common_folder / "trans-caspian"
    with FileLock(common_folder / "default.lock"):
        if not (root / "maps" / "corridor.html").exists():
            made = corridor("init", root)
            assert made.returncode == 0, made.stderr
            built = corridor("-C", root, "build")
            assert built.returncode == 0, built.stderr
            (root / "build.log").write_text(built.stdout + built.stderr)
    return root


@pytest.fixture
def shared_data() -> Path:
    """The real data folder beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip(f"the real data are not beside this checkout ({SHARED})")
    return SHARED
