"""Run all benchmarks, or those named, print them and write ``bench/results.json``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from bench.cases import CASES, workspace
from pipeline.workspace import write_json


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    import shutil

    names = sys.argv[1:] or list(CASES)
    unknown = sorted(set(names) - set(CASES))
    if unknown:
        sys.exit(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(CASES)}")
    try:
        results = [line for name in names for line in _lines(CASES[name]())]
    finally:
        if workspace.cache_info().currsize:  # some benchmark needed the default corridor
            shutil.rmtree(workspace().root)
    write_json(Path(__file__).with_name("results.json"), results)


def _lines(result: dict[str, Any] | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what a benchmark gave as lines; one with parts gives several."""
    return result if isinstance(result, list) else [result]


if __name__ == "__main__":
    main()
