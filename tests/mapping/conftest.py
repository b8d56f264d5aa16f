"""The browser of the map's tests, and pages that several of them look at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, expect, sync_playwright

from pipeline.plan import STEPS
from pipeline.store import Build
from pipeline.workspace import Workspace
from tests.whatif import made

from . import looks
from .hostile_places import draw_harmless, draw_hostile
from .visits import QUIET

expect.set_options(timeout=30_000)  # a machine that is busy draws late


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium of the distribution, without habits that use the network."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed (make test installs it)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture(scope="session")
def small_map(common_folder: Path) -> Path:
    """The map that the stored pictures show, drawn once a run."""
    root = common_folder / "small-map"
    with FileLock(common_folder / "small-map.lock"):
        if not root.exists():
            making = root.with_suffix(".making")
            making.mkdir()
            looks.small_map(making)
            making.rename(root)
    return root / "w" / "out" / "corridor.html"


@pytest.fixture(scope="session")
def hostile_maps(common_folder: Path) -> Path:
    """``hostile`` and ``harmless``, each with both maps as `hostile_places.draw` leaves them; drawn once a run."""
    root = common_folder / "hostile-maps"
    with FileLock(common_folder / "hostile-maps.lock"):
        if not root.exists():
            making = root.with_suffix(".making")
            for name, draw in (("hostile", draw_hostile), ("harmless", draw_harmless)):
                draw(making / name)
            making.rename(root)
    return root


@pytest.fixture(scope="session")
def whatif_workspace(common_folder: Path) -> Path:
    """The workspace of `tests.whatif.made`, built up to its map once a run; to change it, take a copy."""
    root = common_folder / "whatif-map"
    with FileLock(common_folder / "whatif-map.lock"):
        if not root.exists():
            making = made.make_workspace(root.with_suffix(".making"))
            made.build(making)
            build_map(making)
            making.rename(root)
    return root


def build_map(root: Path) -> Path:
    """Return the map of a built workspace, drawn where it is not there yet."""
    workspace = Workspace.at(root)
    steps = tuple(step for step in STEPS if step in made.UP_TO_BURIAL or step.name == "map")
    build = Build(workspace, workspace.config(), steps)
    build.decide()
    for step in build.steps:
        if step.name not in build.results:
            build.run(step, lambda line: None)
    return build.results["map"].folder / "corridor.html"
