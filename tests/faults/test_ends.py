"""A build that is ended at any instant: nothing published is lost, and the next run heals."""

from __future__ import annotations

import signal
import time

import pytest

from tests.faults.house import FULL, Faults, House, sample, send, spread

pytestmark = pytest.mark.slow


def test_killed_at_any_instant(house: House) -> None:
    faults = Faults(house, "kill -9 at an instant")
    for part in spread(FULL or 3):
        house.change()
        run = house.start()
        time.sleep(part * house.duration_s)
        send(run.pid, signal.SIGKILL)
        faults.done(f"after {part:.3f} of a build", run, run.end(), {-signal.SIGKILL, 0}, clean=False)
    assert not faults.lost


def test_killed_between_any_two_writes_of_publishing(house: House, layer: None) -> None:
    operations = house.operations
    start = next(o.number for o in operations if o.place.startswith("/.corridor/releases/"))
    publishing = [o for o in operations if o.number >= start]
    assert len(publishing) > 50
    faults = Faults(house, "kill -9 while publishing")
    for operation in sample(publishing, FULL or 3):
        house.change()
        run = house.start(at=operation.number, errno=-signal.SIGKILL)
        what = f"before {operation}"
        faults.done(what, run, run.end(), {-signal.SIGKILL, 0}, clean=False)  # 0: less to take away, so fewer writes
    assert not faults.lost


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_told_to_end_at_any_write(house: House, layer: None, number: signal.Signals, code: int) -> None:
    faults = Faults(house, f"{number.name} at a write")
    for operation in sample(house.operations, FULL // 4 or 2):
        house.change()
        run = house.start(at=operation.number, errno=-number)
        faults.done(f"before {operation}", run, run.end(), {code})
    assert not faults.lost
