"""Holes: cells without a value that data enclose. What reaches the edge of the file lies outside the survey."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.geo import Ints
from pipeline.quality.windows import CHUNK

_MEET = (("right", "left", 0, 1), ("bottom", "top", 1, 0))
"""Which edges of a window and of the next one meet, and whether that one lies below or to the right."""


@dataclass(frozen=True)
class Gaps:
    """Connected cells without a value in one window (cells join along sides, not at corners).

    Attributes
    ----------
    window : Window
        The window, in pixels of the file.
    cells, first_row, last_row, first_col, last_col : ndarray of int64, shape (gaps,)
        Size and box of each, in pixels of the file.
    open : ndarray of bool, shape (gaps,)
        It reaches what is not looked at.
    edges : dict of ndarray of int64
        Along each edge of the window the number of the gap (from 0) in a pixel, -1 where it has a value.
    file : int
        Number of the file, where there are several.
    """

    window: Window
    cells: Ints
    first_row: Ints
    last_row: Ints
    first_col: Ints
    last_col: Ints
    open: NDArray[np.bool_]
    edges: dict[str, Ints]
    file: int = 0


def gaps_of(missing: NDArray[np.bool_], window: Window, chunks: NDArray[np.bool_]) -> Gaps:
    """Return the gaps of one window.

    Parameters
    ----------
    missing : ndarray of bool
        Cells without a value.
    window : Window
        The window, whole chunks but for the edge of the file.
    chunks : ndarray of bool
        Which of its chunks are looked at; the others count as outside.
    """
    outside = np.zeros(missing.shape, dtype=bool)
    if not chunks.all():
        outside = ~chunks.repeat(CHUNK, axis=0).repeat(CHUNK, axis=1)[: missing.shape[0], : missing.shape[1]]
    label, number = ndimage.label(missing | outside)
    reaches = np.zeros(number + 1, dtype=bool)
    reaches[np.unique(label[outside])] = True
    edges = {"top": label[0], "bottom": label[-1], "left": label[:, 0], "right": label[:, -1]}
    boxes = np.array(
        [(r.start, r.stop - 1, c.start, c.stop - 1) for r, c in ndimage.find_objects(label)], dtype=np.int64
    ).reshape(-1, 4)
    return Gaps(
        window, np.bincount(label.ravel(), minlength=number + 1)[1:].astype(np.int64),
        boxes[:, 0] + window.row_off, boxes[:, 1] + window.row_off,
        boxes[:, 2] + window.col_off, boxes[:, 3] + window.col_off,
        reaches[1:], {name: edge.astype(np.int64) - 1 for name, edge in edges.items()},
    )  # fmt: skip


def holes_of(windows: Iterable[Gaps], least_cells: int) -> Ints:
    """Return the holes of a file, or of tiles of one lattice, from the gaps of its windows, joined where they meet.

    Parameters
    ----------
    windows : iterable of Gaps
        One for each window that is looked at, of a lattice of windows; any other place counts as outside.
    least_cells : int
        Smaller holes are left out.

    Returns
    -------
    ndarray of int64, shape (holes, 6)
        Cells, first and last row, first and last column, and the first file of each; from the largest to the smallest,
        then by place.
    """
    inside: list[Ints] = [np.empty((0, 6), np.int64)]
    meeting: dict[tuple[int, int], Gaps] = {}
    for gaps in windows:
        touches = np.zeros(gaps.cells.size, dtype=bool)
        for edge in gaps.edges.values():
            touches[edge[edge >= 0]] = True
        inside.append(_table(gaps)[~touches & ~gaps.open & (gaps.cells >= least_cells)])
        meeting[gaps.window.row_off, gaps.window.col_off] = _only(gaps, touches)
    boxes = np.concatenate([*inside, _joined(meeting, least_cells)])
    return boxes[np.lexsort((boxes[:, 3], boxes[:, 1], -boxes[:, 0]))]


def _table(gaps: Gaps) -> Ints:
    file = np.full(gaps.cells.size, gaps.file)
    return np.stack([gaps.cells, gaps.first_row, gaps.last_row, gaps.first_col, gaps.last_col, file], axis=1)


def _only(gaps: Gaps, keep: NDArray[np.bool_]) -> Gaps:
    """Return some of the gaps, numbered anew."""
    number = np.append(np.where(keep, np.cumsum(keep) - 1, -1), -1)  # the last one is for cells with a value
    cells, r0, r1, c0, c1, _ = _table(gaps)[keep].T
    edges = {name: number[edge] for name, edge in gaps.edges.items()}
    return Gaps(gaps.window, cells, r0, r1, c0, c1, gaps.open[keep], edges, gaps.file)


def _joined(windows: dict[tuple[int, int], Gaps], least_cells: int) -> Ints:
    """Join gaps across the edges of windows, and return those that are holes."""
    first = dict(zip(windows, np.cumsum([0, *(gaps.cells.size for gaps in windows.values())]).tolist(), strict=False))
    table = np.concatenate([np.empty((0, 6), np.int64), *(_table(gaps) for gaps in windows.values())])
    reaches = np.concatenate([np.empty(0, bool), *(gaps.open for gaps in windows.values())])
    pairs = [np.empty((2, 0), np.int64)]
    met: set[tuple[tuple[int, int], str]] = set()
    for place, gaps in windows.items():
        for edge, facing, down, across in _MEET:
            beyond = (place[0] + down * gaps.window.height, place[1] + across * gaps.window.width)
            if beyond in windows and gaps.edges[edge].size == windows[beyond].edges[facing].size:
                both = np.stack([gaps.edges[edge], windows[beyond].edges[facing]])
                here, there = both[:, (both >= 0).all(axis=0)]
                pairs.append(np.stack([first[place] + here, first[beyond] + there]))
                met |= {(place, edge), (beyond, facing)}
    for place, gaps in windows.items():
        for name, edge_gaps in gaps.edges.items():
            if (place, name) not in met:  # the edge of the file, or of what is looked at
                reaches[first[place] + edge_gaps[edge_gaps >= 0]] = True
    one, other = np.unique(np.concatenate(pairs, axis=1), axis=1)
    number, whole = connected_components(coo_array((np.ones(one.size), (one, other)), shape=(len(table),) * 2))
    joined = np.zeros((number, 6), np.int64)
    joined[:, [1, 3, 5]], joined[:, [2, 4]] = np.iinfo(np.int64).max, np.iinfo(np.int64).min
    np.add.at(joined[:, 0], whole, table[:, 0])
    for column, extreme in ((1, np.minimum), (2, np.maximum), (3, np.minimum), (4, np.maximum), (5, np.minimum)):
        extreme.at(joined[:, column], whole, table[:, column])
    is_open = np.zeros(number, dtype=bool)
    is_open[whole[reaches]] = True
    return joined[~is_open & (joined[:, 0] >= least_cells)]
