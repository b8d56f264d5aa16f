"""A workspace for a large synthetic AIS archive: the example's route and regional depths, synthetic soil, no survey."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from pipeline.config import CONFIG_NAME
from pipeline.geo import Route
from pipeline.synth import CRS, NOTICE, SEED
from pipeline.synth.bed import SyntheticBed
from pipeline.synth.soil import write_soil
from pipeline.synth.workspace import REPOSITORY
from pipeline.workspace import write_text

AIS_FOLDER = Path("data", "raw", "synthetic", "ais")
"""Where the archive belongs, from the root of the workspace."""
_ROUTE = Path("data", "raw", "route", "trans_caspian_rpl.csv")
_DEPTHS = Path("data", "raw", "bathymetry", "etopo1_bed_6min_caspian.tif")
_SOIL = Path("data", "raw", "synthetic", "soil", "soil_synthetic.tif")
_CONFIG = f"""# {NOTICE}
[corridor]
name = "Synthetic AIS at scale"
crs = "{CRS}"
[route]
file = "{_ROUTE.as_posix()}"
[sources.etopo1]
role = "bathymetry"
files = "{_DEPTHS.as_posix()}"
values = "elevation_m"
vertical_datum = "msl"
[sources.soil]
role = "soil"
files = "{_SOIL.as_posix()}"
provenance = "synthetic"
[sources.ais]
role = "ais"
files = "{AIS_FOLDER.as_posix()}/ais_synthetic_*"
provenance = "synthetic"
"""


def write_ais_workspace(root: Path) -> Path:
    """Write all of a workspace but its AIS and return the folder for that.

    Raises
    ------
    WriteError
        If a file cannot be written.
    """
    for path in (_ROUTE, _DEPTHS):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / path, root / path)
    rpl = pd.read_csv(root / _ROUTE)
    route = Route(rpl["lon"].to_numpy(float), rpl["lat"].to_numpy(float), CRS)
    write_soil(root / _SOIL, SyntheticBed(root / _DEPTHS, route, SEED))
    write_text(root / CONFIG_NAME, _CONFIG)
    folder = root / AIS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return folder
