"""The folders and files of one workspace."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import CONFIG_NAME, Config, load_config
from pipeline.config.corridor import PROVENANCE_ORDER, SourceSection
from pipeline.errors import ConfigError, DataError


@dataclass(frozen=True)
class SourceFiles:
    """One configured source and the files that its pattern found.

    Attributes
    ----------
    name : str
        Key in ``[sources.NAME]``.
    section : SourceSection
        What the configuration says of it.
    paths : tuple[Path, ...]
        Absolute paths, sorted by their place in the workspace.
    """

    name: str
    section: SourceSection
    paths: tuple[Path, ...]

    @property
    def facts(self) -> dict[str, object]:
        """What maps, files and the manifest say of the source."""
        return {
            "name": self.name,
            "role": self.section.role,
            "provenance": self.section.provenance,
            "licence": self.section.licence,
            "attribution": self.section.attribution,
            "files": [path.name for path in self.paths],
        }

    @property
    def rank(self) -> tuple[int, int, str]:
        """Sort key of merging: priority first, then provenance, then name (resolution is the reader's to add)."""
        return (-self.section.priority, PROVENANCE_ORDER.index(self.section.provenance), self.name)


def weakest(provenances: Iterable[str]) -> str:
    """Return the weakest of several provenances; empty where there is none."""
    given = set(provenances)
    known = [PROVENANCE_ORDER.index(p) for p in PROVENANCE_ORDER if p in given]
    return PROVENANCE_ORDER[max(known)] if known else ""


@dataclass(frozen=True)
class Workspace:
    """A folder that holds a ``corridor.toml``.

    Attributes
    ----------
    root : Path
        The folder, absolute.
    """

    root: Path

    @classmethod
    def at(cls, folder: Path) -> Workspace:
        """Return the workspace in a folder (which need not have a configuration yet)."""
        return cls(folder.expanduser().resolve())

    @property
    def config_path(self) -> Path:
        """The configuration file."""
        return self.root / CONFIG_NAME

    @property
    def home(self) -> Path:
        """The program's own folder: store, releases, lock, logs."""
        return self.root / ".corridor"

    @property
    def store(self) -> Path:
        """Results of steps, by key."""
        return self.home / "store"

    @property
    def releases(self) -> Path:
        """Published builds, whole, by id."""
        return self.home / "releases"

    @property
    def current(self) -> Path:
        """The link to the release that readers see."""
        return self.home / "current"

    @property
    def processed(self) -> Path:
        """Where readers find tables and rasters."""
        return self.root / "data" / "processed"

    @property
    def maps(self) -> Path:
        """Where readers find the map."""
        return self.root / "maps"

    def config(self) -> Config:
        """Read the configuration.

        Raises
        ------
        ConfigError
            See ``load_config``.
        """
        return load_config(self.config_path)

    def path(self, relative: str, *, key: str) -> Path:
        """Return a configured path, which must lie inside the workspace.

        Raises
        ------
        ConfigError
            If the path leads out of the workspace.
        """
        path = self.root / relative
        try:
            inside = path.resolve().is_relative_to(self.root)
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a zero byte, a name too long
            raise _no_path(f"{self.config_path}, key {key}", error) from error
        if not inside:
            raise ConfigError(
                f"the path {relative!r} leads out of the workspace",
                where=f"{self.config_path}, key {key}",
                remedy="Copy the file into data/raw and name it there.",
            )
        return path

    def sources(self, config: Config, *roles: str) -> tuple[SourceFiles, ...]:
        """Return the sources of the named roles (all without names), best first.

        Raises
        ------
        DataError
            If a source names files that do not exist.
        ConfigError
            If its files lie outside the workspace.
        """
        found = []
        for name, section in config.sources.items():
            if roles and section.role not in roles:
                continue
            key = f"sources.{name}.files"
            paths = self._matching(section.files, key)
            if not paths:
                raise DataError(
                    f"source '{name}' names files that do not exist: {section.files}",
                    where=f"{self.config_path}, key {key}",
                    remedy="Put the files there, mend the pattern, or take the source out of the configuration. "
                    "Synthetic inputs are made by 'corridor init'.",
                )
            for path in paths:
                self.path(str(path), key=key)
            found.append(SourceFiles(name, section, paths))
        return tuple(sorted(found, key=lambda source: source.rank))

    def _matching(self, pattern: str, key: str) -> tuple[Path, ...]:
        """Return the files that a pattern finds; one that climbs out of the workspace is refused unread."""
        place = f"{self.config_path}, key {key}"
        try:
            inside = Path(os.path.normpath(self.root / pattern)).relative_to(self.root)
        except ValueError:
            raise ConfigError(
                f"the pattern {pattern!r} leads out of the workspace",
                where=place,
                remedy="Copy the files into data/raw and name them there.",
            ) from None
        if not inside.parts:
            raise ConfigError(
                f"the pattern {pattern!r} names no file", where=place, remedy='Write it as "data/raw/depths_*.tif".'
            )
        try:
            return tuple(sorted(path for path in self.root.glob(str(inside)) if path.is_file()))
        except (OSError, RuntimeError, ValueError) as error:
            raise _no_path(place, error) from error


def _no_path(place: str, error: Exception) -> ConfigError:
    cause = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ConfigError(
        f"this can be no path: {cause[0].lower()}{cause[1:]}",
        where=place,
        remedy='Write it as "data/raw/depths_*.tif"; ** stands alone between slashes.',
    )
