"""`client.plan`: what would come out, told by an engine of ours; towards anybody else nothing is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.cloud import CHAT, SESSION, UPLOAD, Cloud, Reply, Stream, adk, flat
from tests.conftest import Run

from nemovideo import AsyncNemoClient, Plan, Progress
from nemovideo.backend import ENGINE, BackendProfile
from nemovideo.errors import AgentError, DamagedFile, DeadlineExceeded, NoPicture, SourceNotFound, UsageError
from nemovideo.protocol.compress import CompressRequest
from nemovideo.protocol.endpoints import FORMATS
from nemovideo.protocol.planwords import to_plan_sentence

PLANNED = Plan(
    action="encode", limit=100_000, size=97_000, quality=90.5, seconds=3.0, width=320, height=180, notes=("a reason",)
)
OURS = BackendProfile(ENGINE, None, (*FORMATS, "m4v"), ("h264", "hevc", "av1")).to_session()


def said(answer: Any, *, text: str = "It would fit.") -> Stream:
    """The chat of an engine whose tool `plan` gives this answer."""
    call = {"functionCall": {"id": "c", "name": "plan", "args": {}}}
    response = {"functionResponse": {"id": "c", "name": "plan", "response": answer}}
    return Stream(part(call), part(response), adk(text))


def part(content: dict[str, Any]) -> bytes:
    return flat({"content": {"parts": [content], "role": "model"}, "author": "nemo_agent", "invocationId": "e"})


@asynccontextmanager
async def engine(clock: TurnableClock, *chats: Stream) -> AsyncIterator[tuple[Cloud, AsyncNemoClient]]:
    async with Cloud() as cloud, AsyncNemoClient(cloud.url, cloud.token, clock=clock) as client:
        cloud.script(SESSION, Reply({"code": 0, "data": {"task_id": "t", "session_id": "s1", **OURS}}))
        cloud.script(CHAT, *chats)
        yield cloud, client


def test_the_plan_comes_back_as_it_was_made(run: Run[Any], clock: TurnableClock, talk: Path) -> None:
    told: list[Progress] = []

    async def flow() -> None:
        async with engine(clock, said({"status": "ok"} | PLANNED.model_dump(mode="json"))) as (cloud, client):
            wishes: Any = {"codec": "hevc", "strip_audio": True, "max_height": 480}
            plan = await client.plan(talk, "talk.mkv", max_bytes=100_000, on_progress=told.append, **wishes)
            assert plan == PLANNED
            request = CompressRequest(max_bytes=100_000, codec="hevc", audio="none", max_height=480)
            (chat,) = cloud.sent(CHAT)
            assert chat.json["new_message"]["parts"] == [{"text": to_plan_sentence(request, "mkv")}]
        assert told[0].phase == "connect"

    run(flow())
    assert not Path("talk.mkv").exists()


def test_a_source_that_fits_is_kept_without_a_question(run: Run[Any], clock: TurnableClock, talk: Path) -> None:
    async def flow() -> None:
        async with engine(clock) as (cloud, client):
            plan = await client.plan(talk, max_mb=50)
            assert (plan.action, plan.size, plan.limit) == ("keep", talk.stat().st_size, 50_000_000)
            assert plan.notes
            assert cloud.sent(CHAT) == []

    run(flow())


def test_the_cloud_is_refused_before_anything_is_sent(run: Run[Any], clock: TurnableClock, talk: Path) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, AsyncNemoClient(cloud.url, cloud.token, clock=clock) as client:
            for _ in range(2):
                with pytest.raises(UsageError, match="none; nothing was sent") as caught:
                    await client.plan(talk, max_mb=50)
                assert "local" in str(caught.value.hint)
            assert cloud.sent(UPLOAD) == []
            assert len(cloud.sent(SESSION)) == 1  # the second time it is known

    run(flow())


def test_the_documented_cloud_is_not_even_asked(run: Run[Any], clock: TurnableClock, talk: Path) -> None:
    async def flow() -> None:
        async with AsyncNemoClient(token="t", clock=clock) as client:
            with pytest.raises(UsageError, match="the cloud is none"):
                await client.plan(talk, max_mb=50)

    run(flow())


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": "error", "reason": "damaged", "error": {"code": "damaged", "message": "torn"}}, DamagedFile),
        ({"status": "error", "reason": "no_picture", "error": {"code": "no_picture", "message": "no"}}, NoPicture),
        ({"status": "error", "reason": "no_upload"}, AgentError),
        ({"action": "guess", "limit": 3}, AgentError),
        ("a text", AgentError),
    ],
)
def test_what_the_engine_cannot_plan(
    run: Run[Any], clock: TurnableClock, talk: Path, answer: Any, error: type[Exception]
) -> None:
    async def flow() -> None:
        async with engine(clock, said(answer)) as (_, client):
            with pytest.raises(error) as caught:
                await client.plan(talk, max_bytes=1000)
            assert getattr(caught.value, "session_id", None) == "s1"

    run(flow())


def test_an_older_engine_compresses_and_tells_no_plan(run: Run[Any], clock: TurnableClock, talk: Path) -> None:
    async def flow() -> None:
        async with engine(clock, Stream(adk("I did not understand that."))) as (_, client):
            with pytest.raises(AgentError, match="I did not understand"):
                await client.plan(talk, max_bytes=1000)

    run(flow())


@pytest.mark.parametrize("output", ["a.gif", "a.txt", "a"])
def test_an_output_that_cannot_be(run: Run[Any], clock: TurnableClock, talk: Path, output: str) -> None:
    async def flow() -> None:
        async with engine(clock) as (cloud, client):
            with pytest.raises(UsageError):
                await client.plan(talk, output, max_mb=1)
            with pytest.raises(SourceNotFound):
                await client.plan("nothing.mp4", max_mb=1)
            assert cloud.sent(SESSION) == []

    run(flow())


def test_a_deadline(run: Run[Any], clock: TurnableClock, talk: Path) -> None:
    async def flow() -> None:
        stuck = Stream(open_ended=True)
        async with engine(clock, stuck) as (_, client):
            asking = asyncio.create_task(client.plan(talk, max_bytes=1000, deadline=5))
            await stuck.opened.wait()
            clock.advance(6)
            with pytest.raises(DeadlineExceeded, match="not planned within 5 s"):
                await asking
            await stuck.left.wait()  # so the engine's work ends as well

    run(flow())
