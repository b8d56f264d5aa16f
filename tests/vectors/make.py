"""Write the vectors anew, by the pipeline's rules: ``python -m tests.vectors.make``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .python_rules import RULES, blanks

FOLDER = Path(__file__).parent
NAN = float("nan")
_SEED = 380


def strikes(rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    depths = [0.0, 0.3, 0.6, 1.0, 1.5, 2.0, 2.5, 3.0]
    anchors = [[0.57, 3e-6], [0.81, 2e-6], [1.05, 4e-6], [1.19, 5e-7]]
    shared = {"depths_m": depths, "depth_m": [*depths, None]}
    for f in (0.2, 0.707, 1.4, 3.0):
        for growth in (0.5, 1.0, 2.5):
            yield {
                **shared, "penetration_f": f, "anchors": anchors, "growth": growth,
                "fishing_per_km_yr": 2e-5, "gear_m": 0.3,
            }  # fmt: skip
    sand = {**shared, "penetration_f": 1.0, "growth": 1.5}
    yield {**sand, "anchors": [[1.0, 1e-6]], "fishing_per_km_yr": None, "gear_m": None}
    yield {**sand, "anchors": None, "fishing_per_km_yr": 1e-5, "gear_m": 0.6}
    yield {**sand, "anchors": None, "fishing_per_km_yr": 1e-5, "gear_m": None}
    yield {**sand, "anchors": None, "fishing_per_km_yr": None, "gear_m": None}
    yield {**sand, "anchors": [], "fishing_per_km_yr": 0.0, "gear_m": 0.0}


def acceptance(rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    asked = [
        {"tolerance_per_yr": tolerance, "growth": growth}
        for tolerance in (1e-2, 1e-3, 2e-4, 1e-5)
        for growth in (0.5, 1.0, 2.0)
    ]
    spread = {"seed": 7, "draws": 200, "penetration_cov": 0.25, "traffic_cov": 0.3}
    none = {**spread, "penetration_cov": 0.0, "traffic_cov": 0.0, "soil_strength": False, "draws": 1}
    anchors = [[0.57, 3e-6], [0.81, 2e-6], [1.05, 4e-6], [1.19, 5e-7]]
    soil = ["sand", "sand", "mud", "mud", "mud", "rock"]
    for station, allocation, uncertainty, f in (
        (0, "length", spread, 0.707), (3, "section", spread, 3.0), (9, "none", spread, 1.4), (0, "length", none, 2.0)
    ):  # fmt: skip
        yield {
            "acceptance": {"route_strikes_per_yr": 1e-3, "allocation": allocation}, "asked": asked,
            "length_km": [10.0, 40.0, 60.0, 25.0, 15.0, 30.0], "soil": soil, "station": station,
            "uncertainty": uncertainty, "anchors": anchors, "penetration_f": f,
            "depths_m": [0.0, 0.5, 0.9, 1.4, 1.9, 2.4, 2.9],
        }  # fmt: skip


def curves(rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    for knots in (1, 2, 3, 12):
        places = np.sort(rng.choice(900, knots, replace=False))[::-1]
        depths = np.sort(rng.integers(0, 6000, knots))
        asked = np.concatenate([rng.uniform(-50.0, 950.0, 40), places + 0.0])
        yield {"place": places.tolist(), "depth_mm": depths.tolist(), "asked": asked.tolist()}


def ladder(rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    blank = {
        "anchor_m": None, "fishing_required_m": None, "fishing_per_km_yr": None, "gear_m": None, "water_depth_m": 300.0,
        "bedform_m": None, "achievable_m": 2.0, "limit_per_km_yr": 2.6e-6,
    }  # fmt: skip
    edges: list[dict[str, float | None]] = [
        {}, {"anchor_m": 0.5}, {"anchor_m": 0.5 + 1e-12}, {"anchor_m": 0.501}, {"anchor_m": 0.0},
        {"anchor_m": 2.9}, {"anchor_m": 2.95}, {"anchor_m": 0.0, "water_depth_m": 15.0}, {"water_depth_m": 15.0},
        {"water_depth_m": 20.0}, {"water_depth_m": 200.0}, {"water_depth_m": 0.0, "anchor_m": 1.0},
        {"water_depth_m": None, "anchor_m": 1.0, "achievable_m": None},
        {"anchor_m": 0.4, "fishing_required_m": 0.4, "fishing_per_km_yr": 1e-5, "gear_m": 0.2},
        {"anchor_m": 0.3, "fishing_required_m": 0.0, "fishing_per_km_yr": 1e-5, "gear_m": 0.0},
        {"fishing_required_m": 0.0, "fishing_per_km_yr": 1e-7, "gear_m": 0.4},
        {"fishing_required_m": 0.7, "fishing_per_km_yr": 1e-5, "gear_m": 0.35, "bedform_m": 0.8},
    ]  # fmt: skip

    def some(low: float, high: float, known: float = 0.85) -> float | None:
        return round(float(rng.uniform(low, high)), 6) if rng.random() < known else None

    def any_place() -> dict[str, float | None]:
        fished = rng.random() < 0.85
        return {
            **blank,
            "anchor_m": some(-0.6, 3.4), "bedform_m": some(0.0, 0.9, 0.3), "water_depth_m": some(-5.0, 320.0, 0.95),
            "fishing_required_m": float(rng.choice([0.0, 0.3, 0.6, 0.9])) if fished else None,
            "fishing_per_km_yr": 10 ** float(rng.uniform(-8, -4)) if fished else None,
            "gear_m": some(0.0, 0.4) if fished else None, "achievable_m": float(rng.choice([0.0, 0.6, 1.0, 2.0, 3.0])),
            "limit_per_km_yr": 10 ** float(rng.uniform(-7, -5)),
        }  # fmt: skip

    places = [{**blank, **edge} for edge in edges] + [any_place() for _ in range(150)]
    for place in places:
        if place["anchor_m"] is not None:
            place["anchor_m"] = max(place["anchor_m"], 0.0)  # no depth is below none
    fishing = {"penetration_factor": 2.0, "minimum_dol_m": 0.3}
    for burial in (
        {"ladder_m": [0.6, 1.0, 1.5, 2.0, 2.5, 3.0], "tolerance_m": 0.1},
        {"ladder_m": [0.8, 2.0], "tolerance_m": 0.25, "mobility_allowance_m": 0.7, "minimum_target_dol_m": [[50, 0.9]]},
        {"ladder_m": [1.0], "tolerance_m": 0.0, "minimum_target_dol_m": []},
    ):
        yield {"burial": burial, "fishing": fishing, "places": places}


def merging(rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    for pitch, rounding, minimum, runs in (
        (0.1, 0.05, 1.0, 60), (0.5, 0.05, 1.0, 25), (0.03, 0.05, 0.4, 40), (0.37, 0.25, 2.0, 30), (0.1, 0.05, 0.0, 12),
        (0.25, 1.0, 3.0, 20), (0.1, 0.05, 500.0, 10), (0.1, 0.05, 1.0, 1),
    ):  # fmt: skip
        yield _route(rng, pitch, rng.integers(1, 26, runs), 0.3, rounding, minimum)
    for _ in range(120):  # short runs beside short runs: each grows into others
        yield _route(rng, 0.5, rng.integers(1, 4, 9), 0.0, 0.25, 1.75, ranks=2)


def _route(
    rng: np.random.Generator,
    pitch: float,
    length: NDArray[np.int64],
    cut: float,
    rounding: float,
    minimum: float,
    ranks: int = 5,
) -> dict[str, Any]:
    """Return a route of runs of so many stations; the last piece is shorter by a part."""
    depth = np.repeat(rng.integers(-1, ranks, len(length)), length)
    cable = np.repeat(rng.integers(0, ranks, len(length)), length)
    kp = np.append(np.arange(len(depth) - 1) * pitch, (len(depth) - 1 - cut) * pitch)
    edges = np.concatenate([[0.0], (kp[1:] + kp[:-1]) / 2, [kp[-1]]])
    return {
        "edges_km": edges.tolist(), "depth": depth.tolist(), "cable": cable.tolist(), "kp_km": kp.tolist(),
        "rounding_km": rounding, "minimum_km": minimum,
    }  # fmt: skip


def totals(rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    for count, known in ((200, 0.9), (30, 0.0), (1, 1.0)):
        there = rng.random((5, count)) < known
        target = np.where(there[0], rng.choice([0.0, 0.6, 1.0, 2.0], count), NAN)
        rates = np.where(there[1:4], 10 ** rng.uniform(-9, -4, (3, count)), NAN)
        stations = {
            "length_km": np.round(rng.uniform(0.05, 0.3, count), 3), "target_dol_m": target,
            "surface_strike_per_km_yr": rates[0], "target_strike_per_km_yr": rates[1],
            "residual_strike_per_km_yr": rates[2], "deficit_m": np.where(there[4], target - 0.6, NAN).clip(0.0),
            "above_ladder_m": np.where(target == 2.0, 0.2, 0.0),
        }  # fmt: skip
        yield {"stations": {name: blanks(values) for name, values in stations.items()}}


def main() -> None:
    cases = {
        "strikes": strikes, "acceptance": acceptance, "curves": curves, "ladder": ladder, "merging": merging,
        "totals": totals,
    }  # fmt: skip
    for kind, of_kind in cases.items():
        vectors = []
        for given in of_kind(np.random.default_rng(_SEED)):
            embedded, expected = RULES[kind](given)
            vectors.append({"given": given, "embedded": embedded, "expected": expected})
        lines = ",\n".join(json.dumps(vector, allow_nan=False) for vector in vectors)
        (FOLDER / f"{kind}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
