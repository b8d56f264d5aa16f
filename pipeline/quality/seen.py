"""One file as the pass over it saw it, and where its cells and chunks lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints
from pipeline.quality.findings import Finding
from pipeline.quality.limits import Limits
from pipeline.quality.route import Points, Stations, locate
from pipeline.quality.scan import Part, Plan
from pipeline.quality.windows import CHUNK, pixel_centres
from pipeline.sources.rasters import transformer
from pipeline.workspace import SourceFiles

_WHOLE = 0.999


@dataclass(frozen=True)
class Weighed:
    """A finding, and how bad it is among those of its kind."""

    weight: float
    finding: Finding


@dataclass(frozen=True)
class File:
    """One file and what the pass over it saw.

    Attributes
    ----------
    source : SourceFiles
        Its source.
    plan : Plan
        How it was looked at.
    parts : sequence of Part
        What each window gave.
    """

    source: SourceFiles
    plan: Plan
    parts: Sequence[Part]

    @property
    def name(self) -> str:
        """How findings call it."""
        return self.source.name_of(self.plan.file.path)

    def by_chunk(self, what: Callable[[Part], NDArray[np.generic]], fill: float) -> NDArray[np.generic]:
        """Return one number a chunk for the whole file."""
        whole = np.full(self.plan.chunks.shape, fill)
        for part in self.parts:
            values = what(part)
            row, col = part.window.row_off // CHUNK, part.window.col_off // CHUNK
            whole[row : row + values.shape[0], col : col + values.shape[1]] = values
        return whole

    def count(self, name: str) -> Ints:
        """Return one of the counts of ``Grain``, by chunk."""
        return self.by_chunk(lambda part: getattr(part.grain, name), 0).astype(np.int64)

    @cached_property
    def depth_m(self) -> Floats:
        """Mean water depth of every chunk; NaN where there is none."""
        return self.by_chunk(lambda part: part.depth_m, np.nan).astype(np.float64)

    @cached_property
    def is_whole(self) -> bool:
        """Hardly a value has anything behind the point."""
        return bool(self.count("whole").sum() >= _WHOLE * self.count("valid").sum())

    def points(self, stations: Stations, row: Ints, col: Ints) -> Points:
        """Return where pixels lie."""
        return locate(stations, *pixel_centres(self.plan.file, row, col), self.plan.file.crs)

    def chunk_points(self, stations: Stations, places: Ints) -> Points:
        """Return where the middles of chunks lie; ``places`` holds their rows and columns, shape (n, 2)."""
        middle = np.minimum(places * CHUNK + CHUNK // 2, [self.plan.file.height - 1, self.plan.file.width - 1])
        return self.points(stations, middle[:, 0], middle[:, 1])

    def cell_m2(self, stations: Stations) -> float:
        """Return the area of the pixel in the middle of what is looked at, m^2 in the CRS of the route."""
        row, col = np.argwhere(self.plan.chunks)[int(self.plan.chunks.sum()) // 2] * CHUNK
        x, y = pixel_centres(self.plan.file, row + np.array([0, 1, 0]), col + np.array([0, 0, 1]))
        px, py = transformer(self.plan.file.crs, stations.crs).transform(x, y)
        return float(abs((px[1] - px[0]) * (py[2] - py[0]) - (px[2] - px[0]) * (py[1] - py[0])))


Fault = Callable[[File, Stations, Limits], Iterator[Weighed]]
"""Looks for one kind of fault."""
