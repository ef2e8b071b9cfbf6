"""Sessions and their state."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from nemovideo.engine import archive
from nemovideo.engine.config import BODY_LIMIT, CODECS
from nemovideo.engine.services import account_of, services_of, session_of
from nemovideo.engine.wire import JsonObject, accepted, bad_request, origin, read_json
from nemovideo.protocol.endpoints import DOWNLOAD

__all__ = ["create", "state"]

_LONGEST_NAME = 200


async def create(request: web.Request) -> web.Response:
    """Open a session, and say what this backend takes."""
    body = await read_json(request, BODY_LIMIT)
    name = _text(body, "task_name", default="project")
    language = _text(body, "language", default="en")
    services, account = services_of(request), account_of(request)
    session = await services.store.run(
        lambda db: archive.create_session(db, account=account, name=name, language=language)
    )
    return accepted(
        {
            "task_id": session.task,
            "session_id": session.id,
            "user_id": account,
            "backend": {
                "name": "nemovideo-engine",
                "version": 1,
                "max_upload_bytes": services.config.max_upload_bytes,
                "formats": list(services.config.formats),
                "codecs": list(CODECS),
            },
        }
    )


async def state(request: web.Request) -> web.Response:
    """Tell what a session holds: its timeline, its uploads, its results."""
    session = await session_of(request, request.match_info["session"])
    uploads, renders = await services_of(request).store.run(
        lambda db: (archive.uploads_of(db, session.id), archive.renders_of(db, session.id))
    )
    meta: Any = (session.draft or {}).get("m")
    canvas = {name: meta[name] for name in ("width", "height", "fps") if name in meta} if meta else {}
    return accepted(
        {
            "session_id": session.id,
            "task_id": session.task,
            "task_name": session.name,
            "user_id": session.account,
            "state": {
                "draft": session.draft,
                "video_infos": [describe(upload, origin(request)) for upload in uploads],
                "canvas_config": canvas,
                "generated_media": [_generated(row, origin(request)) for row in renders],
                "video_analyses": [],
            },
        }
    )


def describe(upload: archive.UploadRow, base: str) -> JsonObject:
    """An upload as the wire tells it; codecs are told where they are known."""
    codecs = {"codec": upload.codec, "audio_codec": upload.audio_codec}
    return {
        "filename": upload.filename,
        "file_type": upload.kind,
        "cdn_url": f"{base}/api/uploads/{upload.id}",
        "duration": upload.duration,
        "width": upload.width,
        "height": upload.height,
        "fps": upload.fps,
        "hash": upload.hash,
        "size": upload.size,
        **{name: codec for name, codec in codecs.items() if codec},
    }


def _generated(row: archive.RenderRow, base: str) -> JsonObject:
    result = row.result or {}
    return {
        "id": row.id,
        "url": base + DOWNLOAD.call(render_id=row.id).path,
        "duration": result.get("duration"),
        "size": result.get("size"),
    }


def _text(body: JsonObject, name: str, *, default: str) -> str:
    value = body.get(name, default)
    if not isinstance(value, str) or len(value) > _LONGEST_NAME:
        raise bad_request(f"{name}: a text of up to {_LONGEST_NAME} characters.")
    return value or default
