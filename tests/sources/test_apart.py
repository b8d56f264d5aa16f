"""What a second process does for libraries that a damaged file can kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import DataError
from pipeline.sources import apart as module
from pipeline.sources.apart import apart

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


def test_a_crash_in_c_is_told_too() -> None:
    with pytest.raises(DataError, match="damaged"):
        apart(FILE, os.kill, apart(FILE, os.getpid), signal.SIGSEGV)


def test_a_typed_error_arrives_with_its_parts() -> None:
    with pytest.raises(DataError) as raised:
        apart(FILE, raise_one, "one cause")
    assert (raised.value.cause, raised.value.where, raised.value.remedy) == ("one cause", "there", "Do this.")


def test_any_other_error_is_a_defect_with_its_traceback() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        apart(FILE, divmod, 1, 0)


def test_one_that_does_not_answer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    apart(FILE, os.getpid)
    monkeypatch.setattr(module, "_PATIENCE_S", 0.2)
    with pytest.raises(DataError, match="did not answer"):
        apart(FILE, time.sleep, 30)


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
