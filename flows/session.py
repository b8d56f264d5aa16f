"""The build that the tasks of this process work on; another process finds it again from the workspace's path."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from flows.progress import Reporter
from pipeline.plan import STEPS
from pipeline.releases import readers
from pipeline.releases.release import Release, cannot_write, current_release
from pipeline.store import Build, Decision
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from flows.engine import Engine


@dataclass
class Session:
    """A build, what was decided about its steps, where to tell of it, what else people should know, where it runs."""

    build: Build
    decisions: list[Decision]
    release: Release | None
    reporter: Reporter
    told: list[str] = field(default_factory=list)
    chosen_engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """Where its tasks run; this process's threads unless another was chosen."""
        if self.chosen_engine is None:
            from flows.engine import Threads  # which imports Prefect: not for a build that has nothing to do

            self.chosen_engine = Threads()
        return self.chosen_engine

    @property
    def to_run(self) -> list[Decision]:
        """The steps that must run."""
        return [decision for decision in self.decisions if decision.state == "run"]

    @property
    def nothing_to_do(self) -> bool:
        """Whether the current release is exactly what a build would publish, and whole."""
        return (
            not self.to_run
            and self.release is not None
            and self.release.keys == {name: kept.key for name, kept in self.build.results.items()}
            and not self.release.damage()
        )

    def show_again(self) -> None:
        """Where a reader's link was lost, make it again: the release itself needs nothing.

        Raises
        ------
        WriteError
            If a link cannot be made.
        """
        workspace, audience = self.build.workspace, self.build.config.publish.audience
        if self.release is not None and not readers.sees(workspace, self.release, audience):
            turned = readers.sees(workspace, self.release, "public" if audience == "team" else "team")
            try:
                self.told += readers.show(workspace, self.release, audience)
            except OSError as error:
                raise cannot_write(error, self.release.folder) from error
            self.told.append(
                f"readers are now the {audience}, and see of the current release what is theirs"
                if turned
                else "readers' links to the current release were lost and have been made again"
            )

    def decision(self, name: str) -> Decision:
        """Return what was decided about a step."""
        return next(decision for decision in self.decisions if decision.step.name == name)


_sessions: dict[str, Session] = {}


def open_session(workspace: Workspace, *, force: bool = False) -> Session:
    """Read the configuration and decide about every step.

    Raises
    ------
    CorridorError
        If configuration or inputs are unusable.
    """
    release = current_release(workspace)
    build = Build(workspace, workspace.config(), STEPS, previous=release.parts if release else {}, force=force)
    decisions = build.decide()
    session = Session(
        build, decisions, release, Reporter(sum(d.state == "run" for d in decisions), workspace.home / "logs")
    )
    _sessions[str(workspace.root)] = session
    return session


def session_of(workspace: str) -> Session:
    """Return this process's session for a workspace, opening it where the process has none yet."""
    return _sessions.get(workspace) or open_session(Workspace.at(Path(workspace)))
