"""Renders: asked for, waited for, cancelled, downloaded."""

from __future__ import annotations

import asyncio
import re
import uuid
from contextlib import suppress
from datetime import UTC, datetime

from aiohttp import web

from nemovideo.engine.archive import RenderRow
from nemovideo.engine.config import DRAFT_LIMIT
from nemovideo.engine.drafts import exportable
from nemovideo.engine.jobs import Job
from nemovideo.engine.outputs import Output
from nemovideo.engine.services import Services, account_of, services_of, session_of
from nemovideo.engine.wire import JsonObject, Refusal, bad_request, origin, read_json, table
from nemovideo.protocol.endpoints import DOWNLOAD

__all__ = ["cancel", "download", "status", "submit"]

_ATTRIBUTION = ("X-Skill-Source", "X-Skill-Version", "X-Skill-Platform")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,5})", re.IGNORECASE)
_LONGEST_WAIT = 60.0  # seconds; well under what proxies in between allow


async def submit(request: web.Request) -> web.Response:
    """Queue a render; the same id again is the same job."""
    missing = [name for name in _ATTRIBUTION if not request.headers.get(name, "").strip()]
    if missing:
        raise Refusal(402, f"An export needs the attribution headers; missing: {', '.join(missing)}.")
    body = await read_json(request, DRAFT_LIMIT)
    render_id, draft, output = body.get("id"), table(body.get("draft")), table(body.get("output"))
    if not isinstance(render_id, str) or not _ID.fullmatch(render_id):
        raise bad_request("id: up to 128 letters, digits, and . _ : - within.")
    if not exportable(draft):
        raise bad_request("draft: a draft with at least one track that has a segment.")
    if not isinstance(body.get("output", {}), dict):
        raise bad_request('output: an object like {"format": "mp4", "quality": "high"}.')
    Output.of(output, draft)
    session = await session_of(request, body.get("sessionId"))
    services = services_of(request)
    row = RenderRow(
        uid=uuid.uuid4().hex,
        account=session.account,
        id=render_id,
        session=session.id,
        draft=draft,
        output=output,
        status="pending",
        path=None,
        result=None,
        error=None,
        created=services.clock(),
        completed=None,
    )
    job = await services.jobs.submit(row)
    return web.json_response({"success": True, "data": _progress(job)})


async def status(request: web.Request) -> web.Response:
    """Tell how a render stands; with `Prefer: wait=N` as soon as it stands otherwise than `If-None-Match` says."""
    services, job = services_of(request), await _job(request)
    seen = {tag.value for tag in request.if_none_match or ()}
    headers: dict[str, str] = {}
    if wanted := _WAIT.search(request.headers.get("Prefer", "")):
        headers["Preference-Applied"] = "wait"
        await _wait(services, job, seen, min(float(wanted[1]), _LONGEST_WAIT))
    headers |= {"ETag": f'"{job.etag}"', "Cache-Control": "no-cache"}
    if job.etag in seen and not job.final:
        return web.Response(status=304, headers=headers)
    return web.json_response(_told(job, origin(request)), headers=headers)


async def cancel(request: web.Request) -> web.Response:
    """End a render; when this answers, its encoder is gone."""
    job = await _job(request)
    await services_of(request).jobs.cancel(job)
    return web.json_response({"success": True, "data": _progress(job)})


async def download(request: web.Request) -> web.StreamResponse:
    """Give the file, or a range of it."""
    row = (await _job(request)).row
    if row.status != "completed" or row.path is None:
        raise Refusal(409, f"Render {row.id} has no file: it is {row.status}.")
    path = services_of(request).file(row.path)
    try:
        found = await asyncio.to_thread(path.stat)
    except OSError:
        raise Refusal(410, f"The file of render {row.id} is gone; render it again.") from None
    tag = request.headers.get("If-Range", "")
    if tag.startswith(('"', "W/")) and tag != f'"{found.st_mtime_ns:x}-{found.st_size:x}"':
        # aiohttp knows If-Range as a date only; a range of another file must not be sewn onto what the client has.
        response: web.StreamResponse = _WholeFile(path)
    else:
        response = web.FileResponse(path)
    response.headers["Content-Disposition"] = f'attachment; filename="{row.id.replace(":", "_")}{path.suffix}"'
    return response


class _WholeFile(web.FileResponse):
    """The file without regard to Range."""

    async def prepare(self, request: web.BaseRequest) -> object:  # type: ignore[override]
        headers = request.headers.copy()
        headers.pop("Range", None)
        return await super().prepare(request.clone(headers=headers))


async def _job(request: web.Request) -> Job:
    job = await services_of(request).jobs.find(request.match_info["render"], account_of(request))
    if job is None:
        raise Refusal(404, "There is no such render.")
    return job


async def _wait(services: Services, job: Job, seen: set[str], seconds: float) -> None:
    """Until the job stands otherwise than seen, the time is up or the engine stops."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while job.etag in seen and not job.final and not services.closing.is_set():
                await job.moved()


def _progress(job: Job) -> JsonObject:
    return {"id": job.row.id, "status": job.row.status, "progress": job.progress}


def _told(job: Job, base: str) -> JsonObject:
    row, told = job.row, _progress(job)
    told |= {"taskId": row.id, "createdAt": _time(row.created), "output": None}
    if row.completed is not None:
        told["completedAt"] = _time(row.completed)
    if row.error is not None:
        told["error"] = row.error
    if row.result is not None:
        told["output"] = {"url": base + DOWNLOAD.call(render_id=row.id).path, **row.result}
    return told


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
