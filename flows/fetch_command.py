"""``corridor fetch``: public sources into ``data/raw``, whole and checked."""

from __future__ import annotations

import json
import os
import sys
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows import interrupt
from flows.display import Display, printable
from flows.secret import hide
from flows.terminal import Json, out, print_json, workspace_of
from pipeline.config import Config
from pipeline.errors import CorridorError
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from pipeline.fetch.run import Fetched
    from pipeline.fetch.wanted import Wanted


def fetch(
    context: typer.Context,
    source: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="A section [fetch.SOURCE]; without it all of them.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Ask for all anew; replace a file that was not fetched or was altered.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be asked of whom; ask nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Download the public sources named in the configuration, with checksums and resume."""
    from pipeline.fetch.wanted import wanted_of  # heavy: it brings the readers

    workspace = workspace_of(context)
    config = workspace.config()
    names = [source] if source is not None else list(config.fetch.sources) or [""]
    rows, codes = [], []
    for name in names:
        interrupt.check()  # it may have come while a library was loading that takes every exception
        wanted = wanted_of(workspace, config, name)
        try:
            row = _outline(wanted) if dry_run else _fetched(workspace, config, wanted, force=force, quiet=as_json)
        except CorridorError as error:
            words = hide(str(error))
            row = {"name": name, "state": "failed", "file": wanted.source.into, "error": words, "lines": []}
            codes.append(error.exit_code)
            sys.stdout.flush()
            sys.stderr.write(f"corridor: {name}: {printable(words)}\n")
        lines = row.pop("lines")
        rows.append(row)
        if not as_json:
            for line in lines:
                out.print(hide(line), markup=False, soft_wrap=True)  # to be copied
    if as_json:
        print_json({"sources": rows})
    if codes:
        raise typer.Exit(codes[0])


def _outline(wanted: Wanted) -> dict[str, Any]:
    """Return what would be asked; the token is told to be there or not, never shown."""
    from pipeline.fetch.run import first_ask
    from pipeline.fetch.services import SERVICES

    service, ask = SERVICES[wanted.source.service], first_ask(wanted)
    token = service.token_variable
    is_set = bool(os.environ.get(token)) if token else None
    lines = [f"{wanted.name}: {service.title}", f"  asks first: {ask.shown()}", f"  becomes: {wanted.source.into}",
             f"  licence: {service.licence}"]  # fmt: skip
    if token:
        lines.append(f"  token: the environment variable {token} is {'set' if is_set else 'not set'}")
    return {
        "name": wanted.name, "service": wanted.source.service, "state": "not asked", "file": wanted.source.into,
        "request": ask.shown(), "box": list(wanted.box), "licence": service.licence, "token_variable": token or None,
        "token_is_set": is_set, "lines": lines,
    }  # fmt: skip


def _fetched(workspace: Workspace, config: Config, wanted: Wanted, *, force: bool, quiet: bool) -> dict[str, Any]:
    """Fetch one source; return how that ended."""
    from pipeline.fetch.run import fetch as fetch_one

    so_far: list[int | None] = [0, None]

    def status(_columns: int, _ascii: bool) -> str:
        done, total = so_far
        return f"{wanted.name}: {(done or 0) / 1e6:.1f} MB" + (f" of {total / 1e6:.1f}" if total else "")

    def progress(done: int, total: int | None) -> None:
        so_far[:] = done, total

    display = Display(status)

    def tell(line: str) -> None:
        if not quiet:
            display.say(hide(f"{wanted.name}: {line}"))

    with display.showing():
        found = fetch_one(workspace, wanted, force=force, tell=tell, progress=progress)
    return {
        "name": found.name, "service": found.record.service, "state": found.state, "file": found.file,
        "size_bytes": found.record.size_bytes, "sha256": found.record.sha256, "fetched": found.record.fetched,
        "licence": found.record.licence, "attribution": found.record.attribution,
        "lines": _words(config, wanted, found),
    }  # fmt: skip


def _words(config: Config, wanted: Wanted, found: Fetched) -> list[str]:
    record = found.record
    lines = [
        f"{found.name}: {found.state}: {found.file}, {record.size_bytes / 1e6:.3g} MB, fetched {record.fetched}",
        f"  {record.attribution}. Licence: {record.licence}; {record.terms}",
    ]
    place = PurePosixPath(found.file)
    if not any(place.match(section.files) for section in config.sources.values()):
        lines += ["  No source names it yet. To use it write into corridor.toml:", *_section(wanted, found)]
    return lines


def _section(wanted: Wanted, found: Fetched) -> list[str]:
    """Return the section of a source, as it is written in the configuration."""
    from pipeline.fetch.services import SERVICES

    keys = SERVICES[wanted.source.service].source_keys(wanted)
    keys |= {"licence": found.record.licence, "attribution": found.record.attribution}
    return [f"  [sources.{found.name}]", *(f"  {name} = {json.dumps(value)}" for name, value in keys.items())]
