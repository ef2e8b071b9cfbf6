"""The engine inside the caller's process, on a loop and a thread of its own.

In the caller's loop it would die with each `asyncio.run` and share its time with the client's transfers.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import weakref
from concurrent.futures import Future
from pathlib import Path
from typing import cast

from nemovideo.engine.config import LOCAL_FORMATS
from nemovideo.engine.endings import until_done
from nemovideo.engine.executors.executor import Executor
from nemovideo.engine.server import EngineConfig, EngineServer, this_machine
from nemovideo.errors import EngineError

__all__ = ["EngineThread", "LocalEngine"]


class LocalEngine:
    """An engine for one client: its own key, no credits, no size limit, `file:` URLs welcome.

    Attributes:
        base_url: known once started.
        token: the engine's own key, made anew each time.

    Example:
        >>> engine = LocalEngine(folder)  # doctest: +SKIP
        >>> await engine.start()  # doctest: +SKIP
    """

    def __init__(self, data_dir: Path, *, executor: object | None = None, allow_private_urls: bool = False) -> None:
        self.base_url = ""
        self.token = f"nmv_key_{secrets.token_urlsafe(32)}"
        self._config = EngineConfig(
            data_dir=Path(data_dir),
            key=self.token,
            metered=False,
            max_upload_bytes=None,
            formats=LOCAL_FORMATS,
            allow_private_urls=allow_private_urls,
        )
        self._executor = cast("Executor", executor) if executor is not None else this_machine()
        self._thread: EngineThread | None = None

    async def start(self) -> None:
        """Start the thread and wait until the engine listens.

        Raises:
            EngineError: the data folder is in use by another engine, or cannot be written.
        """
        if self._thread is not None:
            raise EngineError("This engine was started before; make a new LocalEngine.")
        self._thread = EngineThread(self._config, self._executor)
        weakref.finalize(self, self._thread.halt)  # at exit or when forgotten: FFmpeg must not outlive its client
        self._thread.start()
        try:
            self.base_url = await asyncio.wrap_future(self._thread.ready)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Cancel renders, kill FFmpeg, join the thread. Idempotent; a cancellation waits for the end, then goes on."""
        if self._thread is None:
            return
        self._thread.halt()
        # A future of the executor and no task: the end of the caller's loop cancels tasks.
        await until_done({asyncio.get_running_loop().run_in_executor(None, self._thread.join)})


class EngineThread(threading.Thread):
    """The thread: it lives as long as its engine, which is also how long FFmpeg's parent-death signal waits."""

    def __init__(self, config: EngineConfig, executor: Executor) -> None:
        super().__init__(name="nemovideo-engine", daemon=True)
        self.ready: Future[str] = Future()
        self._config, self._executor = config, executor
        self._guard = threading.Lock()
        self._halted = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._quit: asyncio.Event | None = None

    def halt(self) -> None:
        """Ask for the end, from any thread; again does nothing."""
        with self._guard:
            self._halted = True
            if self._loop is not None and self._quit is not None:
                self._loop.call_soon_threadsafe(self._quit.set)

    def run(self) -> None:
        """Live."""
        try:
            asyncio.run(self._live())
        except BaseException as error:  # noqa: BLE001 -- whoever waits for the start gets it
            if self.ready.set_running_or_notify_cancel():
                self.ready.set_exception(error)

    async def _live(self) -> None:
        stop = asyncio.Event()
        server = EngineServer(self._config, executor=self._executor)
        with self._guard:
            self._loop, self._quit = asyncio.get_running_loop(), stop
            if self._halted:
                stop.set()
        try:
            async with server:
                if self.ready.set_running_or_notify_cancel():
                    self.ready.set_result(server.base_url)
                await stop.wait()
        finally:
            with self._guard:
                self._loop = self._quit = None
