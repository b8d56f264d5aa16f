"""The ``corridor`` command: reads arguments, calls the pipeline, and turns errors into a paragraph and an exit code."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer.exceptions import TyperException

from flows import interrupt
from flows.check_command import check
from flows.diff_command import diff
from flows.fetch_command import fetch
from flows.nightly_command import nightly
from flows.release_commands import releases, restore
from flows.status_command import status
from flows.terminal import Json, out, print_json, table, workspace_of
from pipeline.errors import ConfigError, CorridorError
from pipeline.workspace import Workspace, hold

_ENGINE_HELP = "Where tasks run: threads of this machine, or a Dask cluster. Default: [scale] engine."
_DASK_HELP = "With --engine dask: a Dask scheduler. Without it a cluster of this machine is started."

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Burial depth of a submarine cable, from rasters to an offline map, in the workspace given with -C.",
)


@app.callback()
def common(
    context: typer.Context,
    directory: Annotated[Path, typer.Option("-C", metavar="DIR", help="The workspace.")] = Path(),
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks and Prefect's own log.")] = False,
) -> None:
    """Take the options that come before every command."""
    context.obj = (Workspace.at(directory), debug)


@app.command()
def init(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(metavar="DIR")],
    example: Annotated[str, typer.Option(help="Which example corridor.")] = "trans-caspian",
) -> None:
    """Make a workspace with a commented corridor.toml and the example's input data."""
    from pipeline.synth.workspace import EXAMPLES, make_example

    if example not in EXAMPLES:
        known = ", ".join(EXAMPLES)
        raise ConfigError(f"no example is called {example!r}", where="--example", remedy=f"There are: {known}.")
    workspace = Workspace.at(workspace_of(context).root / directory)
    with hold(workspace):
        make_example(workspace.root, name=example, log=lambda line: out.print(line, markup=False))
    out.print(f"The workspace {workspace.root} is ready: corridor -C {directory} build", markup=False)


@app.command()
def build(
    context: typer.Context,
    force: Annotated[bool, typer.Option("--force", help="Reuse nothing.")] = False,
    engine: Annotated[Literal["threads", "dask"] | None, typer.Option(help=_ENGINE_HELP)] = None,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help=_DASK_HELP)] = None,
    leave_out: Annotated[list[str] | None, typer.Option(metavar="FILE", hidden=True)] = None,
    as_json: Json = False,
) -> None:
    """Run the whole flow; only what changed is done again."""
    from flows.environment import prepare_numba, prepare_prefect
    from flows.report import ending
    from flows.server import temporary_server
    from flows.session import open_session
    from flows.where import chosen, cluster_for
    from pipeline.releases.retention import sweep, within_limit

    workspace, debug = context.obj
    workspace = replace(workspace, left_out=frozenset(workspace.root / name for name in leave_out or ()))
    config = workspace.config()  # a wrong folder must not get a lock file
    where, address = chosen(config.scale, engine, dask)
    with hold(workspace):
        sweep(workspace)
        evicted = within_limit(workspace, config.publish)  # before anything kept is relied on
        session = open_session(workspace, force=force)
        session.told += evicted
        ran = not session.nothing_to_do
        if not ran:
            session.show_again()
        if ran:
            prepare_prefect(workspace, debug=debug)
            prepare_numba(workspace)
            with (
                temporary_server(workspace.home / "logs" / "prefect-server.log") as ready,
                cluster_for(workspace, config.scale, where, address) as cluster,
            ):
                from flows.build import run_build  # while these start

                ready()
                interrupt.check()  # it may have come while a library was loading that takes every exception
                run_build(session, cluster)
    release = session.release
    assert release is not None  # published just now, or found whole
    totals = release.manifest["totals"]
    map_path = workspace.maps / "corridor.html"
    if as_json:
        print_json({"release": release.id, "changed": ran, "map": str(map_path), "totals": totals})
        return
    for line in ending(release, session.told, ran=ran):
        out.print(line, markup=False)
    out.print(f"Map: {map_path}", markup=False)


@app.command()
def explain(
    context: typer.Context,
    kp_km: Annotated[float, typer.Argument(metavar="KP", help="Kilometre post.")],
    top: Annotated[int, typer.Option(metavar="N", min=0, help="How many ships to show step by step.")] = 10,
    as_json: Json = False,
) -> None:
    """Show the full calculation at one place: every input, formula, intermediate and source. It names ships."""
    from flows.explain import explanation

    found = explanation(workspace_of(context), kp_km, ships=top)
    if as_json:
        print_json(
            [
                {"section": title, "lines": [{"label": a, "text": b} for a, b in lines]}
                | ({"numbers": found.numbers[title]} if title in found.numbers else {})
                for title, lines in found.sections
            ]
        )
        return
    for title, lines in found.sections:
        out.print(f"\n{title}", style="bold", markup=False)
        for label, text in lines:
            out.print(f"  {label}: {text}" if label else f"  {text}", markup=False)


@app.command()
def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Say what works here: versions, drivers, projections, disk, browser."""
    from flows.doctor import examine

    findings = examine(workspace_of(context))
    if as_json:
        print_json({"checks": findings})
    else:
        table(findings, ["state", "what", "detail"])
    if any(finding["state"] == "missing" for finding in findings):
        raise typer.Exit(69)


for command in (check, status, releases, restore, diff, fetch, nightly):
    app.command()(command)


def main() -> None:
    """Run the command; a failure is one paragraph on stderr and its exit code, never a traceback."""
    debug = "--debug" in sys.argv
    interrupt.listen()
    try:
        code = app(standalone_mode=False)
        if code == interrupt.INTERRUPTED:  # typer has taken the interrupt and gives its exit code
            code = interrupt.end()
    except TyperException as error:
        message = str(error).rstrip(".") or "a command is missing"
        code = _tell(f"{message}. 'corridor --help' lists commands and options.", 2)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except (KeyboardInterrupt, typer.Abort) as error:
        cut = error.__cause__ if isinstance(error.__cause__, EOFError) else None  # typer takes it for an interrupt
        if cut is not None and debug:
            raise
        code = _defect(cut) if cut else interrupt.end()
    except Exception as error:
        if debug:
            raise
        if interrupt.heard():  # a library has wrapped the interrupt in an error of its own
            code = interrupt.end()
        else:
            code = _tell(str(error), error.exit_code) if isinstance(error, CorridorError) else _defect(error)
    sys.exit(code if isinstance(code, int) else 0)


def _defect(error: BaseException) -> int:
    said = " ".join(str(error).split())  # one paragraph, whatever a library says
    return _tell(
        f"a defect of ours: {type(error).__name__}: {said}. What was published is untouched. "
        "Run again with --debug and report what it prints.",
        1,
    )


def _tell(paragraph: str, code: int) -> int:
    sys.stderr.write(f"corridor: {paragraph}\n")
    return code
