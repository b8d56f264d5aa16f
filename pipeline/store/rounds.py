"""Works in rounds: first their blocks, then, of those that were cut, the putting together; each round in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.config.scale import ScaleSection
from pipeline.store.cutting import Crew, batches, block_cost_s, cut
from pipeline.store.step import FileWork
from pipeline.store.work import Log, Place, Work

_PER_MILLION = 1e6


@dataclass(frozen=True)
class Piece:
    """What one thread does at a time.

    Attributes
    ----------
    work : int
        Place of its work in the round.
    block : int
        The block to do; -1 where there is none.
    last : bool
        The work is put together then.
    """

    work: int
    block: int
    last: bool


@dataclass(frozen=True)
class Round:
    """Pieces that need nothing of each other.

    Attributes
    ----------
    works : tuple of Work
        What they are pieces of.
    batches : tuple of tuple of Piece
        Each is for one task.
    threads : int
        Threads of a task.
    """

    works: tuple[Work, ...]
    batches: tuple[tuple[Piece, ...], ...]
    threads: int

    @property
    def what(self) -> Literal["files", "blocks", "result"]:
        """What it makes: parts of a step's result, or that result."""
        if self.works[0].of_file:
            return "files"
        return "result" if any(piece.last for batch in self.batches for piece in batch) else "blocks"


def rounds_of(place: Place, works: Sequence[Work], scale: ScaleSection, crew: Crew, most: int) -> Iterator[Round]:
    """Cut works into blocks and give what is to be done, in at most two rounds.

    Parameters
    ----------
    place : Place
        Where they are done.
    works : sequence of Work
        Not cut yet.
    scale : ScaleSection
        What work costs and how long a task is to be.
    crew : Crew
        Who does it.
    most : int
        Blocks, and tasks, of a round at most; a file is at least one.

    Yields
    ------
    Round
        The next may be asked for when its pieces are done.
    """
    sizes = [_unit_costs_s(place, work, scale) for work in works]
    total_s = sum(sum(costs) for costs in sizes)
    block_s = block_cost_s(total_s, crew, scale.task_s, most)
    works = tuple(
        replace(work, cuts=tuple(cut(costs, block_s)) if place.declared(work).blocks else ())
        for work, costs in zip(works, sizes, strict=True)
    )
    pieces: list[Piece] = []
    costs_s: list[float] = []
    for number, (work, costs) in enumerate(zip(works, sizes, strict=True)):
        place.forget_blocks(work)
        if not work.cuts:
            pieces.append(Piece(number, -1, last=True))
            costs_s.append(sum(costs))
        for block, (first, end) in enumerate(work.cuts):
            pieces.append(Piece(number, block, last=len(work.cuts) == 1))
            costs_s.append(sum(costs[first:end]))
    yield _round(works, pieces, costs_s, crew, scale.task_s, most)
    rest = [Piece(number, -1, last=True) for number, work in enumerate(works) if len(work.cuts) > 1]
    if rest:
        yield _round(works, rest, [1.0] * len(rest), crew, scale.task_s, crew.tasks)
    for work in works:
        place.forget_blocks(work)


def do_pieces(place: Place, works: Sequence[Work], pieces: Sequence[Piece], threads: int, log: Log) -> None:
    """Do a batch, several pieces at once where there are threads for them.

    Raises
    ------
    CorridorError
        Whatever a work raises; of several, that of the first piece.
    """
    wide = max(min(threads, len(pieces)), 1)

    def do(piece: Piece) -> None:
        work = works[piece.work]
        if piece.block >= 0:
            place.do_block(work, piece.block, log, threads=threads // wide, at_once=wide)
        if piece.last:
            place.finish(work, log, threads=threads // wide, at_once=wide)

    if wide == 1:
        for piece in pieces:
            do(piece)
        return
    with ThreadPoolExecutor(wide) as pool:
        list(pool.map(do, pieces))


def _unit_costs_s(place: Place, work: Work, scale: ScaleSection) -> list[float]:
    """Return seconds of one thread for each unit of a work; of one that has no blocks, for the whole of it."""
    declared = place.declared(work)
    if declared.blocks is not None:
        rate = getattr(scale, declared.blocks.rate)
        return [size * rate / _PER_MILLION for size in declared.blocks.sizes(work.context)]
    if not isinstance(declared, FileWork):
        return [0.0]
    size = sum(path.stat().st_size for source in work.context.sources for path in source.paths)
    return [size * scale.s_per_million_bytes / _PER_MILLION]


def _round(
    works: Sequence[Work], pieces: Sequence[Piece], costs_s: Sequence[float], crew: Crew, task_s: float, most: int
) -> Round:
    ranges = batches(costs_s, crew.tasks, task_s, most) if crew.apart else [(0, len(pieces))]
    return Round(tuple(works), tuple(tuple(pieces[first:end]) for first, end in ranges), crew.threads)
