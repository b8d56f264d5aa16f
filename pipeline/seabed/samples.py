"""Samples at points of the seabed, and how far each speaks for the soil around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.spatial import KDTree

from pipeline.config.corridor import SourceSection
from pipeline.config.soil import SoilSection
from pipeline.geo import Floats, Ints
from pipeline.seabed.penetration import SoilLayer, effective_factor
from pipeline.seabed.profiles import Reading, layers_of_profile
from pipeline.sources.rasters.layers import Layer
from pipeline.sources.rasters.raster_file import transformer
from pipeline.sources.rasters.tile import Tile
from pipeline.sources.soils.soil_codes import UNKNOWN, classes_of_labels

ELSEWHERE_M = 1e8
"""Farther than any two places on Earth: where samples are put that lie outside the frame's CRS."""


@dataclass(frozen=True)
class Sample:
    """One grab sample, or one profile by depth.

    Attributes
    ----------
    name : str
        Its id in the file.
    x_m, y_m : float
        Its place in the frame's CRS.
    layer, file : int
        Index of its source's layer, and of the file in it.
    soil_class : str
        Class of a grab sample; empty for a profile.
    readings : tuple of Reading
        Of a profile, from the seabed down; empty for a grab sample.
    """

    name: str
    x_m: float
    y_m: float
    layer: int
    file: int
    soil_class: str
    readings: tuple[Reading, ...]

    def layers(self, base: str, soil: SoilSection) -> list[SoilLayer]:
        """Return the layers of a profile; ``base`` is the class that maps or grab samples tell there."""
        return layers_of_profile(self.readings, base, soil)

    def factor(self, soil: SoilSection) -> float:
        """Return its penetration factor: of a profile by its layers, of a grab sample that of its class."""
        if self.readings:
            return effective_factor(self.layers("unknown", soil), soil)
        return soil.classes[self.soil_class].penetration_f


def samples_of(layers: Sequence[Layer], kind: str, crs: str, soil: SoilSection) -> list[Sample]:
    """Return the samples of one kind ("grab" or "cpt") of all layers; those without a known soil are left out."""
    found: list[Sample] = []
    for number, layer in enumerate(layers):
        for at, tile in enumerate(layer.files):
            if tile.facts["kind"] == kind:
                ids, (x, y) = tile.read("id"), _in_metres(tile, crs)
                readings = _readings(tile, layer.section, soil)
                own = np.flatnonzero(np.append(True, ids[1:] != ids[:-1])) if kind == "cpt" else np.arange(len(ids))
                for start, end in pairwise([*own.tolist(), len(ids)]):
                    place = (str(ids[start]), float(x[start]), float(y[start]), number, at)
                    rows = tuple(readings[start:end])
                    if any(row.soil_class != "unknown" for row in rows):
                        found.append(Sample(*place, *(("", rows) if kind == "cpt" else (rows[0].soil_class, ()))))
    return found


def _in_metres(tile: Tile, crs: str) -> tuple[Floats, Floats]:
    """Return the places of samples; those that the CRS cannot tell lie ``ELSEWHERE_M`` away from all that it can."""
    x, y = transformer("EPSG:4326", crs).transform(tile.read("lon"), tile.read("lat"))
    elsewhere = ~(np.isfinite(x) & np.isfinite(y))
    return np.where(elsewhere, ELSEWHERE_M, x), np.where(elsewhere, ELSEWHERE_M, y)


def _readings(tile: Tile, section: SourceSection, soil: SoilSection) -> list[Reading]:
    names = {item.code: name for name, item in soil.classes.items()} | {UNKNOWN: "unknown"}
    codes = classes_of_labels(tile.read("codes").tolist(), section, soil)
    classes = np.append(codes, np.uint8(UNKNOWN))[tile.read("label")].tolist()  # label -1 is the last: none
    top, bottom, su, dr = (tile.read(name).tolist() for name in ("top", "bottom", "su", "dr"))
    found = [Reading(*row[:4], names[row[4]]) for row in zip(top, bottom, su, dr, classes, strict=True)]
    return [row if row.kind == "none" or row.soil_class != "unknown" else replace(row, soil_class="") for row in found]


@dataclass(frozen=True, eq=False)
class Reach:
    """The samples of one kind and their correlation length.

    Within that length of a place the nearest sample counts there; of samples that are nearest within ``same_place_m``
    the cautious one, with the largest penetration factor. Beyond it no sample counts.
    """

    samples: Sequence[Sample]
    length_m: float
    soil: SoilSection

    @cached_property
    def _cautious(self) -> list[int]:
        """Samples by falling factor; equal ones by what they are, never by the order of files."""
        return sorted(
            range(len(self.samples)),
            key=lambda i: (-self.factors[i], self.samples[i].x_m, self.samples[i].y_m, self.samples[i].name,
                           self.samples[i].layer, self.samples[i].file),
        )  # fmt: skip

    @cached_property
    def factors(self) -> list[float]:
        """Penetration factor of each sample."""
        return [sample.factor(self.soil) for sample in self.samples]

    def nearest(self, x_m: Floats, y_m: Floats) -> tuple[Ints, Floats]:
        """Return which sample counts at points, and how far it is.

        Returns
        -------
        tuple of ndarray, shape (n,)
            Index of the sample, -1 where none is near; distance in metres, infinite there.
        """
        which, distance = np.full(len(x_m), -1, dtype=np.int64), np.full(len(x_m), np.inf)
        if not self.samples:
            return which, distance
        order = self._cautious
        tree = KDTree([(self.samples[i].x_m, self.samples[i].y_m) for i in order])
        points = np.column_stack([x_m, y_m])
        least = np.asarray(tree.query(points, distance_upper_bound=np.nextafter(self.length_m, np.inf))[0])
        reached = np.flatnonzero(np.isfinite(least) & (least <= self.length_m))
        radius = np.minimum(least[reached] + self.soil.same_place_m, self.length_m)
        for at, near in zip(reached.tolist(), tree.query_ball_point(points[reached], radius + 1e-6), strict=True):
            chosen = order[min(near)]
            which[at] = chosen
            distance[at] = np.hypot(x_m[at] - self.samples[chosen].x_m, y_m[at] - self.samples[chosen].y_m)
        return which, distance


def weight(distance_m: Floats, length_m: float) -> Floats:
    """Return how much a sample's own spread counts: 1 at its place, falling evenly to 0 at the correlation length."""
    return np.clip(1.0 - distance_m / length_m, 0.0, 1.0)


def conflicts(
    samples: Sequence[Sample], factors: Sequence[float], within_m: float
) -> list[tuple[Sample, Sample, float]]:
    """Return pairs of samples nearer to one another than a distance whose penetration factors differ."""
    if len(samples) < 2:
        return []
    pairs = KDTree([(s.x_m, s.y_m) for s in samples]).query_pairs(within_m, output_type="ndarray")
    found = []
    for one, other in pairs.tolist():
        lost = samples[one].x_m == samples[other].x_m == ELSEWHERE_M  # put together, not taken together
        if not lost and not np.isclose(factors[one], factors[other], rtol=0.05):
            first, second = sorted((samples[one], samples[other]), key=lambda s: (s.name, s.x_m, s.y_m))
            found.append((first, second, float(np.hypot(first.x_m - second.x_m, first.y_m - second.y_m))))
    return sorted(found, key=lambda pair: (pair[0].name, pair[1].name, pair[2]))
