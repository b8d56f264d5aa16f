"""Published ground-motion models by pygmm, tabulated once and interpolated: PGA median and sigma (METHODS 4.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pygmm
from numpy.typing import NDArray
from scipy.interpolate import RectBivariateSpline

from pipeline.config.seismic import GmmBranch, GmmName
from pipeline.geo import Floats
from pipeline.hazards.seismic.rupture import top_of_rupture_km

GroundMotion = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""(magnitude, distance km) -> (ln median PGA in g, sigma of ln PGA); arrays that broadcast together."""


class _Columns:
    """Coefficients of a model by name: its own record array seeks a name anew each time, half of a model's time."""

    def __init__(self, table: Any) -> None:
        self._table = table
        vars(self).update({name: table[name] for name in table.dtype.names})

    def __getitem__(self, name: str) -> Any:
        return self._table[name]

    def __len__(self) -> int:
        return len(self._table)


def _by_columns(model: Any) -> type:
    """Return a model of pygmm that finds its coefficients faster; they are the same arrays."""
    found = model.COEFF
    columns = {key: _Columns(table) for key, table in found.items()} if isinstance(found, dict) else _Columns(found)
    return type(model.__name__, (model,), {"COEFF": columns, "__doc__": model.__doc__})


MODELS: dict[GmmName, type] = {
    "ASK14": _by_columns(pygmm.AbrahamsonSilvaKamai2014),
    "BSSA14": _by_columns(pygmm.BooreStewartSeyhanAtkinson2014),
    "CB14": _by_columns(pygmm.CampbellBozorgnia2014),
    "CY14": _by_columns(pygmm.ChiouYoungs2014),
    "ASB14": _by_columns(pygmm.AkkarSandikkayaBommer2014),
    "BCHYDRO16": _by_columns(pygmm.AbrahamsonGregorAddo2016),
}
_MECHANISM = {"SS": "SS", "RV": "RS", "NM": "NS", "U": "U"}
# Models that know no unspecified mechanism take strike-slip, the middle of the three.
_NO_UNSPECIFIED = ("ASK14", "CB14", "ASB14")
# Models that see a rupture's depth in nothing: one table of them does for all depths.
_NO_DEPTH = ("BSSA14", "ASB14")
# Nodes of a table: magnitudes where the models have their kinks, distances denser near the source.
MAGNITUDE_NODES = np.array([4.0, 4.5, 4.75, 5.0, 5.25, 5.5, 6.0, 6.5, 6.75, 7.0, 7.5, 8.0])
DISTANCE_NODES_KM = np.array([0.0, 3.0, 6.0, 10.0, 15.0, 22.0, 30.0, 45.0, 65.0, 90.0, 120.0, 160.0, 200.0])
_LN_OFFSET_KM = 6.0  # distances are interpolated in ln(hypot(R, this)), which is smooth at R = 0
_MODEL_DEPTH_LIMIT_KM = 20.0  # depth terms of CB14 and CY14 were fitted down to here
_TABLES_KEPT = 1024  # some 10 MB; blocks of sites in one process share them


@dataclass(frozen=True)
class Site:
    """What a ground-motion model is told of sites.

    Attributes
    ----------
    vs30_m_s : float
        Mean shear-wave velocity of the top 30 m.
    vs30_source : str
        ``inferred`` or ``measured``.
    slab_region : str
        Arc position for BC Hydro.
    """

    vs30_m_s: float
    vs30_source: str = "inferred"
    slab_region: str = "unknown"


def pga(model: GmmName, magnitude: float, distance_jb_km: float, *, depth_km: float, top_km: float, mechanism: str,
        site: Site) -> tuple[float, float]:  # fmt: skip
    """Return ln median PGA (g) and sigma of one model for a vertical rupture, no hanging wall.

    R_rup is the hypotenuse of R_jb and the depth to the top of rupture; BC Hydro takes the hypocentral distance, with
    ``distance_jb_km`` as the epicentral one.
    """
    style = _MECHANISM[mechanism]
    if model in _NO_UNSPECIFIED and style == "U":
        style = "SS"
    common = {"mag": magnitude, "v_s30": site.vs30_m_s}
    if model == "BCHYDRO16":
        scenario = pygmm.Scenario(
            **common, dist_hyp=float(np.hypot(distance_jb_km, depth_km)), depth_hyp=depth_km, event_type="intraslab",
            tectonic_region=site.slab_region,
        )  # fmt: skip
    elif model in ("BSSA14", "ASB14"):
        scenario = pygmm.Scenario(**common, dist_jb=distance_jb_km, mechanism=style)
    else:
        scenario = pygmm.Scenario(
            **common, dist_jb=distance_jb_km, dist_rup=float(np.hypot(distance_jb_km, top_km)), dist_x=distance_jb_km,
            dip=90.0, mechanism=style, region="california", vs_source=site.vs30_source,
            depth_tor=min(top_km, _MODEL_DEPTH_LIMIT_KM), depth_hyp=min(depth_km, _MODEL_DEPTH_LIMIT_KM),
        )  # fmt: skip
    result = MODELS[model](scenario)
    return float(np.log(result.pga)), float(result.ln_std_pga)


@dataclass(frozen=True)
class Branch:
    """One branch of the logic tree, ready to evaluate.

    Attributes
    ----------
    weight : float
        Its weight.
    ground_motion : GroundMotion
        The model.
    extended : bool
        The model takes the distance to the rupture; otherwise that to the epicentre.
    """

    weight: float
    ground_motion: GroundMotion
    extended: bool = True


@lru_cache(maxsize=_TABLES_KEPT)
def tabulate(model: GmmName, *, depth_km: float, mechanism: str, site: Site, finite: bool) -> GroundMotion:
    """Return a model as an interpolated table: linear in magnitude, cubic in the logarithm of distance.

    Interpolation errs by less than 2 percent of the median within 4.0 <= M <= 8.0 and 200 km; larger magnitudes and
    distances take the value at the edge.
    """
    tops = top_of_rupture_km(MAGNITUDE_NODES, depth_km, finite=finite)
    nodes: NDArray[np.float64] = np.array(
        [
            [
                pga(model, float(m), float(r), depth_km=depth_km, top_km=float(top), mechanism=mechanism, site=site)
                for r in DISTANCE_NODES_KM
            ]
            for m, top in zip(MAGNITUDE_NODES, tops, strict=True)
        ]
    )
    place = np.log(np.hypot(DISTANCE_NODES_KM, _LN_OFFSET_KM))
    median, sigma = (RectBivariateSpline(MAGNITUDE_NODES, place, nodes[:, :, k], kx=1, ky=3, s=0) for k in (0, 1))

    def evaluate(magnitude: Floats, distance_km: Floats) -> tuple[Floats, Floats]:
        m, x = np.broadcast_arrays(magnitude, np.log(np.hypot(distance_km, _LN_OFFSET_KM)))
        return median.ev(m, x), np.maximum(sigma.ev(m, x), 0.0)

    return evaluate


def logic_tree(
    branches: tuple[GmmBranch, ...], *, depth_km: float, mechanism: str, site: Site, finite: bool
) -> tuple[Branch, ...]:
    """Return the tabulated branches of a logic tree."""
    return tuple(
        Branch(
            branch.weight,
            tabulate(
                branch.model,
                depth_km=0.0 if branch.model in _NO_DEPTH else depth_km,
                mechanism=mechanism,
                site=site,
                finite=finite,
            ),
            extended=branch.model != "BCHYDRO16",
        )
        for branch in branches
    )
