"""Works in blocks: whatever the cutting, the crew, the order and the process, the same result; twins and losses."""

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import DataError, ServiceError
from pipeline.store import BlockWork, Build, Facts, FileWork, Step, StepContext
from pipeline.store.cutting import Crew
from pipeline.store.orders import Order
from pipeline.store.rounds import do_pieces
from tests import toy


def lengths(context: StepContext) -> list[float]:
    """A unit a word of the one file, as heavy as it is long."""
    ((path,),) = (source.paths for source in context.sources)
    return [float(len(word)) for word in path.read_text().split()]


def spell(context: StepContext) -> Facts:
    """Write the words of a block in capitals."""
    ((path,),) = (source.paths for source in context.sources)
    words = path.read_text().split()[slice(*context.block)]
    (context.out / "words.txt").write_text(" ".join(words).upper())
    context.log(f"{len(words)} words")
    return {"letters": sum(map(len, words))}


def gather(context: StepContext) -> Facts:
    """Put the blocks of a file together."""
    text = " ".join((part.folder / "words.txt").read_text() for part in context.blocks)
    (context.out / "depth.txt").write_text(text)
    return {"letters": sum(part.facts["letters"] for part in context.blocks)}


def places(context: StepContext) -> list[float]:
    return [1e6] * len(shouted(context).split())


def shouted(context: StepContext) -> str:
    return " ".join((part.folder / "depth.txt").read_text() for part in context.parts.values())


def number(context: StepContext) -> Facts:
    first, end = context.block
    (context.out / "n.json").write_text(json.dumps(list(enumerate(shouted(context).split()))[first:end]))
    return {}


def join(context: StepContext) -> Facts:
    pairs = [pair for part in context.blocks for pair in json.loads((part.folder / "n.json").read_text())]
    (context.out / "depth.txt").write_text(json.dumps(pairs))
    return {"letters": sum(part.facts["letters"] for part in context.parts.values())}


RATE = "s_per_million_draws"
STEPS = (
    Step(
        "depths", "seabed", "Shout", join, roles=("bathymetry",),
        per_file=FileWork(gather, blocks=BlockWork(lengths, spell, RATE)), blocks=BlockWork(places, number, RATE),
        products=("data/processed/depth.txt",),
    ),
)  # fmt: skip
WORDS = " ".join(f"w{number}" for number in range(200))


@pytest.fixture
def workspace(tmp_path):
    made = toy.make(tmp_path)
    (made.root / "data" / "raw" / "one.txt").write_text(WORDS)
    (made.root / "data" / "raw" / "two.txt").write_text("a few more")
    return made


def started(workspace, crew, *, scale=""):
    config = workspace.config_path
    config.write_text(f"{toy.CONFIG}\n[scale]\n{scale}")
    build = Build(workspace, workspace.config(), STEPS)
    (decision,) = build.decide()
    return build, build.rounds(decision.step, lambda line: None, decision.why, crew)


def told(kept):
    return kept.outputs, kept.facts


def finished(rounds, do):
    """Do all rounds by ``do`` and return the result with the number of tasks."""
    tasks = 0
    while True:
        try:
            todo = next(rounds)
        except StopIteration as end:
            return end.value, tasks
        tasks += len(todo.batches)
        do(todo)


@pytest.fixture
def alone(tmp_path_factory):
    """The result on one thread of one process, hardly cut."""
    workspace = toy.make(tmp_path_factory.mktemp("alone"))
    (workspace.root / "data" / "raw" / "one.txt").write_text(WORDS)
    (workspace.root / "data" / "raw" / "two.txt").write_text("a few more")
    return toy_result(workspace)


def toy_result(workspace):
    build, _ = started(workspace, Crew(1, 1))
    return told(build.run(STEPS[0], lambda line: None))


@pytest.mark.parametrize("crew", [Crew(1, 1), Crew(1, 3), Crew(2, 1, apart=True), Crew(4, 2, apart=True)])
@pytest.mark.parametrize("rate", ["1e-3", "1e4", "1e6"])
def test_any_cutting_and_any_order_give_the_same(workspace, alone, crew, rate):
    build, rounds = started(workspace, crew, scale=f"{RATE} = {rate}")

    def do(todo):
        order = list(todo.batches)
        random.Random(1).shuffle(order)
        for batch in order:
            do_pieces(build.place, todo.works, batch, todo.threads, lambda line: None)

    kept, tasks = finished(rounds, do)
    assert told(kept) == alone
    assert tasks <= 300
    assert not list(workspace.store.glob("*/.*"))  # neither half-made folders nor blocks are left


def test_much_work_is_many_tasks_but_not_more_than_allowed(workspace):
    build, rounds = started(workspace, Crew(100, 1, apart=True), scale=f"{RATE} = 1e9\nmost_tasks = 50")
    batches = []

    def do(todo):
        batches.append(len(todo.batches))
        for batch in todo.batches:
            do_pieces(build.place, todo.works, batch, todo.threads, lambda line: None)

    finished(rounds, do)
    assert max(batches) > 5
    assert sum(batches) <= 50


def test_another_process_does_its_batches_from_the_order_on_disk(workspace, alone, tmp_path):
    build, rounds = started(workspace, Crew(2, 1, apart=True), scale=f"{RATE} = 1e6")
    program = (
        "import sys; from pathlib import Path; from pipeline.store.orders import Order; from tests.store import "
        "test_rounds; order = Order.read(Path(sys.argv[1]), test_rounds.STEPS)\n"
        "for batch in sys.argv[2:]: order.do(int(batch), print)"
    )

    def do(todo):
        path = tmp_path / "orders" / "one.json"
        Order(build.place, todo).write(path)
        numbers = [str(number) for number in range(len(todo.batches))]
        for own in (numbers[::2], numbers[1::2]):
            command = [sys.executable, "-c", program, str(path), *own]
            subprocess.run(command, check=True, cwd=Path(__file__).parents[2])

    kept, _ = finished(rounds, do)
    assert told(kept) == alone


def test_an_order_says_the_same_after_a_journey(workspace, tmp_path):
    build, rounds = started(workspace, Crew(2, 1, apart=True), scale=f"{RATE} = 1e6")
    order = Order(build.place, next(rounds))
    order.write(tmp_path / "order.json")
    again = Order.read(tmp_path / "order.json", STEPS)
    assert again.todo.batches == order.todo.batches
    for one, other in zip(order.todo.works, again.todo.works, strict=True):
        assert (one.parts, one.cuts, one.made_for, one.name) == (other.parts, other.cuts, other.made_for, other.name)
        assert one.context.sources == other.context.sources
        assert vars(one.context.config) == vars(other.context.config)


def test_a_batch_that_is_done_twice_changes_nothing(workspace, alone):
    build, rounds = started(workspace, Crew(2, 1, apart=True), scale=f"{RATE} = 1e6")

    def do(todo):
        for batch in (*todo.batches, *todo.batches):
            do_pieces(build.place, todo.works, batch, todo.threads, lambda line: None)

    assert told(finished(rounds, do)[0]) == alone


def test_a_block_that_nobody_can_see_is_told(workspace):
    build, rounds = started(workspace, Crew(2, 1, apart=True), scale=f"{RATE} = 1e6")

    def do(todo):
        for batch in todo.batches[1:]:
            do_pieces(build.place, todo.works, batch, todo.threads, lambda line: None)

    with pytest.raises(ServiceError, match="the same file system") as caught:
        finished(rounds, do)
    assert caught.value.exit_code == 69


def test_a_file_that_changes_before_a_block_is_kept_is_refused(workspace):
    build, rounds = started(workspace, Crew(2, 1, apart=True), scale=f"{RATE} = 1e6")
    todo = next(rounds)
    (workspace.root / "data" / "raw" / "one.txt").write_text(WORDS.upper())
    with pytest.raises(DataError, match="changed while it was being read"):
        for batch in todo.batches:
            do_pieces(build.place, todo.works, batch, 1, lambda line: None)
    assert not list(workspace.store.glob("depths.files/*"))


def test_blocks_of_an_earlier_cutting_are_forgotten(workspace, alone):
    build, rounds = started(workspace, Crew(4, 1, apart=True), scale=f"{RATE} = 1e6")
    todo = next(rounds)
    do_pieces(build.place, todo.works, todo.batches[0], 1, lambda line: None)
    assert list(workspace.store.glob("*/.*.blocks"))
    assert toy_result(workspace) == alone
    assert not list(workspace.store.glob("*/.*"))


def slowly(context: StepContext) -> Facts:
    """Write a result while a twin, begun by ``MEANWHILE``, comes first."""
    while MEANWHILE:
        MEANWHILE.pop()()
    (context.out / "depth.txt").write_text("the same")
    return {}


MEANWHILE: list[Callable[[], object]] = []
SLOW = (Step("depths", "seabed", "Dawdle", slowly, roles=("bathymetry",), products=("data/processed/depth.txt",)),)


@pytest.mark.parametrize("force", [False, True])
def test_a_late_twin_leaves_what_is_there(workspace, force):
    build = Build(workspace, workspace.config(), SLOW, force=force)
    (decision,) = build.decide()
    todo = next(build.rounds(decision.step, print, decision.why, Crew(2, 1, apart=True)))
    (work,) = todo.works
    first = []

    def overtake():
        kept = build.place.finish(work, print, threads=1, at_once=1)
        first.append((kept.folder / "depth.txt").stat().st_ino)

    MEANWHILE.append(overtake)
    kept = build.place.finish(work, print, threads=1, at_once=1)
    assert [(kept.folder / "depth.txt").stat().st_ino] == first


def test_a_forced_build_makes_afresh_what_an_earlier_one_kept(workspace):
    def inode(*, force):
        build = Build(workspace, workspace.config(), SLOW, force=force)
        (decision,) = build.decide()
        kept = build.results.get("depths") or build.run(decision.step, print)
        return (kept.folder / "depth.txt").stat().st_ino

    first = inode(force=False)
    assert inode(force=False) == first
    assert inode(force=True) != first


def test_late_rounds_of_a_large_cluster_still_get_their_share(workspace):
    build, _ = started(workspace, Crew(100, 1, apart=True), scale=f"{RATE} = 1e9")
    build._tasks_left = 0
    todo = next(build.rounds(STEPS[0], print, "", Crew(100, 1, apart=True)))
    assert len(todo.batches) >= 20
