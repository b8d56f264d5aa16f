"""Which step the ship-time comes from: tracks of AIS, or density rasters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from pipeline.geo import Mask
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
        With ``exposure_stations.parquet``, and ``cell_traffic.parquet`` or ``exposure_cells.parquet``.
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
    def cells(self) -> tuple[Path, str]:
        """A table with ``cell ship``, and its column of ship-time times direction factor, microseconds."""
        if self.of_tracks:
            return self.folder / "cell_traffic.parquet", "weighted_us"
        return self.folder / "exposure_cells.parquet", "hours_us"

    @property
    def of_tracks(self) -> bool:
        """Whether it was counted from tracks, which leave out land; a density raster tells hours per km2 already."""
        return not (self.folder / "density_stations.parquet").exists()

    def known(self, places: Literal["stations", "cells"], count: int) -> Mask:
        """Return where the ship-time is known: a raster can have gaps, and AIS is deaf somewhere; neither is zero."""
        density, heard = (self.folder / f"{kind}_{places}.parquet" for kind in ("density", "heard"))
        if density.exists():
            return pd.read_parquet(density)["h_per_km2_yr"].notna().to_numpy()
        return pd.read_parquet(heard)["heard"].to_numpy() if heard.exists() else np.ones(count, bool)

    def anchorings(self, wanted: bool) -> Anchorings | None:
        """Return the ships at anchor; None where they are not wanted, or where no tracks tell of them."""
        path = self.folder / "stops.parquet"
        return Anchorings.read(path, self.years) if wanted and path.exists() else None
