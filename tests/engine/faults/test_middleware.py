"""An engine that misbehaves on request, seen from a bare socket: what comes is what the rule says, byte by byte."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from tests.engine.conftest import ATTRIBUTION, Caller, House

from nemovideo.engine.faults.faults import Faults
from nemovideo.protocol.events import Heartbeat, ServerError, Text, Unknown, decode
from nemovideo.protocol.reply import Ended, ReplyBuilder
from nemovideo.protocol.sse import SSEDecoder

Flow = Callable[["Bench"], Awaitable[None]]
CREDITS = "/api/credits/balance/simple"


class Bench:
    """An engine with faults, one client of it, and one bare socket after the other."""

    def __init__(self, house: House, faults: Faults) -> None:
        self.house, self.faults, self.caller = house, faults, house.operator

    async def raw(
        self, path: str = CREDITS, body: bytes = b"", method: str = "GET", **headers: str
    ) -> tuple[bytes, str]:
        """All that comes, and how it ended: fin or rst."""
        host, port = self.house.server.base_url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        fields = {"Host": f"{host}:{port}", "Authorization": f"Bearer {self.house.key}"} | ATTRIBUTION | headers
        if body:
            fields |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        head = [f"{method} {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        came, end = b"", "fin"
        try:
            while chunk := await reader.read(65536):
                came += chunk
        except ConnectionResetError:
            end = "rst"
        writer.close()
        return came, end

    async def told(self, path: str = CREDITS, **headers: str) -> tuple[int, Mapping[str, str], bytes]:
        async with self.caller.http.get(path, headers=headers, allow_redirects=False) as answer:
            return answer.status, answer.headers.copy(), await answer.read()

    async def chat(self, session: str, text: str = "compress to 100 bytes") -> bytes:
        body = {"app_name": "nemo_agent", "session_id": session, "new_message": {"parts": [{"text": text}]}}
        async with self.caller.http.post("/run_sse", json=body) as answer:
            assert answer.status == 200
            return await answer.read()

    async def rendered(self, name: str = "r1") -> bytes:
        session, draft = await self.caller.ready()
        await self.caller.render(session, draft, name)
        await self.caller.ended(name)
        return self.house.executor.content


OnBench = Callable[[Flow], None]


@pytest.fixture
def on_bench(house: Callable[..., AbstractAsyncContextManager[House]], go: Any) -> OnBench:
    def runner(flow: Flow) -> None:
        async def within() -> None:
            faults = Faults()
            async with house(faults=faults, metered=False) as engine:
                await flow(Bench(engine, faults))

        go(within)

    return runner


def split(answer: bytes) -> tuple[bytes, bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


@pytest.mark.parametrize(
    ("code", "status"),
    [(1001, 401), (1002, 404), (2001, 403), (4001, 415), (4002, 413), (400, 400), (402, 402), (429, 429)],
)
def test_any_error_of_the_protocol(on_bench: OnBench, code: int, status: int) -> None:
    async def flow(bench: Bench) -> None:
        bench.faults.add(call="credits", error=code, first=1)
        found, _, body = await bench.told()
        assert (found, json.loads(body)["code"]) == (status, code)
        assert (await bench.told())[0] == 200

    on_bench(flow)


@pytest.mark.parametrize("value", [30, 0.5, "Wed, 21 Oct 2026 07:28:00 GMT", "inf", "-5", "soon", ""])
def test_retry_after_is_given_literally(on_bench: OnBench, value: Any) -> None:
    async def flow(bench: Bench) -> None:
        bench.faults.add(call="credits", error=429, retry_after=value, headers={"retry-after-ms": "250"})
        _, headers, _ = await bench.told()
        assert (headers["Retry-After"], headers["retry-after-ms"]) == (str(value), "250")

    on_bench(flow)


def test_any_status_with_any_body(on_bench: OnBench) -> None:
    async def flow(bench: Bench) -> None:
        bench.faults.add(call="credits", status=502, body="<html>Bad gateway</html>", first=2)
        bench.faults.add(call="credits", status=422, body={"detail": [{"msg": "no"}]}, first=1)
        bench.faults.add(call="credits", redirect="http://elsewhere.example/x", first=1)
        for _ in range(2):
            status, headers, body = await bench.told()
            assert (status, body) == (502, b"<html>Bad gateway</html>")
            assert headers["Content-Type"].startswith("text/html")
        assert (await bench.told())[2] == b'{"detail": [{"msg": "no"}]}'
        status, headers, _ = await bench.told()
        assert (status, headers["Location"]) == (302, "http://elsewhere.example/x")

    on_bench(flow)


@pytest.mark.parametrize("end", ["fin", "rst"])
@pytest.mark.parametrize("framing", ["sized", "chunked", "close"])
def test_a_body_dropped_at_a_byte(on_bench: OnBench, framing: str, end: str) -> None:
    async def flow(bench: Bench) -> None:
        _, _, whole = await bench.told()
        bench.faults.add(call="credits", drop="body", at=10, end=end, framing=framing)
        came, ended = await bench.raw()
        head, body = split(came)
        assert ended == end
        announced = {"sized": f"Content-Length: {len(whole)}", "chunked": "Transfer-Encoding: chunked", "close": ""}
        assert announced[framing].encode() in head
        assert (b"Content-Length" in head, b"Transfer-Encoding" in head) == (framing == "sized", framing == "chunked")
        prefix = f"{len(whole):x}\r\n".encode() if framing == "chunked" else b""
        assert body == prefix + whole[:10]

    on_bench(flow)


@pytest.mark.parametrize("end", ["fin", "rst"])
def test_dropped_before_and_within_the_headers(on_bench: OnBench, end: str) -> None:
    async def flow(bench: Bench) -> None:
        bench.faults.add(call="credits", drop="before", end=end, first=1)
        bench.faults.add(call="credits", drop="headers", at=17, end=end, first=1)
        assert await bench.raw() == (b"", end)
        assert await bench.raw() == (b"HTTP/1.1 200 OK\r\n", end)

    on_bench(flow)


@pytest.mark.parametrize("difference", [7, -7])
def test_a_length_that_is_not_true(on_bench: OnBench, difference: int) -> None:
    async def flow(bench: Bench) -> None:
        _, _, whole = await bench.told()
        bench.faults.add(call="credits", length=difference)
        head, body = split((await bench.raw())[0])
        assert f"Content-Length: {len(whole) + difference}\r\n".encode() in head + b"\r\n"
        assert body == whole

    on_bench(flow)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("status-line", lambda head, body: not head.startswith(b"HTTP/")),
        ("chunk-size", lambda head, body: body.startswith(b"zz\r\n")),
        ("header", lambda head, body: b"X-Long: " + b"a" * 9000 in head),
        ("gzip", lambda head, body: b"Content-Encoding: gzip" in head and body.startswith(b"\x1f\x8b\x08\x00\xff")),
        ("json", lambda head, body: body == b'{"code": 0, "data": {"sess'),
    ],
)
def test_garbage(on_bench: OnBench, kind: str, expected: Callable[[bytes, bytes], bool]) -> None:
    async def flow(bench: Bench) -> None:
        bench.faults.add(call="credits", garbage=kind)
        came, _ = await bench.raw(Connection="close")
        assert expected(*split(came)), came

    on_bench(flow)


@pytest.mark.parametrize(("place", "came"), [("before", b""), ("headers", b"HTTP/"), ("body", b'{"code')])
def test_stalls_until_the_client_goes(on_bench: OnBench, place: str, came: bytes) -> None:
    async def flow(bench: Bench) -> None:
        bench.faults.add(call="credits", stall=place, at=len(came), first=1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await bench.told()
        assert (await bench.told())[0] == 200

    on_bench(flow)


def test_a_stalled_answer_does_not_keep_the_engine_from_stopping(on_bench: OnBench, until: Any) -> None:
    async def flow(bench: Bench) -> None:
        bench.faults.add(call="credits", stall="before")
        waiting = asyncio.create_task(bench.raw())
        await until(lambda: bench.faults.requests)
        await bench.house.server.stop()
        assert await waiting == (b"", "fin")

    on_bench(flow)


def test_slow_bodies_and_late_answers_are_whole(on_bench: OnBench) -> None:
    async def flow(bench: Bench) -> None:
        _, _, whole = await bench.told()
        bench.faults.add(call="credits", speed=2000, delay=0.01)
        loop = asyncio.get_running_loop()
        began = loop.time()
        head, body = split((await bench.raw())[0])
        assert body == whole
        assert loop.time() - began >= 0.01  # a lower bound never flakes
        assert b"X-Request-Id: req_" in head

    on_bench(flow)


def test_what_was_accepted_is_real_and_what_was_refused_is_not(on_bench: OnBench) -> None:
    async def flow(bench: Bench) -> None:
        session = await bench.caller.session()
        await bench.caller.upload(session)
        before = (await bench.caller.state(session))["draft"]
        body = {
            "app_name": "nemo_agent",
            "session_id": session,
            "new_message": {"parts": [{"text": "compress to 100 bytes"}]},
        }
        for keys in ({"error": 2001}, {"drop": "before", "accepted": False}, {"status": 503}):
            bench.faults.add(call="chat", first=1, **keys)
            await bench.raw("/run_sse", json.dumps(body).encode(), "POST", Connection="close")
            assert (await bench.caller.state(session))["draft"] == before
        bench.faults.add(call="chat", first=1, drop="before", end="rst")
        assert await bench.raw("/run_sse", json.dumps(body).encode(), "POST") == (b"", "rst")
        assert (await bench.caller.state(session))["draft"] != before
        assert [asked.accepted for asked in bench.faults.requests if asked.call == "chat"] == [
            False,
            False,
            False,
            True,
        ]

    on_bench(flow)


def test_an_upload_left_in_the_middle(on_bench: OnBench) -> None:
    async def flow(bench: Bench) -> None:
        session = await bench.caller.session()
        bench.faults.add(call="upload", drop="request", at=1000, end="rst", first=1)
        import aiohttp

        with pytest.raises(aiohttp.ClientError):
            await bench.caller.upload(session, b"VIDEO" * 200_000)
        assert (await bench.caller.state(session))["video_infos"] == []
        assert (await bench.caller.upload(session))[0] == 200

    on_bench(flow)


def test_the_record_has_what_was_asked_and_no_token(on_bench: OnBench, caplog: pytest.LogCaptureFixture) -> None:
    async def flow(bench: Bench) -> None:
        caplog.set_level(logging.DEBUG)
        rule = bench.faults.add(call="status", delay=0.0, first=1)
        await bench.rendered()
        asked = list(bench.faults.requests)
        assert [one.call for one in asked[:5]] == ["session", "upload", "chat", "state", "render"]
        chat, render, status = asked[2], asked[4], asked[5]
        assert chat.json is not None
        assert chat.json["new_message"] == {"parts": [{"text": "compress to 100 bytes"}]}
        assert chat.session_id == render.session_id == asked[1].session_id
        assert (render.render_id, status.render_id, status.fault) == ("r1", "r1", rule)
        assert bench.house.key not in repr(asked) + caplog.text
        assert "fault on GET /api/render/proxy/lambda/r1: status: first=1, delay=0.0" in caplog.text
        assert bench.faults.applied == {str(rule): 1}

    on_bench(flow)


def test_only_the_session_and_the_render_that_are_meant(on_bench: OnBench) -> None:
    async def flow(bench: Bench) -> None:
        one, two = await bench.caller.session(), await bench.caller.session()
        bench.faults.add(call=["chat", "state"], session_id=two, error=1002)
        assert (await bench.caller.say(one, "hello"))[0] == 200
        assert (await bench.caller.say(two, "hello"))[0] == 404
        assert (await bench.told(f"/api/state/nemo_agent/me/{two}/latest"))[0] == 404

    on_bench(flow)


def test_a_token_that_expires_in_the_middle_can_be_renewed(on_bench: OnBench) -> None:
    async def flow(bench: Bench) -> None:
        stranger = await bench.house.stranger("one-client")
        bench.faults.add(call="credits", after=2, first=1, expire=True)
        statuses = [(await stranger.call("GET", CREDITS))[0] for _ in range(5)]
        assert statuses == [200, 200, 401, 401, 401]
        again = await bench.house.stranger("one-client")
        assert (await again.call("GET", CREDITS))[0] == 200

    on_bench(flow)


def events(stream: bytes) -> list[Any]:
    decoder = SSEDecoder()
    return [event for sent in decoder.feed(stream) for event in decode(sent)]


def reply(stream: bytes) -> Any:
    builder, decoder = ReplyBuilder(), SSEDecoder()
    builder.add_all([event for sent in decoder.feed(stream) for event in decode(sent)])
    return builder.build(Ended.CLEAN)


async def _ready(caller: Caller) -> str:
    session = await caller.session()
    await caller.upload(session)
    return session


CHATS: dict[str, tuple[dict[str, Any], Callable[[bytes], bool]]] = {
    "silent": ({"silent": True}, lambda got: not any(isinstance(event, Text) for event in events(got))),
    "flat": ({"dialect": "flat"}, lambda got: b'"type":"tool_call"' in got and b"invocationId" not in got),
    "snake": ({"dialect": "snake"}, lambda got: b"function_call" in got and b"functionCall" not in got),
    "partial": ({"partial": True}, lambda got: got.count(b'"partial":true') > 5 and got.count(b'"partial":false') == 1),
    "thought": (
        {"thought": True},
        lambda got: any(isinstance(e, Unknown) and e.kind == "thought" for e in events(got)),
    ),
    "crash": ({"crash": "escaped"}, lambda got: isinstance(events(got)[-1], ServerError) and events(got)[-1].crashed),
    "crash, unescaped": ({"crash": "unescaped"}, lambda got: any(isinstance(e, ServerError) for e in events(got))),
    "trouble, then more": (
        {"agent_error": "INVOCATION_ABORTED"},
        lambda got: [type(event) for event in events(got)[-2:]] == [ServerError, Text],
    ),
    "noise": ({"noise": True}, lambda got: events(got)[-1].text.startswith("I encountered a temporary issue")),
    "twice": ({"twice": True}, lambda got: len(events(got)) == 2 * len(set(map(repr, events(got))))),
    "screen talk": ({"says": "Click the Export button"}, lambda got: reply(got).text == "Click the Export button"),
    "no JSON": ({"garbage": "json"}, lambda got: b'[{"te\n\n' in got),
    "beats": (
        {"heartbeats": "all"},
        lambda got: (
            [type(event) for event in events(got)[:5]] == [Heartbeat] * 5
            and all(
                shape in got
                for shape in (b"data:\n\n", b'{"type":"heartbeat"}', b"data: heartbeat\n", b"event: h", b"\n: ")
            )
        ),
    ),
    "waits": (
        {"heartbeats": "word", "wait": 0.03, "interval": 0.01},
        lambda got: got.count(b"data: heartbeat\n\n") == 3,
    ),
}


@pytest.mark.parametrize("name", CHATS)
def test_chats(on_bench: OnBench, name: str) -> None:
    async def flow(bench: Bench) -> None:
        keys, holds = CHATS[name]
        session = await _ready(bench.caller)
        before = (await bench.caller.state(session))["draft"]
        bench.faults.add(call="chat", first=1, **keys)
        got = await bench.chat(session)
        assert holds(got), got
        assert (await bench.caller.state(session))["draft"] != before  # the edit itself is done
        if name in {"partial", "thought", "noise", "twice", "snake", "flat", "beats"}:
            whole = reply(await bench.chat(session)).text
            assert whole in reply(got).text

    on_bench(flow)


def test_a_chat_is_cut_within_an_event(on_bench: OnBench) -> None:
    async def flow(bench: Bench) -> None:
        session = await _ready(bench.caller)
        bench.faults.add(call="chat", drop="body", at=60)
        body = {
            "app_name": "nemo_agent",
            "session_id": session,
            "new_message": {"parts": [{"text": "compress to 100 bytes"}]},
        }
        came, end = await bench.raw("/run_sse", json.dumps(body).encode(), "POST")
        head, rest = split(came)
        assert b"Transfer-Encoding: chunked" in head
        assert len(rest.partition(b"\r\n")[2]) == 60
        assert end == "fin"

    on_bench(flow)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"fail": "permanent"}, {"status": "failed", "permanent": True}),
        ({"fail": "passing"}, {"status": "failed", "permanent": False}),
        ({"fail": "silent"}, {"status": "failed"}),
        ({"stuck": True}, {"status": "processing"}),
        ({"form": "V"}, {"success": True, "outputUrl": "/api/render/proxy/r1/download"}),
    ],
)
def test_renders(on_bench: OnBench, keys: dict[str, Any], expected: dict[str, Any]) -> None:
    async def flow(bench: Bench) -> None:
        await bench.rendered()
        bench.faults.add(call="status", **keys)
        _, headers, body = await bench.told("/api/render/proxy/lambda/r1")
        told = json.loads(body)
        found = told | told.get("data", {})
        found |= found.get("error") or {}
        for key, value in expected.items():
            assert str(found[key]).endswith(str(value)), told
        assert ("ETag" in headers) == ("form" in keys)

    on_bench(flow)


def test_a_server_that_holds_no_poll_back(on_bench: OnBench) -> None:
    async def flow(bench: Bench) -> None:
        bench.house.executor.gate = asyncio.Event()
        session, draft = await bench.caller.ready()
        await bench.caller.render(session, draft, "r1")
        bench.faults.add(call="status", plain=True)
        for _ in range(3):
            status, headers, _ = await bench.told(
                "/api/render/proxy/lambda/r1", Prefer="wait=30", **{"If-None-Match": '"processing-50"'}
            )
            assert status == 200
            assert "ETag" not in headers
            assert "Preference-Applied" not in headers
        bench.house.executor.gate.set()

    on_bench(flow)


def test_both_forms_of_a_submitted_render(on_bench: OnBench) -> None:
    async def flow(bench: Bench) -> None:
        session, draft = await bench.caller.ready()
        bench.faults.add(call="render", form="S")
        _, told = await bench.caller.render(session, draft, "r1")
        assert told == {"id": "r1", "status": told["status"], "progress": told["progress"]}

    on_bench(flow)


def test_downloads(on_bench: OnBench) -> None:
    async def flow(bench: Bench) -> None:
        path, whole = "/api/render/proxy/r1/download", await bench.rendered()

        async def got(resumed: bool = False, **keys: Any) -> tuple[int, Mapping[str, str], bytes]:
            bench.faults.clear()
            _, headers, _ = await bench.told(path)
            if keys:
                bench.faults.add(call="download", **keys)
            return await bench.told(path, **({"Range": "bytes=4-", "If-Range": headers["ETag"]} if resumed else {}))

        status, headers, body = await got()
        plain = await got(delay=0.0)
        assert (
            (plain[0], plain[1]["ETag"], plain[2]) == (200, headers["ETag"], body) == (status, headers["ETag"], whole)
        )
        assert (await got(delay=0.0, resumed=True))[2] == (await got(resumed=True))[2] == whole[4:]
        assert (await got(range="ignore", resumed=True))[::2] == (200, whole)
        assert (await got(range="refuse", resumed=True))[0] == 416
        status, headers, body = await got(range="wrong", resumed=True)
        assert (status, headers["Content-Range"]) == (206, f"bytes 3-{len(whole) - 1}/{len(whole)}")
        assert (await got(etag="changed", resumed=True))[::2] == (200, whole)
        assert "ETag" not in (await got(etag="none"))[1]
        spoilt = (await got(corrupt=True))[2]
        assert (len(spoilt), spoilt != whole) == (len(whole), True)
        assert (await got(resize=5))[2] == whole + bytes(5)
        assert (await got(resize=-5))[2] == whole[:-5]

    on_bench(flow)
