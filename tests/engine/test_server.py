"""An engine's life: start, restart, stop, and what keeps it from starting."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sqlite3
import stat
import uuid
from pathlib import Path

import pytest

from nemovideo.engine.datadir import operator_key
from nemovideo.engine.server import EngineConfig, EngineServer
from nemovideo.errors import EngineError

HAS_IPV6 = Path("/proc/net/if_inet6").exists()


def test_a_restart_loses_nothing(house, go, stand_in, tmp_path):
    async def flow():
        async with house() as engine:
            one = await engine.stranger()
            token = one.http.headers["Authorization"].split()[1]
            session, draft = await one.ready()
            await one.render(session, draft, "done")
            before = await one.ended("done")
            state = await one.state(session)
            engine.executor.gate = asyncio.Event()
            engine.executor.started.clear()
            for name in ("halfway", "waiting"):
                await one.render(session, draft, name)
            await engine.executor.started.wait()
        assert engine.executor.killed == 1
        # What the death of an engine may leave: half-done work, a file that no row knows.
        name = uuid.uuid4().hex
        (tmp_path / "engine" / "work" / name).mkdir()
        (tmp_path / "engine" / "work" / name / "pass.log").write_bytes(b"x")
        (tmp_path / "engine" / "work" / f"{name}.mp4").write_bytes(b"x")
        (tmp_path / "engine" / "uploads" / f"{name}.mp4").write_bytes(b"x")
        (tmp_path / "engine" / "renders" / f".{name}.mp4.4711.part").write_bytes(b"x")

        async with house(port=int(engine.server.base_url.rpartition(":")[2])) as again:
            one = again.caller(token)
            found = await one.state(session)
            for name in ("draft", "video_infos", "canvas_config"):
                assert found[name] == state[name]
            assert await one.ended("done") == before
            async with one.http.get(before["output"]["url"]) as answer:
                assert await answer.read() == b"a smaller film"
            for name in ("halfway", "waiting"):
                assert (await one.ended(name))["status"] == "completed"
            assert (await one.call("GET", "/api/credits/balance/simple"))[1]["data"]["available"] == 50
            assert not list((tmp_path / "engine" / "work").iterdir())
            assert len(list((tmp_path / "engine" / "uploads").iterdir())) == 1
            assert len(list((tmp_path / "engine" / "renders").iterdir())) == 3

    go(flow)


@pytest.mark.parametrize("spelling", ["link", "dots", "moved"])
def test_the_folder_under_another_spelling_keeps_everything(house, go, tmp_path, spelling):
    async def flow():
        async with house() as engine:
            session, draft = await engine.operator.ready(content=b"VIDEO kept")
            await engine.operator.render(session, draft, "r")
            await engine.operator.ended("r")
            upload = (await engine.operator.state(session))["video_infos"][0]["cdn_url"]
        other = {"link": tmp_path / "link", "dots": tmp_path / "engine" / ".." / "engine", "moved": tmp_path / "moved"}
        if spelling == "link":
            other["link"].symlink_to(tmp_path / "engine")
        elif spelling == "moved":
            (tmp_path / "engine").rename(other["moved"])
        async with house(data_dir=other[spelling]) as engine:
            one = engine.operator
            for path, content in (
                ("/api/render/proxy/r/download", b"a smaller film"),
                (upload[upload.index("/api") :], b"VIDEO kept"),
            ):
                async with one.http.get(path) as answer:
                    assert (answer.status, await answer.read()) == (200, content)
            await one.render(session, draft, "again")
            assert (await one.ended("again"))["status"] == "completed"

    go(flow)


def test_credits_reserved_by_a_dead_engine_come_back(house, go, tmp_path):
    async def flow():
        async with house() as engine:
            one = await engine.stranger()
            token = one.http.headers["Authorization"].split()[1]
        with sqlite3.connect(tmp_path / "engine" / "engine.sqlite3") as db:
            db.execute("UPDATE accounts SET frozen = 50")
        db.close()
        async with house() as engine:
            balance = (await engine.caller(token).call("GET", "/api/credits/balance/simple"))[1]["data"]
            assert balance == {"available": 100, "frozen": 0, "total": 100}

    go(flow)


def test_a_folder_has_one_engine(house, go, tmp_path, stand_in):
    async def flow():
        async with house():
            second = EngineServer(EngineConfig(data_dir=tmp_path / "engine"), executor=stand_in())
            with pytest.raises(EngineError, match="in use by this process"):
                await second.start()
            (tmp_path / "engine" / "lock").write_text("4711")
            third = EngineServer(EngineConfig(data_dir=tmp_path / "engine"), executor=stand_in())
            with pytest.raises(EngineError, match="in use by process 4711"):
                await third.start()
            await third.stop()
        async with house():
            pass

    go(flow)


@pytest.mark.parametrize("turns", range(8))
def test_who_is_accepted_while_it_stops_is_let_go(go, tmp_path, stand_in, turns):
    async def flow():
        problems = []
        loop = asyncio.get_running_loop()
        loop.set_debug(True)  # or what fails at an accepted connection is not told
        loop.set_exception_handler(lambda _, problem: problems.append(problem))
        engine = EngineServer(EngineConfig(data_dir=tmp_path, key="k"), executor=stand_in())
        await engine.start()
        with socket.socket() as caller:
            caller.connect(("127.0.0.1", int(engine.base_url.rpartition(":")[2])))
            for _ in range(turns):
                await asyncio.sleep(0)
            await engine.stop()
            caller.settimeout(5)
            with contextlib.suppress(ConnectionResetError):  # it was not accepted
                assert await asyncio.to_thread(caller.recv, 1) == b""
        assert problems == []

    go(flow)


def test_a_port_that_is_taken(go, tmp_path, stand_in):
    async def flow():
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            engine = EngineServer(EngineConfig(data_dir=tmp_path, port=port), executor=stand_in())
            with pytest.raises(EngineError, match=f"Port {port} on 127.0.0.1 is taken"):
                await engine.start()
            await engine.stop()

    go(flow)


def test_an_address_that_is_not_ours(go, tmp_path, stand_in):
    async def flow():
        engine = EngineServer(EngineConfig(data_dir=tmp_path, host="192.0.2.1"), executor=stand_in())
        with pytest.raises(EngineError, match=r"192\.0\.2\.1"):
            await engine.start()

    go(flow)


def test_a_folder_that_cannot_be_one(go, tmp_path, stand_in):
    (tmp_path / "file").write_text("x")

    async def flow():
        engine = EngineServer(EngineConfig(data_dir=tmp_path / "file" / "sub"), executor=stand_in())
        with pytest.raises(EngineError, match="cannot be used"):
            await engine.start()

    go(flow)


@pytest.mark.parametrize("content", ["other version", "no database", "another program's"])
def test_data_of_another_kind(go, tmp_path, stand_in, content):
    if content != "no database":
        db = sqlite3.connect(tmp_path / "engine.sqlite3")
        db.execute("PRAGMA user_version = 99" if content == "other version" else "CREATE TABLE films (name TEXT)")
        db.close()
    else:
        (tmp_path / "engine.sqlite3").write_bytes(b"no database" * 1000)

    async def flow():
        with pytest.raises(EngineError, match=r"engine\.sqlite3") as caught:
            await EngineServer(EngineConfig(data_dir=tmp_path), executor=stand_in()).start()
        assert caught.value.hint

    go(flow)


def test_the_operators_key_is_kept_and_private(house, go, tmp_path):
    async def flow():
        async with house(key=None) as engine:
            path = tmp_path / "engine" / "key"
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE((tmp_path / "engine").stat().st_mode) == 0o700
            key = path.read_text().strip()
            assert (await engine.caller(key).call("GET", "/api/credits/balance/simple"))[0] == 200

    go(flow)
    path = tmp_path / "engine" / "key"
    assert operator_key(tmp_path / "engine") == path.read_text().strip()


def test_stop_ends_waits_and_may_be_repeated(house, go):
    async def flow():
        async with house() as engine:
            one = engine.operator
            engine.executor.gate = asyncio.Event()
            session, draft = await one.ready()
            await one.render(session, draft, "r")
            await engine.executor.started.wait()
            headers = {"Prefer": "wait=60", "If-None-Match": '"processing-50"'}
            waiting = asyncio.create_task(one.call("GET", "/api/render/proxy/lambda/r", headers=headers))
            await asyncio.sleep(0.05)
            assert not waiting.done()
            await engine.server.stop()
            await engine.server.stop()
            assert (await waiting)[0] == 304
            assert engine.executor.killed == 1
            with pytest.raises(EngineError, match="started before"):
                await engine.server.start()

    go(flow)


def test_stop_while_being_cancelled(go, tmp_path, stand_in):
    async def flow():
        engine = EngineServer(EngineConfig(data_dir=tmp_path), executor=stand_in())
        await engine.start()
        stopping = asyncio.create_task(engine.stop())
        await asyncio.sleep(0)
        stopping.cancel()
        await asyncio.wait({stopping})
        assert stopping.cancelled()
        second = EngineServer(EngineConfig(data_dir=tmp_path), executor=stand_in())
        starting = asyncio.create_task(second.start())
        await asyncio.sleep(0.001)
        starting.cancel()
        await asyncio.wait({starting})
        async with EngineServer(EngineConfig(data_dir=tmp_path), executor=stand_in()):
            pass

    go(flow)


def test_listening_everywhere_is_reachable_here(house, go):
    async def flow():
        async with house(host="0.0.0.0") as engine:
            assert engine.server.base_url.startswith("http://127.0.0.1:")
            await engine.operator.session()
        if socket.has_ipv6 and HAS_IPV6:
            async with house(host="::1") as engine:
                assert engine.server.base_url.startswith("http://[::1]:")
                await engine.operator.session()

    go(flow)
