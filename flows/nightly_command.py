"""``corridor nightly``: once for the system's cron, as a scheduled Prefect deployment, or asked how it goes."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from flows.terminal import Json, out, print_json, workspace_of
from pipeline.config.nightly import read_cron
from pipeline.errors import ConfigError, ServiceError
from pipeline.workspace import Workspace

_UNWELL = ServiceError.exit_code


def nightly(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Build now, as the system's cron or timer does.")] = False,
    cron: Annotated[
        str | None, typer.Option(metavar="EXPR", help='Be a Prefect deployment that builds by a cron, "0 2 * * *".')
    ] = None,
    health: Annotated[bool, typer.Option("--health", help="Say how the nights go; exit 69 if not well.")] = False,
    as_json: Json = False,
) -> None:
    """Build unattended, or say how that goes."""
    if [once, cron is not None, health].count(True) != 1:
        raise ConfigError(
            "one of --once, --cron and --health is needed, and only one",
            remedy="The system's cron calls 'corridor -C DIR nightly --once'; deploy/README.md shows how.",
        )
    workspace = workspace_of(context)
    if health:
        _tell_health(workspace, as_json=as_json)
    elif cron is not None:
        _serve(workspace, cron)
    else:
        _once(workspace, debug=context.obj[1], as_json=as_json)


def _once(workspace: Workspace, *, debug: bool, as_json: bool) -> None:
    from flows.nightly import run_once

    def echo(line: str) -> None:
        if debug:
            sys.stderr.write(f"{line}\n")

    outcome = run_once(workspace, debug=debug, echo=echo)
    if as_json:
        release = outcome.release.id if outcome.release else None
        print_json(
            {"outcome": outcome.what, "exit_code": outcome.exit_code, "error": outcome.error, "step": outcome.step,
             "release": release, "left_for_next_run": outcome.left, "notes": outcome.notes,
             "set_aside": outcome.set_aside, "log": str(outcome.log)}
        )  # fmt: skip
    else:
        for line in (outcome.sentence, *outcome.notes):
            out.print(line, markup=False)
        if outcome.left:
            out.print(f"Left for the next run, still being copied: {', '.join(outcome.left)}.", markup=False)
        out.print(f"Log: {outcome.log}", markup=False)
    if outcome.exit_code:
        sys.stdout.flush()
        sys.stderr.write(f"corridor: {outcome.error}\n")
        raise typer.Exit(outcome.exit_code)


def _tell_health(workspace: Workspace, *, as_json: bool) -> None:
    from flows.health import read_health, verdict_of

    config = workspace.config()  # a wrong folder is said, rather than "never ran"
    health = read_health(workspace)
    good, words = verdict_of(workspace, config.nightly, datetime.now(UTC))
    if as_json:
        print_json({"good": good, "verdict": words, **health})
    else:
        out.print(words, markup=False)
    if not good:
        raise typer.Exit(_UNWELL)


def _serve(workspace: Workspace, expression: str) -> None:
    """Schedule nights on the Prefect server and run them here until interrupted."""
    section = workspace.config().nightly
    try:
        expression = read_cron(expression)
    except ValueError as error:
        raise ConfigError(str(error), where="--cron") from error
    if not os.environ.get("PREFECT_API_URL"):
        raise ServiceError(
            "a schedule needs a Prefect server that keeps running, and PREFECT_API_URL names none",
            where="--cron",
            remedy="Start one with 'make server' and run 'PREFECT_API_URL=http://127.0.0.1:4200/api corridor -C "
            f"{workspace.root} nightly --cron \"{expression}\"'; or let the system's cron run "
            f"'corridor -C {workspace.root} nightly --once', which needs no server.",
        )
    if expression != section.cron:
        sys.stderr.write(
            f'corridor: warning: write cron = "{expression}" under [nightly] too: health.json goes by it, and there it '
            f'is "{section.cron}".\n'
        )
    from flows.environment import prepare_prefect

    prepare_prefect(workspace, debug=True)  # what a service says goes to its journal
    from flows.deployed import serve

    serve(workspace, expression, str(section.zone))
