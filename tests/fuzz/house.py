"""Runs of damaged files through one reader, each in a process that may die without taking the test with it."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import CorridorError
from pipeline.sources.apart import PATIENCE
from tests.fuzz.mutations import damaged
from tests.fuzz.readers import READERS, Reader

CASES = int(os.environ.get("CORRIDOR_FUZZ", "2000"))
"""Damaged files of all readers together; `make fuzz` runs ten thousand."""
_MEMORY_BYTES = 8 << 30
"""Address space of a reading process: libraries map much, but a length made absurd by a flip must not take it all."""
_SECONDS_A_CASE = 120
_PATIENCE_S = "15"
"""A length made absurd can keep HDF5 busy for ever; a build waits longer for it than a test can."""
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])  # to load all readers takes longer than a reader's share of the cases


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
        with tempfile.TemporaryDirectory() as folder:
            told, said = Path(folder) / "told", Path(folder) / "said"
            process = _PROCESSES.Process(target=run, args=(name, len(outcomes), cases, told, said))
            process.start()
            process.join()
            outcomes += told.read_text(errors="replace").splitlines()
            if process.exitcode and len(outcomes) < cases:
                words = said.read_text(errors="replace")[-500:]
                outcomes.append(f"case {len(outcomes)}: the process ended with {process.exitcode}: {words}")
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


def run(name: str, first: int, cases: int, told: Path, said: Path) -> None:
    """Tell one line a case, as it ends: what is told when the process dies tells which case killed it."""
    for descriptor, path in ((1, told), (2, said)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), descriptor)
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
