"""The calls of the wire (spec, section 2): each one's name, verb, path and phase, for client and engine alike."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from nemovideo.errors import UsageError

__all__ = [
    "CANCEL",
    "CHAT",
    "CLAIM",
    "CREDITS",
    "Call",
    "DOWNLOAD",
    "ENDPOINTS",
    "Endpoint",
    "FORMATS",
    "RENDER",
    "SESSION",
    "STATE",
    "STATUS",
    "TOKEN",
    "UPLOAD",
    "path_segment",
]


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked, for the errors: verb, path, the phase of the work, and the ids to come back with."""

    method: str
    path: str
    phase: str | None = None
    session_id: str | None = None
    render_id: str | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One documented call; `path` has `{session}` or `{render}` where an id stands."""

    name: str
    method: str
    path: str
    phase: str

    def call(self, *, session_id: str | None = None, render_id: str | None = None, phase: str | None = None) -> Call:
        """The call about these ids, as a part of the work that is called `phase`.

        Raises:
            UsageError: an id that the path needs is none.

        Example:
            >>> str(STATUS.call(render_id="render/1"))
            'GET /api/render/proxy/lambda/render%2F1'
        """
        path = self.path
        for place, identifier in (("{session}", session_id), ("{render}", render_id)):
            if place in path:
                path = path.replace(place, path_segment(identifier or ""))
        return Call(self.method, path, phase or self.phase, session_id, render_id)


def path_segment(identifier: str) -> str:
    """An id as one segment of a path, whatever it holds: it may come from a user, or from a server.

    Raises:
        UsageError: it is empty, nothing but dots, or no text that can be sent.
    """
    try:
        segment = quote(identifier, safe="")
    except UnicodeEncodeError:  # half a surrogate pair
        segment = ""
    if not segment.strip("."):
        raise UsageError(f"{identifier!r} is no id of a session or render.", hint="Give the one that the backend gave.")
    return segment


_RENDERS = "/api/render/proxy"

TOKEN = Endpoint("token", "POST", "/api/auth/anonymous-token", "connect")
CLAIM = Endpoint("claim", "POST", "/api/auth/claim-token", "connect")
CREDITS = Endpoint("credits", "GET", "/api/credits/balance/simple", "connect")
SESSION = Endpoint("session", "POST", "/api/tasks/me/with-session/nemo_agent", "connect")
STATE = Endpoint("state", "GET", "/api/state/nemo_agent/me/{session}/latest", "ask")
UPLOAD = Endpoint("upload", "POST", "/api/upload-video/nemo_agent/me/{session}", "upload")
CHAT = Endpoint("chat", "POST", "/run_sse", "ask")
RENDER = Endpoint("render", "POST", f"{_RENDERS}/lambda", "render")
STATUS = Endpoint("status", "GET", f"{_RENDERS}/lambda/{{render}}", "render")
CANCEL = Endpoint("cancel", "POST", f"{_RENDERS}/lambda/{{render}}/cancel", "render")
DOWNLOAD = Endpoint("download", "GET", f"{_RENDERS}/{{render}}/download", "download")

FORMATS = ("mp4", "mov", "avi", "webm", "mkv", "jpg", "png", "gif", "webp", "mp3", "wav", "m4a", "aac")
"""What an upload to the cloud may be: 13 formats (spec, section 3)."""

ENDPOINTS = (TOKEN, CLAIM, CREDITS, SESSION, STATE, UPLOAD, CHAT, RENDER, STATUS, CANCEL, DOWNLOAD)
