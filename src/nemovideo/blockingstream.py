"""BlockingChatStream: an answer of the agent, event by event, for code without `async`."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self, cast

from nemovideo.portal import Portal
from nemovideo.protocol.events import ChatEvent
from nemovideo.protocol.reply import Reply, Snapshot
from nemovideo.resources.chatstream import ChatStream

__all__ = ["BlockingChatStream", "OpenStreams"]


class BlockingChatStream:
    """An iterator over chat events, and a context manager that closes it at once; made by `client.chat.stream`.

    Leave it by `break` or forget it, and it is closed by the next call on its session, or with the client; a call from
    another thread gives whoever reads 5 s to ask for an event.

    Raises, while it is followed:
        SessionNotFound: before the first event. StreamInterrupted: the connection broke, an answer was overdue, or
            another thread's call on the session closed a stream that nobody was reading.

    Example:
        >>> with client.chat.stream(session, "compress it to 50 MB") as events:  # doctest: +SKIP
        ...     for event in events:
        ...         print(event)
    """

    def __init__(self, subject: ChatStream, portal: Portal, streams: OpenStreams) -> None:
        self._subject = subject
        self._portal = portal
        self._streams = streams
        self._follower: _Follower | None = None
        self._ended = False

    @property
    def session_id(self) -> str:
        """Whose answer it is."""
        return self._subject.session_id

    @property
    def snapshot(self) -> Snapshot:
        """The agent's words so far; `str()` gives them. A view: cheap on every event."""
        return self._subject.snapshot

    @property
    def reply(self) -> Reply:
        """The answer as far as it has come."""
        return self._subject.reply

    def __iter__(self) -> Iterator[ChatEvent]:
        return self

    def __next__(self) -> ChatEvent:
        if self._ended:
            raise StopIteration
        thread = threading.current_thread()
        event = self._portal.run(lambda: self._next(thread))
        if event is None:
            self._ended = True
            raise StopIteration
        return event

    async def _next(self, thread: threading.Thread) -> ChatEvent | None:
        if self._follower is None:
            await self._streams.close_abandoned(self.session_id, thread)
            self._follower = _Follower(self._subject)
            self._streams.add(self, self._follower, thread)
        return await self._follower.next()

    def close(self) -> None:
        """Close the connection; what was not read is lost. Idempotent, and nothing is left to do in a forked child."""
        if not self._ended and self._portal.usable:
            self._portal.run(self._close)
        self._ended = True

    async def _close(self) -> None:
        if self._follower is not None:
            await self._follower.close()
        await self._subject.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> str:
        raise TypeError("A BlockingChatStream cannot be pickled: it is a connection. Pickle its `reply`.")


class OpenStreams:
    """A client's streams that have begun and not ended, for the rule "one run at a time on a session".

    The asynchronous client knows an abandoned stream by its task. Here the thread that began it takes the task's place:
    its next call on the session closes the stream it left; another thread's waits as long as it is read.
    """

    def __init__(self) -> None:
        self._open: dict[_Follower, tuple[weakref.ref[BlockingChatStream], threading.Thread]] = {}

    def add(self, stream: BlockingChatStream, follower: _Follower, thread: threading.Thread) -> None:
        """On the loop: remember a stream until it has ended."""
        self._open[follower] = weakref.ref(stream), thread
        follower.task.add_done_callback(lambda _: self._open.pop(follower, None))

    async def close_abandoned(self, session_id: str, thread: threading.Thread) -> None:
        """On the loop: close what nobody will, before `thread` speaks to the session."""
        for follower, (stream, owner) in list(self._open.items()):
            if follower.session_id == session_id and (stream() is None or owner is thread or not owner.is_alive()):
                await follower.close()


class _Follower:
    """Follows a stream within one task, as long as it is open; gives an event when it is asked for one."""

    def __init__(self, stream: ChatStream) -> None:
        self.session_id = stream.session_id
        self._wishes: asyncio.Queue[asyncio.Future[ChatEvent | None]] = asyncio.Queue()
        self.task = asyncio.create_task(self._follow(stream))

    async def next(self) -> ChatEvent | None:
        """The next event; None at the end. A cancellation closes the stream."""
        wish: asyncio.Future[ChatEvent | None] = asyncio.get_running_loop().create_future()
        self._wishes.put_nowait(wish)
        try:
            await asyncio.wait({wish, cast("asyncio.Future[Any]", self.task)}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await self.close()
            raise
        return wish.result() if wish.done() else None

    async def close(self) -> None:
        """Give the connection back; idempotent."""
        self.task.cancel()
        await asyncio.wait([self.task])

    async def _follow(self, stream: ChatStream) -> None:
        async with stream:
            while True:
                wish = await self._wishes.get()
                try:
                    wish.set_result(await anext(stream))
                except StopAsyncIteration:
                    wish.set_result(None)
                    return
                except Exception as error:  # noqa: BLE001 -- it is raised where the event was asked for
                    wish.set_exception(error)
                    return
