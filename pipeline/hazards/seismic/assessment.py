"""What the hazard of a corridor rests on, read alike by its blocks and by the step that puts them together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.config.seismic import SeismicSection
from pipeline.config.soil import SoilSection
from pipeline.geo import Floats, Frame, Ints, read_band
from pipeline.hazards.seismic.model import SourceModel, build_model
from pipeline.hazards.seismic.sites import Nodes
from pipeline.store import StepContext

PLACES = ("stations", "cells")


@dataclass(frozen=True, eq=False)
class Assessment:
    """Sources, site classes and nodes of a corridor.

    Attributes
    ----------
    frame : Frame
        The corridor.
    section : SeismicSection
        How hazard is computed.
    found : SourceModel
        Earthquake sources; without points there is nothing to compute.
    place_vs30_m_s : dict of str to ndarray
        Of stations and of cells, the site class of each: mean shear-wave velocity of the top 30 m.
    vs30_m_s : list of float
        All site classes, rising; rock is one of them.
    nodes : Nodes
        Where hazard is computed, around stations and then cells.
    order : ndarray of int, shape (nodes,)
        The nodes as the route comes by them: neighbours see the same sources.
    """

    frame: Frame
    section: SeismicSection
    found: SourceModel
    place_vs30_m_s: dict[str, Floats]
    vs30_m_s: list[float]
    nodes: Nodes
    order: Ints

    @classmethod
    def of(cls, context: StepContext) -> Assessment:
        """Read the sources and lay the nodes.

        Raises
        ------
        DataError
            If a source cannot be used.
        """
        frame, section = Frame.load(context.inputs["route"]), context.config.seismic
        found = build_model(context, frame, section)
        ground = _vs30_m_s(context, frame, context.config.soil, section.vs30_floor_m_s)
        classes = sorted({section.rock_vs30_m_s, *np.unique(np.concatenate(list(ground.values()))).tolist()})
        x_m, y_m, kp_km = (
            np.concatenate([getattr(frame, name)[column].to_numpy(float) for name in PLACES])
            for column in ("x_m", "y_m", "kp_km")
        )
        nodes = Nodes.around(x_m, y_m, section.site_spacing_km)
        return cls(frame, section, found, ground, classes, nodes, nodes.along(kp_km))


def _vs30_m_s(context: StepContext, frame: Frame, soil: SoilSection, floor_m_s: float) -> dict[str, Floats]:
    """Return the site class of stations and cells; soil that no class has is taken as unknown."""
    by_name = {name: max(s.vs30_m_s, floor_m_s) for name, s in soil.classes.items()}
    by_code = {s.code: by_name[name] for name, s in soil.classes.items()}
    unknown = by_code[0]
    raster = read_band(context.inputs["soil"] / "soil_class.tif")
    codes, which = np.unique(raster[frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()], return_inverse=True)
    cells = np.array([by_code.get(int(code), unknown) for code in codes])[which]
    names = pd.read_parquet(context.inputs["soil"] / "stations.parquet", columns=["soil_class"])["soil_class"]
    return {"stations": np.array([by_name.get(name, unknown) for name in names]), "cells": cells}
