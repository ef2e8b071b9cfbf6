"""An event loop in a thread of its own, and the door through which other threads have work done on it.

Its own, and not anyio's portal: that one is stopped by whatever collects it as garbage, which hangs in a forked child
and at the interpreter's exit, and it cancels again what is cleaning up. Here nothing happens in `__del__`; a loop whose
owner was dropped is ended when the next one is made, or with the program.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import importlib
import os
import threading
import warnings
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

from nemovideo.errors import TransportError, UsageError

__all__ = ["Portal"]

R = TypeVar("R")

_LAST_WORDS = 10.0  # seconds that closing may take at the program's end

Work = Callable[[], Coroutine[Any, Any, R]]


class Portal:
    """Runs coroutines for any thread but its own. Starts at once; daemon, so that it never keeps a program alive.

    Args:
        finish: what to await at the end, after every call has been cancelled and has cleaned up.

    Example:
        >>> async def nothing() -> None: ...
        >>> portal = Portal(nothing)
        >>> portal.run(lambda: asyncio.sleep(0, "done"))
        'done'
        >>> portal.close()
    """

    def __init__(self, finish: Callable[[], Awaitable[object]]) -> None:
        self._pid, self._closed = os.getpid(), False
        _end_abandoned()
        self._guard = threading.Lock()
        self._thread = _LoopThread(finish)
        try:
            self._thread.start()
            self._thread.ready.result()
        except (OSError, RuntimeError) as problem:  # no thread, or no socket pair, is left to be had
            self._closed = True
            raise TransportError(f"The client's thread cannot be started: {problem}.") from problem
        _all[self._thread] = weakref.ref(self)

    def __del__(self, _warn: Callable[..., None] = warnings.warn) -> None:
        if self.usable:
            _warn("a NemoClient was dropped and not closed", ResourceWarning, source=self)

    @property
    def usable(self) -> bool:
        """Whether there is still something here to close."""
        return not self._closed and os.getpid() == self._pid

    def check(self) -> None:
        """Whether work can be done from here.

        Raises:
            UsageError: this process was forked from the one that made the portal, or this is its own thread.
            TransportError: it has been closed.
        """
        if os.getpid() != self._pid:
            raise UsageError(
                f"This NemoClient belongs to process {self._pid}, which this one was forked from.",
                hint="Make a new one in each process, after the fork.",
            )
        if threading.current_thread() is self._thread:
            raise UsageError(
                "A NemoClient cannot be called from its own thread, in which on_progress is called: it would wait for "
                "itself for ever.",
                hint="Only take note in the callback, and call the client after it.",
            )
        if self._closed:
            raise TransportError("The client has been closed.", hint="Make a new one, and use it within its `with`.")

    def run(self, work: Work[R]) -> R:
        """Run to the end and give what comes out; an interruption cancels the work and waits until it has cleaned up.

        Raises:
            UsageError, TransportError: as `check`; also where the portal is closed meanwhile. And what the work raises.
        """
        self.check()
        call = _Call(work)
        try:
            if not self._thread.offer(call):
                raise _closed_meanwhile()
            return call.outcome.result()
        except concurrent.futures.CancelledError:
            raise _closed_meanwhile() from None
        except BaseException:
            if not call.outcome.done() and self._thread.soon(call.cancel):
                concurrent.futures.wait([call.outcome])
            raise
        finally:
            del call  # an error, its traceback and this frame would hold one another

    def close(self) -> None:
        """Cancel what runs, finish, end the thread. Idempotent; from any thread; in a forked child it does nothing.

        Raises:
            UsageError: this is its own thread. And what `finish` raises.
        """
        if os.getpid() != self._pid:
            self._closed = True
            return
        if threading.current_thread() is self._thread:
            self.check()
        with self._guard:
            first, self._closed = not self._closed, True
        if first:
            self._thread.soon(self._thread.stop)
        self._thread.join()
        _all.pop(self._thread, None)
        if first:
            self._thread.finished.result()


def _closed_meanwhile() -> TransportError:
    return TransportError("The client was closed while this call was under way.", hint="Make a new one and try again.")


class _Call(Generic[R]):
    """One piece of work on its way: begun and cancelled on the loop, waited for in another thread."""

    def __init__(self, work: Work[R]) -> None:
        self.outcome: concurrent.futures.Future[R] = concurrent.futures.Future()
        self.waited_for = not threading.current_thread().daemon
        self._work = work
        self._task: asyncio.Task[None] | None = None

    def begin(self, tasks: asyncio.TaskGroup) -> asyncio.Task[None]:
        self._task = tasks.create_task(self._carry())
        return self._task

    def cancel(self) -> None:
        if self._task is None:
            self.drop()
        else:
            self._task.cancel()

    def drop(self) -> None:
        """Nothing will come of it any more."""
        if not self.outcome.done():
            self.outcome.set_exception(concurrent.futures.CancelledError())

    async def _carry(self) -> None:
        try:
            work = self._work()
            del self._work  # it may hold the client, which is its caller's alone
            self.outcome.set_result(await work)
        except asyncio.CancelledError:
            self.drop()
            raise
        except BaseException as error:  # noqa: BLE001 -- a callback's SystemExit is its caller's, not the loop's
            self.outcome.set_exception(error)
            del self  # the error, its traceback, this frame and the outcome would hold one another


class _LoopThread(threading.Thread):
    """The thread. It does not know its Portal, so that a dropped one is noticed.

    It holds `finish`, and with it the client, for as long as it runs: a client that was never closed is then not torn
    down, connection by connection, by the exit of the interpreter or of a forked child.
    """

    def __init__(self, finish: Callable[[], Awaitable[object]]) -> None:
        super().__init__(name="nemovideo-client", daemon=True)
        self.pid = os.getpid()
        self.ready: concurrent.futures.Future[None] = concurrent.futures.Future()
        self.finished: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._finish = finish
        self._calls: set[_Call[Any]] = set()
        self._tasks = asyncio.TaskGroup()

    def run(self) -> None:
        """Live."""
        finish = self._finish  # in this frame: see the class
        try:
            with asyncio.Runner() as runner:
                runner.get_loop()  # which may fail, before there is a coroutine that nobody awaits
                runner.run(self._live(finish))
        except BaseException as error:  # noqa: BLE001 -- whoever starts or closes it gets it
            (self.finished if self.ready.done() else self.ready).set_exception(error)
        else:
            self.finished.set_result(None)
        for call in list(self._calls):  # offered after the loop's last turn
            call.drop()

    async def _live(self, finish: Callable[[], Awaitable[object]]) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        self.ready.set_result(None)
        async with self._tasks:
            await self._stopped.wait()
            for call in list(self._calls):
                call.cancel()
        await finish()

    def soon(self, step: Callable[..., object], *arguments: object) -> bool:
        """Have a step done on the loop; False where the loop has ended."""
        try:
            self._loop.call_soon_threadsafe(step, *arguments)
        except RuntimeError:
            return False
        return True

    def offer(self, call: _Call[Any]) -> bool:
        """Have a call begun; False where the loop has ended."""
        self._calls.add(call)
        return self.soon(self._begin, call)

    def _begin(self, call: _Call[Any]) -> None:
        if self._stopped.is_set() or call.outcome.done():
            self._forget(call)
        else:
            call.begin(self._tasks).add_done_callback(lambda _: self._forget(call))

    def _forget(self, call: _Call[Any]) -> None:
        call.drop()  # where it was cancelled before its first step
        self._calls.discard(call)

    def stop(self) -> None:
        """On the loop: come to the end."""
        self._stopped.set()

    def end_with_the_program(self) -> None:
        """Like Python itself, let the calls of threads that are no daemons come to their end; then stop."""
        concurrent.futures.wait([call.outcome for call in list(self._calls) if call.waited_for])
        self.soon(self.stop)
        self.join(_LAST_WORDS)


_all: dict[_LoopThread, weakref.ref[Portal]] = {}


def _end_abandoned() -> None:
    """Ask the loops whose owners are gone to end; nobody waits for them. A forked child only forgets its parent's."""
    for thread, owner in list(_all.items()):
        if thread.pid != os.getpid():
            _all.pop(thread, None)
        elif owner() is None:
            _all.pop(thread, None)
            thread.soon(thread.stop)


def _end_all() -> None:
    """At the program's end: what was never closed is closed, so that FFmpeg, remote work and files are not left."""
    for thread in list(_all):
        if thread.pid == os.getpid():
            thread.end_with_the_program()


# When `atexit` runs, no work can be handed to threads any more, which closing needs. So we are called where executors
# are ended, and before them: what was asked for last comes first, so their module asks before we do.
importlib.import_module("concurrent.futures.thread")
_at_exit: Callable[[Callable[[], None]], object] = getattr(threading, "_register_atexit", atexit.register)
_at_exit(_end_all)
