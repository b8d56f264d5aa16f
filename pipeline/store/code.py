"""The code that a step rests on: its module and all modules of this package that it imports, by content."""

from __future__ import annotations

import ast
import hashlib
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

_LIBRARIES = ("duckdb", "folium", "numpy", "pandas", "pyarrow", "pygmm", "pyproj", "rasterio", "scipy", "shapely")


def code_hash(module: str) -> str:
    """Return a hash of a module's source and of the sources it imports from ``pipeline``, directly or not."""
    digest = hashlib.sha256()
    for name in sorted(_closure(module)):
        path = _source(name)
        if path is not None:
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0" + _package_data(path))
    return digest.hexdigest()


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries whose change may change a digit."""
    return {name: version(name) for name in _LIBRARIES}


def _closure(module: str) -> set[str]:
    seen: set[str] = set()
    todo = [module]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        todo.extend(_imports(name))
        if "." in name:
            todo.append(name.rsplit(".", 1)[0])
    return seen


@lru_cache(maxsize=1024)
def _imports(module: str) -> tuple[str, ...]:
    path = _source(module)
    if path is None:
        return ()
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(sorted(name for name in found if name.startswith("pipeline.") and _source(name) is not None))


@lru_cache(maxsize=1024)
def _source(module: str) -> Path | None:
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:  # an imported name that is a function, not a module
        return None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


def _package_data(path: Path) -> bytes:
    """Return the contents of templates and tables beside a package's ``__init__``."""
    if path.name != "__init__.py":
        return b""
    kinds = {".html", ".css", ".js", ".csv", ".toml", ".json"}
    files = sorted(p for p in path.parent.rglob("*") if p.suffix in kinds)
    return b"".join(p.name.encode() + p.read_bytes() for p in files)
