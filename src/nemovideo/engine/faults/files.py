"""A result as a careless server would give it: another range than asked for, another version, other bytes."""

from __future__ import annotations

import asyncio
import mimetypes
import uuid
from pathlib import Path

from aiohttp import web

from nemovideo.engine.faults.rules import FaultRule
from nemovideo.engine.faults.wire import Answer

__all__ = ["file_answer"]

_SPOILT = 64  # bytes in the middle of a corrupt file


async def file_answer(request: web.Request, path: Path, headers: dict[str, str], rule: FaultRule) -> Answer:
    """The file, or the range of it that was asked for, as the rule has it. Held in memory whole."""
    content = _changed(await asyncio.to_thread(path.read_bytes), rule)
    status = await asyncio.to_thread(path.stat)
    tag = f'"{uuid.uuid4().hex}"' if rule.etag == "changed" else f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    headers = headers | {"Content-Type": kind, "Accept-Ranges": "bytes"}
    if rule.etag != "none":
        headers["ETag"] = tag
    start = _asked_from(request, tag)
    if start is None or rule.range == "ignore":
        return Answer(200, headers, [content])
    if rule.range == "refuse" or start >= len(content):
        return Answer(416, headers | {"Content-Range": f"bytes */{len(content)}"}, [b""])
    if rule.range == "wrong":
        start = max(0, start - 1)
    headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
    return Answer(206, headers, [content[start:]])


def _asked_from(request: web.Request, tag: str) -> int | None:
    """Where the range begins that is asked for; None for the whole, also where its version is gone."""
    if request.headers.get("If-Range", tag) != tag:
        return None
    try:
        start = request.http_range.start
    except ValueError:
        return None
    return start if isinstance(start, int) and start >= 0 else None


def _changed(content: bytes, rule: FaultRule) -> bytes:
    if rule.corrupt:
        middle = max(0, len(content) // 2 - _SPOILT // 2)
        spoilt = bytes(byte ^ 0x5A for byte in content[middle : middle + _SPOILT])
        content = content[:middle] + spoilt + content[middle + _SPOILT :]
    if rule.resize is not None:
        content = content[: max(0, len(content) + rule.resize)] + bytes(max(0, rule.resize))
    return content
