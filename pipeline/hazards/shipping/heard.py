"""Where AIS heard any ship at all: elsewhere no traffic means that nobody listened, not that there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Transformer
from scipy.spatial import KDTree

from pipeline.config.ais import AisSection
from pipeline.geo import Floats, Frame, Ints

_BIN_DEG = 0.01  # about a kilometre, twentieths of the reach; the middles of whole bins are the same for any files


def bins_of(lon: Floats, lat: Floats) -> Ints:
    """Return the numbers of the bins that hold a place, ascending."""
    from pipeline.hazards.shipping.heard_kernel import bins

    return _once(np.sort(bins(lon, lat, _BIN_DEG)))


def _once(bins: Ints) -> Ints:
    return bins[np.flatnonzero(np.diff(bins, prepend=-1))]


def write_heard(bins: Ints, frame: Frame, section: AisSection, out: Path) -> list[str]:
    """Write ``heard_stations.parquet heard_cells.parquet`` and return what to tell.

    Both hold ``station|cell heard``: whether any report near the corridor, of a ship under way or not and whatever
    became of the report, lies within ``heard_km`` to a kilometre or so.

    Parameters
    ----------
    bins : ndarray of int64
        Of all near reports, see ``bins_of``.
    frame : Frame
        Stations and cells.
    section : AisSection
        The reach.
    out : Path
        Folder to write to.
    """
    places = KDTree(_middles_m(bins, frame))
    heard = {}
    for name in ("station", "cell"):
        table = getattr(frame, f"{name}s")
        distance_m, _ = places.query(table[["x_m", "y_m"]].to_numpy())
        heard[name] = distance_m <= section.heard_km * 1000.0
        rows = {name: table[name].to_numpy(np.int32), "heard": heard[name]}
        pd.DataFrame(rows).to_parquet(out / f"heard_{name}s.parquet", index=False)
    deaf = np.asarray(~heard["station"])
    if not deaf.any():
        return []
    length_km = frame.stations["length_km"].to_numpy()[deaf].sum()
    return [
        f"no report of any ship lies within {section.heard_km:g} km of {length_km:.1f} km of the route "
        f"({kp_ranges(frame, deaf)}): nobody may have listened there, so strikes are blank there, not zero"
    ]


def kp_ranges(frame: Frame, chosen: np.ndarray) -> str:
    """Return the stretches of chosen stations in words, the first three of them."""
    kp = frame.stations["kp_km"].to_numpy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
    stretches = [f"KP {kp[a]:.1f} to {kp[b - 1]:.1f}" for a, b in edges.reshape(-1, 2)]
    more = f" and {len(stretches) - 3} more" if len(stretches) > 3 else ""
    return ", ".join(stretches[:3]) + more


def _middles_m(bins: Ints, frame: Frame) -> Floats:
    """Return the middles of bins, metres in the CRS of the grid."""
    from pipeline.hazards.shipping.heard_kernel import BINS

    east, north = (part - BINS // 2 for part in np.divmod(bins, BINS))
    to_grid = Transformer.from_crs("EPSG:4326", frame.grid.crs, always_xy=True)
    return np.column_stack(to_grid.transform((east + 0.5) * _BIN_DEG, (north + 0.5) * _BIN_DEG))
