"""What must hold before a build is sent to a cluster: the same program, a Prefect API and a folder that all share."""

from __future__ import annotations

import secrets
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import distributed
from distributed import Client

from flows import interrupt
from flows.cluster.local import Cluster
from flows.cluster.probe import OPENS, TOKEN, WORKS, Answer, load, look
from flows.program import differences, program
from flows.secret import hide
from pipeline.config import Config
from pipeline.errors import ServiceError, WriteError
from pipeline.workspace import Workspace

BASE_MB = 700
"""What a worker with all libraries loaded holds besides what a step is configured to hold."""
_TERMINATES_AT = 0.95
_SEEN_WITHIN_S = 10.0
_ASK_EVERY_S = 0.2
_MB = 1e6
_PRIORITY = 1000
"""Questions are answered before work of others."""


def connect(cluster: Cluster, limit_s: float) -> Client:
    """Return a client of a cluster, once its scheduler answers and it has workers.

    Raises
    ------
    ServiceError
        If there is no answer in time, or there are no workers.
    """
    deadline = time.monotonic() + limit_s
    where = cluster.address if cluster.own else f"--dask {cluster.address}"
    try:
        client = Client(cluster.address, security=cluster.security, timeout=limit_s, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:  # also an address that is none, or no keys for it
        raise ServiceError(
            f"the Dask scheduler does not answer within {limit_s:g} s ([scale] answer_s): {error}",
            where=where,
            remedy="Start it with 'dask scheduler', and workers with 'dask worker ADDRESS --nthreads 1'; or leave out "
            "--dask for a cluster of this machine. See docs/scale.md.",
        ) from error
    while time.monotonic() < deadline and not cluster.ended():
        interrupt.check()
        if len(client.nthreads()) >= cluster.workers:
            return client
        time.sleep(_ASK_EVERY_S)
    client.close()
    ended = cluster.ended()
    raise ServiceError(
        f"of the local Dask cluster {ended}"
        if ended
        else f"the Dask scheduler has too few workers after {limit_s:g} s ([scale] answer_s)",
        where=where,
        remedy="The log .corridor/logs/dask-workers.log says why."
        if cluster.own
        else f"Start some on machines that share the workspace: 'dask worker {cluster.address} --nthreads 1'.",
    )  # fmt: skip


def address_of(client: Client) -> str:
    """Return the address of a client's scheduler; empty where it is lost."""
    return str(client.scheduler.address) if client.scheduler is not None else ""


def check_scheduler(client: Client, settings: dict[str, str], limit_s: float) -> None:
    """Ask the scheduler which program it runs.

    Parameters
    ----------
    client : Client
        Of the scheduler.
    settings : dict of str to str
        What its Prefect must know.
    limit_s : float
        How long that may take.

    Raises
    ------
    ServiceError
        If it is another, or there is no answer.
    """
    where = address_of(client)
    try:
        found = client.run_on_scheduler(load, settings, OPENS, callback_timeout=limit_s)
    except TimeoutError as error:
        raise _no_answer("scheduler", where, limit_s) from error
    except Exception as error:  # whatever loading this program's modules raises there
        raise _cannot_load("scheduler", where, error) from error
    _check_program("scheduler", where, found)


def check_workers(client: Client, workspace: Workspace, config: Config, api_url: str) -> list[str]:
    """Ask every worker what it is and what it reaches; return a line about each.

    Raises
    ------
    ServiceError
        If one of them cannot do this build's work; it says why, and what to do.
    WriteError
        If the workspace cannot be written.
    """
    info = client.scheduler_info(n_workers=-1)["workers"]
    for address, worker in info.items():
        if worker["nthreads"] != 1:
            raise ServiceError(
                f"the Dask worker has {worker['nthreads']} threads, and a build's worker has one",
                where=address,
                remedy="Start it with 'dask worker ADDRESS --nthreads 1 --nworkers N': memory is bounded by worker.",
            )
        _check_memory(address, worker["memory_limit"], config)
    limit_s = config.scale.answer_s
    with _shared_folder(workspace) as (folder, token):
        answers = _ask(client, list(info), folder, token, api_url, limit_s)
        for number, (address, answer) in enumerate(answers.items()):
            _check(address, answer, api_url, folder)
            _check_written(address, folder / str(number), token)
    return [
        f"worker {worker['name']} on {answers[address]['host']}: may hold {_megabytes(worker['memory_limit'])}"
        for address, worker in info.items()
    ]


def load_on_workers(client: Client, settings: dict[str, str], limit_s: float) -> None:
    """Let every worker load all that tasks need, unless it has.

    Parameters
    ----------
    client : Client
        Of the scheduler.
    settings : dict of str to str
        What a worker's Prefect must know.
    limit_s : float
        How long that may take.

    Raises
    ------
    ServiceError
        If one of them cannot, or does not answer.
    """
    workers = list(client.scheduler_info(n_workers=-1)["workers"])
    _of_each(client, workers, limit_s, lambda number: (load, settings, WORKS))


def _check_memory(address: str, limit: int, config: Config) -> None:
    reads_ais = any(source.role == "ais" for source in config.sources.values())
    needs_mb = BASE_MB + (config.ais.memory_mb if reads_ais else 0)
    if limit and limit * _TERMINATES_AT < needs_mb * _MB:
        also = f" and {config.ais.memory_mb} MB of the AIS reader ([ais] memory_mb)" if reads_ais else ""
        raise ServiceError(
            f"the Dask worker may hold {_megabytes(limit)} and is ended at {_TERMINATES_AT:.0%} of it, and a build "
            f"needs {needs_mb} MB: {BASE_MB} MB of the program{also}",
            where=address,
            remedy="Raise [scale] worker_memory_mb, or --memory-limit of a worker of your own; or lower what steps "
            "are configured to hold.",
        )


def _megabytes(limit: int) -> str:
    return f"{limit / _MB:.0f} MB" if limit else "what the machine has"


@contextmanager
def _shared_folder(workspace: Workspace) -> Iterator[tuple[Path, str]]:
    """Make a folder as those of results are made, with a token in it that only who sees it knows."""
    folder = workspace.home / "shared"
    token = secrets.token_hex()
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / TOKEN).write_text(token)
    except OSError as error:
        raise WriteError(
            f"the workspace cannot be written: {error.strerror or error}", where=str(folder),
            remedy="Make the folder writable for this user.",
        ) from error  # fmt: skip
    try:
        yield folder, token
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ask(
    client: Client, workers: list[str], folder: Path, token: str, api_url: str, limit_s: float
) -> dict[str, Answer]:
    """Return what workers answer, by address; first whether they have the question: one that has not would end."""
    _of_each(client, workers, limit_s, lambda number: (find_spec, look.__module__))
    return _of_each(
        client, workers, limit_s, lambda number: (look, str(folder), token, str(number), api_url, limit_s / 2)
    )


def _of_each(
    client: Client, workers: list[str], limit_s: float, question: Callable[[int], tuple[Any, ...]]
) -> dict[str, Any]:
    asked = {
        address: client.submit(
            *question(number), workers=[address], allow_other_workers=False, pure=False, priority=_PRIORITY
        )
        for number, address in enumerate(workers)
    }
    deadline = time.monotonic() + limit_s
    try:
        return {address: _answer(address, future, deadline, limit_s) for address, future in asked.items()}
    finally:
        client.cancel(list(asked.values()))


def _answer(address: str, future: distributed.Future[Any], deadline: float, limit_s: float) -> Any:
    try:
        return future.result(timeout=max(deadline - time.monotonic(), 0.0))
    except TimeoutError as error:
        raise _no_answer("worker", address, limit_s) from error
    except Exception as error:  # whatever loading this program's modules raises there
        raise _cannot_load("worker", address, error) from error


def _no_answer(who: str, where: str, limit_s: float) -> ServiceError:
    return ServiceError(
        f"the Dask {who} does not answer within {limit_s:g} s ([scale] answer_s)",
        where=where,
        remedy="It is at other work, or stopped, or its machine is too slow: see its log, and run again.",
    )


def _cannot_load(who: str, where: str, error: Exception) -> ServiceError:
    return ServiceError(
        f"the Dask {who} cannot run this program: {type(error).__name__}: {error}",
        where=where,
        remedy=f"Install this release on its machine with 'make dask', and start the {who} with .venv/bin/dask.",
    )


def _check_program(who: str, where: str, found: dict[str, str]) -> None:
    unlike = differences(program(), found)
    if unlike:
        raise ServiceError(
            f"the Dask {who} runs another program: {unlike}",
            where=where,
            remedy=f"Install this release there with 'make dask' and start the {who} again: it goes on with the code "
            "of its start.",
        )


def _check(address: str, answer: Answer, api_url: str, folder: Path) -> None:
    where = f"{address} on {answer['host']}"
    _check_program("worker", where, answer["program"])
    if answer["folder"]:
        raise ServiceError(
            f"the Dask worker cannot work in {folder.parent.parent}: {answer['folder']}",
            where=where,
            remedy="Mount the workspace there under the same path, and start the worker as the user who builds.",
        )
    if answer["api"] or (_is_loopback(api_url) and answer["host"] != socket.gethostname()):
        why = answer["api"] or "that address is each machine's own"
        raise ServiceError(
            f"the Dask worker does not reach Prefect's API at {hide(api_url)}: {why}",
            where=where,
            remedy="Start a server that all machines reach, 'prefect server start --host ADDRESS', and name it for the "
            "build: PREFECT_API_URL=http://ADDRESS:4200/api. See docs/scale.md.",
        )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_written(address: str, made: Path, token: str) -> None:
    """Read what a worker has written, and take it away, as the build does with results."""
    deadline = time.monotonic() + _SEEN_WITHIN_S  # network file systems show a new file late
    while True:
        try:
            found = (made / TOKEN).read_text()
            break
        except FileNotFoundError:
            if time.monotonic() > deadline:
                raise _not_shared(address, made, f"is not seen here after {_SEEN_WITHIN_S:g} s") from None
            time.sleep(_ASK_EVERY_S)
        except OSError as error:
            raise _not_shared(address, made, f"cannot be read here: {error.strerror or error}") from error
    if found != token:
        raise _not_shared(address, made, "reads otherwise here")
    try:
        shutil.rmtree(made)
    except OSError as error:
        raise _not_shared(address, made, f"cannot be taken away here: {error.strerror or error}") from error


def _not_shared(address: str, made: Path, what: str) -> ServiceError:
    return ServiceError(
        f"what the Dask worker has written in {made.parent} {what}",
        where=address,
        remedy="Mount the workspace on all machines under the same path, and start workers as the user who builds.",
    )
