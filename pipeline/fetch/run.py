"""Fetching one source: asked for, put together, read with our own reader, and only then put in its place."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.errors import ConfigError, ServiceError
from pipeline.fetch.ask import Ask
from pipeline.fetch.call import Caller, Token
from pipeline.fetch.download import Downloader
from pipeline.fetch.make import make
from pipeline.fetch.part import Known
from pipeline.fetch.place import put_in_place, target_of
from pipeline.fetch.record import MADE_BY, Record, own_hash, read_record
from pipeline.fetch.service import Service
from pipeline.fetch.services import SERVICES
from pipeline.fetch.status import UNTOUCHED
from pipeline.fetch.wanted import Wanted
from pipeline.workspace import Workspace
from pipeline.workspace.lock import only_one


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
        for left in folder.parent.iterdir() if folder.parent.is_dir() else ():
            if left.name not in wanted.section.sources:  # begun, then taken out of the configuration
                shutil.rmtree(left, ignore_errors=True)
        record = read_record(target)
        before = own_hash(target, record, force=force)
        if force:
            shutil.rmtree(folder, ignore_errors=True)
        unless = None if force else _last_time(wanted, service, record, before)
        made = make(wanted, service, Downloader(Caller(wanted.section, token, sleep), folder, tell, progress), unless)
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
        and record.made_by == MADE_BY  # another version may make another file of the same answer
        and record.box == list(wanted.box)
        and record.requests == [next(service.all_asks(wanted)).shown()]
        and wanted.source.sha256 in ("", record.sha256)
    )
    return Known(etag=record.etag) if same and record is not None else None
