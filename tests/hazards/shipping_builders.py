"""A straight corridor, AIS tables and step contexts that the shipping tests share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Transformer

from pipeline.config import Config
from pipeline.config.ais import AisSection
from pipeline.config.corridor import SourceSection
from pipeline.config.shipping import ShippingSection
from pipeline.geo import Band, Frame, Route, write_cog
from pipeline.hazards.shipping import fleet_step
from pipeline.plan import STEPS
from pipeline.store.step import Facts, FilePart, StepContext
from pipeline.workspace import SourceFiles
from tests.blocks import run_in_blocks

AIS = next(step for step in STEPS if step.name == "ais")
assert AIS.per_file is not None
READING = AIS.per_file
CRS = "EPSG:32639"
DEFAULTS, AIS_DEFAULTS = ShippingSection(), AisSection()
COLUMNS = [
    "MMSI", "BaseDateTime", "LAT", "LON", "SOG", "COG", "Heading", "VesselName", "IMO", "CallSign", "VesselType",
    "Status", "Length", "Width", "Draft", "Cargo",
]  # fmt: skip
YEAR = ("2025-01-01", "2025-12-31")
# Dimensions that give exactly 2,000 and 7,000 t deadweight with Cb 0.93 and DWT/displacement 0.75.
TANKER_2000 = {"VesselType": 80, "Length": 80.0, "Width": 11.5, "Draft": 2000 / 0.75 / (1.009 * 0.93 * 80 * 11.5)}
TANKER_7000 = {"VesselType": 80, "Length": 140.0, "Width": 16.5, "Draft": 7000 / 0.75 / (1.009 * 0.93 * 140 * 16.5)}


@lru_cache
def straight_frame(length_km: float = 20.0, station_m: float = 100.0, half_width_m: float = 2000.0) -> Frame:
    """A route straight up the central meridian of UTM 39N, from 42 N."""
    south = 42.0
    north = float(Route(np.array([51.0, 51.0]), np.array([south, 45.0]), CRS).lonlat(np.array([length_km]))[1][0])
    route = Route(np.array([51.0, 51.0]), np.array([south, north]), CRS)
    return Frame.along(route, station_m=station_m, half_width_m=half_width_m, cell_m=250.0)


def track(
    frame: Frame,
    times: np.ndarray,
    along_km: np.ndarray | float,
    offset_m: np.ndarray | float,
    *,
    mmsi: int | np.ndarray = 999000001,
    sog: float = 9.0,
    **ship: object,
) -> pd.DataFrame:
    """AIS rows at places given along and beside the straight route; ``times`` are minutes since the year began."""
    times = np.asarray(times, float)
    x0, y0 = (float(axis[0]) for axis in frame.route.xy(np.array([0.0])))
    scale = 0.9996  # of UTM on its central meridian
    lon, lat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(
        x0 + np.broadcast_to(offset_m, times.shape), y0 + np.broadcast_to(along_km, times.shape) * 1000.0 * scale
    )
    moment = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.round(times * 60), unit="s")
    rows = {
        "MMSI": mmsi, "BaseDateTime": moment.strftime("%Y-%m-%dT%H:%M:%S"), "LAT": lat, "LON": lon, "SOG": sog,
        "COG": 90.0, "Heading": 90.0, "VesselName": "SYNTHETIC TEST", "IMO": "", "CallSign": "", "Status": 0,
        "Cargo": 80, **(ship or TANKER_2000),
    }  # fmt: skip
    return pd.DataFrame(rows)[COLUMNS]


def crossing(frame: Frame, minute: float, kp_km: float, *, reports: int = 5, **ship: object) -> pd.DataFrame:
    """One perpendicular passage at 9 knots, 40 minutes long, reported at even steps."""
    speed_m_min = 9 * 1852 / 60
    at = np.linspace(-20, 20, reports)
    return track(frame, minute + at, kp_km, at * speed_m_min, **ship)


def source(*paths: Path, period: tuple[str, str] | None = YEAR, **section: object) -> SourceFiles:
    """An AIS source."""
    settings = {"role": "ais", "files": "ais*.csv", "provenance": "synthetic", "period": period, **section}
    return SourceFiles("ais", SourceSection.model_validate(settings), tuple(sorted(paths)))


def ais_context(tmp_path: Path, frame: Frame, sources: tuple[SourceFiles, ...], **keys: object) -> StepContext:
    """The context of the ``ais`` step, with the frame saved and every file read."""
    route, out = tmp_path / "route", tmp_path / "ais"
    for folder in (route, out):
        folder.mkdir(parents=True, exist_ok=True)
    frame.save(route)
    config = Config.model_validate({"ais": keys}).only("ais")
    sources = tuple(replace(one, name=f"ais{number or ''}") for number, one in enumerate(sources))
    parts = {
        (one.name, path): read_file(one, path, tmp_path / "parts" / f"{one.name}_{number}", route, config)
        for one in sources
        for number, path in enumerate(one.paths)
    }
    return StepContext(config, sources, {"route": route}, {}, out, parts=parts, log=lambda line: None)


def read_file(one: SourceFiles, path: Path, out: Path, route: Path, config: Config) -> FilePart:
    """What the step's work on one file makes of it; nothing is left of one that is refused."""
    out.mkdir(parents=True, exist_ok=True)
    try:
        context = StepContext(config, (replace(one, paths=(path,)),), {"route": route}, {}, out)
        facts = run_in_blocks(READING, context)
    except Exception:
        assert not [left for left in out.parent.glob(f"{out.name}*/**/*") if left.is_file()]
        raise
    return FilePart(out, json.loads(json.dumps(facts, allow_nan=False)))


def run_ais_step(context: StepContext, cuts: Sequence[int] = ()) -> Facts:
    """What the ``ais`` step tells, its ships in blocks that begin with those units."""
    facts = run_in_blocks(AIS, context, cuts)
    json.dumps(facts, allow_nan=False)
    return facts


def strikes_context(
    tmp_path: Path, frame: Frame, ais: Facts, depth_m: np.ndarray, soil: list[str], config: Config | None = None
) -> StepContext:
    """The context of the ``shipping`` step after ``ais_context``, ships included; depth and soil are at stations."""
    config = config or Config()
    ships_out = tmp_path / "ships"
    ships_out.mkdir(parents=True, exist_ok=True)
    ships = fleet_step.run(
        StepContext(
            config.only("shipping"), (), {"ais": tmp_path / "ais"}, {"ais": ais}, ships_out, log=lambda line: None
        )
    )
    json.dumps(ships, allow_nan=False)
    folders = {name: tmp_path / name for name in ("route", "ais", "ships", "bathymetry", "soil")}
    out = tmp_path / "shipping"
    for folder in (folders["bathymetry"], folders["soil"], out):
        folder.mkdir(parents=True, exist_ok=True)
    station = frame.stations["station"]
    pd.DataFrame({"station": station, "water_depth_m": depth_m}).to_parquet(folders["bathymetry"] / "stations.parquet")
    pd.DataFrame({"station": station, "soil_class": soil}).to_parquet(folders["soil"] / "stations.parquet")
    nearest = frame.cells["station"].to_numpy()
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    depth = frame.grid.full(row, col, depth_m[nearest], np.nan)
    write_cog(folders["bathymetry"] / "water_depth.tif", frame.grid, [Band("d", "m", depth)], tags={}, nodata=-9999.0)
    code = np.array([config.soil.classes[name].code for name in soil], dtype="uint8")
    codes = frame.grid.full(row, col, code[nearest], 255, "uint8")
    write_cog(
        folders["soil"] / "soil_class.tif", frame.grid, [Band("s", "-", codes)], tags={}, nodata=255, categorical=True
    )
    facts = {"ais": ais, "ships": ships, "bathymetry": {"provenance": "public"}, "soil": {"provenance": "public"}}
    return StepContext(config.only("shipping", "soil"), (), folders, facts, out, log=lambda line: None)


def left_at(depth_m, penetration_m, rate):
    """Rate of the strikes that still reach each depth, summed by hand; the decision's own curve is in burial."""
    return np.array([np.asarray(rate)[np.asarray(penetration_m) > z].sum() for z in np.atleast_1d(depth_m)])
