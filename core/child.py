"""Become another program that ends when the supervisor ends, also when that was killed.

`python child.py SUPERVISOR_PID PROGRAM ARGUMENTS…`. Linux tells a process of its parent's death
on request, and the request survives the change of program. Standard library only.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    supervisor, program, *_ = command = sys.argv[1:]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != int(supervisor):
        sys.exit("the supervisor ended before its child began")
    os.execv(program, command[1:])  # noqa: S606 # no shell is wanted


if __name__ == "__main__":
    main()
