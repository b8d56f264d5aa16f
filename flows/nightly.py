"""The unattended build: one at a time, without files that are still being copied, within its time, and told of."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from flows import interrupt
from flows.health import REFUSED, Health, at_end, at_start, held_back, named, read_health, write_health
from flows.night_log import NightLog
from flows.notify import Kind, notify
from flows.secret import NOTIFY, hide
from flows.supervise import Ended, Limits, supervise
from pipeline.config import Config
from pipeline.config.nightly import NightlySection
from pipeline.errors import CorridorError, LockedError, WriteError
from pipeline.releases.release import Release, current_release, what_changed
from pipeline.releases.set_aside import set_aside
from pipeline.workspace import Workspace, hold
from pipeline.workspace.lock import only_one
from pipeline.workspace.settling import still_copied

_SERVER = "PREFECT_API_URL"
_ASK_EVERY_S = 1.0
_TOLD_CHANGES = 3


@dataclass(frozen=True)
class Outcome:
    """How a night went.

    Attributes
    ----------
    what : str
        ``published``, ``nothing changed``, ``held back``, ``failed`` or ``refused: another run``.
    exit_code : int
        As ``corridor build`` would give it.
    error : str
        One paragraph; empty where all went well.
    step : str
        The step that ran last in a build that failed, where that is known.
    release : Release or None
        What readers see now.
    left : list of str
        Files that are left for the next run, since they are still being copied.
    log : Path
        The night's log.
    notes : list of str
        What else people should know, a sentence each: what changed most, first.
    set_aside : str or None
        The release that holds this night back.
    """

    what: str
    exit_code: int
    error: str
    step: str
    release: Release | None
    left: list[str]
    log: Path
    notes: list[str] = field(default_factory=list)
    set_aside: str | None = None

    @property
    def sentence(self) -> str:
        """The outcome in a line."""
        shown = f"release {self.release.id}" if self.release else "no release yet"
        return {
            "published": f"Published {shown}.",
            "nothing changed": f"Nothing changed: readers see {shown}.",
            "held back": f"Held back: readers see {shown}. {held_back(self.set_aside or 'that was set aside')}",
            REFUSED: f"Refused, since another run is at work: readers see {shown}.",
            "failed": f"Failed with exit code {self.exit_code}: readers see {shown}.",
        }[self.what]


def run_once(
    workspace: Workspace,
    *,
    debug: bool = False,
    echo: Callable[[str], None] = lambda line: None,
    command: Sequence[str] | None = None,
) -> Outcome:
    """Build a workspace as a night does; what fails is in the outcome, the log, the health file and the notification.

    Parameters
    ----------
    workspace : Workspace
        What to build.
    debug : bool
        Let the build show tracebacks and Prefect's own log.
    echo : callable
        Takes each line of the log.
    command : sequence of str, optional
        What builds; ``corridor build`` of this workspace unless a test says otherwise.

    Raises
    ------
    LockedError
        If another run holds the workspace. The night's log says so; so does the health file, unless that run is a night
        too, whose entry stays as it is.
    ConfigError
        If there is no ``corridor.toml``: nothing is written into a folder that may be the wrong one.
    """
    if not workspace.config_path.is_file():
        workspace.config()  # says what is the matter
    trouble: CorridorError | None = None
    with ExitStack() as stack:
        try:
            stack.enter_context(_alone(workspace))
        except LockedError as error:
            with closing(NightLog(workspace.home / "logs", echo)) as log:
                log(f"refused: {error}")
            raise
        except WriteError as error:  # told like any other failure
            trouble = error
        try:
            with hold(workspace):
                pass  # no build by hand is at work
        except (LockedError, WriteError) as error:
            trouble = trouble or error
        night = _Night(workspace, echo, command or _build_command(workspace, debug=debug))
        stack.callback(night.log.close)
        return night.run(trouble)


class _Night:
    """One run, from its first line in the log to its last."""

    def __init__(self, workspace: Workspace, echo: Callable[[str], None], command: Sequence[str]) -> None:
        self.workspace, self.command = workspace, command
        self.log = NightLog(workspace.home / "logs", echo)
        self.earlier = read_health(workspace)
        self.health: Health = {}
        self.corridor = str(self.earlier.get("corridor") or workspace.root.name)
        self.before = _shown(workspace)
        self.section = NightlySection(timezone="UTC")  # until the configuration has been read
        self.aside: str | None = None
        self.left: list[str] = []
        self.notes: list[str] = []

    def run(self, trouble: CorridorError | None) -> Outcome:
        """Build, and tell how it went whatever happens."""
        try:
            ended = self._build(self._begin(trouble))
        except LockedError as error:  # a build by hand is at work: not a night that never ran, and no failure
            self._finish(Ended(error.exit_code, str(error)))
            raise
        except CorridorError as error:
            ended = Ended(error.exit_code, str(error))
        except Exception as error:
            self._finish(Ended(1, f"a defect of ours: {type(error).__name__}: {error}"))
            raise
        except BaseException:  # from the keyboard, by a signal, or by Prefect's own way of cancelling
            told = Ended(interrupt.code(), "told to end; what was published is untouched.")
            self._finish(told, silent=bool(sys.stdin and sys.stdin.isatty()))  # whoever ends it at a terminal knows
            raise
        return self._finish(ended)

    def _begin(self, trouble: CorridorError | None) -> Config:
        """Read the configuration and note that the night has begun, also where it cannot be read."""
        config: Config | None = None
        try:
            config = self.workspace.config()
            config.nightly.zone  # noqa: B018  refuses where the machine does not tell its zone
            self.section, self.corridor = config.nightly, config.corridor.name
        except CorridorError as error:
            trouble = trouble or error
        log = self.workspace.name_of(self.log.path)
        self.health = at_start(self.earlier, self.section, self.corridor, datetime.now(UTC), log, self.before)
        self._write(self.health)
        self.log(f"{self.corridor}: a nightly build begins in {self.workspace.root}")
        for line in self._past():
            self.log(line)
        if trouble is not None or config is None:
            assert trouble is not None  # there is no configuration only where reading it failed
            raise trouble
        return config

    def _past(self) -> list[str]:
        """Return what is to be told of the nights before this one."""
        missed, cut_off = self.health.get("missed_nights"), self.health.get("cut_off")
        return [
            *([f"The run that began {cut_off} was cut off."] if cut_off else []),
            *([f"Missed, and not made up for: {named(missed)}."] if missed else []),
        ]

    def _build(self, config: Config) -> Ended:
        known = {str(file["path"]) for file in self._inputs()}
        changing = still_copied(self.workspace, config, known, log=self.log)
        self.left = sorted(self.workspace.name_of(path) for path in changing)
        if self.left:
            self.log(f"still being copied, and left for the next run: {', '.join(self.left)}")
        self.aside = _what_holds_back(replace(self.workspace, left_out=changing))
        if self.aside:
            return Ended(0)
        command = [*self.command, *(word for name in self.left for word in ("--leave-out", name))]
        environment = {name: value for name, value in os.environ.items() if name != NOTIFY}
        if environment.get(_SERVER) and not _answers(environment[_SERVER], self.section.server_wait_s, self.log):
            del environment[_SERVER]
            self._note(
                f"The Prefect server named by {_SERVER} did not answer within {self.section.server_wait_s:g} s: the "
                "build ran with its own and is not shown there."
            )
        environment |= {"PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1"}
        limits = Limits(self.section.step_limit_min * 60, self.section.build_limit_min * 60)
        ended = supervise(command, environment, self.workspace.home, limits, self.log)
        if ended.exit_code == LockedError.exit_code:
            raise LockedError(ended.error)
        return ended

    def _note(self, sentence: str) -> None:
        self.log(sentence)
        self.notes.append(hide(sentence))

    def _inputs(self) -> list[dict[str, Any]]:
        release = current_release(self.workspace)
        return release.manifest["inputs"] if release else []

    def _finish(self, ended: Ended, *, silent: bool = False) -> Outcome:
        """Tell how the night went: in the log, in the health file, and to people."""
        release = current_release(self.workspace)
        problem = self.log.problem
        if problem and not ended.exit_code:
            ended = replace(ended, exit_code=WriteError.exit_code, error=problem)
        changed = release is not None and release.id != self.before
        if ended.exit_code:
            what = REFUSED if ended.exit_code == LockedError.exit_code else "failed"
        else:
            what = "held back" if self.aside else "published" if changed else "nothing changed"
        outcome = Outcome(
            what,
            ended.exit_code,
            hide(ended.error),
            ended.step,
            release,
            self.left,
            self.log.path,
            self.notes,
            self.aside,
        )
        self.log(outcome.sentence)
        if what == "published":
            for sentence in _changes(release):
                self._note(sentence)
        if outcome.error:
            self.log(outcome.error)
        state = {"failed": "failed", "held back": "held back", REFUSED: "refused"}.get(what, "ok")
        if self.health:  # else it failed before it had begun
            self.health = at_end(
                self.health, state=state, outcome=what, exit_code=outcome.exit_code, error=outcome.error,
                step=outcome.step, ended=datetime.now(UTC), release=release.id if release else None, left=self.left,
                set_aside=self.aside, notes=self.notes,
            )  # fmt: skip
            self._write(self.health)
        if not silent and self._to_be_told(outcome):
            self._tell(outcome)
        return outcome

    def _to_be_told(self, outcome: Outcome) -> bool:
        recovered = bool(self.earlier.get("consecutive_failures")) and not outcome.exit_code
        wish = self.section.notify_on
        return (
            outcome.what == "failed" or recovered or bool(self._past())
            or wish == "always" or (wish == "change" and outcome.what == "published")
        )  # fmt: skip

    def _tell(self, outcome: Outcome) -> None:
        failures = int(self.earlier.get("consecutive_failures") or 0)
        again = not outcome.exit_code and failures
        missed = len(self.health.get("missed_nights") or [])
        news = [
            outcome.error or outcome.sentence,
            f"After {failures} failed night{'s' if failures > 1 else ''} all is well again." if again else "",
            *self._past(),
            *outcome.notes,
            f"Left for the next run, still being copied: {', '.join(outcome.left)}." if outcome.left else "",
        ]
        facts = [
            f"Workspace: {self.workspace.root}",
            f"Outcome: {outcome.what}, exit code {outcome.exit_code}",
            f"Step: {outcome.step}" if outcome.step else "",
            f"Readers see: {outcome.release.id if outcome.release else 'no release yet'}",
            f"Log: {outcome.log}",
        ]
        gaps = [f"{missed} night{'s' if missed > 1 else ''} missed"] if missed else []
        how = f"nightly build {'is well again' if again else outcome.what}"
        title = f"{self.corridor}: {', '.join([how, *gaps] if outcome.what == 'failed' else [*gaps, how])}"
        kind: Kind = "failure" if outcome.what == "failed" else "warning" if self._past() else "success"
        body = "\n\n".join("\n".join(line for line in part if line) for part in (news, facts))
        told = notify(hide(title), hide(body), kind)
        for result in told:
            self.log(f"told {result['to']}" if result["sent"] else f"could not tell {result['to']}: {result['why']}")
        if told:
            self.health = {**self.health, "notification": told}
            self._write(self.health)

    def _write(self, health: Health) -> None:
        try:
            if health:
                write_health(self.workspace, health)
        except WriteError as error:  # the build and the notification say the rest
            self.log.problem = self.log.problem or str(error)
            self.log(str(error))


def _alone(workspace: Workspace) -> AbstractContextManager[None]:
    """Be the only nightly run of a workspace, also while it waits for files and tells people."""
    return only_one(
        workspace.home / "nightly.lock",
        lambda: "another nightly run is at work in this workspace",
        remedy="Nothing to do: nights are not queued, and the next one picks up what is new.",
    )


def _build_command(workspace: Workspace, *, debug: bool) -> list[str]:
    """Return the command that builds; ``-P`` keeps the current folder's modules from passing for ours."""
    options = ["--debug"] if debug else []
    return [sys.executable, "-P", "-m", "flows", "-C", str(workspace.root), *options, "build"]


def _what_holds_back(workspace: Workspace) -> str | None:
    """Return the release that somebody has set aside, if a build would only bring it back."""
    note = set_aside(workspace)
    if note is None:
        return None
    from flows.session import open_session

    session = open_session(workspace)
    same = not session.to_run and {name: kept.key for name, kept in session.build.results.items()} == note.keys
    return note.instead_of if same else None


def _answers(address: str, wait_s: float, log: Callable[[str], None]) -> bool:
    """Wait for a Prefect server: a machine that has just started may start it and the night at once."""
    deadline = time.monotonic() + wait_s
    waiting = False
    while True:
        try:
            if not httpx.get(f"{address.rstrip('/')}/health", timeout=max(wait_s, _ASK_EVERY_S)).is_server_error:
                return True
        except (httpx.HTTPError, httpx.InvalidURL):  # not yet, or never: the caller says so
            pass
        if time.monotonic() >= deadline:
            return False
        if not waiting:
            log(f"waiting {wait_s:g} s at most for the Prefect server named by {_SERVER}")
            waiting = True
        time.sleep(min(_ASK_EVERY_S, wait_s))


def _changes(release: Release | None) -> list[str]:
    """Return the first sentences on what changed; a page that cannot be read must not hide how the night went."""
    try:
        return what_changed(release)[:_TOLD_CHANGES] if release else []
    except (OSError, ValueError, LookupError, TypeError) as error:
        return [f"What changed cannot be read: {error}."]


def _shown(workspace: Workspace) -> str | None:
    release = current_release(workspace)
    return release.id if release else None
