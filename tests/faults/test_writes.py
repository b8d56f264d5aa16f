"""Every write of a build may fail: it ends with one paragraph and 73, and what was published stays."""

from __future__ import annotations

import errno

import pytest

from tests.faults.house import FULL, Faults, House, first_and_last, sample

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("layer")]
FEW, EVERY, ALL_FROM = 3, 10**6, 200


def fail_each(house: House, kind: str, number: int, *, stays: bool) -> list[str]:
    faults = Faults(house, kind)
    for operation in sample(first_and_last(house.operations), EVERY if FULL >= ALL_FROM else FULL or FEW):
        house.change()
        run = house.start(at=operation.number, errno=number, stays=stays)
        code, struck = run.end(), run.struck
        # A note for people may be left out; then the build ends well. So it does where there is less to take away.
        faults.done(str(struck or f"not reached: {operation}"), run, code, {73, 0} if struck else {0})
    return faults.lost


def test_a_full_disk_at_every_write(house: House) -> None:
    assert not fail_each(house, "disk full from a write on", errno.ENOSPC, stays=True)


def test_an_error_at_every_write(house: House) -> None:
    assert not fail_each(house, "I/O error at a write", errno.EIO, stays=False)


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_nothing_can_be_written(house: House, number: int) -> None:
    faults = Faults(house, "read-only")
    house.change()
    run = house.start(at=1, errno=number, stays=True)
    faults.done(errno.errorcode[number], run, run.end(), {73})
    assert not faults.lost
