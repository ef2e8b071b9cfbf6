"""The engine inside a process: its thread, its end, real films."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import aiohttp
import pytest

from nemovideo.engine.local import LocalEngine
from nemovideo.errors import EngineError

ATTRIBUTION = {"X-Skill-Source": "test", "X-Skill-Version": "1", "X-Skill-Platform": "unknown"}


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "nemovideo-engine"]


def _client(engine: LocalEngine) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(engine.base_url, headers=ATTRIBUTION | {"Authorization": f"Bearer {engine.token}"})


async def _backend(engine: LocalEngine) -> Any:
    async with _client(engine) as http, http.post("/api/tasks/me/with-session/nemo_agent", json={}) as answer:
        return (await answer.json())["data"]["backend"]


def test_start_speak_stop(go, tmp_path, stand_in):
    async def flow():
        engine = LocalEngine(tmp_path, executor=stand_in())
        await engine.start()
        assert len(_threads()) == 1
        backend = await _backend(engine)
        assert backend["max_upload_bytes"] is None
        assert {"ts", "flv", "mp4", "opus"} <= set(backend["formats"])
        await engine.stop()
        await engine.stop()
        assert not _threads()
        with pytest.raises(EngineError, match="started before"):
            await engine.start()

    go(flow)


def test_stop_without_start(go, tmp_path, stand_in):
    async def flow():
        await LocalEngine(tmp_path, executor=stand_in()).stop()

    go(flow)


def test_two_in_a_process(go, tmp_path, stand_in):
    async def flow():
        one = LocalEngine(tmp_path / "1", executor=stand_in())
        two = LocalEngine(tmp_path / "2", executor=stand_in())
        await asyncio.gather(one.start(), two.start())
        assert one.base_url != two.base_url
        assert one.token != two.token
        await asyncio.gather(_backend(one), _backend(two))
        foreign = {"Authorization": f"Bearer {one.token}"}
        async with (
            aiohttp.ClientSession(headers=foreign) as http,
            http.get(f"{two.base_url}/api/credits/balance/simple") as answer,
        ):
            assert answer.status == 401
        await asyncio.gather(one.stop(), two.stop())

    go(flow)


def test_one_folder_twice(go, tmp_path, stand_in):
    async def flow():
        one, two = LocalEngine(tmp_path, executor=stand_in()), LocalEngine(tmp_path, executor=stand_in())
        await one.start()
        with pytest.raises(EngineError, match="in use by this process"):
            await two.start()
        assert len(_threads()) == 1
        await _backend(one)
        await one.stop()

    go(flow)


def test_another_process_holds_the_folder(go, tmp_path, stand_in):
    script = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom nemovideo.engine.local import LocalEngine\n"
        "async def main():\n    engine = LocalEngine(Path(sys.argv[1]), executor=object())\n"
        "    await engine.start()\n    print('ready', flush=True)\n    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"ready\n"

        async def refused():
            with pytest.raises(EngineError, match=f"in use by process {holder.pid}"):
                await LocalEngine(tmp_path, executor=stand_in()).start()

        go(refused)
        holder.send_signal(signal.SIGKILL)
        holder.wait()

        async def free_again():
            engine = LocalEngine(tmp_path, executor=stand_in())
            await engine.start()
            await engine.stop()

        go(free_again)


def test_it_outlives_a_loop(tmp_path, stand_in):
    engine = LocalEngine(tmp_path, executor=stand_in())
    asyncio.run(engine.start())
    assert asyncio.run(_backend(engine))["version"] == 1
    asyncio.run(engine.stop())
    assert not _threads()


def test_stop_while_the_callers_loop_is_being_cancelled(tmp_path, stand_in):
    stopped, started = [], asyncio.Event()

    async def main() -> None:
        engine = LocalEngine(tmp_path, executor=stand_in())
        await engine.start()
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            try:
                await engine.stop()
            finally:
                stopped.append(not _threads())

    async def outer() -> None:
        task = asyncio.create_task(main())
        await started.wait()
        task.cancel()
        for _ in range(3):
            await asyncio.sleep(0)
            task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()

    asyncio.run(outer())
    assert stopped == [True]


def test_a_cancelled_start_leaves_nothing(tmp_path, stand_in):
    async def main() -> None:
        engine = LocalEngine(tmp_path, executor=stand_in())
        starting = asyncio.create_task(engine.start())
        await asyncio.sleep(0)
        starting.cancel()
        await asyncio.wait({starting})
        assert starting.cancelled()
        assert not _threads()

    asyncio.run(main())


def test_a_forgotten_one_ends(tmp_path, stand_in):
    engine = LocalEngine(tmp_path, executor=stand_in())
    asyncio.run(engine.start())
    (thread,) = _threads()
    del engine
    gc.collect()
    thread.join(10)
    assert not thread.is_alive()


def test_stop_cancels_a_render(go, tmp_path, stand_in, until):
    async def flow():
        encoder = stand_in()
        engine = LocalEngine(tmp_path / "engine", executor=encoder)
        await engine.start()
        film = tmp_path / "film.ts"
        film.write_bytes(b"VIDEO")
        encoder.gate = asyncio.Event()
        async with _client(engine) as http:
            async with http.post("/api/tasks/me/with-session/nemo_agent", json={}) as answer:
                session = (await answer.json())["data"]["session_id"]
            async with http.post(
                f"/api/upload-video/nemo_agent/me/{session}", json={"urls": [film.as_uri()]}
            ) as answer:
                assert answer.status == 200
            async with http.get(f"/api/state/nemo_agent/me/{session}/latest") as answer:
                draft = (await answer.json())["data"]["state"]["draft"]
            wish = {"id": "r", "sessionId": session, "draft": draft, "output": {"format": "mp4"}}
            async with http.post("/api/render/proxy/lambda", json=wish) as answer:
                assert answer.status == 200
            await until(lambda: encoder.orders)
        await engine.stop()
        assert encoder.killed == 1
        assert film.read_bytes() == b"VIDEO"

    go(flow)


@pytest.mark.media
def test_a_real_film_and_no_ffmpeg_after_the_end(go, tmp_path):
    """The whole road with FFmpeg, from a thread that is not the main one; then a long one that is cut off."""
    pytest.importorskip("av")
    from nemovideo.engine.media.sample import make_sample

    async def flow():
        film = tmp_path / "film.mp4"
        await make_sample(film, seconds=2)
        engine = LocalEngine(tmp_path / "engine")
        await engine.start()
        try:
            async with _client(engine) as http:
                async with http.post("/api/tasks/me/with-session/nemo_agent", json={}) as answer:
                    session = (await answer.json())["data"]["session_id"]
                path = f"/api/upload-video/nemo_agent/me/{session}"
                async with http.post(path, json={"urls": [film.as_uri()], "source_type": "url"}) as answer:
                    info = (await answer.json())["data"]["files"][0]
                assert info["file_type"] == "video"
                limit = film.stat().st_size // 3
                message = {"parts": [{"text": f"compress to at most {limit} bytes, fast effort"}]}
                chat = {"app_name": "nemo_agent", "user_id": "me", "session_id": session, "new_message": message}
                async with http.post("/run_sse", json=chat) as answer:
                    assert b'"status":"ok"' in await answer.read()
                async with http.get(f"/api/state/nemo_agent/me/{session}/latest") as answer:
                    draft = (await answer.json())["data"]["state"]["draft"]
                for name in ("one", "two"):
                    wish = {"id": name, "sessionId": session, "draft": draft, "output": {"format": "mp4"}}
                    async with http.post("/api/render/proxy/lambda", json=wish) as answer:
                        assert answer.status == 200
                while True:
                    async with http.get("/api/render/proxy/lambda/one") as answer:
                        told = await answer.json()
                    if told["status"] in ("completed", "failed"):
                        break
                    await asyncio.sleep(0.05)
                assert told["status"] == "completed", told
                assert told["output"]["size"] <= limit
                assert told["output"]["report"]["plan"]["result"]["codec"] == "h264"
                async with http.get(told["output"]["url"]) as answer:
                    assert len(await answer.read()) == told["output"]["size"]
        finally:
            await engine.stop()
        assert not _children()

    go(flow)


def _children() -> list[str]:
    """Processes of ours that still run; a moment is given to those that are just being reaped."""
    for _ in range(100):
        found = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
        ).stdout
        left = [line for line in found.splitlines() if "ffmpeg" in line or "jail.py" in line]
        if not left:
            return []
        time.sleep(0.05)
    return left
