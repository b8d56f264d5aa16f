"""Step folders as the steps before the map write them: small, or the size of the default corridor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import rasterio
from rasterio.warp import Resampling, reproject

from pipeline.config import Config
from pipeline.config.corridor import SourceSection
from pipeline.geo import Band, Frame, Grid, Route, write_cog
from pipeline.store import StepContext
from pipeline.workspace import SourceFiles

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
ETOPO = SHARED / "bathymetry" / "etopo1_bed_6min_caspian.tif"
LAND = SHARED / "basemap" / "world_atlas_land_10m_caspian.geojson"

LONG = [
    (49.6686, 40.5897), (49.85, 40.66), (50.3, 40.85), (50.85, 41.3), (51.15, 41.9), (51.3, 42.4), (51.2, 43.0),
    (51.05, 43.4), (51.16, 43.6532),
]  # fmt: skip
SHORT = [(50.0, 41.0), (50.15, 41.1), (50.3, 41.12)]
SECTIONS = ("map", "corridor", "route", "water", "acceptance", "soil", "burial", "cable")
SOILS = ("sand", "muddy_sand", "sandy_mud", "mud", "sandy_mud", "sand", "rock", "coarse")


def small_land(folder: Path) -> Path:
    """Two coasts beside the short route."""
    path = folder / "land.geojson"
    rings = [
        [[49.0, 40.0], [49.98, 40.0], [49.98, 42.0], [49.0, 42.0], [49.0, 40.0]],
        [[50.32, 40.0], [51.0, 40.0], [51.0, 42.0], [50.32, 42.0], [50.32, 40.0]],
    ]
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}} for ring in rings
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def small_infrastructure(folder: Path, name: str = "North line") -> Path:
    """A pipeline across the first leg of the short route, a wind farm over part of the second, and a platform."""
    path = folder / "others.geojson"
    ring = [[50.2, 41.05], [50.25, 41.05], [50.25, 41.2], [50.2, 41.2], [50.2, 41.05]]
    features = [
        (
            {"name": name, "category": "gas-pipelines"},
            {"type": "LineString", "coordinates": [[50.0, 41.1], [50.15, 41.0]]},
        ),
        ({"name": "Wind farm"}, {"type": "Polygon", "coordinates": [ring]}),
        ({"name": "Platform"}, {"type": "Point", "coordinates": [50.1, 41.05]}),
    ]
    found = [{"type": "Feature", "properties": words, "geometry": shape} for words, shape in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found}), encoding="utf-8")
    return path


def source(name: str, role: str, provenance: str, *, attribution: str = "", licence: str = "") -> dict[str, Any]:
    return {
        "name": name, "role": role, "provenance": provenance, "licence": licence, "attribution": attribution,
        "files": [f"{name}.tif"],
    }  # fmt: skip


def default_facts(hostile: str = "") -> dict[str, dict[str, Any]]:
    etopo = source("etopo1", "bathymetry", "public", attribution="Amante & Eakins 2009, NOAA", licence="public domain")
    swath = source("survey_swath", "bathymetry", "synthetic", licence="Apache-2.0")

    def told(provenance: str, summary: str, *sources: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"assessed": True, "provenance": provenance, "sources": list(sources), "summary": summary, **more}

    ships = source("ais", "ais", "synthetic")
    soil = source(hostile or "soil", "soil", "synthetic", attribution=hostile, licence=hostile)
    zones = source("seismic_zones", "seismic_zones", "modelled", attribution="Danciu et al. 2018")
    return {
        "route": {"summary": "380 km"},
        "bathymetry": told("synthetic", hostile or "0 to 690 m", swath, etopo),
        "terrain": told("synthetic", "slopes to 6 degrees", swath, etopo),
        "soil": told("synthetic", "8 classes", soil),
        "ais": told("synthetic", "812 ships", ships, period=["2025-01-01", "2025-12-31"]),
        "traffic": told("synthetic", "passages by class", ships, exposure="ais"),
        "shipping": told("synthetic", "2.1e-2 strikes a year", ships),
        "fishing": told("synthetic", "kilka trawls", source("fishing_effort", "fishing_effort", "synthetic")),
        "seismic": told("modelled", "0.28 g at most", zones),
        "stability": told("modelled", "3 km of high slope class", zones),
        "burial": {"summary": "zones"},
    }  # fmt: skip


def build(
    root: Path,
    *,
    positions: list[tuple[float, float]] = SHORT,
    station_m: float = 500.0,
    half_width_m: float = 5000.0,
    hostile: str = "",
    assessed: dict[str, bool] | None = None,
    land: Path | None = None,
    infrastructure: Path | None = None,
    map_section: dict[str, Any] | None = None,
    zones: int = 6,
    crs: str = "EPSG:32639",
    cell_m: float = 250.0,
) -> StepContext:
    """Write all step folders and return the context of the map step."""
    config = Config.model_validate(
        {
            "corridor": {"station_m": station_m, "half_width_m": half_width_m, "name": hostile or "Trans-Caspian"},
            "route": {"label": hostile or "Indicative route"},
            "map": map_section or {},
        }
    )  # fmt: skip
    route = Route(np.array([p[0] for p in positions]), np.array([p[1] for p in positions]), crs)
    frame = Frame.along(route, station_m=station_m, half_width_m=half_width_m, cell_m=cell_m)
    folders = {}
    for step in (
        "route",
        "bathymetry",
        "terrain",
        "soil",
        "ais",
        "traffic",
        "shipping",
        "fishing",
        "seismic",
        "stability",
        "burial",
    ):
        folders[step] = root / step
        folders[step].mkdir(parents=True)
    frame.save(folders["route"])
    events = [hostile or "Sumqayit", *["A/C"] * (len(positions) - 2), hostile or "Aktau"]
    pd.DataFrame({"kp_km": route.position_kp_km, "event": events}).to_parquet(folders["route"] / "rpl.parquet")
    facts = default_facts(hostile)
    for step, known in (assessed or {}).items():
        facts[step] |= {"assessed": known}
        if not known:
            facts[step] |= {"sources": [], "provenance": "", "summary": f"no source has data for {step}"}
    _rasters(frame, folders)
    stations = _stations(frame, hostile, facts)
    stations, table = _zones(stations, route.length_km, zones, hostile)
    stations.to_parquet(folders["burial"] / "stations.parquet")
    _ships(folders["shipping"], stations, facts)
    table.to_parquet(folders["burial"] / "zones.parquet")
    _totals(folders["burial"], stations, frame, facts)
    out = root / "out"
    out.mkdir()
    sources: tuple[SourceFiles, ...] = ()
    if land is not None:
        section = SourceSection(
            role="coastline", files=land.name, provenance="public", licence="public domain", attribution="Natural Earth"
        )
        sources = (SourceFiles("shoreline", section, (land,)),)
    if infrastructure is not None:
        section = SourceSection(role="infrastructure", files=infrastructure.name, provenance="public", licence="CC BY")
        sources += (SourceFiles("pipelines", section, (infrastructure,)),)
    lines: list[str] = []
    return StepContext(
        config=config.only(*SECTIONS), sources=sources, inputs=folders, facts=facts, out=out, log=lines.append
    )


def _regional(frame: Frame) -> tuple[Grid, np.ndarray]:
    x, y = frame.stations["x_m"].to_numpy(), frame.stations["y_m"].to_numpy()
    grid = Grid.around(x, y, margin_m=40_000.0, cell_m=max(1000.0, frame.grid.cell_m), crs=frame.route.crs)
    depth = np.full(grid.shape, np.nan)
    if frame.route.length_km > 100.0 and frame.route.crs == "EPSG:32639" and ETOPO.is_file():
        with rasterio.open(ETOPO) as dem:
            reproject(
                dem.read(1).astype(float), depth, src_transform=dem.transform, src_crs=dem.crs,
                dst_transform=grid.transform, dst_crs=grid.crs, dst_nodata=np.nan, resampling=Resampling.bilinear,
            )  # fmt: skip
        return grid, -29.3 - depth
    row, col = np.indices(grid.shape)
    return grid, 300.0 * np.sin(np.pi * col / grid.cols) * np.sin(np.pi * row / grid.rows)


def _rasters(frame: Frame, folders: dict[str, Path]) -> None:
    tags = {"provenance": "synthetic", "description": "test"}
    grid, depth = _regional(frame)
    for name, told in (("regional_depth", tags), ("open_depth", {"provenance": "public", "sources": "etopo1"})):
        write_cog(
            folders["bathymetry"] / f"{name}.tif", grid, [Band("water_depth_m", "m", depth.astype("f4"))],
            tags={**tags, **told}, nodata=-9999.0,
        )  # fmt: skip
    cells = frame.cells
    row, col = cells["row"].to_numpy(), cells["col"].to_numpy()
    kp, offset = cells["kp_km"].to_numpy(), cells["offset_m"].to_numpy()
    length = frame.route.length_km

    def write(folder: str, name: str, *values: Any, dtype: str = "float32", nodata: float = -9999.0) -> None:
        bands = [
            Band(f"b{i}", "-", frame.grid.full(row, col, v, np.nan if dtype[0] == "f" else nodata, dtype))
            for i, v in enumerate(values)
        ]
        write_cog(folders[folder] / name, frame.grid, bands, tags=tags, nodata=nodata, categorical=dtype[0] != "f")

    strike = 3e-5 * np.exp(-(((kp - 0.55 * length) / (0.2 * length)) ** 2)) * (1.2 + offset / 10_000) + 2e-9
    write("shipping", "shipping_strike.tif", strike)
    write("traffic", "ship_passages.tif", 40.0 * np.exp(-(((kp - 0.55 * length) / (0.2 * length)) ** 2)))
    write("terrain", "slope.tif", 0.4 + np.abs(np.sin(kp / 9)))
    # No survey lies over the first third: what it would tell of moving beds is not assessed there.
    moving = np.where(kp < length / 3, np.nan, 0.2)
    write("terrain", "bedforms.tif", *([moving] * 5))
    write("bathymetry", "water_depth.tif", 4.0 + 300.0 * np.minimum(kp, length - kp) / length)
    write("bathymetry", "depth_source.tif", (kp < length / 3).astype(int), dtype="uint8", nodata=255)
    write("bathymetry", "depth_confidence.tif", np.where(kp < length / 3, 2, 3), dtype="uint8", nodata=255)
    write("seismic", "pga_2475yr.tif", 0.56 - 0.36 * kp / length, 0.6 - 0.36 * kp / length)
    write("stability", "slope_stability.tif", 4.0 - kp / length)
    write("fishing", "fishing_strike.tif", 2e-4 * np.exp(-kp / (0.1 * length)) + 1e-9)
    write("seismic", "pga_475yr.tif", 0.28 - 0.18 * kp / length, 0.3 - 0.18 * kp / length)
    code = {"mud": 1, "sandy_mud": 2, "muddy_sand": 3, "sand": 4, "coarse": 5, "mixed": 6, "rock": 7}
    codes = np.array([code[name] for name in SOILS])
    write("soil", "soil_class.tif", codes[np.minimum((kp / length * 8).astype(int), 7)], dtype="uint8", nodata=255)
    target = np.array([2.0, 1.0, 0.6, 0.0, 0.6, 1.5, 1.0, 3.0])[np.minimum((kp / length * 8).astype(int), 7)]
    write("burial", "burial_depth.tif", target * 0.5, target * 0.7, target * 0.9, target)


def _stations(frame: Frame, hostile: str, facts: dict[str, dict[str, Any]]) -> pd.DataFrame:
    base = frame.stations
    n = len(base)
    kp, length = base["kp_km"].to_numpy(), frame.route.length_km
    share = kp / length
    grid, regional = _regional(frame)
    r, c = grid.cell_of(base["x_m"].to_numpy(), base["y_m"].to_numpy())
    depth = np.maximum(regional[r, c], 4.0 + 300 * np.minimum(share, 1 - share)) + np.sin(kp * 3)
    eighth = np.minimum((share * 8).astype(int), 7)
    wave = 1 + 0.25 * np.sin(kp / 3.0) * np.sin(kp / 17.0)
    p90 = np.array([1.7, 0.9, 0.4, 0.0, 0.3, 1.2, 0.8, 2.4])[eighth] * wave
    ladder = np.array([0.0, 0.6, 1.0, 1.5, 2.0, 2.5, 3.0])
    target = ladder[np.minimum(np.searchsorted(ladder, np.where(p90 > 0, p90 + 0.1, 0.0)), 6)]
    achievable = np.array([2.0, 2.0, 3.0, 3.0, 3.0, 2.0, 1.0, 0.6])[eighth]
    anchor = 3e-5 * np.exp(-(((share - 0.55) / 0.2) ** 2)) + 2e-9
    fishing = 2e-4 * np.exp(-share / 0.1) + 1e-9
    residual = np.where(p90 > 0, 0.02, 1.0) * (anchor + fishing)
    residual[eighth == 3] = 0.0
    table = pd.DataFrame(
        {
            "kp_km": kp, "lon": base["lon"], "lat": base["lat"], "water_depth_m": depth,
            "slope_deg": 0.4 + np.abs(np.sin(kp / 9)), "soil_class": np.array(SOILS)[eighth],
            "provenance": "synthetic", "confidence": "C", "anchor_strike_per_km_yr": anchor,
            "fishing_strike_per_km_yr": fishing, "pga_475yr_g": 0.28 - 0.18 * share, "slope_fs": 4.0 - share,
            "required_dol_p10_m": p90 * 0.45, "required_dol_p50_m": p90 * 0.7, "required_dol_p90_m": p90,
            "target_dol_m": target, "achievable_dol_m": achievable, "deficit_m": np.maximum(0.0, target - achievable),
            "residual_strike_per_km_yr": residual,
            "return_period_yr": np.where(residual > 0, 1 / np.where(residual > 0, residual, 1.0), np.nan),
            "governing": np.where(p90 == 0, "none", np.where(share < 0.2, "fishing", "anchor")),
            "protection": np.where(target > achievable, "rock", np.where(target > 0, "burial", "none")),
            "cable_type": np.where(depth < 200, "SA", "LWA"), "zone_id": "", "tool": hostile or "jet",
            "limit_strike_per_km_yr": 2.6e-6, "routine_strike_per_km_yr": 0.0, "accidental_strike_per_km_yr": 0.0,
            "penetration_f": 0.9, "required_dol_anchor_m": p90, "required_dol_fishing_m": 0.0,
            "gear_penetration_m": 0.1, "mobility_allowance_m": 0.0, "depth_source": hostile or "survey_swath",
            "soil_source": hostile or "soil",
        }
    )  # fmt: skip
    if not facts["shipping"]["assessed"]:
        table["anchor_strike_per_km_yr"] = np.nan
    if not facts["fishing"]["assessed"]:
        table["fishing_strike_per_km_yr"] = np.nan
    table.insert(0, "station", np.arange(n, dtype=np.int32))
    return table


def _ships(folder: Path, stations: pd.DataFrame, facts: dict[str, dict[str, Any]]) -> None:
    """Three anchor sizes and three classes with a tenth, three tenths and six tenths of the strikes."""
    known = stations[stations["anchor_strike_per_km_yr"].notna()]
    anchors, classes = [], []
    for share, kg, fluke, label, passages in (
        (0.6, 500, 0.6, "0-500", 30.0), (0.3, 1500, 0.9, "2000-3000", 12.0), (0.1, 3060, 1.2, "10000-13000", 4.0),
    ):  # fmt: skip
        rate = share * known["anchor_strike_per_km_yr"]
        anchors.append(known[["station"]].assign(anchor_kg=kg, fluke_length_m=fluke, strike_per_km_yr=rate))
        told = {
            "dwt_class": label,
            "passages_per_km_yr": passages,
            "strike_per_km_yr": rate,
            "anchor_kg_max": float(kg),
        }
        classes.append(known[["station"]].assign(**told))
    order = ["station", "anchor_kg"]
    pd.concat(anchors).sort_values(order).to_parquet(folder / "station_anchors.parquet", index=False)
    pd.concat(classes).sort_values(["station", "anchor_kg_max"]).to_parquet(
        folder / "station_classes.parquet", index=False
    )


def _zones(stations: pd.DataFrame, length_km: float, count: int, hostile: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    edges = np.round(np.linspace(0.0, length_km, count + 1), 2)
    edges[-1] = length_km
    which = np.clip(np.searchsorted(edges, stations["kp_km"], side="right") - 1, 0, count - 1)
    names = [f"{hostile or 'Z'}{i + 1:03d}" for i in range(count)]
    stations = stations.assign(zone_id=[names[i] for i in which])
    rows, first = [], np.searchsorted(which, np.arange(count + 1))
    for i in range(count):
        inside = stations.iloc[first[i] : first[i + 1]]
        residual = float(inside["residual_strike_per_km_yr"].mean() * (edges[i + 1] - edges[i]))
        target, achievable = float(inside["target_dol_m"].max()), float(inside["achievable_dol_m"].min())
        rows.append(
            {
                "zone_id": names[i], "kp_from_km": edges[i], "kp_to_km": edges[i + 1],
                "length_km": edges[i + 1] - edges[i], "target_dol_m": target,
                "required_dol_p90_m": float(inside["required_dol_p90_m"].max()), "achievable_dol_m": achievable,
                "deficit_m": max(0.0, target - achievable), "governing": inside["governing"].iloc[0],
                "protection": "rock" if target > achievable else "burial" if target > 0 else "none",
                "cable_type": "SA", "water_depth_min_m": float(inside["water_depth_m"].min()),
                "water_depth_max_m": float(inside["water_depth_m"].max()), "soil": hostile or "sand 80 %, mud 20 %",
                "surface_strike_per_yr": residual * 50, "residual_strike_per_yr": residual,
                "return_period_yr": 1 / residual if residual > 0 else np.nan, "confidence": "C",
                "provenance": "synthetic",
            }
        )  # fmt: skip
    return stations, pd.DataFrame(rows)


def _totals(folder: Path, stations: pd.DataFrame, frame: Frame, facts: dict[str, dict[str, Any]]) -> None:
    km = frame.stations["length_km"].to_numpy()
    roles = {"shipping": "ais", "fishing": "fishing_effort"}
    dol = {
        f"{depth:g}": round(float(km[stations["target_dol_m"] == depth].sum()), 3)
        for depth in sorted(set(stations["target_dol_m"]))
    }
    totals = {
        "route_length_km": frame.route.length_km, "strike_per_yr_surface_laid": 2.1e-2,
        "strike_per_yr_at_target": 4.1e-4,
        "strike_per_yr_as_trenchable": 7.9e-4, "dol_km": dol,
        "deficit_km": round(float(km[stations["deficit_m"] > 0].sum()), 3),
        "not_assessed": [roles[step] for step in roles if not facts[step]["assessed"]],
    }  # fmt: skip
    (folder / "totals.json").write_text(json.dumps(totals), encoding="utf-8")
