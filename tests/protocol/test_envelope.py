"""(status, headers, body) into a value or the right error: every code of spec section 8, every form of the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.jsonvalues import ANYTHING, shaped

from nemovideo.errors import (
    AuthenticationError,
    ConnectionFailed,
    DamagedFile,
    FFmpegMissing,
    FileTooLarge,
    MissingExtra,
    NemoError,
    OutOfCredits,
    PlanError,
    ProtocolError,
    RateLimited,
    SessionNotFound,
    TransportError,
    UnsupportedFile,
)
from nemovideo.protocol.account import Account
from nemovideo.protocol.endpoints import FORMATS, Call
from nemovideo.protocol.envelope import decode_answer
from nemovideo.protocol.retryafter import retry_after_seconds

CALL = Call("POST", "/api/x", phase="upload", session_id="s1", render_id="r1")
CHAT = Call("POST", "/run_sse", phase="ask", session_id="s1")


def answer(
    value: object, status: int = 200, headers: dict[str, str] | None = None, call: Call = CALL, **more: Any
) -> Any:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return decode_answer(call, status, headers or {}, body, **more)


def refused(value: object, status: int = 200, headers: dict[str, str] | None = None, **more: Any) -> NemoError:
    with pytest.raises(NemoError) as caught:
        answer(value, status, headers, **more)
    return caught.value


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"code": 0, "data": {"a": 1}}, {"a": 1}),
        ({"code": 0, "message": "ok", "data": None}, None),
        ({"code": "0", "data": [1]}, [1]),
        ({"code": 0}, {"code": 0}),
        ({"success": True, "data": {"a": 1}}, {"a": 1}),
        ({"success": True, "id": "r"}, {"success": True, "id": "r"}),
        ({"status": "completed", "data": 3}, {"status": "completed", "data": 3}),
        ({"available": 3}, {"available": 3}),
        ([1, 2], [1, 2]),
        (b"", None),
        (b"  \n", None),
        (b'{"n": 18446744073709551617}', {"n": 18446744073709551617}),
    ],
)
def test_the_value_in_every_form(value: object, found: object) -> None:
    assert answer(value) == found


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 413, 415, 500])
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1001, AuthenticationError),
        (1002, SessionNotFound),
        (2001, OutOfCredits),
        (4001, UnsupportedFile),
        (4002, FileTooLarge),
        (402, PlanError),
        (429, RateLimited),
    ],
)
def test_a_documented_code_decides_whatever_the_status(code: int, kind: type[NemoError], status: int) -> None:
    error = refused({"code": code, "message": "the server's words"}, status)
    assert type(error) is kind
    assert "the server's words" in error.message
    assert (error.code, error.status, error.phase) == (code, status, "upload")
    assert (error.session_id, error.render_id) == ("s1", "r1")
    assert error.hint


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (400, ProtocolError, False),
        (401, AuthenticationError, False),
        (402, PlanError, False),
        (403, ProtocolError, False),
        (408, TransportError, True),
        (409, ProtocolError, False),
        (413, FileTooLarge, False),
        (415, UnsupportedFile, False),
        (422, ProtocolError, False),
        (425, TransportError, True),
        (429, RateLimited, True),
        (500, TransportError, True),
        (501, ProtocolError, False),
        (502, TransportError, True),
        (503, TransportError, True),
        (504, TransportError, True),
    ],
)
@pytest.mark.parametrize("body", [b"", b"{}", b"<html><body>Bad Gateway</body></html>", b'{"message": "words"}'])
def test_a_status_without_a_code(status: int, kind: type[NemoError], retryable: bool, body: bytes) -> None:
    error = refused(body, status)
    assert type(error) is kind
    assert error.retryable is retryable
    assert error.status == status


def test_html_with_a_good_status_is_no_answer() -> None:
    error = refused(b"<!doctype html><title>Sign in</title>" + b"x" * 10_000, headers={"X-Request-Id": "req_1"})
    assert type(error) is ProtocolError
    assert error.message == "This is no NemoVideo backend: it answered with a web page (POST /api/x)."
    assert error.hint == "Check the base URL."
    assert error.request_id == "req_1"


def test_a_page_of_another_server_is_no_refusal_of_ours() -> None:
    error = refused(b"<html><h1>Not Found</h1></html>", 404)
    assert (type(error), error.status) == (ProtocolError, 404)
    assert "no NemoVideo backend" in error.message
    assert type(refused(b"\x00\x01", 404, call=CHAT)) is SessionNotFound


@pytest.mark.parametrize("status", [400, 409, 501])
def test_what_is_to_be_reported_names_the_request(status: int) -> None:
    named = refused({"message": "odd"}, status, {"X-Request-Id": "req_7"})
    assert str(named).endswith("report this with the request id req_7.")
    assert "request id" not in str(refused({"message": "odd"}, status))


def test_the_call_stands_once_at_the_end() -> None:
    for code, said in ((1001, "No."), (1002, "No。"), (4002, "No"), (9, "No."), (429, "No."), (2001, "No...")):
        message = refused({"code": code, "message": said}, 400).message
        assert message.endswith("No (POST /api/x).")


def test_a_render_that_is_not_known_is_named() -> None:
    asked = Call("GET", "/api/render/proxy/lambda/a%2Fb", phase="render", render_id="a/b")
    error = refused({"code": 404, "message": "There is no such render."}, 404, call=asked)
    assert (type(error), error.status) == (ProtocolError, 404)
    assert error.message == "The backend knows no render a/b (GET /api/render/proxy/lambda/a%2Fb)."
    assert "knows no render" not in refused({"message": "no"}, 404).message  # the path does not name it


@pytest.mark.parametrize(("reason", "kind"), [("missing_extra", MissingExtra), ("ffmpeg_missing", FFmpegMissing)])
def test_an_engine_without_what_it_works_with(reason: str, kind: type[NemoError]) -> None:
    error = refused({"code": 501, "message": "PyAV is not installed", "data": {"reason": reason}}, 501)
    assert (type(error), error.exit_code) == (kind, 7)
    assert 'where the engine runs: python -m pip install "nemovideo[engine]"' in str(error)


@pytest.mark.parametrize("header", ["x-request-id", "X-Request-ID", "X-Amzn-RequestId", "CF-Ray"])
def test_the_request_id_is_kept(header: str) -> None:
    assert refused({"code": 1001}, 401, {header: "abc"}).request_id == "abc"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"code": 9, "message": "words"}, "words"),
        ({"success": False, "error": "words"}, "words"),
        ({"success": False, "error": {"code": "X", "message": "words"}}, "words"),
        ({"detail": "words"}, "words"),
        ({"detail": [{"loc": ["body", "sessionId"], "msg": "words"}, {"msg": "more"}]}, "words; more"),
        ({"detail": []}, "HTTP 422"),
        ({}, "HTTP 422"),
    ],
)
def test_the_servers_own_words_wherever_it_put_them(body: object, words: str) -> None:
    assert words in refused(body, 422).message


def test_success_false_is_an_error_even_with_200() -> None:
    assert type(refused({"success": False, "error": "no"})) is ProtocolError


@pytest.mark.parametrize(
    "body",
    [
        {"success": False, "error": {"code": "%d", "message": "words"}},
        {"success": "false", "error": {"code": "%d", "message": "words"}},
        {"success": False, "code": "%d", "message": "words"},
        {"error": {"code": "%d", "message": "words"}},
        {"detail": {"code": "%d", "message": "words"}, "success": " False "},
    ],
)
@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("status", [200, 400, 403])
@pytest.mark.parametrize(("code", "kind"), [(1001, AuthenticationError), (2001, OutOfCredits), (402, PlanError)])
def test_a_code_within(body: object, code: int, kind: type[NemoError], status: int, quoted: bool) -> None:
    told = json.dumps(body).replace('"%d"', f'"{code}"' if quoted else str(code)).encode()
    error = refused(told, status)
    assert (type(error), error.code) == (kind, code)
    assert "words" in error.message


def test_an_inner_code_does_not_stand_above_the_outer_one() -> None:
    assert type(refused({"code": 1002, "error": {"code": 2001}}, 400)) is SessionNotFound
    assert type(refused({"detail": {"code": 2001, "message": "no credits"}}, 403)) is OutOfCredits


@pytest.mark.parametrize(
    "body", [{"error": "boom"}, {"error": {"message": "boom"}}, {"error": "boom", "message": ""}, {"success": "FALSE"}]
)
def test_nothing_but_an_error_is_one(body: object) -> None:
    assert type(refused(body)) is ProtocolError


@pytest.mark.parametrize(
    "body",
    [
        {"status": "failed", "error": {"code": 2001, "message": "a render's"}},
        {"available": 3, "error": None},
        {"id": "r", "error": ""},
        {"error": None},
    ],
)
def test_an_error_within_an_answer_is_a_part_of_it(body: object) -> None:
    assert answer(body) == body
    assert answer({"success": "true", "data": body}) == body


def test_a_404_of_the_chat_is_an_unknown_session() -> None:
    assert type(refused({"detail": "Session not found: nope"}, 404, call=CHAT)) is SessionNotFound
    assert type(refused({"detail": "no such render"}, 404)) is ProtocolError


WEB = "https://web.example"


def test_out_of_credits_advises_by_what_is_known_of_the_account() -> None:
    anonymous = str(refused({"code": 2001}, account=Account("anon_1&x", WEB)))
    assert f"{WEB}/register?bind=anon_1%26x" in anonymous
    registered = str(refused({"code": 2001}, account=Account("user_7", WEB)))
    assert "Top up" in registered
    assert "egister" not in registered
    unknown = str(refused({"code": 2001}, account=Account(None, WEB)))
    assert "Register" in unknown
    assert "top up" in unknown


def test_a_plan_that_does_not_export_is_no_matter_of_credits() -> None:
    anonymous = refused(None, 402, account=Account("anon_1", WEB))
    assert type(anonymous) is PlanError
    assert f"{WEB}/register?bind=anon_1" in str(anonymous)
    other = str(refused({"code": 402}, account=Account("user_7", WEB)))
    assert "upgrade" in other
    assert "credit" not in other
    assert type(refused({"code": 2001}, 402)) is OutOfCredits  # the code says more than the status


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1001, ("NEMO_TOKEN", "anonymous")),
        (1002, ("client.session.create()",)),
        (2001, ("Register", "top up")),
        (4001, FORMATS),
        (4002, ("ompress", "trim")),
        (402, ("Register", "upgrade", "plan")),
        (429, ("Wait",)),
    ],
)
def test_every_code_says_what_to_do(code: int, words: tuple[str, ...]) -> None:
    error = refused({"code": code, "message": "no"})
    assert error.hint
    for word in words:
        assert word in str(error)
    assert (error.code, error.status, error.phase) == (code, 200, "upload")
    assert (error.session_id, error.render_id) == ("s1", "r1")


def test_a_proxy_that_asks_for_a_password_has_passed_nothing_on() -> None:
    error = refused(None, 407)
    assert type(error) is ConnectionFailed
    assert not error.retryable
    assert "proxy=http://name:password@" in str(error)


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_a_server_that_is_overloaded_may_say_for_how_long(status: int) -> None:
    error = refused(None, status, headers={"Retry-After": "7"})
    assert isinstance(error, TransportError)
    assert (error.retryable, error.retry_after, error.status) == (True, 7.0, status)
    plain = refused(None, status)
    assert isinstance(plain, TransportError)
    assert plain.retry_after is None


def test_a_wrong_type_names_the_formats() -> None:
    assert all(name in str(refused({"code": 4001})) for name in FORMATS)
    damaged = refused({"code": 4001, "message": "a.mp4 is cut", "data": {"reason": "damaged", "filename": "a.mp4"}})
    assert type(damaged) is DamagedFile
    no_media = refused({"code": 4001, "message": "a.mp4: no media", "data": {"reason": "not_media"}})
    assert type(no_media) is UnsupportedFile
    assert "webm" not in str(no_media)


NOON = 1_773_835_200.0  # Wed, 18 Mar 2026 12:00:00 GMT


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": " 7 "}, 7.0),
        ({"retry-after": "250ms"}, 0.25),
        ({"retry-after": "1500 MS"}, 1.5),
        ({"retry-after": "ms"}, None),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "604800"}, 604800.0),
        ({"Retry-After-Ms": "1500", "Retry-After": "9"}, 1.5),
        ({"Retry-After-Ms": "soon", "Retry-After": "9"}, 9.0),
        ({"Retry-After": "Wed, 18 Mar 2026 12:00:30 GMT"}, 30.0),
        ({"Retry-After": "Wed, 18 Mar 2026 11:00:00 GMT"}, 0.0),
        ({"Retry-After": "Wed, 18 Mar 2026 12:00:30 +0000"}, 30.0),
        ({"Retry-After": "Wed, 99 Foo 2026"}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1e400"}, None),
        ({"Retry-After": "Mon, 01 Jan 99999 00:00:00 GMT"}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_seconds(headers, now=NOON) == seconds
    error = refused({"message": "slow"}, 429, headers, now=NOON)
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


@given(st.text(max_size=40))
def test_no_retry_after_makes_it_raise(value: str) -> None:
    found = retry_after_seconds({"Retry-After": value}, now=NOON)
    assert found is None or 0 <= found < float("inf")


def outcome(value: object, status: int) -> str:
    try:
        answer(value, status)
    except NemoError as error:
        return str(error)
    return "a value"


KEYS = ("code", "message", "data", "success", "error", "detail", "msg", "reason", "loc")


@given(ANYTHING | shaped(*KEYS), st.integers(200, 599))
def test_no_answer_raises_anything_but_ours(value: object, status: int) -> None:
    assert len(outcome(value, status)) < 1000


@given(st.binary(max_size=50), st.sampled_from([200, 401, 404, 429, 500, 502]))
def test_no_bytes_raise_anything_but_ours(body: bytes, status: int) -> None:
    assert outcome(body, status)


def test_a_redirect_is_no_answer() -> None:
    """Its body is empty: taken for a value it would be a balance of nothing, or a render that is pending for ever."""
    call = Call("GET", "/api/credits/balance/simple")
    with pytest.raises(ProtocolError, match=r"elsewhere \(HTTP 302\): 'https://other\.example/'"):
        decode_answer(call, 302, {"Location": "https://other.example/"}, b"")
