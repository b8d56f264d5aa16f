"""One workspace a test file, a copy of the first: making it costs more than a fault."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.house import House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, common_folder: Path) -> Iterator[House]:
    """A workspace that is built without Prefect."""
    tally = os.environ.get("CORRIDOR_FAULTS_TALLY", common_folder / "faults.jsonl")
    with House(tmp_path_factory.mktemp("house"), common_folder / "house", Path(tally)) as made:
        yield made


@pytest.fixture
def layer() -> None:
    """Skip where the layer that makes writing fail cannot be compiled."""
    if not shutil.which("cc"):
        pytest.skip("no C compiler for the layer that makes writing fail: apt-get install gcc libc6-dev")
