"""Renders: a draft becomes a file."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from pathlib import Path

from nemovideo.errors import DeadlineExceeded, NemoError, RenderFailed, UsageError
from nemovideo.progress import ProgressCallback, Reporter
from nemovideo.protocol.draft import Timeline
from nemovideo.protocol.envelope import Call, path_segment
from nemovideo.protocol.json import JSON
from nemovideo.protocol.lifecycle import Render, decode_render
from nemovideo.resources.polling import RENDER_PATH, OnPoll, poll_until_ended, status_call
from nemovideo.resources.renderfaults import error_of
from nemovideo.resources.session import Connect, SessionLike, session_id_of
from nemovideo.resources.state import StateResource
from nemovideo.transport.download import Download, place
from nemovideo.transport.part import check_output, part_for

__all__ = ["RenderResource"]

_CANCEL_TIME = 5.0  # seconds that the wish to cancel may take while we are being cancelled ourselves
_PREVIEW_SIDE = 360  # pixels of a preview's short side


class RenderResource:
    """`client.render`."""

    def __init__(self, connect: Connect, state: StateResource) -> None:
        self._connect = connect
        self._state = state

    async def submit(
        self,
        session: SessionLike,
        draft: JSON,
        *,
        format: str = "mp4",  # noqa: A002 — the wire's own word
        resolution: str | None = None,
        fps: float | None = None,
        render_id: str | None = None,
    ) -> Render:
        """Start a render of exactly this draft; it costs no credits.

        Args:
            session: a Session or its id.
            draft: as the state gave it, untouched.
            format: the container: mp4, mov, webm, mkv.
            resolution: "WIDTHxHEIGHT", where another than the draft's is wished for.
            fps: frames a second, likewise.
            render_id: the client's own name for it; made unless given. The same id again is the same job.

        Raises:
            UsageError: the draft has nothing to show. PlanError: the plan does not export.

        Source: spec, section 2, "render".
        """
        if not Timeline.decode(draft).exportable:
            raise UsageError(
                "The draft is empty: there is nothing to render.", hint="Upload a video and say what to do."
            )
        session_id, made = session_id_of(session), render_id or f"render_{uuid.uuid4().hex}"
        output: dict[str, JSON] = {"format": format, "quality": "high"}
        output |= {} if resolution is None else {"resolution": resolution}
        output |= {} if fps is None else {"fps": fps}
        caller = await self._connect()
        call = Call("POST", RENDER_PATH, phase="render", session_id=session_id, render_id=made)
        body = {"id": made, "sessionId": session_id, "draft": draft, "output": output}
        try:
            return decode_render(await caller.post(call, json=body), made)
        except asyncio.CancelledError:
            await self._cancel_while_cancelled(made)  # whether it was accepted is not known
            raise

    async def status(self, render_id: str) -> Render:
        """Where a render stands, asked once."""
        caller = await self._connect()
        return decode_render(await caller.get(status_call(render_id)), render_id)

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
        report = await self._reporter(on_progress)

        async def told(render: Render) -> None:
            await report("render", render.progress, 100.0, "percent")

        return await self.followed(render_id, told, deadline=deadline)

    async def followed(self, render_id: str, on_poll: OnPoll, *, deadline: float | None = None) -> Render:
        """Like `wait`, with each poll's Render handed to `on_poll`."""
        caller = await self._connect()
        try:
            render = await caller.clock.within(deadline, poll_until_ended(caller, render_id, on_poll))
        except TimeoutError:
            raise DeadlineExceeded(
                f"The render {render_id} has not ended within {deadline:g} s; it goes on.",
                hint="Come back with client.render.resume(render_id).",
                phase="render",
                render_id=render_id,
            ) from None
        except asyncio.CancelledError:
            await self._cancel_while_cancelled(render_id)
            raise
        if render.phase == "failed":
            raise error_of(render)
        return render

    async def cancel(self, render_id: str) -> None:
        """Stop a render; one that has ended stays as it is."""
        caller = await self._connect()
        await caller.post(
            Call("POST", f"{RENDER_PATH}/{path_segment(render_id)}/cancel", phase="render", render_id=render_id)
        )

    async def _cancel_while_cancelled(self, render_id: str) -> None:
        with suppress(NemoError, TimeoutError):
            async with asyncio.timeout(_CANCEL_TIME):
                await asyncio.shield(self.cancel(render_id))

    async def export(
        self,
        session: SessionLike,
        output: str | Path,
        *,
        overwrite: bool = False,
        on_progress: ProgressCallback | None = None,
        deadline: float | None = None,
    ) -> Path:
        """Render the session's draft and download the result to `output`; a failed render is tried once more.

        Raises:
            OutputExists: `output` is there and `overwrite` is not set. And what `submit` and `wait` raise.

        Example:
            >>> await client.render.export(session, "talk.mp4")  # doctest: +SKIP
        """
        path = Path(output)
        await asyncio.to_thread(check_output, path, overwrite=overwrite)  # before work is begun for nothing
        draft = (await self._state.get(session)).draft
        suffix = path.suffix.lower().removeprefix(".") or "mp4"
        for attempt in (1, 2):
            render = await self.submit(session, draft, format=suffix)
            try:
                return await self.resume(
                    render.id, path, overwrite=overwrite, on_progress=on_progress, deadline=deadline
                )
            except RenderFailed as error:
                if error.permanent or attempt == 2:  # spec, section 3: once more, with a new id
                    raise
        raise AssertionError("unreachable")

    async def resume(
        self,
        render_id: str,
        output: str | Path,
        *,
        overwrite: bool = False,
        on_progress: ProgressCallback | None = None,
        deadline: float | None = None,
    ) -> Path:
        """Wait for a render begun earlier, perhaps by another process, and download its result to `output`."""
        path, report = Path(output), await self._reporter(on_progress)
        async with part_for(path, overwrite=overwrite) as part:
            render = await self.wait(render_id, on_progress=on_progress, deadline=deadline)
            await self.download(render, part, report)
            await asyncio.to_thread(place, part, path, overwrite=overwrite)
        return path

    async def preview(self, session: SessionLike, output: str | Path, *, overwrite: bool = False) -> Path:
        """Render the session's draft small (short side 360) to see what it looks like."""
        path = Path(output)
        await asyncio.to_thread(check_output, path, overwrite=overwrite)
        draft = (await self._state.get(session)).draft
        timeline = Timeline.decode(draft)
        width, height = timeline.width or 640, timeline.height or _PREVIEW_SIDE
        scale = min(1.0, _PREVIEW_SIDE / min(width, height))
        small = f"{round(width * scale / 2) * 2}x{round(height * scale / 2) * 2}"
        render = await self.submit(session, draft, resolution=small)
        return await self.resume(render.id, path, overwrite=overwrite)

    async def _reporter(self, on_progress: ProgressCallback | None) -> Reporter:
        return Reporter(on_progress, clock=(await self._connect()).clock)

    async def download(self, render: Render, part: Path, report: Reporter) -> int:
        """Download a finished render into `part`; returns its size in bytes.

        Where the result's own URL cannot be read, the backend is asked for the bytes (spec, section 2, "render file").
        """
        caller = await self._connect()
        path = f"/api/render/proxy/{path_segment(render.id)}/download"
        call = Call("GET", path, phase="download", render_id=render.id)

        async def told(received: int, total: int | None) -> None:
            await report("download", float(received), None if total is None else float(total), "bytes")

        async def fetch(url: str) -> int:
            return await Download(caller, url, part, call=call, expected=render.size, on_received=told).run()

        if render.url is None:
            return await fetch(call.path)
        try:
            return await fetch(render.url)
        except NemoError as error:
            if error.status not in {401, 403, 404, 410} or caller.base_url + call.path == render.url:
                raise
            return await fetch(call.path)
