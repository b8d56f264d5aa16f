"""``corridor build`` without Prefect: the same command, lock, steps and publication, in a fraction of the time.

With arguments it is that command. Without, it takes one JSON list a line on standard input: arguments, files for what
is said on standard output and on standard error, and the environment. It imports everything once, forks for each line,
and answers with the process id, then with how that process ended, as ``subprocess`` says it.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from numba import njit

import flows.cli
import flows.environment
import flows.server
import flows.where
import pipeline
from flows.session import Session
from pipeline.mapping.catalogues import page_languages
from pipeline.mapping.escape import environment
from pipeline.mapping.language import teach
from pipeline.plan import STEPS
from pipeline.releases.publish import publish
from pipeline.releases.retention import retire
from pipeline.store.code import code_hash

LIMIT_S = 600


def run_build(session: Session, cluster: object) -> None:
    """Do what ``flows.build`` does, step after step, here wherever it was to be done."""
    with session.reporter.showing():
        for decision in session.to_run:
            session.reporter.start(decision.step, decision.why)
            session.build.run(decision.step, partial(session.reporter.tell, decision.step), decision.why)
            session.reporter.end(decision.step)
        session.release = publish(session.build, session.told.append)
        session.told += retire(session.build.workspace, session.build.config.publish)


@contextmanager
def no_server(log: Path) -> Iterator[Callable[[], None]]:
    yield lambda: None


@contextmanager
def no_cluster(*_where: object) -> Iterator[None]:
    yield None


def leave_prefect_out() -> None:
    module = types.ModuleType("flows.build")
    module.run_build = run_build  # type: ignore[attr-defined]
    sys.modules["flows.build"] = module
    flows.server.temporary_server = no_server  # type: ignore[assignment]
    flows.where.cluster_for = no_cluster  # type: ignore[assignment]
    flows.environment.prepare_prefect = lambda workspace, debug=False: None


def load() -> None:
    """Do once what each child would do: import, compile templates, read catalogues, find out about our modules."""
    for name in ("pipeline.quality.review", "flows.explain", "flows.report", "openpyxl", "PIL.PngImagePlugin"):
        import_module(name)
    for module in walk_packages(pipeline.__path__, "pipeline."):
        if module.name.endswith(("_kernel", "kernels")):
            import_module(module.name)
    for packages in ((), ("pipeline.releases",), ("pipeline.releases.changes",)):
        templates = teach(environment(*packages))
        for name in templates.list_templates(extensions=["html"]):
            templates.get_template(name)
    page_languages()
    njit(lambda number: number)(1)  # numba fills its registries when it compiles for the first time
    for step in STEPS:
        code_hash(step.run.__module__)


def child(arguments: list[str], out: str, err: str, environment: dict[str, str]) -> None:
    """Be ``corridor`` with these arguments; what it says goes to files, or to one."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.alarm(LIMIT_S)
    for descriptor, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(environment)
    inject = getattr(ctypes.CDLL(None), "inject_begin", None)  # there only where the layer is loaded
    if inject is not None:
        inject()
    sys.argv[1:] = arguments
    code = 1
    try:
        flows.cli.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        if sys.exc_info()[0] is not None:  # with --debug
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    leave_prefect_out()
    if "LD_PRELOAD" not in os.environ:  # a layer that makes writing fail sees to it itself
        os.fsync = lambda descriptor: None  # tests end processes, not machines: the disk is not waited for
    if len(sys.argv) > 1:
        flows.cli.main()
    load()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            child(*json.loads(line))
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
