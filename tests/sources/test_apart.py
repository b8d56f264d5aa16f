"""What a second process does for libraries that a damaged file can kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import ConfigError, DataError, ServiceError
from pipeline.sources.apart import PATIENCE, apart

FILE = Path("depths.nc")


def raise_one(cause: str) -> None:
    raise DataError(cause, where="there", remedy="Do this.")


def test_it_returns_what_the_function_returns() -> None:
    assert np.array_equal(apart(FILE, np.arange, 5), np.arange(5))


def test_it_is_another_process_and_stays_for_the_next_call() -> None:
    first = apart(FILE, os.getpid)
    assert first != os.getpid()
    assert apart(FILE, os.getpid) == first


def test_a_death_is_the_files_fault_and_the_next_call_works() -> None:
    pid = apart(FILE, os.getpid)
    with pytest.raises(DataError, match="library that reads it ended") as raised:
        apart(FILE, os._exit, 3)
    assert raised.value.where == "depths.nc"
    assert raised.value.exit_code == 65
    assert apart(FILE, os.getpid) != pid


@pytest.mark.parametrize("crash", ["SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL"])
def test_a_crash_in_c_is_told_too(crash: str) -> None:
    with pytest.raises(DataError, match="damaged"):
        apart(FILE, os.kill, apart(FILE, os.getpid), signal.Signals[crash])


@pytest.mark.parametrize("ending", ["SIGKILL", "SIGTERM"])
def test_an_end_from_outside_is_no_fault_of_the_file(ending: str) -> None:
    pid = apart(FILE, os.getpid)
    words = rf"ended from outside \({ending}\), most likely because the machine ran out of memory \(depths\.nc\)"
    with pytest.raises(ServiceError, match=words) as raised:
        apart(FILE, os.kill, pid, signal.Signals[ending])
    assert raised.value.exit_code == 69
    assert apart(FILE, os.getpid) != pid


def test_a_typed_error_arrives_with_its_parts() -> None:
    with pytest.raises(DataError) as raised:
        apart(FILE, raise_one, "one cause")
    assert (raised.value.cause, raised.value.where, raised.value.remedy) == ("one cause", "there", "Do this.")


def test_any_other_error_is_a_defect_with_its_traceback() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        apart(FILE, divmod, 1, 0)


def test_one_that_does_not_answer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    apart(FILE, os.getpid)
    monkeypatch.setenv(PATIENCE, "0.2")
    with pytest.raises(DataError, match=r"took longer than 0\.2 s.*depths\.nc.*damaged or too large"):
        apart(FILE, time.sleep, 30)


class _Stuck:
    """An answer whose first bytes arrive at once and whose end does not."""

    def __reduce__(self) -> tuple[object, ...]:
        # Half of a message as Connection frames it: a length of 1000 bytes, and 4 of them.
        for number in range(3, 64):
            with suppress(OSError):
                os.write(number, (1000).to_bytes(4, "big") + b"half")
        time.sleep(30)
        return (int, ())


def test_one_that_stops_in_the_middle_of_an_answer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    apart(FILE, os.getpid)
    monkeypatch.setenv(PATIENCE, "0.5")
    begun = time.monotonic()
    with pytest.raises(DataError, match=r"took longer than 0\.5 s"):
        apart(FILE, _Stuck)
    assert time.monotonic() - begun < 10
    monkeypatch.delenv(PATIENCE)
    assert apart(FILE, divmod, 7, 2) == (3, 1)


@pytest.mark.parametrize("given", ["soon", "0", "-1", "nan", "inf"])
def test_a_patience_that_is_no_number_of_seconds_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(PATIENCE, given)
    with pytest.raises(ConfigError, match=f"'{given}' is no number of seconds.*{PATIENCE}"):
        apart(FILE, os.getpid)


def test_no_process_is_left_behind_when_the_first_is_killed() -> None:
    code = (
        "import os; from pathlib import Path; from pipeline.sources.apart import apart\n"
        "print(apart(Path('x'), os.getpid), flush=True); os.kill(os.getpid(), 9)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    pid = int(run.stdout)
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            return  # ended; only its parent has not looked
        time.sleep(0.05)
    pytest.fail("the second process lives on")
