"""Whatever a server answers is a value or a NemoError, from the pure reading up to every call of a client."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.cloud import CANCEL, CHAT, CLAIM, CREDITS, RENDER, SESSION, STATE, STATUS, UPLOAD, Reply
from tests.cloudthread import blocking_cloud
from tests.fuzz.jsontext import VALUES, pairs
from tests.jsonvalues import ANYTHING, shaped

from nemovideo import NemoClient, NemoError
from nemovideo.protocol.endpoints import Call, path_segment
from nemovideo.protocol.envelope import decode_answer
from nemovideo.protocol.lifecycle import Render, decode_render
from nemovideo.protocol.retryafter import retry_after_seconds

KEYS = (
    "code", "success", "data", "message", "error", "detail", "session_id", "task_id", "user_id", "files", "filename",
    "cdn_url", "duration", "size", "state", "draft", "available", "frozen", "total", "id", "status", "progress",
    "output", "url", "report", "least_bytes", "permanent", "claim_token", "backend", "max_upload_bytes", "formats",
)  # fmt: skip
STATUSES = st.sampled_from([200, 201, 204, 206, 300, 304, 400, 401, 402, 403, 404, 409, 413, 415, 422, 500, 502, 507])
HEADERS = st.dictionaries(
    st.sampled_from(["Retry-After", "retry-after-ms", "X-Request-Id", "ETag", "Preference-Applied", "Content-Type"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12),
    max_size=3,
)
BODIES = (
    shaped(*KEYS).map(lambda value: json.dumps(value).encode())
    | ANYTHING.map(lambda value: json.dumps(value).encode())
    | VALUES.map(str.encode)
    | pairs(st.sampled_from([f'"{key}"' for key in KEYS]), VALUES).map(str.encode)
    | st.binary(max_size=20)
    | st.sampled_from([b"", b"<html>", b"[" * 3000, b'{"data":' * 3000, b"NaN", b'"\\ud800"', b"\xef\xbb\xbf{}"])
    | st.just(b'{"code": ' + b"9" * 5000 + b"}")
)


def error_of(call: Callable[[], object]) -> NemoError | None:
    """What a call raises, which must be an error of ours that says something."""
    try:
        call()
    except NemoError as error:
        return error if str(error) else None
    return None


@given(st.integers(100, 599), HEADERS, BODIES, st.floats(allow_nan=False, allow_infinity=False))
@example(200, {}, b'{"code": 1e308}', 0.0)
@example(429, {"Retry-After": "Wed, 31 Dec 9999 23:59:59 GMT"}, b"", 1e300)
@settings(max_examples=250)
def test_an_answer_is_a_value_or_an_error(status: int, headers: dict[str, str], body: bytes, now: float) -> None:
    call = Call("GET", "/x", session_id="s1")
    error = error_of(lambda: decode_answer(call, status, headers, body, now=now))
    assert error is None or error.status == status


DATES = st.datetimes().map(lambda moment: moment.strftime("%a, %d %b %Y %H:%M:%S GMT"))
WAITS = st.text(max_size=20) | st.floats().map(str) | st.integers().map(str) | DATES


@given(st.sampled_from(["retry-after", "Retry-After", "retry-after-ms"]), WAITS, st.floats(0, 1e11))
@example("retry-after", "9" * 5000, 0.0)
@example("retry-after", "Mon, 01 Jan 0001 00:00:00 +2359", 0.0)
@settings(max_examples=250)
def test_a_wait_is_none_or_a_time_that_can_be_slept(name: str, value: str, now: float) -> None:
    wait = retry_after_seconds({name: value}, now=now)
    assert wait is None or (wait >= 0 and math.isfinite(wait))


@given(st.text(max_size=20))
@example("\ud800")
@example("../../etc")
def test_an_id_is_one_segment_or_refused(identifier: str) -> None:
    try:
        segment = path_segment(identifier)
    except NemoError:
        return
    assert segment.isascii()
    assert not set(segment) & set("/?#\\ ")
    assert segment.strip(".")


@given(shaped(*KEYS) | ANYTHING, st.text(max_size=5))
@settings(max_examples=150)
def test_a_render_is_read_from_anything(payload: object, render_id: str) -> None:
    render = decode_render(payload, render_id)
    assert isinstance(render, Render)
    assert 0 <= render.progress <= 100
    assert render.phase in {"running", "completed", "failed"}


CALLS: dict[str, tuple[str, Callable[[NemoClient], object]]] = {
    SESSION: ("session", lambda client: client.session.create()),
    CLAIM: ("claim", lambda client: client.session.claim_link("s1")),
    UPLOAD: ("upload", lambda client: client.upload.file("s1", b"film", name="a.mp4")),
    CREDITS: ("credits", lambda client: client.credits.balance()),
    STATE: ("state", lambda client: client.state.timeline("s1").summary),
    STATUS: ("status", lambda client: client.render.status("render_1")),
    CANCEL: ("cancel", lambda client: client.render.cancel("render_1")),
    RENDER: ("submit", lambda client: client.render.submit("s1", {"t": [{"sg": [{}]}]})),
    CHAT: ("chat", lambda client: str(client.chat.send("s1", "hello"))),
}


def test_every_call_gives_a_value_or_an_error_and_acts_once() -> None:
    with blocking_cloud() as (cloud, client, _):

        @given(st.sampled_from(sorted(CALLS)), STATUSES, HEADERS.filter(lambda sent: "ETag" not in sent), BODIES)
        @settings(max_examples=250)
        def ends(call: str, status: int, headers: dict[str, str], body: bytes) -> None:
            cloud.requests.clear()
            cloud.script(call, Reply(b"" if status in {204, 304} else body, status, headers))
            error_of(lambda: CALLS[call][1](client))
            cloud._scripts[call].clear()
            if call in {SESSION, UPLOAD, CHAT}:
                assert len(cloud.sent(call)) == 1

        ends()
