"""Start a program so that it goes when whoever started it goes, however that ends.

Run as ``python leash.py FD GRACE_S PROGRAM...`` it becomes the program, with the same process id. A small guard stays
beside it, waits until nobody holds the other end of the pipe FD, and then ends the program's whole group: asked first,
so that it can clear up, and by force after ``GRACE_S`` seconds. A thread of the program's own would be held up by a
library that hangs, and Linux's death signal can only ask or only force.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time

_LOOK_EVERY_S = 0.2


def main() -> None:
    """Leave a guard, and become the program."""
    pipe, grace_s, program = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    mine = os.getpid()
    if os.fork() == 0:
        try:
            _guard(pipe, grace_s, mine)
        finally:
            os._exit(0)
    os.close(pipe)
    os.execvp(program[0], program)


def _guard(pipe: int, grace_s: float, group: int) -> None:
    os.setsid()  # out of the group that it is to end
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):  # whoever listens to the program must see its end
        os.dup2(nothing, stream)
    while not select.select([pipe], [], [], _LOOK_EVERY_S)[0]:
        if os.getppid() != group:  # ended; its number may be another's by now
            return
    deadline = time.monotonic() + grace_s
    _send(group, signal.SIGTERM)
    while os.getppid() == group and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY_S)
    if os.getppid() == group:
        _send(group, signal.SIGKILL)


def _send(group: int, number: int) -> None:
    if os.getppid() == group:
        os.killpg(group, number)


if __name__ == "__main__":
    main()
