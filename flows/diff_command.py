"""``corridor diff``: what changed between two releases, and which input caused it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.terminal import Json, out, print_json, workspace_of
from pipeline.errors import DataError
from pipeline.releases.release import Release, all_releases, current_release, find_release
from pipeline.workspace import Workspace, write_json, write_text

if TYPE_CHECKING:
    from pipeline.releases.changes import Changes

_Name = Annotated[str | None, typer.Argument(metavar="[ID]", help="A release, or enough of its name.")]


def diff(
    context: typer.Context,
    old: _Name = None,
    new: _Name = None,
    as_json: Json = False,
    folder: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write changes.csv, changes.json and changes.html (a map) there."),
    ] = None,
) -> None:
    """Say what changed between two releases, by KP, and because of what.

    Without names: the current release against the one before it. With one name: that one against the current.
    """
    from pipeline.releases import changes  # heavy: it draws maps

    workspace = workspace_of(context)
    tolerance = workspace.config().changes  # first: a wrong folder is said, rather than "none"
    before, after = _pair(workspace, old, new)
    found = changes.compare(before, after, tolerance)
    paths = _write(found, before, after, folder) if folder else []
    if as_json:
        print_json(changes.as_json(found) | {"files": [str(path) for path in paths]})
        return
    for line in changes.in_words(found):
        out.print(line, markup=False)
    for path in paths:
        out.print(f"Written: {path}", markup=False)


def _pair(workspace: Workspace, old: str | None, new: str | None) -> tuple[Release, Release]:
    """Return the older and the newer side of the comparison.

    Raises
    ------
    DataError
        If there are not two releases to compare.
    ConfigError
        If a name fits none or several.
    """
    if old is not None and new is not None:
        return find_release(workspace, old), find_release(workspace, new)
    current = current_release(workspace)
    if current is None:
        raise DataError("nothing is built yet", where=str(workspace.root), remedy="Run 'corridor build' first.")
    if old is not None:
        return find_release(workspace, old), current
    earlier = [release for release in all_releases(workspace) if release.number < current.number]
    earlier += [release for release in earlier if release.id == current.before]  # what readers saw before it
    if not earlier:
        raise DataError(
            "there is no release before the current one to compare it with",
            where=str(workspace.releases),
            remedy="Build again after a change, or name two releases ('corridor releases' lists them).",
        )
    return earlier[-1], current


def _write(found: Changes, before: Release, after: Release, folder: Path) -> list[Path]:
    from pipeline.releases import changes

    kinds = ("csv", "csv-metadata.json", "json", "html")
    table, units, data, page = paths = [folder / f"changes.{kind}" for kind in kinds]
    write_text(table, changes.as_csv(found))
    write_json(units, changes.csv_metadata(found, after, table.name))
    write_json(data, changes.as_json(found))
    write_text(page, changes.map_page(found, after, before))
    return paths
