"""The code that a step rests on: all that it runs, and nothing of its neighbours."""

from pathlib import Path

import pytest

from pipeline.plan import STEPS
from pipeline.store import code


def closure(step: str) -> set[str]:
    run = next(item.run for item in STEPS if item.name == step)
    return code._closure([run.__module__])


def test_a_step_rests_on_what_it_runs():
    ais = closure("ais")
    assert {"pipeline.hazards.shipping.ais", "pipeline.hazards.shipping.tracks", "pipeline.geo.route"} <= ais
    assert "pipeline.geo.cog" in closure("terrain") or "pipeline.geo.raster" in closure("terrain")


@pytest.mark.parametrize("step", [step.name for step in STEPS])
def test_no_step_rests_on_the_store_on_publishing_or_on_the_whole_configuration(step):
    strange = (
        "pipeline.store.build",
        "pipeline.store.kept",
        "pipeline.releases",
        "pipeline.config.load",
        "pipeline.workspace.lock",
    )
    assert not [name for name in closure(step) if name.startswith(strange) or "nightly" in name]
    if step not in ("map", "public"):
        assert not [name for name in closure(step) if name.startswith("pipeline.mapping")]


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of its own in the place of ``pipeline``."""
    root = tmp_path / "pipeline"
    write(
        root,
        step="from typing import TYPE_CHECKING\nfrom pipeline.box import Lid\n"
        "if TYPE_CHECKING:\n    import pipeline.big\n",
    )
    (root / "box").mkdir()
    (root / "box" / "__init__.py").write_text(
        "from pipeline.box.lid import Lid\nfrom pipeline.box.rest import Rest\nSIZE = 3\n"
    )
    write(root, box__lid="class Lid: ...\n", box__rest="class Rest: ...\n", big="")

    def source(module: str) -> Path | None:
        place = tmp_path / module.replace(".", "/")
        return next((p for p in (place.with_suffix(".py"), place / "__init__.py") if p.is_file()), None)

    monkeypatch.setattr(code, "_source", source)
    yield root
    forget()


def forget() -> None:
    for cached in (code._imports, code._imported, code._package_data):
        cached.cache_clear()


def hashed() -> str:
    forget()
    return code.code_hash("pipeline.step")


def test_only_what_is_run_changes_the_hash(package):
    first = hashed()
    write(package, box__rest="class Rest:\n    other = 1\n", big="x = 1\n")
    assert hashed() == first
    write(package, box__lid="class Lid:\n    other = 1\n")
    second = hashed()
    assert second != first
    (package / "box" / "table.csv").write_text("a,b\n")
    third = hashed()
    assert third != second
    (package / "box" / "templates").mkdir()
    (package / "box" / "templates" / "page.html").write_text("<p>")
    assert hashed() not in (first, second, third)


def test_a_name_that_the_package_itself_defines_leads_to_the_package(package):
    write(package, step="from pipeline.box import SIZE\n")
    first = hashed()
    init = package / "box" / "__init__.py"
    init.write_text(init.read_text().replace("3", "4"))
    assert hashed() != first
