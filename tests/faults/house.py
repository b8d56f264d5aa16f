"""A workspace that is built over and over while things go wrong, and what must hold after each of them."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType

import numpy as np
import rasterio
from filelock import FileLock

from pipeline.releases.release import current_release
from pipeline.store import hash_file
from pipeline.workspace import Workspace
from tests.mini import make_mini, write_ais, write_grid
from tests.plain import Builder

FULL = int(os.environ.get("CORRIDOR_FAULTS", "0"))
"""How many faults of a kind; 0 is the small count of an ordinary test run."""
SEED = 20261124
INPUTS = ((42.18, 40.0, 60), (42.17, 45.0, 50), (42.16, 50.0, 40))
"""Northern end of the route, depth (m) and passages of each set of inputs."""
_OF_A_RUN = re.compile(r"\.corridor/(store|releases|logs)/|\.corridor/(run\.json|lock\.pid)$")
_HALF_MADE = re.compile(r"\.(working|link)$|\.part(\.|$)")
_VARYING = (
    (re.compile(r"\d{8}T\d{9}Z-[0-9a-f]{8}"), "RELEASE"),
    (re.compile(r"\d{8}T\d{6}Z"), "TIME"),
    (re.compile(r"\b[0-9a-f]{20}\b"), "KEY"),
    (re.compile(r"/tmp[a-z0-9_]{8}"), "/TMP"),
    (re.compile(r"\.\d+\."), ".PID."),
)
_SOURCE_OF_LAYER = Path(__file__).with_name("inject.c")
_UNDISTURBED = "undisturbed.json"


@dataclass(frozen=True)
class Operation:
    """The n-th thing that a build writes, from 1: what it does and, freed of what differs from run to run, where."""

    number: int
    name: str
    place: str
    failed: bool = False

    def __str__(self) -> str:
        """Say it for a person."""
        return f"{self.name} {self.place}"


@dataclass
class Run:
    """A build that is running in a process of its own."""

    house: House
    pid: int
    said: Path
    listed: Path

    def end(self) -> int:
        """Wait for its end; return its exit code, negative where a signal ended it."""
        return self.house.ended()

    @property
    def words(self) -> str:
        """The last line that it said."""
        lines = self.said.read_text(errors="replace").splitlines()
        return next((line for line in reversed(lines) if line.startswith("corridor: ")), lines[-1] if lines else "")

    @property
    def operations(self) -> list[Operation]:
        """What it wrote, in order; only where the layer was told to list."""
        found = []
        for number, line in enumerate(self.listed.read_text(errors="replace").splitlines(), 1):
            name, _, place = line.removeprefix("!").partition("\t")
            for pattern, word in _VARYING:
                place = pattern.sub(word, place)
            found.append(Operation(number, name, place, line.startswith("!")))
        return found

    @property
    def struck(self) -> Operation | None:
        """The first operation that met the fault; what precedes it may differ by a line of the log from run to run."""
        return next((operation for operation in self.operations if operation.failed), None)

    def until_stopped(self) -> None:
        """Wait until a SIGSTOP holds it."""
        while Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.005)


@dataclass
class House:
    """A mini workspace with sets of inputs, what an undisturbed build makes of each, and a process that builds.

    Going from one set to the next leaves nothing to reuse: all inputs differ, and one release fewer is kept.
    ``whole`` is where houses of a test run find what the first of them has made; ``tally`` takes a line for each fault.
    """

    folder: Path
    whole: Path
    tally: Path
    expected: list[dict[str, str]] = field(default_factory=list)
    now: int = 0
    duration_s: float = 0.0

    @property
    def root(self) -> Path:
        """The workspace."""
        return self.folder / "w"

    @property
    def _layer(self) -> Path:
        return self.folder / "inject.so"

    def __enter__(self) -> House:
        """Take what another house of this test run has made, or make it."""
        with FileLock(f"{self.whole}.lock"):
            if self.whole.is_dir():
                shutil.copytree(self.whole, self.folder, symlinks=True, dirs_exist_ok=True)
                self._open()
                self.expected, self.duration_s = json.loads((self.folder / _UNDISTURBED).read_text())
            else:
                self._make()
                self._open()
                self._build_undisturbed()
                (self.folder / _UNDISTURBED).write_text(json.dumps([self.expected, self.duration_s]))
                shutil.copytree(self.folder, self.whole, symlinks=True)
        self.files = self._files()
        return self

    def _make(self) -> None:
        """Make the inputs and the layer."""
        for number, (north, depth_m, passages) in enumerate(INPUTS):
            inputs = make_mini(self.folder / f"inputs-{number}", depth_m=depth_m)
            (inputs / "data" / "raw" / "rpl.csv").write_text(f"lon,lat\n51.0,42.0\n51.0,{north}\n")
            write_ais(inputs / "data" / "raw" / "ais.csv", passages)
            sand = np.where(np.arange(30)[:, None] < 10 + 3 * number, 1, 4) * np.ones(20)
            write_grid(inputs / "data" / "raw" / "soil.tif", sand.astype("uint8"), nodata=255)
            config = (inputs / "corridor.toml").read_text()
            (inputs / "corridor.toml").write_text(f"{config}\n[publish]\nkeep_releases = {len(INPUTS) - 1}\n")
        if shutil.which("cc"):
            command = ["cc", "-O2", "-shared", "-fPIC", "-o", self._layer, _SOURCE_OF_LAYER, "-ldl", "-lpthread"]
            subprocess.run(command, check=True)

    def _open(self) -> None:
        layer = {"LD_PRELOAD": str(self._layer)} if self._layer.exists() else {}
        self._environment = {**os.environ, **layer}
        self._builder = Builder(self._environment)

    def _build_undisturbed(self) -> None:
        for number in (*range(len(INPUTS)), 0):  # the last is like those to come: it takes the place of another
            self.take(number)
            start = time.monotonic()
            run = self.start()
            assert run.end() == 0, run.said.read_text()
            self.duration_s = time.monotonic() - start
            if number == len(self.expected):
                self.expected.append(self._outputs())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the building process go."""
        self._builder.close()

    def take(self, number: int) -> None:
        """Put a set of inputs in place."""
        shutil.copytree(self.folder / f"inputs-{number}", self.root, dirs_exist_ok=True)
        self.now = number

    def change(self) -> None:
        """Put the next set of inputs in place: now there is work for every step."""
        self.take((self.now + 1) % len(INPUTS))

    def start(self, *arguments: str, at: int = 0, errno: int = 0, stays: bool = False) -> Run:
        """Start ``corridor build``; with the layer, let the operation ``at`` fail with ``errno`` or bring a signal."""
        said, listed = self.folder / "said.txt", self.folder / "listed.txt"
        said.write_text("")
        listed.write_text("")
        settings = {
            "INJECT_ROOT": str(self.root), "INJECT_LIST": str(listed), "INJECT_AT": str(at),
            "INJECT_ERRNO": str(errno), "INJECT_STAYS": str(int(stays)),
        }  # fmt: skip
        command = ("-C", self.root, "build", *arguments)
        pid = self._builder.start(*command, out=said, err=said, environment=self._environment | settings)
        return Run(self, pid, said, listed)

    def ended(self) -> int:
        """Wait for the end of the build that runs; return its exit code."""
        return self._builder.end()

    @cached_property
    def operations(self) -> list[Operation]:
        """What an undisturbed build writes after a change."""
        self.change()
        run = self.start()
        assert run.end() == 0
        return run.operations

    def losses(self) -> list[str]:
        """Return what is wrong with what readers see, in words; nothing may ever be."""
        release = current_release(Workspace.at(self.root))
        if release is None:
            return ["nothing is published any more"]
        found = [f"{release.damage()} of the release is damaged"] if release.damage() else []
        if release.manifest["outputs"] not in self.expected:
            found.append("the release is not what an undisturbed build makes")
        for name, digest in release.files.items():
            if name.startswith("public/"):  # what the release holds for the public is not opened to the team's readers
                continue
            path = self.root / name
            if not path.is_file() or hash_file(path.resolve()) != digest:
                found.append(f"readers do not find {name} of the release")
            elif problem := _unusable(path):
                found.append(f"{name} does not open: {problem}")
        for place in ("data/processed", "maps"):
            dangling = [path.name for path in (self.root / place).iterdir() if not path.exists()]
            found += [f"{place}/{name} leads nowhere" for name in dangling if not _HALF_MADE.search(name)]
        return found

    def strays(self) -> list[str]:
        """Return files that no build leaves: half-made ones anywhere, new ones beside store, releases and logs."""
        half_made = [str(path) for path in self.root.rglob("*") if _HALF_MADE.search(path.name)]
        return half_made + self.new_files()

    def new_files(self) -> list[str]:
        """Return files beside store, releases and logs that no build leaves."""
        return sorted(self._files() - self.files)

    def heal(self) -> list[str]:
        """Build undisturbed; return what was not healed, in words."""
        run = self.start()
        if code := run.end():
            return [f"the next run ends with {code}: {run.words}"]
        found = self.losses() + [f"stray: {name}" for name in self.strays()]
        if self._outputs() != self.expected[self.now]:
            found.append("the next run does not give what an undisturbed one gives")
        return found

    def _outputs(self) -> dict[str, str]:
        manifest = json.loads((self.root / "data" / "processed" / "manifest.json").read_text())
        outputs: dict[str, str] = manifest["outputs"]
        return outputs

    def _files(self) -> set[str]:
        names = (path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if not path.is_dir())
        return {name for name in names if not _OF_A_RUN.match(name)}


def _unusable(path: Path) -> str:
    """Open a published file as its reader would; return what is the matter."""
    try:
        if path.suffix == ".tif":
            with rasterio.open(path) as raster:
                raster.read()
        elif path.suffix == ".gpkg":
            database = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)
            answer = database.execute("PRAGMA integrity_check").fetchone()[0]
            database.close()
            return "" if answer == "ok" else str(answer)
        elif path.suffix == ".html" and not path.read_text(encoding="utf-8").rstrip().endswith("</html>"):
            return "it is cut short"
    except (rasterio.errors.RasterioError, sqlite3.Error, OSError, ValueError) as error:
        return str(error)
    return ""


class Faults:
    """The faults of one test: what was done, how the build took it, and what was lost."""

    def __init__(self, house: House, kind: str) -> None:
        self.house, self.kind = house, kind
        self.lost: list[str] = []

    def done(self, what: str, run: Run, code: int, codes: set[int], *, clean: bool = True) -> None:
        """Check what holds after a fault, let the next run heal it, and note both.

        Parameters
        ----------
        what : str
            The fault.
        run : Run
            The build that met it.
        code : int
            How that build ended.
        codes : set of int
            How it may end.
        clean : bool
            Whether it had the chance to clear up where readers look. (In the store the next run does.)
        """
        words = run.words
        lost = [] if code in codes else [f"exit code {code}, not {' or '.join(map(str, sorted(codes)))}: {words}"]
        if "Traceback" in run.said.read_text(errors="replace"):
            lost.append("a traceback")
        lost += self.house.losses()
        if clean:
            lost += [f"left behind: {name}" for name in self.house.new_files()]
        lost += self.house.heal()
        if lost:  # what one fault harmed must not be counted again with the next
            self.house.start("--force").end()
        self.lost += [f"{what}: {line}" for line in lost]
        with self.house.tally.open("a") as file:
            file.write(json.dumps({"kind": self.kind, "what": what, "code": code, "words": words, "lost": lost}) + "\n")


def spread(count: int) -> list[float]:
    """Return seeded random numbers from 0 to 1, one in each of ``count`` equal parts."""
    return list((np.arange(count) + np.random.default_rng(SEED).random(count)) / count)


def sample(operations: list[Operation], count: int) -> list[Operation]:
    """Return seeded operations, in order; all where there are no more than ``count``."""
    if len(operations) <= count:
        return operations
    chosen = np.random.default_rng(SEED).choice(len(operations), count, replace=False)
    return [operations[index] for index in sorted(chosen)]


def first_and_last(operations: list[Operation]) -> list[Operation]:
    """Return the first and the last of each sort of operation on each file."""
    by_sort: dict[tuple[str, str], list[Operation]] = {}
    for operation in operations:
        by_sort.setdefault((operation.name, operation.place), []).append(operation)
    ends = itertools.chain.from_iterable((same[0], same[-1]) for same in by_sort.values())
    return sorted(set(ends), key=lambda operation: operation.number)


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a build that may have ended already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
