"""A workspace of two small steps, to build and publish without Prefect."""

from pathlib import Path

from pipeline.releases import readers
from pipeline.releases.publish import publish
from pipeline.releases.release import current_release
from pipeline.releases.retention import retire
from pipeline.store import Build, Facts, Step, StepContext
from pipeline.workspace import Workspace

CONFIG = """
[corridor]
name = "test"
[sources.depths]
role = "bathymetry"
files = "data/raw/*.txt"
values = "depth_m"
vertical_datum = "surface"
"""


def read_depths(context: StepContext) -> Facts:
    text = "".join(path.read_text() for source in context.role("bathymetry") for path in source.paths)
    (context.out / "depth.txt").write_text(text.upper())
    return {"length": len(text)}


def halve(context: StepContext) -> Facts:
    text = (context.inputs["depths"] / "depth.txt").read_text()
    (context.out / "half.txt").write_text(text[: len(text) // 2] + context.config.corridor.name)
    context.log("halved")
    return {"from": context.facts["depths"]["length"]}


STEPS = (
    Step("depths", "a", "Read", read_depths, roles=("bathymetry",), products=("data/processed/depth.txt",)),
    Step("half", "b", "Halve", halve, after=("depths",), sections=("corridor",), products=("maps/*",)),
)


def make(root: Path) -> Workspace:
    (root / "data" / "raw").mkdir(parents=True)
    (root / "corridor.toml").write_text(CONFIG)
    (root / "data" / "raw" / "one.txt").write_text("deep water")
    return Workspace.at(root)


def run(workspace: Workspace, *, force=False, steps=STEPS, log=lambda line: None, tell=print) -> dict[str, str]:
    """Build and publish; return what was decided about each step and why."""
    release = current_release(workspace)
    build = Build(workspace, workspace.config(), steps, release.parts if release else {}, force)
    decisions = build.decide()
    for decision in decisions:
        if decision.state == "run":
            build.run(decision.step, log, decision.why)
    publish(build, tell)
    retire(workspace, build.config.publish)
    return {d.step.name: f"{d.state}: {d.why}" for d in decisions}


def whole(workspace: Workspace) -> bool:
    release = current_release(workspace)
    return readers.sees(workspace, release) and not release.damage()
