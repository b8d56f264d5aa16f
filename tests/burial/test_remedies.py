"""Allocation, trenchability, remedies, cable types, residual rates, BPI: each rule by its own numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.burial.acceptance import limit_per_km_yr
from pipeline.burial.bpi import anchor_sizes_m, burial_protection_index
from pipeline.burial.cable import cable_types, weight_order
from pipeline.burial.protection import PROTECTIONS, choose_protection
from pipeline.burial.residual import add_assessed, fishing_strike_at, return_period_yr
from pipeline.burial.totals import global_bound
from pipeline.burial.trench import achievable
from pipeline.config.burial import BurialSection, CableSection
from pipeline.config.corridor import AcceptanceSection
from pipeline.config.soil import SoilSection

BURIAL, SOIL, CABLE = BurialSection(), SoilSection(), CableSection()
NAN = float("nan")


class TestAllocation:
    LENGTH = np.full(380, 1.0)

    def test_length_is_uniform(self) -> None:
        limit = limit_per_km_yr(AcceptanceSection(route_strikes_per_yr=1e-4), self.LENGTH, ["sand"] * 380, 1.0)
        np.testing.assert_allclose(limit, 2.632e-7, rtol=2e-4)
        assert (limit * self.LENGTH).sum() == pytest.approx(1e-4)

    def test_none_gives_every_reference_length_the_whole(self) -> None:
        section = AcceptanceSection(route_strikes_per_yr=1e-4, allocation="none")
        np.testing.assert_allclose(limit_per_km_yr(section, self.LENGTH, ["sand"] * 380, 1.0), 2e-5)

    def test_sections_share_equally(self) -> None:
        soil = ["sand"] * 10 + ["mud"] * 30
        section = AcceptanceSection(route_strikes_per_yr=1e-3, allocation="section")
        limit = limit_per_km_yr(section, np.full(40, 1.0), soil, 1.0)
        np.testing.assert_allclose(limit[:10], 5e-5)
        np.testing.assert_allclose(limit[10:], 5e-4 / 30)

    def test_short_soil_patches_make_no_section(self) -> None:
        soil = ["sand"] * 50 + ["rock"] * 3 + ["sand"] * 20 + ["mud"] * 27
        section = AcceptanceSection(route_strikes_per_yr=1e-3, allocation="section")
        limit = limit_per_km_yr(section, np.full(100, 0.1), soil, 1.0)
        assert len(set(limit.round(12))) == 3
        assert limit[0] == limit[52]
        assert (limit * 0.1).sum() == pytest.approx(1e-3)


class TestTrench:
    def tool(self, soil: str, slope: float = 1.0, depth: float = 50.0) -> tuple[float, str]:
        trench = achievable(
            SOIL, BURIAL, soil_class=np.array([soil]), slope_deg=np.array([slope]), water_depth_m=np.array([depth])
        )
        return float(trench.dol_m[0]), str(trench.tool[0])

    @pytest.mark.parametrize(
        ("soil", "slope", "expected"),
        [("sand", 1.0, (2.0, "jet")), ("mud", 1.0, (3.0, "plough")), ("mud", 20.0, (3.0, "jet")),
         ("sandy_mud", 20.0, (2.0, "jet")), ("coarse", 1.0, (0.6, "plough")), ("coarse", 20.0, (0.3, "jet")),
         ("rock", 1.0, (1.0, "cutter")), ("unknown", 1.0, (0.6, "plough")), ("unknown", 20.0, (0.0, ""))],
    )  # fmt: skip
    def test_best_tool(self, soil: str, slope: float, expected: tuple[float, str]) -> None:
        assert self.tool(soil, slope) == expected

    def test_too_deep_for_a_plough(self) -> None:
        assert self.tool("coarse", depth=1600.0) == (0.3, "jet")

    def test_dry_is_blank(self) -> None:
        assert np.isnan(self.tool("sand", depth=-1.0)[0])


class TestProtection:
    def choose(self, target: list[float], got: list[float], most: list[float] | None = None, *, residual: float = 1.0,
               depth: float = 50.0, length_km: float = 0.1) -> list[str]:  # fmt: skip
        n = len(target)
        words = choose_protection(
            BURIAL, target_m=np.array(target), achievable_m=np.array(got), any_tool_m=np.array(most or got),
            residual_per_km_yr=np.full(n, residual), limit_per_km_yr=np.full(n, 1e-6),
            water_depth_m=np.full(n, depth), length_km=np.full(n, length_km),
        )  # fmt: skip
        assert set(words.tolist()) <= {*PROTECTIONS, ""}
        return words.tolist()

    def test_no_target_burial_and_blank(self) -> None:
        assert self.choose([0.0, 1.0, 1.0, NAN], [2.0, 1.0, 2.0, NAN]) == ["none", "burial", "burial", ""]

    def test_a_tool_stopped_by_slope_or_a_second_pass(self) -> None:
        assert self.choose([3.0, 1.5, 2.5], [2.0, 1.0, 2.0], [3.0, 1.0, 2.0]) == ["deeper_tool"] * 3

    def test_no_second_pass_in_ground_that_takes_none(self) -> None:
        assert self.choose([1.0], [0.6], residual=1e-7) == ["armour"]

    def test_cover_by_length_of_the_gap(self) -> None:
        assert self.choose([3.0] * 3, [0.6] * 3) == ["mattress"] * 3
        assert self.choose([3.0] * 3, [0.6] * 3, length_km=1.0) == ["rock"] * 3

    def test_too_deep_for_cover(self) -> None:
        assert self.choose([3.0], [0.6], depth=300.0) == ["reroute"]


def test_cable_type_by_depth_and_deficit() -> None:
    depth = np.array([-1.0, NAN, 5.0, 20.0, 20.1, 200.0, 300.0, 2e4, 300.0])
    deficit = np.array([NAN, NAN, 0, 0, 0, 0, 0, 0, 0.4])
    assert cable_types(CABLE, depth, deficit).tolist() == ["", "", "DA", "DA", "SA", "SA", "LWA", "LWA", "DA"]
    assert weight_order(CABLE) == ["", "LWA", "SA", "DA"]


def test_fishing_reaches_to_its_penetration_only() -> None:
    depth, gear = np.array([0.0, 0.2, 0.21, NAN, 1.0]), np.array([0.0, 0.2, 0.2, 0.2, NAN])
    result = fishing_strike_at(depth, np.full(5, 1e-5), gear)
    np.testing.assert_array_equal(result, [1e-5, 1e-5, 0.0, NAN, 1e-5])


def test_sums_leave_out_what_is_not_assessed() -> None:
    result = add_assessed(np.array([1.0, NAN, NAN]), np.array([2.0, 2.0, NAN]))
    np.testing.assert_array_equal(result, [3.0, 2.0, NAN])


class TestReturnPeriod:
    LENGTH = np.array([0.05] + [0.1] * 49 + [0.05])

    def test_uniform(self) -> None:
        np.testing.assert_allclose(return_period_yr(np.full(51, 1e-4), self.LENGTH), 1e4)

    def test_a_single_struck_station_is_seen_half_a_kilometre_away(self) -> None:
        rate = np.zeros(51)
        rate[25] = 1e-3
        period = return_period_yr(rate, self.LENGTH)
        assert period[25] == pytest.approx(1e4)
        assert period[21] == pytest.approx(1e4)
        assert np.isnan(period[10])

    def test_blank_where_not_assessed_and_infinite_is_blank(self) -> None:
        rate = np.full(51, 1e-4)
        rate[:20] = NAN
        period = return_period_yr(rate, self.LENGTH)
        assert np.isnan(period[:20]).all()
        assert period[20] == pytest.approx(1e4)
        assert np.isnan(return_period_yr(np.zeros(51), self.LENGTH)).all()

    def test_a_route_shorter_than_a_kilometre(self) -> None:
        np.testing.assert_allclose(return_period_yr(np.full(3, 1e-4), np.array([0.1, 0.2, 0.1])), 1e4)


class TestProtectionIndex:
    def test_published_depths(self) -> None:
        anchors = pd.DataFrame(
            {"anchor_kg": [2000.0], "fluke_length_m": [0.8 * 2 ** (1 / 3)], "strike_per_km_yr": 1e-6}
        )
        sizes = anchor_sizes_m(anchors, 0.999)
        assert 0.707 * sizes[0] == pytest.approx(0.713, rel=1e-3)
        assert 3.0 * sizes[0] == pytest.approx(3.024, rel=1e-3)

    def test_linear_between_anchors(self) -> None:
        depth = np.array([0.0, 0.2, 0.4, 0.7, 1.0, 1.1, 1.2, 9.0, NAN])
        index = burial_protection_index(depth, np.ones(9), np.full(9, 0.2), (1.0, 1.2))
        np.testing.assert_allclose(index, [0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.0, NAN])

    def test_surface_laid_is_zero_even_where_no_gear_is_used(self) -> None:
        index = burial_protection_index(
            np.array([0.0, 0.0, 0.5, 1.0]), np.ones(4), np.array([0.0, NAN, 0.0, 0.0]), (1.0, 1.2)
        )
        np.testing.assert_allclose(index, [0.0, NAN, 1.5, 2.0])

    def test_never_falls_with_light_anchors(self) -> None:
        depth = np.linspace(0, 2, 41)
        index = burial_protection_index(depth, np.ones(41), np.full(41, 0.6), (1.0, 0.7))
        assert (np.diff(index) >= -1e-12).all()
        assert index[-1] == 3.0

    def test_largest_anchor_by_its_share_of_strikes(self) -> None:
        anchors = pd.DataFrame(
            {"anchor_kg": [1000.0, 3000.0, 9000.0], "fluke_length_m": [0.8, 1.15, 1.66],
             "strike_per_km_yr": [0.9, 0.0999, 0.0001]}
        )  # fmt: skip
        assert anchor_sizes_m(anchors, 0.999)[1] == 1.15
        assert all(np.isnan(anchor_sizes_m(anchors.iloc[:0], 0.999)))


@pytest.mark.parametrize(
    ("total", "inside"), [(0.03, True), (0.0031, True), (0.0029, False), (0.29, True), (0.31, False)]
)
def test_global_bound(total: float, inside: bool) -> None:
    told = global_bound(total, 380.0, [], BURIAL)
    assert told["inside"] is inside
    assert ("inside" if inside else "outside") in told["text"]


@pytest.mark.parametrize("missing", [["ais"], ["fishing_effort"]])
def test_global_bound_needs_both_threats(missing: list[str]) -> None:
    assert global_bound(0.03, 380.0, missing, BURIAL)["inside"] is None
