"""How the command ends when it is told to, without a workspace."""

import signal
import subprocess
import sys

import pytest

# A test run started in the background ignores SIGINT, and so would its children.
MAIN = (
    "import os, signal, typer; import flows.cli as cli\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "def app(**_): {}\ncli.app = app; cli.main()"
)


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 128 + signal.SIGTERM)])
def test_a_signal_ends_it_with_one_paragraph(name, code):
    ended = run(MAIN.format(f"os.kill(os.getpid(), signal.{name})"))
    assert ended.returncode == code
    assert ended.stderr.startswith("corridor: ")
    assert ended.stderr.count("\n") == 1


def test_a_file_that_ends_early_is_no_interrupt():
    ended = run(MAIN.format("raise typer.Abort from EOFError('cut short')"))
    assert ended.returncode == 1
    assert "EOFError: cut short" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_an_interrupt_that_a_library_wraps_in_an_error_is_one_all_the_same():
    body = "\n    try: os.kill(os.getpid(), signal.SIGINT)\n    except KeyboardInterrupt: raise ValueError('wrapped')"
    ended = run(MAIN.format(body))
    assert ended.returncode == 130
    assert ended.stderr.startswith("corridor: interrupted")
    assert ended.stderr.count("\n") == 1


def test_an_interrupt_that_cannot_rise_where_it_comes_is_said_once():
    body = (
        "\n    class Lost:\n        def __del__(self): os.kill(os.getpid(), signal.SIGINT)"
        "\n    Lost()\n    import flows.interrupt\n    flows.interrupt.check()"
    )
    ended = run(MAIN.format(body))
    assert ended.returncode == 130
    assert ended.stderr.startswith("corridor: interrupted")
    assert ended.stderr.count("\n") == 1


def test_a_program_that_hangs_after_an_interrupt_ends_all_the_same():
    body = (
        "\n    import flows.interrupt, threading, time\n    flows.interrupt._ENDS_WITHIN_S = 0.5"
        "\n    try: os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)"
        "\n    finally: lock = threading.Lock(); lock.acquire(); lock.acquire()"
    )
    ended = run(MAIN.format(body))
    assert ended.returncode == 128 + signal.SIGTERM
    assert ended.stderr.startswith("corridor: told to end")
    assert ended.stderr.count("\n") == 1


def test_other_errors_that_cannot_rise_are_still_told():
    body = "\n    class Lost:\n        def __del__(self): raise ValueError('lost')\n    Lost()"
    assert "ValueError: lost" in run(MAIN.format(body)).stderr
