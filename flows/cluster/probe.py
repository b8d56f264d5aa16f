"""What scheduler and workers are asked before a build; it is run there, so it imports no Prefect by itself."""

from __future__ import annotations

import os
import socket
from importlib import import_module
from pathlib import Path
from typing import TypedDict

import httpx

from flows.program import program

TOKEN = "token"
OPENS = ("flows.tasks",)
"""What a scheduler loads: Dask's opens each task before it sends it on."""
WORKS = (*OPENS, "pipeline.plan")
"""What a worker loads: the tasks, and with the plan all libraries."""
_REACHED = (200, 401, 403)
"""A server that asks who it is speaks; whether the build may use it, Prefect finds out itself."""


class Answer(TypedDict):
    """What a worker answers.

    Attributes
    ----------
    host : str
        Name of its machine.
    program : dict of str to str
        See ``program``.
    api, folder : str
        Why it does not reach Prefect's API, or cannot work in the build's folder; empty where it does.
    """

    host: str
    program: dict[str, str]
    api: str
    folder: str


def load(settings: dict[str, str], modules: tuple[str, ...]) -> dict[str, str]:
    """Let a scheduler or worker load the program, and return which it is.

    Parameters
    ----------
    settings : dict of str to str
        Environment variables that Prefect reads when it is imported; what is there already stays.
    modules : tuple of str
        ``OPENS`` or ``WORKS``.
    """
    for name, value in settings.items():
        os.environ.setdefault(name, value)
    for name in modules:
        import_module(name)
    return program()


def look(folder: str, token: str, mark: str, api_url: str, limit_s: float) -> Answer:
    """Return what a worker is, and what it reaches.

    Parameters
    ----------
    folder : str
        A folder of the workspace, where the build has written ``token``.
    token : str
        What that file must hold.
    mark : str
        Name of the folder that this worker makes there, with a file that holds ``token``, for the build to read.
    api_url : str
        Of Prefect's API.
    limit_s : float
        How long that may take to answer.
    """
    return {
        "host": socket.gethostname(),
        "program": program(),
        "api": _api(api_url, limit_s),
        "folder": _folder(Path(folder), token, mark),
    }


def _api(url: str, limit_s: float) -> str:
    try:
        status = httpx.get(f"{url.rstrip('/')}/health", timeout=limit_s).status_code
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return str(error) or type(error).__name__
    return "" if status in _REACHED else f"it answers {status}"


def _folder(folder: Path, token: str, mark: str) -> str:
    try:
        found = (folder / TOKEN).read_text()
    except FileNotFoundError:
        return "what the build has written there is not there: the worker sees another file system"
    except OSError as error:
        return f"it cannot be read: {error.strerror or error}"
    if found != token:
        return "it holds something else than the build has written: the worker sees another file system"
    try:
        (folder / mark).mkdir()
        (folder / mark / TOKEN).write_text(token)
    except OSError as error:
        return f"the worker cannot write there, as user {os.getuid()}: {error.strerror or error}"
    return ""
