"""``[nightly]``: when the unattended build is due, how long it may take, and whom it tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import Field, field_validator
from tzlocal import get_localzone

from pipeline.config.fields import Section, quantity
from pipeline.errors import ConfigError

_FIELDS = 5
_LISTED_NIGHTS = 31
_EARLY = timedelta(minutes=1)  # a cron's own resolution; Prefect starts runs a fraction of a second before their time
_CRON = (
    "when nights are due: minute, hour, day of month, month, day of week; only tells which nights were missed, so keep "
    "it equal to that of the system's cron, timer or Prefect deployment"
)
_TIMEZONE = 'zone in which `cron` is read, such as `"Asia/Baku"`; empty: the machine\'s'
_NOTIFY_ON = (
    "when to tell the addresses in the environment variable `CORRIDOR_NOTIFY`; a recovery and missed nights are told "
    "in any case"
)


def read_cron(expression: str) -> str:
    """Return a cron expression of five fields that comes true some day.

    Raises
    ------
    ValueError
        If it is not one; in words for a person.
    """
    fields = expression.split()
    try:
        if len(fields) != _FIELDS:
            raise CronSimError("it needs five fields")
        next(CronSim(expression, datetime(2024, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration) as error:
        what = str(error) or "it never comes true"
        raise ValueError(
            f'{expression!r} is not a cron expression: {what[0].lower()}{what[1:]}; write it as "0 2 * * *" '
            "(minute, hour, day of month, month, day of week)"
        ) from error
    return " ".join(fields)


class NightlySection(Section):
    """``[nightly]``: the unattended build."""

    cron: Annotated[str, Field(description=_CRON)] = "0 2 * * *"
    timezone: Annotated[str, Field(description=_TIMEZONE)] = ""
    step_limit_min: float = quantity(
        120.0, unit="min", tag="E", source="a step that runs longer is taken as hung, and the build is ended", gt=0
    )
    build_limit_min: float = quantity(
        360.0, unit="min", tag="E", source="a whole night; a build that runs longer is ended", gt=0
    )
    settle_s: float = quantity(
        2.0, unit="s", tag="E", source="a file whose size or time of change differs over this is being copied", ge=0
    )
    replaced_wait_s: float = quantity(
        600.0, unit="s", tag="E", source="how long to wait for a file of the published release to settle", ge=0
    )
    server_wait_s: float = quantity(
        60.0, unit="s", tag="E", source="how long to wait for a Prefect server; then the build is not shown there", ge=0
    )
    late_after_min: float = quantity(
        60.0, unit="min", tag="E", source="a night that has not started by then is missed and not made up for", gt=0
    )
    notify_on: Annotated[Literal["failure", "change", "always"], Field(description=_NOTIFY_ON)] = "failure"

    @field_validator("cron")
    @classmethod
    def _comes_true(cls, value: str) -> str:
        return read_cron(value)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value:
            try:
                ZoneInfo(value)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise ValueError(f'{value!r} is no time zone; write it as "Asia/Baku" or "UTC"') from error
        return value

    @property
    def zone(self) -> tzinfo:
        """The zone in which ``cron`` is read.

        Raises
        ------
        ConfigError
            If it is the machine's, and the machine does not tell.
        """
        try:
            return ZoneInfo(self.timezone) if self.timezone else get_localzone()
        except (LookupError, ValueError, OSError) as error:
            raise ConfigError(
                f"the machine's time zone is unclear: {error}",
                where="the environment variable TZ, /etc/localtime and /etc/timezone",
                remedy='Mend them, or write timezone = "UTC" under [nightly].',
            ) from error

    def next_night(self, after: datetime) -> datetime:
        """Return the first night due after one that began at a moment, perhaps a little early (both with a zone)."""
        return next(CronSim(self.cron, (after + _EARLY).astimezone(self.zone)))

    def missed_nights(self, since: datetime, until: datetime) -> list[datetime]:
        """Return the nights due after ``since`` that had not started when they became too late before ``until``.

        Parameters
        ----------
        since : datetime
            Start of the last run.
        until : datetime
            Start of this run, which stands for the night that was due just now.

        Returns
        -------
        list of datetime
            Oldest first; the newest 31 where there are more.
        """
        latest = (until - timedelta(minutes=self.late_after_min)).replace(microsecond=1)
        missed: list[datetime] = []
        for night in CronSim(self.cron, latest.astimezone(self.zone), reverse=True):
            if night <= since + _EARLY or len(missed) == _LISTED_NIGHTS:
                break
            missed.append(night)
        return missed[::-1]
