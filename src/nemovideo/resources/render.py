"""Renders: a draft becomes a file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from nemovideo.deadline import Deadline
from nemovideo.errors import UsageError
from nemovideo.progress import ProgressCallback, Reporter
from nemovideo.protocol.draft import Timeline
from nemovideo.protocol.endpoints import STATUS
from nemovideo.protocol.json import JSON
from nemovideo.protocol.lifecycle import Render
from nemovideo.resources.formats import format_for, suffix_of
from nemovideo.resources.knownbackend import KnownBackend
from nemovideo.resources.polling import look
from nemovideo.resources.preview import small_resolution
from nemovideo.resources.remembered import PendingRender, RememberedRenders
from nemovideo.resources.renderfaults import too_late
from nemovideo.resources.rendering import Rendering
from nemovideo.resources.session import Connect, SessionLike, session_id_of
from nemovideo.resources.state import State, StateResource
from nemovideo.transport.part import part_for, place

__all__ = ["RenderResource", "output_wish"]


class RenderResource:
    """`client.render`.

    A render that is begun is written down in the user's state folder until its result is fetched, so that another run
    can `resume` it; `pending` lists them.
    """

    def __init__(self, connect: Connect, state: StateResource, *, backend: KnownBackend) -> None:
        self._connect = connect
        self._state = state
        self.rendering = Rendering(connect, RememberedRenders(backend.place), backend)

    async def submit(
        self,
        session: SessionLike,
        draft: JSON,
        *,
        format: str | None = None,  # noqa: A002 — the wire's own word
        resolution: str | None = None,
        fps: float | None = None,
        render_id: str | None = None,
    ) -> Render:
        """Start a render of exactly this draft; it costs no credits.

        Where the answer is lost, the render is looked up under its id for about a minute. It is asked for again only
        where the backend is an engine of ours, which answers the same id with the same job.

        Args:
            session: a Session or its id.
            draft: as the state gave it, untouched.
            format: what is made: mp4, mov, webm, mkv, gif, mp3, m4a, wav, aac; None for what the draft says, a film
                in mp4 unless it was made a GIF or sound alone.
            resolution: "WIDTHxHEIGHT", where another than the draft's is wished for.
            fps: frames a second, likewise.
            render_id: the client's own name for it; made unless given. The same id again is the same job.

        Raises:
            UsageError: the draft has nothing to show, or "mp4" is asked for and it is no film. PlanError: the plan does
            not export. TransportError: it is not known whether the render was begun; `render_id` finds out.

        Source: spec, section 2, "render".
        """
        never = Deadline((await self._connect()).clock, None)
        output = output_wish(format_for(format, Timeline.decode(draft)), resolution, fps)
        return await self.rendering.begin(session_id_of(session), draft, output, never, render_id=render_id)

    async def status(self, render_id: str) -> Render:
        """Where a render stands, asked once.

        Raises:
            ProtocolError: the backend has no such render.
        """
        caller = await self._connect()
        return await look(caller, STATUS.call(render_id=render_id), render_id)

    async def wait(
        self, render_id: str, *, on_progress: ProgressCallback | None = None, deadline: float | None = None
    ) -> Render:
        """Wait until a render has ended well.

        Args:
            render_id: which one; it may have been begun by another process.
            on_progress: told the percentage.
            deadline: seconds; None waits as long as it takes. The render itself goes on after it.

        Raises:
            TargetNotMet, DamagedFile, NoPicture, RenderFailed: it ended without a result.
            DeadlineExceeded: it had not ended; `render_id` says how to come back.

        Cancelling the wait cancels the render as well.
        """
        return await self.rendering.follow(render_id, *await self._waiting(on_progress, deadline))

    async def cancel(self, render_id: str) -> None:
        """Stop a render; one that has ended stays as it is.

        Raises:
            ProtocolError: the backend has no such render.
        """
        await self.rendering.cancel(render_id)

    async def export(
        self,
        session: SessionLike,
        output: str | Path,
        *,
        overwrite: bool = False,
        resolution: str | None = None,
        on_progress: ProgressCallback | None = None,
        deadline: float | None = None,
    ) -> Path:
        """Render the session's draft and download the result to `output`; a failed render is tried once more.

        Args:
            session: a Session or its id.
            output: the file; its suffix says what is made: a film, a GIF (.gif), its sound (.mp3, .m4a, .wav, .aac).
            overwrite: replace a file that is there already.
            resolution: "WIDTHxHEIGHT", where another than the draft's is wished for.
            on_progress: told the percentage, then the bytes.
            deadline: seconds for the whole; the render itself goes on after it.

        Raises:
            OutputExists: `output` is there and `overwrite` is not set. UsageError: it is to be an .mp4, and the
                timeline is exported as a GIF or as sound. And what `submit` and `wait` raise.

        Example:
            >>> await client.render.export(session, "talk.mp4")  # doctest: +SKIP
        """
        waiting = await self._waiting(on_progress, deadline)
        return await self._made(session, Path(output), lambda _: resolution, *waiting, overwrite=overwrite)

    async def preview(
        self,
        session: SessionLike,
        output: str | Path,
        *,
        overwrite: bool = False,
        on_progress: ProgressCallback | None = None,
        deadline: float | None = None,
    ) -> Path:
        """Like `export`, but small, and so soon there (short side 360): to see what it looks like.

        Raises:
            As `export`.
        """
        waiting = await self._waiting(on_progress, deadline)
        return await self._made(session, Path(output), small_resolution, *waiting, overwrite=overwrite)

    async def resume(
        self,
        render_id: str,
        output: str | Path,
        *,
        overwrite: bool = False,
        on_progress: ProgressCallback | None = None,
        deadline: float | None = None,
    ) -> Path:
        """Wait for a render begun earlier, perhaps by another process, and download its result to `output`.

        Raises:
            OutputExists: `output` is there and `overwrite` is not set. And what `wait` raises.

        Example:
            >>> for pending in await client.render.pending():  # doctest: +SKIP
            ...     await client.render.resume(pending.render_id, f"{pending.render_id}.mp4")
        """
        report, limit = await self._waiting(on_progress, deadline)

        async def work() -> Render:
            return await self.rendering.follow(render_id, report, limit)

        return await self._into(Path(output), work, overwrite=overwrite, report=report, deadline=limit)

    async def pending(self) -> list[PendingRender]:
        """Renders of this backend, by this or an earlier run, that were begun and not fetched; oldest first.

        The backend is asked where each stands. What has failed, what it does not know and what is older than the seven
        days of a token is struck off.

        Raises:
            AuthenticationError: the token is bad.

        Source: spec, section 3: a client that goes away leaves its job behind.
        """
        return await self.rendering.pending()

    async def _waiting(self, on_progress: ProgressCallback | None, deadline: float | None) -> tuple[Reporter, Deadline]:
        clock = (await self._connect()).clock
        return Reporter(on_progress, clock=clock), Deadline(clock, deadline)

    async def _made(
        self,
        session: SessionLike,
        path: Path,
        resolution: Callable[[State], str | None],
        report: Reporter,
        deadline: Deadline,
        *,
        overwrite: bool,
    ) -> Path:
        async def work() -> Render:
            return await self._rendered(session, path, resolution, report, deadline)

        return await self._into(path, work, overwrite=overwrite, report=report, deadline=deadline)

    async def _rendered(
        self,
        session: SessionLike,
        path: Path,
        resolution: Callable[[State], str | None],
        report: Reporter,
        deadline: Deadline,
    ) -> Render:
        try:
            state = await deadline.clock.within(deadline.left, self._state.get(session))
        except TimeoutError:
            raise too_late(deadline, session_id_of(session)) from None
        try:
            made = format_for(suffix_of(path), state.timeline, name=str(path))
        except UsageError as problem:
            problem.session_id = session_id_of(session)
            raise
        output = output_wish(made, resolution(state))
        return await self.rendering.complete(session_id_of(session), state.draft, output, report, deadline)

    async def _into(
        self,
        path: Path,
        work: Callable[[], Awaitable[Render]],
        *,
        overwrite: bool,
        report: Reporter,
        deadline: Deadline,
    ) -> Path:
        async with part_for(path, overwrite=overwrite) as part:  # first: nothing is rendered for no place
            render = await work()
            await self.rendering.download(render, part, report, deadline, container=suffix_of(path) or "mp4")
            await asyncio.to_thread(place, part, path, overwrite=overwrite)
        await self.rendering.settle(render.id)
        return path


def output_wish(container: str, resolution: str | None = None, fps: float | None = None) -> dict[str, JSON]:
    """The request's `output`: the documented fields only (spec, section 2)."""
    wish: dict[str, JSON] = {"format": container, "quality": "high"}
    wish |= {} if resolution is None else {"resolution": resolution}
    return wish | ({} if fps is None else {"fps": fps})
