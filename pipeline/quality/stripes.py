"""Striping: lines along the track, or along rows or columns, that stand against their neighbours.

Stripes are straight, and so put the roughness of a few cells' length into one direction, which a seabed hardly does:
its ripples of that length wander, and larger bedforms are smooth over a few cells. A file is sampled, because striping
is a habit of an instrument and not an accident of one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from pipeline.geo import Floats, Ints
from pipeline.quality.windows import CHUNK

SAMPLES = 32
"""Chunks looked at in one file, at most."""

_SECTORS = 60  # of 3 degrees: a line across a chunk may lean by a cell and a half
_BAND = (0.2, 0.45)  # cycles per cell: from 2.2 to 5 cells
_FINE_DEG = np.arange(-3.0, 3.01, 0.5)
_LEAST_VALID = 0.9
_LEAST_IN_LINE = 16
_LEAST_LINES = 9
_SMOOTH = 1.5  # cells; what is left are lines, and a tenth of waves of 20 cells


@dataclass(frozen=True)
class Striped:
    """What one sample shows.

    Attributes
    ----------
    ratio : float
        Power of the roughness in its strongest direction over the median of all directions.
    across_deg : float
        That direction, across the stripes: degrees from the columns' axis (east in a north-up file) towards
        rising rows, 0 to 180.
    jump_m : float
        Greatest difference of the means of two neighbouring lines, beyond what the lines on both sides differ by; 0
        where it was not measured.
    """

    ratio: float
    across_deg: float
    jump_m: float


def sampled(chunks: NDArray[np.bool_], height: int, width: int) -> Ints:
    """Return row and column numbers of the chunks to look at: whole ones, spread evenly, shape (samples, 2)."""
    whole = chunks.copy()
    whole[height // CHUNK :], whole[:, width // CHUNK :] = False, False
    places = np.argwhere(whole)
    take = (
        np.unique(np.linspace(0, len(places) - 1, SAMPLES).astype(np.int64)) if len(places) else np.empty(0, np.int64)
    )
    return places[take]


def striped(depth_m: NDArray[np.float32], least_ratio: float) -> Striped | None:
    """Look at one chunk; None where it is full of gaps or has no roughness at all.

    Parameters
    ----------
    depth_m : ndarray of float32, shape (CHUNK, CHUNK)
        Any heights or depths, m.
    least_ratio : float
        Lines are measured where the ratio reaches this, and nowhere else.
    """
    known = ~np.isnan(depth_m)
    if known.mean() < _LEAST_VALID:
        return None
    row, col, window, sector = _lattice()
    plane = np.linalg.lstsq(
        np.stack([row[known], col[known], np.ones(int(known.sum()))], axis=1), depth_m[known].astype(float), rcond=None
    )[0]
    rest = np.where(known, depth_m - (plane[0] * row + plane[1] * col + plane[2]), 0.0)
    power = np.abs(fft.fft2(rest * window)) ** 2
    share = ndimage.mean(power, sector, np.arange(_SECTORS))
    middle = float(np.median(share))
    if middle <= 0.0:
        return None
    strongest = int(np.argmax(share))
    ratio = float(share[strongest]) / middle
    if ratio < least_ratio:
        return Striped(ratio, strongest * 180.0 / _SECTORS, 0.0)
    angles = np.deg2rad(strongest * 180.0 / _SECTORS + _FINE_DEG)
    fine = rest - ndimage.gaussian_filter(rest, _SMOOTH, mode="nearest")
    jumps = [_jump_m(fine, known, angle) for angle in angles]
    best = int(np.argmax(jumps))
    return Striped(ratio, float(np.rad2deg(angles[best])) % 180.0, jumps[best])


def _jump_m(fine: Floats, known: NDArray[np.bool_], across: float) -> float:
    """Return the greatest difference between neighbouring lines that lie across a direction."""
    row, col, _, _ = _lattice()
    line = np.rint(col * np.cos(across) + row * np.sin(across)).astype(np.int64)
    line -= line.min()
    number = np.bincount(line[known])
    total = np.bincount(line[known], weights=fine[known])
    mean = np.where(number >= _LEAST_IN_LINE, total / np.maximum(number, 1), np.nan)
    steps = np.diff(mean[~np.isnan(mean)])
    if steps.size < _LEAST_LINES:
        return 0.0
    return float(np.abs(steps[1:-1] - (steps[:-2] + steps[2:]) / 2.0).max())


@lru_cache(maxsize=1)
def _lattice() -> tuple[Floats, Floats, Floats, Ints]:
    """Return rows and columns of a chunk, the taper of its edges, and the sector of each frequency (-1: none)."""
    row, col = (index.astype(float) for index in np.indices((CHUNK, CHUNK)))
    taper = np.hanning(CHUNK + 2)[1:-1]
    down, across = np.meshgrid(fft.fftfreq(CHUNK), fft.fftfreq(CHUNK), indexing="ij")
    size = np.hypot(down, across)
    angle = np.rad2deg(np.arctan2(down, across)) % 180.0
    sector = np.rint(angle / (180.0 / _SECTORS)).astype(np.int64) % _SECTORS  # rows and columns amid one
    return row, col, np.outer(taper, taper), np.where((size >= _BAND[0]) & (size <= _BAND[1]), sector, -1)
