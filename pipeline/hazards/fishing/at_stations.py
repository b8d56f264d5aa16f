"""What fishing does at stations, at any level of the sea."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config.fishing import FishingSection
from pipeline.config.soil import SoilSection
from pipeline.geo import Floats, Frame, Ints, read_band
from pipeline.hazards.fishing.contacts import Field, Mask, Threat, contact_field, threat


@dataclass(frozen=True, eq=False)
class AtStations:
    """Stations among fishing boats.

    Attributes
    ----------
    density : mapping
        Gear -> crossings of a kilometre of cable a year, on the analysis grid.
    grid_depth_m : ndarray, shape of the grid
        Water depth: where gear is used it decides whether it touches the bottom.
    cell_m : float
        Side of a cell.
    at : tuple of ndarray
        Row and column of each station.
    depth_m : ndarray, shape (stations,)
        Water depth.
    mud : ndarray of bool, shape (stations,)
        Stations that take the mud column of the penetration table.
    """

    density: Mapping[str, Floats]
    grid_depth_m: Floats
    cell_m: float
    at: tuple[Ints, Ints]
    depth_m: Floats
    mud: Mask

    @classmethod
    def read(
        cls, density: Mapping[str, Floats], frame: Frame, folders: Mapping[str, Path], soil: SoilSection
    ) -> AtStations:
        """Read the outputs of ``bathymetry soil``, for effort that ``on_grid`` gives."""
        muddy = [name for name, kind in soil.classes.items() if kind.gear_column == "mud"]
        soil_class = pd.read_parquet(folders["soil"] / "stations.parquet")["soil_class"].to_numpy()
        return cls(
            density,
            read_band(folders["bathymetry"] / "water_depth.tif").astype(float),
            frame.grid.cell_m,
            frame.grid.cell_of(frame.stations["x_m"].to_numpy(float), frame.stations["y_m"].to_numpy(float)),
            pd.read_parquet(folders["bathymetry"] / "stations.parquet")["water_depth_m"].to_numpy(float),
            np.isin(soil_class, muddy),
        )

    def at_level(self, change_m: float) -> AtStations:
        """Return the same stations with the sea so much higher, over the same bed."""
        return replace(self, depth_m=self.depth_m + change_m, grid_depth_m=self.grid_depth_m + change_m)

    def field(self, section: FishingSection) -> Field:
        """Return contacts on the grid."""
        return contact_field(self.density, self.grid_depth_m, self.cell_m, section)

    def threat(self, section: FishingSection) -> Threat:
        """Return strikes, gear penetration and required depth at the stations."""
        return threat(self.field(section).at(*self.at), self.depth_m, self.mud, section)
