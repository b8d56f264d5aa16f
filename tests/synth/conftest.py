from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.geo import Route
from pipeline.synth import CRS
from pipeline.synth.bed import SyntheticBed

REPOSITORY = Path(__file__).resolve().parents[2]
RAW = REPOSITORY / "data" / "raw"


@pytest.fixture(scope="session")
def raw() -> Path:
    return RAW


@pytest.fixture(scope="session")
def rpl() -> pd.DataFrame:
    return pd.read_csv(RAW / "route" / "trans_caspian_rpl.csv")


@pytest.fixture(scope="session")
def route(rpl: pd.DataFrame) -> Route:
    return Route(rpl["lon"].to_numpy(np.float64), rpl["lat"].to_numpy(np.float64), CRS)


@pytest.fixture(scope="session")
def bed(route: Route) -> SyntheticBed:
    return SyntheticBed(RAW / "bathymetry" / "etopo1_bed_6min_caspian.tif", route, 7)
