"""The render queue: a few at a time, in order; progress in memory, every end in the store.

    pending → processing → completed
        └─────────┴──────→ failed          (a cancelled render is a failed one, with the code "cancelled")

An engine that stops leaves its renders as they are in the store; the next start takes them up again.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import shutil
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from nemovideo import errors
from nemovideo.engine import archive
from nemovideo.engine.archive import FINAL, RenderRow
from nemovideo.engine.endings import until_done
from nemovideo.engine.executors.executor import Executor, RenderResult
from nemovideo.engine.failures import failure, wire_error
from nemovideo.engine.ledger import OPERATOR
from nemovideo.engine.orders import Orders, renamed
from nemovideo.engine.outputs import Output
from nemovideo.engine.store import Store
from nemovideo.engine.wire import JsonObject, Refusal, placeless

__all__ = ["Job", "JobQueue"]

_log = logging.getLogger("nemovideo.engine")


class Job:
    """One render that is queued or runs."""

    def __init__(self, row: RenderRow) -> None:
        self.row = row
        self.progress = 100 if row.status == "completed" else 0
        self.task: asyncio.Task[None] | None = None
        self._moved = asyncio.Event()

    @property
    def etag(self) -> str:
        """Changes whenever a poll would answer something new."""
        return f"{self.row.status}-{self.progress}"

    @property
    def final(self) -> bool:
        """Whether nothing will change any more."""
        return self.row.status in FINAL

    def move(self, *, row: RenderRow | None = None, progress: int | None = None) -> None:
        """Take a new state and wake whoever waits for one."""
        before, self.row = self.etag, row or self.row
        if progress is not None:
            self.progress = max(progress, self.progress)
        if self.etag != before:
            self.wake()

    def wake(self) -> None:
        """Let whoever waits look again."""
        self._moved.set()
        self._moved = asyncio.Event()

    async def moved(self) -> None:
        """Wait for the next change."""
        await self._moved.wait()


class JobQueue:
    """Takes renders, runs them, ends them."""

    def __init__(
        self, store: Store, executor: Executor, folder: Path, *, clock: Callable[[], float], at_once: int
    ) -> None:
        self._store, self._executor, self._folder, self._clock = store, executor, folder, clock
        self._orders = Orders(store, folder)
        self._slots = asyncio.Semaphore(at_once)
        self._jobs: dict[tuple[str, str], Job] = {}
        self._open = False

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """Work while the context lasts, beginning with what the last run left; at its end kill what still runs."""
        # No TaskGroup: it would wrap the caller's own error in a group, and no render's end concerns another's.
        self._open = True
        try:
            for row in await self._store.run(archive.unfinished):
                self._start(row)
            yield
        finally:
            self._open = False
            tasks = [job.task for job in self._jobs.values() if job.task is not None]
            for task in tasks:
                task.cancel()
            await until_done(tasks)

    async def submit(self, row: RenderRow) -> Job:
        """Queue a render; an id that the account has used before gives that job."""
        kept = await self._store.run(lambda db: archive.add_render(db, row))
        if kept is row:
            return self._start(row)
        return self._jobs.get((row.account, row.id)) or Job(kept)

    async def find(self, render_id: str, account: str) -> Job | None:
        """The account's job of that id, running or long done."""
        if (job := self._jobs.get((account, render_id))) is not None:
            return job
        row = await self._store.run(lambda db: archive.render(db, render_id, account))
        return None if row is None else Job(row)

    async def cancel(self, job: Job) -> None:
        """End a job now: when this returns its encoder is gone. A finished one stays as it is."""
        await self._conclude(job, error=failure("cancelled", "The render was cancelled.", permanent=True))
        if job.task is not None:
            job.task.cancel()
            await until_done({job.task})

    def wake(self) -> None:
        """Let whoever waits for a job look again."""
        for job in self._jobs.values():
            job.wake()

    def _start(self, row: RenderRow) -> Job:
        if not self._open:
            raise errors.EngineError("The engine is stopping; it takes no more renders.")
        job = Job(replace(row, status="pending"))
        self._jobs[row.account, row.id] = job
        job.task = asyncio.create_task(self._run(job), name=f"render {row.id}")
        job.task.add_done_callback(lambda _: self._jobs.pop((row.account, row.id), None))
        return job

    async def _run(self, job: Job) -> None:
        async with self._slots:
            if job.final:
                return
            job.move(row=replace(job.row, status="processing"))
            target = self._folder / "renders" / job.row.uid
            try:
                target = target.with_suffix(f".{Output.of(job.row.output, job.row.draft).container}")
                result = await self._render(job, target)
                outcome = {"size": result.size, "duration": result.duration, "report": result.report}
                await self._conclude(job, path=f"renders/{target.name}", result=outcome)
            except Exception as error:  # noqa: BLE001 -- a fault of ours must end this render, not the queue
                await self._conclude(job, error=self._fault(job.row, error))
            finally:
                if job.row.status != "completed":
                    await until_done({asyncio.create_task(asyncio.to_thread(target.unlink, missing_ok=True))})

    def _fault(self, row: RenderRow, error: Exception) -> JsonObject:
        """Why a render failed, as its account is told."""
        match error:
            case errors.NemoError():
                owner = row.account == OPERATOR
                return wire_error(error, error.message if owner else placeless(error.message, self._folder))
            case Refusal():  # the engine that took this render in was another version
                return failure("unsupported", error.message, permanent=True)
            case OSError(errno=errno.ENOSPC):
                return failure("disk_full", "The engine's disk is full.", permanent=False)
            case _:
                _log.error("render %s failed", row.id, exc_info=error)
                return failure("engine", "The engine met an error of its own; see its log.", permanent=False)

    async def _render(self, job: Job, target: Path) -> RenderResult:
        work = self._folder / "work" / job.row.uid
        order, uploads = await self._orders.of(job.row, target, work)
        making = asyncio.create_task(asyncio.to_thread(work.mkdir, mode=0o700))
        try:
            await asyncio.shield(making)
            return await self._executor.render(order, lambda done: job.move(progress=min(99, int(done * 100))))
        except errors.NemoError as error:
            renamed(error, uploads)
            raise
        finally:  # a thread goes on when its caller is cancelled, and one that has not begun never will
            await until_done({making})
            await until_done({asyncio.create_task(asyncio.to_thread(shutil.rmtree, work, ignore_errors=True))})

    async def _conclude(
        self, job: Job, *, path: str | None = None, result: JsonObject | None = None, error: JsonObject | None = None
    ) -> None:
        """Write a job's end, once: whoever comes second changes nothing."""
        row, now = job.row, self._clock()

        def write(db: archive.Connection) -> RenderRow | None:
            archive.finish_render(db, row.uid, now=now, path=path, result=result, error=error)
            return archive.render(db, row.id, row.account)

        ended = await self._store.run(write)
        job.move(row=ended, progress=100 if ended is not None and ended.status == "completed" else None)
