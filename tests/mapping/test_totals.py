"""The route totals in words: what is tolerable beside what strikes, the life of the cable, scenarios apart."""

from __future__ import annotations

from typing import Any

from pipeline.burial.totals import global_bound, half_assessed
from pipeline.config import Config
from pipeline.mapping.messages import Said
from pipeline.mapping.panels import totals_rows, warning

TOTALS: dict[str, Any] = {
    "route_length_km": 380.0, "strike_per_yr_surface_laid": 0.05, "strike_per_yr_at_target": 1e-5,
    "strike_per_yr_as_trenchable": 1e-3, "deficit_km": 2.0, "tolerable_strike_per_yr": 1e-3,
    "uniform_limit_per_km_yr": 1e-3 / 380.0,
}  # fmt: skip
RELEASED = {
    "strike_per_yr_surface_laid": 6e-4, "strike_per_yr_at_target": 1e-5, "strike_per_yr_as_trenchable": 2e-5,
    "text": "a scenario",
}  # fmt: skip


def plain(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return rows with plain spaces."""
    return [(label, text.replace("\u00a0", " ")) for label, text in rows]


def test_the_even_share_stands_beside_the_surface_laid_total() -> None:
    rows = plain(totals_rows(TOTALS))
    assert rows[1][0] == "Strikes if laid on the seabed"
    assert rows[2:4] == [
        ("Tolerable on the whole route", "0.001 per year"),
        ("Tolerable on each km, evenly shared", "2.63 × 10⁻⁶ per year"),
    ]


def test_the_chance_in_the_life_of_the_cable() -> None:
    """1 - exp(-1e-3 x 25) = 2.469 %."""
    assert dict(totals_rows(TOTALS, design_life_yr=25.0))[
        "Chance of a strike in 25 years, as tools can bury it"
    ] == "2.5\u00a0%"  # fmt: skip
    assert not any("Chance" in label for label, _ in totals_rows({**TOTALS, "strike_per_yr_as_trenchable": None}))


def test_scenarios_come_last_and_change_no_total() -> None:
    with_them = totals_rows(TOTALS, scenarios={"accidental_release": RELEASED})
    assert with_them[: len(totals_rows(TOTALS))] == totals_rows(TOTALS)
    assert [text for _, text in plain(with_them[-2:])] == ["6 × 10⁻⁴ per year", "2 × 10⁻⁵ per year"]
    blank = {**RELEASED, "strike_per_yr_surface_laid": None}
    assert totals_rows(TOTALS, scenarios={"accidental_release": blank}) == totals_rows(TOTALS)


def test_what_the_burial_step_warns_of_is_a_message() -> None:
    burial = Config().burial
    texts = [*half_assessed(["ais"]), *half_assessed(["fishing_effort"])]
    texts += [str(global_bound(strikes, 380.0, [], burial)["text"]) for strikes in (1234.5, 1.5e-9)]
    assert all(isinstance(warning(text), Said) for text in texts)
    assert [warning(text) for text in texts[:2]] == texts[:2]
    assert "strikes of 1.5\u00a0×\u00a010⁻⁹ a year are outside" in warning(texts[-1])
    assert "for 380 km" in warning(texts[-1])
    assert "for 1,234 km" in warning(str(global_bound(5.0, 1234.0, [], burial)["text"]))
    odd = texts[-1].replace("380", "nan")
    assert warning(odd) == odd
    assert not isinstance(warning("something else"), Said)
