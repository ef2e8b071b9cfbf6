"""A finished render's bytes: from where they lie or, where that cannot be read, from the backend itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urljoin

from nemovideo.errors import (
    AuthenticationError,
    DamagedFile,
    NemoError,
    ProtocolError,
    RateLimited,
    TransportError,
    UnsupportedFile,
)
from nemovideo.progress import Reporter
from nemovideo.protocol.endpoints import DOWNLOAD, Call
from nemovideo.protocol.lifecycle import Render
from nemovideo.resources.verifying import Expected, check_result
from nemovideo.settings import origin
from nemovideo.transport.caller import Caller
from nemovideo.transport.download import Download
from nemovideo.transport.failures import context_of
from nemovideo.transport.part import disk_error

__all__ = ["fetch"]


async def fetch(
    caller: Caller, render: Render, part: Path, report: Reporter, *, expected: Expected, session_id: str | None = None
) -> int:
    """Download a finished render into `part` and look whether it is what it should be; returns its size in bytes.

    Raises:
        TransportError, ProtocolError: neither its own URL nor the backend gave it whole. DiskFull, OutputNotWritable.

    Source: spec, section 2, "render file": used when the output URL cannot be read.
    """
    call = DOWNLOAD.call(session_id=session_id, render_id=render.id)
    fetching = _Fetching(caller, call, part, report, expected=expected, size=render.size)
    if render.url is None or render.url in {call.path, caller.base_url + call.path}:
        return await fetching.whole(call.path)
    try:
        return await fetching.whole(render.url)
    except NemoError as unread:
        own = origin(urljoin(caller.base_url, render.url)) == origin(caller.base_url)
        if not _about_the_url(unread) or (own and isinstance(unread, AuthenticationError | RateLimited)):
            raise
        try:
            return await fetching.whole(call.path)
        except NemoError as problem:
            if not _about_the_url(problem):
                raise
            raise unread from problem  # the backend need not have this path: where the result lies is the matter


class _Fetching:
    """One result on its way, from wherever it is to be had."""

    def __init__(
        self, caller: Caller, call: Call, part: Path, report: Reporter, *, expected: Expected, size: int | None
    ) -> None:
        self._caller = caller
        self._call = call
        self._part = part
        self._report = report
        self._expected = expected
        self._size = size

    async def whole(self, url: str) -> int:
        """Download it and look at it, a second time where it is not whole."""
        size, wrong = await self._downloaded(url)
        if wrong is not None:  # it may have been cut on its way
            size, wrong = await self._downloaded(url)
        if wrong is not None:
            raise _no_result(self._call, self._expected, wrong) from wrong
        return size

    async def _downloaded(self, url: str) -> tuple[int, NemoError | None]:
        """The size, and what is wrong with the file that came; what is proven to be whole is what the backend made."""
        downloading = Download(
            self._caller, url, self._part, call=self._call, expected=self._size, on_received=self._told
        )
        size = await downloading.run()
        closely = self._expected.strict or not downloading.whole
        try:
            await asyncio.to_thread(check_result, self._part, self._expected, closely=closely)
        except (DamagedFile, UnsupportedFile) as wrong:
            return size, wrong
        except OSError as problem:
            raise disk_error(problem, self._part) from problem
        return size, None

    async def _told(self, received: int, total: int | None) -> None:
        await self._report("download", float(received), None if total is None else float(total), "bytes")


def _no_result(call: Call, expected: Expected, problem: NemoError) -> ProtocolError:
    context = context_of(call, hint="Fetch it again with client.render.resume, or render it again.")
    context["phase"] = "verify"
    return ProtocolError(f"What came as the result is no whole {expected.container} file: {problem.message}", **context)


def _about_the_url(problem: NemoError) -> bool:
    """Whether another address may help; a full disk stays full."""
    return isinstance(problem, TransportError | ProtocolError) or problem.status is not None
