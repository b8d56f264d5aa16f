"""Density rasters in place of AIS: exact means, modelled ships, blanks that stay blank, and the same strikes."""

from __future__ import annotations

import dataclasses
import itertools
import json
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from exactextract import exact_extract
from pydantic import ValidationError

from pipeline.config import Config
from pipeline.config.corridor import SourceSection
from pipeline.config.shipping import ShippingSection
from pipeline.errors import ConfigError, DataError
from pipeline.geo import Frame, read_band
from pipeline.hazards.shipping import density_step, fleet_step, strikes, traffic_step
from pipeline.hazards.shipping.density_ships import shared_us, typical_ships
from pipeline.hazards.shipping.drag import drag_m
from pipeline.hazards.shipping.explain import explain_station
from pipeline.hazards.shipping.explain_text import station_sections
from pipeline.hazards.shipping.exposure import panel_edges_km
from pipeline.hazards.shipping.ships import fleet
from pipeline.hazards.shipping.tables import PASSAGES, shaped
from pipeline.quality.roles import check_roles
from pipeline.sources.densities import density_tile
from pipeline.sources.densities.density_tile import check_density
from pipeline.store.step import Facts, FilePart, StepContext
from pipeline.workspace import SourceFiles
from tests.hazards.shipping_builders import straight_frame, strikes_context
from tests.sources.rasters_on_disk import write_raster

HOUR_US = 3_600_000_000
NO_AIS: Facts = {"assessed": False, "provenance": "", "sources": [], "summary": "not assessed: no AIS", "findings": []}


def raster_over(
    frame: Frame, path: Path, pixel_m: float = 1000.0, value: float | None = None, hole: bool = False, seed: int = 0
) -> Path:
    """A density raster over the frame and a little around it; in a hole along the middle it has no value."""
    west, south, east, north = frame.grid.bounds
    shape = int((north - south) / pixel_m) + 4, int((east - west) / pixel_m) + 4
    values = np.random.default_rng(seed).gamma(0.5, 20.0, shape) if value is None else np.full(shape, value)
    if hole:
        values[shape[0] // 2 : shape[0] // 2 + 3] = -9999.0
    at = Affine(pixel_m, 0, west - 1.3 * pixel_m, 0, -pixel_m, north + 1.7 * pixel_m)
    return write_raster(path, values.astype("float32"), transform=at, nodata=-9999.0)


def density(*paths: Path, name: str = "emodnet", **settings: object) -> SourceFiles:
    told = {"role": "ship_density", "files": "x", "per": "month", "provenance": "public", **settings}
    return SourceFiles(name, SourceSection.model_validate(told), tuple(sorted(paths)))


def run_density(
    root: Path, frame: Frame, *sources: SourceFiles, config: Config | None = None, told_of_ais: Facts = NO_AIS
) -> tuple[Path, Facts]:
    """Run the work on each file, then the step."""
    config = (config or Config()).only("ais", "shipping")
    route, out = root / "route", root / "density"
    for folder in (route, out):
        folder.mkdir(parents=True, exist_ok=True)
    frame.save(route)
    parts = {}
    for source in sources:
        for number, path in enumerate(source.paths):
            folder = root / f"part-{source.name}-{number}"
            folder.mkdir(exist_ok=True)
            one = SourceFiles(source.name, source.section, (path,))
            facts = density_tile.run(StepContext(config, (one,), {"route": route}, {}, folder, log=lambda line: None))
            parts[source.name, path] = FilePart(folder, json.loads(json.dumps(facts)))
    facts = density_step.run(
        StepContext(config, sources, {"route": route}, {"ais": told_of_ais}, out, parts=parts, log=lambda line: None)
    )
    json.dumps(facts, allow_nan=False)
    return out, facts


def exact_means(path: Path, shapes: list[shapely.Geometry], crs: str) -> np.ndarray:
    frame = gpd.GeoDataFrame(geometry=shapes, crs=crs)
    return np.array([f["properties"]["mean"] for f in exact_extract(str(path), frame, ["mean"])], dtype=float)


@pytest.mark.parametrize(("pixel_m", "off"), [(1000.0, 0.03), (250.0, 0.06), (40.0, 0.08), (3000.0, 0.01)])
def test_means_are_those_of_exactextract(tmp_path, pixel_m, off):
    """Cells and strips; ``off`` is the share of the spread between pixels that cutting them into parts may cost."""
    frame = straight_frame(6.0)
    path = raster_over(frame, tmp_path / "d.tif", pixel_m)
    out, _ = run_density(tmp_path, frame, density(path))
    x, y, half = frame.cells["x_m"], frame.cells["y_m"], frame.grid.cell_m / 2
    wanted = exact_means(path, list(shapely.box(x - half, y - half, x + half, y + half)), frame.grid.crs)
    got = pd.read_parquet(out / "density_cells.parquet")["h_per_km2_yr"] / 12
    spread = wanted.std()
    assert np.abs(got - wanted).max() < 8 * off * spread
    assert np.sqrt(np.mean((got - wanted) ** 2)) < off * spread
    assert got.mean() == pytest.approx(wanted.mean(), rel=0.02)

    edges = frame.route.xy(panel_edges_km(frame))[1]
    x0 = float(frame.stations["x_m"].iloc[0])
    strips = [shapely.box(x0 - 1000, a, x0 + 1000, b) for a, b in itertools.pairwise(edges)]
    wanted = exact_means(path, strips, frame.grid.crs)
    got = pd.read_parquet(out / "density_stations.parquet")["h_per_km2_yr"] / 12
    assert np.sqrt(np.mean((got - wanted) ** 2)) < max(2 * off, 0.08) * wanted.std()
    assert got.mean() == pytest.approx(wanted.mean(), rel=0.03)


def test_an_even_raster_gives_its_hours_to_every_place_and_ship(tmp_path):
    frame = straight_frame(6.0)
    path = raster_over(frame, tmp_path / "d.tif", value=2.5)
    out, facts = run_density(tmp_path, frame, density(path))
    cells = pd.read_parquet(out / "exposure_cells.parquet")
    assert (cells.groupby("cell")["hours_us"].sum() == round(2.5 * 12 * 0.0625 * HOUR_US)).all()
    assert cells["cell"].nunique() == len(frame.cells)
    ships = pd.read_parquet(out / "particulars.parquet")
    by_ship = cells.groupby("ship")["hours_us"].sum().to_numpy()
    assert by_ship / by_ship.sum() == pytest.approx(ships["share"].to_numpy(), rel=1e-6)
    stations = pd.read_parquet(out / "exposure_stations.parquet").groupby("station")["hours_us"].sum() / HOUR_US
    wanted = 2.5 * 12 * 2.0 * np.diff(panel_edges_km(frame))
    assert stations.to_numpy() == pytest.approx(wanted, rel=1e-9)
    assert (facts["assessed"], facts["provenance"], facts["years_covered"]) == (True, "modelled", 1.0)
    assert not any("ships of other types" in text for text in facts["findings"])
    yearly, _ = run_density(tmp_path / "y", frame, density(path, per="year"))
    assert pd.read_parquet(yearly / "density_cells.parquet")["h_per_km2_yr"].unique() == pytest.approx([2.5])
    isotropic, _ = run_density(
        tmp_path / "i", frame, density(path), config=Config.model_validate({"ais": {"direction": "isotropic"}})
    )
    less = pd.read_parquet(isotropic / "exposure_cells.parquet")["hours_us"].sum() / cells["hours_us"].sum()
    assert less == pytest.approx(2 / np.pi, rel=1e-6)


def test_months_are_averaged_and_tiles_joined(tmp_path):
    frame = straight_frame(6.0)
    months = [raster_over(frame, tmp_path / f"{month}.tif", value=float(month)) for month in (1, 2, 6)]
    out, _ = run_density(tmp_path / "m", frame, density(*months))
    assert pd.read_parquet(out / "density_stations.parquet")["h_per_km2_yr"].unique() == pytest.approx([36.0])
    west, south, east, north = frame.grid.bounds
    middle = (south + north) / 2
    tiles = []
    for name, top, bottom, value in (
        ("north", north + 1000, middle + 40, 5.0),
        ("south", middle + 40, south - 1000, 9.0),
    ):
        count = int((top - bottom) / 100)
        at = Affine(100, 0, west - 500, 0, -100, top)
        tiles.append(
            write_raster(
                tmp_path / f"{name}.tif",
                np.full((count, int((east - west) / 100) + 10), value, "float32"),
                transform=at,
            )
        )
    out, _ = run_density(tmp_path / "t", frame, density(*tiles, per="year"))
    cells = pd.read_parquet(out / "density_cells.parquet")["h_per_km2_yr"]
    assert cells.min() == 5.0
    assert cells.max() == 9.0
    seam = cells[(cells > 5.0) & (cells < 9.0)]
    assert frame.cells["y_m"][seam.index].nunique() <= 1


def test_no_value_is_not_zero(tmp_path):
    frame = straight_frame(12.0)
    path = raster_over(frame, tmp_path / "d.tif", value=1.0, hole=True)
    out, facts = run_density(tmp_path, frame, density(path))
    stations = pd.read_parquet(out / "density_stations.parquet")["h_per_km2_yr"]
    blank = stations.isna()
    assert 20 < blank.sum() < 40
    assert stations[~blank].unique() == pytest.approx([12.0])
    assert facts["unknown_km"] == pytest.approx(frame.stations["length_km"][blank].sum(), abs=1e-3)
    assert any("blank there" in finding for finding in facts["findings"])
    # Beside the hole, smoothing must not take what is not known for no ships.
    held = pd.read_parquet(out / "exposure_stations.parquet").groupby("station")["hours_us"].sum()
    assert held[blank[blank].index].to_numpy() == pytest.approx(held[50], rel=0.01)
    away = write_raster(tmp_path / "away.tif", np.ones((5, 5), "float32"))
    empty, told = run_density(tmp_path / "e", frame, density(away))
    assert told["assessed"] is False
    assert told["summary"] == "not assessed: the density rasters have no value in the corridor"
    assert told["findings"] == [f"ships are {told['summary']}; check CRS, extent and nodata"]
    assert pd.read_parquet(empty / "density_cells.parquet")["h_per_km2_yr"].isna().all()
    _, none = run_density(tmp_path / "n", frame)
    assert none["summary"] == "not assessed: no density raster is configured"
    assert none["findings"] == []


@pytest.mark.parametrize(("hours_a_month", "doubted"), [(729.0, False), (731.0, True)])
def test_more_ships_than_a_sea_has_are_doubted(tmp_path, hours_a_month, doubted):
    frame = straight_frame(6.0)
    path = raster_over(frame, tmp_path / "d.tif", value=hours_a_month)
    _, facts = run_density(tmp_path, frame, density(path))
    assert facts["assessed"]
    assert any("8,772 ship-hours per km2 and year beside the cable" in told for told in facts["findings"]) is doubted


def test_types_add_up_and_sources_fill_each_other(tmp_path):
    frame = straight_frame(12.0)
    tankers = raster_over(frame, tmp_path / "tankers.tif", value=3.0)
    ferries = raster_over(frame, tmp_path / "ferries.tif", value=1.0, hole=True)
    older = raster_over(frame, tmp_path / "older.tif", value=2.0)
    best = density(ferries, name="ferries", ship_type="ferry", per="year")
    both = density(tankers, name="tankers", ship_type="tanker", per="year"), best
    out, facts = run_density(tmp_path / "a", frame, *both)
    total = pd.read_parquet(out / "density_stations.parquet")["h_per_km2_yr"]
    assert total.dropna().unique() == pytest.approx([4.0])
    assert total.isna().any()  # ferries are not known there, so the sum is not
    assert facts["ship_types"] == ["ferry", "tanker"]
    (told,) = (text for text in facts["findings"] if "ships of other types" in text)
    assert told.startswith("density rasters of ferry, tanker only")
    assert "dry_cargo" in told
    ships = pd.read_parquet(out / "particulars.parquet")
    assert ships["raster"].tolist() == ["ferry"] + ["tanker"] * 3
    filled, _ = run_density(tmp_path / "b", frame, *both, density(older, name="older", ship_type="ferry", per="year"))
    assert set(pd.read_parquet(filled / "density_stations.parquet")["h_per_km2_yr"].round(6)) == {4.0, 5.0}


def test_typical_ships_have_the_deadweight_that_they_stand_for():
    section = ShippingSection()
    ships = fleet(typical_ships(["all", *section.ship_types], section), section)
    stated = [s.dwt_t for kind in sorted(["all", *section.ship_types]) for s in section.density_ships.get(kind, ())]
    named = typical_ships(["all", *section.ship_types], section)
    of_mixes = named["raster"].isin(list(section.density_ships)).to_numpy()
    assert ships["dwt_t"].to_numpy()[of_mixes] == pytest.approx(stated, rel=1e-6)
    assert not ships["flags"].str.contains("capped").any()
    assert ships["dwt_class"][of_mixes].iloc[:3].tolist() == ["5000-7000", "10000-13000", "2000-3000"]
    lengths = {kind: value.typical_length_m for kind, value in section.ship_types.items()}
    alone = ships[~of_mixes]
    assert alone["length_m"].to_numpy() == pytest.approx(alone["type_class"].map(lengths).to_numpy())
    assert named.groupby("raster")["share"].sum().to_numpy() == pytest.approx(1.0)
    assert shared_us(np.array([10, 7, 0]), np.array([0.3, 0.3, 0.4])).tolist() == [[3, 3, 4], [2, 2, 3], [0, 0, 0]]


@pytest.mark.parametrize(
    ("value", "words"), [(-1.0, "never negative"), (1e9, "so many ship-hours"), (np.nan, "no value in any cell")]
)
def test_values_that_no_ships_can_make_are_refused(tmp_path, value, words):
    frame = straight_frame(6.0)
    path = raster_over(frame, tmp_path / "bad.tif", value=value)
    with pytest.raises(DataError, match=words) as caught:
        run_density(tmp_path, frame, density(path))
    assert str(path) in caught.value.where


def test_check_reads_density_rasters_and_takes_them_for_ships(tmp_path):
    frame = straight_frame(6.0)
    check_density(raster_over(frame, tmp_path / "good.tif"), density(tmp_path / "good.tif").section)
    bad = raster_over(frame, tmp_path / "bad.tif", value=-1.0)
    with pytest.raises(DataError, match="never negative"):
        check_density(bad, density(bad).section)
    told = {"sources": {"d": {"role": "ship_density", "files": "x", "per": "year"}}}
    for config, missing in ((Config.model_validate(told), False), (Config(), True)):
        found = [finding.message for finding in check_roles(config)]
        assert any("anchors: not assessed" in message for message in found) is missing


def test_a_unit_that_contradicts_is_refused(tmp_path):
    frame = straight_frame(6.0)
    path = raster_over(frame, tmp_path / "d.tif", value=1.0)
    with rasterio.open(path, "r+") as file:
        file.set_band_unit(1, "hours/km2/year")
    with pytest.raises(ConfigError, match=r"hours/km2/year.*month"):
        run_density(tmp_path, frame, density(path))
    run_density(tmp_path / "right", frame, density(path, per="year"))


def test_configuration_is_compared_with_itself():
    def sources(*rows: dict[str, str]) -> dict[str, object]:
        return {
            "sources": {
                f"s{n}": {"role": "ship_density", "files": "x", "per": "year", **row} for n, row in enumerate(rows)
            }
        }

    Config.model_validate(sources({"ship_type": "tanker"}, {"ship_type": "other"}))
    for bad, words in (
        (sources({"ship_type": "submarine"}), "submarine"),
        (sources({}, {"ship_type": "tanker"}), "count these twice"),
        ({"sources": {"d": {"role": "ship_density", "files": "x"}}}, "needs per"),
        ({"sources": {"d": {"role": "ais", "files": "x", "per": "year"}}}, "ship_type and per"),
        ({"shipping": {"density_ships": {"tanker": [{"type": "tanker", "dwt_t": 9, "share": 0.5}]}}}, "add up to 1"),
        ({"shipping": {"density_ships": {"kayak": [{"type": "tanker", "dwt_t": 9, "share": 1}]}}}, "kayak"),
    ):
        with pytest.raises(ValidationError, match=words):
            Config.model_validate(bad)


def test_ais_wins_and_says_so(tmp_path):
    frame = straight_frame(6.0)
    path = raster_over(frame, tmp_path / "d.tif", value=1.0)
    _, facts = run_density(tmp_path, frame, density(path), told_of_ais={"assessed": True})
    assert (facts["assessed"], facts["sources"]) == (False, [])
    assert facts["findings"] == ["AIS tells of ships, so that density rasters are not used: emodnet"]


def shipped(root: Path, frame: Frame, density_facts: Facts, config: Config | None = None) -> dict[str, Facts]:
    """Run ships and traffic after the density step."""
    config = config or Config()
    facts: dict[str, Facts] = {"ais": NO_AIS, "density": density_facts}
    folders = {name: root / name for name in ("route", "ais", "density", "ships", "traffic")}
    for step, run in (("ships", fleet_step.run), ("traffic", traffic_step.run)):
        folders[step].mkdir(exist_ok=True)
        view = config.only("ais", "shipping")
        facts[step] = run(StepContext(view, (), folders, dict(facts), folders[step], log=lambda line: None))
        json.dumps(facts[step], allow_nan=False)
    return facts


def test_without_ais_the_density_raster_is_the_exposure(tmp_path):
    """Traffic says so, hours are drawn, passages stay blank; strikes are those of an AIS year with the same hours."""
    frame = straight_frame(12.0)
    path = raster_over(frame, tmp_path / "d.tif", value=4.0, hole=True)
    _, facts = run_density(tmp_path, frame, density(path))
    told = shipped(tmp_path, frame, facts)
    traffic = told["traffic"]
    assert (traffic["exposure"], traffic["provenance"], traffic["passages_per_yr"]) == ("density", "modelled", None)
    assert "density rasters" in traffic["summary"]
    assert "passages are not assessed" in traffic["summary"]
    for name in ("passages", "sections"):
        assert len(pd.read_parquet(tmp_path / "traffic" / f"{name}.parquet")) == 0
    at = frame.cells["row"], frame.cells["col"]
    known = pd.read_parquet(tmp_path / "density" / "density_cells.parquet")["h_per_km2_yr"].notna().to_numpy()
    for name in ("ship_passages", "ship_km"):
        assert np.isnan(read_band(tmp_path / "traffic" / f"{name}.tif")).all()
    with rasterio.open(tmp_path / "traffic" / "ship_hours.tif") as file:
        assert file.tags()["provenance"] == "modelled"
        assert "from density rasters" in file.tags()["description"]
        bands = [read_band(tmp_path / "traffic" / "ship_hours.tif", band)[at] for band in file.indexes]
    assert bands[0][known] == pytest.approx(48.0)
    assert np.isnan(bands[0][~known]).all()
    assert np.sum(bands[1:], axis=0)[known] == pytest.approx(48.0, rel=1e-5)

    n = len(frame.stations)
    of_density = strikes_context(tmp_path, frame, NO_AIS, np.full(n, 40.0), ["sand"] * n)
    of_density = dataclasses.replace(
        of_density,
        inputs={**of_density.inputs, "density": tmp_path / "density"},
        facts={**of_density.facts, "density": facts, "traffic": traffic, "ships": told["ships"]},
    )
    # strikes_context ran the ships step without the density step: run it again as planned.
    shipped(tmp_path, frame, facts)
    struck = strikes.run(of_density)
    json.dumps(struck, allow_nan=False)
    assert struck["provenance"] == "modelled"
    assert struck["sources"] == [density(path).facts]
    assert struck["passages_per_yr"] is None
    stations = pd.read_parquet(of_density.out / "stations.parquet")
    rate = stations["anchor_strike_per_km_yr"]
    blank = pd.read_parquet(tmp_path / "density" / "density_stations.parquet")["h_per_km2_yr"].isna()
    assert rate.isna().equals(blank)
    assert blank.any()
    assert stations["passages_per_km_yr"].isna().all()

    as_ais = tmp_path / "as-ais"
    shutil.copytree(tmp_path / "route", as_ais / "route")
    shutil.copytree(tmp_path / "density", as_ais / "ais")
    for name in ("density_stations", "density_cells"):
        (as_ais / "ais" / f"{name}.parquet").unlink()
    cells = pd.read_parquet(as_ais / "ais" / "exposure_cells.parquet").rename(columns={"hours_us": "weighted_us"})
    cells.to_parquet(as_ais / "ais" / "cell_traffic.parquet")
    shaped(None, PASSAGES).to_parquet(as_ais / "ais" / "passages.parquet")
    again = strikes_context(as_ais, frame, NO_AIS, np.full(n, 40.0), ["sand"] * n)
    shutil.copy(tmp_path / "ships" / "ships.parquet", as_ais / "ships" / "ships.parquet")
    year = {**facts, "passages_per_yr": 0.0}
    again = dataclasses.replace(again, facts={**again.facts, "ais": year, "ships": told["ships"]})
    strikes.run(again)
    same = pd.read_parquet(again.out / "stations.parquet")["anchor_strike_per_km_yr"]
    assert same[~blank].tolist() == rate[~blank].tolist()
    assert same.notna().all()
    in_cells = [pd.read_parquet(of.out / "cells.parquet")["anchor_strike_per_km_yr"] for of in (of_density, again)]
    assert in_cells[0].isna().to_numpy().tolist() == (~known).tolist()
    assert in_cells[0][known].tolist() == in_cells[1][known].tolist()
    # By hand: hours x share x drag x P_wd over the modelled ships, for one station far from the hole.
    ships = pd.read_parquet(tmp_path / "ships" / "ships.parquet")
    config = Config()
    share = pd.read_parquet(tmp_path / "density" / "particulars.parquet")["share"].to_numpy()
    drag = np.array([drag_m(w, a, config.soil.classes["sand"].holding, config.shipping)
                     for w, a in zip(ships["displacement_t"], ships["anchor_kg"], strict=True)]).ravel()  # fmt: skip
    assert rate[20] == pytest.approx(0.1752 / 8760 * 48.0 * (share * drag).sum() / 1000, rel=1e-6)


@pytest.mark.parametrize(
    ("direction", "words"),
    [("cautious", "direction factor 1 (density rasters tell no headings)"),
     ("isotropic", "direction factor 0.63662 ([ais] direction is isotropic)")],
)  # fmt: skip
def test_explain_calls_modelled_ships_so_and_names_the_factor_that_counts(tmp_path, direction, words):
    frame, config = straight_frame(6.0), Config.model_validate({"ais": {"direction": direction}})
    _, facts = run_density(tmp_path, frame, density(raster_over(frame, tmp_path / "d.tif", value=4.0)), config=config)
    n = len(frame.stations)
    context = strikes_context(tmp_path, frame, NO_AIS, np.full(n, 40.0), ["sand"] * n)
    told = shipped(tmp_path, frame, facts, config)
    folders = {**context.inputs, "density": tmp_path / "density", "traffic": tmp_path / "traffic"}
    context = dataclasses.replace(
        context, inputs=folders, facts={**context.facts, **told, "shipping": {}, "density": facts}
    )
    strikes.run(context)
    found = explain_station({**folders, "shipping": context.out}, context.facts, 20, config)
    sections = {title: dict(lines) for title, lines in station_sections(found, config.shipping)}
    assert words in sections["Anchors: ship-time here"]["at the station"]
    assert "cautious" not in sections["Anchors: ship-time here"]["at the station"]
    ships = [lines["particulars"] for lines in sections.values() if "particulars" in lines]
    assert len(ships) == len(pd.read_parquet(tmp_path / "ships" / "ships.parquet")) == found["totals"]["ships"]
    assert all("(modelled; typical of the class)" in text and "AIS" not in text for text in ships)


def test_ships_at_neither_are_not_assessed(tmp_path):
    frame = straight_frame(6.0)
    _, facts = run_density(tmp_path, frame)
    told = shipped(tmp_path, frame, facts)
    assert (told["traffic"]["assessed"], told["traffic"]["exposure"]) == (False, "")
    assert told["traffic"]["summary"] == NO_AIS["summary"]
    with rasterio.open(tmp_path / "traffic" / "ship_hours.tif") as file:
        assert file.tags()["provenance"] == "not assessed"
        assert (file.read() == file.nodata).all()
