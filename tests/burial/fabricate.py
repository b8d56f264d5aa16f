"""Step folders with exactly the columns of docs/architecture.md, made in a test's own folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pipeline.config import Config
from pipeline.geo import WGS84, Band, Frame, Route, write_cog
from pipeline.hazards.shipping.anchorage_classes import COLUMNS as ANCHORAGES
from pipeline.hazards.shipping.tables import SECTIONS as PASSAGE_SECTIONS
from pipeline.hazards.shipping.tables import shaped
from pipeline.plan import STEPS
from pipeline.seabed.bedforms import BANDS
from pipeline.seabed.ground import STRENGTHS
from pipeline.seabed.soil_layers import ENDS
from pipeline.sources.depths.overlaps import COLUMNS as OVERLAP_COLUMNS
from pipeline.store import Facts, StepContext
from tests.blocks import run_in_blocks

BURIAL = next(step for step in STEPS if step.name == "burial")
SECTIONS = ("corridor", "water", "acceptance", "soil", "shipping", "fishing", "burial", "uncertainty", "cable")
NAN = float("nan")
SHIP_NAME = "SECRET TANKER"
# METHODS 1.5 and 1.7: deadweight -> anchor kg, fluke m, drag m in sand and in mud.
ANCHORS = {2000: (1020.0, 0.805321, 95.0, 208.2), 7000: (2280.0, 1.052962, 174.8, 347.7)}


def strike(passages_per_km_yr: float, drag_m: float, speed_kn: float, incident_per_yr: float = 0.1752) -> float:
    """METHODS 1.2 with all modifiers 1."""
    return passages_per_km_yr * drag_m / (speed_kn * 1852.0 * 8760.0) * incident_per_yr


def straight_frame(length_km: float, *, station_m: float = 100.0, half_width_m: float = 500.0) -> Frame:
    """Return a route up the central meridian of UTM 39N, exactly so long."""
    lon, lat, _ = WGS84.fwd(51.0, 41.0, 0.0, length_km * 1000.0)
    route = Route(np.array([51.0, lon]), np.array([41.0, lat]), "EPSG:32639")
    return Frame.along(route, station_m=station_m, half_width_m=half_width_m, cell_m=250.0)


@dataclass
class Corridor:
    """What to fabricate; every value is a number or a function of KP."""

    frame: Frame
    soil_class: Callable[[float], str] = lambda kp: "sand"
    layered_f: Callable[[float], float] = lambda kp: NAN
    su_kpa: Callable[[float], tuple[float, float, float]] = lambda kp: (NAN, NAN, NAN)
    water_depth_m: Callable[[float], float] = lambda kp: 40.0
    slope_deg: Callable[[float], float] = lambda kp: 1.0
    bedform: Callable[[float], str] = lambda kp: ""
    mobility_m: Callable[[float], float] = lambda kp: NAN
    anchors: Callable[[float], list[tuple[float, float, float]]] = lambda kp: []
    fishing: Callable[[float], tuple[float, float, float]] = lambda kp: (0.0, 0.0, 0.0)
    slope_class: str = "low"
    shipping_assessed: bool = True
    fishing_assessed: bool = True
    config: dict[str, Any] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """What the earlier steps told."""
        source = {"name": "s", "role": "x", "provenance": "synthetic", "licence": "", "attribution": "", "files": []}
        told = {
            step: {"assessed": True, "provenance": "synthetic", "sources": [{**source, "name": step}], "summary": step}
            for step in (
                "route",
                "bathymetry",
                "terrain",
                "soil",
                "ais",
                "ships",
                "traffic",
                "shipping",
                "fishing",
                "seismic",
                "stability",
            )
        }
        told["bathymetry"]["provenance"] = "public"
        for step, assessed in (("ais", self.shipping_assessed), ("ships", self.shipping_assessed),
                               ("traffic", self.shipping_assessed), ("shipping", self.shipping_assessed),
                               ("fishing", self.fishing_assessed)):  # fmt: skip
            if not assessed:
                told[step].update(assessed=False, provenance="", sources=[])
        told["ais"].update(years_covered=1.0, exposure_half_width_m=1000.0)
        told["route"].update(length_km=self.frame.route.length_km, label="made for a test")
        return told

    def write(self, root: Path) -> dict[str, Path]:
        """Write the folders of all steps before burial."""
        folders = {step: root / step for step in self.facts()}
        for folder in folders.values():
            folder.mkdir(parents=True)
        self.frame.save(folders["route"])
        st, cells = self.frame.stations, self.frame.cells
        config = Config.model_validate(self.config)
        rpl = pd.DataFrame(
            {"kp_km": self.frame.route.position_kp_km, "lon": self.frame.route.lon_deg,
             "lat": self.frame.route.lat_deg, "event": ["BMH =1+1", "BMH"], "cable_type": ["", ""],
             "slack_pct": [NAN, 1.0], "depth_m": [NAN, NAN]}
        )  # fmt: skip
        rpl.to_parquet(folders["route"] / "rpl.parquet", index=False)
        kp = st["kp_km"]
        self._ships(folders)
        depth = kp.map(self.water_depth_m).astype(float)
        soil = kp.map(self.soil_class)
        ids = {"station": st["station"]}
        self._save(folders["bathymetry"], ids, water_depth_m=depth, source="etopo1", provenance="public",
                   confidence="C")  # fmt: skip
        overlap = dict.fromkeys(OVERLAP_COLUMNS, 1.5) | {
            "source": "survey", "file": "", "other_source": "etopo1", "other_file": "", "measured_on": "cells",
            "places": 40, "agreement": "within",
        }  # fmt: skip
        pd.DataFrame([overlap]).to_parquet(folders["bathymetry"] / "overlaps.parquet")
        self._save(folders["terrain"], ids, slope_deg=kp.map(self.slope_deg).astype(float), roughness_m=0.5,
                   position_index_m=0.0, curvature_along_per_km=0.0, curvature_across_per_km=0.0,
                   survey_slope_mean_deg=NAN, survey_slope_max_deg=NAN, bedform=kp.map(self.bedform),
                   bedform_height_m=NAN, bedform_wavelength_m=NAN,
                   mobility_allowance_m=kp.map(self.mobility_m).astype(float))  # fmt: skip
        self._save(folders["soil"], ids, soil_class=soil, soil_source="soil", soil_provenance="synthetic",
                   soil_kind="raster", soil_confidence="C", soil_boundary="", soil_trench_class=soil, soil_sample="",
                   soil_sample_m=NAN, **self._layers(kp))  # fmt: skip
        self._save(folders["soil"], {"cell": cells["cell"]}, name="cells",
                   soil_trench_class=cells["kp_km"].map(self.soil_class), **self._layers(cells["kp_km"]))  # fmt: skip
        self._save(folders["soil"], ids, name="soil_layers", top_m=0.0, bottom_m=5.0, soil_class=soil,
                   layer_source="class", soil_source="soil", soil_kind="raster", soil_sample="",
                   **dict.fromkeys(ENDS, NAN))  # fmt: skip
        self._save(folders["seismic"], ids, pga_475yr_g=0.2, pga_2475yr_g=0.4, pga_475yr_soil_g=0.3,
                   pga_2475yr_soil_g=0.5)  # fmt: skip
        self._save(folders["stability"], ids, slope_fs=2.0, slope_fs_static=6.0, slope_class=self.slope_class)
        cell_kp = cells["kp_km"]
        grid = self.frame.grid
        row, col = cells["row"].to_numpy(), cells["col"].to_numpy()
        self._raster(folders["bathymetry"] / "water_depth.tif",
                     grid.full(row, col, cell_kp.map(self.water_depth_m).to_numpy(float), NAN))  # fmt: skip
        self._raster(folders["terrain"] / "slope.tif",
                     grid.full(row, col, cell_kp.map(self.slope_deg).to_numpy(float), NAN))  # fmt: skip
        bands = [Band(name, "m", grid.full(row, col, cell_kp.map(self.mobility_m).to_numpy(float), NAN))
                 for name in BANDS]  # fmt: skip
        write_cog(folders["terrain"] / "bedforms.tif", grid, bands,
                  tags={"provenance": "synthetic", "description": "x"}, nodata=-9999.0)  # fmt: skip
        codes = cell_kp.map(lambda x: config.soil.classes[self.soil_class(x)].code).to_numpy()
        band = Band("soil", "-", grid.full(row, col, codes, 255, "uint8"))
        write_cog(folders["soil"] / "soil_class.tif", grid, [band],
                  tags={"provenance": "synthetic", "description": "soil"}, nodata=255, categorical=True)  # fmt: skip
        for key, places, kps, name in (("station", st["station"], kp, "stations"),
                                       ("cell", cells["cell"], cell_kp, "cells")):  # fmt: skip
            self._threats(folders, key, places, kps, name)
        return folders

    def _layers(self, kp: pd.Series) -> dict[str, Any]:
        """Return the factor and the percentiles of strength where a profile was measured."""
        su = np.array([self.su_kpa(at) for at in kp], dtype=float).reshape(len(kp), 3)
        strength = dict(zip(STRENGTHS, [*su.T, *[np.full(len(kp), NAN)] * 3], strict=True))
        return {"layered_f": kp.map(self.layered_f).astype(float), **strength}

    def _ships(self, folders: dict[str, Path]) -> None:
        """One ship over the first station; her name and number must stay with the team."""
        ship = {"ship": [0], "mmsi": [999123456], "imo": [NAN], "name": [SHIP_NAME], "vessel_type": [80.0],
                "reported_draught_m": [4.5], "registry": [""], "origins": ["length_m=ais"],
                "type_class": ["tanker"], "length_m": [140.85],
                "beam_m": [16.7], "draught_m": [4.5], "displacement_t": [10595.0], "dwt_t": [7946.0],
                "equipment_number": [820.0], "anchor_kg": [2460.0], "chain_m": [467.5], "fluke_length_m": [1.08],
                "draught_kept": [1.0], "type_length_m": [NAN], "type_lengths": [1],
                "type_draught_per_length": [NAN], "type_draughts": [1],
                "flags": [""], "dwt_class": ["7000-8000"]}  # fmt: skip
        pd.DataFrame(ship).to_parquet(folders["ships"] / "ships.parquet", index=False)
        here = self.frame.stations.iloc[:1]
        pd.DataFrame(
            {"station": here["station"], "kp_km": here["kp_km"], "lon": here["lon"], "lat": here["lat"],
             "time_us": [1735689600000000], "speed_kn": [10.04], "angle_deg": [88.26], "course_deg": [90.0],
             "heading_deg": [NAN], "draught_m": [4.5],
             "ship": np.array([0], "int32"), "dwt_class": ["7000-8000"], "season": ["DJF"]}
        ).to_parquet(folders["traffic"] / "passages.parquet", index=False)  # fmt: skip
        section = {name: [1.0] for name in PASSAGE_SECTIONS} | {
            "station": here["station"].to_numpy(), "kp_km": here["kp_km"].to_numpy(), "lon": here["lon"].to_numpy(),
            "lat": here["lat"].to_numpy(), "dwt_class": ["7000-8000"], "draught_mean_m": [NAN], "son_per_yr": [NAN],
        }  # fmt: skip
        shaped(pd.DataFrame(section), PASSAGE_SECTIONS).to_parquet(folders["traffic"] / "sections.parquet", index=False)
        lying = {name: [1] for name in ANCHORAGES} | {"dwt_class_mostly": ["0-500"], "dwt_class_largest": ["500-1000"]}
        circle = shapely.Point(float(here["lon"].iloc[0]), float(here["lat"].iloc[0])).buffer(0.01)
        areas = gpd.GeoDataFrame(pd.DataFrame(lying).astype(ANCHORAGES), geometry=[circle], crs="EPSG:4326")
        areas.to_parquet(folders["traffic"] / "anchorages.parquet", index=False)
        hours_us = 12.5 * 0.2 * 3.6e9  # h per km2 and year in the panels, 0.1 km by 2 km, that the box mixes
        pd.DataFrame(
            {"station": self.frame.stations["station"], "ship": np.int32(0), "hours_us": int(hours_us)}
        ).to_parquet(folders["ais"] / "exposure_stations.parquet", index=False)
        pd.DataFrame(
            {"station": self.frame.stations["station"], "water_depth_m": 40.0,
             "soil_class": self.frame.stations["kp_km"].map(self.soil_class), "water_share": 1.0}
        ).to_parquet(folders["shipping"] / "station_inputs.parquet", index=False)  # fmt: skip

    def _threats(self, folders: dict[str, Path], key: str, places: pd.Series, kps: pd.Series, name: str) -> None:
        wet = kps.map(self.water_depth_m).astype(float) > 0
        rows = [
            (place, *anchor)
            for place, at, sea in zip(places, kps, wet, strict=True) if sea and self.shipping_assessed
            for anchor in self.anchors(at)
        ]  # fmt: skip
        anchors = pd.DataFrame(rows, columns=[key, "anchor_kg", "fluke_length_m", "strike_per_km_yr"])
        anchors = anchors.astype({key: "int32", "anchor_kg": float, "fluke_length_m": float, "strike_per_km_yr": float})
        anchors = anchors.assign(
            routine_strike_per_km_yr=0.0, accidental_strike_per_km_yr=anchors["strike_per_km_yr"] / 8
        )
        anchors.to_parquet(folders["shipping"] / f"{key}_anchors.parquet", index=False)
        total = anchors.groupby(key)["strike_per_km_yr"].sum().reindex(places, fill_value=0.0).to_numpy()
        total = np.where(wet & self.shipping_assessed, total, NAN)
        ids = {key: places}
        self._save(folders["shipping"], ids, name=name, anchor_strike_per_km_yr=total, passages_per_km_yr=total,
                   routine_strike_per_km_yr=total * 0.0, accidental_strike_per_km_yr=total / 8)  # fmt: skip
        fishing = np.array([self.fishing(at) for at in kps], dtype=float)
        fishing[~(wet & self.fishing_assessed).to_numpy()] = NAN
        self._save(folders["fishing"], ids, name=name, fishing_strike_per_km_yr=fishing[:, 0],
                   fishing_contacts_per_km_yr=fishing[:, 0], gear_penetration_m=fishing[:, 1],
                   required_dol_fishing_m=fishing[:, 2])  # fmt: skip

    @staticmethod
    def _save(folder: Path, ids: Mapping[str, pd.Series], name: str = "stations", **columns: Any) -> None:
        pd.DataFrame({**ids, **columns}).to_parquet(folder / f"{name}.parquet", index=False)

    def _raster(self, path: Path, values: np.ndarray) -> None:
        write_cog(path, self.frame.grid, [Band(path.stem, "m", values)], nodata=-9999.0,
                  tags={"provenance": "synthetic", "description": path.stem})  # fmt: skip

    def context(self, root: Path, *, step: str = "burial", sections: tuple[str, ...] = SECTIONS) -> StepContext:
        """Write the folders and return the context of a step after them."""
        out = root / step
        out.mkdir(parents=True)
        config = Config.model_validate(self.config).only(*sections)
        return StepContext(config, (), self.write(root), self.facts(), out, log=lambda line: None)


def bury(context: StepContext, cuts: Sequence[int] = ()) -> Facts:
    """Run the burial step, its blocks cut before some stations."""
    return run_in_blocks(BURIAL, context, cuts)


NO_SPREAD = {"penetration_cov": 0.0, "traffic_cov": 0.0, "soil_strength": False, "draws": 3}


def worked_case() -> Corridor:
    """METHODS 8, T17: 50 km of sand, then 50 km of mud, 40 m deep, two classes of tankers across."""

    def anchors(kp: float) -> list[tuple[float, float, float]]:
        drag = 2 if kp < 50.0 else 3
        return [
            (*ANCHORS[2000][:2], strike(150.0, ANCHORS[2000][drag], 9.0)),
            (*ANCHORS[7000][:2], strike(10.0, ANCHORS[7000][drag], 10.0)),
        ]

    return Corridor(
        straight_frame(100.0),
        soil_class=lambda kp: "sand" if kp < 50.0 else "mud",
        anchors=anchors,
        config={
            "soil": {"classes": {"sand": {"penetration_f": 0.9}}},
            "acceptance": {"route_strikes_per_yr": 1e-3},
            "burial": {"minimum_target_dol_m": []},
            "uncertainty": NO_SPREAD,
        },
    )
