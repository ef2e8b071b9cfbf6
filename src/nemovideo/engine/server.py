"""The engine as a server on the caller's loop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self

from aiohttp import web

from nemovideo.engine import archive, ledger
from nemovideo.engine.app import build
from nemovideo.engine.config import EngineConfig
from nemovideo.engine.datadir import hold, operator_key, sweep
from nemovideo.engine.endings import until_done
from nemovideo.engine.executors.executor import Executor
from nemovideo.engine.jobs import JobQueue
from nemovideo.engine.services import Services
from nemovideo.engine.store import Store
from nemovideo.errors import EngineError

__all__ = ["EngineConfig", "EngineServer", "this_machine"]

_READ_BUFFER = 512 * 1024  # bytes; uploads come in larger pieces and so with fewer wake-ups
_LINGER = 1.0  # seconds in which a refused upload is still read, so that its sender gets to see the refusal
_TURNS = 5  # of the loop, in which connections accepted or closed just now get or let go of their sockets
_BACKLOG = 128  # connections that may wait to be accepted, as aiohttp has it
_GRACE = 1.0  # seconds that answers under way get when the engine stops


class EngineServer:
    """The documented backend, encoding on this machine.

    Example:
        >>> async with EngineServer(EngineConfig(data_dir=folder)) as server:  # doctest: +SKIP
        ...     print(server.base_url)
    """

    def __init__(
        self,
        config: EngineConfig,
        *,
        executor: Executor | None = None,
        clock: Callable[[], float] = time.time,
        heartbeat: float = 15.0,
    ) -> None:
        self.base_url = ""
        # Where the process stands may change while the engine runs.
        self._config = config if config.data_dir.is_absolute() else replace(config, data_dir=config.data_dir.absolute())
        self._executor = executor if executor is not None else this_machine()
        self._clock, self._heartbeat = clock, heartbeat
        self._stopping = asyncio.Event()
        self._life: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen; `base_url` is known afterwards.

        Raises:
            EngineError: the port is taken, the data folder is in use or cannot be written.
        """
        if self._life is not None:
            raise EngineError("This engine was started before; make a new EngineServer.")
        ready = asyncio.get_running_loop().create_future()
        # A task of its own owns everything, so that any task may stop the engine.
        self._life = asyncio.create_task(self._live(ready), name="nemovideo engine")
        try:
            await asyncio.wait({self._life, ready}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await self.stop()
            raise
        if self._life.done():
            failed, self._life = self._life, None
            await failed

    async def stop(self) -> None:
        """Cancel renders, end what is under way, close. Safe to call twice, and while being cancelled."""
        self._stopping.set()
        if self._life is None:
            return
        await until_done({self._life})
        if not self._life.cancelled():
            await self._life

    async def _live(self, ready: asyncio.Future[None]) -> None:
        async with self._parts() as services, self._listening(services):
            if not ready.done():
                ready.set_result(None)
            await self._stopping.wait()
            services.closing.set()

    @asynccontextmanager
    async def _parts(self) -> AsyncGenerator[Services, None]:
        config = self._config
        lock = await asyncio.to_thread(hold, config.data_dir)
        try:
            key = config.key
            if key is None:
                key = await asyncio.to_thread(operator_key, config.data_dir)
            store = Store(config.data_dir / "engine.sqlite3")
            try:
                await store.open()
                await store.run(_prepare)
                kept = await store.run(archive.file_names)
                await asyncio.to_thread(sweep, config.data_dir, kept)
                jobs = JobQueue(
                    store, self._executor, config.data_dir, clock=self._clock, at_once=config.renders_at_once
                )
                async with jobs.running():
                    yield Services(
                        config, key, store, self._executor, jobs, self._clock, asyncio.Event(), self._heartbeat
                    )
            finally:
                await store.close()
        finally:
            lock.close()

    @asynccontextmanager
    async def _listening(self, services: Services) -> AsyncGenerator[None, None]:
        config = self._config
        runner = web.AppRunner(
            build(services),
            access_log=None,
            auto_decompress=False,  # a small body that unpacks to a large one has no place in this protocol
            read_bufsize=_READ_BUFFER,
            shutdown_timeout=_GRACE,
            lingering_time=_LINGER,
        )
        await runner.setup()
        try:
            listening = await _bound(runner, config)
            try:
                address = listening.sockets[0].getsockname()
                self.base_url = f"http://{_reachable(str(address[0]))}:{address[1]}"
                yield
            finally:
                services.jobs.wake()
                await _deaf(listening)
        finally:
            await runner.cleanup()
            await _turns()


async def _bound(runner: web.AppRunner, config: EngineConfig) -> asyncio.Server:
    server = runner.server
    assert server is not None, "the runner has been set up"  # noqa: S101 -- for the type checkers
    try:
        return await asyncio.get_running_loop().create_server(server, config.host, config.port, backlog=_BACKLOG)
    except OSError as error:
        raise _cannot_listen(error, config) from error


async def _deaf(listening: asyncio.Server) -> None:
    """Stop listening, in two steps.

    A connection that was accepted in the turn in which an `asyncio.Server` closes is forgotten, its socket open
    (https://github.com/python/cpython/issues/109564): whoever was accepted is let in first.
    """
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # a loop that accepts in another way
        for accepting in listening.sockets:
            loop.remove_reader(accepting)
    await _turns()
    listening.close()


async def _turns() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)


def _prepare(db: archive.Connection) -> None:
    ledger.enrol_operator(db)
    ledger.release_all(db)


def this_machine() -> Executor:
    """The executor of this machine. Slow to import: for constructors."""
    from nemovideo.engine.executors.local import LocalExecutor  # noqa: PLC0415 -- the media layer, only where it encodes

    return LocalExecutor()


def _reachable(address: str) -> str:
    if address == "0.0.0.0":  # noqa: S104 -- listening everywhere was asked for; nobody can call that address
        return "127.0.0.1"
    return f"[{'::1' if address == '::' else address}]" if ":" in address else address


def _cannot_listen(error: OSError, config: EngineConfig) -> EngineError:
    where = f"{config.host}:{config.port}"
    if error.errno == errno.EADDRINUSE:
        return EngineError(f"Port {config.port} on {config.host} is taken.", hint="Choose another --port; 0 finds one.")
    if error.errno == errno.EACCES:
        return EngineError(f"This user may not listen on {where}.", hint="Choose a --port over 1023.")
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return EngineError(f"{config.host} is no address of this machine.", hint="Use --host 127.0.0.1.")
    return EngineError(f"The engine cannot listen on {where}: {error.strerror or error}.")
