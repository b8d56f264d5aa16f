"""A step: a function of declared inputs, parameters and an output place, pure but for that output."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.workspace import SourceFiles

if TYPE_CHECKING:
    from pipeline.config import Config

Facts = dict[str, Any]
"""What a step tells about its work: JSON values only; lands in the manifest, the log and later steps."""


Beside = Callable[[SourceFiles], Mapping[Path, tuple[Path, ...]]]
"""Gives, for each file of a source, which of its other files are read with it."""


@dataclass(frozen=True)
class FilePart:
    """What a part of a work made: that on one input file, or on one block of units.

    Attributes
    ----------
    folder : Path
        Where its files lie.
    facts : Facts
        What it told.
    """

    folder: Path
    facts: Facts


@dataclass(frozen=True)
class StepContext:
    """All that a step may see.

    Attributes
    ----------
    config : Config
        Only the sections that the step declares; reading another raises AttributeError.
    sources : tuple[SourceFiles, ...]
        The sources of the roles that the step declares, best first.
    inputs : Mapping[str, Path]
        Output folders of the steps that it comes after.
    facts : Mapping[str, Facts]
        What those steps told.
    out : Path
        The empty folder to write into.
    files : Mapping[str, Path]
        Configured single files, such as ``route``.
    parts : Mapping[tuple[str, Path], FilePart]
        Of a step with ``per_file`` work: what it made of each file of ``sources``, by name of the source and path.
    beside : tuple[Path, ...]
        Of work on one file: the others that it also reads, see ``FileWork.beside``.
    block : tuple[int, int]
        Of ``BlockWork.run``: its first unit, and the one after its last.
    blocks : tuple[FilePart, ...]
        Of a work with ``blocks``: what they made, in the order of units; none where the work has no unit.
    threads : int
        How many threads it may keep busy; no result depends on it.
    at_once : int
        How many such works this process does at the same time: they share what one may hold in memory.
    key : str
        Hash of all that the step depends on: a name for its result that the same inputs give again.
    log : callable
        Takes one line for people.
    """

    config: Config
    sources: tuple[SourceFiles, ...]
    inputs: Mapping[str, Path]
    facts: Mapping[str, Facts]
    out: Path
    files: Mapping[str, Path] = field(default_factory=dict)
    parts: Mapping[tuple[str, Path], FilePart] = field(default_factory=dict)
    beside: tuple[Path, ...] = ()
    block: tuple[int, int] = (0, 0)
    blocks: tuple[FilePart, ...] = ()
    threads: int = 1
    at_once: int = 1
    key: str = ""
    log: Callable[[str], None] = print

    def role(self, role: str) -> tuple[SourceFiles, ...]:
        """Return the sources of one role, best first; empty where the role has none."""
        return tuple(source for source in self.sources if source.section.role == role)


@dataclass(frozen=True)
class BlockWork:
    """The part of a work that can be done in blocks of units: anywhere, in any order, each for itself.

    Units are the smallest pieces in their order: row groups of a file, rows of tiles, ships, stations. How many of
    them make a block is the engine's to say and changes no result. A block may be done more than once.

    Attributes
    ----------
    sizes : callable
        Gives the amount of work of each unit, in their order: rows, pixels, draws. Asked once, on one machine; it
        reads no more than the heads of files. No unit: there is nothing to do in blocks.
    run : callable
        Does the units of ``context.block`` and leaves files and facts for the work that puts blocks together; its
        context is otherwise that of this work.
    rate : str
        Key of ``[scale]``: seconds of one thread for a million of the amount.
    """

    sizes: Callable[[StepContext], Sequence[float]]
    run: Callable[[StepContext], Facts]
    rate: str


@dataclass(frozen=True)
class FileWork:
    """The part of a step's work that each input file needs, whatever is in the others.

    It is kept file by file: of a survey in many tiles, only a tile that changed is read again.

    Attributes
    ----------
    run : callable
        The work. Its context holds one source with one file, the outputs of the steps named here, and the sections.
        What it makes must not depend on the file's name, nor on how far the source is trusted
        (``priority provenance licence attribution``): those may change without the file being read again.
    sections : tuple[str, ...]
        Configuration sections that it reads.
    after : tuple[str, ...], optional
        Which of the steps that the step comes after it reads; all of them without it.
    leaves : tuple[str, ...]
        Settings of a source that it leaves to the step, which puts files together.
    beside : callable, optional
        Gives, for each file of a source, which of its other files the work reads with it: the tiles that touch it.
        Their content, and their place among the names, then counts as the file's own does. Called before anything is
        read, so it must bear files that cannot be used.
    blocks : BlockWork, optional
        What of it is done in blocks before ``run`` puts them together; ``sizes`` must bear files that cannot be used.
    """

    run: Callable[[StepContext], Facts]
    sections: tuple[str, ...] = ()
    after: tuple[str, ...] | None = None
    leaves: tuple[str, ...] = ()
    beside: Beside | None = None
    blocks: BlockWork | None = None


@dataclass(frozen=True)
class Step:
    """A declared step.

    Attributes
    ----------
    name : str
        Short name, also the folder in the store.
    stage : str
        The stage (one Prefect flow) it belongs to.
    title : str
        What it does, in words for the log and the progress display.
    run : callable
        The work.
    after : tuple[str, ...]
        Steps whose outputs it reads.
    roles : tuple[str, ...]
        Source roles whose files it reads.
    sections : tuple[str, ...]
        Configuration sections that it reads.
    files : tuple[str, ...]
        Configured single files that it reads: ``"route"`` is ``[route] file``.
    per_file : FileWork, optional
        What it does with each file of its roles before it puts them together.
    blocks : BlockWork, optional
        What it does in blocks, after that, before ``run`` puts them together.
    products : tuple[str, ...]
        Which of its files are published, and where: ``"data/processed/slope.tif"``, ``"maps/*"``.
    """

    name: str
    stage: str
    title: str
    run: Callable[[StepContext], Facts]
    after: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    per_file: FileWork | None = None
    blocks: BlockWork | None = None
    products: tuple[str, ...] = ()
