"""Doing a work in blocks of units, cut anywhere, as the engine does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.store import Facts, FilePart, FileWork, Step, StepContext


def run_in_blocks(work: FileWork | Step, context: StepContext, cuts: Sequence[int] = ()) -> Facts:
    """Run a work's blocks, the last one first, then the work itself; what blocks leave lies beside ``context.out``.

    Parameters
    ----------
    work : FileWork or Step
        A work with ``blocks``.
    context : StepContext
        Its context, without blocks.
    cuts : sequence of int
        Units with which another block begins; without any, one block has all.
    """
    blocks = work.blocks
    assert blocks is not None
    number = len(blocks.sizes(context))
    edges = sorted({0, number, *(cut for cut in cuts if 0 < cut < number)})
    parts: list[FilePart] = []
    for first, end in reversed(list(pairwise(edges))):
        folder = context.out.parent / f"{context.out.name}.blocks" / f"{first}-{end}"
        folder.mkdir(parents=True, exist_ok=True)
        parts.insert(0, FilePart(folder, blocks.run(replace(context, block=(first, end), out=folder))))
    return work.run(replace(context, blocks=tuple(parts)))
