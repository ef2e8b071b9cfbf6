"""Uploads: a path, bytes, an open file or a URL into a session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nemovideo.backend import BackendProfile
from nemovideo.errors import ProtocolError, UsageError
from nemovideo.progress import ProgressCallback, Reporter
from nemovideo.protocol.envelope import Call, path_segment
from nemovideo.protocol.json import JSON, integer, mapping, number, sequence, text
from nemovideo.resources.session import Connect, SessionLike, session_id_of
from nemovideo.source import Source, SourceLike, open_source
from nemovideo.transport.multipart import MultipartBody

__all__ = ["Upload", "UploadResource"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that the backend has. Duration in seconds, width and height in pixels, size in bytes; None if untold."""

    filename: str
    kind: str
    url: str | None = None
    duration: float | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    hash: str | None = None
    size: int | None = None


class UploadResource:
    """`client.upload`."""

    def __init__(
        self, connect: Connect, *, profile: Callable[[], BackendProfile | None], by_name: Callable[[], bool]
    ) -> None:
        self._connect = connect
        self._profile = profile
        self._by_name = by_name

    async def file(
        self,
        session: SessionLike,
        source: SourceLike,
        *,
        name: str | None = None,
        on_progress: ProgressCallback | None = None,
    ) -> Upload:
        """Upload one file; its type and size are checked against the backend's limits before a byte is sent.

        Args:
            session: a Session or its id.
            source: a path, bytes, an open binary file, or an http(s) URL for the backend to fetch.
            name: a file name for bytes; its suffix says what they are.
            on_progress: told the bytes sent.

        Raises:
            SourceNotFound, UnsupportedFile, FileTooLarge: nothing was sent. DamagedFile: the backend looked into it.

        Source: spec, section 2, "upload"; limits: section 3.
        """
        opened = await open_source(source, name=name)
        caller = await self._connect()
        return await self.opened(session, opened, Reporter(on_progress, clock=caller.clock))

    async def many(self, session: SessionLike, sources: Iterable[SourceLike]) -> list[Upload]:
        """Upload several files, one after the other; all are checked before the first is sent."""
        opened = [await open_source(source) for source in sources]
        for source in opened:
            self._check(source)
        return [await self.opened(session, source, Reporter(None)) for source in opened]

    async def url(self, session: SessionLike, url: str) -> Upload:
        """Let the backend fetch a file from an http(s) URL.

        Raises:
            UsageError: it is no such URL.
        """
        if not url.lower().startswith(("http://", "https://")):
            raise UsageError(f"No http or https URL: {url!r:.200}.", hint="Give one, or upload the file itself.")
        return await self._by_url(session_id_of(session), url)

    async def opened(self, session: SessionLike, source: Source, report: Reporter) -> Upload:
        """Upload a source that has been looked at; `report` is told the bytes sent."""
        session_id = session_id_of(session)
        if source.url is not None:
            return await self._by_url(session_id, source.url)
        self._check(source)
        if source.path is not None and self._by_name():
            # The engine within this process reads the file where it lies: no copy, nothing sent.
            path = await asyncio.to_thread(source.path.resolve)
            uploaded = await self._by_url(session_id, path.as_uri())
            await report("upload", float(source.size or 0), float(source.size or 0), "bytes")
            return uploaded
        size = source.size or 0

        async def on_sent(sent: int) -> None:
            await report("upload", float(sent), float(size), "bytes")

        caller = await self._connect()
        answer = await caller.post(_call(session_id), body=MultipartBody(source, size, on_sent))
        return _decode(answer, session_id)

    def _check(self, source: Source) -> None:
        profile = self._profile()
        if profile is not None and source.url is None:
            profile.check_format(source.name)
            profile.check_size(source.name, source.size or 0)

    async def _by_url(self, session_id: str, url: str) -> Upload:
        caller = await self._connect()
        return _decode(await caller.post(_call(session_id), json={"urls": [url], "source_type": "url"}), session_id)


def _call(session_id: str) -> Call:
    path = f"/api/upload-video/nemo_agent/me/{path_segment(session_id)}"
    return Call("POST", path, phase="upload", session_id=session_id)


def _decode(answer: JSON, session_id: str) -> Upload:
    files = sequence(mapping(answer).get("files"))
    if not files:
        raise ProtocolError("The backend took the upload and named no file.", phase="upload", session_id=session_id)
    fields = mapping(files[0])
    return Upload(
        filename=text(fields.get("filename")) or "",
        kind=text(fields.get("file_type")) or "video",
        url=text(fields.get("cdn_url")),
        duration=number(fields.get("duration")),
        width=integer(fields.get("width")),
        height=integer(fields.get("height")),
        fps=number(fields.get("fps")),
        hash=text(fields.get("hash")),
        size=integer(fields.get("size")),
    )
