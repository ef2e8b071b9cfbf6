"""The client's own life: opened once, closed for good, told apart, and silent about its token."""

from __future__ import annotations

import asyncio
import logging
import pickle
from pathlib import Path
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.cloud import CHAT, CREDITS, RESULT, SESSION, STATUS, UPLOAD, Cloud, Raw, Reply, Stream, adk
from tests.conftest import Run

from nemovideo import AsyncNemoClient
from nemovideo.errors import AuthenticationError, NemoError, TransportError, UsageError
from nemovideo.settings import CLOUD_API_URL, config_dir

SECRET = "nmv_usr_geheimnis0123456789"


def test_which_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    assert AsyncNemoClient().base_url == CLOUD_API_URL
    monkeypatch.setenv("NEMO_API_URL", "https://api.example/")
    assert AsyncNemoClient().base_url == "https://api.example"
    assert AsyncNemoClient("http://127.0.0.1:8080/").base_url == "http://127.0.0.1:8080"
    with pytest.raises(UsageError, match="base_url"):
        AsyncNemoClient("talk.mp4")


def test_a_bad_skill_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        AsyncNemoClient(skill=tmp_path)


def test_a_skills_headers_go_out(run: Run[Any], tmp_path: Path) -> None:
    (tmp_path / "SKILL.md").write_text("---\nname: video-compressor-panda\nversion: 2.0\n---\n")

    async def flow() -> None:
        async with Cloud() as cloud:
            made.base_url = made._caller.base_url = cloud.url
            async with made as client:
                await client.session.create()
            (sent,) = cloud.sent(SESSION)
            assert sent.headers["x-skill-source"] == "video-compressor-panda"
            assert sent.headers["x-skill-version"] == "2.0"

    made = AsyncNemoClient("http://127.0.0.1", "nmv_usr_given", skill=tmp_path)
    run(flow())


def test_it_need_not_be_entered_and_closes_for_good(run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud:
            client = AsyncNemoClient(cloud.url, cloud.token)
            assert (await client.credits.balance()).available == 100.0
            await client.aclose()
            await client.aclose()
            with pytest.raises(TransportError, match="has been closed"):
                await client.credits.balance()
            with pytest.raises(TransportError, match="has been closed"):
                await client.chat.send("s1", "hi")
            assert len(cloud.requests) == 1

    run(flow())


def test_a_local_one_that_was_closed_before_it_began_starts_no_engine(run: Run[Any], temporary: Path) -> None:
    async def flow() -> None:
        client = AsyncNemoClient.local()
        await client.aclose()
        with pytest.raises(TransportError, match="has been closed"):
            await client.session.create()

    run(flow())
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("turns", [0, 1, 3, 10, 30, 100])
def test_a_start_that_is_cancelled_leaves_nothing(turns: int, run: Run[Any], temporary: Path, world: Path) -> None:
    async def flow() -> None:
        client = AsyncNemoClient.local()
        entering = asyncio.create_task(client.__aenter__())
        for _ in range(turns):
            await asyncio.sleep(0)
        entering.cancel()
        await asyncio.wait([entering])
        await client.aclose()

    run(flow())
    assert list(temporary.iterdir()) == []
    unfinished = world / "state" / "nemovideo" / "unfinished"
    assert not unfinished.exists() or list(unfinished.iterdir()) == []


def test_many_calls_at_once_open_it_once(run: Run[Any], temporary: Path) -> None:
    async def flow() -> None:
        client = AsyncNemoClient.local()
        sessions = await asyncio.gather(*(client.session.create() for _ in range(5)))
        assert len({session.id for session in sessions}) == 5
        assert len(list(temporary.iterdir())) == 1
        await client.aclose()

    run(flow())
    assert list(temporary.iterdir()) == []


def chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def test_a_token_is_shown_nowhere(
    run: Run[Any], everything_logged: pytest.LogCaptureFixture, talk: Path, small: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    echo = Reply({"code": 1001, "message": f"no such token {SECRET}"}, 401)

    def listen(error: NemoError) -> None:
        for one in chain(error):
            said.extend([str(one), repr(one), repr(getattr(one, "__dict__", ""))])
        said.append(repr(pickle.dumps(error)))

    async def flow() -> None:
        async with Cloud(result=small.read_bytes()) as cloud:
            cloud.token = SECRET
            async with AsyncNemoClient(cloud.url, SECRET, clock=TurnableClock()) as client:
                result = await client.compress(talk, tmp_path / "a.mp4", max_bytes=100_000)
                said.extend(
                    [repr(client), repr(vars(client)), repr(result), str(result.to_json()), client.token_source]
                )
                said.append(await client.session.claim_link(await client.session.create()))
                for call, answer in (
                    (CREDITS, echo),
                    (SESSION, Reply(f"<html>{SECRET}</html>".encode())),
                    (UPLOAD, Reply({"detail": SECRET}, 422)),
                    (CHAT, Stream(adk("a"), b'data: {"error": "%b"}\n\n' % SECRET.encode())),
                    (CHAT, Raw(b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n")),
                    (STATUS, Reply({"status": "failed", "error": f"token {SECRET}"})),
                    (RESULT, Reply({"detail": SECRET}, 403)),
                ):
                    cloud.script(call, answer, *([answer] if call == STATUS else []))
                    try:
                        await client.credits.balance()
                        await client.compress(talk, tmp_path / "b.mp4", max_bytes=100_000, overwrite=True)
                    except NemoError as error:
                        listen(error)
            assert all(SECRET not in request.path for request in (*cloud.requests, *cloud.elsewhere))
            assert all(SECRET not in str(request.headers) for request in cloud.elsewhere)
        with pytest.raises(AuthenticationError) as wrong:
            AsyncNemoClient(token=SECRET + "\n\0")
        listen(wrong.value)

    run(flow())
    said.extend(record.getMessage() for record in everything_logged.records)
    assert everything_logged.records
    assert [words for words in said if SECRET in words] == []


def test_an_anonymous_token_lies_in_its_file_and_nowhere_else(
    run: Run[Any], everything_logged: pytest.LogCaptureFixture, world: Path
) -> None:
    async def flow() -> None:
        async with Cloud(anonymous=True) as cloud, AsyncNemoClient(cloud.url) as client:
            await client.credits.balance()
            assert "anonymous1" not in repr(vars(client))

    run(flow())
    assert "anonymous1" not in everything_logged.text
    holding = [path for path in world.rglob("*") if path.is_file() and b"nmv_usr_anonymous1" in path.read_bytes()]
    assert holding == [config_dir() / "tokens.json"]


def test_nothing_is_logged_loudly_when_all_goes_well(
    run: Run[Any], everything_logged: pytest.LogCaptureFixture, talk: Path, small: Path, tmp_path: Path
) -> None:
    async def flow() -> None:
        async with (
            Cloud(result=small.read_bytes()) as cloud,
            AsyncNemoClient(cloud.url, cloud.token, clock=TurnableClock()) as client,
        ):
            await client.compress(talk, tmp_path / "a.mp4", max_bytes=100_000)

    run(flow())
    assert [record for record in everything_logged.records if record.levelno >= logging.WARNING] == []
