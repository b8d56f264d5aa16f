"""A small corridor with all that a what-if turns on: several anchors, an anchorage, two soils, gear, shallow ends."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.plan import STEPS
from pipeline.store import Build
from pipeline.workspace import Workspace
from tests.mini import AIS, HEAD, LON, NORTH, SOIL, SOUTH, write_grid

UP_TO_BURIAL = tuple(step for step in STEPS if step.stage != "publish")
DEPTHS = """
[sources.depths]
role = "bathymetry"
files = "data/raw/depths.tif"
values = "elevation_m"
vertical_datum = "baltic77"
"""
FISHING = """
[sources.effort]
role = "fishing_effort"
files = "data/raw/effort.csv"
"""
SECTIONS = {
    "acceptance": "route_strikes_per_yr = 1e-4\n",
    "shipping": "",
    "water": "surface_m = -29.3\n",
    "uncertainty": "draws = 60\n",
    "burial": "minimum_zone_km = 0.7\nmobility_allowance_m = 0.05\n",
    "whatif": "surface_changes_m = [1.0, -1.25]\ndrop_speeds_kn = [2.5, 6.0]\n",
    "soil.classes.rock": "penetration_f = 0.0\n",
}


def make_workspace(root: Path, *, roles: str = "ais effort") -> Path:
    """Make the workspace: from 2 m of water at the south to 70 m at the north, and 1 m in the very north."""
    raw = root / "data" / "raw"
    raw.mkdir(parents=True)
    middle = (SOUTH + NORTH) / 2.0
    (raw / "rpl.csv").write_text(f"lon,lat\n{LON},{SOUTH}\n{LON},{middle}\n{LON},{NORTH}\n")
    rows, cols = 60, 20
    down = np.interp(np.arange(rows), [0, 12, 14, 50, 59], [1.0, 1.0, 70.0, 15.0, 2.0])
    depth = (down[:, None] + np.linspace(-0.4, 0.4, cols)).astype("float32")
    write_grid(raw / "depths.tif", -29.3 - depth, nodata=-9999.0)
    soil = np.full((rows, cols), 4, dtype="uint8")
    soil[:30], soil[20:24], soil[40:43] = 1, 7, 5
    write_grid(raw / "soil.tif", soil, nodata=255)
    if "ais" in roles:
        _ais().to_csv(raw / "ais.csv", index=False)
    if "effort" in roles:
        _effort(raw / "effort.csv")
    write_config(root, roles=roles)
    return root


def write_config(root: Path, *, roles: str = "ais effort", **changed: str) -> None:
    """Write the configuration; ``shipping="drop_speed_kn = 6.0"`` adds to or changes lines of a section."""
    text = HEAD + DEPTHS + SOIL + (AIS if "ais" in roles else "") + (FISHING if "effort" in roles else "")
    for name, lines in SECTIONS.items():
        new = changed.get(name, "")
        key = new.partition("=")[0].strip()
        kept = [line for line in lines.splitlines() if not new or line.partition("=")[0].strip() != key]
        text += f"\n[{name}]\n" + "\n".join([*kept, new]) + "\n"
    (root / "corridor.toml").write_text(text)


def build(root: Path) -> Build:
    """Build all before publication, here and now."""
    workspace = Workspace.at(root)
    made = Build(workspace, workspace.config(), UP_TO_BURIAL)
    made.decide()
    for step in made.steps:
        if step.name not in made.results:
            made.run(step, lambda line: None)
    return made


def changed(root: Path, to: Path, **sections: str) -> Build:
    """Build a copy of a workspace with other settings."""
    shutil.copytree(root, to, symlinks=True)
    write_config(to, **sections)
    return build(to)


def _ais() -> pd.DataFrame:
    """Ships of five sizes that cross eastward all along the route, and two that lie at anchor beside it."""
    minutes = np.arange(0, 60, 10)
    start, parts = pd.Timestamp("2025-01-03"), []
    sizes = ((60.0, 9.0, 2.5), (90.0, 13.0, 3.5), (115.0, 15.0, 4.2), (140.0, 16.7, 4.5), (170.0, 22.0, 7.0))
    for passage in range(100):
        lat = SOUTH + (passage + 0.5) / 100 * (NORTH - SOUTH)
        times = start + pd.Timedelta(days=3.5) * passage + pd.to_timedelta(minutes, unit="min")
        lon = LON + (minutes - 27.5) * (10 * 1.852 / 60) / (111.32 * np.cos(np.radians(lat)))
        which = passage * 7 % len(sizes)
        parts.append(_reports(999000001 + which, times, lat, lon.round(6), 10.0, sizes[which], status=0))
    for ship, lat in enumerate((42.04, 42.095)):
        times = pd.Timestamp("2025-06-01") + pd.to_timedelta(np.arange(0, 24 * 60, 10), unit="min")
        still = np.full(len(times), LON + 0.003)
        parts.append(_reports(999000011 + ship, times, lat, still, 0.0, sizes[1 + ship], status=1))
    return pd.concat(parts)


def _reports(
    mmsi: int,
    times: pd.DatetimeIndex,
    lat: float,
    lon: np.ndarray,
    knots: float,
    size_m: tuple[float, float, float],
    status: int,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "MMSI": mmsi, "BaseDateTime": times.strftime("%Y-%m-%dT%H:%M:%S"), "LAT": lat, "LON": lon, "SOG": knots,
            "COG": 90.0, "Heading": 90.0, "VesselName": "T", "IMO": "", "CallSign": "", "VesselType": 80,
            "Status": status, "Length": size_m[0], "Width": size_m[1], "Draft": size_m[2], "Cargo": 80,
        }
    )  # fmt: skip


def _effort(path: Path) -> None:
    """Dredges at the southern end, trawls in the southern half, ever more purse seines in the northern one."""
    rows = []
    for lat in np.arange(41.9, 42.3, 0.01):
        seines = round(0.001 + 0.1 * max(lat - 42.1, 0.0), 5)
        gears = {"trawlers": 0.02} if lat < 42.1 else {"purse_seines": seines} if lat < 42.22 else {}
        gears |= {"dredge_fishing": 0.01} if lat < 42.03 else {}
        rows += [
            f"2025-01-01,{lat:.2f},{lon:.2f},AZE,{gear},1,{hours},1"
            for lon in np.arange(50.9, 51.1, 0.01)
            for gear, hours in gears.items()
        ]
    head = "date,cell_ll_lat,cell_ll_lon,flag,geartype,hours,fishing_hours,mmsi_present"
    path.write_text("\n".join([head, *rows, "2025-12-31,0.00,0.00,AZE,trawlers,0,0,1"]) + "\n")
