"""The door: Host, bearer, envelope."""

from __future__ import annotations

import asyncio
import io
import sqlite3
from collections.abc import AsyncIterator

import pytest

from nemovideo.engine import archive, wire

STATE = "/api/state/nemo_agent/me/x/latest"


def test_only_our_own_names(house, go):
    async def flow():
        async with house() as engine:
            port = engine.server.base_url.rpartition(":")[2]
            caller = engine.operator

            async def asked(host: str) -> int:
                return int((await caller.call("GET", "/api/credits/balance/simple", headers={"Host": host}))[0])

            for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}"):
                assert await asked(host) == 200, host
            others = ("evil.example:{}", "localhost", "localhost:1", "127.0.0.1.evil.example:{}", "127.0.0.1:{}x", "",
                      "[::1:{}", "10.0.0.1:{}", "localhost:{}:{}")  # fmt: skip
            for host in (other.format(port, port) for other in others):
                assert await asked(host) == 421, host

    go(flow)


def test_a_foreign_name_gets_no_token(house, go):
    async def flow():
        async with house() as engine:
            headers = {"Host": "rebound.example:80", "X-Client-Id": "c"}
            status, body = await engine.caller(None).call("POST", "/api/auth/anonymous-token", headers=headers)
            assert status == 421
            assert "data" not in body

    go(flow)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/auth/claim-token"),
        ("GET", "/api/credits/balance/simple"),
        ("POST", "/api/tasks/me/with-session/nemo_agent"),
        ("GET", STATE),
        ("POST", "/api/upload-video/nemo_agent/me/x"),
        ("GET", "/api/uploads/x"),
        ("POST", "/run_sse"),
        ("POST", "/api/render/proxy/lambda"),
        ("GET", "/api/render/proxy/lambda/x"),
        ("POST", "/api/render/proxy/lambda/x/cancel"),
        ("GET", "/api/render/proxy/x/download"),
        ("GET", "/nowhere"),
    ],
)
def test_every_call_needs_a_bearer(house, go, method, path):
    async def flow():
        async with house() as engine:
            for authorization in (None, "", "Bearer", "Bearer ", "Basic the-key", "Bearer wrong", "Bearer ÿ"):
                headers = {} if authorization is None else {"Authorization": authorization}
                status, body = await engine.caller(None).call(method, path, headers=headers)
                assert (status, body["code"]) == (401, 1001), authorization
                assert set(body) == {"code", "message"}

    go(flow)


def test_what_is_not_there_and_what_is_not_so_called(house, go):
    async def flow():
        async with house() as engine:
            caller = engine.operator
            for method, path, status in (
                ("GET", "/", 404),
                ("GET", "/api/render/proxy/..%2F..%2Fkey/download", 404),
                ("DELETE", "/run_sse", 405),
                ("OPTIONS", "/run_sse", 405),
                ("GET", "/api/auth/claim-token", 405),
            ):
                async with caller.http.request(method, path, headers={"Origin": "https://evil.example"}) as answer:
                    assert answer.status == status, path
                    assert (await answer.json())["code"] == status
                    assert answer.headers["X-Request-Id"].startswith("req_")
                    assert not [name for name in answer.headers if name.startswith("Access-Control")]

    go(flow)


def test_faults_of_ours_tell_nothing(house, go, stand_in):
    async def flow():
        async with house() as engine:

            async def inspect(path):
                raise RuntimeError(f"secret {path}")

            engine.executor.inspect = inspect
            caller = engine.operator
            status, body = await caller.upload(await caller.session())
            assert (status, body["code"]) == (500, 500)
            assert "secret" not in str(body)
            assert body["data"]["request_id"].startswith("req_")

    go(flow)


def test_bodies_are_bounded_and_json(house, go):
    async def flow():
        async with house() as engine:
            caller, path = engine.operator, "/api/tasks/me/with-session/nemo_agent"
            for body, status in (
                (b"", 400),
                (b"[]", 400),
                (b"nothing", 400),
                (b'{"task_name": NaN}', 400),
                (b'{"task_name": "\\ud800"}', 400),
                (b'{"else": [-1e999]}', 400),
                (b"[" * 100_000, 400),
                (b'{"task_name": 5}', 400),
                (b'{"task_name": "' + b"x" * 300 + b'"}', 400),
                (b" " * (2 << 20), 413),
            ):
                found, answer = await caller.call("POST", path, data=io.BytesIO(body))
                assert (found, answer["code"]) == (status, status), body[:20]

            async def endless() -> AsyncIterator[bytes]:
                while True:
                    yield b" " * 65_536

            assert (await caller.call("POST", path, data=endless()))[0] == 413

    go(flow)


def test_odd_bytes_in_paths_find_nothing(house, go):
    async def flow():
        async with house() as engine:
            caller = engine.operator
            for odd in ("%ff", "%00", "%E4%BD%A0", "a%0d%0aX:1"):
                assert (await caller.call("GET", f"/api/state/nemo_agent/me/{odd}/latest"))[0] == 404
                assert (await caller.call("GET", f"/api/render/proxy/lambda/{odd}"))[0] == 404

    go(flow)


def test_a_full_disk_is_told_and_only_the_operator_where(house, go, monkeypatch, tmp_path):
    def full(*_: object, **__: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    async def flow():
        async with house() as engine:
            for caller, where in (
                (await engine.stranger(), "the engine's data folder"),
                (engine.operator, str(tmp_path / "engine")),
            ):
                session = await caller.session()
                await caller.upload(session)
                with monkeypatch.context() as patch:
                    for name in ("save_draft", "create_session", "claim"):
                        patch.setattr(archive, name, full)
                    for status, body in (
                        await caller.say(session, "compress to 100 bytes"),
                        await caller.call("POST", "/api/tasks/me/with-session/nemo_agent", json={}),
                        await caller.call("POST", "/api/auth/claim-token", json={"session_id": session}),
                    ):
                        assert (status, body["code"]) == (507, 507)
                        assert body["message"] == f"There is no room left in {where}."
                assert (await caller.say(session, "compress to 100 bytes"))[0] == 200

    go(flow)


def test_a_body_that_stands_still(house, go, monkeypatch):
    monkeypatch.setattr(wire, "_STALL", 0.05)

    async def flow():
        async def stuck() -> AsyncIterator[bytes]:
            yield b"{"
            await asyncio.Event().wait()

        async with house() as engine:
            caller = engine.operator
            for path in ("/api/tasks/me/with-session/nemo_agent", "/run_sse", "/api/render/proxy/lambda"):
                status, body = await caller.call("POST", path, data=stuck())
                assert (status, body["code"]) == (408, 408), path

    go(flow)
