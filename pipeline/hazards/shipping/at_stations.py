"""What the strikes at stations rest on: ship-time, fleet, depth and ground; at any level of the sea."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config.shipping import ShippingSection
from pipeline.config.soil import SoilSection
from pipeline.geo import Floats, Frame, Mask, read_band
from pipeline.hazards.shipping.exposure_of import Exposure
from pipeline.hazards.shipping.station_strikes import StationStrikes, strikes_of_threats
from pipeline.hazards.shipping.threat import Threat
from pipeline.hazards.shipping.water_share import panel_water_share
from pipeline.store.step import Facts


@dataclass(frozen=True, eq=False)
class AtStations:
    """Stations among ships.

    Attributes
    ----------
    frame : Frame
        Stations and cells.
    ships : DataFrame
        The fleet.
    exposure : Exposure
        Where ship-time lies.
    depth_m : ndarray, shape (stations,)
        Water depth; NaN where it, or the ship-time, is not known.
    cell_depth_m : ndarray, shape (cells,)
        Water depth in the cells of the swath: what of it is land counts for nothing.
    soil_class : Series
        Of the stations.
    """

    frame: Frame
    ships: pd.DataFrame
    exposure: Exposure
    depth_m: Floats
    cell_depth_m: Floats
    soil_class: pd.Series

    @classmethod
    def read(cls, facts: Mapping[str, Facts], folders: Mapping[str, Path]) -> AtStations | None:
        """Read the outputs of ``route bathymetry soil ships traffic`` and of the step that counted ship-time.

        Returns None where shipping is not assessed.
        """
        exposure = Exposure.of(facts, folders)
        if exposure is None:
            return None
        frame = Frame.load(folders["route"])
        row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
        depth_m = pd.read_parquet(folders["bathymetry"] / "stations.parquet")["water_depth_m"].to_numpy(float)
        return cls(
            frame,
            pd.read_parquet(folders["ships"] / "ships.parquet"),
            exposure,
            np.where(exposure.known("stations", len(depth_m)), depth_m, np.nan),
            read_band(folders["bathymetry"] / "water_depth.tif")[row, col].astype(float),
            pd.read_parquet(folders["soil"] / "stations.parquet")["soil_class"],
        )

    def at_level(self, change_m: float) -> AtStations:
        """Return the same stations with the sea so much higher, over the same bed."""
        return replace(self, depth_m=self.depth_m + change_m, cell_depth_m=self.cell_depth_m + change_m)

    @property
    def land(self) -> Mask:
        """Cells on land, for ship-time that was counted from tracks; a density raster tells hours per km2 already."""
        return self.cell_depth_m <= 0.0 if self.exposure.of_tracks else np.zeros(len(self.cell_depth_m), bool)

    def water_share(self, section: ShippingSection) -> Floats:
        """Return how much of the area around each station is water."""
        return panel_water_share(self.frame, self.land, self.exposure.half_width_m, section)

    def strikes(self, soil: SoilSection, sections: Sequence[ShippingSection]) -> list[StationStrikes]:
        """Return strikes at the stations for each of some ``[shipping]`` sections.

        Parameters
        ----------
        soil : SoilSection
            What anchors hold in.
        sections : sequence of ShippingSection
            Alike but for what decides how far an anchor is dragged.
        """
        threats = [Threat.of(self.ships, soil, section) for section in sections]
        return strikes_of_threats(
            self.frame, self.ships, self.exposure.stations, threats, self.depth_m,
            threats[0].holding(self.soil_class), self.exposure.years, self.exposure.half_width_m,
            self.exposure.anchorings(sections[0].routine_anchoring), water_share=self.water_share(sections[0]),
        )  # fmt: skip
