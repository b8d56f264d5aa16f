"""Gather what the current release was made from, for ``corridor explain``."""

from __future__ import annotations

from pathlib import Path

from pipeline.burial.explain import Explanation, explain
from pipeline.config import Config
from pipeline.errors import ConfigError, DataError
from pipeline.releases.release import current_release
from pipeline.store.kept import Kept, load
from pipeline.workspace import Workspace


def explanation(workspace: Workspace, kp_km: float, *, ships: int) -> Explanation:
    """Return the calculation of the current release at a kilometre post, with so many ships one by one.

    Raises
    ------
    DataError
        If nothing is published yet, or the results behind the release are gone.
    ConfigError
        If the kilometre post is not on the route.
    """
    config: Config = workspace.config()
    release = current_release(workspace)
    if release is None:
        raise DataError(
            "nothing is built yet", where=str(workspace.root), remedy="Run 'corridor build' first; then ask again."
        )
    kept: dict[str, Kept] = {}
    for name, step in release.steps.items():
        result = load(workspace.store, name, step["key"])
        if result is None:
            raise DataError(
                f"the results behind release {release.id} are gone from the store",
                where=step["folder"],
                remedy="Run 'corridor build' to make them again.",
            )
        kept[name] = result
    length_km = float(release.manifest["totals"]["route_length_km"])
    if not 0.0 <= kp_km <= round(length_km, 3):
        raise ConfigError(
            f"KP {kp_km} is not on the route, which runs from KP 0 to KP {length_km:.3f}",
            where="the argument KP",
            remedy="Give a kilometre post on the route.",
        )
    folders: dict[str, Path] = {name: result.folder for name, result in kept.items()}
    return explain(kp_km, folders, {name: result.facts for name, result in kept.items()}, config, ships=ships)
