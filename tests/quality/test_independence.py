"""No finding depends on how much is read at once, by how many threads, or how a file is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.quality.findings import Finding
from pipeline.quality.route import check_route
from pipeline.quality.surface import check_surfaces
from pipeline.workspace import Workspace
from tests.quality.beds import COLS, make, noise, slope, write_survey


def spoilt() -> np.ndarray:
    depth = slope() + noise() + np.random.default_rng(2).normal(0.0, 0.3, COLS)[None, :]
    depth[63:65, 127:129] += 30.0  # on the corner of four chunks
    depth[100:400, 250:270] = np.nan
    depth[500:510, 60:70] = np.nan
    depth[320:448, 320:448] = 99.9
    depth[600:, 500:] = 0.0
    return depth


def surfaces(folder: Path, **how: Any) -> list[Finding]:
    workspace = Workspace.at(folder)
    config = workspace.config()
    stations, _ = check_route(workspace, config)
    assert stations is not None
    (source,) = workspace.sources(config, "bathymetry")
    return list(check_surfaces(source, stations, config, **how))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make(tmp_path_factory.mktemp("spoilt"))
    write_survey(folder, spoilt(), nodata=-9999.0)
    return folder


@pytest.fixture(scope="module")
def expected(folder: Path) -> list[Finding]:
    return surfaces(folder)


def test_all_kinds_are_there(expected: list[Finding]) -> None:
    assert {finding.code for finding in expected} == {"spike", "hole", "striping", "zero_values", "level_block"}


@pytest.mark.parametrize("pixels", [64 * 200, 64 * 1000, 10_000_000])
@pytest.mark.parametrize("threads", [1, 3])
def test_windows_and_threads(folder: Path, expected: list[Finding], pixels: int, threads: int) -> None:
    assert surfaces(folder, pixels=pixels, threads=threads) == expected


@pytest.mark.parametrize(
    "profile",
    [
        {"tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "deflate"},
        {"tiled": True, "blockxsize": 256, "blockysize": 128}, {"blockysize": 1, "compress": "lzw"},
    ],
)  # fmt: skip
def test_how_the_file_is_stored(tmp_path: Path, expected: list[Finding], profile: dict[str, Any]) -> None:
    make(tmp_path)
    write_survey(tmp_path, spoilt(), nodata=-9999.0, **profile)
    assert surfaces(tmp_path) == expected
