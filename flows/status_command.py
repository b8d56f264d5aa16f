"""``corridor status``: what a build would do and why, and how things stand."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from flows.health import health_path, verdict_of
from flows.terminal import Json, out, print_json, table, workspace_of
from pipeline.releases.set_aside import set_aside
from pipeline.workspace.running import running_build


def status(context: typer.Context, as_json: Json = False) -> None:
    """Say what a build would do and why."""
    from flows.session import open_session  # heavy: it brings all steps

    workspace = workspace_of(context)
    session = open_session(workspace)
    rows = [{"step": d.step.name, "state": d.state, "why": d.why, "title": d.step.title} for d in session.decisions]
    sources = session.build.source_states()
    release = session.release.id if session.release else None
    running = running_build(workspace.home)
    nightly = session.build.config.nightly
    nights = verdict_of(workspace, nightly, datetime.now(UTC))[1] if health_path(workspace).exists() else None
    aside = set_aside(workspace)
    if as_json:
        print_json({"release": release, "nothing_to_do": session.nothing_to_do, "running": running and vars(running),
                    "set_aside": aside and aside.instead_of, "nights": nights, "sources": sources,
                    "steps": rows})  # fmt: skip
        return
    table(sources, ["source", "role", "files", "state"])
    out.print()
    table(rows, ["step", "state", "why"])
    out.print(f"Published release: {release or 'none yet'}", markup=False)
    if aside:
        out.print(f"It was brought back on {aside.at}; release {aside.instead_of} is set aside.", markup=False)
    if session.nothing_to_do:
        out.print("A build would change nothing.")
    elif not session.to_run:
        out.print("Every result is at hand; a build would publish what the inputs give now as a new release.")
    if running:
        out.print(f"A build is at work: {running}.", markup=False)
    if nights:
        out.print(f"Nightly: {nights}", markup=False)
