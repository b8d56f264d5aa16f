"""Ship-time where AIS shows ships that could not float by the depth and draught that are known (METHODS 1.4)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats, Frame, Ints
from pipeline.hazards.shipping.depth_modifier import least_depth_m
from pipeline.hazards.shipping.exposure import HOUR_US
from pipeline.hazards.shipping.heard import kp_ranges
from pipeline.hazards.shipping.ship_time import BATCH_ROWS
from pipeline.hazards.shipping.threat import Threat


@dataclass(frozen=True, eq=False)
class Aground:
    """Ship-time under way at stations, whole microseconds.

    Attributes
    ----------
    wet_us : int
        All, at stations in water.
    aground_us : ndarray of int, shape (stations,)
        Of ships for which the station is too shallow.
    """

    wet_us: int
    aground_us: Ints

    @classmethod
    def of(cls, exposure: Path, depth_m: Floats, threat: Threat) -> Aground:
        """Add up ``station ship hours_us``, a batch of rows at a time."""
        needs_m = least_depth_m(threat.draught_m, threat.section)
        wet, found, whole = depth_m > 0.0, np.zeros(len(depth_m), np.int64), 0
        with pq.ParquetFile(exposure) as table:
            for batch in table.iter_batches(BATCH_ROWS, columns=["station", "ship", "hours_us"], use_threads=False):
                station, ship, time_us = (column.to_numpy() for column in batch.columns)
                whole += int(time_us[wet[station]].sum())
                too_shallow = wet[station] & (depth_m[station] < needs_m[ship])
                np.add.at(found, station[too_shallow], time_us[too_shallow])
        return cls(whole, found)

    @property
    def share(self) -> float:
        """Share of the time at stations in water."""
        return float(self.aground_us.sum()) / max(self.wet_us, 1)

    def findings(self, frame: Frame, section: ShippingSection) -> list[str]:
        """Return what to tell, if it is more than a little."""
        if 100.0 * self.share <= section.aground_told_pct:
            return []
        return [
            f"{self.aground_us.sum() / HOUR_US:,.1f} ship-hours ({self.share:.1%}) were spent beside stations with "
            f"less water than {section.grounding_factor:g} times the ship's draught and make no strikes, though AIS "
            f"shows the ships there ({kp_ranges(frame, self.aground_us > 0)}): depths or draughts may be wrong, or "
            "she passed in deeper water beside"
        ]
