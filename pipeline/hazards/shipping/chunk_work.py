"""What a chunk of whole ships gives: passages, ship-time at stations and in cells, stops, and counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from pyproj import Transformer

from pipeline.config.ais import AisSection
from pipeline.geo import Frame, Ints
from pipeline.hazards.shipping.beside import least_distance_m, pieces
from pipeline.hazards.shipping.cell_traffic import CellGrid, cell_traffic
from pipeline.hazards.shipping.coarse import Coarse
from pipeline.hazards.shipping.coverage import Coverage, silences_under_way
from pipeline.hazards.shipping.exposure import station_time
from pipeline.hazards.shipping.heard import bins_of
from pipeline.hazards.shipping.passages import Told, passages
from pipeline.hazards.shipping.stops import stops
from pipeline.hazards.shipping.stream import Chunk
from pipeline.hazards.shipping.tracks import Bools, Segments, TrackCounts, legs_least_m, segments, voyages

_TIME, _WEIGHTED = 2, 3  # columns of ``station_time``


@dataclass(frozen=True)
class ChunkResult:
    """What some ships give, in no need of others: no two chunks share a ship.

    Attributes
    ----------
    stations, cells : ndarray of int64
        See ``exposure.station_time``, of ships under way, and ``cell_traffic``.
    moving_us, still_us : int
        In all panels together, microseconds: of ships under way times the direction factor, of ships that stand still.
    passages, stops : DataFrame
        ``tables.CROSSINGS``, ``tables.STOPS``.
    heard : ndarray of int64
        See ``heard.bins_of``.
    counts : TrackCounts
        What became of the reports.
    coverage : Coverage
        Time under way beside the cable.
    """

    stations: Ints
    cells: Ints
    moving_us: int
    still_us: int
    passages: pd.DataFrame
    stops: pd.DataFrame
    heard: Ints
    counts: TrackCounts
    coverage: Coverage


@dataclass(frozen=True)
class ChunkWork:
    """The work on a chunk; made once, then run in any thread, on any chunk, in any order."""

    frame: Frame
    section: AisSection

    @cached_property
    def reach_m(self) -> float:
        """How far from the route a motion can matter: to the edge of the swath or of the panels."""
        half_swath = float(self.frame.cells["offset_m"].abs().max()) + self.frame.grid.cell_m
        return max(half_swath, self.section.exposure_half_width_m)

    @cached_property
    def coarse(self) -> Coarse:
        """The coarse look at the route's surroundings."""
        return Coarse.around(self.frame.route, max(self.reach_m, self.section.stop_reach_m))

    @cached_property
    def cell_grid(self) -> CellGrid:
        """The grid that motions are cut at."""
        return CellGrid.of(self.frame)

    def prepare(self) -> ChunkWork:
        """Make what all chunks share, before threads do so at once."""
        _ = self.reach_m, self.coarse, self.cell_grid, self.frame.route.vertices
        return self

    def run(self, chunk: Chunk) -> ChunkResult:
        """Work on one chunk."""
        frame, section = self.frame, self.section
        half_width = section.exposure_half_width_m
        to_xy = Transformer.from_crs("EPSG:4326", frame.grid.crs, always_xy=True)
        reports = chunk.reports()
        sailed = voyages(reports, section)
        least_m = legs_least_m(sailed, self.coarse)
        beside = least_m <= half_width

        legs = np.flatnonzero((least_m <= self.reach_m) & sailed.is_segment)
        found = segments(sailed, legs, to_xy)
        cells = cell_traffic(found, self.cell_grid, section.direction)

        legs, found = legs[beside[legs]], found.where(beside[legs])
        close = least_distance_m(found, frame.route) <= half_width
        found, told = found.where(close), Told.of(sailed, legs[close])
        parts = pieces(found, frame.route, section.piece_m)
        crossings = passages(parts, found, told, frame, section.passage_settle_m)
        under_way = parts.where(~found.stationary[parts.segment])
        still = parts.where(found.stationary[parts.segment])
        stations = station_time(under_way, found, frame, half_width, section.direction)
        moored = station_time(still, found, frame, half_width, section.direction)

        silent = segments(sailed, silences_under_way(sailed, np.flatnonzero(beside), section), to_xy)
        return ChunkResult(
            stations, cells, int(stations[:, _WEIGHTED].sum()), int(moored[:, _TIME].sum()), crossings,
            stops(sailed, frame.route, self.coarse, section, to_xy), bins_of(reports.lon, reports.lat), sailed.counts,
            Coverage(int(stations[:, _TIME].sum()), self._time_us(silent)),
        )  # fmt: skip

    def _time_us(self, found: Segments) -> int:
        """Return the time of motions in all panels together, microseconds."""
        beside: Bools = least_distance_m(found, self.frame.route) <= self.section.exposure_half_width_m
        found = found.where(beside)
        parts = pieces(found, self.frame.route, self.section.piece_m)
        half_width = self.section.exposure_half_width_m
        return int(station_time(parts, found, self.frame, half_width, "isotropic")[:, _TIME].sum())
