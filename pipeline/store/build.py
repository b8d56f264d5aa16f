"""One build: which steps are still good, why the others are not, and how one is run."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pipeline.config import Config, config_json
from pipeline.errors import DataError
from pipeline.store.code import code_hash, library_versions
from pipeline.store.hashing import hash_file, hash_json
from pipeline.store.kept import Kept, Parts, load, make
from pipeline.store.step import Step, StepContext
from pipeline.workspace import Workspace


@dataclass(frozen=True)
class Decision:
    """What a build would do with a step, and why."""

    step: Step
    state: Literal["reuse", "run"]
    why: str


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
    """

    workspace: Workspace
    config: Config
    steps: Sequence[Step]
    previous: dict[str, Parts] = field(default_factory=dict)
    force: bool = False
    results: dict[str, Kept] = field(default_factory=dict)
    code: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Hash the code of every step here and once: Python 3.11 cannot parse source in several threads."""
        self.code = {step.name: code_hash(step.run.__module__) for step in self.steps}

    def parts(self, step: Step) -> Parts:
        """Return what the key of a step is made of; the steps before it must have results.

        Raises
        ------
        DataError
            If an input cannot be read.
        """
        sources = self.workspace.sources(self.config, *step.roles) if step.roles else ()
        paths = [path for source in sources for path in source.paths] + list(self._files(step).values())
        return {
            "files": {str(path.relative_to(self.workspace.root)): self._hash(path) for path in paths},
            "sources": {source.name: source.section.model_dump(mode="json") for source in sources},
            "parameters": config_json(self.config, step.sections),
            "upstream": {name: self.results[name].result_hash for name in step.after},
            "code": self.code[step.name],
            "libraries": library_versions(),
        }

    def decide(self) -> list[Decision]:
        """Return what a build would do with every step; verified results are taken up on the way."""
        decisions: list[Decision] = []
        waiting: set[str] = set()
        for step in self.steps:
            blocked = [name for name in step.after if name in waiting]
            if blocked:
                decisions.append(Decision(step, "run", f"follows from {', '.join(blocked)}"))
                waiting.add(step.name)
                continue
            parts = self.parts(step)
            kept = load(self.workspace.store, step.name, hash_json(parts))
            damage = kept.damage() if kept else ""
            if self.force:
                why = "forced"
            elif kept is None:
                why = explain_change(self.previous.get(step.name), parts)
            elif damage:
                why = f"its kept result {damage} was altered or deleted"
            else:
                self.results[step.name] = kept
                decisions.append(Decision(step, "reuse", "unchanged"))
                continue
            decisions.append(Decision(step, "run", why))
            waiting.add(step.name)
        return decisions

    def source_states(self) -> list[dict[str, Any]]:
        """Return, for every configured source, what changed in its files since the published release."""
        known = {name: digest for parts in self.previous.values() for name, digest in parts["files"].items()}
        read = {role for step in self.steps for role in step.roles}
        states = []
        for source in self.workspace.sources(self.config):
            now = {str(path.relative_to(self.workspace.root)): self._hash(path) for path in source.paths}
            if source.section.role not in read:
                state = "not used by any step yet"
            elif not known:
                state = "new"
            else:
                state = _changed_files({name: known[name] for name in now if name in known}, now) or "unchanged"
            states.append({"source": source.name, "role": source.section.role, "files": len(now), "state": state})
        return states

    def run(self, step: Step, log: Callable[[str], None]) -> Kept:
        """Run a step whose predecessors have results, and keep what it makes.

        A step that ``decide`` could not judge, because something before it had to run, is judged here: its
        predecessors may have come out as they were.

        Raises
        ------
        DataError
            If an input changed while it was being read.
        CorridorError
            Whatever the step raises.
        """
        parts = self.parts(step)
        key = hash_json(parts)
        kept = load(self.workspace.store, step.name, key)
        if kept is not None and not self.force and not kept.damage():
            log("reused: nothing that it depends on came out different")
        else:
            working = self.workspace.store / step.name / f".{os.getpid()}.working"
            context = self._context(step, key, working, log)
            verify = partial(self._assert_unchanged, step, parts)
            kept = make(self.workspace.store, step, key, parts, context, verify=verify)
        self.results[step.name] = kept
        return kept

    def _context(self, step: Step, key: str, out: Path, log: Callable[[str], None]) -> StepContext:
        return StepContext(
            config=self.config.only(*step.sections),
            sources=self.workspace.sources(self.config, *step.roles) if step.roles else (),
            inputs={name: self.results[name].folder for name in step.after},
            facts={name: self.results[name].facts for name in step.after},
            out=out,
            files=self._files(step),
            key=key,
            log=log,
        )

    def _files(self, step: Step) -> dict[str, Path]:
        return {name: self.workspace.path(getattr(self.config, name).file, key=f"{name}.file") for name in step.files}

    def _hash(self, path: Path) -> str:
        try:
            return hash_file(path)
        except OSError as error:
            raise DataError(
                f"the file cannot be read: {error.strerror or error}",
                where=str(path),
                remedy="Put the file there or mend its path in corridor.toml.",
            ) from error

    def _assert_unchanged(self, step: Step, parts: Parts) -> None:
        for name, digest in parts["files"].items():
            path = self.workspace.root / name
            if self._hash(path) != digest:
                raise DataError(
                    "the file changed while it was being read",
                    where=str(path),
                    remedy=f"Run again when it is no longer being written; step '{step.name}' was not published.",
                )


def explain_change(old: Parts | None, new: Parts) -> str:
    """Return in words what differs between the parts of two keys."""
    if old is None:
        return "no earlier result"
    reasons = [_changed_files(old.get("files", {}), new["files"])]
    reasons += [
        f"source {name} is described differently" for name in _differing(old.get("sources", {}), new["sources"])
    ]
    for section in _differing(old.get("parameters", {}), new["parameters"]):
        before, after = old["parameters"].get(section) or {}, new["parameters"].get(section) or {}
        reasons += [f"[{section}] {key}: {_short(before.get(key))} -> {_short(after.get(key))}"
                    for key in _differing(before, after)]  # fmt: skip
    reasons += [f"step {name} gave something else" for name in _differing(old.get("upstream", {}), new["upstream"])]
    if old.get("code") != new["code"]:
        reasons.append("the program changed")
    reasons += [
        f"library {name} {old.get('libraries', {}).get(name, 'absent')} -> {new['libraries'].get(name, 'absent')}"
        for name in _differing(old.get("libraries", {}), new["libraries"])
    ]
    return "; ".join(reason for reason in reasons if reason) or "its kept result was evicted"


def _changed_files(old: dict[str, str], new: dict[str, str]) -> str:
    changed = [name for name in _differing(old, new) if name in old and name in new]
    added, removed = sorted(set(new) - set(old)), sorted(set(old) - set(new))
    words = [f"{', '.join(names[:3])}{' and more' if names[3:] else ''} {verb}"
             for names, verb in ((changed, "changed"), (added, "added"), (removed, "removed")) if names]  # fmt: skip
    return "; ".join(words)


def _differing(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
