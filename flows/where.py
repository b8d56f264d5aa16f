"""Where a build's tasks run: what options and configuration say of it, and the processes that are started for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from pipeline.config.scale import ScaleSection
from pipeline.errors import ConfigError, ServiceError
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from flows.cluster.local import Cluster

Kind = Literal["threads", "dask"]


def chosen(scale: ScaleSection, engine: Kind | None, dask: str | None) -> tuple[Kind, str]:
    """Return where tasks run, and the address of the Dask scheduler, empty for one of our own.

    Parameters
    ----------
    scale : ScaleSection
        What the configuration says.
    engine, dask : str or None
        The options, where they are given.

    Raises
    ------
    ConfigError
        If there is an address for a build on threads.
    ServiceError
        If the libraries of the Dask engine are not installed.
    """
    kind = engine or scale.engine
    if kind == "threads":
        if dask is not None:
            raise ConfigError(
                "an address of a Dask scheduler is for builds on Dask only", where="--dask", remedy="Add --engine dask."
            )
        return kind, ""
    if find_spec("prefect_dask") is None:
        raise ServiceError(
            "the libraries of the Dask engine are not installed",
            where="--engine dask" if engine else "[scale] engine",
            remedy="Install them with 'make dask'; or build on this machine's threads with --engine threads.",
        )
    return kind, scale.dask if dask is None else dask


@contextmanager
def cluster_for(
    workspace: Workspace, scale: ScaleSection, kind: Kind, address: str
) -> Iterator[Callable[[], Cluster] | None]:
    """Have a Dask cluster while the block runs: that at an address, or one of this machine that is started for it.

    It is called before Prefect is imported: the processes of a cluster load their own libraries meanwhile. The log of
    the build begins later; what is raised here stands in none.

    Parameters
    ----------
    workspace : Workspace
        The caller holds it.
    scale : ScaleSection
        What a cluster of this machine is made of.
    kind : {"threads", "dask"}
        Where tasks run.
    address : str
        Of a scheduler; empty: a cluster of this machine is started.

    Yields
    ------
    callable or None
        Waits for the cluster and returns it; None where there is none.

    Raises
    ------
    WriteError
        If the workspace cannot be written.
    """
    if kind == "threads":
        yield None
        return
    from flows.cluster.local import Cluster, local_cluster  # its libraries are optional

    if address:
        yield lambda: Cluster(address)
        return
    with local_cluster(workspace, scale) as ready:
        yield ready
