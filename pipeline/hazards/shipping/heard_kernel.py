"""The compiled look at which bins hold a report.

Import this module only where it runs: numba takes most of a second to import.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from pipeline.geo import Floats, Ints

BINS = 1 << 20
"""More than there are bins around the Earth."""


@njit(cache=True, nogil=True)
def bins(lon: Floats, lat: Floats, step_deg: float) -> Ints:
    """Return the bin of each place, but where it is that of the place before: a ship is mostly where she was.

    A bin's number is ``(east + BINS / 2) * BINS + north + BINS / 2``, in steps from the meridian of Greenwich and the
    equator.
    """
    out, used = np.empty(len(lon), np.int64), 0
    last = np.int64(-1)
    for i in range(len(lon)):
        east, north = np.int64(np.floor(lon[i] / step_deg)), np.int64(np.floor(lat[i] / step_deg))
        here = (east + BINS // 2) * BINS + north + BINS // 2
        if here != last:
            out[used] = last = here
            used += 1
    return out[:used]
