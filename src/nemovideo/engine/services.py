"""What every handler needs, in one place, and how it finds it from a request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakValueDictionary

from aiohttp import web

from nemovideo.engine import archive
from nemovideo.engine.archive import SessionRow
from nemovideo.engine.config import EngineConfig
from nemovideo.engine.datadir import locate
from nemovideo.engine.executors.executor import Executor
from nemovideo.engine.jobs import JobQueue
from nemovideo.engine.ledger import OPERATOR
from nemovideo.engine.store import Store
from nemovideo.engine.wire import Refusal

__all__ = ["SERVICES", "Services", "account_of", "admit_as", "is_operator", "services_of", "session_of"]

_account: ContextVar[str] = ContextVar("nemovideo.account", default="")


@dataclass(frozen=True, slots=True)
class Services:
    """The engine's parts.

    Attributes:
        clock: seconds since the epoch; given, so that a test can let a week pass.
        heartbeat: seconds between signs of life in a waiting chat.
        closing: set when the engine stops, so that waits end at once.
        planning: held while a plan is made: one at a time, as its samples take every core.
    """

    config: EngineConfig
    key: str
    store: Store
    executor: Executor
    jobs: JobQueue
    clock: Callable[[], float]
    closing: asyncio.Event
    heartbeat: float = 15.0
    planning: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary[str, asyncio.Lock])

    @property
    def uploads(self) -> Path:
        """Where uploaded files are kept."""
        return self.config.data_dir / "uploads"

    def file(self, kept: str) -> Path:
        """The file that the store keeps under that path."""
        return locate(self.config.data_dir, kept)

    @property
    def work(self) -> Path:
        """Where half-done things are; emptied at every start."""
        return self.config.data_dir / "work"

    def turn(self, session_id: str) -> asyncio.Lock:
        """The lock by which a session has one run at a time."""
        lock = self._turns.get(session_id)
        if lock is None:
            lock = self._turns[session_id] = asyncio.Lock()
        return lock


SERVICES = web.AppKey("services", Services)


def services_of(request: web.Request) -> Services:
    """The engine's parts, as a handler sees them."""
    return request.app[SERVICES]


def account_of(_request: web.Request) -> str:
    """The account that the request's bearer opened; empty where none is needed."""
    return _account.get()


def admit_as(account: str) -> None:
    """Remember, for the request that this task answers, which account its bearer opened."""
    _account.set(account)


def is_operator(request: web.Request) -> bool:
    """Whether the request carries the engine's own key."""
    return account_of(request) == OPERATOR


async def session_of(request: web.Request, session_id: object) -> SessionRow:
    """The session of that id.

    Raises:
        Refusal: 1002, when there is none or it is another account's.
    """
    account = account_of(request)
    if isinstance(session_id, str):
        found = await services_of(request).store.run(lambda db: archive.session(db, session_id, account))
        if found is not None:
            return found
    raise Refusal(1002, "This session is not known here.")
