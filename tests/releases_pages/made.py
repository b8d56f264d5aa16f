"""Releases as publishing leaves them, made by hand: their manifests tell what a portal shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.config import Config
from pipeline.releases.release import Release
from tests.mapping.builder import default_facts

STEPS = {
    "route": ("Read the route", 0.1, 470.0), "bathymetry": ("Merge depths", 2.4, 690.0),
    "ais": ("Read ship positions", 40.0, 940.0), "burial": ("Required depth", 8.0, 700.0), "map": ("Draw", 3.0, 710.0),
}  # fmt: skip
OUTPUTS = ("data/processed/zones.csv", "data/processed/zones.csv-metadata.json", "data/processed/slope.tif",
           "data/processed/new & <b>.txt", "maps/corridor.html")  # fmt: skip


def totals(**more: Any) -> dict[str, Any]:
    return {
        "route_length_km": 380.0, "strike_per_yr_surface_laid": 2.1e-2, "strike_per_yr_at_target": 4.1e-4,
        "strike_per_yr_as_trenchable": 7.9e-4, "dol_km": {"0": 180.0, "0.6": 50.5, "1": 149.5}, "deficit_km": 21.4,
        "undecided_km": 0.0, "not_assessed": [], "warnings": [], **more,
    }  # fmt: skip


def named(number: int) -> str:
    """Return the id of the release of day ``number``."""
    return f"202611{number:02d}T021520976Z-663ae7{number:02x}"


def made(
    number: int,
    *,
    ran: str = "route bathymetry ais burial map",
    read: tuple[int, int] | None = None,
    hostile: str = "",
    why: str = "unchanged",
    section: dict[str, Any] | None = None,
    **manifest: Any,
) -> Release:
    """Return the release of day ``number``; steps that did not run are those of day 1 reused."""
    config = Config.model_validate(
        {"corridor": {"name": hostile or "Mini"}, "route": {"label": hostile or "Indicative"}, "map": section or {}}
    )
    release_id = named(number)
    facts = default_facts(hostile)
    facts["map"] = {
        "landings": [hostile or "Sumqayit", hostile or "Aktau"], "sources": [], "summary": "map",
        "data_as_of": (section or {}).get("data_as_of", "2025-12-31"),
    }  # fmt: skip
    steps = []
    for name, (title, seconds, peak_mb) in STEPS.items():
        fresh = name in ran.split()
        steps.append(
            {
                "name": name, "title": title, "state": "run" if fresh else "reuse", "why": hostile or why,
                "files": {"read": read[0], "all": read[1]} if fresh and read and name == "ais" else None,
                "seconds": seconds, "spent_s": seconds if fresh else 0.0,
                "peak_mb": peak_mb, "key": f"{name}-{number if fresh else 1}",
            }
        )  # fmt: skip
    return Release(
        folder=Path(f".{release_id}.working"),
        manifest={
            "release": release_id, "published": f"2026-11-{number:02d}T02:15:20+00:00", "corridor": hostile or "Mini",
            "totals": totals(), "inputs": [{"path": "data/raw/depths.tif", "sha256": "0" * 64}],
            "left_for_next_run": [], "layers": facts, "steps": steps, "outputs": dict.fromkeys(OUTPUTS, "0" * 64),
            "versions": {"cable-corridor": "0.1.0"}, "parameters": config.model_dump(mode="json"), **manifest,
        },
        number=number,
        steps={},
        pages={},
        before=named(number - 1) if number > 1 else "",
    )  # fmt: skip
