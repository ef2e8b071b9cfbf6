"""Renders: exactly the draft that came, polled as the server likes it, found again, not lost to one bad answer."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.clock import TurnableClock
from tests.cloud import CANCEL, DRAFT, RENDER, STATE, STATUS, Cloud, Reply
from tests.resources.conftest import OnCloud

from nemovideo import AsyncNemoClient
from nemovideo.errors import (
    DeadlineExceeded,
    NemoError,
    OutputExists,
    PlanError,
    RenderFailed,
    UsageError,
)
from nemovideo.progress import Progress
from nemovideo.resources.preview import small_resolution
from nemovideo.resources.state import State

STRANGE = json.loads(
    '{"zz": 18446744073709551617, "t": [{"tt": 42, "sg": [{"d": 1.5, "k": null}]}], "m": {"ü": [1, {}]}}'
)


@pytest.mark.parametrize("form", ["S", "V"])
def test_a_render_from_end_to_end(form: str, on_cloud: OnCloud, tmp_path: Path, clock: TurnableClock) -> None:
    told: list[Progress] = []

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        output = tmp_path / "out.mp4"
        assert await client.render.export("s1", output, on_progress=told.append) == output
        assert await asyncio.to_thread(output.read_bytes) == cloud.result
        (sent,) = cloud.sent(RENDER)
        made = sent.json["id"]
        assert sent.json == {
            "id": made,
            "sessionId": "s1",
            "draft": DRAFT,
            "output": {"format": "mp4", "quality": "high"},
        }
        assert made.startswith("render_")
        assert {request.path for request in cloud.sent(STATUS)} == {f"/api/render/proxy/lambda/{made}"}
        assert all(request.headers["prefer"] == "wait=30" for request in cloud.sent(STATUS))

    on_cloud(flow, form=form)
    assert clock.slept == [30.0, 30.0]  # a server that honours no Prefer is asked every half minute
    assert [event.done for event in told if event.phase == "render"] == [0.0, 40.0, 100.0]
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


@pytest.mark.parametrize("draft", [None, {}, {"t": []}, {"t": [{"tt": 0, "sg": []}]}])
def test_an_empty_draft_is_not_sent(draft: Any, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(UsageError, match="nothing to render"):
            await client.render.submit("s1", draft)
        assert cloud.sent(RENDER) == []

    on_cloud(flow)


def test_what_may_be_asked_of_the_output(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.render.submit("s1", DRAFT, format="webm", resolution="640x360", fps=24, render_id="render_mine")
        (sent,) = cloud.sent(RENDER)
        assert sent.json["id"] == "render_mine"
        assert sent.json["output"] == {"format": "webm", "quality": "high", "resolution": "640x360", "fps": 24}

    on_cloud(flow)


@pytest.mark.parametrize(
    ("width", "height", "small"),
    [
        (1920, 1080, "640x360"),
        (1080, 1920, "360x640"),
        (1000, 1000, "360x360"),
        (320, 180, "320x180"),
        (333, 777, "332x776"),
        (853, 480, "640x360"),
        (7680, 1080, "1920x270"),
        (1, 1, "2x2"),
        (0, 1080, "640x360"),
        (None, None, "640x360"),
        ("wide", [], "640x360"),
    ],
)
def test_a_preview_is_small_and_keeps_its_shape(
    width: Any, height: Any, small: str, on_cloud: OnCloud, tmp_path: Path
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.draft = DRAFT | {"m": {"width": width, "height": height}}
        told: list[Progress] = []
        output = await client.render.preview("s1", tmp_path / "small.mp4", on_progress=told.append)
        assert await asyncio.to_thread(output.read_bytes) == cloud.result
        (sent,) = cloud.sent(RENDER)
        assert sent.json["draft"] == cloud.draft
        assert sent.json["output"] == {"format": "mp4", "quality": "high", "resolution": small}
        assert {event.phase for event in told} == {"render", "download"}

    on_cloud(flow)


def test_a_preview_of_a_draft_without_a_size_has_the_shape_of_the_upload() -> None:
    infos = [{"file_type": "audio"}, {"width": 720, "height": "1280"}]
    assert small_resolution(State({"state": {"draft": {"m": {}}, "video_infos": infos}})) == "360x640"


def test_a_preview_that_failed_is_tried_once_more(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, Reply({"status": "failed", "error": "lambda timed out"}))
        await client.render.preview("s1", tmp_path / "small.mp4")
        assert len({sent.json["id"] for sent in cloud.sent(RENDER)}) == 2

    on_cloud(flow)


def test_a_deadline_holds_for_both_tries_together(on_cloud: OnCloud, tmp_path: Path, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, Reply({"status": "processing"}), Reply({"status": "failed", "error": "x"}))
        cloud.statuses = [("processing", 1)]
        with pytest.raises(DeadlineExceeded) as caught:
            await client.render.export("s1", tmp_path / "a.mp4", deadline=100)
        assert caught.value.render_id == cloud.sent(RENDER)[1].json["id"]

    on_cloud(flow)
    assert sum(clock.slept) <= 120


def test_a_deadline_before_anything_was_begun(on_cloud: OnCloud, tmp_path: Path, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        asked = asyncio.Event()

        async def hang(request: web.Request) -> web.StreamResponse:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

        cloud.script(STATE, hang)
        exporting = asyncio.create_task(client.render.export("s1", tmp_path / "a.mp4", deadline=60))
        await asked.wait()
        clock.advance(61)
        with pytest.raises(DeadlineExceeded, match="no render was begun") as caught:
            await exporting
        assert (caught.value.session_id, caught.value.render_id) == ("s1", None)

    on_cloud(flow)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("status", "strikes"), [(404, True), (500, False)])
def test_a_cancel_of_what_is_not_known(status: int, strikes: bool, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        render = await client.render.submit("s1", DRAFT)
        cloud.script(CANCEL, Reply({"detail": "no such render"}, status))
        with pytest.raises(NemoError) as caught:
            await client.render.cancel(render.id)
        assert (caught.value.render_id, caught.value.phase) == (render.id, "render")
        assert (await client.render.pending() == []) == strikes

    on_cloud(flow)


def test_the_plan_does_not_export(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(RENDER, Reply({"code": 402, "message": "plan"}, 402))
        with pytest.raises(PlanError):
            await client.render.submit("s1", DRAFT)
        assert len(cloud.sent(RENDER)) == 1

    on_cloud(flow)


def test_a_failed_render_is_asked_for_once_more_with_a_new_id(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATUS, Reply({"status": "failed", "progress": 30, "error": "lambda timed out"}))
        await client.render.export("s1", tmp_path / "a.mp4")
        first, second = (request.json for request in cloud.sent(RENDER))
        assert first["id"] != second["id"]
        assert first["draft"] == second["draft"]
        cloud.script(STATUS, *[Reply({"status": "failed", "error": "again"})] * 3)
        with pytest.raises(RenderFailed, match="again"):
            await client.render.export("s1", tmp_path / "b.mp4")
        assert len(cloud.sent(RENDER)) == 4

    on_cloud(flow)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_an_export_that_would_be_refused_renders_nothing(on_cloud: OnCloud, tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    output.write_bytes(b"precious")

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(OutputExists):
            await client.render.export("s1", output)
        assert cloud.sent(RENDER) == []

    on_cloud(flow)


def test_state_of_a_session_that_is_gone(on_cloud: OnCloud, tmp_path: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATE, Reply({"code": 1002, "message": "gone"}, 404))
        with pytest.raises(NemoError):
            await client.render.export("s1", tmp_path / "out.mp4")
        assert cloud.sent(RENDER) == []

    on_cloud(flow)
