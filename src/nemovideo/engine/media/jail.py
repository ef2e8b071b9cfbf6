"""The launcher of every program that touches foreign bytes: limits, a process group, and a tie to its parent.

Run as `python -I -S jail.py PARENT [option=value ...] -- PROGRAM ARG ...`; it imports nothing of the package, so that
it starts in some 10 ms. On Linux it asks the kernel for a SIGKILL when its parent dies and becomes the program. Where
there is no such signal (macOS), or with `tie=pipe`, it stays: it forks the program and kills the whole group once the
pipe `alive=FD`, whose other end only the parent holds, reaches its end.

The parent-death signal is tied to the *thread* that forked: start children from a thread that lives as long as they do
(an event loop's thread does).
"""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
from types import FrameType

__all__ = ["has_parent_death_signal", "main"]

USAGE = 64
ORPHAN = 65
NOT_STARTED = 127
_LIMITS = {
    "as": resource.RLIMIT_AS,
    "fsize": resource.RLIMIT_FSIZE,
    "nofile": resource.RLIMIT_NOFILE,
    "cpu": resource.RLIMIT_CPU,
    "core": resource.RLIMIT_CORE,
}


def main(argv: list[str]) -> int:
    """Set the limits and become, or watch over, the program; returns an exit code when there is nothing to become."""
    try:
        cut = argv.index("--")
        parent, options, command = int(argv[0]), dict(item.split("=", 1) for item in argv[1:cut]), argv[cut + 1 :]
    except ValueError:
        return USAGE
    os.setsid()
    for name, value in options.items():
        if name in _LIMITS:
            _lower(_LIMITS[name], int(value))
    # RLIMIT_FSIZE would kill with a signal; ignored, the write fails with EFBIG and FFmpeg says so.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    alive = int(options["alive"]) if "alive" in options else None
    if options.get("tie") == "pipe" and alive is not None:
        return _supervise(command, alive)
    if not _die_with_parent():
        return NOT_STARTED if alive is None else _supervise(command, alive)
    if os.getppid() != parent:  # it died before the signal was asked for
        return ORPHAN
    return _become(command)


def has_parent_death_signal() -> bool:
    """Whether this system kills a child whose parent has died."""
    return sys.platform.startswith("linux")


def _lower(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(kind, (value, value))
    except (OSError, ValueError):  # macOS knows RLIMIT_AS and refuses it: a limit less, not a failure
        return


def _die_with_parent() -> bool:
    if not has_parent_death_signal():
        return False
    import ctypes  # noqa: PLC0415  # 5 ms that the supervising mode need not pay

    set_parent_death_signal = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>
    return bool(ctypes.CDLL(None).prctl(set_parent_death_signal, int(signal.SIGKILL), 0, 0, 0) == 0)


def _become(command: list[str]) -> int:
    try:
        os.execvp(command[0], command)  # noqa: S606  # no shell is wanted: the arguments carry foreign file names
    except OSError as error:
        sys.stderr.write(f"jail: cannot run {command[0]}: {error.strerror}\n")
    return NOT_STARTED


def _note(_number: int, _frame: FrameType | None) -> None:
    """Nothing: the wake-up pipe has heard it."""


def _supervise(command: list[str], alive: int) -> int:
    woken, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.signal(signal.SIGCHLD, _note)
    signal.set_wakeup_fd(waking)
    child = os.fork()
    if child == 0:
        os.close(alive)
        os._exit(_become(command))
    while True:
        ready = select.select([alive, woken], [], [])[0]
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
        if alive in ready:
            os.killpg(0, signal.SIGKILL)  # the parent is gone: the program, and this watch with it
        if woken in ready:
            os.read(woken, 64)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
