"""The same reports in one file, in a few of two formats, and in many, their ships in one block or in several.

Not a byte of shipping differs.
"""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from pipeline.plan import STEPS
from pipeline.store import Build
from pipeline.store.step import Facts
from pipeline.synth.ais_workspace import AIS_FOLDER, write_ais_workspace
from pipeline.synth.ais_year import AisYear
from pipeline.workspace import Workspace

pytestmark = pytest.mark.slow

BEFORE = ("route", "bathymetry", "soil")
SHIPPING = ("ais", "density", "ships", "traffic", "shipping")
ROWS = 300_000


@pytest.fixture(scope="module")
def reports() -> pa.Table:
    return pa.concat_tables(AisYear(rows=ROWS, ships=300, days=40).tables()).combine_chunks()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which all is built that shipping rests on; the reports are still to come."""
    root = tmp_path_factory.mktemp("prepared")
    write_ais_workspace(root)
    build(root, BEFORE)
    return root


def build(root: Path, names: tuple[str, ...]) -> Build:
    workspace = Workspace.at(root)
    made = Build(workspace, workspace.config(), [step for step in STEPS if step.name in names])
    for step in made.steps:
        made.run(step, lambda line: None)
    return made


def lay(reports: pa.Table, folder: Path, *, files: int, text: int, seed: int | None) -> None:
    """Write the rows into so many files, the first ones as CSV; with a seed in no order at all."""
    if seed is not None:
        reports = reports.take(np.random.default_rng(seed).permutation(len(reports)))
    edges = np.linspace(0, len(reports), files + 1).astype(int)
    for number, (first, end) in enumerate(itertools.pairwise(edges)):
        part, path = reports.slice(first, end - first), folder / f"ais_synthetic_{number:02d}"
        if number < text:
            part = part.set_column(1, "BaseDateTime", part["BaseDateTime"].cast(pa.timestamp("s")))
            words = {
                name: part[name].cast(pa.string()) if pa.types.is_dictionary(part[name].type) else part[name]
                for name in part.schema.names
            }
            pyarrow.csv.write_csv(pa.table(words), path.with_suffix(".csv"))
        else:
            pq.write_table(part, path.with_suffix(".parquet"))


def shipping(
    prepared: Path, root: Path, reports: pa.Table, *, settings: str = "", **how: int | None
) -> dict[str, dict[str, bytes]]:
    """Build shipping from the reports; return the files of each of its steps."""
    shutil.copytree(prepared, root)
    lay(reports, root / AIS_FOLDER, **how)  # type: ignore[arg-type]
    config = root / "corridor.toml"
    config.write_text(config.read_text() + settings)
    made = build(root, (*BEFORE, *SHIPPING))
    assert made.results["ais"].facts["rows"]["read"] == ROWS
    assert made.results["ais"].facts["passages"] > 50
    assert made.results["shipping"].facts["assessed"]
    return {name: {**files_of(made.results[name].folder), "facts": told(made.results[name].facts)} for name in SHIPPING}


def files_of(folder: Path) -> dict[str, bytes]:
    """All but the note of the store, which says what the result was made from."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "step.json"}


def told(facts: Facts) -> bytes:
    """What a step tells, without the names of the files."""
    return json.dumps({key: value for key, value in facts.items() if key != "sources"}).encode()


def test_no_partition_changes_a_byte(prepared: Path, reports: pa.Table, tmp_path: Path) -> None:
    one = shipping(prepared, tmp_path / "one", reports, files=1, text=0, seed=None)
    assert len(one["ais"]["cell_traffic.parquet"]) > 10_000
    few = shipping(prepared, tmp_path / "few", reports, files=7, text=3, seed=1)
    many = shipping(
        prepared, tmp_path / "many", reports, files=40, text=0, seed=2,
        settings="[ais]\nchunk_positions = 7000\nmemory_mb = 300\n[scale]\ns_per_million_reports = 1e5\n",
    )  # fmt: skip
    for step, files in one.items():
        assert set(few[step]) == set(many[step]) == set(files)
        for name, content in files.items():
            assert few[step][name] == content, f"{step}/{name} of 7 files"
            assert many[step][name] == content, f"{step}/{name} of 40 files"
