"""`corridor explain`: a reviewer redoes every ship of a station from the printed text, and the sums close."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.config import Config
from pipeline.config.shipping import ShippingSection
from pipeline.hazards.shipping import strikes
from pipeline.hazards.shipping.explain import explain_station
from pipeline.hazards.shipping.explain_passages import _of_class, passage_lines
from pipeline.hazards.shipping.explain_size import size_lines
from pipeline.hazards.shipping.explain_text import SHIPS, station_sections
from pipeline.hazards.shipping.noted import origins_of
from pipeline.hazards.shipping.particulars import particulars
from pipeline.hazards.shipping.registered import match
from pipeline.hazards.shipping.ships import fleet
from pipeline.hazards.shipping.tables import SHIPS as COLUMNS
from pipeline.hazards.shipping.tables import shaped
from pipeline.sources.ships.registry import NUMBERS, WORDS
from tests.hazards.shipping_builders import straight_frame, strikes_context

CONFIG, YEARS, STATION, DEPTH_M = Config(), 0.5, 21, 100.0
NAN = float("nan")
# vessel type, length, beam, draught: as stated; high holding power; registered; nothing; capped; clamped; tiny.
FLEET = [
    (80, 140.85, 16.7, 4.5), (70, 120.0, 16.0, 5.0), (80, 140.0, 16.7, 4.5), (NAN, NAN, NAN, NAN),
    (60, 200.0, 30.0, 7.0), (70, 120.0, 16.0, 40.0), (30, 18.0, 5.5, 2.0), (70, 300.0, 45.0, 15.0),
]  # fmt: skip
REGISTRY = {
    273000002: {"anchor_type": "hhp"},
    273000003: {"dwt_t": 6000.0, "anchor_kg": 3000.0, "chain_m": 500.0, "fluke_length_m": 1.2, "beam_m": 16.5},
    273000005: {"displacement_t": 17000.0, "equipment_number": 1150.0},
}


def registry() -> pd.DataFrame:
    blank = {"imo": NAN, **dict.fromkeys(NUMBERS, NAN), **dict.fromkeys(WORDS, ""), "file": "r.csv", "source": 0}
    rows = [{**blank, "mmsi": float(mmsi), "line": at, **said} for at, (mmsi, said) in enumerate(REGISTRY.items(), 2)]
    return pd.DataFrame(rows)


class World:
    """One run of the steps ships and shipping over made-up ship-time."""

    def __init__(self, root: Path, soil: str = "sand", config: Config = CONFIG) -> None:
        self.config = config
        frame = straight_frame(10.0, 200.0, 600.0)
        rng = np.random.default_rng(7)
        stations, ships = np.arange(len(frame.stations)), np.arange(len(FLEET))
        at, who = (axis.ravel() for axis in np.meshgrid(stations, ships, indexing="ij"))
        ais = root / "ais"
        ais.mkdir(parents=True)
        (root / "route").mkdir()
        frame.save(root / "route")
        time = pd.DataFrame(
            {"station": at.astype("int32"), "ship": who.astype("int32"), "hours_us": rng.integers(1, 4e10, len(at))}
        )
        time.to_parquet(ais / "exposure_stations.parquet", index=False)
        cells = time.rename(columns={"station": "cell", "hours_us": "weighted_us"})
        cells.to_parquet(ais / "cell_traffic.parquet", index=False)
        count = 400
        kp = np.sort(rng.uniform(0, 10, count))
        passages = pd.DataFrame(
            {
                "station": np.clip(np.rint(kp / 0.2), 0, len(stations) - 1).astype("int32"), "kp_km": kp, "lon": 51.0,
                "lat": 42.0, "time_us": rng.integers(1735689600, 1735689600 + 180 * 86400, count) * 1_000_000,
                "speed_kn": rng.uniform(5, 15, count), "angle_deg": rng.uniform(0, 90, count),
                "course_deg": rng.choice([80.0, 268.0, NAN], count), "heading_deg": NAN, "draught_m": 4.0,
                "ship": rng.integers(0, len(FLEET), count).astype("int32"),
            }
        )  # fmt: skip
        passages.to_parquet(ais / "passages.parquet", index=False)
        statics = pd.DataFrame(FLEET, columns=["vessel_type", "length_m", "beam_m", "draught_m"])
        statics = statics.assign(mmsi=273000001 + ships, imo=NAN, name=[f"SHIP {n}" for n in ships], reports=5)
        statics.to_parquet(ais / "statics.parquet", index=False)
        facts = {
            "assessed": True, "provenance": "public", "sources": [], "summary": "", "years_covered": YEARS,
            "exposure_half_width_m": 1000.0, "passages_per_yr": count / YEARS, "direction": "cautious",
            "coverage": {"silent_share": 0.2, "suggested_factor": 1.25},
        }  # fmt: skip
        soils = [soil] * len(stations)
        context = strikes_context(root, frame, facts, np.full(len(stations), DEPTH_M), soils, config)
        stated = particulars(statics, CONFIG.shipping)
        self.ships = fleet(stated, CONFIG.shipping, match(stated, registry(), CONFIG.shipping)[0])
        shaped(self.ships, COLUMNS).to_parquet(root / "ships" / "ships.parquet", index=False)
        strikes.run(context)
        (root / "traffic").mkdir()
        classes = self.ships["dwt_class"].to_numpy()[passages["ship"]]
        passages.assign(dwt_class=classes).to_parquet(root / "traffic" / "passages.parquet", index=False)
        self.passages = passages
        self.folders = {**context.inputs, "shipping": context.out, "traffic": root / "traffic"}
        self.facts = dict(context.facts)

    def explain(self, top: int | None = 10) -> dict[str, Any]:
        found = explain_station(self.folders, self.facts, STATION, self.config, top=top)
        assert found is not None
        json.dumps(found, allow_nan=False)
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("explain"))


def told(world: World, top: int | None = 10) -> dict[str, dict[str, str]]:
    return {title: dict(lines) for title, lines in station_sections(world.explain(top), world.config.shipping)}


def ship_sections(sections: dict[str, dict[str, str]]) -> dict[int, dict[str, str]]:
    """The text of each ship by her MMSI."""
    titles = {title: re.match(r"Anchors: ship \d+, (\d+)", title) for title in sections}
    return {int(found[1]): sections[title] for title, found in titles.items() if found}


def redone(text: str) -> tuple[float, float]:
    """Return what the last printed formula of a line gives on paper, and what the line says it gives."""
    parts = [part.replace("h/km2/yr", "").replace(" km", "").split(": ")[-1] for part in text.split(" = ")]
    pairs = [
        (formula.replace(" x ", " * ").replace("^", "**"), float(found[0]))
        for formula, result in itertools.pairwise(parts)
        if re.fullmatch(r"[0-9.e+\-*/()x^ ]+", formula) and (found := re.match(r"[0-9.e+-]+", result))
    ]
    assert pairs, text
    formula, printed = pairs[-1]
    return float(eval(formula, {"__builtins__": {}})), printed  # noqa: S307 - digits and signs only


FORMULAS = ("penetration", "holding capacity", "drag", "ship-time", "strikes", "accidental release")


def test_every_step_of_every_ship_can_be_redone_on_paper(world: World) -> None:
    ships = ship_sections(told(world))
    assert set(ships) == set(range(273000001, 273000001 + len(FLEET)))
    for text in ships.values():
        for label in (*FORMULAS, *(made for made in ("beam", "draught") if made in text)):
            by_hand, printed = redone(text[label])
            assert by_hand == pytest.approx(printed, rel=1e-3, abs=1e-30), (label, text[label])


def test_one_ship_from_her_size_to_her_strikes(world: World) -> None:
    """Only what is printed as particulars, hours, depth and soil is taken; all else is worked out anew (METHODS 1)."""
    text = ship_sections(told(world))[273000001]
    length, beam, draught = (
        float(re.findall(rf"{name} ([0-9.]+) m", text["particulars"])[0]) for name in ("length", "beam", "draught")
    )
    weight = 1009 * length * beam * draught * 0.93 / 1000
    assert redone(text["displacement"]) == pytest.approx((weight, weight), rel=1e-3)
    number = 1.7 * weight ** (2 / 3)
    assert redone(text["equipment number"]) == pytest.approx((number, number), rel=1e-3)
    assert redone(text["deadweight"])[1] == pytest.approx(weight * 0.75, rel=1e-3)
    assert "EN over 780 up to 840: 2460 kg" in text["anchor"]  # IACS UR A1
    assert "EN up to 910: 467.5 m" in text["chain"]
    fluke = 0.8 * 2.46 ** (1 / 3)
    assert redone(text["fluke"]) == pytest.approx((fluke, fluke), rel=1e-3)
    assert redone(text["penetration"])[1] == pytest.approx(0.707 * fluke, rel=1e-3)
    capacity = 196 * (2460 / 4536) ** 0.8
    assert redone(text["holding capacity"])[1] == pytest.approx(capacity, rel=1e-3)
    drag = weight * 1000 * (4 * 1852 / 3600) ** 2 / (2 * capacity * 1000)
    assert redone(text["drag"])[1] == pytest.approx(drag, rel=1e-3)
    p_wd = (467.5 / 2 - 100) / (467.5 / 2 - 467.5 / 6)
    assert redone(text["P_wd"]) == pytest.approx((p_wd, p_wd), rel=1e-3)
    hours = float(re.findall(r"([0-9.e+-]+) h/km2/yr", text["strikes"])[0])
    rate = 0.1752 / 8760 * hours * drag / 1000 * p_wd
    assert redone(text["strikes"])[1] == pytest.approx(rate, rel=1e-3)
    total = pd.read_parquet(world.folders["shipping"] / "stations.parquet")["anchor_strike_per_km_yr"][STATION]
    assert float(text["share"].split("%")[0]) / 100 == pytest.approx(rate / total, rel=1e-3)


def test_where_values_come_from_is_told(world: World) -> None:
    ships = ship_sections(told(world))
    assert "high holding power: x 0.75" in ships[273000002]["anchor"]
    registered = ships[273000003]
    assert "beam 16.5 m (registry, by MMSI)" in registered["particulars"]
    assert registered["displacement"].startswith("registered deadweight / Cd = 6000 / 0.75 = 8000 t")
    assert (registered["anchor"], registered["chain"]) == (
        "3000 kg (registry, by MMSI)", "500 m, both sides (registry, by MMSI)",
    )  # fmt: skip
    nothing = ships[273000004]
    assert "other (no AIS type; not stated)" in nothing["particulars"]
    assert "draught estimated" in nothing["doubted, estimated or cut"]
    assert ships[273000005]["displacement"] == "17000 t (registry, by MMSI)"
    assert "AIS says 40 m" in ships[273000006]["particulars"]
    assert ships[273000006]["draught"].endswith("0.55 x 16 = 8.8 m")
    assert ships[273000008]["draught"] == "cut as the weight is: 15 x 0.107792 = 1.61688 m"
    assert "2100 / 1000" in ships[273000002]["fluke"]  # of the stockless anchor, though hers has 1575 kg
    assert "over the ceiling, so 18060 t" in ships[273000008]["displacement"]
    assert "(d2 - d) / (d2 - d1) = (110 - 100) / (110 - 36.6667) = 0.136" in ships[273000007]["P_wd"]


def test_sizes_that_are_made_of_others_say_how() -> None:
    """Which median, of how many ships, which factor: a tanker without dimensions, one too deep, one too shallow."""
    said = [(80, 160.0, 20.0, 8.0)] * 6
    said += [(80, NAN, NAN, NAN), (80, 100.0, 20.0, 12.0), (80, 100.0, 14.0, 1.2), (80, NAN, 14.0, 5.0)]
    stated = pd.DataFrame(said, columns=["vessel_type", "length_m", "beam_m", "reported_draught_m"])
    ships = fleet(stated.assign(mmsi=range(len(said)), name=""), ShippingSection(max_dwt_t=1e6, max_displacement_t=1e6))
    lines = [dict(size_lines(plain(row), CONFIG.shipping)) for row in ships.to_dict("records")]
    assert (
        lines[6]["length"]
        == "of the larger of 140 m, typical of her type, and 160 m, the median of 8 ships of it: 160 m"
    )
    usual = "a draught / length of the larger of 0.0454545, typical of her type, and 0.05, the median of 8 ships of it"
    assert lines[6]["draught"] == f"{usual}: 0.05 x 160 = 8 m"
    assert lines[7]["draught"] == f"at most 1.2 times {usual}: 1.2 x 0.05 x 100 = 6 m"
    low = "at least 0.3 times the median draught / length, 0.05, of 8 ships of her type: 0.3 x 0.05 x 100 = 1.5 m"
    assert lines[8]["draught"] == low
    assert lines[9]["length"] == "beam x L/B = 14 x 8.5 = 119 m"
    assert not {"length", "beam", "draught"} & set(lines[0])


def plain(row: dict[Any, Any]) -> dict[str, Any]:
    """Return a ship's row as ``ship_numbers`` tells it."""
    kind = CONFIG.shipping.ship_types[row["type_class"]]
    row = {name: None if isinstance(value, float) and np.isnan(value) else value for name, value in row.items()}
    return {
        **row, "flags": row["flags"].split(), "origins": origins_of(row["origins"]),
        "block_coefficient": kind.block_coefficient, "dwt_per_displacement": kind.dwt_per_displacement,
    }  # fmt: skip


def test_all_ships_add_up_to_the_stations_number(world: World) -> None:
    of_station = pd.read_parquet(world.folders["shipping"] / "stations.parquet").iloc[STATION]
    for top in (0, 3, None):
        numbers = world.explain(top)
        listed = sum(ship["strike_per_km_yr"] + ship["routine_strike_per_km_yr"] for ship in numbers["ships"])
        assert listed + numbers["others"]["strike_per_km_yr"] == pytest.approx(of_station["anchor_strike_per_km_yr"])
        assert len(numbers["ships"]) + numbers["others"]["ships"] == numbers["totals"]["ships"] == len(FLEET)
        assert sum(one["strike_per_km_yr"] for one in numbers["classes"]) == pytest.approx(
            listed + numbers["others"]["strike_per_km_yr"]
        )
        assert abs(numbers["totals"]["off"]) < 1e-9
        assert numbers["totals"]["accidental_sum_per_km_yr"] == pytest.approx(of_station["accidental_strike_per_km_yr"])
    assert told(world)["Anchors: do the ships add up"]["the station's own number"].endswith(", the same")


def test_growth_of_traffic_is_in_every_formula_and_in_the_sum(world: World, tmp_path: Path) -> None:
    grown = World(tmp_path, config=Config.model_validate({"shipping": {"traffic_growth_pct": 30.0}}))
    sections, before = told(grown), told(world)
    assert "growth of traffic x 1.3" in sections["Anchors: ship-time here"]["rate of a ship-hour"]
    ships, without = ship_sections(sections), ship_sections(before)
    for mmsi, text in ships.items():
        for label in ("strikes", "accidental release"):
            by_hand, printed = redone(text[label])
            assert by_hand == pytest.approx(printed, rel=1e-3, abs=1e-30)
            assert printed == pytest.approx(1.3 * redone(without[mmsi][label])[1], rel=1e-3, abs=1e-30)
    assert sections["Anchors: do the ships add up"]["the station's own number"].endswith(", the same")


def test_what_does_not_add_up_is_said(world: World, tmp_path: Path) -> None:
    stations = pd.read_parquet(world.folders["shipping"] / "stations.parquet")
    for name in ("station_inputs", "station_anchors"):
        pd.read_parquet(world.folders["shipping"] / f"{name}.parquet").to_parquet(tmp_path / f"{name}.parquet")
    stations.assign(anchor_strike_per_km_yr=stations["anchor_strike_per_km_yr"] * 1.25).to_parquet(
        tmp_path / "stations.parquet"
    )
    found = explain_station({**world.folders, "shipping": tmp_path}, world.facts, STATION, CONFIG)
    lines = dict(dict(station_sections(found, CONFIG.shipping))["Anchors: do the ships add up"])
    assert lines["the station's own number"].endswith("which is off by -20.00%")


def test_ship_time_before_and_after_smoothing(world: World) -> None:
    time = pd.read_parquet(world.folders["ais"] / "exposure_stations.parquet")
    hours = time.loc[time["station"] == STATION, "hours_us"].sum() / 3.6e9
    exposure = world.explain()["exposure"]
    assert told(world)["Anchors: ship-time here"]["silences"].startswith("20.00% of the ships' time")
    assert exposure["hours"] == pytest.approx(hours)
    assert exposure["h_per_km2_yr"] == pytest.approx(hours / YEARS / (0.2 * 2.0), rel=1e-6)
    by_hand, printed = redone(told(world)["Anchors: ship-time here"]["at the station"])
    assert by_hand == pytest.approx(printed, rel=1e-3)
    for text in (
        told(world)["Anchors: ship-time here"]["smoothed"],
        ship_sections(told(world))[273000001]["ship-time"],
    ):
        by_hand, printed = redone(text)
        assert by_hand == pytest.approx(printed, rel=1e-3)
        assert text.count("0.08 x (") == 1  # panels of 200 m under a box of 2.5 km
    assert exposure["smoothed_h_per_km2_yr"] == pytest.approx(sum(s["h_per_km2_yr"] for s in world.explain()["ships"]))


def test_passages_around_by_class(world: World) -> None:
    found = world.explain()["passages"]
    kp = world.explain()["station"] * 0.2
    near = world.passages[np.abs(world.passages["kp_km"] - kp) <= 0.5]
    assert sum(one["passages"] for one in found) == len(near)
    for one in found:
        assert one["passages_per_yr"] == one["passages"] / YEARS
        assert sum(one["quarters"].values()) == one["passages"]
        assert set(one["courses"]) <= {"E", "W"}
        assert one["draught_median_m"] == 4.0


def test_words_of_passages_are_plain() -> None:
    """Digits that mean something, numbers instead of percent of a few, quarters as the year goes, medians named."""
    times = pd.to_datetime(["2025-07-01", "2025-01-01", "2025-08-01"], utc=True).as_unit("us").astype("int64")
    rows = pd.DataFrame(
        {
            "time_us": times, "speed_kn": [8.0123456, 9.0, 10.0], "angle_deg": 78.1539, "draught_m": NAN,
            "course_deg": [80.0, 268.0, 269.0],
        }
    )  # fmt: skip
    few = _of_class("0-500", rows, 0.7)
    assert passage_lines([few]) == [
        ("0-500 t", "4.286 a year (3 seen); medians: speed 9.0 kn, angle to the cable 78 deg, draught not stated; "
                    "courses: W 2, E 1; quarters: Dec-Feb 1, Jun-Aug 2")
    ]  # fmt: skip
    many = _of_class("0-500", pd.concat([rows] * 10), 1.0)
    assert passage_lines([many])[0][1].endswith("courses: W 67%, E 33%; quarters: Dec-Feb 33%, Jun-Aug 67%")
    assert passage_lines([]) == [("passages", "none")]


def test_one_ship_is_not_ships(world: World) -> None:
    assert told(world, len(FLEET) - 1)[SHIPS]["not listed"].startswith("1 more ship,")
    assert told(world, 1)["Anchors: do the ships add up"]["ships listed"].startswith("1 ship: ")
    assert any(text.startswith("1 ship, ") for text in told(world)["Anchors: by deadweight class"].values())


def test_ships_are_for_the_team(world: World) -> None:
    assert SHIPS in told(world)
    assert "for the team, not for publication" in SHIPS
    assert told(world, 1)[SHIPS]["not listed"].startswith("7 more ships")


def test_a_name_cannot_steer_a_terminal(world: World) -> None:
    numbers = world.explain(1)
    numbers["ships"][0]["name"] = "\x1b[2J\u202eA"
    sections = dict(station_sections(numbers, CONFIG.shipping))
    assert "?[2J?A" in dict(sections[SHIPS])["1"]
    assert all(text.isprintable() for title, lines in sections.items() for text in (title, *dict(lines).values()))


def test_not_assessed_is_said(world: World) -> None:
    off = {**world.facts, "ais": {**world.facts["ais"], "assessed": False}}
    assert explain_station(world.folders, off, STATION, CONFIG) is None
    assert station_sections(None, CONFIG.shipping) == [(SHIPS, [("ships", "not assessed here")])]
