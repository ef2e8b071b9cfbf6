"""Uploads: by multipart, by URL, and on this machine by name."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from aiohttp import web

from nemovideo.engine import archive, local_file
from nemovideo.engine.archive import SessionRow, UploadRow
from nemovideo.engine.config import BODY_LIMIT
from nemovideo.engine.drafts import timeline_of
from nemovideo.engine.fetch import Fetcher
from nemovideo.engine.form import files
from nemovideo.engine.intake import label, receive, suffix_of, too_large
from nemovideo.engine.services import Services, account_of, is_operator, services_of, session_of
from nemovideo.engine.sessions import describe
from nemovideo.engine.wire import Refusal, accepted, bad_request, entries, not_media, origin, read_json
from nemovideo.errors import DamagedFile, UnsupportedFile

__all__ = ["download", "upload"]

_FORM_ROOM = 2 << 20  # bytes of a form around its files
_MOST_FILES = 32  # a call; each is probed by a process of its own


async def upload(request: web.Request) -> web.Response:
    """Take files into a session: all of them or, when one is refused, none."""
    session = await session_of(request, request.match_info["session"])
    services = services_of(request)
    rows: list[UploadRow] = []
    arriving = _by_url(request, session) if request.content_type == "application/json" else _by_form(request, session)
    try:
        async with aclosing(arriving):
            async for row in arriving:
                rows.append(row)
                if len(rows) > _MOST_FILES:
                    raise bad_request(f"At most {_MOST_FILES} files a call.")
        if not rows:
            raise bad_request(
                'No file came: send multipart fields named "files", or {"urls": […], "source_type": "url"}.'
            )
        await services.store.run(lambda db: _apply(db, session, rows))
    except BaseException:
        await asyncio.to_thread(_remove, [services.file(row.path) for row in rows if not row.path.startswith("file:")])
        raise
    return accepted({"files": [describe(row, origin(request)) for row in rows], "session_state_applied": True})


async def download(request: web.Request) -> web.StreamResponse:
    """Give an upload back to the account that sent it."""
    account, upload_id = account_of(request), request.match_info["upload"]
    found = await services_of(request).store.run(lambda db: archive.find_upload(db, upload_id, account))
    path = None if found is None else services_of(request).file(found.path)
    if path is None or not await asyncio.to_thread(path.is_file):
        raise Refusal(404, "There is no such upload.")
    return web.FileResponse(path, headers={"Content-Type": "application/octet-stream"})


def _apply(db: archive.Connection, session: SessionRow, rows: list[UploadRow]) -> None:
    for row in rows:
        archive.add_upload(db, row)
    current = archive.session(db, session.id, session.account)
    if current is not None and current.draft is None:
        archive.save_draft(db, session.id, timeline_of(rows[0], session.name))


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


async def _by_form(request: web.Request, session: SessionRow) -> AsyncGenerator[UploadRow, None]:
    limit = services_of(request).config.max_upload_bytes  # of each file; here, what no files could be together
    if limit is not None and (request.content_length or 0) > _MOST_FILES * limit + _FORM_ROOM:
        raise too_large("The upload", limit)
    async with aclosing(files(request)) as arriving:
        async for name, chunks in arriving:
            yield await _take(services_of(request), session, label(name), chunks)


async def _by_url(request: web.Request, session: SessionRow) -> AsyncGenerator[UploadRow, None]:
    given = entries((await read_json(request, BODY_LIMIT)).get("urls"))
    urls = [url for url in given if isinstance(url, str)]
    if not 0 < len(urls) <= _MOST_FILES or len(urls) != len(given):
        raise bad_request(f"urls: a list of 1 to {_MOST_FILES} addresses.")
    services = services_of(request)
    async with Fetcher(allow_private=services.config.allow_private_urls) as fetcher:
        for url in urls:
            if url.lower().startswith("file:"):
                yield await _by_name(request, session, url)
            else:
                async with fetcher.get(url) as found:
                    yield await _take(services, session, label(found.filename), found.chunks)


async def _by_name(request: web.Request, session: SessionRow, url: str) -> UploadRow:
    if not is_operator(request) or not local_file.is_near(request.remote):
        raise bad_request("urls: file: addresses are for this machine's own client; send http or https.")
    services = services_of(request)
    seen = await asyncio.to_thread(local_file.look, url, services.config.max_upload_bytes)
    name = label(os.fsencode(seen.path.name).decode("utf-8", "replace"))
    suffix_of(name, services.config.formats)
    return await _examined(services, session, seen.path, name, seen.identity)


async def _take(services: Services, session: SessionRow, name: str, chunks: AsyncIterator[bytes]) -> UploadRow:
    suffix = suffix_of(name, services.config.formats)
    generated = f"{uuid.uuid4().hex}.{suffix}"
    arriving, kept = services.work / generated, services.uploads / generated
    received = await receive(chunks, arriving, name=name, limit=services.config.max_upload_bytes)
    try:
        row = await _examined(services, session, arriving, name, received.hash)
        await asyncio.to_thread(os.replace, arriving, kept)
    except BaseException:
        await asyncio.to_thread(_remove, [arriving])
        raise
    return replace(row, path=f"uploads/{generated}")


async def _examined(services: Services, session: SessionRow, path: Path, name: str, hash_: str) -> UploadRow:
    status = await asyncio.to_thread(path.stat)
    try:
        facts = await services.executor.inspect(path)
    except (UnsupportedFile, DamagedFile) as error:
        error.message = error.message.replace(str(path), name).replace(path.name, name)
        raise not_media(error, name) from None
    return UploadRow(
        id=uuid.uuid4().hex,
        session=session.id,
        account=session.account,
        filename=name,
        kind=facts.kind,
        path=path.as_uri(),
        hash=hash_,
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        inode=status.st_ino,
        duration=facts.duration,
        width=facts.width,
        height=facts.height,
        fps=facts.fps,
        codec=facts.codec,
        audio_codec=facts.audio_codec,
    )
