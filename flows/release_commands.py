"""``corridor releases`` and ``corridor restore``: the kept builds, and one of them brought back."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from flows.terminal import Json, out, print_json, table, workspace_of
from pipeline.releases.release import Release, all_releases, current_release, find_release
from pipeline.releases.set_aside import set_aside
from pipeline.workspace import hold


def releases(context: typer.Context, as_json: Json = False) -> None:
    """List the kept builds, newest first."""
    workspace = workspace_of(context)
    workspace.config()  # a wrong folder is said, rather than "none"
    current, note = current_release(workspace), set_aside(workspace)
    shown = current.id if current else None
    rows = [_row(release, shown, note.instead_of if note else None) for release in reversed(all_releases(workspace))]
    if as_json:
        print_json({"current": shown, "releases": rows})
        return
    if not rows:
        out.print("No release yet: 'corridor build' makes the first.")
        return
    table(rows, ["release", "published", "state", "built"])
    out.print(f"Each lies whole in {workspace.maps / 'releases'}.", markup=False)


def restore(
    context: typer.Context,
    release_id: Annotated[str, typer.Argument(metavar="ID", help="A release, or enough of its name.")],
    as_json: Json = False,
) -> None:
    """Bring a kept build back: readers see it from then on."""
    from pipeline.releases.restore import restore as bring_back  # heavy: it draws the portal

    workspace = workspace_of(context)
    workspace.config()
    with hold(workspace):
        release = find_release(workspace, release_id)
        told = bring_back(workspace, release)
    newest = all_releases(workspace)[-1]
    if as_json:
        print_json({"current": release.id, "instead_of": None if newest.id == release.id else newest.id})
        return
    out.print(f"Readers see release {release.id}, published {release.manifest['published']}.", markup=False)
    for line in told:
        out.print(line, markup=False)
    if newest.id != release.id:
        out.print(
            f"Release {newest.id} is set aside: the nightly build leaves it so while the inputs stay as they are; "
            "'corridor build' publishes what the inputs give now.",
            markup=False,
        )


def _row(release: Release, shown: str | None, aside: str | None) -> dict[str, Any]:
    state = "current" if release.id == shown else "set aside" if release.id == aside else "kept"
    steps = release.manifest["steps"]
    ran = [step["name"] for step in steps if step["state"] == "run"]
    return {
        "release": release.id,
        "number": release.number,
        "published": release.manifest["published"],
        "state": state,
        "built": f"{len(ran)} of {len(steps)} steps",
        "steps_built": ran,
        "folder": str(release.folder),
        "totals": release.manifest["totals"],
    }
