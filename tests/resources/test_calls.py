"""Session, upload, credits, state: what is sent, what comes back, and the second try where that is safe."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
from tests.clock import TurnableClock
from tests.cloud import CLAIM, CREDITS, DRAFT, SESSION, STATE, TOKEN, UPLOAD, Cloud, Raw, Reply
from tests.resources.conftest import OnCloud

from nemovideo import AsyncNemoClient
from nemovideo.errors import (
    AuthenticationError,
    FileTooLarge,
    NemoError,
    OutOfCredits,
    ProtocolError,
    RateLimited,
    SessionNotFound,
    SourceNotFound,
    TransportError,
    UnsupportedFile,
    UsageError,
)
from nemovideo.progress import Progress
from nemovideo.resources.credits import Balance
from nemovideo.resources.session import Session
from nemovideo.resources.upload import Upload

TOOK = {"code": 0, "data": {"files": [{"filename": "a.mp4", "file_type": "video", "size": "77"}]}}


def test_a_session(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        assert await client.session.create() == Session("s1", "t1", "u1")
        (sent,) = cloud.sent(SESSION)
        assert sent.json == {"task_name": "project", "language": "en"}
        assert sent.headers["authorization"] == "Bearer nmv_usr_given"
        assert {name for name in sent.headers if name.startswith("x-skill")} == {
            "x-skill-source",
            "x-skill-version",
            "x-skill-platform",
        }
        assert client.backend is not None
        assert client.backend.max_upload_bytes == 500_000_000
        await client.session.create("film", language="zh")
        assert cloud.sent(SESSION)[1].json == {"task_name": "film", "language": "zh"}

    on_cloud(flow)


def test_a_session_without_an_id_is_none(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(SESSION, Reply({"code": 0, "data": {"task_id": "t"}}))
        with pytest.raises(ProtocolError, match="without an id"):
            await client.session.create()

    on_cloud(flow)


def test_a_claim_link_holds_no_bearer(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        session = await client.session.create()
        link = await client.session.claim_link(session)
        assert link == "https://nemovideo.com/workspace/claim?ct=clm_1"
        assert cloud.sent(CLAIM)[0].json == {"task_id": "t1", "session_id": "s1"}
        cloud.script(CLAIM, Reply({"code": 0, "data": {}}))
        with pytest.raises(ProtocolError):
            await client.session.claim_link(session)

    on_cloud(flow)


def test_credits(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.credits = {"available": 50, "frozen": 25, "total": 75}
        assert await client.credits.balance() == Balance(50.0, 25.0, 75.0)
        cloud.script(CREDITS, Reply({"available": "12.5"}))
        assert await client.credits.balance() == Balance(12.5, 0.0, 12.5)

    on_cloud(flow)


def test_state(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        state = await client.state.get("s1")
        assert state.draft == DRAFT
        assert (await client.state.timeline("s1")).summary == "Timeline (1 track): 1. Video: talk.mp4 (0-2s)"
        assert (await client.state.get(Session("s1"))).video_infos == []
        cloud.script(STATE, Reply({"code": 0, "data": {}}), Reply({"code": 1002, "message": "unknown"}, 404))
        assert not (await client.state.timeline("s1")).exportable
        with pytest.raises(SessionNotFound) as caught:
            await client.state.get("s1")
        assert caught.value.session_id == "s1"

    on_cloud(flow)


def body_of(content: bytes, boundary: str, name: str) -> bytes:
    return (
        (
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        + content
        + f"\r\n--{boundary}--\r\n".encode()
    )


def test_an_upload_of_every_kind(on_cloud: OnCloud, tmp_path: Path) -> None:
    content = bytes(range(256)) * 9000
    path = tmp_path / "Über uns.mp4"
    path.write_bytes(content)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with path.open("rb") as file:
            for source, name in ((path, "Über uns.mp4"), (content, "video.mp4"), (file, "Über uns.mp4")):
                told: list[Progress] = []
                found = await client.upload.file("s1", source, on_progress=told.append)
                assert found == Upload("talk.mp4", "video", "https://cdn.example/talk.mp4", 2.0, 320, 180, 25.0, "h")
                sent = cloud.sent(UPLOAD)[-1]
                boundary = sent.headers["content-type"].removeprefix("multipart/form-data; boundary=")
                assert sent.body == body_of(content, boundary, name)
                assert int(sent.headers["content-length"]) == len(sent.body)
                assert "transfer-encoding" not in sent.headers
                assert (told[0].done, told[-1].done, told[-1].total) == (0, len(content), len(content))
        cloud.script(UPLOAD, Reply(TOOK))
        assert (await client.upload.file("s1", b"x", name="a.mov")).size == 77

    on_cloud(flow)


def test_an_upload_by_url(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        for call in (client.upload.url, client.upload.file):
            await call("s1", "https://example.org/talk.mp4")
            assert cloud.sent(UPLOAD)[-1].json == {"urls": ["https://example.org/talk.mp4"], "source_type": "url"}
        for wrong in ("ftp://x/y", "file:///etc/passwd", "talk.mp4", ""):
            with pytest.raises(UsageError):
                await client.upload.url("s1", wrong)
        assert len(cloud.sent(UPLOAD)) == 2

    on_cloud(flow)


def test_several_are_checked_before_the_first_is_sent(on_cloud: OnCloud, tmp_path: Path) -> None:
    good = tmp_path / "good.mp4"
    good.write_bytes(b"film")

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        session = await client.session.create()
        (tmp_path / "text.txt").write_bytes(b"x")
        for bad, kind in ((tmp_path / "none.mp4", SourceNotFound), (tmp_path / "text.txt", UnsupportedFile)):
            with pytest.raises(kind):
                await client.upload.many(session, [good, bad])
        assert cloud.sent(UPLOAD) == []
        assert len(await client.upload.many(session, [good, io.BytesIO(b"film")])) == 2

    on_cloud(flow)


def test_type_and_size_are_refused_before_a_byte(on_cloud: OnCloud, tmp_path: Path) -> None:
    huge = tmp_path / "huge.mp4"
    with huge.open("wb") as file:
        file.truncate(500_000_001)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        session = await client.session.create()
        with pytest.raises(FileTooLarge, match=r"huge\.mp4"):
            await client.upload.file(session, huge)
        with pytest.raises(UnsupportedFile, match="webm"):
            await client.upload.file(session, b"x", name="a.ts")
        assert cloud.sent(UPLOAD) == []

    on_cloud(flow)


def test_a_session_of_an_earlier_program_is_checked_as_the_cloud(on_cloud: OnCloud) -> None:
    """Which client has not made a session has not been told the limits: the server refuses, and is understood."""

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(
            UPLOAD, Reply({"code": 4001, "message": "type"}, 415), Reply({"code": 4002, "message": "size"}, 413)
        )
        with pytest.raises(UnsupportedFile, match="webm"):
            await client.upload.file("s1", b"x")
        with pytest.raises(FileTooLarge):
            await client.upload.file("s1", b"x")

    on_cloud(flow)


def test_an_upload_that_breaks_is_not_sent_twice(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(UPLOAD, Raw(b""))
        with pytest.raises(TransportError) as caught:
            await client.upload.file("s1", b"x" * 100_000)
        assert len(cloud.sent(UPLOAD)) == 1
        assert (caught.value.phase, caught.value.session_id, caught.value.retryable) == ("upload", "s1", True)
        cloud.script(UPLOAD, Reply({"code": 0, "data": {"files": []}}))
        with pytest.raises(ProtocolError, match="named no file"):
            await client.upload.file("s1", b"x")

    on_cloud(flow)


def test_a_429_waits_and_sends_the_body_again_whole(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(UPLOAD, Reply({"code": 429}, 429, {"Retry-After": "7"}))
        await client.upload.file("s1", b"film" * 1000)
        first, second = cloud.sent(UPLOAD)
        assert first.body == second.body
        assert clock.slept == [7.0]

    on_cloud(flow)


def test_a_read_is_repeated_after_a_fault(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CREDITS, Reply(b"<html>Bad Gateway", 502), Reply({}, 503))
        assert (await client.credits.balance()).available == 100.0
        assert len(clock.slept) == 2
        cloud.script(CREDITS, *[Reply(b"<html>Bad Gateway", 502)] * 9)
        with pytest.raises(TransportError):
            await client.credits.balance()
        assert len(cloud.sent(CREDITS)) == 3 + 4

    on_cloud(flow)


def test_an_act_is_not(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(SESSION, Reply(b"<html>Bad Gateway", 502))
        with pytest.raises(TransportError):
            await client.session.create()
        assert len(cloud.sent(SESSION)) == 1

    on_cloud(flow)


def test_a_long_wait_is_raised_at_once(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CREDITS, Reply(b"<html>slow down</html>", 429, {"Retry-After": "604800"}))
        with pytest.raises(RateLimited) as caught:
            await client.credits.balance()
        assert caught.value.retry_after == 604800.0
        assert clock.slept == []

    on_cloud(flow)


def test_an_anonymous_token_is_asked_for_once_and_kept(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.session.create()
        await client.credits.balance()
        (sent,) = cloud.sent(TOKEN)
        assert "authorization" not in sent.headers
        assert len(sent.headers["x-client-id"]) == 36
        async with AsyncNemoClient(cloud.url) as again:
            await again.credits.balance()
            assert again.token_source == "file"
        assert len(cloud.sent(TOKEN)) == 1

    on_cloud(flow, anonymous=True)


def test_a_second_token_within_seven_days_is_refused_and_told(on_cloud: OnCloud, clock: TurnableClock) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.token, cloud.tokens_given = "nmv_usr_lost", 1
        with pytest.raises(RateLimited) as caught:
            await client.credits.balance()
        assert caught.value.retry_after == 604800.0
        assert clock.slept == []

    on_cloud(flow, anonymous=True)


@pytest.mark.parametrize("call", [SESSION, CREDITS, UPLOAD])
def test_an_anonymous_token_that_expired_in_the_middle_is_renewed_once(call: str, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.credits.balance()
        cloud.token = None  # the backend forgets it
        if call == SESSION:
            await client.session.create()
        elif call == CREDITS:
            await client.credits.balance()
        else:
            await client.upload.file("s1", b"film" * 1000)
        assert cloud.tokens_given == 2
        first, second = cloud.sent(call)[-2:]
        assert (first.headers["authorization"], second.headers["authorization"]) == (
            "Bearer nmv_usr_anonymous1",
            "Bearer nmv_usr_anonymous2",
        )
        assert len(first.body) == len(second.body)
        assert len(cloud.sent(TOKEN)[0].headers["x-client-id"]) == 36
        assert len({sent.headers["x-client-id"] for sent in cloud.sent(TOKEN)}) == 1

    on_cloud(flow, anonymous=True)


def test_a_token_that_stays_bad_is_an_error(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.credits.balance()
        cloud.token = None
        cloud.script(CREDITS, *[Reply({"code": 1001}, 401)] * 9)
        with pytest.raises(AuthenticationError):
            await client.credits.balance()
        assert len(cloud.sent(CREDITS)) == 3

    on_cloud(flow, anonymous=True)


def test_a_given_token_is_never_replaced(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.token = "another"
        with pytest.raises(AuthenticationError) as caught:
            await client.credits.balance()
        assert cloud.sent(TOKEN) == []
        assert "nmv_usr_given" not in str(caught.value)

    on_cloud(flow)


def test_no_credits_names_the_link_for_an_anonymous_account(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        await client.credits.balance()
        cloud.script(SESSION, Reply({"code": 2001, "message": "no credits"}))
        with pytest.raises(OutOfCredits, match=r"https://nemovideo\.com/register\?bind=anon_7"):
            await client.session.create()

    on_cloud(flow, anonymous=True)


def test_no_credits_of_a_given_token_says_both(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(SESSION, Reply({"code": 2001, "message": "no credits"}))
        with pytest.raises(OutOfCredits) as caught:
            await client.session.create()
        assert "Register" in str(caught.value)
        assert "top up" in str(caught.value)

    on_cloud(flow)


@pytest.mark.parametrize(
    "answer",
    [Reply([]), Reply("words"), Reply(None), Reply(3), Reply({"code": 0, "data": []}), Reply(b""), Reply({"data": {}})],
)
def test_odd_answers_are_ours_to_understand(answer: Reply, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        for call, work in (
            (CREDITS, client.credits.balance),
            (SESSION, client.session.create),
            (STATE, lambda: client.state.timeline("s1")),
            (UPLOAD, lambda: client.upload.file("s1", b"x")),
        ):
            cloud.script(call, answer)
            with contextlib.suppress(ProtocolError):
                await work()

    on_cloud(flow)


@pytest.mark.parametrize("session_id", ["../../admin", "s1?x=1", "s1#x", "s 1", "é", "a/b"])
def test_an_odd_session_id_stays_one_part_of_the_path(session_id: str, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(NemoError):
            await client.state.get(session_id)
        (sent,) = cloud.requests
        assert sent.path.startswith("/api/state/nemo_agent/me/")
        assert sent.path.endswith("/latest")

    on_cloud(flow)


def test_a_server_that_repeats_the_token_does_not_get_it_shown(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CREDITS, Reply({"code": 1001, "message": "Bearer nmv_usr_given is bad"}, 401))
        with pytest.raises(AuthenticationError) as caught:
            await client.credits.balance()
        assert "nmv_usr_given" not in f"{caught.value} {caught.value!r} {caught.value.args}"
        cloud.script(SESSION, Reply(b"<html>nmv_usr_given</html>"))
        with pytest.raises(ProtocolError) as odd:
            await client.session.create()
        assert "nmv_usr_given" not in f"{odd.value} {odd.value!r} {odd.value.args}"

    on_cloud(flow)
