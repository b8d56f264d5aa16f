"""Which nights are due and which were missed."""

from datetime import UTC, datetime

import pytest

from pipeline.config.nightly import NightlySection
from pipeline.errors import ConfigError


@pytest.fixture(autouse=True)
def fresh_zone(monkeypatch):
    """The library asks the machine once."""
    monkeypatch.setattr("tzlocal.unix._cache_tz", None)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def missed(since: str, until: str, **keys: object) -> list[str]:
    section = NightlySection(**{"timezone": "UTC", **keys})
    return [f"{night:%d %H:%M}" for night in section.missed_nights(at(since), at(until))]


def test_a_night_that_ran_is_not_missed():
    assert missed("2026-03-20 02:00:04", "2026-03-21 02:00:02") == []


def test_a_run_that_starts_a_moment_early_stands_for_its_night():
    assert missed("2026-03-20 01:59:59.591", "2026-03-21 01:59:59.480") == []
    assert NightlySection(timezone="UTC").next_night(at("2026-03-20 01:59:59.591")) == at("2026-03-21 02:00")


def test_nights_between_two_runs_were_missed():
    assert missed("2026-03-20 02:00:04", "2026-03-23 02:00:02") == ["21 02:00", "22 02:00"]


def test_a_run_by_hand_after_the_grace_does_not_stand_for_the_night():
    assert missed("2026-03-20 02:00:04", "2026-03-21 02:59:59") == []
    assert missed("2026-03-20 02:00:04", "2026-03-21 03:00:00") == ["21 02:00"]
    assert missed("2026-03-21 12:00:00", "2026-03-22 02:00:00") == []


def test_a_long_pause_lists_the_newest_nights_only():
    nights = missed("2020-01-01 00:00:00", "2026-03-21 02:00:02")
    assert len(nights) == 31
    assert nights[-1] == "20 02:00"


def test_a_clock_set_back_misses_nothing():
    assert missed("2026-03-20 02:00:04", "2026-03-10 02:00:02") == []


def test_the_night_that_summer_time_skips_runs_an_hour_later():
    """As Debian's cron has it: Europe went from 02:00 to 03:00 on 29 March 2026."""
    section = NightlySection(cron="30 2 * * *", timezone="Europe/Berlin")
    assert section.next_night(at("2026-03-28 12:00")).astimezone(UTC) == at("2026-03-29 01:00")
    assert section.next_night(at("2026-03-29 12:00")).astimezone(UTC) == at("2026-03-30 00:30")


def test_the_machines_zone_is_the_default(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    assert NightlySection().next_night(at("2026-03-28 12:00")).astimezone(UTC) == at("2026-03-28 20:15")


def test_a_machine_without_a_zone_is_a_wrong_configuration(monkeypatch):
    monkeypatch.setenv("TZ", "Nowhere/Nothing")
    with pytest.raises(ConfigError, match="timezone"):
        NightlySection().next_night(at("2026-03-28 12:00"))


@pytest.mark.parametrize("cron", ["", "nonsense", "* * * *", "0 0 2 * * *", "61 * * * *", "0 0 31 2 *"])
def test_what_is_no_cron_is_refused_with_an_example(cron):
    with pytest.raises(ValueError, match=r"0 2 \* \* \*"):
        NightlySection(cron=cron)


def test_what_is_no_zone_is_refused():
    with pytest.raises(ValueError, match="Asia/Baku"):
        NightlySection(timezone="Caspian/Middle")
