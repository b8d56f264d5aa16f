"""A round on disk: what another process needs to do its pieces, as JSON, for nothing that it reads is ever run."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config import config_from_json, config_json
from pipeline.config.corridor import SourceSection
from pipeline.config.load import Config
from pipeline.store.hashing import known_hashes, trust_hashes
from pipeline.store.rounds import Piece, Round, do_pieces
from pipeline.store.step import FilePart, Step, StepContext
from pipeline.store.work import Cost, Place, Work
from pipeline.workspace import SourceFiles, write_json


@dataclass(frozen=True)
class Order:
    """A round, and where it is to be done.

    Attributes
    ----------
    place : Place
        Workspace, store and plan.
    todo : Round
        The works and their pieces.
    """

    place: Place
    todo: Round

    def write(self, path: Path) -> None:
        """Write it whole or not at all."""
        works = [_work_json(work) for work in self.todo.works]
        files = sorted({self.place.root / name for work in self.todo.works for name in work.parts["files"]})
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(
            path,
            {
                "root": str(self.place.root), "store": str(self.place.store), "works": works,
                "batches": [[[p.work, p.block, p.last] for p in batch] for batch in self.todo.batches],
                "threads": self.todo.threads, "hashes": known_hashes(files),
            },
        )  # fmt: skip

    @classmethod
    def read(cls, path: Path, steps: Sequence[Step]) -> Order:
        """Read it, in the process that is to do it.

        Parameters
        ----------
        path : Path
            What ``write`` has written.
        steps : sequence of Step
            The plan: functions do not travel.
        """
        told = json.loads(path.read_text(encoding="utf-8"))
        trust_hashes(told["hashes"])
        place = Place(Path(told["root"]), Path(told["store"]), {step.name: step for step in steps})
        batches = tuple(tuple(Piece(*piece) for piece in batch) for batch in told["batches"])
        return cls(place, Round(tuple(_work(work, place) for work in told["works"]), batches, told["threads"]))

    def do(self, batch: int, log: Callable[[str], None]) -> None:
        """Do one of its batches.

        Raises
        ------
        CorridorError
            Whatever a work raises.
        """
        do_pieces(self.place, self.todo.works, self.todo.batches[batch], self.todo.threads, log)


def _work_json(work: Work) -> dict[str, Any]:
    context = work.context
    return {
        "step": work.step,
        "of_file": work.of_file,
        "parts": work.parts,
        "cuts": work.cuts,
        "put_together": [[str(cost.folder), cost.seconds, cost.peak_mb] for cost in work.put_together],
        "made_for": work.made_for,
        "config": config_json(
            context.config, tuple(name for name in Config.model_fields if name in vars(context.config))
        ),
        "sources": [
            [s.name, s.section.model_dump(mode="json"), [str(path) for path in s.paths], str(s.root)]
            for s in context.sources
        ],
        "inputs": {name: str(folder) for name, folder in context.inputs.items()},
        "facts": dict(context.facts),
        "files": {name: str(path) for name, path in context.files.items()},
        "made": [[name, str(path), str(part.folder), part.facts] for (name, path), part in context.parts.items()],
        "beside": [str(path) for path in context.beside],
        "key": context.key,
    }


def _work(told: dict[str, Any], place: Place) -> Work:
    context = StepContext(
        config=config_from_json(told["config"]),
        sources=tuple(
            SourceFiles(name, SourceSection.model_validate(section), tuple(map(Path, paths)), Path(root))
            for name, section, paths, root in told["sources"]
        ),
        inputs={name: Path(folder) for name, folder in told["inputs"].items()},
        facts=told["facts"],
        out=place.store,
        files={name: Path(path) for name, path in told["files"].items()},
        parts={(name, Path(path)): FilePart(Path(folder), facts) for name, path, folder, facts in told["made"]},
        beside=tuple(map(Path, told["beside"])),
        key=told["key"],
    )
    return Work(
        told["step"], told["of_file"], context, told["parts"], tuple((first, end) for first, end in told["cuts"]),
        tuple(Cost(Path(folder), seconds, peak_mb) for folder, seconds, peak_mb in told["put_together"]),
        told["made_for"],
    )  # fmt: skip
