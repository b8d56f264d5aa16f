"""The steps of a stage, each as soon as those before it are done, each in its rounds, several at once."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from prefect.logging import get_run_logger

from flows.engine import Batch
from flows.listeners import hearing
from flows.session import Session
from flows.tasks import do_batch
from pipeline.store import Decision, Kept, Step
from pipeline.store.orders import Order
from pipeline.store.rounds import Round

_WHAT = {"files": ", its files", "blocks": ", in blocks", "result": ""}


@dataclass(eq=False)
class _Running:
    """A step at work: the rest of its rounds, and the tasks of the one it is in."""

    decision: Decision
    rounds: Generator[Round, None, Kept]
    round: int = 0
    tasks: set[Batch] = field(default_factory=set)
    leaving: ExitStack = field(default_factory=ExitStack)


class Conductor:
    """Runs steps of a session.

    Parameters
    ----------
    session : Session
        Its build, its reporter and its engine.
    decisions : list of Decision
        The steps to run, in an order in which each comes after what it needs.
    """

    def __init__(self, session: Session, decisions: list[Decision]) -> None:
        self._session, self._waiting = session, list(decisions)
        self._orders = session.build.workspace.home / "orders" / uuid.uuid4().hex  # a worker keeps orders by path
        self._running: list[_Running] = []
        self._done: dict[str, Kept] = {}
        self._logger = get_run_logger()

    def run(self) -> list[str]:
        """Run them all, and return the summaries of their facts.

        Raises
        ------
        CorridorError
            Whatever a step raises, or the engine.
        """
        engine = self._session.engine
        try:
            self._start_ready()
            while self._running:
                task, told = engine.next_done([task for step in self._running for task in step.tasks])
                step = next(step for step in self._running if task in step.tasks)
                step.tasks.remove(task)
                for line in told["lines"]:
                    self._session.reporter.tell(step.decision.step, line)
                if not step.tasks:
                    self._go_on(step)
                    self._start_ready()
        finally:
            for step in self._running:
                step.rounds.close()
                step.leaving.close()
            shutil.rmtree(self._orders, ignore_errors=True)
        return [str(kept.facts.get("summary", "")) for kept in self._done.values()]

    def _start_ready(self) -> None:
        build = self._session.build
        for decision in list(self._waiting):
            step, why = decision.step, decision.why
            if all(name in build.results for name in step.after):
                self._waiting.remove(decision)
                self._logger.info("%s: %s (%s)", step.name, step.title, why)
                self._session.reporter.start(step, why)
                tell = partial(self._session.reporter.tell, step)
                self._running.append(_Running(decision, build.rounds(step, tell, why, self._session.engine.crew)))
                self._go_on(self._running[-1])

    def _go_on(self, running: _Running) -> None:
        """Send the tasks of a step's next round; without one the step is done."""
        running.leaving.close()
        try:
            todo = next(running.rounds)
        except StopIteration as end:
            self._running.remove(running)
            self._end(running.decision.step, end.value)
            return
        step, count, program = running.decision.step, len(todo.batches), self._session.engine.program
        running.round += 1
        path = self._orders / f"{step.name}-{running.round}.json"
        Order(self._session.build.place, todo).write(path)
        running.leaving.callback(path.unlink, missing_ok=True)
        running.leaving.enter_context(hearing(str(path), partial(self._session.reporter.tell, step)))
        for batch in range(count):
            part = f", part {batch + 1} of {count}" if count > 1 else ""
            title = f"{step.name}: {step.title}{_WHAT[todo.what]}{part}"
            with self._session.engine.sending():
                running.tasks.add(do_batch.submit(str(path), batch, title, program, return_state=False))

    def _end(self, step: Step, kept: Kept) -> None:
        self._done[step.name] = kept
        self._session.reporter.end(step)
        self._logger.info("%s: done in %.1f s, peak memory %.0f MB", step.name, kept.seconds, kept.peak_mb)
