"""`client.compress`: a video goes in, one that fits comes out.

Connect, upload, ask, render, download, verify: the documented road, the same to every backend. What arrives is looked
at on the disk before it gets its name; a result over the limit is never handed out, whoever made it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import aiofiles

from nemovideo.cancellation import kept
from nemovideo.clock import Clock
from nemovideo.deadline import Deadline
from nemovideo.errors import (
    AgentError,
    DeadlineExceeded,
    NemoError,
    TargetNotMet,
)
from nemovideo.progress import Phase, Reporter
from nemovideo.protocol.draft import Timeline
from nemovideo.protocol.json import integer, number, text
from nemovideo.protocol.lifecycle import Render
from nemovideo.resources.render import output_wish
from nemovideo.resources.session import Session
from nemovideo.source import Source
from nemovideo.transport.part import disk_error, part_for, place
from nemovideo.workflows.inspect import Facts, facts_of, inspect_file
from nemovideo.workflows.report import Report
from nemovideo.workflows.result import CompressResult
from nemovideo.workflows.wish import OnOver, Wish

if TYPE_CHECKING:
    from nemovideo.client import AsyncNemoClient

__all__ = ["Compression"]

T = TypeVar("T")

_FITTED = "it fits already: nothing was encoded, and no other file was made"
_COPIED = "it fits already: copied, not encoded"
_ASK_LESS = 0.97  # of the share that would have fitted: a backend that missed once is given some room


@dataclass(slots=True)
class Compression:
    """One run of the road. `named` says whether the caller named the output."""

    client: AsyncNemoClient
    source: Source
    output: Path
    wish: Wish
    named: bool
    overwrite: bool
    on_over: OnOver
    report: Reporter
    clock: Clock
    deadline: float | None = None
    session: Session | None = None
    render_id: str | None = None
    timings: dict[str, float] = field(default_factory=dict[str, float])
    _until: Deadline = field(init=False)

    def __post_init__(self) -> None:
        self._until = Deadline(self.clock, self.deadline)

    async def run(self) -> CompressResult:
        """Do it; the source is closed afterwards."""
        try:
            return await self._run()
        finally:
            await self.source.aclose()

    async def _run(self) -> CompressResult:
        if self.source.size is None and self.source.url is None:
            await self._connected()  # which says how much the backend takes, before the disk is filled with more
            async with self._phase("upload"):
                self.source = await self._in_time(self.client.upload.measured(self.source))
        if self._fits() and not self.named and self.source.path is not None:
            return self._result(self.source.path, await self._looked_at(self.source.path), skipped=True)
        async with part_for(self.output, overwrite=self.overwrite) as part:
            return await (self._copied(part) if self._fits() else self._made(part))

    def _fits(self) -> bool:
        return self.wish.met_by(self.source, self.output if self.named else None)

    async def _looked_at(self, at: Path) -> Facts:
        """A source that fits is handed back, after as close a look as this backend allows without sending it away."""
        if self.client.is_local:
            return await self._uploaded()
        async with self._phase("verify"):
            await self.report("verify")
            return await asyncio.to_thread(inspect_file, at, name=str(self.source.path or self.source.name))

    async def _copied(self, part: Path) -> CompressResult:
        try:
            async with (
                self._phase("verify"),
                contextlib.aclosing(self.source.chunks()) as chunks,
                kept(aiofiles.open(part, "wb")) as file,
            ):
                async for chunk in chunks:
                    await file.write(chunk)
        except OSError as problem:
            raise disk_error(problem, part, phase="verify") from problem
        facts = await self._looked_at(part)
        async with self._phase("verify"):
            await asyncio.to_thread(place, part, self.output, overwrite=self.overwrite)
        return self._result(self.output, facts, skipped=True)

    async def _made(self, part: Path) -> CompressResult:
        facts = await self._uploaded()
        limit = self.wish.limit
        for attempt in (1, 2):
            timeline, render = await self._rendered(limit)
            if Report.of(render).kept and not self.named and self.source.path is not None:
                await self.client.render.rendering.settle(render.id)
                return self._result(self.source.path, facts, skipped=True, timeline=timeline, render=render)
            async with self._phase("download"):
                size = await self.client.render.rendering.download(
                    render, part, self.report, self._until, container=self.wish.container, strict=True
                )
            if size <= self.wish.limit:
                return await self._placed(part, timeline, render)
            await self.client.render.rendering.settle(render.id)  # nobody comes back for a result that is too large
            limit = int(limit * self.wish.limit / size * _ASK_LESS)
            if attempt == 2 or limit < 1:
                return await self._over(size)
        raise AssertionError("unreachable")

    async def _connected(self) -> Session:
        if self.session is None:
            async with self._phase("connect"):
                await self.report("connect")
                self.session = await self._in_time(self.client.session.create())
        return self.session

    async def _uploaded(self) -> Facts:
        session = await self._connected()
        async with self._phase("upload"):
            (upload,) = await self._in_time(self.client.upload.opened(session, [self.source], self.report))
        return facts_of(upload, self.source, session.id)

    async def _rendered(self, limit: int) -> tuple[Timeline, Render]:
        """Say the wish, take the draft that it became, and render exactly that; a failed render is tried once more."""
        session = self._session()
        async with self._phase("ask"):
            await self.report("ask")
            request = self.wish.request.model_copy(update={"max_bytes": limit})
            reply = await self._in_time(self.client.chat.send(session, request.to_sentence()))
            state = await self._in_time(self.client.state.get(session))
            timeline = state.timeline
            if not timeline.exportable:
                raise AgentError(
                    f"The backend made no draft of the wish; it said: {reply.text or 'nothing'}",
                    hint="Say it in other words, or try another backend.",
                    reply=reply,
                    phase="ask",
                    session_id=session.id,
                )
        async with self._phase("render"):
            wanted = output_wish(self.wish.container)
            rendering = self.client.render.rendering
            render = await rendering.complete(session.id, state.draft, wanted, self.report, self._until)
            self.render_id = render.id
            return timeline, render

    async def _placed(self, part: Path, timeline: Timeline, render: Render) -> CompressResult:
        async with self._phase("verify"):
            await self.report("verify")
            facts = await asyncio.to_thread(inspect_file, part, name="the result")
            await asyncio.to_thread(place, part, self.output, overwrite=self.overwrite)
        await self.client.render.rendering.settle(render.id)
        return self._result(self.output, facts, timeline=timeline, render=render)

    async def _over(self, size: int) -> CompressResult:
        """The backend did not keep the limit, twice."""
        if self.on_over == "local" and self.source.url is None:
            return await self._made_locally()
        raise TargetNotMet(
            f"{self.source.name}: the backend's best try has {size} bytes; the limit is {self.wish.limit}.",
            hint='Ask for more, or pass on_over="local" to let this machine do it.',
            phase="verify",
            session_id=self._session().id,
        )

    async def _made_locally(self) -> CompressResult:
        """One pass of an engine of our own over the same source, to the same place."""
        async with type(self.client).local() as local:
            again = replace(
                self, client=local, on_over="error", session=None, render_id=None, deadline=self._until.left
            )
            return await again.run()

    def _result(
        self,
        path: Path,
        facts: Facts,
        *,
        skipped: bool = False,
        timeline: Timeline | None = None,
        render: Render | None = None,
    ) -> CompressResult:
        report = Report.of(render)
        if skipped:
            note = _FITTED if path == self.source.path else _COPIED
            report = report.of_source(note, measured=self.wish.request.measure_quality)
        told = report.file
        return CompressResult(
            path=path,
            size=facts.size,
            original_size=self.source.size,
            limit=self.wish.limit,
            skipped=report.kept,
            duration=round(number(told.get("duration")) or facts.duration or 0.0, 3) or None,
            width=integer(told.get("width")) or facts.width,
            height=integer(told.get("height")) or facts.height,
            fps=number(told.get("fps")) or facts.fps,
            codec=text(told.get("codec")) or facts.codec,
            audio_codec=text(told.get("audio_codec")) or facts.audio_codec,
            quality=report.quality,
            notes=report.notes,
            timeline=timeline,
            session_id=self.session.id if self.session else None,
            render_id=render.id if render else None,
            timings=dict(self.timings),
        )

    def _session(self) -> Session:
        if self.session is None:
            raise RuntimeError("the session is created first")
        return self.session

    async def _in_time(self, work: Awaitable[T]) -> T:
        try:
            return await self.clock.within(self._until.left, work)
        except TimeoutError:
            hint = "Allow more time."
            if self.session is not None and await self.client.render.rendering.lasting():
                hint = f"Allow more time, or go on in its session: client.render.export({self.session.id!r}, …)."
            raise DeadlineExceeded(f"{self.source.name}: not done within {self.deadline:g} s.", hint=hint) from None

    @contextlib.asynccontextmanager
    async def _phase(self, phase: Phase) -> AsyncGenerator[None]:
        began = self.clock.monotonic()
        try:
            yield
        except NemoError as error:
            error.phase = error.phase or phase
            error.session_id = error.session_id or (self.session.id if self.session else None)
            error.render_id = error.render_id or self.render_id
            raise
        finally:
            self.timings[phase] = self.timings.get(phase, 0.0) + self.clock.monotonic() - began
