"""The inputs of steps: which files they are, what these hold, and whether they are still what they were."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.config import Config
from pipeline.errors import DataError
from pipeline.store.hashing import hash_file
from pipeline.store.kept import Parts
from pipeline.store.step import Beside, Step
from pipeline.workspace import SourceFiles, Workspace
from pipeline.workspace.side_files import SideFiles


class Inputs:
    """The files of a workspace as one build sees them: found once, so that a file that arrives later is for the next.

    Parameters
    ----------
    workspace : Workspace
        Where they lie.
    config : Config
        All of the configuration.
    """

    def __init__(self, workspace: Workspace, config: Config) -> None:
        self._workspace, self._config = workspace, config
        self._side_files = SideFiles()
        self._by_role: dict[str, tuple[SourceFiles, ...]] = {}
        self._neighbours: dict[tuple[str, str], Mapping[Path, tuple[Path, ...]]] = {}

    def sources(self, step: Step) -> tuple[SourceFiles, ...]:
        """Return the sources of a step with their files, best first.

        Raises
        ------
        CorridorError
            If a source names no file, or one that lies where it may not.
        """
        for role in step.roles:
            if role not in self._by_role:
                self._by_role[role] = self._workspace.sources(self._config, role)
        return tuple(sorted((s for role in step.roles for s in self._by_role[role]), key=lambda s: s.rank))

    def files(self, step: Step) -> dict[str, Path]:
        """Return the configured single files of a step, by section."""
        return {name: self._workspace.path(getattr(self._config, name).file, key=f"{name}.file") for name in step.files}

    def with_side_files(self, path: Path, owner: str) -> list[Path]:
        """Return a file and those beside it that readers take with it, all of which must lie where they may."""
        return [path, *(self._workspace.path(str(side), key=owner) for side in self._side_files.of(path))]

    def near(self, step: Step, beside: Beside, source: SourceFiles) -> Mapping[Path, tuple[Path, ...]]:
        """Return which files a step reads together; asked once a build, for it looks into every file."""
        asked = (step.name, source.name)
        if asked not in self._neighbours:
            self._neighbours[asked] = beside(source)
        return self._neighbours[asked]


def assert_unchanged(root: Path, parts: Parts, step: str) -> None:
    """Refuse a result whose inputs are no longer what it was made from.

    Parameters
    ----------
    root : Path
        The workspace.
    parts : Parts
        What the result is made from.
    step : str
        Name of the step, for the complaint.

    Raises
    ------
    DataError
        Naming the first file that changed.
    """
    for name, digest in parts["files"].items():
        path = root / name  # a name from outside the workspace is absolute and stays so
        if content_of(path) != digest:
            raise DataError(
                "the file changed while it was being read",
                where=str(path),
                remedy=f"Run again when it is no longer being written; what step '{step}' made of it is not published.",
            )


def content_of(path: Path) -> str:
    """Return the hash of a file's content.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    try:
        return hash_file(path)
    except OSError as error:
        raise DataError(
            f"the file cannot be read: {error.strerror or error}",
            where=str(path),
            remedy="Put the file there or mend its path in corridor.toml.",
        ) from error
