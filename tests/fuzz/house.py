"""Runs of damaged files through one reader, each in a process that may die without taking the test with it."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import CorridorError
from pipeline.sources.apart import PATIENCE
from tests.fuzz.mutations import damaged
from tests.fuzz.readers import READERS, Reader

CASES = int(os.environ.get("CORRIDOR_FUZZ", "3000"))
"""Damaged files of all readers together; `make fuzz` runs ten thousand."""
_MEMORY_BYTES = 8 << 30
"""Address space of a reading process: libraries map much, but a length made absurd by a flip must not take it all."""
_SECONDS_A_CASE = 120
_PATIENCE_S = "15"
"""A length made absurd can keep HDF5 busy for ever; a build waits longer for it than a test can."""


@dataclass(frozen=True)
class Fuzzed:
    """What became of the damaged files of one reader.

    Attributes
    ----------
    read, refused : int
        Files that were read all the same, and files that ended in one of our typed errors.
    wrong : tuple of str
        One line for every case that ended in anything else, a death of the process included.
    """

    read: int
    refused: int
    wrong: tuple[str, ...]


def fuzz(name: str, cases: int) -> Fuzzed:
    """Run the first ``cases`` damaged files of a reader."""
    outcomes: list[str] = []
    while len(outcomes) < cases:
        run = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.house", name, str(len(outcomes)), str(cases)],
            capture_output=True, text=True, check=False, errors="replace",
        )  # fmt: skip
        outcomes += run.stdout.splitlines()
        if run.returncode and len(outcomes) < cases:
            outcomes.append(f"case {len(outcomes)}: the process ended with {run.returncode}: {run.stderr[-500:]}")
    return Fuzzed(
        outcomes.count("read"),
        outcomes.count("refused"),
        tuple(line for line in outcomes if line not in ("read", "refused")),
    )


def assert_only_our_errors(name: str) -> None:
    """Run a reader's share of all cases; whatever ends in anything but a typed error or a result is shown."""
    cases = -(-CASES * READERS[name].weight // sum(reader.weight for reader in READERS.values()))
    told = fuzz(name, cases)
    assert not told.wrong, "\n".join(told.wrong[:20])
    assert told.read + told.refused == cases
    assert told.refused >= cases // 20  # damage that no reader notices would be no test


def main(name: str, first: int, cases: int) -> None:
    """Print one line a case, as it ends: what is printed when the process dies tells which case killed it."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    warnings.simplefilter("ignore")
    os.environ[PATIENCE] = _PATIENCE_S
    reader = READERS[name]
    with tempfile.TemporaryDirectory() as folder:
        made = reader.make(Path(folder) / "whole")
        for number in range(first, cases):
            signal.alarm(_SECONDS_A_CASE)
            outcome = _one(reader, made, Path(folder) / "damaged", name, number)
            os.write(1, f"{outcome}\n".encode())


def _one(reader: Reader, made: Path, folder: Path, name: str, number: int) -> str:
    folder.mkdir(exist_ok=True)
    whole = sorted(made.parent.iterdir())
    at = number % len(whole)  # of a file with others beside it, each in turn
    for index, path in enumerate(whole):
        data = path.read_bytes()
        (folder / path.name).write_bytes(damaged(data, name, number) if index == at else data)
    try:
        reader.read(folder / made.name)
    except CorridorError:
        return "refused"
    except BaseException as error:  # noqa: BLE001 - whatever else it is, is what the test looks for
        words = " ".join(str(error).split())[:300]
        return f"case {number}: {type(error).__name__}: {words}"
    return "read"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
