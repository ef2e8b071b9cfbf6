"""Ctrl-C, SIGTERM and a closed terminal as a cancellation, so that everything cleans up behind itself."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from nemovideo.cli.failures import Interrupted

if TYPE_CHECKING:
    from collections.abc import Coroutine

__all__ = ["run"]

T = TypeVar("T")

STOPPING = ("SIGINT", "SIGTERM", "SIGHUP")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on a loop of its own.

    Raises:
        Interrupted: a signal of STOPPING came, and the work has been cancelled and has cleaned up. A second signal of
            the same kind does not wait for that.
    """
    return asyncio.run(_until_told(work))


async def _until_told(work: Coroutine[Any, Any, T]) -> T:
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    received: list[int] = []

    def stop(signum: int) -> None:
        received.append(signum)
        loop.remove_signal_handler(signum)
        if task is not None:
            task.cancel()

    for name in STOPPING:
        signum = getattr(signal, name, None)
        # Ignored from outside (nohup, a shell's background job) stays ignored; Windows keeps asyncio's own Ctrl-C.
        if signum is not None and signal.getsignal(signum) is not signal.SIG_IGN:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(signum, stop, signum)
    try:
        return await work
    except (asyncio.CancelledError, Exception) as error:
        if received:
            raise Interrupted(received[0]) from error
        raise
