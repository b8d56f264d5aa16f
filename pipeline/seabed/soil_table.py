"""The soil step's station table: class, where it comes from, how sure it is, and its strength."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.config.corridor import PROVENANCE_ORDER
from pipeline.config.soil import SoilSection
from pipeline.geo import Ints
from pipeline.seabed.ground import Ground, boundary_names
from pipeline.seabed.samples import Reach
from pipeline.seabed.soil_map import Mapped, cautious_order, is_polygons
from pipeline.sources.depths.beds import confidence
from pipeline.sources.rasters.layers import Layer

_LESS_SURE = {"A": "B", "B": "C", "C": "C", "": ""}


@dataclass(frozen=True, eq=False)
class Givers:
    """Which layer and which of its files gave the soil of each station; -1 where none did.

    ``leans_on`` is the layer that gave the class, which is another where a profile gave only strength.
    """

    layer: Ints
    file: Ints
    leans_on: Ints

    @classmethod
    def of(cls, mapped: Mapped, ground: Ground, cpt: Reach, grab: Reach, maps: int) -> Givers:
        """Take a profile where one counts, else a grab sample, else the map; sources of samples follow the maps'."""
        layer, file = mapped.layer.copy(), mapped.file.copy()
        leans_on = layer
        for which, reach in ((ground.grab, grab), (ground.profile, cpt)):
            leans_on = layer.copy()
            counts = which >= 0
            layer[counts] = [maps + reach.samples[at].layer for at in which[counts].tolist()]
            file[counts] = [reach.samples[at].file for at in which[counts].tolist()]
        return cls(layer, file, np.where(ground.leans, leans_on, layer))

    def weakest(self, values: Sequence[str], order: str | Sequence[str]) -> list[str]:
        """Return the value of each station's layers that comes last in an order; empty where no layer gave any."""
        rank = {value: at for at, value in enumerate(order)}
        told = [*values, ""]
        pairs = zip(self.layer.tolist(), self.leans_on.tolist(), strict=True)
        return [max((told[one], told[other]), key=lambda value: rank.get(value, -1)) for one, other in pairs]


def station_table(
    ground: Ground, mapped: Mapped, givers: Givers, layers: Sequence[Layer], cpt: Reach, grab: Reach, soil: SoilSection
) -> pd.DataFrame:
    """Return the table of the stations.

    Returns
    -------
    DataFrame
        ``station soil_class soil_source soil_provenance soil_kind soil_confidence soil_boundary soil_trench_class
        soil_sample soil_sample_m layered_f`` and ``STRENGTHS``. ``soil_kind``: ``cpt grab polygon raster none``;
        ``soil_boundary``: the other classes that may be meant, within ``boundary_m`` of a line.
    """
    count = len(ground.soil_class)
    sampled = (ground.profile >= 0) | (ground.grab >= 0)
    kinds = np.array([*(_map_kind(layer) for layer in layers), "none"], dtype=object)[givers.layer]
    kinds = np.where(ground.profile >= 0, "cpt", np.where(ground.grab >= 0, "grab", kinds))
    boundary = boundary_names(mapped, sampled, cautious_order(soil), soil)
    sure = givers.weakest([confidence(layer) for layer in layers], "ABC")
    names = np.full(count, "", dtype=object)
    for which, reach in ((ground.grab, grab), (ground.profile, cpt)):
        names[which >= 0] = [reach.samples[at].name for at in which[which >= 0].tolist()]
    return pd.DataFrame(
        {
            "station": np.arange(count, dtype=np.int32),
            "soil_class": ground.soil_class,
            "soil_source": np.array([*(layer.name for layer in layers), ""], dtype=object)[givers.layer],
            "soil_provenance": givers.weakest([layer.section.provenance for layer in layers], PROVENANCE_ORDER),
            "soil_kind": kinds,
            "soil_confidence": [_LESS_SURE[one] if line else one for one, line in zip(sure, boundary, strict=True)],
            "soil_boundary": boundary,
            "soil_trench_class": ground.trench,
            "soil_sample": names,
            "soil_sample_m": ground.distance_m,
        }
    ).join(ground.table())


def _map_kind(layer: Layer) -> str:
    return "polygon" if is_polygons(layer) else "raster"
