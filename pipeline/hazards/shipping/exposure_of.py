"""Which step the ship-time comes from: tracks of AIS, or density rasters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from pipeline.geo import Floats
from pipeline.hazards.shipping.routine import Anchorings
from pipeline.store.step import Facts


@dataclass(frozen=True)
class Exposure:
    """Where ship-time lies and what it covers.

    Attributes
    ----------
    told : Facts
        What the step told that wrote it.
    folder : Path
        With ``exposure_stations.parquet`` and ``exposure_cells.parquet``.
    """

    told: Facts
    folder: Path

    @classmethod
    def of(cls, facts: Mapping[str, Facts], folders: Mapping[str, Path]) -> Exposure | None:
        """Return the exposure that the ``traffic`` step chose; None where shipping is not assessed."""
        step = str(facts.get("traffic", {}).get("exposure", "ais"))
        if not step or not facts[step]["assessed"]:
            return None
        return cls(facts[step], folders[step])

    @property
    def years(self) -> float:
        """How long a time the ship-time covers."""
        return float(self.told["years_covered"])

    @property
    def half_width_m(self) -> float:
        """How far either side of the route it was counted at stations."""
        return float(self.told["exposure_half_width_m"])

    @property
    def stations(self) -> Path:
        """``station ship hours_us``."""
        return self.folder / "exposure_stations.parquet"

    @property
    def cells(self) -> Path:
        """``cell ship hours_us``."""
        return self.folder / "exposure_cells.parquet"

    def seen(self, depth_m: Floats, places: Literal["stations", "cells"]) -> Floats:
        """Return depths, NaN where the ship-time is not known: a density raster can have gaps, which are not zero."""
        path = self.folder / f"density_{places}.parquet"
        if not path.exists():
            return depth_m
        return np.where(pd.read_parquet(path)["h_per_km2_yr"].isna(), np.nan, depth_m)

    def anchorings(self, wanted: bool) -> Anchorings | None:
        """Return the ships at anchor; None where they are not wanted, or where no tracks tell of them."""
        path = self.folder / "stops.parquet"
        return Anchorings.read(path, self.years) if wanted and path.exists() else None
