"""What each result is made from, and so its key: content of files, settings, results before it, code, libraries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config import Config, config_json
from pipeline.store.code import code_hash, library_versions
from pipeline.store.hashing import hash_files
from pipeline.store.inputs import Inputs, content_of
from pipeline.store.kept import Kept, Parts
from pipeline.store.step import FileWork, Step
from pipeline.store.work import folder_name
from pipeline.workspace import SourceFiles, Workspace

# Settings of a source that tell how far it is trusted and what it is called, not how its files are read.
_NOT_READING = frozenset({"files", "priority", "provenance", "licence", "attribution"})


@dataclass(frozen=True)
class FileOfStep:
    """A file of a step that works file by file, with the others that its work reads and all that it depends on."""

    source: SourceFiles
    path: Path
    beside: tuple[Path, ...]
    parts: Parts


class Recipes:
    """What the results of steps are made from, of one workspace and configuration.

    The code of every step is hashed here and once: Python 3.11 cannot parse source in several threads.

    Parameters
    ----------
    workspace : Workspace
        Where the files lie.
    config : Config
        All of the configuration.
    steps : sequence of Step
        The plan.
    inputs : Inputs
        The files of the steps.

    Attributes
    ----------
    libraries : dict of str to str
        Versions of the libraries that results depend on.
    """

    def __init__(self, workspace: Workspace, config: Config, steps: Sequence[Step], inputs: Inputs) -> None:
        self._workspace, self._config, self._inputs = workspace, config, inputs
        self.libraries = library_versions()
        self._code: dict[str, str] = {}
        for step in steps:
            for work in (step, step.per_file):
                if work is not None:
                    name = folder_name(step.name, of_file=work is not step)
                    self._code[name] = code_hash(*_modules(work), *self._models(work.sections))

    def of(self, step: Step, results: Mapping[str, Kept]) -> Parts:
        """Return what the result of a step is made from; the steps before it must have results.

        Raises
        ------
        DataError
            If an input cannot be read.
        """
        sources = self._inputs.sources(step)
        files = [(source.name, path) for source in sources for path in source.paths] + list(
            self._inputs.files(step).items()
        )
        owned = [(owner, part) for owner, path in files for part in self._inputs.with_side_files(path, owner)]
        digests = hash_files((part for _, part in owned), content_of)
        hashed = [(owner, part, digest) for (owner, part), digest in zip(owned, digests, strict=True)]
        return {
            "files": {self._workspace.name_of(path): digest for _, path, digest in hashed},
            "content": [[owner, path.suffix, digest] for owner, path, digest in hashed],
            "sources": {source.name: source.section.model_dump(mode="json", exclude={"files"}) for source in sources},
            "parameters": _without_names(config_json(self._config, step.sections)),
            **self._circumstances(step.name, step.after, results),
        }

    def of_files(self, step: Step, results: Mapping[str, Kept]) -> list[FileOfStep]:
        """Return, for each file of a step that works file by file, what that work is made from."""
        work = step.per_file
        if work is None:
            return []
        common = {
            "parameters": config_json(self._config, work.sections),
            **self._circumstances(folder_name(step.name, of_file=True), read_by_files(step), results),
        }
        found = []
        for source in self._inputs.sources(step):
            reading = source.section.model_dump(mode="json", exclude=set(_NOT_READING.union(work.leaves)))
            beside = self._inputs.near(step, work.beside, source) if work.beside else {}
            rank = {path: number for number, path in enumerate(source.paths)}
            for path in source.paths:
                others = beside.get(path, ())
                hashed = [
                    ("" if name == path else "beside", part, content_of(part))
                    for name in sorted((path, *others), key=rank.__getitem__)
                    for part in self._inputs.with_side_files(name, source.name)
                ]
                parts = {
                    "files": {self._workspace.name_of(part): digest for _, part, digest in hashed},
                    "content": [[whose, part.suffix, digest] for whose, part, digest in hashed],
                    "sources": {"": reading},
                    **common,
                }
                found.append(FileOfStep(source, path, others, parts))
        return found

    def _models(self, sections: Sequence[str]) -> list[str]:
        """Return the modules of sections: their values are in the key, what they compute from them is code."""
        return [type(getattr(self._config, name)).__module__ for name in sections]

    def _circumstances(self, work: str, after: Sequence[str], results: Mapping[str, Kept]) -> Parts:
        """Return what a result depends on beside its files and settings."""
        return {
            "upstream": {name: results[name].result_hash for name in after},
            "code": self._code[work],
            "libraries": self.libraries,
        }


def read_by_files(step: Step) -> tuple[str, ...]:
    """Return the steps whose outputs a step's work on single files reads."""
    work = step.per_file
    return step.after if work is None or work.after is None else work.after


def _without_names(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return parameters without the names of configured files: a step that reads one has its content in the key."""
    return {
        section: {key: value for key, value in values.items() if key != "file"}
        for section, values in parameters.items()
    }


def _modules(work: Step | FileWork) -> list[str]:
    """Return the modules that a work starts from."""
    blocks = work.blocks
    return [work.run.__module__, *((blocks.sizes.__module__, blocks.run.__module__) if blocks else ())]
