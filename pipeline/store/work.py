"""One work, that of a step or of a step on one file: done in blocks, then put together, wherever it is done."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path

from pipeline.errors import ServiceError
from pipeline.store.inputs import assert_unchanged
from pipeline.store.kept import Kept, Parts, folder_of, key_of, made_by_a_twin, make, storing
from pipeline.store.meter import Meter
from pipeline.store.step import BlockWork, FilePart, FileWork, Step, StepContext
from pipeline.workspace import write_json

_RECORD = "block.json"
_numbers = count()
Log = Callable[[str], None]


@dataclass(frozen=True)
class Cost:
    """What making a part took.

    Attributes
    ----------
    folder : Path
        The part.
    seconds, peak_mb : float
        What it took.
    """

    folder: Path
    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Work:
    """A work.

    Attributes
    ----------
    step : str
        Name of the step.
    of_file : bool
        It is what the step does with one file.
    context : StepContext
        What it may see; ``out`` is chosen when it runs.
    parts : Parts
        What its result is made from.
    cuts : tuple
        Its blocks of units: first, and the one after the last; none where it has no units.
    put_together : tuple of Cost
        Results, one an input file, that it puts together.
    made_for : str
        The build, where it takes no result that was kept before it.
    """

    step: str
    of_file: bool
    context: StepContext
    parts: Parts
    cuts: tuple[tuple[int, int], ...] = ()
    put_together: tuple[Cost, ...] = ()
    made_for: str = ""

    @property
    def name(self) -> str:
        """Its folder in the store."""
        return folder_name(self.step, of_file=self.of_file)


@dataclass(frozen=True)
class Place:
    """Where works are done.

    Attributes
    ----------
    root : Path
        The workspace, which files of ``Parts`` are named from.
    store : Path
        Its store.
    steps : mapping of str to Step
        The plan.
    """

    root: Path
    store: Path
    steps: Mapping[str, Step]

    def declared(self, work: Work) -> Step | FileWork:
        """Return what the plan says of a work."""
        step = self.steps[work.step]
        if not work.of_file:
            return step
        assert step.per_file is not None  # only such steps have works on files
        return step.per_file

    def do_block(self, work: Work, number: int, log: Log, *, threads: int, at_once: int) -> None:
        """Do one block of a work, unless a twin of this task has.

        Raises
        ------
        CorridorError
            Whatever the work raises.
        """
        blocks, folder = self.declared(work).blocks, self._block_folder(work, number)
        assert isinstance(blocks, BlockWork)  # only such works are cut
        if (folder / _RECORD).is_file():
            return
        out = self._working(work)
        try:
            with storing(work.step, folder.parent):
                out.mkdir(parents=True)
                with Meter() as meter:
                    told = blocks.run(
                        replace(
                            work.context, out=out, block=work.cuts[number], threads=threads, at_once=at_once, log=log
                        )
                    )
                self._verify(work)
                record = {"facts": told, "seconds": round(meter.seconds, 3), "peak_mb": round(meter.peak_mb, 1)}
                write_json(out / _RECORD, record)
                folder.parent.mkdir(parents=True, exist_ok=True)
                _keep(out, folder)
        finally:
            shutil.rmtree(out, ignore_errors=True)

    def finish(self, work: Work, log: Log, *, threads: int, at_once: int) -> Kept:
        """Put the blocks of a work together, or do it where it has none, and keep the result.

        Raises
        ------
        CorridorError
            Whatever the work raises.
        """
        twin = made_by_a_twin(self.store, work.name, key_of(work.parts), work.made_for)
        if twin is not None:
            return twin
        made = [self._made(work, number) for number in range(len(work.cuts))]
        costs = [*work.put_together, *(cost for _, cost in made)]
        context = replace(
            work.context, out=self._working(work), blocks=tuple(part for part, _ in made), threads=threads,
            at_once=at_once, log=log,
        )  # fmt: skip
        return make(
            self.store, work.name, self.declared(work).run, work.parts, context, verify=partial(self._verify, work),
            seconds=sum(cost.seconds for cost in costs), peak_mb=max((cost.peak_mb for cost in costs), default=0.0),
            made_of=[cost.folder for cost in work.put_together], made_for=work.made_for,
        )  # fmt: skip

    def forget_blocks(self, work: Work) -> None:
        """Take away the blocks of a work: only the build does, for a task may have a twin that reads them."""
        shutil.rmtree(self._blocks_folder(work), ignore_errors=True)

    def _blocks_folder(self, work: Work) -> Path:
        folder = folder_of(self.store, work.name, key_of(work.parts))
        return folder.with_name(f".{folder.name}.blocks")

    def _block_folder(self, work: Work, number: int) -> Path:
        first, end = work.cuts[number]
        return self._blocks_folder(work) / f"{first}-{end}"

    def _made(self, work: Work, number: int) -> tuple[FilePart, Cost]:
        folder = self._block_folder(work, number)
        try:
            record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise unseen(work.step, folder) from error
        return FilePart(folder, record["facts"]), Cost(folder, record["seconds"], record["peak_mb"])

    def _verify(self, work: Work) -> None:
        assert_unchanged(self.root, work.parts, work.step)

    def _working(self, work: Work) -> Path:
        """Return a folder for half-made files that no other task in the world uses."""
        return self.store / work.name / f".{socket.gethostname()}-{os.getpid()}-{next(_numbers)}.working"


def folder_name(step: str, *, of_file: bool) -> str:
    """Return the folder in the store of a step's results, or of those on single files."""
    return f"{step}.files" if of_file else step


def unseen(step: str, place: Path) -> ServiceError:
    """Return what is to be said where a result is not found that a task has made."""
    return ServiceError(
        f"what a task of step '{step}' has made cannot be seen here",
        where=str(place),
        remedy="All workers need the same file system at the same path, and it must show at once what others have "
        "written.",
    )


def _keep(out: Path, folder: Path) -> None:
    try:
        out.replace(folder)
    except OSError:
        if not (folder / _RECORD).is_file():  # else a twin of this task was faster, and made the same
            raise
