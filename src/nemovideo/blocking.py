"""NemoClient: the same client for code without `async`, one line a method.

The work runs on an event loop in a thread of its own, so that it is at home in scripts, threads and notebooks alike.
Signatures are carried over by ParamSpec: the checkers see the asynchronous ones without their `await`.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar

from nemovideo.backend import BackendProfile
from nemovideo.blockingstream import BlockingChatStream, OpenStreams
from nemovideo.client import AsyncNemoClient
from nemovideo.errors import StreamInterrupted
from nemovideo.portal import Portal
from nemovideo.resources.chat import ChatResource
from nemovideo.resources.chatstream import ChatStream
from nemovideo.resources.credits import CreditsResource
from nemovideo.resources.render import RenderResource
from nemovideo.resources.session import Session, SessionResource, session_id_of
from nemovideo.resources.state import StateResource
from nemovideo.resources.upload import UploadResource

__all__ = ["NemoClient"]

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")
T = TypeVar("T")


class _Twin(Generic[S]):
    """The blocking side of `subject`."""

    def __init__(self, subject: S, portal: Portal, streams: OpenStreams) -> None:
        self._subject = subject
        self._portal = portal
        self._streams = streams

    def _run(self, work: Callable[[S], Coroutine[Any, Any, R]]) -> R:
        return self._portal.run(lambda: work(self._subject))

    def _say(self, session_id: str, work: Callable[[S], Coroutine[Any, Any, R]]) -> R:
        """Like `_run`, for what speaks to a session's agent: a stream that this thread has left is closed before."""
        thread = threading.current_thread()

        async def whole() -> R:
            await self._streams.close_abandoned(session_id, thread)
            return await work(self._subject)

        return self._portal.run(whole)

    def __reduce__(self) -> str:
        raise TypeError(
            "A NemoClient cannot be pickled: it is a thread and its connections. Make one where it is used."
        )


def _blocking(method: Callable[Concatenate[S, P], Coroutine[Any, Any, R]]) -> Callable[Concatenate[_Twin[S], P], R]:
    """The method without its `await`."""

    def call(self: _Twin[S], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._run(lambda subject: method(subject, *args, **kwargs))  # pyright: ignore[reportPrivateUsage]

    return _told_like(call, method)


def _speaking(method: Callable[Concatenate[S, P], Coroutine[Any, Any, R]]) -> Callable[Concatenate[_Twin[S], P], R]:
    """The same for what speaks to the agent of a session, its first argument, or that of a StreamInterrupted."""

    def call(self: _Twin[S], /, *args: P.args, **kwargs: P.kwargs) -> R:
        session_id = _session_id((*args, *kwargs.values())[0] if args or kwargs else "")
        return self._say(session_id, lambda subject: method(subject, *args, **kwargs))  # pyright: ignore[reportPrivateUsage]

    return _told_like(call, method)


def _streaming(
    method: Callable[Concatenate[ChatResource, P], ChatStream],
) -> Callable[Concatenate[_Chat, P], BlockingChatStream]:
    """The same for what gives a stream of events."""

    def call(self: _Chat, /, *args: P.args, **kwargs: P.kwargs) -> BlockingChatStream:
        self._portal.check()  # pyright: ignore[reportPrivateUsage]
        return BlockingChatStream(method(self._subject, *args, **kwargs), self._portal, self._streams)  # pyright: ignore[reportPrivateUsage]

    return _told_like(call, method)


def _session_id(about: object) -> str:
    if isinstance(about, StreamInterrupted):
        return about.session_id or ""
    return session_id_of(about) if isinstance(about, Session | str) else ""


def _told_like(call: Callable[P, R], method: Callable[..., object]) -> Callable[P, R]:
    functools.update_wrapper(call, method)
    words = method.__doc__ or ""
    call.__doc__ = words.replace("await ", "").replace("async with", "with").replace("async for", "for")
    return call


class _Session(_Twin[SessionResource]):
    create = _blocking(SessionResource.create)
    claim_link = _blocking(SessionResource.claim_link)


class _Upload(_Twin[UploadResource]):
    file = _blocking(UploadResource.file)
    many = _blocking(UploadResource.many)
    url = _blocking(UploadResource.url)


class _Chat(_Twin[ChatResource]):
    recover = _speaking(ChatResource.recover)
    send = _speaking(ChatResource.send)
    stream = _streaming(ChatResource.stream)


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
    pending = _blocking(RenderResource.pending)


def _taking(
    make: Callable[P, AsyncNemoClient],
) -> Callable[[Callable[[T, AsyncNemoClient], R]], Callable[Concatenate[T, P], R]]:
    """For a method that is handed a new AsyncNemoClient: let it take the arguments of `make` in its place."""

    def decorate(method: Callable[[T, AsyncNemoClient], R]) -> Callable[Concatenate[T, P], R]:
        def call(self: T, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return method(self, make(*args, **kwargs))

        functools.update_wrapper(call, method)
        own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
        taken = inspect.Signature([own, *inspect.signature(make).parameters.values()])
        setattr(call, "__signature__", taken)  # noqa: B010 -- what help() and notebooks show
        return call

    return decorate


class NemoClient(_Twin[AsyncNemoClient]):
    """AsyncNemoClient for code without `async`: the same arguments, results and errors.

    One may be shared by threads, made in one and closed in another; a program may have several. It works where a loop
    is running already, as in a notebook. A process that is forked makes its own: the parent's refuses, and goes on in
    the parent. An interruption (Ctrl-C) stops the remote work, cleans up and goes on. What is not closed goes with the
    process, or when the next client is made.

    `on_progress` is called in the client's own thread: it may print or set a flag; it must not call the client.

    Attributes:
        session, upload, chat, credits, state, render: the backend's resources.

    Raises:
        UsageError: the URL or the skill cannot be used; or, in every call, the client is another process's or is called
            from its own thread. TransportError: in every call, the client has been closed.

    Example:
        >>> with NemoClient.local() as client:  # doctest: +SKIP
        ...     result = client.compress("talk.mp4", max_mb=50)
    """

    @_taking(AsyncNemoClient)
    def __init__(self, subject: AsyncNemoClient) -> None:
        self._begin(subject)

    @classmethod
    @_taking(AsyncNemoClient.local)
    def local(cls, subject: AsyncNemoClient) -> Self:
        """A client with an engine of its own on this machine; the arguments are those of `AsyncNemoClient.local`.

        Raises:
            MissingExtra: the extra `engine` is not installed.
        """
        client = cls.__new__(cls)
        client._begin(subject)  # noqa: SLF001 -- a second constructor
        return client

    def _begin(self, subject: AsyncNemoClient) -> None:
        portal, streams = Portal(subject.aclose), OpenStreams()
        super().__init__(subject, portal, streams)
        self.session = _Session(subject.session, portal, streams)
        self.upload = _Upload(subject.upload, portal, streams)
        self.chat = _Chat(subject.chat, portal, streams)
        self.credits = _Credits(subject.credits, portal, streams)
        self.state = _State(subject.state, portal, streams)
        self.render = _Render(subject.render, portal, streams)

    ask = _speaking(AsyncNemoClient.ask)
    compress = _blocking(AsyncNemoClient.compress)
    plan = _blocking(AsyncNemoClient.plan)

    def __repr__(self) -> str:
        return f"NemoClient({'local' if self.is_local else repr(self.base_url)})"

    @property
    def base_url(self) -> str:
        """The backend's address; of an engine of our own once it has started."""
        return self._subject.base_url

    @property
    def is_local(self) -> bool:
        """Whether the engine is this client's own, within this process."""
        return self._subject.is_local

    @property
    def backend(self) -> BackendProfile | None:
        """What the backend takes, as learnt with the first session; None before."""
        return self._subject.backend

    @property
    def token_source(self) -> str:
        """Where the token came from: argument, environment, file, anonymous, or none yet. Never the token itself."""
        return self._subject.token_source

    def __enter__(self) -> Self:
        try:
            self._run(AsyncNemoClient.__aenter__)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, stop an engine of our own, end the thread. Idempotent.

        Calls under way in other threads are cancelled and raise TransportError.

        Raises:
            UsageError: it is called in the client's own thread, from `on_progress`.
        """
        self._portal.close()
