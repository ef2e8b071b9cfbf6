"""`client.ask` against the imitated cloud: every road, and always something to read."""

from __future__ import annotations

import asyncio
import copy
import pickle
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.clock import TurnableClock
from tests.cloud import CHAT, CREDITS, DRAFT, FILM, RENDER, STATE, UPLOAD, Cloud, Reply, Stream, adk, flat
from tests.conftest import Run

from nemovideo import Answer, AsyncNemoClient, Progress
from nemovideo.errors import AgentError, NemoError, OutOfCredits, OutputExists, PlanError, SourceNotFound, UsageError
from nemovideo.protocol.sizes import told_size
from nemovideo.workflows.wording import exported

Flow = Callable[[Cloud, AsyncNemoClient], Awaitable[None]]
OnCloud = Callable[..., None]

TRACKS: list[Any] = DRAFT["t"]  # type: ignore[assignment]
TITLE = {"tt": 7, "m": {"name": "Title"}, "sg": [{"d": 3000, "m": {"text": "Paradise Found"}}]}
NO_PLAN = Reply({"code": 402, "message": "the plan does not export"}, 402)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def on_cloud(run: Run[Any], clock: TurnableClock, here: Path) -> OnCloud:
    def runner(flow: Flow, **options: Any) -> None:
        async def within() -> None:
            async with Cloud(**options) as cloud, AsyncNemoClient(cloud.url, cloud.token, clock=clock) as client:
                await flow(cloud, client)

        run(within())

    return runner


def edit(cloud: Cloud, *answer: bytes, **changed: Any) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """An answer of the chat that changes the draft."""

    async def answered(request: web.Request) -> web.StreamResponse:
        cloud.draft = copy.deepcopy(cloud.draft) | changed
        return await Stream(b"data: \n\n", *answer).send(request)

    return answered


def tool(result: Any, text: str = "Compressed as you wished.", name: str = "compress") -> Stream:
    """An answer of the chat whose tool answered this; the draft stays as it is."""
    call = {"functionCall": {"id": "c1", "name": name, "args": {}}}
    response = {"functionResponse": {"id": "c1", "name": name, "response": result}}
    return Stream(adk("", content={"parts": [call]}), adk("", content={"parts": [response]}), adk(text))


def said(cloud: Cloud) -> list[str]:
    return [request.json["new_message"]["parts"][0]["text"] for request in cloud.sent(CHAT)]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_the_agent_says_comes_through(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(adk("  Done,\nas you wished. ")))
        answer = await client.ask("s1", "make it better")
        assert (answer.text, answer.actions, answer.files) == ("  Done,\nas you wished. ", ("chat",), ())
        assert answer.reply is not None
        assert answer.reply.text == str(answer)
        assert said(cloud) == ["make it better"]

    on_cloud(flow)


@pytest.mark.parametrize(
    ("says", "words"), [("export", "Exported to {path} ({size})."), ("导出", "已导出到 {path}（{size}）。")]
)
def test_an_export_tells_where_the_file_lies(says: str, words: str, on_cloud: OnCloud, here: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        told: list[Progress] = []
        answer = await client.ask("s1", says, on_progress=told.append)
        path = here / "talk.mp4"
        told_words = words.format(path=path, size=told_size(len(cloud.result)))
        assert answer == Answer(told_words, ("export",), (), (path,), done=True)
        assert await asyncio.to_thread(path.read_bytes) == cloud.result
        assert not cloud.sent(CHAT)
        assert cloud.sent(RENDER)[0].json["draft"] == DRAFT
        assert {event.phase for event in told} >= {"render", "download"}

    on_cloud(flow)


def test_an_export_without_a_name_overwrites_nothing(on_cloud: OnCloud, here: Path) -> None:
    (here / "talk.mp4").write_bytes(b"mine")

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        for _ in range(2):
            await client.ask("s1", "export", overwrite=True)

    on_cloud(flow)
    assert names(here) == ["talk-2.mp4", "talk-3.mp4", "talk.mp4"]
    assert (here / "talk.mp4").read_bytes() == b"mine"


def test_an_export_goes_where_it_was_told(on_cloud: OnCloud, here: Path) -> None:
    (here / "out").mkdir()

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        assert (await client.ask("s1", "export", output=here / "a.mov")).files == (here / "a.mov",)
        assert cloud.sent(RENDER)[-1].json["output"]["format"] == "mov"
        assert (await client.ask("s1", "export", output="out")).files == (Path("out/talk.mp4"),)
        assert (await client.ask("s1", "export it as b.mp4")).files == (here / "b.mp4",)
        assert (await client.ask("s1", "export as out/c", output=None)).files == ()  # no file name: the agent's affair
        with pytest.raises(OutputExists):
            await client.ask("s1", "export it as b.mp4")

    on_cloud(flow)


@pytest.mark.parametrize(
    ("says", "suffix"),
    [
        ("export it as mp3", "mp3"),
        ("导出为GIF", "gif"),
        ("export as a wav file", "wav"),
        ("export as mov", "mov"),
        ("导出m4a格式", "m4a"),
    ],
)
def test_an_export_is_what_it_was_asked_to_be(says: str, suffix: str, on_cloud: OnCloud, here: Path) -> None:
    content = {"gif": b"GIF89a;", "mp3": b"ID3" + bytes(9), "wav": b"RIFF\x04\x00\x00\x00WAVE"}.get(suffix, FILM)

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        assert (await client.ask("s1", says)).files == (here / f"talk.{suffix}",)
        assert cloud.sent(RENDER)[-1].json["output"]["format"] == suffix
        assert not cloud.sent(CHAT)

    on_cloud(flow, result=content)


def test_the_timeline_says_what_an_export_is(on_cloud: OnCloud, here: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, edit(cloud, adk("It is a GIF now."), m={"format": "gif"}))
        answer = await client.ask("s1", "make it a GIF and export")
        assert (answer.actions, answer.files) == (("chat", "export"), (here / "talk.gif",))
        assert cloud.sent(RENDER)[-1].json["output"]["format"] == "gif"
        with pytest.raises(UsageError, match="exported as a GIF") as caught:
            await client.ask("s1", "export", output="film.mp4")
        assert "make it a video again" in str(caught.value.hint)
        assert len(cloud.sent(RENDER)) == 1

    on_cloud(flow, result=b"GIF89a;")
    assert names(here) == ["talk.gif"]


def test_a_plan_is_told_and_nothing_is_exported_for_it(on_cloud: OnCloud, here: Path) -> None:
    plan = {"status": "ok", "action": "encode", "limit": 10_000_000, "size": 9_900_000}

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, *(tool(plan, "It would become about 9.90 MB.", "plan") for _ in range(3)))
        answer = await client.ask("s1", "what would 10MB look like?")
        assert (answer.text, answer.done, answer.changes) == ("It would become about 9.90 MB.", True, ())
        with pytest.raises(AgentError, match="Nothing was exported"):
            await client.ask("s1", "plan it for Discord", output="film.mp4")
        assert cloud.sent(RENDER) == []
        answer = await client.ask("s1", "plan it for Discord, then export")  # asked for in words
        assert answer.files == (here / "talk.mp4",)

    on_cloud(flow)


def test_a_mixed_request_says_its_part_to_the_agent_and_then_exports(on_cloud: OnCloud, here: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, tool({"status": "ok"}))
        answer = await client.ask("s1", "Compress it to 20MB and then send me the video, please!")
        assert answer.actions == ("chat", "export")
        assert (
            answer.text
            == f"Compressed as you wished.\n\nExported to {here / 'talk.mp4'} ({told_size(len(cloud.result))})."
        )
        assert said(cloud) == ["Compress it to 20MB"]
        assert cloud.calls.index(CHAT) < cloud.calls.index(RENDER)

    on_cloud(flow)


def test_naming_an_output_is_wishing_for_it(on_cloud: OnCloud, here: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, tool({"status": "ok"}))
        assert (await client.ask("s1", "make it better", output="a.mp4")).actions == ("chat", "export")
        assert (await client.ask("s1", "make it better", output=here)).actions == ("chat",)
        assert (await client.ask("s1", "trim it but don't export", output="b.mp4")).actions == ("chat",)
        assert (await client.ask("s1", "credits", output="b.mp4")).actions == ("credits",)
        sent = len(cloud.sent(CHAT))
        with pytest.raises(OutputExists):
            await client.ask("s1", "make it better", output="a.mp4")
        assert len(cloud.sent(CHAT)) == sent  # refused before anything was paid for

    on_cloud(flow)


LOST = "I did not understand that.\nHere is what I can do."


@pytest.mark.parametrize(
    "result", [None, {"status": "error"}, {"error": "no such clip"}, "Error: no", {"result": "failed"}]
)
def test_nothing_is_exported_where_nothing_was_done(result: Any, on_cloud: OnCloud, here: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        def lost() -> Stream:
            return Stream(adk(LOST)) if result is None else tool(result, LOST)

        cloud.script(CHAT, lost(), lost(), lost())
        with pytest.raises(AgentError, match=r"Nothing was exported.* I did not understand that") as caught:
            await client.ask("s1", "make it wobble", output="a.mp4")
        assert isinstance(caught.value.answer, Answer)
        assert (caught.value.answer.text, caught.value.answer.done) == (LOST, False)
        assert "other words" in str(caught.value)
        assert not cloud.sent(RENDER)

    on_cloud(flow)
    assert names(here) == []


@pytest.mark.parametrize("result", [{"status": "error"}, {"error": "no such clip"}, "Error: no", {"result": "failed"}])
def test_what_failed_is_not_exported(result: Any, on_cloud: OnCloud, here: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, tool(result, LOST), tool(result, LOST))
        answer = await client.ask("s1", "make it wobble, then export")
        assert (answer.actions, answer.files, answer.done) == (("chat",), (), False)
        assert answer.text.startswith(f"{LOST}\n\nNothing was exported")
        assert "没有导出" in (await client.ask("s1", "晃一晃，然后导出")).text
        assert not cloud.sent(RENDER)

    on_cloud(flow)
    assert names(here) == []


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("compress it to 20MB and send me the video", "The timeline is as it was before these words"),
        ("压缩到20MB然后导出", "时间线与之前相同"),
    ],
)
def test_an_export_asked_for_in_words_comes_also_where_no_change_is_seen(
    says: str, told: str, on_cloud: OnCloud, here: Path
) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(adk("Compressed to 20MB.")))
        answer = await client.ask("s1", says)
        assert (answer.actions, len(answer.files)) == (("chat", "export"), 1)
        assert told in answer.text.splitlines()[-1]

    on_cloud(flow)


def test_what_proves_that_something_was_done(on_cloud: OnCloud, here: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(
            CHAT,
            edit(cloud, t=[*TRACKS, TITLE]),  # silent, and the timeline is another
            edit(cloud, adk("Here you are."), d=1000),  # no tool in the stream
            tool({"status": "ok"}),  # said twice: nothing changes, and it is done
            tool("done"),
        )
        for name in ("a.mp4", "b.mp4", "c.mp4", "d.mp4"):
            answer = await client.ask("s1", "add the title", output=name)
            assert (answer.files, answer.done) == ((Path(name),), True)
        assert (await client.ask("s1", "status")).done
        assert not (await client.ask("s1", "upload")).done
        assert not (await client.ask("s1", "what can you do?")).done

    on_cloud(flow)


def test_a_state_that_cannot_be_asked_proves_nothing(on_cloud: OnCloud, here: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(STATE, *[Reply({"code": 1002, "message": "gone"}, 404)] * 3)
        with pytest.raises(AgentError, match="Nothing was exported"):
            await client.ask("s1", "make it better", output="a.mp4")

    on_cloud(flow)


def test_a_silent_edit_is_told_by_what_changed(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, edit(cloud, t=[*TRACKS, TITLE]))
        answer = await client.ask("s1", "add the title 'Paradise Found'")
        assert answer.text == "Title added: 'Paradise Found' (0-3s)"
        assert answer.changes == ("Title added: 'Paradise Found' (0-3s)",)

    on_cloud(flow)


def test_nothing_said_and_nothing_changed_is_told_honestly(on_cloud: OnCloud) -> None:
    call = {"type": "tool_call", "name": "add_title", "args": {}}

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(b"data: \n\n"), Stream(flat(call)), Stream(b"data: \n\n"))
        assert "nothing changed" in (await client.ask("s1", "make it better")).text
        assert (await client.ask("s1", "make it better")).text.startswith("Steps taken: add_title.\n")
        assert "时间线也没有变化" in (await client.ask("s1", "变好看一点")).text

    on_cloud(flow)


def test_a_click_on_export_becomes_an_export(on_cloud: OnCloud, here: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(adk("I cut the intro. Click the Export button in the top right corner to save it.")))
        answer = await client.ask("s1", "cut the intro")
        assert answer.actions == ("chat", "export")
        assert answer.text == f"I cut the intro.\n\nExported to {here / 'talk.mp4'} ({told_size(len(cloud.result))})."
        assert len(cloud.sent(RENDER)) == 1
        cloud.script(CHAT, edit(cloud, adk("Click Export."), d=1000))
        assert (await client.ask("s1", "cut the intro and export")).actions == ("chat", "export")
        assert len(cloud.sent(RENDER)) == 2  # once, not for each who asked

    on_cloud(flow)


def test_the_screen_opens_nothing_that_the_person_forbade(on_cloud: OnCloud, here: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(adk("I cut it. Click Export.")))
        answer = await client.ask("s1", "don't export yet, cut the intro")
        assert (answer.text, answer.actions) == ("I cut it.", ("chat",))
        cloud.script(CHAT, Stream(adk("Click Export.")), Stream(adk("点击导出。")))
        assert "only spoke of a screen" in (await client.ask("s1", "trim it, but don't export")).text
        assert "界面" in (await client.ask("s1", "先不要导出，剪掉片头")).text
        assert not cloud.sent(RENDER)

    on_cloud(flow)


@pytest.mark.parametrize("says", ["don't export yet", "Please don't export anything.", "先不要导出"])
def test_a_refusal_goes_to_the_chat_and_nowhere_else(says: str, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(adk("All right. Click Export when you are ready.")))
        answer = await client.ask("s1", says)
        assert (answer.actions, answer.files) == (("chat",), ())
        assert said(cloud) == [says]

    on_cloud(flow)


def test_a_no_answers_the_agent(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(adk("All right.")))
        assert (await client.ask("s1", "no, thanks")).actions == ("chat",)

    on_cloud(flow)


@pytest.mark.parametrize(
    ("says", "resolution"),
    [
        ("export in 720p", "1280x720"),
        ("导出480p", "854x480"),
        ("trim it, then export it at 720p as talk_480p.mp4", "1280x720"),
        ("export as talk_480p.mp4", None),
        ("export", None),
    ],
)
def test_the_resolution_that_was_said(says: str, resolution: str | None, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.draft = {**DRAFT, "m": {"width": 1920, "height": 1080}}
        cloud.script(CHAT, edit(cloud, adk("Trimmed."), d=1000))
        assert len((await client.ask("s1", says)).files) == 1
        assert cloud.sent(RENDER)[0].json["output"].get("resolution") == resolution

    on_cloud(flow)


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (999, "999 bytes"),
        (999_999, "999 kB"),
        (1_000_000, "1.00 MB"),
        (49_999_999, "49.9 MB"),
        (1_239_999_999, "1.23 GB"),
    ],
)
def test_a_size_under_a_limit_is_not_told_as_the_limit(size: int, told: str) -> None:
    assert exported(Path("a.mp4"), size, "en") == f"Exported to a.mp4 ({told})."


def test_panels_accounts_and_uploads_are_shown(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(adk("Open the media panel. Check your billing page. Then click Upload.")))
        answer = await client.ask("s1", "what now?")
        assert answer.actions == ("chat", "state", "credits", "upload")
        assert answer.text.startswith("Timeline (1 track): 1. Video: talk.mp4 (0-2s)\n\nYou have 100 credits.\n\nWhich")

    on_cloud(flow)


def test_what_is_dragged_is_said_to_the_agent_once(on_cloud: OnCloud, here: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(
            CHAT,
            Stream(adk("Drag the title to the start of the timeline.")),
            edit(cloud, adk("Moved. Now drag the music to the end of the timeline and click Export.")),
        )
        answer = await client.ask("s1", "the title comes too late")
        assert said(cloud) == ["the title comes too late", "Move the title to the start of the timeline."]
        assert (answer.text, answer.actions) == ("Moved.", ("chat", "chat"))
        assert not cloud.sent(RENDER)

    on_cloud(flow)


def test_an_unknown_button_is_a_note(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(adk("Click the Magic Cut button.")))
        answer = await client.ask("s1", "make it magic")
        assert answer.actions == ("chat",)
        assert "Magic Cut" in answer.text

    on_cloud(flow)


def test_what_only_the_screen_asked_for_fails_as_a_note(on_cloud: OnCloud, here: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Stream(adk("I cut it. Click Export.")))
        cloud.script(RENDER, NO_PLAN)
        answer = await client.ask("s1", "cut the intro")
        assert answer.actions == ("chat",)
        assert answer.text.startswith("I cut it.\n\nNot done: the export. ")
        assert "upgrade" in answer.text

    on_cloud(flow)
    assert names(here) == []


def test_what_the_person_asked_for_raises_and_keeps_what_was_done(on_cloud: OnCloud, here: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, tool({"status": "ok"}))
        cloud.script(RENDER, NO_PLAN)
        with pytest.raises(PlanError) as caught:
            await client.ask("s1", "cut the intro and export")
        for error in (caught.value, pickle.loads(pickle.dumps(caught.value))):
            assert isinstance(error.answer, Answer)
            assert (error.answer.text, error.answer.actions) == ("Compressed as you wished.", ("chat",))
            assert error.session_id == "s1"
            assert "Compressed as you wished." in error.__notes__[0]

    on_cloud(flow)


def test_nothing_to_export(on_cloud: OnCloud, here: Path) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.draft = None
        with pytest.raises(UsageError, match="nothing to export") as caught:
            await client.ask("s1", "export")
        assert caught.value.answer is None
        assert "empty" in (await client.ask("s1", "status")).text
        assert "空" in (await client.ask("s1", "状态")).text
        assert not cloud.sent(RENDER)

    on_cloud(flow)


def test_errors_of_the_account_and_the_agent(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.script(CHAT, Reply({"code": 2001, "message": "no credits"}, 402), Stream(flat({"error": "boom"})))
        with pytest.raises(OutOfCredits) as caught:
            await client.ask("s1", "make it better")
        assert caught.value.hint
        with pytest.raises(AgentError, match="boom"):
            await client.ask("s1", "make it better")

    on_cloud(flow)


def test_credits_and_what_is_reserved(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        assert (await client.ask("s1", "what's my balance?")).text == "You have 100 credits."
        assert (await client.ask("s1", "还剩多少积分")).text == "你有 100 积分。"
        cloud.credits = {"available": 1050, "frozen": 50, "total": 1100}
        words = "You have 1,050 credits; 50 more are reserved for work under way (1,100 in all)."
        assert (await client.ask("s1", "credits")).text == words
        assert not cloud.sent(CHAT)
        assert len(cloud.sent(CREDITS)) == 3

    on_cloud(flow)


def test_status_shows_the_tracks_and_the_wish(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        cloud.draft = DRAFT | {"m": {"nemovideo": {"max_bytes": 5_000_000}}}
        answer = await client.ask("s1", "show tracks")
        assert answer.text == "Timeline (1 track): 1. Video: talk.mp4 (0-2s)\nWill be made to fit under 5 MB"
        assert cloud.calls == [STATE]
        cloud.draft = DRAFT | {"m": {"nemovideo": {"max_bytes": 869_485, "max_height": 480}}}
        words = (await client.ask("s1", "状态")).text
        assert words == "时间线（1 条轨道）：1. 视频: talk.mp4 (0-2s)\n导出时会压缩到 869 kB 以内（at most 480p）"

    on_cloud(flow)


def test_uploads(on_cloud: OnCloud, here: Path) -> None:
    for name in ("a.mp4", "my clip.mp4", "b.mp4"):
        (here / name).write_bytes(b"film")

    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        assert "Which file?" in (await client.ask("s1", "upload")).text
        assert "哪个文件" in (await client.ask("s1", "上传")).text
        assert not cloud.sent(UPLOAD)
        answer = await client.ask("s1", f'upload "{here / "my clip.mp4"}"')
        assert (answer.text, answer.actions) == ("Uploaded talk.mp4 (video, 320×180, 2.0 s, 25 fps).", ("upload",))
        assert b'filename="my clip.mp4"' in cloud.sent(UPLOAD)[0].body
        assert (await client.ask("s1", "", files=["a.mp4"])).actions == ("upload",)
        assert (await client.ask("s1", "upload it", files=["a.mp4"])).actions == ("upload",)
        assert (await client.ask("s1", "make it better", files=[b"film"])).actions == ("upload", "chat")
        assert (await client.ask("s1", "上传 b.mp4，压缩一下")).actions == ("upload", "chat")
        assert cloud.calls.index(UPLOAD) < cloud.calls.index(CHAT)
        with pytest.raises(SourceNotFound):
            await client.ask("s1", "upload missing.mp4")

    on_cloud(flow)


@pytest.mark.parametrize("says", ["", " \n"])
def test_nothing_said(says: str, on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        with pytest.raises(UsageError, match="empty"):
            await client.ask("s1", says)
        assert cloud.requests == []

    on_cloud(flow)


def test_a_stream_that_is_cut_and_recovered_is_told(on_cloud: OnCloud) -> None:
    async def flow(cloud: Cloud, client: AsyncNemoClient) -> None:
        async def cut(request: web.Request) -> web.StreamResponse:
            cloud.draft = copy.deepcopy(DRAFT) | {"t": [*TRACKS, TITLE]}
            stream = Stream(adk("Adding"), open_ended=True)
            stream.finish(cut=True)
            return await stream.send(request)

        cloud.script(CHAT, cut)
        answer = await client.ask("s1", "add the title 'Paradise Found'")
        assert answer.text.startswith("Adding\n\nThe answer was cut off, but the work was done:\nTitle added:")
        assert len(said(cloud)) == 1

    on_cloud(flow)


def test_a_whole_conversation_on_this_machine(run: Run[Any], talk: Path, here: Path) -> None:
    (here / "talk.mp4").write_bytes(talk.read_bytes())

    async def flow() -> None:
        async with AsyncNemoClient.local() as client:
            session = await client.session.create()
            turns = [
                ("hello", ("chat",)),
                ("upload talk.mp4", ("upload",)),
                ("压缩到 0.1MB，然后发给我", ("chat", "export")),
                ("show tracks", ("state",)),
                ("credits", ("credits",)),
                ("make me a sandwich", ("chat",)),
                ("compress phone.mp4 to 1MB, then export", ("chat",)),
            ]
            for says, actions in turns:
                answer = await client.ask(session, says)
                assert answer.actions == actions
                assert answer.text.strip()
            assert "phone.mp4 is not in this session" in answer.text
            assert (await client.ask(session, "credits")).text.startswith("This machine counts no credits")
            assert (await client.ask(session, "状态")).text.startswith("时间线（1 条轨道）：1. 视频: talk.mp4 (0-")
            with pytest.raises(AgentError, match="I did not understand") as lost:
                await client.ask(session, "make me a sandwich", output="old.mp4")
            assert isinstance(lost.value.answer, Answer)
            wish = "make talk.mp4 half its size and remove the sound"
            assert (await client.ask(session, wish, output="half.mp4")).files == (Path("half.mp4"),)
            with pytest.raises(NemoError) as caught:
                await client.ask(session, "compress it to 0.000001MB, then export")
            assert isinstance(caught.value.answer, Answer)

    run(flow())
    assert names(here) == ["half.mp4", "talk-2.mp4", "talk.mp4"]
    assert (here / "half.mp4").stat().st_size <= (here / "talk.mp4").stat().st_size // 2
    assert (here / "talk-2.mp4").stat().st_size <= 100_000
