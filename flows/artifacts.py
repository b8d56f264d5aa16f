"""The story of a build as Prefect's UI shows it: what is done and why, how far it is, what came out and what not."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import cast
from uuid import UUID

import httpx
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.settings import get_current_settings

from flows.display import printable
from flows.session import Session
from flows.stages import STAGE_TITLES
from pipeline.errors import CorridorError
from pipeline.releases.portal import depth_bars, route_totals
from pipeline.releases.release import Release

_SECONDS_BETWEEN = 1.0
_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+\-|~&!])")
Row = dict[str, object]


class Story:
    """Artifacts on the parent run of a build.

    A server that nobody reads, the temporary one, is told nothing. Nor does a build fail because a server does not take
    its story: the log says so, and the build goes on.

    Parameters
    ----------
    session : Session
        The build that is told of.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._heard = get_current_settings().logging.to_api.enabled
        self._lock = Lock()
        self._progress: UUID | None = None
        self._said_at = 0.0

    def plan(self) -> None:
        """Tell what will be done with every step, and why, and set the progress to nothing."""
        rows: list[Row] = [
            {
                "stage": STAGE_TITLES[decision.step.stage],
                "step": decision.step.title,
                "what will be done": "run" if decision.state == "run" else "reuse the kept result",
                "why": decision.why,
                "files to read": _files(decision.files),
            }
            for decision in self._session.decisions
        ]
        number = len(self._session.to_run)
        self._table("build-plan", rows, f"What will be done, and why: {number} of {len(rows)} steps run")
        self._tell(self._begin_progress)

    def progress(self, done: int, total: int, running: Iterable[str]) -> None:
        """Tell how far the build is; at most once a second, and from any thread."""
        with self._lock:
            now = time.monotonic()
            if self._progress is None or now - self._said_at < _SECONDS_BETWEEN:
                return
            self._said_at = now
            words = f"{done} of {total} steps done; running: {', '.join(running) or 'none'}"
            self._tell(lambda: self._set_progress(100.0 * done / max(total, 1), words))

    def stage(self, name: str) -> None:
        """Tell what a stage did, step by step."""
        rows = self._steps(name)
        self._table(f"stage-{name}", rows, f"Stage: {STAGE_TITLES[name]}")

    def failed(self, name: str, error: CorridorError) -> None:
        """Tell why a stage failed, and what was therefore not done."""
        build = self._session.build
        undone = [d.step.title for d in self._session.to_run if d.step.name not in build.outcomes]
        self._markdown(
            "build-failed",
            [_plain(str(error)), "What was published before is untouched.", "Not done or not finished:"]
            + [f"- {_plain(title)}" for title in undone],
            f"Why the build failed, in the stage: {STAGE_TITLES[name]}",
        )

    def published(self, release: Release, changes: list[str], map_path: Path) -> None:
        """Tell of the release: totals, steps, what changed, what is missing, what else happened, the map."""
        self._tell(lambda: self._set_progress(100.0, f"published as release {release.id}"))
        rows: list[Row] = [
            {"quantity": f"Route with target depth {bar.label}", "value": f"{bar.km:.1f} km"}
            for bar in depth_bars(release.manifest)
        ]
        rows += [{"quantity": label, "value": text} for label, text in route_totals(release.manifest)]
        self._table("route-totals", rows, f"Route totals of release {release.id}")
        self._table("build-steps", self._steps(), "What ran, what was reused, and why")
        self._markdown(
            "what-changed",
            [f"- {_plain(line)}" for line in changes] or ["There is no release before this one to compare with."],
            "What changed since the release before",
        )
        self._missing(release)
        self._beside()
        self._markdown(
            "corridor-map",
            [f"Open **{_plain(str(map_path))}** in a browser, on the machine that built it."],
            f"Where the map of release {release.id} is",
        )

    def _missing(self, release: Release) -> None:
        without = [
            f"Not assessed, for want of data: {_plain(role)}. This is not the same as no risk."
            for role in release.manifest["totals"].get("not_assessed", ())
        ]
        waiting = [
            f"Left for the next run, since it was still being copied: {_plain(name)}."
            for name in release.manifest.get("left_for_next_run", ())
        ]
        lines = [*without, *waiting]
        self._markdown(
            "left-out", [f"- {line}" for line in lines] or ["Nothing was left out."], "What is missing, and why"
        )

    def _beside(self) -> None:
        """Tell of kept results that were evicted, and of files that were moved aside."""
        if self._session.told:
            lines = [f"- {_plain(line)}" for line in self._session.told]
            self._markdown("what-else-happened", lines, "What else happened")

    def _steps(self, stage: str = "") -> list[Row]:
        build = self._session.build
        rows: list[Row] = []
        for step in build.steps:
            outcome, kept = build.outcomes.get(step.name), build.results.get(step.name)
            if outcome is None or kept is None or stage not in ("", step.stage):
                continue
            rows.append(
                {
                    "step": step.title, "state": "ran" if outcome.state == "run" else "reused",
                    "seconds": kept.seconds, "peak MB": kept.peak_mb, "files read": _files(outcome.files),
                    "why": outcome.why, "in short": str(kept.facts.get("summary", "")),
                }
            )  # fmt: skip
        return rows

    def _begin_progress(self) -> None:
        self._said_at = time.monotonic()
        made = create_progress_artifact(0.0, key="build-progress", description="How far the build is")
        self._progress = cast("UUID", made)  # a coroutine only where a loop runs

    def _set_progress(self, percent: float, words: str) -> None:
        if self._progress is not None:
            update_progress_artifact(self._progress, percent, description=words)

    def _table(self, key: str, rows: list[Row], description: str) -> None:
        self._tell(lambda: create_table_artifact(key=key, table=rows, description=description))

    def _markdown(self, key: str, paragraphs: list[str], description: str) -> None:
        text = "\n\n".join(paragraphs)
        self._tell(lambda: create_markdown_artifact(key=key, markdown=text, description=description))

    def _tell(self, say: Callable[[], object]) -> None:
        if not self._heard:
            return
        try:
            say()
        except httpx.HTTPError as error:
            self._heard = False
            self._session.reporter.note(f"the Prefect server does not take the story of this build: {error}")


def _files(files: dict[str, int] | None) -> str:
    return f"{files['read']} of {files['all']}" if files else ""


def _plain(text: str) -> str:
    """Return text that Markdown shows letter by letter."""
    return _MARKS.sub(r"\\\1", printable(text))
