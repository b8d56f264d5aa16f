"""Smoothed seismicity: rates where earthquakes were, spread by a Gaussian (Frankel 1995; METHODS 4.1, 6)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pipeline.geo import Floats


def kernel(distance_km: ArrayLike, correlation_km: float) -> Floats:
    """Return exp(-D^2/c^2)."""
    return np.asarray(np.exp(-((np.asarray(distance_km, float) / correlation_km) ** 2)))


def smooth_rates(x_km: Floats, y_km: Floats, rates: Floats, correlation_km: float) -> Floats:
    """Return smoothed rates of the nodes of a grid.

    Parameters
    ----------
    x_km, y_km : ndarray, shape (rows, cols)
        Regular grid; columns along x, rows along y.
    rates : ndarray, shape (rows, cols)
        Rate counted in each node's cell.
    correlation_km : float
        c of the kernel.

    Returns
    -------
    ndarray
        ``sum_j n_j exp(-D_ij^2/c^2) / sum_j exp(-D_ij^2/c^2)``; the total is conserved away from the edges.

    Notes
    -----
    The Gaussian separates into rows and columns, so two small matrix products do the double sum.
    """
    along = kernel(x_km[0][:, None] - x_km[0][None, :], correlation_km)
    across = kernel(y_km[:, 0][:, None] - y_km[:, 0][None, :], correlation_km)
    weight = across.sum(axis=1)[:, None] * along.sum(axis=1)[None, :]
    # einsum adds in one order; a matrix product's order depends on the number of threads.
    spread = np.einsum("ij,jk->ik", np.einsum("ij,jk->ik", across, rates), along.T)
    return np.asarray(spread / weight)
