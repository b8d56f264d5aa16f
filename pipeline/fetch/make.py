"""Making the file that is wanted out of a service's answers, and reading it with our own reader."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import DataError, ServiceError
from pipeline.fetch.ask import BrokenAnswerError
from pipeline.fetch.download import Downloader
from pipeline.fetch.part import Known
from pipeline.fetch.record import MADE_BY, Record
from pipeline.fetch.service import InconsistentError, Service
from pipeline.fetch.status import UNTOUCHED
from pipeline.fetch.wanted import Wanted
from pipeline.store.hashing import hash_file

_ATTEMPTS = 2
"""Answers that do not fit together are asked for once more: the data may have changed meanwhile."""


def make(wanted: Wanted, service: Service, downloader: Downloader, unless: Known | None) -> tuple[Path, Record] | None:
    """Return the finished, checked file and its record, or None if nothing has changed since the last time.

    Parameters
    ----------
    wanted : Wanted
        What is wanted.
    service : Service
        Of whom.
    downloader : Downloader
        Brings the answers; the file is made in its folder.
    unless : Known or None
        What was known of the one answer that the file at hand is made of.

    Raises
    ------
    ServiceError
        If the service cannot be reached or does not give what it should.
    DataError
        If what it gives cannot be used, or is not what ``sha256`` says.
    """
    fresh = downloader.folder / f"whole{Path(wanted.source.into).suffix}"
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            got = _answers(wanted, service, downloader, unless)
            if got is None:
                return None
            asked, answers, known = got
            named = service.assemble(wanted, answers, fresh)
            service.read(wanted, fresh)
        except (InconsistentError, BrokenAnswerError) as error:
            _again(wanted, downloader, attempt, error)
        except DataError as error:
            shutil.rmtree(downloader.folder)  # whole, and of no use: asked for anew the next time
            if str(downloader.folder) not in error.where:
                raise
            raise DataError(
                f"what {service.title.split(':')[0]} gave cannot be used: {error.cause}",
                where=f"section [fetch.{wanted.name}]",
                remedy=f"Run 'corridor fetch {wanted.name}' again; if it stays so the service has changed. {UNTOUCHED}",
            ) from error
        else:
            break
    found = hash_file(fresh)
    if wanted.source.sha256 not in ("", found):
        shutil.rmtree(downloader.folder)
        raise DataError(
            f"what came has the SHA-256 {found}, and not the one that is configured",
            where=f"section [fetch.{wanted.name}], key sha256",
            remedy=f"The data have changed, or were tampered with. Mend sha256 once you know which. {UNTOUCHED}",
        )
    return fresh, Record(
        service=wanted.source.service,
        title=service.title,
        requests=asked,
        box=list(wanted.box),
        fetched=datetime.now(UTC).isoformat(timespec="seconds"),
        size_bytes=fresh.stat().st_size,
        sha256=found,
        replaces_sha256="",
        etag=known.etag if len(asked) == 1 else "",
        version=named,
        licence=service.licence,
        attribution=service.attribution,
        terms=service.terms,
        made_by=MADE_BY,
    )


def _answers(
    wanted: Wanted, service: Service, downloader: Downloader, unless: Known | None
) -> tuple[list[str], list[Path], Known] | None:
    """Return what was asked, the answers, and what is known of the last; None if nothing has changed."""
    asked: list[str] = []
    answers: list[Path] = []
    known = Known()
    asks = service.all_asks(wanted)
    ask = next(asks, None)
    while ask is not None:
        got = downloader.get(ask, unless=unless)
        if got is None:
            return None
        path, known = got
        asked.append(ask.shown())
        answers.append(path)
        try:
            ask = asks.send(path)
        except StopIteration:
            ask = None
    return asked, answers, known


def _again(wanted: Wanted, downloader: Downloader, attempt: int, error: Exception) -> None:
    """Forget answers that do not fit together; give up after the second time."""
    shutil.rmtree(downloader.folder, ignore_errors=True)
    if attempt == _ATTEMPTS:
        raise ServiceError(
            f"the answers of {wanted.source.service} do not fit together: {error}",
            where=f"section [fetch.{wanted.name}]",
            remedy=f"Run 'corridor fetch {wanted.name}' again later. {UNTOUCHED}",
        ) from error
    downloader.tell(f"the answers do not fit together ({error}); all of them are asked for again")
