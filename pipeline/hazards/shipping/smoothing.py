"""One year of counts at 100 m is noise: box smoothing along the route and over the cells (METHODS 1.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pipeline.geo import Floats

_LEAST_KM = 1e-3  # below a metre the squares of the box lose their last digits, and nothing is smoothed anyway


def along_route(edges_km: Floats, width_km: float) -> sparse.csr_array:
    """Return the matrix that spreads what panels hold over a box, reflected at the ends of the route.

    Parameters
    ----------
    edges_km : ndarray, shape (panels + 1,)
        Ascending kilometre posts that bound the panels.
    width_km : float
        Full width of the box; no smoothing below a metre, and never wider than the route.

    Returns
    -------
    csr_array, shape (panels, panels)
        Entry (j, i) is the share of panel i that ends in panel j. Columns add up to 1, so totals are conserved.

    Notes
    -----
    A panel's content lies evenly over it; convolved with the box and integrated over a panel it is a second
    difference of x^2/2 for x > 0, exact for panels of any length.
    """
    panels = len(edges_km) - 1
    width = min(width_km, float(edges_km[-1] - edges_km[0]))
    if width < _LEAST_KM:
        return sparse.csr_array(sparse.eye_array(panels))
    left, right = edges_km[0], edges_km[-1]
    mirrored = np.concatenate([2 * left - edges_km[:0:-1], edges_km, 2 * right - edges_km[-2::-1]])
    home = np.concatenate([np.arange(panels)[::-1], np.arange(panels), np.arange(panels)[::-1]])
    reach = width / 2.0
    first = np.searchsorted(mirrored, edges_km[:-1] - reach, side="right") - 1
    last = np.searchsorted(mirrored, edges_km[1:] + reach, side="left")
    count = np.minimum(last, len(home)) - np.maximum(first, 0)
    source = np.repeat(np.arange(panels), count)
    target = (
        np.repeat(np.maximum(first, 0), count) + np.arange(len(source)) - np.repeat(np.cumsum(count) - count, count)
    )
    a, b = edges_km[source], edges_km[source + 1]

    def held(x: Floats) -> Floats:
        def ramp(u: Floats) -> Floats:
            return np.maximum(u, 0.0) ** 2 / 2.0

        spread = ramp(x - a + reach) - ramp(x - a - reach) - ramp(x - b + reach) + ramp(x - b - reach)
        return spread / (width * (b - a))

    share = np.maximum(held(mirrored[target + 1]) - held(mirrored[target]), 0.0)
    matrix = sparse.coo_array((share, (home[target], source)), shape=(panels, panels)).tocsr()
    # Shares are differences of near-equal squares; putting back the last digits keeps totals conserved.
    return sparse.csr_array(matrix @ sparse.diags_array(1.0 / matrix.sum(axis=0)))


def box_weights(width_m: float, cell_m: float) -> NDArray[np.float64]:
    """Return the odd, symmetric weights of a box over cells, in whole sixteenths.

    The outermost cells are covered in part. Sixteenths keep weighted sums of microseconds whole numbers that a double
    holds exactly, so that no order of adding can change a digit; the width is met to an eighth of a cell.
    """
    half = max(width_m / cell_m / 2.0, 0.5)
    full = int(np.floor(half - 0.5 + 1e-9))
    rest = round((half - 0.5 - full) * 16.0)
    inner = np.full(2 * full + 1, 16.0)
    return np.concatenate([[rest], inner, [rest]]) if rest else inner
