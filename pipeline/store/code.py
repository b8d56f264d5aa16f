"""The code that a step rests on: its module and all modules of this package that it imports, by content."""

from __future__ import annotations

import ast
import hashlib
import platform
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

_LIBRARIES = (
    "branca", "duckdb", "fiona", "folium", "geopandas", "h5py", "jinja2", "numba", "numpy", "openpyxl", "pandas",
    "pillow", "pyarrow", "pygmm", "pyogrio", "pyproj", "rasterio", "scipy", "shapely", "xstatic-leaflet",
)  # fmt: skip

# All of the configuration is no code of a step: what it reads is in its key, and so are the models of its sections.
_NO_CODE = frozenset({"pipeline.config.load"})


def code_hash(*modules: str) -> str:
    """Return a hash of the source of modules and of what they import from ``pipeline``, directly or not.

    A name that a package only passes on leads to the module that defines it, so that a step does not depend on its
    neighbours in a package; tables and templates of a package count for the modules beside them.
    """
    digest = hashlib.sha256()
    for name in sorted(_closure(modules)):
        path = _source(name)
        if path is not None:
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
            digest.update(_package_data(path.parent))
    return digest.hexdigest()


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries whose change may change a digit."""
    return {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}}


def _closure(modules: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    todo = list(modules)
    while todo:
        name = todo.pop()
        if name not in seen | _NO_CODE:
            seen.add(name)
            todo.extend(_imports(name))
    return seen


@lru_cache(maxsize=1024)
def _imports(module: str) -> tuple[str, ...]:
    """Return the modules of ``pipeline`` that a module needs when it runs."""
    found = {target for name, attribute in _imported(module) if (target := _defining(name, attribute))}
    return tuple(sorted(found))


@lru_cache(maxsize=1024)
def _imported(module: str) -> tuple[tuple[str, str], ...]:
    """Return what a module imports from ``pipeline``: module and attribute, empty for the whole module."""
    path = _source(module)
    if path is None:
        return ()
    found: list[tuple[str, str]] = []
    for node in _running(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found += [(node.module, alias.name) for alias in node.names]
    return tuple(item for item in found if item[0].split(".")[0] == "pipeline")


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """Return the statements of a tree, leaving out what only type checkers see; no import stands in an expression."""
    todo = [tree]
    while todo:
        node = todo.pop()
        yield node
        fields = ("orelse",) if _for_checkers(node) else ("body", "orelse", "handlers", "finalbody", "cases")
        todo.extend(inner for field in fields for inner in getattr(node, field, ()))


def _for_checkers(node: ast.AST) -> bool:
    if not isinstance(node, ast.If):
        return False
    return "TYPE_CHECKING" in (getattr(node.test, "id", ""), getattr(node.test, "attr", ""))


def _defining(module: str, attribute: str) -> str | None:
    """Return the module that an import leads to: a submodule, or where a package takes the name from."""
    if attribute and _source(f"{module}.{attribute}") is not None:
        return f"{module}.{attribute}"
    path = _source(module)
    if path is None:
        return None
    if attribute and path.name == "__init__.py":
        for name, passed_on in _imported(module):
            if passed_on == attribute and name != module:
                return _defining(name, attribute)
    return module


@lru_cache(maxsize=1024)
def _source(module: str) -> Path | None:
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:  # an imported name that is a function, not a module
        return None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


@lru_cache(maxsize=1024)
def _package_data(folder: Path) -> bytes:
    """Return the contents of templates and tables in a folder of modules and in its folders that are no packages."""
    kinds = {".html", ".css", ".js", ".csv", ".toml", ".json"}
    places = [folder, *(p for p in folder.iterdir() if p.is_dir() and not (p / "__init__.py").exists())]
    files = sorted(p for place in places for p in place.iterdir() if p.suffix in kinds)
    return b"".join(p.name.encode() + p.read_bytes() for p in files)
