"""One render's life as a client sees it: asked for, followed, fetched, cancelled, and found again by a later run."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from pathlib import Path

from nemovideo.deadline import Deadline
from nemovideo.errors import (
    DeadlineExceeded,
    NemoError,
    ProtocolError,
    RateLimited,
    TransportError,
    UsageError,
)
from nemovideo.progress import Reporter
from nemovideo.protocol.draft import Timeline
from nemovideo.protocol.endpoints import CANCEL, RENDER, STATUS
from nemovideo.protocol.json import JSON, text
from nemovideo.protocol.lifecycle import Render
from nemovideo.resources.fetching import fetch
from nemovideo.resources.knownbackend import KnownBackend
from nemovideo.resources.polling import Poller, is_unknown, look
from nemovideo.resources.remembered import PendingRender, RememberedRenders
from nemovideo.resources.renderfaults import ENDINGS, error_of, overdue
from nemovideo.resources.session import Connect
from nemovideo.resources.submission import may_have_arrived, submit
from nemovideo.resources.verifying import Expected

__all__ = ["Rendering"]

_CANCEL_TIME = 5.0  # seconds that the wish to cancel may take while we are being cancelled ourselves
_YOUNG = 600.0  # seconds in which a render that the backend does not know may still be on its way to it


class Rendering:
    """What export, resume and compress have in common.

    Args:
        connect: opens the client.
        remembered: the renders under way.
        backend: what is known of the backend.
    """

    def __init__(self, connect: Connect, remembered: RememberedRenders, backend: KnownBackend) -> None:
        self._connect = connect
        self._backend = backend
        self._remembered = remembered

    async def begin(
        self,
        session_id: str,
        draft: JSON,
        output: dict[str, JSON],
        deadline: Deadline,
        *,
        render_id: str | None = None,
    ) -> Render:
        """Ask for a render; it is written down before, so that a run that is killed leaves a trace of it."""
        if not Timeline.decode(draft).exportable:
            raise UsageError(
                "The draft is empty: there is nothing to render.",
                hint="Upload a video and say what to do.",
                phase="render",
                session_id=session_id,
            )
        caller, made = await self._connect(), render_id or f"render_{uuid.uuid4().hex}"
        call = RENDER.call(session_id=session_id, render_id=made)
        wanted = {"id": made, "sessionId": session_id, "draft": draft, "output": output}
        await self._remembered.begin(PendingRender(made, session_id, caller.clock.now(), output))
        again = await self._backend.is_ours()
        try:
            return await caller.clock.within(deadline.left, submit(caller, call, made, wanted, again=again))
        except TimeoutError:
            raise await self._overdue(deadline, "render", made, session_id) from None
        except asyncio.CancelledError:
            await self._cancel_while_cancelled(made)  # whether it was accepted is not known
            raise
        except NemoError as problem:
            if not may_have_arrived(problem):
                await self._remembered.end(made)
            raise

    async def follow(self, render_id: str, report: Reporter, deadline: Deadline) -> Render:
        """Wait until a render has completed.

        The percentage is told as it grows, never backwards: a server's second thoughts are no news to a person.
        """
        caller, known = await self._connect(), await self._remembered.find(render_id)
        session_id = known.session_id if known else None
        fresh = known is not None and caller.clock.now() - known.started < _YOUNG
        furthest = 0.0

        async def told(polled: Render) -> None:
            nonlocal furthest
            furthest = max(furthest, polled.progress)
            await report("render", furthest, 100.0, "percent")

        poller = Poller(caller, STATUS.call(session_id=session_id, render_id=render_id), render_id, fresh=fresh)
        try:
            render = await caller.clock.within(deadline.left, poller.run(told))
        except TimeoutError:
            raise await self._overdue(deadline, "render", render_id, session_id) from None
        except asyncio.CancelledError:
            await self._cancel_while_cancelled(render_id)
            raise
        if render.phase == "failed":
            await self.settle(render_id)
            raise error_of(render, session_id)
        return render

    async def complete(
        self, session_id: str, draft: JSON, output: dict[str, JSON], report: Reporter, deadline: Deadline
    ) -> Render:
        """Ask and follow; a failed render is asked for once more, with a new id, unless it is permanent.

        The one home of that rule (spec, section 3).
        """
        for attempt in (1, 2):
            render = await self.begin(session_id, draft, output, deadline)
            try:
                return await self.follow(render.id, report, deadline)
            except ENDINGS as failure:
                if attempt == 2 or not failure.retryable:
                    raise
        raise AssertionError("unreachable")

    async def download(
        self, render: Render, part: Path, report: Reporter, deadline: Deadline, *, container: str, strict: bool = False
    ) -> int:
        """Download a completed render into `part`; returns its size in bytes.

        `container` is what it should be, where nobody wrote down what was asked for. It is looked at where nothing
        proves that all of it came, and in any case with `strict`.
        """
        caller, known = await self._connect(), await self._remembered.find(render.id)
        session_id = known.session_id if known else None
        asked = text(known.output.get("format")) if known else None
        expected = Expected(asked or container, sure=asked is not None, strict=strict)
        fetching = fetch(caller, render, part, report, expected=expected, session_id=session_id)
        try:
            return await caller.clock.within(deadline.left, fetching)
        except TimeoutError:
            raise await self._overdue(deadline, "download", render.id, session_id) from None

    async def _overdue(
        self, deadline: Deadline, phase: str, render_id: str, session_id: str | None
    ) -> DeadlineExceeded:
        return overdue(deadline, phase, render_id, session_id, lasting=await self.lasting())

    async def lasting(self) -> bool:
        """Whether the backend's renders go on when this client has ended."""
        return await self._remembered.lasting()

    async def settle(self, render_id: str) -> None:
        """Nobody needs to come back for this render: it has failed, or its result is where it belongs."""
        await self._remembered.end(render_id)

    async def cancel(self, render_id: str) -> None:
        """Stop a render."""
        caller = await self._connect()
        try:
            await caller.post(CANCEL.call(render_id=render_id), bare=True)
        except NemoError as problem:
            if is_unknown(problem):
                await self.settle(render_id)
            raise
        await self.settle(render_id)

    async def _cancel_while_cancelled(self, render_id: str) -> None:
        """Cancel the remote work too: for some seconds at most, and however often we are cancelled meanwhile."""
        caller = await self._connect()
        cancelling = asyncio.create_task(caller.clock.within(_CANCEL_TIME, self.cancel(render_id)))
        while not cancelling.done():
            try:
                await asyncio.wait([cancelling])
            except asyncio.CancelledError:
                continue
        if not cancelling.cancelled():
            cancelling.exception()  # that it failed is no news beside the cancellation

    async def pending(self) -> list[PendingRender]:
        """The renders that were begun and not fetched, each with where it stands."""
        caller = await self._connect()
        now, found, reachable = caller.clock.now(), list[PendingRender](), True
        for entry in await self._remembered.all(now):
            render: Render | None = None
            if reachable:
                try:
                    call = STATUS.call(session_id=entry.session_id, render_id=entry.render_id)
                    render = await look(caller, call, entry.render_id)
                except (TransportError, ProtocolError, RateLimited) as problem:
                    if is_unknown(problem) and now - entry.started > _YOUNG:
                        await self.settle(entry.render_id)
                        continue
                    reachable = is_unknown(problem)  # a backend that does not answer is not asked for each of them
            if render is not None and render.phase == "failed":
                await self.settle(entry.render_id)
                continue
            found.append(replace(entry, render=render))
        return found
