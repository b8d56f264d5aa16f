"""The plan: a step declares what it reads, all of it and no more, since a change of that is what makes it run again."""

import dataclasses
import shutil

import pytest

from pipeline.plan import STEPS
from pipeline.store import Build
from pipeline.workspace import Workspace


class Watched:
    """A configuration that remembers which of its sections were read."""

    def __init__(self, config, read: set[str]) -> None:
        self._config, self._read = config, read

    def __getattr__(self, name: str):
        self._read.add(name)
        return getattr(self._config, name)


@pytest.mark.slow
def test_no_step_declares_a_section_that_it_does_not_read(default_workspace, tmp_path, monkeypatch):
    shutil.copytree(default_workspace / "data" / "raw", tmp_path / "data" / "raw")
    shutil.copy(default_workspace / "corridor.toml", tmp_path)
    read: dict[str, set[str]] = {step.name: set() for step in STEPS}
    real = Build._context

    def watched(self, step, *rest):
        context = real(self, step, *rest)
        return dataclasses.replace(context, config=Watched(context.config, read[step.name]))

    monkeypatch.setattr(Build, "_context", watched)
    workspace = Workspace.at(tmp_path)
    build = Build(workspace, workspace.config(), STEPS)
    for decision in build.decide():
        build.run(decision.step, lambda line: None, decision.why)
    assert {step.name: set(step.sections) for step in STEPS} == read
