"""A Dask cluster of this machine for one build: scheduler and workers are processes, gone with it however it ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from distributed.security import Security

from flows import interrupt, leash
from flows.environment import SERVER_START_TIMEOUT_S
from pipeline.config.scale import ScaleSection
from pipeline.errors import ServiceError, WriteError
from pipeline.store.cutting import processors
from pipeline.workspace import Workspace

_HOST = "127.0.0.1"
_ASK_EVERY_S = 0.05
_ENDS_WITHIN_S = 20.0


@dataclass(frozen=True)
class Cluster:
    """A scheduler, and how to speak to it.

    Attributes
    ----------
    address : str
        Of the scheduler.
    security : Security or None
        Keys of a cluster of our own; without them Dask's own settings count.
    workers : int
        How many workers it is to have at least.
    processes : dict of str to Popen
        What runs of it here, by its name in words.
    """

    address: str
    security: Security | None = None
    workers: int = 1
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def own(self) -> bool:
        """Whether this build has started it."""
        return bool(self.processes)

    def ended(self, within_s: float = 0.0) -> str:
        """Return which of its processes here have ended, or do so in a time, in words; empty where none has."""
        deadline = time.monotonic() + within_s
        while True:
            codes = {name: process.poll() for name, process in self.processes.items()}
            words = [f"{name} ended with code {code}" for name, code in codes.items() if code is not None]
            if words or not self.own or time.monotonic() >= deadline:
                return ", ".join(words)
            time.sleep(_ASK_EVERY_S)


@contextmanager
def local_cluster(workspace: Workspace, scale: ScaleSection) -> Iterator[Callable[[], Cluster]]:
    """Run a scheduler and single-thread workers on this machine's loopback while the block runs.

    All start at once, and load their libraries while the caller loads its own. They speak TLS with keys that are made
    anew each time: whoever reaches a Dask scheduler may run anything, and loopback is open to each of the machine's
    users.

    Parameters
    ----------
    workspace : Workspace
        The caller holds it. Scratch and keys lie in its ``.corridor``, what the processes say in its logs.
    scale : ScaleSection
        How many workers, what each may hold, and when one is taken for lost.

    Yields
    ------
    callable
        Waits until the scheduler has an address, and returns the cluster; raises ServiceError if it does not start.

    Raises
    ------
    WriteError
        If the workspace cannot be written.
    """
    folder = workspace.home / f"dask-{os.getuid()}"
    held, holding = os.pipe()
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        try:
            shutil.rmtree(folder, ignore_errors=True)  # of a build that was killed
            folder.mkdir(mode=0o700, parents=True)
            security, keys = _make_keys(folder)
        except OSError as error:
            raise _cannot_write(error, folder) from error
        noted = folder / "scheduler.json"
        environment = _environment(folder, scale)
        log = workspace.home / "logs" / "dask-scheduler.log"
        # A scheduler opens each task before it sends it on: to load this with the first it would hear nobody meanwhile.
        processes["the scheduler"] = _start(
            ["scheduler", "--host", _HOST, "--port", "0", "--protocol", "tls", "--no-dashboard",
             "--dashboard-address", f"{_HOST}:0", "--scheduler-file", str(noted), "--preload", "flows.tasks", *keys],
            log, environment, held,
        )  # fmt: skip
        workers = scale.workers or processors()
        starts_s = SERVER_START_TIMEOUT_S + scale.answer_s  # no sooner than the build itself gives up
        processes["the workers' keeper"] = _start(
            ["worker", "--scheduler-file", str(noted), "--host", _HOST, "--nworkers", str(workers), "--nthreads", "1",
             "--name", "local",
             "--memory-limit", f"{scale.worker_memory_mb}MB", "--local-directory", str(folder), "--no-dashboard",
             "--dashboard-address", f"{_HOST}:0", "--death-timeout", f"{starts_s:g}",
             "--preload", "flows.cluster.preload", *keys],
            workspace.home / "logs" / "dask-workers.log", environment, held,
        )  # fmt: skip
        os.close(held)
        held = -1

        def ready() -> Cluster:
            address = _wait(processes["the scheduler"], noted, scale.answer_s, log)
            return Cluster(address, security, workers, processes)

        yield ready
    finally:
        if held >= 0:
            os.close(held)
        os.close(holding)  # their guards end them, as they would if this process were killed
        for process in processes.values():
            _end(process)
        shutil.rmtree(folder, ignore_errors=True)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process that was told to end; one that does not, on a file system that hangs, hides no other error."""
    try:
        process.wait(_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _make_keys(folder: Path) -> tuple[Security, list[str]]:
    """Write a key and its certificate where only this user reads them; return them and the options that name them."""
    security = Security.temporary()
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    for path, text in ((certificate, security.tls_client_cert), (key, security.tls_client_key)):
        path.touch(mode=0o600)
        path.write_text(text)
    return security, ["--tls-ca-file", str(certificate), "--tls-cert", str(certificate), "--tls-key", str(key)]


def _environment(folder: Path, scale: ScaleSection) -> dict[str, str]:
    """Return the environment of scheduler and workers. What passes through them is small: nothing need be spilled."""
    return {
        **os.environ,
        "DASK_LOGGING__DISTRIBUTED": "info",
        "DASK_TEMPORARY_DIRECTORY": str(folder),
        "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True",
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(scale.retries),
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": f"{scale.silent_s:g}s",
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION": "1.0",  # few tasks wait for one worker while another rests
        "DASK_DISTRIBUTED__WORKER__MEMORY__TARGET": "False",
        "DASK_DISTRIBUTED__WORKER__MEMORY__SPILL": "False",
        "DASK_DISTRIBUTED__WORKER__MEMORY__PAUSE": "False",  # a worker that stays paused would hold up the build
        "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
        # Processes that share the machine's processors with the work look at themselves seldom.
        "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms",
        "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "2s",
        "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__GIL__ENABLED": "False",
        "DASK_DISTRIBUTED__WORKER__MEMORY__MONITOR_INTERVAL": "200ms",
        "DASK_DISTRIBUTED__DIAGNOSTICS__NVML": "False",
        "DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES": "[]",  # pages that nobody reads, open to every user
        "DASK_DISTRIBUTED__WORKER__HTTP__ROUTES": "[]",
    }


def _start(options: Sequence[str], log: Path, environment: dict[str, str], held: int) -> subprocess.Popen[bytes]:
    """Start ``dask`` with options in a session of its own: a Ctrl-C at the terminal is the build's to handle."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)  # it may be another user's
        with log.open("wb") as file:
            return subprocess.Popen(
                [sys.executable, "-I", "-S", leash.__file__, str(held), "0", sys.executable, "-m", "dask", *options],
                stdin=subprocess.DEVNULL, stdout=file, stderr=file, pass_fds=[held], start_new_session=True,
                env=environment,
            )  # fmt: skip
    except OSError as error:
        raise _cannot_write(error, log) from error


def _wait(scheduler: subprocess.Popen[bytes], noted: Path, limit_s: float, log: Path) -> str:
    """Return the address that a scheduler has noted."""
    deadline = time.monotonic() + limit_s
    while scheduler.poll() is None and time.monotonic() < deadline:
        interrupt.check()
        try:
            return str(json.loads(noted.read_text())["address"])
        except (OSError, json.JSONDecodeError):  # not yet, or not yet whole
            time.sleep(_ASK_EVERY_S)
    code = scheduler.poll()
    raise ServiceError(
        f"the local Dask scheduler did not start within {limit_s:g} s ([scale] answer_s)"
        if code is None
        else f"the local Dask scheduler ended with code {code} before the build could speak to it",
        where=str(log),
        remedy="That log says why. Leave out --engine dask to build on this machine's threads.",
    )


def _cannot_write(error: OSError, path: Path) -> WriteError:
    return WriteError(
        f"the local Dask cluster cannot start: {error.strerror or error}", where=str(error.filename or path),
        remedy="Free disk space or make the folder writable; what was published is untouched.",
    )  # fmt: skip
