"""``corridor`` without Prefect, and without loading everything anew: for tests of what it does, not how it starts."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
LIMIT_S = 300


class Builder:
    """A process of ``tests.plain_build``: it runs one command at a time.

    Parameters
    ----------
    environment : mapping
        In which it loads; each command is given one of its own.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.plain_build"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**environment, "PYTHONUNBUFFERED": "1"}, cwd=ROOT,
        )  # fmt: skip

    def start(self, *arguments: str | Path, out: Path, err: Path, environment: Mapping[str, str]) -> int:
        """Start a command whose words are added to two files, or to one; return its process id."""
        line = json.dumps([[str(argument) for argument in arguments], str(out), str(err), dict(environment)])
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> int:
        """Wait for the command's end; return its exit code, negative where a signal ended it."""
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """Let the process go."""
        self._process.stdin.close()
        self._process.wait(timeout=LIMIT_S)
        self._process.stdout.close()


def plain_command(root: Path) -> list[str]:
    """Return the words that start a process which builds a workspace without Prefect."""
    return [sys.executable, "-m", "tests.plain_build", "-C", str(root), "build"]


@cache
def _builder() -> Builder:
    builder = Builder(os.environ)
    atexit.register(builder.close)
    return builder


def plain_corridor(*arguments: str | Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as ``tests.mini.corridor`` does, but for Prefect and the start of a Python of its own."""
    with TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        _builder().start(*arguments, out=out, err=err, environment={**os.environ, "COLUMNS": "200", **(env or {})})
        code = _builder().end()
        return subprocess.CompletedProcess(arguments, code, out.read_text(), err.read_text())
