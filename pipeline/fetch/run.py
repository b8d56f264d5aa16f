"""Fetching one source: asked for, put together, read with our own reader, and only then put in its place."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pipeline.errors import ConfigError, DataError, ServiceError
from pipeline.fetch.ask import Ask, BrokenAnswerError
from pipeline.fetch.call import Caller, Token
from pipeline.fetch.download import Downloader
from pipeline.fetch.part import Known
from pipeline.fetch.place import put_in_place, target_of
from pipeline.fetch.record import Record, own_hash, read_record
from pipeline.fetch.service import InconsistentError, Service
from pipeline.fetch.services import SERVICES
from pipeline.fetch.status import UNTOUCHED
from pipeline.fetch.wanted import Wanted
from pipeline.store.hashing import hash_file
from pipeline.workspace import Workspace
from pipeline.workspace.lock import only_one

_ATTEMPTS = 2
"""Answers that do not fit together are asked for once more: the data may have changed meanwhile."""


@dataclass(frozen=True)
class Fetched:
    """How fetching one source ended.

    Attributes
    ----------
    name : str
        Key in ``[fetch.NAME]``.
    file : str
        Its place in the workspace.
    state : str
        ``new``, ``changed`` or ``unchanged``.
    record : Record
        Of the file that lies there now.
    """

    name: str
    file: str
    state: str
    record: Record


def token_of(service: Service) -> Token:
    """Return a service's token from the environment; that of a service without one is empty.

    Raises
    ------
    ServiceError
        If the service needs one and there is none, or what is there can be none. Its value is in no message.
    """
    if not service.token_variable:
        return Token()
    secret = os.environ.get(service.token_variable, "").strip()
    if not re.fullmatch(r"[!#-\[\]-~]{8,8192}", secret):
        how = "holds something that is no token" if secret else "is not set"
        raise ServiceError(
            f"{service.title.split(':')[0]} needs a token, and the environment variable {service.token_variable} {how}",
            remedy=f"Get a token (docs/fetch.md says where) and set the variable; it is written nowhere. {UNTOUCHED}",
        )
    return Token(service.token_variable, secret)


def first_ask(wanted: Wanted) -> Ask:
    """Return the first request, which says what would be asked."""
    return next(SERVICES[wanted.source.service].all_asks(wanted))


def fetch(
    workspace: Workspace,
    wanted: Wanted,
    *,
    force: bool = False,
    tell: Callable[[str], None] = lambda line: None,
    progress: Callable[[int, int | None], None] = lambda done, total: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Fetch one source into ``data/raw``.

    Parameters
    ----------
    workspace : Workspace
        Where it goes; beginnings are kept in its ``.corridor/fetch``.
    wanted : Wanted
        What is wanted.
    force : bool
        Ask for all of it anew, and replace whatever lies there.
    tell : callable
        Takes lines for people.
    progress : callable
        Takes bytes of an answer so far, and all that are expected or None.
    sleep : callable
        Passes a time in seconds.

    Raises
    ------
    ServiceError
        If the service cannot be reached or does not give what it should.
    DataError
        If what it gives cannot be used, or is not what ``sha256`` says.
    WriteError
        If the file cannot be written, or one lies there that was not fetched.
    ConfigError
        If the configuration holds the token.
    LockedError
        If another fetch is at work, or another run holds the workspace when the file is ready.
    """
    service = SERVICES[wanted.source.service]
    token = token_of(service)
    if token.secret and token.secret in wanted.section.model_dump_json():
        raise ConfigError(
            "the token stands in the configuration",
            where=f"{workspace.config_path}, section [fetch]",
            remedy=f"Take it out: it belongs into the environment variable {token.variable} alone.",
        )
    target = target_of(workspace, wanted)
    name = workspace.name_of(target)
    folder = workspace.home / "fetch" / wanted.name
    busy = "another fetch is at work in this workspace"
    with only_one(workspace.home / "fetch.lock", lambda: busy, remedy="Wait for it to end."):
        record = read_record(target)
        before = own_hash(target, record, force=force)
        if force:
            shutil.rmtree(folder, ignore_errors=True)
        unless = None if force else _last_time(wanted, service, record, before)
        made = _make(wanted, service, Downloader(Caller(wanted.section, token, sleep), folder, tell, progress), unless)
        if record is not None and (made is None or made[1].sha256 == record.sha256 == before):
            shutil.rmtree(folder, ignore_errors=True)
            return Fetched(wanted.name, name, "unchanged", record)
        assert made is not None  # nothing is unchanged without a record
        record = put_in_place(workspace, made[0], target, made[1], before)
        shutil.rmtree(folder, ignore_errors=True)
        return Fetched(wanted.name, name, "changed" if before else "new", record)


def _last_time(wanted: Wanted, service: Service, record: Record | None, before: str) -> Known | None:
    """Return what was known of the answer that the file is made of; nothing where the same is not asked again."""
    same = (
        record is not None
        and record.etag
        and record.sha256 == before
        and record.box == list(wanted.box)
        and record.requests == [next(service.all_asks(wanted)).shown()]
        and wanted.source.sha256 in ("", record.sha256)
    )
    return Known(etag=record.etag) if same and record is not None else None


def _make(wanted: Wanted, service: Service, downloader: Downloader, unless: Known | None) -> tuple[Path, Record] | None:
    """Return the finished, checked file and its record, or None if nothing has changed since the last time."""
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
        except DataError:
            shutil.rmtree(downloader.folder)  # whole, and of no use: asked for anew the next time
            raise
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
        made_by=f"cable-corridor {version('cable-corridor')}",
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
