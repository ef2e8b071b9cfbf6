"""Renders under way, found again by a later run."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.clock import TurnableClock
from tests.cloud import DRAFT, FILM, RENDER, STATUS, Cloud, Reply
from tests.conftest import Run
from tests.resources.conftest import OnCloud

from nemovideo import AsyncNemoClient
from nemovideo.errors import (
    AuthenticationError,
    DeadlineExceeded,
    NemoError,
    RenderFailed,
)
from nemovideo.resources.remembered import PendingRender


def test_another_process_comes_back(on_cloud: OnCloud, tmp_path: Path, run: Run[Any], clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        render = await client.render.submit("s1", DRAFT)
        async with AsyncNemoClient(cloud.url, cloud.token, clock=clock) as another:
            await another.render.resume(render.id, tmp_path / "out.mp4")
        assert await asyncio.to_thread((tmp_path / "out.mp4").read_bytes) == cloud.result

    on_cloud(flow)


def kept(world: Path) -> list[Path]:
    folder = world / "state" / "nemovideo" / "renders"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def test_a_render_is_written_down_before_it_is_asked_for(
    on_cloud: OnCloud, world: Path, tmp_path: Path, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        async def look(request: web.Request) -> web.StreamResponse:
            (file,) = await asyncio.to_thread(kept, world)
            assert (await asyncio.to_thread(file.stat)).st_mode & 0o777 == 0o600
            assert (await asyncio.to_thread(file.parent.stat)).st_mode & 0o777 == 0o700
            written.update(json.loads(await asyncio.to_thread(file.read_text)))
            return await Reply({"id": written["render_id"], "status": "pending"}).send(request)

        written: dict[str, Any] = {}
        cloud.script(RENDER, look)
        await client.render.export("s1", tmp_path / "a.mov")
        assert written == {
            "render_id": cloud.sent(RENDER)[0].json["id"],
            "session_id": "s1",
            "backend": cloud.url,
            "started": 1_800_000_000.0,
            "output": {"format": "mov", "quality": "high"},
        }
        assert "nmv_usr" not in json.dumps(written)

    on_cloud(flow)
    assert kept(world) == []


def test_another_run_finds_what_was_left_behind(on_cloud: OnCloud, tmp_path: Path, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        first = await client.render.submit("s1", DRAFT)
        clock.advance(10)
        second = await client.render.submit("s2", DRAFT, format="webm")
        async with AsyncNemoClient(cloud.url, cloud.token, clock=clock) as another:
            one, two = await another.render.pending()
            assert (one.render_id, one.session_id, one.started) == (first.id, "s1", 1_800_000_000.0)
            assert (two.render_id, two.session_id, two.output["format"]) == (second.id, "s2", "webm")
            assert one.render is not None
            assert (one.render.status, one.render.phase) == ("pending", "running")
            with pytest.raises(DeadlineExceeded) as caught:
                await another.render.wait(second.id, deadline=1)
            assert caught.value.session_id == "s2"
            await another.render.resume(first.id, tmp_path / "out.mp4")
            assert [pending.render_id for pending in await another.render.pending()] == [second.id]
            await another.render.cancel(second.id)
            assert await another.render.pending() == []

    on_cloud(flow)


KILLED = """
import asyncio, sys
from nemovideo import AsyncNemoClient

async def main():
    async with AsyncNemoClient(sys.argv[1], "nmv_usr_given") as client:
        await client.render.submit("s1", {"t": [{"tt": 0, "sg": [{"d": 1}]}]}, render_id="render_killed")
        print("begun", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("when", ["asked", "begun"])
def test_a_run_that_is_killed_leaves_its_render_to_the_next(when: str, on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        asked = asyncio.Event()

        async def hang(request: web.Request) -> web.StreamResponse:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

        if when == "asked":
            cloud.script(RENDER, hang)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", KILLED, cloud.url, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        await (asked.wait() if when == "asked" else process.stdout.readline())
        process.kill()
        await process.communicate()
        cloud.statuses = [("completed", 100)]
        async with AsyncNemoClient(cloud.url, cloud.token) as later:  # by the machine's clock, as the killed one
            (pending,) = await later.render.pending()
            assert (pending.render_id, pending.session_id) == ("render_killed", "s1")
            await later.render.resume(pending.render_id, tmp_path / "out.mp4")
            assert await later.render.pending() == []

    on_cloud(flow)
    assert (tmp_path / "out.mp4").read_bytes() == FILM


def test_each_backend_has_its_own(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.render.submit("s1", DRAFT, render_id="render_1")
        async with Cloud() as elsewhere, AsyncNemoClient(elsewhere.url, elsewhere.token) as another:
            assert await another.render.pending() == []
            assert elsewhere.sent(STATUS) == []
        assert len(await client.render.pending()) == 1

    on_cloud(flow)


@pytest.mark.parametrize("how", ["failed", "cancelled", "permanent"])
def test_what_has_ended_is_struck_off(how: str, on_cloud: OnCloud, tmp_path: Path, world: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        if how == "cancelled":
            seen = asyncio.Event()
            cloud.statuses = [("processing", 1)]
            work = client.render.export("s1", tmp_path / "a.mp4", on_progress=lambda event: seen.set())
            exporting = asyncio.create_task(work)
            await seen.wait()
            exporting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await exporting
            return
        error = {"code": "engine", "message": "x", "permanent": how == "permanent"}
        cloud.script(STATUS, *[Reply({"status": "failed", "error": error})] * 2)
        with pytest.raises(RenderFailed) as caught:
            await client.render.export("s1", tmp_path / "a.mp4")
        assert caught.value.session_id == "s1"

    on_cloud(flow)
    assert kept(world) == []


def test_what_is_listed_is_what_the_backend_knows(on_cloud: OnCloud, clock: TurnableClock, world: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        unknown = Reply({"detail": "no such render"}, 404)
        await client.render.submit("s1", DRAFT)
        cloud.script(STATUS, unknown)
        (young,) = await client.render.pending()  # it may still be on its way, from another process
        assert young.render is None
        clock.advance(601)
        cloud.script(STATUS, unknown)
        assert await client.render.pending() == []
        await client.render.submit("s1", DRAFT)
        cloud.script(STATUS, Reply({"status": "failed", "error": "x"}))
        assert await client.render.pending() == []

    on_cloud(flow)
    assert kept(world) == []


def test_a_backend_that_does_not_answer_loses_nothing(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        for _ in range(3):
            await client.render.submit("s1", DRAFT)
        cloud.script(STATUS, *[Reply(b"<html>", 502)] * 4)
        assert [pending.render for pending in await client.render.pending()] == [None] * 3
        assert len(cloud.sent(STATUS)) == 4  # one call, with its repeats, and none for the other two
        cloud.script(STATUS, Reply({"code": 1001}, 401))
        with pytest.raises(AuthenticationError):
            await client.render.pending()
        assert len(await client.render.pending()) == 3

    on_cloud(flow)


def test_after_seven_days_nothing_is_left(on_cloud: OnCloud, clock: TurnableClock, world: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.render.submit("s1", DRAFT)
        clock.advance(7 * 86_400 + 1)
        async with AsyncNemoClient(cloud.url, cloud.token, clock=clock) as another:
            assert await another.render.pending() == []
        assert cloud.sent(STATUS) == []

    on_cloud(flow)
    assert kept(world) == []


def test_spoilt_files_are_no_error(on_cloud: OnCloud, world: Path, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.render.submit("s1", DRAFT)

        def spoil() -> None:
            folder = kept(world)[0].parent
            for name, words in (("a", "{"), ("b", "[]"), ("c", '{"render_id": 1}'), ("d", ""), (".new-x", "half")):
                (folder / f"{name}.json").write_text(words)
            (folder / "folder.json").mkdir()

        await asyncio.to_thread(spoil)
        assert len(await client.render.pending()) == 1
        clock.time += 30 * 86_400
        assert await client.render.pending() == []

    on_cloud(flow)
    assert [file.name for file in kept(world)] == ["folder.json"]


def test_a_folder_that_cannot_be_written_is_no_error(on_cloud: OnCloud, tmp_path: Path, world: Path) -> None:
    (world / "state").write_text("a file where the folder should be")

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.render.export("s1", tmp_path / "out.mp4")
        render = await client.render.submit("s1", DRAFT)
        assert [pending.render_id for pending in await client.render.pending()] == [render.id]

    on_cloud(flow)


def test_ids_of_any_kind(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        for render_id in ("render_../../etc/passwd", "render_" + "x" * 500, "render_é\n", "render_a/b"):
            await client.render.submit("s1", DRAFT, render_id=render_id)
            cloud.script(STATUS, Reply({"status": "pending"}))
            (pending,) = await client.render.pending()
            assert pending.render_id == render_id
            cloud.script(f"POST /api/render/proxy/lambda/{render_id}/cancel", Reply({}))
            await client.render.rendering.settle(render_id)

    on_cloud(flow)


def test_an_engine_that_ends_with_its_client_leaves_nothing(run: Run[Any], world: Path, tmp_path: Path) -> None:
    async def flow() -> None:
        for data_dir, places in ((None, 0), (tmp_path / "data", 1)):
            async with AsyncNemoClient.local(data_dir) as client:
                session = await client.session.create()
                with pytest.raises(NemoError):  # a draft of nothing that is there
                    await client.render.wait((await client.render.submit(session, DRAFT)).id)
                remembered = PendingRender("render_x", session.id, time.time())
                await client.render.rendering._remembered.begin(remembered)
                assert len(await asyncio.to_thread(kept, world)) == places

    run(flow())


def test_what_another_process_fetched_is_pending_no_more(
    on_cloud: OnCloud, tmp_path: Path, clock: TurnableClock
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        render, other = await client.render.submit("s1", DRAFT), await client.render.submit("s1", DRAFT)
        async with AsyncNemoClient(cloud.url, cloud.token, clock=clock) as another:
            await another.render.resume(render.id, tmp_path / "out.mp4")
        assert [pending.render_id for pending in await client.render.pending()] == [other.id]

    on_cloud(flow)
