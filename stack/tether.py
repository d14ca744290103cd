"""Runs a command that dies with its parent, also when the parent is killed with SIGKILL and cannot clean up.

Used as `python tether.py PARENT_PID PROGRAM [ARGUMENT…]`. It asks the kernel for SIGKILL at the parent's death and then
becomes the program. A small program of its own, because a `preexec_fn` is unsafe in a process that has threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # from linux/prctl.h


def become(parent_pid: int, command: list[str]) -> None:
    """Replace this process by the command, tied to the life of `parent_pid`."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    # The parent may have died before the line above; then nobody would end the program.
    if os.getppid() == parent_pid:
        os.execvp(command[0], command)  # noqa: S606 (no shell is wanted here)


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2:])
