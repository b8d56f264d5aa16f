"""One build: which steps are still good, why the others are not, and how one is run."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Literal, cast

from pipeline.config import Config
from pipeline.store.cutting import Crew
from pipeline.store.inputs import Inputs, assert_unchanged, content_of
from pipeline.store.kept import Kept, Parts, key_of, load
from pipeline.store.reasons import changed_files, explain_change
from pipeline.store.recipe import FileOfStep, Recipes, read_by_files
from pipeline.store.rounds import Round, do_pieces, rounds_of
from pipeline.store.step import FilePart, Step, StepContext
from pipeline.store.work import Cost, Place, Work, folder_name, unseen
from pipeline.workspace import Workspace

_SHARE_OF_TASKS = 4  # of those that are left, what a round may take: there are more rounds to come
_ROUNDS = 12  # rounds of a build that are worth many tasks: each may take its share, however many are left
_MOST_BLOCKS = 1000  # of a round in one process
# The kept work on each file, by name of its source and path: two sources may read one file differently.
Pieces = dict[tuple[str, Path], Kept]


@dataclass(frozen=True)
class Decision:
    """What a build would do, or has done, with a step, and why.

    Attributes
    ----------
    step : Step
        The step.
    state : {"reuse", "run"}
        Whether its kept result is good.
    why : str
        In words.
    files : dict or None
        Of a step that works file by file: how many of its files are to be ``read`` and how many there are in ``all``.
    """

    step: Step
    state: Literal["reuse", "run"]
    why: str
    files: dict[str, int] | None = None


@dataclass
class Build:
    """The steps of a plan over one workspace and configuration.

    Parameters
    ----------
    workspace : Workspace
        Where it happens.
    config : Config
        All of the configuration.
    steps : sequence of Step
        In an order in which each comes after what it needs.
    previous : dict of str to Parts
        What the published release's results were made from, for saying what changed.
    force : bool
        Reuse nothing that was made before this build.

    Attributes
    ----------
    results : dict of str to Kept
        Verified results so far.
    parts_of : dict of str to Parts
        What each of them is made from, with today's names of files.
    outcomes : dict of str to Decision
        What was done with each step.
    spent_s : dict of str to float
        Seconds that each step took in this build; without those that were reused.
    started_s : float
        When this build began, on the clock that never goes back.
    recipes : Recipes
        What each result is made from.
    """

    workspace: Workspace
    config: Config
    steps: Sequence[Step]
    previous: dict[str, Parts] = field(default_factory=dict)
    force: bool = False
    results: dict[str, Kept] = field(default_factory=dict)
    parts_of: dict[str, Parts] = field(default_factory=dict)
    outcomes: dict[str, Decision] = field(default_factory=dict)
    spent_s: dict[str, float] = field(default_factory=dict)
    started_s: float = field(default_factory=time.monotonic)
    recipes: Recipes = field(init=False)
    _inputs: Inputs = field(init=False)
    _tasks_left: int = field(init=False)
    _made_for: str = field(init=False)

    def __post_init__(self) -> None:
        """Find the files, and what each result is made from."""
        self._inputs = Inputs(self.workspace, self.config)
        self.recipes = Recipes(self.workspace, self.config, self.steps, self._inputs)
        self._tasks_left = self.config.scale.most_tasks
        self._made_for = secrets.token_hex(8) if self.force else ""

    @property
    def place(self) -> Place:
        """Where its works are done."""
        return Place(self.workspace.root, self.workspace.store, {step.name: step for step in self.steps})

    def decide(self) -> list[Decision]:
        """Return what a build would do with every step; verified results are taken up on the way.

        Raises
        ------
        CorridorError
            If a source of any step names no file, or one that lies where it may not: told before anything runs.
        """
        for step in self.steps:
            self._inputs.sources(step)
        decisions: list[Decision] = []
        waiting: set[str] = set()
        for step in self.steps:
            decision = self._decide(step, waiting)
            decisions.append(decision)
            if decision.state == "run":
                waiting.add(step.name)
        return decisions

    def _decide(self, step: Step, waiting: set[str]) -> Decision:
        blocked = [name for name in step.after if name in waiting]
        if blocked:
            return Decision(step, "run", f"follows from {', '.join(blocked)}")
        parts = self.recipes.of(step, self.results)
        kept = load(self.workspace.store, step.name, key_of(parts))
        damage = kept.damage() if kept else ""
        if kept is not None and not damage and not self.force:
            return self._take_up(step, parts, kept, "unchanged")
        if self.force:
            why = "forced"
        elif damage:
            why = f"its kept result {damage} was altered or deleted"
        else:
            why = explain_change(self.previous.get(step.name), parts)
        if step.per_file is None:
            return Decision(step, "run", why)
        files = self.recipes.of_files(step, self.results)
        count = {"read": sum(self._good(step, file.parts) is None for file in files), "all": len(files)}
        return Decision(step, "run", f"{why}; {count['read']} of {count['all']} files to read", count)

    def _take_up(self, step: Step, parts: Parts, kept: Kept, why: str) -> Decision:
        self.results[step.name], self.parts_of[step.name] = kept, parts
        self.outcomes[step.name] = Decision(step, "reuse", why)
        return self.outcomes[step.name]

    def source_states(self) -> list[dict[str, Any]]:
        """Return, for every configured source, what changed in its files since the published release."""
        known = {name: digest for parts in self.previous.values() for name, digest in parts["files"].items()}
        read = {role for step in self.steps for role in step.roles}
        states = []
        for source in self.workspace.sources(self.config):
            now = {
                self.workspace.name_of(part): content_of(part)
                for path in source.paths
                for part in self._inputs.with_side_files(path, source.name)
            }
            if source.section.role not in read:
                state = "not used by any step yet"
            elif not known:
                state = "new"
            else:
                was = {n: digest for n, digest in known.items() if n in now or fnmatch(n, source.section.files)}
                state = changed_files(was, now) or "unchanged"
            states.append(
                {"source": source.name, "role": source.section.role, "files": len(source.paths), "state": state}
            )
        return states

    def run(self, step: Step, log: Callable[[str], None], why: str = "") -> Kept:
        """Run a step in this process, whose predecessors have results, and keep what it makes; see ``rounds``."""
        rounds = self.rounds(step, log, why, Crew.here())
        while True:
            try:
                todo = next(rounds)
            except StopIteration as end:
                return cast("Kept", end.value)
            for batch in todo.batches:
                do_pieces(self.place, todo.works, batch, todo.threads, log)

    def rounds(self, step: Step, log: Callable[[str], None], why: str, crew: Crew) -> Generator[Round, None, Kept]:
        """Give what is to be done for a step, round by round: whoever asks for the next round has done the last.

        A step that ``decide`` could not judge, because something before it had to run, is judged here: its
        predecessors may have come out as they were.

        Parameters
        ----------
        step : Step
            What to run; the steps before it have results.
        log : callable
            Takes lines for people.
        why : str
            What ``decide`` said.
        crew : Crew
            Who will do it.

        Yields
        ------
        Round
            Its batches may be done in any order, and anywhere.

        Returns
        -------
        Kept
            The result.

        Raises
        ------
        DataError
            If an input changed while it was being read.
        CorridorError
            Whatever the step raises.
        """
        parts = self.recipes.of(step, self.results)
        kept = load(self.workspace.store, step.name, key_of(parts))
        if kept is not None and not self.force and not kept.damage():
            log("reused: nothing that it depends on came out different")
            self._take_up(step, parts, kept, f"{why}, but nothing that it depends on came out different")
            return kept
        files = self.recipes.of_files(step, self.results)
        good = [self._good(step, file.parts) for file in files]
        to_read = [self._work_on(step, file) for file, kept in zip(files, good, strict=True) if kept is None]
        yield from self._in_rounds(to_read, crew)
        read = [self._result(work) for work in to_read]
        if files:
            log(f"{len(read)} of {len(files)} files read, the others as they were")
        made = iter(read)
        pieces = {(file.source.name, file.path): kept or next(made) for file, kept in zip(files, good, strict=True)}
        work = Work(
            step.name, False, self._context(step, parts, pieces, log), parts, made_for=self._made_for,
            put_together=tuple(Cost(kept.folder, kept.seconds, kept.peak_mb) for kept in pieces.values()),
        )  # fmt: skip
        yield from self._in_rounds([work], crew)
        kept = self._result(work)
        self.results[step.name], self.parts_of[step.name] = kept, parts
        self.spent_s[step.name] = kept.seconds - sum(piece.seconds for piece in good if piece is not None)
        count = {"read": len(read), "all": len(files)} if step.per_file else None
        self.outcomes[step.name] = Decision(step, "run", why, count)
        return kept

    def _in_rounds(self, works: list[Work], crew: Crew) -> Iterator[Round]:
        """Give the blocks of works, and then those works that were cut in more than one, to be put together."""
        if not works:
            return
        most = _MOST_BLOCKS
        if crew.apart:
            floor = min(crew.tasks, self.config.scale.most_tasks // _ROUNDS)
            most = max(self._tasks_left // _SHARE_OF_TASKS, floor, 1)
        for todo in rounds_of(self.place, works, self.config.scale, crew, most):
            self._tasks_left -= len(todo.batches)
            yield todo

    def _result(self, work: Work) -> Kept:
        kept = load(self.workspace.store, work.name, key_of(work.parts))
        if kept is None:
            raise unseen(work.step, self.workspace.store)
        return kept

    def _good(self, step: Step, parts: Parts) -> Kept | None:
        """Return the kept work on a file, verified; None where there is none."""
        kept = None if self.force else load(self.workspace.store, folder_name(step.name, of_file=True), key_of(parts))
        return kept if kept is not None and not kept.damage() else None

    def _work_on(self, step: Step, file: FileOfStep) -> Work:
        work = step.per_file
        assert work is not None  # only such steps have files to read
        context = StepContext(
            config=self.config.only(*work.sections),
            sources=(replace(file.source, paths=(file.path,)),),
            inputs={name: self.results[name].folder for name in read_by_files(step)},
            facts={name: self.results[name].facts for name in read_by_files(step)},
            out=self.workspace.store,
            beside=file.beside,
            key=key_of(file.parts),
        )
        return Work(step.name, True, context, file.parts, made_for=self._made_for)

    def _context(self, step: Step, parts: Parts, pieces: Pieces, log: Callable[[str], None]) -> StepContext:
        return StepContext(
            config=self.config.only(*step.sections),
            sources=self._inputs.sources(step),
            inputs={name: self.results[name].folder for name in step.after},
            facts={name: self.results[name].facts for name in step.after},
            out=self.workspace.store,
            files=self._inputs.files(step),
            parts={of: FilePart(kept.folder, kept.facts) for of, kept in pieces.items()},
            key=key_of(parts),
            log=log,
        )

    def verify_inputs(self) -> None:
        """Refuse results of which some were made from an input as it was, and others as it is now.

        Raises
        ------
        DataError
            If an input changed since a step read it.
        """
        for step in self.steps:
            assert_unchanged(self.workspace.root, self.parts_of[step.name], step.name)
