"""The map as a file."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.config.corridor import SourceSection
from pipeline.config.map import MapSection
from pipeline.errors import ConfigError, DataError
from pipeline.mapping.assets import remote_links
from pipeline.mapping.messages import fill
from pipeline.mapping.policy import content_policy
from pipeline.mapping.step import run
from pipeline.workspace import SourceFiles

from .builder import LAND, LONG, build, small_land


def drawn(context: Any) -> str:
    run(context)
    assert [path.name for path in context.out.iterdir()] == ["corridor.html"]
    return (context.out / "corridor.html").read_text(encoding="utf-8")  # type: ignore[no-any-return]


def data_of(page: str) -> dict[str, Any]:
    match = re.search(r'<script type="application/json" id="corridor-data">(.*?)</script>', page, re.DOTALL)
    assert match
    return json.loads(match[1])  # type: ignore[no-any-return]


def seen(page: str) -> str:
    """Return the page's text without scripts and styles, as a reader gets it who has neither."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", body)).split())


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    land = small_land(tmp_path)
    first, second = (drawn(build(tmp_path / name, land=land)) for name in ("a", "b"))
    assert first == second


def test_the_page_links_nothing_and_forbids_connections(tmp_path: Path) -> None:
    page = drawn(build(tmp_path, land=small_land(tmp_path)))
    assert remote_links(page) == []
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=[\"']?https?:", page)
    assert "connect-src 'none'" in page
    assert "default-src 'none'" in page
    assert '<html lang="en">' in page
    assert re.search(r"<title data-t=[^>]*>[^<>]+: burial depth map</title>", page)
    assert "Not for construction or navigation" in page
    assert "Data as of 31 December 2025" in seen(page)


def test_totals_zones_and_sources_are_words_in_the_page(tmp_path: Path) -> None:
    page = drawn(build(tmp_path))
    for text in ("0.021 per year", "once in 1,300 years", "Z001", "Danciu et al. 2018", "Amante &amp; Eakins 2009"):
        assert text in page
    assert page.count('class="show"') == 6


def test_what_the_portal_tells_is_in_the_facts(tmp_path: Path) -> None:
    facts = run(build(tmp_path))
    assert facts["landings"] == ["Sumqayit", "Aktau"]
    assert facts["data_as_of"] == "2025-12-31"


def test_the_page_names_the_build_as_the_release_does(tmp_path: Path) -> None:
    context = build(tmp_path)
    object.__setattr__(context, "key", "4034a067" + "f" * 56)
    page = drawn(context)
    assert "build 4034a067" in seen(page)
    assert "4034a067f" not in page
    assert "ends with the same characters" in page


def test_a_threat_without_data_is_said_and_hatched(tmp_path: Path) -> None:
    context = build(tmp_path, assessed={"ais": False, "shipping": False})
    facts = run(context)
    page = (context.out / "corridor.html").read_text(encoding="utf-8")
    assert facts["not_assessed"] == ["anchor strikes"]
    assert "without anchor strikes" in facts["summary"]
    assert "Swath: fishing strikes" in page
    assert "Not assessed: no source has data for shipping" in seen(page)
    assert "Not assessed: anchor strikes." in seen(page)


def test_without_a_coastline_the_map_is_drawn_all_the_same(tmp_path: Path) -> None:
    page = drawn(build(tmp_path))
    assert data_of(page)["box"] is None
    assert "Shoreline" not in seen(page)
    assert "shore:" not in page


def test_a_page_too_heavy_names_its_heaviest_layer(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"heaviest layer is '[^']+' with [0-9.]+ MB") as caught:
        run(build(tmp_path, map_section={"max_mb": 0.2}))
    assert "map.max_mb" in str(caught.value)
    assert not list((tmp_path / "out").iterdir())


def test_every_byte_of_the_page_is_owned_by_a_part(tmp_path: Path) -> None:
    context = build(tmp_path, land=small_land(tmp_path))
    parts, size_kb = run(context)["parts_kb"], (context.out / "corridor.html").stat().st_size / 1e3
    assert sum(parts.values()) == pytest.approx(size_kb, abs=10.0)
    assert list(parts.values()) == sorted(parts.values(), reverse=True)
    assert 0 <= parts["everything else"] < 0.35 * size_kb
    assert {"Regional water depth", "stations of the profile", "zones", "languages", "scripts and styles"} <= set(parts)


def test_a_raster_that_is_missing_is_an_error(tmp_path: Path) -> None:
    context = build(tmp_path)
    (context.inputs["fishing"] / "fishing_strike.tif").unlink()
    with pytest.raises(DataError, match=r"left no fishing_strike\.tif"):
        run(context)


def test_only_a_configured_basemap_opens_its_own_host(tmp_path: Path) -> None:
    assert "https:" not in content_policy("", [])
    url = "https://{s}.tiles.example.org/{z}/{x}/{y}.png"
    assert "img-src data: blob: https://*.tiles.example.org;" in content_policy(url, [])
    hostile = "<b>&copy;</b> maps"
    page = drawn(build(tmp_path, map_section={"basemap_url": url, "basemap_attribution": hostile}))
    assert "https://*.tiles.example.org" in page
    assert data_of(page)["basemap_attribution"] == hostile
    assert hostile not in page


@pytest.mark.parametrize(
    "section",
    [
        {"basemap_url": "http://example.org/{z}"},
        {"basemap_url": "https://example.org/{z}'; script-src *"},
        {"basemap_url": "https://example.org/{{7*7}}/{z}"},
        {"basemap_url": "https://example.org/{{().__class__}}/{z}"},
        {"basemap_url": "https://example.org/{%x%}/{z}"},
        {"basemap_url": "https://*/{z}"},
        {"basemap_url": "https://user@example.org/{z}"},
        {"basemap_url": "https://example.org/\u2028{z}"},
        {"pga_breaks_g": [0.2, 0.1]},
        {"data_as_of": "yesterday"},
        {"unknown": 1},
    ],
)
def test_a_configuration_that_cannot_be_meant_is_refused(section: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MapSection.model_validate(section)


def test_earthquakes_and_source_zones_are_optional_layers(tmp_path: Path) -> None:
    catalogue = tmp_path / "quakes.csv"
    catalogue.write_text(
        "time,latitude,longitude,depth,mag,magType,id\n1895-07-08T21:30:00.000Z,41.05,50.1,60,7.4,mw,a\n"
        "2000-11-25T18:09:11.420Z,41.1,50.2,50,6.8,mw,b\n1999-01-01T00:00:00Z,10.0,10.0,5,8.0,mw,c\n"
    )
    zones = tmp_path / "zones.geojson"
    properties = {
        "name": "<i>Sill</i>", "a_value": 3.8, "b_value": 0.98, "mmin": 4.5, "mmax": 7.9, "depths_km": [30.0],
        "depth_weights": [1.0], "mechanism": "RV", "provenance": "modelled", "source": "test",
    }  # fmt: skip
    polygon = {"type": "Polygon", "coordinates": [[[50, 41], [51, 41], [51, 42], [50, 41]]]}
    feature = {"type": "Feature", "properties": properties, "geometry": polygon}
    zones.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    context = build(tmp_path / "w", land=small_land(tmp_path))
    more = tuple(
        SourceFiles(role, SourceSection(role=role, files=path.name), (path,))
        for role, path in (("earthquakes", catalogue), ("seismic_zones", zones))
    )
    object.__setattr__(context, "sources", context.sources + more)
    page = drawn(context)
    notes = data_of(page)["notes"]
    assert [note["v"] for note in notes["quakes"]] == [
        {"year": "1895", "magnitude": [7.4, 1]}, {"year": "2000", "magnitude": [6.8, 1]},
    ]  # fmt: skip
    zone = fill(notes["sources"][0]["t"], notes["sources"][0]["v"] | {"a": 3.8, "b": 0.98, "provenance": "modelled"})
    assert zone == "<i>Sill</i>: a 3.8, b 0.98, magnitudes 4.5 to 7.9 (modelled)"
    assert "<i>Sill</i>" not in page


@pytest.mark.shared
def test_the_default_corridor_is_light(tmp_path: Path, shared_data: Path) -> None:
    context = build(tmp_path, positions=LONG, station_m=100.0, land=LAND, zones=150)
    facts = run(context)
    assert facts["map_mb"] < 3.0
    assert len(data_of((context.out / "corridor.html").read_text())["stations"]["columns"]["kp_km"]) > 3800
