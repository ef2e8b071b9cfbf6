"""What the checkers promise a user: results, arguments, and that wrong ones are errors. Checked and never run.

mypy and pyright read this file strictly (`nox -s types`, test_contract.py). A line that must be an error carries a
`type: ignore`, and both checkers are told to complain about one that is not needed.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, assert_type

from nemovideo import (
    Answer,
    AsyncNemoClient,
    BackendProfile,
    Balance,
    BlockingChatStream,
    ChatEvent,
    ChatStream,
    CompressRequest,
    CompressResult,
    Limits,
    NemoClient,
    PendingRender,
    Plan,
    Progress,
    Render,
    Reply,
    Session,
    Snapshot,
    State,
    StreamInterrupted,
    Timeline,
    Upload,
)


class Mine(NemoClient):
    """A subclass keeps its type."""


def told(progress: Progress) -> None:
    assert_type(progress.total, float | None)


async def told_later(progress: Progress) -> None:
    told(progress)


async def pieces() -> AsyncIterator[bytes]:
    yield b"film"


def clients() -> None:
    assert_type(NemoClient(), NemoClient)
    assert_type(NemoClient("https://x.example", "t", skill=Path("s"), language="zh", limits=Limits()), NemoClient)
    assert_type(NemoClient(proxy="http://p", trust_env=False, ca_bundle="ca.pem", connector=object), NemoClient)
    assert_type(NemoClient.local(), NemoClient)
    assert_type(NemoClient.local("data", None, skill="s", language="en", limits=Limits()), NemoClient)
    assert_type(AsyncNemoClient.local("data", allow_private_urls=True), AsyncNemoClient)
    assert_type(Mine(), Mine)
    assert_type(Mine.local(), Mine)
    NemoClient(limit=Limits())  # type: ignore[call-arg]
    NemoClient(limits=3)  # type: ignore[arg-type]
    NemoClient("https://x.example", "t", Path("s"))  # type: ignore[call-arg]
    NemoClient.local(token="t")  # type: ignore[call-arg]
    NemoClient.local(data_dir=3)  # type: ignore[arg-type]
    AsyncNemoClient(limit=Limits())  # type: ignore[call-arg]


async def asynchronous(client: AsyncNemoClient, session: Session, interrupted: StreamInterrupted) -> None:
    async with client as entered:
        assert_type(entered, AsyncNemoClient)
    assert_type(client.backend, BackendProfile | None)
    assert_type((client.base_url, client.is_local, client.token_source), tuple[str, bool, str])
    assert_type(await client.compress("talk.mp4", max_mb=50, on_progress=told_later), CompressResult)
    assert_type(await client.compress("talk.mp4", preset="x", strip_audio=True, audio_tracks="default"), CompressResult)
    assert_type(await client.plan("talk.mp4", "talk.mkv", max_mb=50, deadline=9, on_progress=told_later), Plan)
    assert_type(await client.ask(session, "导出", output="talk.mp4"), Answer)
    assert_type(await client.session.create("talk", language="zh"), Session)
    assert_type(await client.session.claim_link("s1"), str)
    assert_type(await client.upload.file(session, pieces(), name="a.mp4", size=4), Upload)
    assert_type(await client.upload.many("s1", ["a.mp4", b"", Path("b.mp4")]), list[Upload])
    assert_type(await client.upload.url(session, "https://x.example/a.mp4"), Upload)
    assert_type(await client.chat.send(session, "hello"), Reply)
    assert_type(await client.chat.recover(interrupted), Reply)
    async with client.chat.stream(session, "hello") as events:
        assert_type(events, ChatStream)
        async for event in events:
            assert_type(event, ChatEvent)
        assert_type(events.reply, Reply)
    assert_type(await client.credits.balance(), Balance)
    assert_type(await client.state.get(session), State)
    assert_type(await client.state.timeline("s1"), Timeline)
    assert_type(await client.render.submit(session, {"t": []}, format="mov", fps=25.0), Render)
    assert_type(await client.render.status("render_1"), Render)
    assert_type(await client.render.wait("render_1", deadline=5), Render)
    assert_type(await client.render.cancel("render_1"), None)
    assert_type(await client.render.export(session, Path("a.mp4"), overwrite=True), Path)
    assert_type(await client.render.preview(session, "a.mp4"), Path)
    assert_type(await client.render.resume("render_1", "a.mp4", on_progress=told), Path)
    assert_type(await client.render.pending(), list[PendingRender])
    assert_type(await client.aclose(), None)


async def asynchronous_mistakes(client: AsyncNemoClient, session: Session) -> None:
    await client.compress("talk.mp4", max_gb=1)  # type: ignore[call-arg]
    await client.compress("talk.mp4", codec="vp8")  # type: ignore[arg-type]
    await client.compress("talk.mp4", audio_tracks="both")  # type: ignore[arg-type]
    await client.plan("talk.mp4", overwrite=True)  # type: ignore[call-arg]
    await client.chat.send(session)  # type: ignore[call-arg]
    await client.state.get(3)  # type: ignore[arg-type]
    with client.chat.stream(session, "hello"):  # type: ignore[attr-defined]
        pass


def blocking(client: NemoClient, session: Session, interrupted: StreamInterrupted) -> None:
    with client as entered:
        assert_type(entered, NemoClient)
    assert_type(client.backend, BackendProfile | None)
    assert_type((client.base_url, client.is_local, client.token_source), tuple[str, bool, str])
    assert_type(client.compress("talk.mp4", max_mb=50, on_progress=told), CompressResult)
    assert_type(client.plan("talk.mp4", max_bytes=5, codec="av1"), Plan)
    assert_type(client.ask(session, "导出", output="talk.mp4"), Answer)
    assert_type(client.session.create("talk", language="zh"), Session)
    assert_type(client.session.claim_link("s1"), str)
    assert_type(client.upload.file(session, b"film", name="a.mp4"), Upload)
    assert_type(client.upload.many("s1", ["a.mp4", b"", Path("b.mp4")]), list[Upload])
    assert_type(client.upload.url(session, "https://x.example/a.mp4"), Upload)
    assert_type(client.chat.send(session, "hello"), Reply)
    assert_type(client.chat.recover(interrupted), Reply)
    with client.chat.stream(session, "hello") as events:
        assert_type(events, BlockingChatStream)
        for event in events:
            assert_type(event, ChatEvent)
        assert_type(next(events), ChatEvent)
        assert_type((events.reply, events.snapshot, events.session_id), tuple[Reply, Snapshot, str])
        assert_type(events.close(), None)
    assert_type(client.credits.balance(), Balance)
    assert_type(client.state.get(session), State)
    assert_type(client.state.timeline("s1"), Timeline)
    assert_type(client.render.submit(session, {"t": []}, format="mov", fps=25.0), Render)
    assert_type(client.render.status("render_1"), Render)
    assert_type(client.render.wait("render_1", deadline=5), Render)
    assert_type(client.render.cancel("render_1"), None)
    assert_type(client.render.export(session, Path("a.mp4"), overwrite=True), Path)
    assert_type(client.render.preview(session, "a.mp4"), Path)
    assert_type(client.render.resume("render_1", "a.mp4", on_progress=told), Path)
    assert_type(client.render.pending(), list[PendingRender])
    assert_type(client.close(), None)


def blocking_mistakes(client: NemoClient, session: Session) -> None:
    client.compress("talk.mp4", max_gb=1)  # type: ignore[call-arg]
    client.compress("talk.mp4", codec="vp8")  # type: ignore[arg-type]
    client.compress()  # type: ignore[call-arg]
    client.plan("talk.mp4", max_mb="5")  # type: ignore[arg-type]
    client.ask(session)  # type: ignore[call-arg]
    client.session.create(language=3)  # type: ignore[arg-type]
    client.upload.file(session, 3)  # type: ignore[arg-type]
    client.chat.send(session)  # type: ignore[call-arg]
    client.chat.send(session, "hello", baseline="s1")  # type: ignore[arg-type]
    client.chat.recover("s1")  # type: ignore[arg-type]
    client.chat.stream(session, 3)  # type: ignore[arg-type]
    client.state.get(3)  # type: ignore[arg-type]
    client.render.export(session)  # type: ignore[call-arg]
    client.render.resume("render_1", "a.mp4", deadline="soon")  # type: ignore[arg-type]
    client.credits.balance(session)  # type: ignore[call-arg]
    assert client.token  # type: ignore[attr-defined]


def values(result: CompressResult, plan: Plan, state: State, timeline: Timeline, reply: Reply) -> None:
    assert_type((plan.size, plan.quality, plan.least_bytes), tuple[int | None, float | None, int | None])
    assert_type(CompressRequest.from_sentence("to 5 MB"), CompressRequest | None)
    assert_type(result.path, Path)
    assert_type(result.size, int)
    assert_type(state.draft, Any)
    assert_type(timeline.duration, float)
    assert_type(timeline.summary, str)
    assert_type(reply.changes, tuple[str, ...])
    result.size = 3  # type: ignore[misc]
