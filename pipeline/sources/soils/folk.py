"""From grain sizes to a Folk-7 class (METHODS 3.1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats


def folk7(gravel: Floats, sand: Floats, mud: Floats) -> NDArray[np.str_]:
    """Return the soil class of grain-size shares (METHODS 3.1: EMODnet's rule, K).

    Parameters
    ----------
    gravel, sand, mud : ndarray, shape (n,)
        Shares by weight in percent, which add up to 100.

    Returns
    -------
    ndarray of str, shape (n,)
        With gravel of 5 percent and more: ``coarse`` where sand to mud is at least 9 or gravel at least 80 percent,
        else ``mixed``. With less: ``sand`` from sand to mud 9, ``muddy_sand`` from 1, ``sandy_mud`` from 1/9, else
        ``mud``. Bounds belong to the coarser class.
    """
    clean = sand >= 9.0 * mud
    gravelly = gravel >= 5.0
    return np.select(
        [gravelly & (clean | (gravel >= 80.0)), gravelly, clean, sand >= mud, 9.0 * sand >= mud],
        ["coarse", "mixed", "sand", "muddy_sand", "sandy_mud"],
        "mud",
    )
