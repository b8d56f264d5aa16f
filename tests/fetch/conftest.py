"""What the tests of fetching share: a workspace, and a configuration that waits for nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.fetch.run import Fetched, fetch
from pipeline.fetch.wanted import wanted_of
from pipeline.workspace import Workspace
from tests.fetch.world import BOX

LIMITS: dict[str, float] = {"retries": 2, "backoff_s": 0, "pause_s": 0, "longest_wait_s": 5}
IMPATIENT: dict[str, float] = {"answer_s": 0.3, "connect_s": 0.3, "stall_s": 0.3}


def section(service: str, into: str, url: str, limits: dict[str, float] | None = None, **keys: object) -> str:
    """Return a configuration with a [fetch.it] section for a server."""
    values = {"service": service, "into": into, "url": url, "box": list(BOX)} | keys
    return "".join(
        f"[{title}]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in table.items())
        for title, table in (("fetch", LIMITS | (limits or {})), ("fetch.it", values))
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def get(root: Path) -> Callable[..., Fetched]:
    """Fetch from a server as the configuration says; what is told goes into the function's ``told``."""

    def fetch_it(service: str, into: str, url: str, *, force: bool = False, **keys: object) -> Fetched:
        (root / "corridor.toml").write_text(section(service, into, url, **keys))
        workspace = Workspace.at(root)
        wanted = wanted_of(workspace, workspace.config(), "it")
        return fetch(workspace, wanted, force=force, tell=fetch_it.told.append)

    fetch_it.told = []
    return fetch_it


def files(root: Path) -> list[str]:
    """Return every file of a workspace that may tell something, but for the configuration and lock files."""
    found = (path for path in root.rglob("*") if path.is_file())
    return sorted(
        path.relative_to(root).as_posix() for path in found if path.name not in ("corridor.toml", "lock", "fetch.lock")
    )
