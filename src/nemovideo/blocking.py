"""NemoClient: the same client for code without `async`, one line a method.

The work runs on an event loop in a thread of its own, so that it is at home in scripts, threads and notebooks alike.
Signatures are carried over by ParamSpec: the checkers see the asynchronous ones without their `await`.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import functools
import os
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from nemovideo.client import AsyncNemoClient
from nemovideo.errors import TransportError
from nemovideo.resources.chat import ChatResource
from nemovideo.resources.credits import CreditsResource
from nemovideo.resources.render import RenderResource
from nemovideo.resources.session import SessionResource
from nemovideo.resources.state import StateResource
from nemovideo.resources.upload import UploadResource

__all__ = ["NemoClient"]

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")


class _Twin(Generic[S]):
    """The blocking side of `subject`."""

    def __init__(self, subject: S, portal: BlockingPortal) -> None:
        self._subject = subject
        self._portal = portal

    def _run(self, work: Callable[[S], Coroutine[Any, Any, R]]) -> R:
        """Run to the end; an interruption cancels the work and waits until it has cleaned up."""
        begun: list[asyncio.Task[R]] = []

        async def whole() -> R:
            begun.append(asyncio.create_task(work(self._subject)))
            return await begun[0]

        try:
            future: concurrent.futures.Future[R] = self._portal.start_task_soon(whole)
        except RuntimeError as problem:  # the portal's way of saying that its thread has ended
            raise _closed() from problem
        try:
            return future.result()
        except BaseException:
            # Cancelling the future would end the waiting at once, and the work a little later.
            for task in begun:
                task.get_loop().call_soon_threadsafe(task.cancel)
            concurrent.futures.wait([future])
            raise


def _blocking(method: Callable[Concatenate[S, P], Coroutine[Any, Any, R]]) -> Callable[Concatenate[_Twin[S], P], R]:
    """The method without its `await`."""

    def call(self: _Twin[S], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._run(lambda subject: method(subject, *args, **kwargs))  # pyright: ignore[reportPrivateUsage]

    functools.update_wrapper(call, method)
    return call


def _closed() -> TransportError:
    return TransportError("The client has been closed.", hint="Make a new one, and use it within its `with`.")


class _Session(_Twin[SessionResource]):
    create = _blocking(SessionResource.create)
    claim_link = _blocking(SessionResource.claim_link)


class _Upload(_Twin[UploadResource]):
    file = _blocking(UploadResource.file)
    many = _blocking(UploadResource.many)
    url = _blocking(UploadResource.url)


class _Chat(_Twin[ChatResource]):
    send = _blocking(ChatResource.send)


class _Credits(_Twin[CreditsResource]):
    balance = _blocking(CreditsResource.balance)


class _State(_Twin[StateResource]):
    get = _blocking(StateResource.get)
    timeline = _blocking(StateResource.timeline)


class _Render(_Twin[RenderResource]):
    submit = _blocking(RenderResource.submit)
    status = _blocking(RenderResource.status)
    wait = _blocking(RenderResource.wait)
    cancel = _blocking(RenderResource.cancel)
    export = _blocking(RenderResource.export)
    resume = _blocking(RenderResource.resume)
    preview = _blocking(RenderResource.preview)


class NemoClient(_Twin[AsyncNemoClient]):
    """AsyncNemoClient for code without `async`; the same arguments, results and errors.

    Attributes:
        session, upload, chat, credits, state, render: the backend's resources; `chat.stream` is asynchronous only.

    Example:
        >>> with NemoClient.local() as client:  # doctest: +SKIP
        ...     result = client.compress("talk.mp4", max_mb=50)
    """

    def __init__(
        self,
        base_url: str | None = None,
        token: str | None = None,
        *,
        skill: str | os.PathLike[str] | None = None,
        language: str = "en",
    ) -> None:
        self._begin(lambda: AsyncNemoClient(base_url, token, skill=skill, language=language))

    @classmethod
    def local(
        cls,
        data_dir: str | os.PathLike[str] | None = None,
        executor: object | None = None,
        *,
        skill: str | os.PathLike[str] | None = None,
        language: str = "en",
    ) -> Self:
        """A client with an engine of its own on this machine; see `AsyncNemoClient.local`."""
        client = cls.__new__(cls)
        client._begin(  # noqa: SLF001 — a second constructor
            lambda: AsyncNemoClient.local(data_dir, executor, skill=skill, language=language)
        )
        return client

    def _begin(self, make: Callable[[], AsyncNemoClient]) -> None:
        subject = make()
        with contextlib.ExitStack() as stack:
            portal = stack.enter_context(start_blocking_portal("asyncio"))
            self._stack = stack.pop_all()
        super().__init__(subject, portal)
        self.session = _Session(subject.session, portal)
        self.upload = _Upload(subject.upload, portal)
        self.chat = _Chat(subject.chat, portal)
        self.credits = _Credits(subject.credits, portal)
        self.state = _State(subject.state, portal)
        self.render = _Render(subject.render, portal)
        self._closed = False

    def __enter__(self) -> Self:
        if self._closed:
            raise _closed()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, stop an engine of our own, end the thread. Idempotent."""
        if not self._closed:
            self._closed = True
            with self._stack:
                self._aclose()

    compress = _blocking(AsyncNemoClient.compress)
    _aclose = _blocking(AsyncNemoClient.aclose)
