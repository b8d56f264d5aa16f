"""The folders and files of one workspace."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import CONFIG_NAME, Config, load_config
from pipeline.errors import ConfigError, DataError
from pipeline.workspace.side_files import SideFiles
from pipeline.workspace.source_files import SourceFiles, may_be_input, name_in

ALLOW_OUTSIDE = "CORRIDOR_ALLOW_OUTSIDE"
"""Environment variable: absolute folders outside the workspace that may be read, separated as in ``PATH``."""


@dataclass(frozen=True)
class Workspace:
    """A folder that holds a ``corridor.toml``.

    Attributes
    ----------
    root : Path
        The folder, absolute.
    left_out : frozenset of Path
        Files that this run must not see: they are still being copied here.
    """

    root: Path
    left_out: frozenset[Path] = frozenset()

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
            place = path.resolve()
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a zero byte, a name too long
            raise _no_path(f"{self.config_path}, key {key}", error) from error
        self._refuse_outside(place, relative, key)
        return path

    def name_of(self, path: Path) -> str:
        """Return how logs and manifests call an input: its place in the workspace, or all of it where it is outside."""
        return name_in(self.root, path)

    def _refuse_outside(self, place: Path, text: str, key: str) -> None:
        """Refuse a place that is neither in the workspace nor in a folder that whoever runs this has named."""
        allowed = allowed_outside()
        if not any(place.is_relative_to(folder) for folder in (self.root, *allowed)):
            raise ConfigError(
                f"{text!r} leads out of the workspace",
                where=f"{self.config_path}, key {key}",
                remedy="Copy the files into data/raw and name them there; or whoever runs the build names the folder "
                f"that may be read beside the workspace: {ALLOW_OUTSIDE}=/folder/that/may/be/read.",
            )

    def sources(self, config: Config, *roles: str) -> tuple[SourceFiles, ...]:
        """Return the sources of the named roles (all without names), best first.

        Raises
        ------
        DataError
            If a source names files that do not exist.
        ConfigError
            If its files, or those beside them that belong to them, lie outside the workspace.
        """
        found, beside = [], SideFiles()
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
                for part in (path, *beside.of(path)):
                    self.path(str(part), key=key)
            found.append(SourceFiles(name, section, paths, self.root))
        return tuple(sorted(found, key=lambda source: source.rank))

    def _matching(self, pattern: str, key: str) -> tuple[Path, ...]:
        """Return the files that a pattern finds; one that climbs out of the workspace is refused unread."""
        place = f"{self.config_path}, key {key}"
        whole = Path(os.path.normpath(self.root / pattern))
        base = self.root
        if not whole.is_relative_to(self.root):
            base = Path(*itertools.takewhile(lambda part: not set(part) & set("*?["), whole.parent.parts))
            try:
                self._refuse_outside(base.resolve(), pattern, key)
            except (OSError, RuntimeError, ValueError) as error:
                raise _no_path(place, error) from error
        inside = whole.relative_to(base)
        if not inside.parts:
            raise ConfigError(
                f"the pattern {pattern!r} names no file", where=place, remedy='Write it as "data/raw/depths_*.tif".'
            )
        try:
            found = sorted(path for path in base.glob(str(inside)) if path.is_file())
        except (OSError, RuntimeError, ValueError) as error:
            raise _no_path(place, error) from error
        return tuple(path for path in found if path not in self.left_out and may_be_input(path, pattern))


def allowed_outside() -> tuple[Path, ...]:
    """Return the folders beside the workspace that whoever runs this program has named as readable.

    The permission comes from the environment and not from ``corridor.toml``, which anybody may write who shares the
    workspace.
    """
    named = os.environ.get(ALLOW_OUTSIDE, "").split(os.pathsep)
    return tuple(Path(folder).resolve() for folder in named if folder and Path(folder).is_absolute())


def _no_path(place: str, error: Exception) -> ConfigError:
    cause = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ConfigError(
        f"this can be no path: {cause[0].lower()}{cause[1:]}",
        where=place,
        remedy='Write it as "data/raw/depths_*.tif"; ** stands alone between slashes.',
    )
