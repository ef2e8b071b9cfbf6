"""Uploads: a path, bytes, an open file, an async iterator or a URL into a session."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from nemovideo.backend import CLOUD, BackendProfile
from nemovideo.errors import ConnectionFailed, NemoError, TransportError, UsageError
from nemovideo.progress import ProgressCallback, Reporter
from nemovideo.protocol.endpoints import UPLOAD
from nemovideo.protocol.json import JSON, integer, mapping, number, sequence, text
from nemovideo.resources.batching import batches, in_order
from nemovideo.resources.knownbackend import KnownBackend
from nemovideo.resources.session import Connect, SessionLike, session_id_of
from nemovideo.source import Source, SourceLike, open_source
from nemovideo.transport.caller import Caller
from nemovideo.transport.multipart import MultipartBody

__all__ = ["Upload", "UploadResource"]

_LOOK = (
    "Whether it arrived is not known: (await client.state.get(session)).video_infos tells. Upload it again where it is "
    "not there; twice, it would be in the project twice."
)


_ONE = (str, bytes, bytearray, memoryview, os.PathLike, io.IOBase)  # each can be gone through, byte by byte or so


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that the backend has. Duration in seconds, width and height in pixels, size in bytes; None if untold.

    An engine of ours tells the codecs too ("h264", "aac"), the cloud does not.
    """

    filename: str
    kind: str
    url: str | None = None
    duration: float | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    hash: str | None = None
    size: int | None = None
    codec: str | None = None
    audio_codec: str | None = None


class UploadResource:
    """`client.upload`."""

    def __init__(self, connect: Connect, *, backend: KnownBackend, by_name: Callable[[], bool]) -> None:
        self._connect = connect
        self._backend = backend
        self._by_name = by_name

    async def file(
        self,
        session: SessionLike,
        source: SourceLike,
        *,
        name: str | None = None,
        size: int | None = None,
        on_progress: ProgressCallback | None = None,
    ) -> Upload:
        """Upload one file; its type and size are checked against the backend's limits before a byte is sent.

        Args:
            session: a Session or its id.
            source: a path, bytes, an open binary file, an async iterator of bytes, or an http(s) URL for the backend
                to fetch. A pipe, or an iterator without `size`, is first gathered in the temporary folder.
            name: a file name, for what has none of its own; its suffix says what it is.
            size: the bytes that an async iterator will give.
            on_progress: told the bytes sent.

        Raises:
            SourceNotFound, UnsupportedFile, FileTooLarge: nothing was sent. DamagedFile: the backend looked into it.
            UsageError: the file changed while it was sent. DiskFull: no room to gather. And what an iterator raises.

        Example:
            >>> await client.upload.file(session, "talk.mp4")  # doctest: +SKIP

        Source: spec, section 2, "upload"; limits: section 3.
        """
        opened = await open_source(source, name=name, size=size)
        return (await self._all(session, [opened], on_progress))[0]

    async def many(
        self, session: SessionLike, sources: Iterable[SourceLike], *, on_progress: ProgressCallback | None = None
    ) -> list[Upload]:
        """Upload several files in as few calls as the backend takes; all are checked before the first byte is sent.

        Args:
            session: a Session or its id.
            sources: each as in `file`.
            on_progress: told the bytes sent, of all files together.

        Returns:
            One Upload for each source, in their order.

        Raises:
            UsageError: one source was given and no list. ProtocolError: the backend named fewer files than it was
            sent. And what `file` raises.

        Source: spec, section 2, "upload": one or more fields `files`; or `urls`.
        """
        if isinstance(sources, _ONE):
            raise UsageError("One source was given in place of several.", hint="Give a list of sources, or use `file`.")
        return await self._all(session, [await open_source(source) for source in sources], on_progress)

    async def url(self, session: SessionLike, url: str) -> Upload:
        """Let the backend fetch a file from an http(s) URL.

        Raises:
            UsageError: it is no such URL.
        """
        if not url.lower().startswith(("http://", "https://")):
            raise UsageError("No http or https URL was given.", hint="Give one, or upload the file itself.")
        return (await self._all(session, [await open_source(url)], None))[0]

    async def _all(
        self, session: SessionLike, opened: Sequence[Source], on_progress: ProgressCallback | None
    ) -> list[Upload]:
        async with AsyncExitStack() as closing:
            for source in opened:
                closing.push_async_callback(source.aclose)
            caller = await self._connect()
            return await self.opened(session, opened, Reporter(on_progress, clock=caller.clock))

    async def opened(self, session: SessionLike, sources: Sequence[Source], report: Reporter) -> list[Upload]:
        """Upload sources that have been looked at, and that the caller closes; `report` is told the bytes sent."""
        session_id = session_id_of(session)
        try:
            return await self._sent(session_id, sources, report)
        except NemoError as problem:
            problem.session_id = problem.session_id or session_id
            raise

    async def _sent(self, session_id: str, sources: Sequence[Source], report: Reporter) -> list[Upload]:
        caller = await self._connect()
        profile = await self._backend.limits(caller.base_url)
        for source in sources:
            _check(profile, source)  # before one is gathered on the disk
        measured = [await self.measured(source) for source in sources]
        for source in measured:
            _check(profile, source)
        # The cloud does not say whether its limit is one of a file or of a call: no call is larger than either.
        whole = (profile or CLOUD).max_upload_bytes
        return await _Sending(caller, session_id, measured, report).all(by_name=self._by_name(), whole=whole)

    async def measured(self, source: Source) -> Source:
        """The source with its size; an iterator's bytes are gathered, no further than the backend takes."""
        profile = await self._backend.limits((await self._connect()).base_url)
        return await source.measured(None if profile is None else lambda size: profile.check_size(source.name, size))


def _check(profile: BackendProfile | None, source: Source) -> None:
    if profile is not None and source.url is None:
        profile.check_format(source.name)
        profile.check_size(source.name, source.size or 0)


class _Sending:
    """Some sources on their way into one session."""

    def __init__(self, caller: Caller, session_id: str, sources: Sequence[Source], report: Reporter) -> None:
        self._call = UPLOAD.call(session_id=session_id)
        self._caller = caller
        self._session_id = session_id
        self._sources = sources
        self._report = report
        self._done = 0
        self._whole = float(sum(source.size or 0 for source in sources))

    async def all(self, *, by_name: bool, whole: int | None) -> list[Upload]:
        """Send them; what the backend fetches itself goes in calls of its own."""
        fetched = [at for at, source in enumerate(self._sources) if source.url or (by_name and _has_own_name(source))]
        sent = [at for at in range(len(self._sources)) if at not in fetched]
        found: dict[int, Upload] = {}
        calls = batches(self._sources, fetched, None) + batches(self._sources, sent, whole)
        for call in sorted(calls):  # the call with the first source first: an empty project begins with it
            try:
                answer = await (self._by_url(call) if call[0] in fetched else self._by_form(call))
            except TransportError as problem:
                if not isinstance(problem, ConnectionFailed):
                    problem.hint = _LOOK
                raise
            names = [self._sources[at].name for at in call]
            files = in_order(names, sequence(mapping(answer).get("files")), self._session_id)
            found |= dict(zip(call, map(_decode, files), strict=True))
        return [found[at] for at in range(len(self._sources))]

    async def _by_url(self, places: Sequence[int]) -> JSON:
        urls = [await _address(self._sources[at]) for at in places]
        answer = await self._caller.post(self._call, json={"urls": urls, "source_type": "url"})
        self._done += sum(self._sources[at].size or 0 for at in places)
        if self._done:
            await self._report("upload", float(self._done), self._whole, "bytes")
        return answer

    async def _by_form(self, places: Sequence[int]) -> JSON:
        before = self._done

        async def on_sent(sent: int) -> None:
            self._done = before + sent
            await self._report("upload", float(self._done), self._whole, "bytes")

        body = MultipartBody([self._sources[at] for at in places], on_sent)
        return await self._caller.post(self._call, body=body)


def _has_own_name(source: Source) -> bool:
    return source.path is not None and source.name == source.path.name


async def _address(source: Source) -> str:
    if source.path is None:
        return source.url or ""
    # The engine within this process reads the file where it lies: no copy, nothing sent.
    return (await asyncio.to_thread(source.path.resolve)).as_uri()


def _decode(fields: Mapping[str, JSON]) -> Upload:
    duration = number(fields.get("duration"))
    return Upload(
        filename=text(fields.get("filename")) or "",
        kind=text(fields.get("file_type")) or "video",
        url=text(fields.get("cdn_url")),
        duration=None if duration is None else round(duration, 3),
        width=integer(fields.get("width")),
        height=integer(fields.get("height")),
        fps=number(fields.get("fps")),
        hash=text(fields.get("hash")),
        size=integer(fields.get("size")),
        codec=text(fields.get("codec")),
        audio_codec=text(fields.get("audio_codec")),
    )
