"""The temporary Prefect server of one build: started with it, used by nobody else, gone with it however it ends.

Run as ``python -m flows.server FD`` it is that server; it lives for as long as its standard input stays open.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from flows.environment import SERVER_START_TIMEOUT_S
from pipeline.errors import ServiceError, WriteError

if TYPE_CHECKING:
    from sqlalchemy import Connection

_HOST = "127.0.0.1"
_SETTINGS = {
    "PREFECT_SERVER_DATABASE_CONNECTION_URL": "sqlite+aiosqlite:///:memory:",  # nobody reads it afterwards
    "PREFECT_SERVER_DATABASE_MIGRATE_ON_START": "false",  # see _make_tables
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
    "PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT__SERVER_EPHEMERAL": "1",  # no schedules and no clearing up: only what keeps the runs of one build
    "PREFECT__SERVER_FINAL": "1",
}
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux's prctl
_ASK_EVERY_S = 0.05


@contextmanager
def temporary_server(log: Path) -> Iterator[Callable[[], None]]:
    """Run a Prefect server while the block runs, unless ``PREFECT_API_URL`` names one.

    Its address is in ``PREFECT_API_URL`` at once, so that Prefect may be imported while the server starts.

    Parameters
    ----------
    log : Path
        What the server says; written anew every time.

    Yields
    ------
    callable
        Waits until the server answers; raises ServiceError if it ends or does not answer in time.

    Raises
    ------
    WriteError
        If the log cannot be written.
    """
    if os.environ.get("PREFECT_API_URL"):
        yield lambda: None
        return
    with socket.create_server((_HOST, 0)) as door:  # a port of the system's choice, held from here on
        port = door.getsockname()[1]
        process = _start(door, log)
    around = os.environ.get("no_proxy", os.environ.get("NO_PROXY", ""))
    try:
        with _environment(
            PREFECT_API_URL=f"http://{_HOST}:{port}/api",
            PREFECT_LOGGING_TO_API_ENABLED="false",
            no_proxy=f"{around},{_HOST}".lstrip(","),
        ):
            yield lambda: _wait(process, port, log)
    finally:
        process.kill()  # it keeps nothing that could come to harm
        process.communicate()


@contextmanager
def _environment(**settings: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _start(door: socket.socket, log: Path) -> subprocess.Popen[bytes]:
    """Start the server in a session of its own: a Ctrl-C at the terminal is the build's to handle."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)  # it may be another user's
        with log.open("wb") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "flows.server", str(door.fileno())],
                stdin=subprocess.PIPE, stdout=file, stderr=file, pass_fds=[door.fileno()], start_new_session=True,
                env={**os.environ, **_SETTINGS},
            )  # fmt: skip
    except OSError as error:
        raise WriteError(
            f"the temporary Prefect server cannot start: {error.strerror or error}", where=str(error.filename or log),
            remedy="Free disk space or make the folder writable; what was published is untouched.",
        ) from error  # fmt: skip


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + SERVER_START_TIMEOUT_S
    while process.poll() is None and (left_s := deadline - time.monotonic()) > 0:
        if _answers(port, left_s):
            return
        time.sleep(_ASK_EVERY_S)
    ended = process.poll()
    raise ServiceError(
        f"the temporary Prefect server did not answer within {SERVER_START_TIMEOUT_S} s"
        if ended is None
        else f"the temporary Prefect server ended with code {ended} before it answered",
        where=str(log),
        remedy="That log says why. Run again, or start a server yourself and name it by PREFECT_API_URL.",
    )


def _answers(port: int, timeout_s: float) -> bool:
    connection = http.client.HTTPConnection(_HOST, port, timeout=timeout_s)
    try:
        connection.request("GET", "/api/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):  # not yet, or never: the caller knows which
        return False
    finally:
        connection.close()


def main() -> None:
    """Serve on the socket whose descriptor is the argument, for as long as standard input stays open."""
    Thread(target=_leave_with_parent, daemon=True).start()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    asyncio.run(_serve(socket.socket(fileno=int(sys.argv[1]))))


def _leave_with_parent() -> None:
    os.read(0, 1)  # nothing is ever written: it ends when the build closes it, or when the build is no more
    os._exit(0)


async def _serve(door: socket.socket) -> None:
    gc.disable()  # to load Prefect makes a million objects that stay: a sixth of the time went into looking at them
    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.server.database import provide_database_interface

    engine = await provide_database_interface().engine()
    async with engine.begin() as connection:
        await connection.run_sync(_make_tables)
    app = create_app()
    gc.freeze()
    gc.enable()
    await uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on")).serve(sockets=[door])


def _make_tables(connection: Connection) -> None:
    """Make Prefect's tables as they are declared; its migrations, for a database to keep, take eight times as long."""
    from prefect.server.database.orm_models import Base
    from sqlalchemy.schema import CreateIndex, CreateTable

    tables = Base.metadata.sorted_tables
    for table in tables:
        connection.execute(CreateTable(table))
    for index in {index.name: index for table in tables for index in table.indexes}.values():  # one is declared twice
        connection.execute(CreateIndex(index))


if __name__ == "__main__":
    main()
