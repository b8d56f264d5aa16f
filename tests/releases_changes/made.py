"""Two releases made by hand: a straight route, quiet values, and inputs that a test changes one by one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.config import Config
from pipeline.geo import WGS84
from pipeline.releases.release import MANIFEST, Release

LON, LAT = 51.0, 42.0
UPSTREAM = {
    "route": (),
    "bathymetry": ("route",),
    "terrain": ("route", "bathymetry"),
    "soil": ("route",),
    "ais": ("route",),
    "shipping": ("route", "bathymetry", "soil", "ais"),
    "fishing": ("route", "bathymetry", "soil"),
    "seismic": ("route", "soil"),
    "stability": ("route", "bathymetry", "terrain", "soil", "seismic"),
    "burial": ("route", "bathymetry", "terrain", "soil", "ais", "shipping", "fishing", "seismic", "stability"),
    "map": ("route", "bathymetry", "burial"),
}
FILES = {
    "route": ["data/raw/rpl.csv"],
    "bathymetry": ["data/raw/depths_1.tif", "data/raw/depths_2.tif"],
    "soil": ["data/raw/soil.tif"],
    "ais": ["data/raw/ais_1.csv", "data/raw/ais_2.csv"],
    "fishing": ["data/raw/fishing.csv"],
    "seismic": ["data/raw/earthquakes.csv"],
    "map": ["data/raw/earthquakes.csv"],
}
SOURCES = {
    "bathymetry": {"depths": {"licence": "free", "vertical_datum": "msl"}},
    "soil": {"soil": {"priority": 0}},
    "ais": {"ais": {"period": ["2025-01-01", "2025-12-31"]}},
    "fishing": {"fishing": {"priority": 0}},
    "seismic": {"quakes": {"priority": 0}},
}
SECTIONS = {
    "route": ("corridor", "route"),
    "bathymetry": ("corridor", "water"),
    "terrain": ("corridor",),
    "soil": ("corridor", "soil"),
    "ais": ("shipping",),
    "shipping": ("shipping", "soil"),
    "fishing": ("fishing", "soil"),
    "seismic": ("corridor", "seismic", "soil"),
    "stability": ("corridor", "seismic", "soil"),
    "burial": ("corridor", "water", "acceptance", "soil", "shipping", "fishing", "burial", "uncertainty", "cable"),
    "map": ("map", "corridor"),
}
QUIET: dict[str, Any] = {
    "water_depth_m": 40.0, "slope_deg": 1.0, "soil_class": "sand", "confidence": "C", "anchor_strike_per_km_yr": 1e-5,
    "passages_per_km_yr": 10.0, "fishing_strike_per_km_yr": 1e-4, "gear_penetration_m": 0.2, "pga_475yr_g": 0.2,
    "penetration_f": 0.707,
    "pga_475yr_soil_g": 0.3, "slope_fs": 2.0, "required_dol_p10_m": 0.5, "required_dol_p50_m": 0.6,
    "required_dol_p90_m": 0.8, "required_dol_fishing_m": 0.5, "target_dol_m": 1.0, "achievable_dol_m": 2.0,
    "deficit_m": 0.0, "residual_strike_per_km_yr": 1e-7, "governing": "anchor", "protection": "burial",
    "cable_type": "SA", "limit_strike_per_km_yr": 2.6e-6,
}  # fmt: skip


def owner(step: str, name: str) -> str:
    """Return the source that a file belongs to."""
    return next(iter(SOURCES.get(step, {"route": {}})))


Track = list[tuple[float, float]]


def stations_along(track: Track, spacing_m: float = 100.0) -> pd.DataFrame:
    """Return quiet stations along a track of (east km, north km) from the origin."""
    points = np.array(track, float) * 1000.0
    legs = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(legs)])
    at = np.unique(np.append(np.arange(0.0, along[-1], spacing_m), along[-1]))
    x, y = (np.interp(at, along, points[:, axis]) for axis in (0, 1))
    lon, lat, _ = WGS84.fwd(np.full(len(at), LON), np.full(len(at), LAT), np.degrees(np.arctan2(x, y)), np.hypot(x, y))
    return pd.DataFrame({"kp_km": at / 1000.0, "lon": lon, "lat": lat, **QUIET})


def straight(length_km: float = 50.0, spacing_m: float = 100.0) -> pd.DataFrame:
    """Return quiet stations northward."""
    return stations_along([(0.0, 0.0), (0.0, length_km)], spacing_m)


def parts() -> dict[str, dict[str, Any]]:
    """Return what the steps were made from."""
    config = Config().model_dump(mode="json")
    return {
        step: {
            "files": {name: f"sha of {name}" for name in FILES.get(step, [])},
            "content": [[owner(step, name), "", f"sha of {name}"] for name in FILES.get(step, [])],
            "sources": copy.deepcopy(SOURCES.get(step, {})),
            "parameters": {section: copy.deepcopy(config[section]) for section in SECTIONS[step]},
            "upstream": {name: f"result of {name}" for name in before},
            "code": f"code of {step}",
            "libraries": {"numpy": "2.3.0", "pandas": "2.3.0"},
        }
        for step, before in UPSTREAM.items()
    }


class Pair:
    """An old and a new release; a test changes the new one, or both."""

    def __init__(self, root: Path, stations: pd.DataFrame | None = None) -> None:
        self.root = root
        self.old = straight() if stations is None else stations
        self.new = self.old.copy()
        self.old_parts, self.new_parts = parts(), parts()
        self.manifest: dict[str, Any] = {
            "published": "2026-01-02T03:04:05+00:00", "corridor": "Test",
            "totals": {"route_length_km": 50.0, "strike_per_yr_surface_laid": 0.05, "not_assessed": []},
            "layers": {"shipping": {"assessed": True, "provenance": "synthetic"}}, "outputs": {}, "inputs": [],
            "parameters": Config().model_dump(mode="json"),
        }  # fmt: skip
        self.old_manifest = copy.deepcopy(self.manifest)

    def at(self, start_km: float, end_km: float, **values: Any) -> Pair:
        """Set values of the new stations from one kilometre post to another."""
        inside = self.new["kp_km"].between(start_km - 1e-9, end_km + 1e-9)
        for column, value in values.items():
            self.new.loc[inside, column] = value
        return self

    def file(self, step: str, name: str, digest: str | None = "other") -> Pair:
        """Change a file that a step reads, or take it away; all steps after it see another result."""
        files = self.new_parts[step]["files"]
        if digest is None:
            del files[name]
        else:
            files[name] = f"{digest} {name}" if digest in ("other", "new") else digest
        self.new_parts[step]["content"] = [[owner(step, n), "", sha] for n, sha in files.items()]
        return self.result(step)

    def parameter(self, section: str, key: str, value: Any) -> Pair:
        """Change a parameter in every step that has the section."""
        for step, names in SECTIONS.items():
            if section in names:
                self.new_parts[step]["parameters"][section][key] = value
                self.result(step)
        self.manifest["parameters"][section][key] = value
        return self

    def result(self, step: str) -> Pair:
        """Let a step give something else."""
        for name, before in UPSTREAM.items():
            if step in before:
                self.new_parts[name]["upstream"][step] = "other"
                if name not in ("burial", "map"):
                    self.result(name)
        return self

    def releases(self) -> tuple[Release, Release]:
        """Write both and return them."""
        sides = (("old", self.old, self.old_parts, self.old_manifest), ("new", self.new, self.new_parts, self.manifest))
        return tuple(write(self.root / name, *rest) for name, *rest in sides)


def write(folder: Path, stations: pd.DataFrame, made_from: dict[str, Any], manifest: dict[str, Any]) -> Release:
    """Write a release as publishing does."""
    path = folder / MANIFEST
    path.parent.mkdir(parents=True, exist_ok=True)
    stations.to_parquet(path.with_name("stations.parquet"), index=False)
    manifest = {**manifest, "release": folder.name}
    path.write_text(json.dumps(manifest))
    steps = {name: {"key": name, "parts": part, "folders": []} for name, part in made_from.items()}
    return Release(folder, manifest, 1, steps, {})


def turned(stations: pd.DataFrame) -> pd.DataFrame:
    """Return the same places with kilometre posts from the other end."""
    back = stations.iloc[::-1].reset_index(drop=True)
    return back.assign(kp_km=float(stations["kp_km"].iloc[-1]) - back["kp_km"])


def column(function: Callable[[float], Any], stations: pd.DataFrame) -> list[Any]:
    """Return a value a station by its kilometre post."""
    return [function(kp) for kp in stations["kp_km"]]
