"""What the agent understands, does and says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nemovideo.engine.agent.events import events_of
from nemovideo.engine.agent.turn import take_turn
from nemovideo.engine.archive import SessionRow, UploadRow
from nemovideo.protocol.compress import CompressRequest
from nemovideo.protocol.gui import Translation, translate


def session(draft: dict[str, Any] | None = None, language: str = "en") -> SessionRow:
    return SessionRow("s", "a", "t", "project", language, draft)


def upload(name: str = "talk.mp4", kind: str = "video", size: int = 100_000_000, hash_: str = "h1") -> UploadRow:
    return UploadRow("u", "s", "a", name, kind, "/x", hash_, size, 1, 1, 10.0, 1920, 1080, 30.0)


@pytest.mark.parametrize(
    ("text", "max_bytes"),
    [
        ("compress this video to under 50MB without losing too much quality", 50_000_000),
        ("compress a 500MB 10-minute MP4 recording into a 1080p MP4", None),
        ("reducing video file size for sharing or uploading for content creators, students, marketers", None),
        ("fit it into Discord", 10_000_000),
        ("make it 40% smaller", 60_000_000),
        ("compress to 30% of its size", 30_000_000),
        ("compress it to half the size", 50_000_000),
        ("压缩到20MB以内", 20_000_000),
        ("compress this without losing too much quality", None),
    ],
)
def test_compressing(text, max_bytes):
    turn = take_turn(text, session(), [upload()])
    assert turn.calls
    assert turn.calls[0].name == "compress"
    assert turn.calls[0].args["max_bytes"] == max_bytes
    assert turn.calls[0].response == {"status": "ok", "source": "h1"}
    assert turn.draft is not None
    assert turn.draft["m"]["nemovideo"]["max_bytes"] == max_bytes
    assert "talk.mp4" in turn.text


def test_a_programs_sentence_arrives_exactly():
    request = CompressRequest(
        max_bytes=12_345_678, codec="av1", effort="best", max_height=None, fps=23.976, audio="opus"
    )
    turn = take_turn(request.to_sentence(), session(), [upload()])
    assert turn.draft is not None
    assert CompressRequest.model_validate(turn.draft["m"]["nemovideo"]) == request


@pytest.mark.parametrize(
    "text",
    [
        "paint it blue",
        "don't compress it",
        "make it nicer",
        "🙂",
        "0",
        f"compress to at most {10**400} bytes",
    ],
)
def test_what_is_not_understood_changes_nothing(text):
    turn = take_turn(text, session(), [upload()])
    assert turn.draft is None
    assert turn.calls
    assert turn.calls[0].response == {"status": "error", "reason": "not_understood"}
    assert "50MB" in turn.text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("don't export yet", "All right, nothing was done."),
        ("Please don't upload anything.", "All right, nothing was done."),
        ("先不要导出", "好的，没有执行任何操作。"),
    ],
)
def test_a_bare_refusal_is_confirmed(text, told):
    turn = take_turn(text, session(), [upload()])
    assert (turn.text, turn.calls, turn.draft) == (told, (), None)


def test_help_in_both_languages():
    assert take_turn("What can you do?", session(), []).text.startswith("Here is what I can do")
    assert take_turn("你能做什么", session(), []).text.startswith("我可以")


@pytest.mark.parametrize(
    ("text", "language", "chinese"),
    [
        ("paint it blue", "zh-CN", False),  # the person's words decide, turn by turn
        ("720p", "zh-CN", True),
        ("compress 电影.mp4 to 5MB", "en", False),
        ("把talk.mp4压缩到5MB", "en", True),
        ("720p", "en", False),
    ],
)
def test_the_language_is_that_of_the_words(text: str, language: str, chinese: bool) -> None:
    said = take_turn(text, session(language=language), [upload(), upload("电影.mp4", hash_="h2")]).text
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said.replace("电影.mp4", "")) == chinese


@pytest.mark.parametrize("text", ["compress phone.mp4 to 5MB", "把phone.mp4压缩到5MB", "make 2-talk.mp4 smaller"])
@pytest.mark.parametrize("uploads", [[], [upload()]])
def test_a_file_that_is_not_here_is_not_replaced_by_another(text: str, uploads: list[UploadRow]) -> None:
    turn = take_turn(text, session(), uploads)
    assert turn.draft is None
    assert turn.calls
    assert turn.calls[0].response == {"status": "error", "reason": "not_in_session"}
    name = "2-talk.mp4" if "2-talk" in text else "phone.mp4"
    assert turn.text.startswith((f"{name} is not in this session: upload it first", f"{name} 不在这个会话里"))


@pytest.mark.parametrize(
    "text",
    [
        "compress it to 5MB and save it as small.mp4",
        "compress /home/me/talk.mp4 to 5MB",
        "compress talk.mp4 into out.mp4",
    ],
)
def test_a_result_and_a_path_are_no_other_file(text: str) -> None:
    assert take_turn(text, session(), [upload()]).draft is not None


@pytest.mark.parametrize(
    ("text", "source", "limit", "height", "left"),
    [
        (
            "Make party.mp4 fit into Discord, then the same for lecture.mp4 at 480p.",
            "party.mp4",
            10,
            1080,
            "lecture.mp4",
        ),
        ("compress lecture.mp4 and party.mp4 to 2MB", "lecture.mp4", 2, 1080, "party.mp4"),
        ("把party.mp4压缩到2MB，lecture.mp4压缩到1MB", "party.mp4", 2, 1080, "lecture.mp4"),
        ("Make these two clips smaller than 3MB", "lecture.mp4", 3, 1080, "party.mp4"),
        ("compress party.mp4 to 3MB", "party.mp4", 3, 1080, None),
    ],
)
def test_one_video_at_a_time(text: str, source: str, limit: int, height: int, left: str | None) -> None:
    turn = take_turn(text, session(), [upload("party.mp4", hash_="p"), upload("lecture.mp4", hash_="l")])
    assert turn.calls
    assert turn.draft is not None
    wish = turn.draft["m"]["nemovideo"]
    assert (turn.calls[0].args["source"], wish["max_bytes"], wish["max_height"]) == (source, limit * 1_000_000, height)
    told = [line for line in turn.text.splitlines() if "one video at a time" in line or "一次只处理一个" in line]
    assert (left in told[0]) if left else not told


def test_a_follow_up_adds_to_what_was_wished() -> None:
    first = take_turn("compress it to 2MB at 30 fps", session(), [upload()])
    second = take_turn("actually keep it 480p and drop the audio", session(first.draft), [upload()])
    assert second.draft is not None
    assert CompressRequest.model_validate(second.draft["m"]["nemovideo"]) == CompressRequest(
        max_bytes=2_000_000, fps=30, max_height=480, audio="none"
    )
    third = take_turn("compress it to 3MB", session(second.draft), [upload()])
    assert third.draft is not None
    assert third.draft["m"]["nemovideo"] == CompressRequest(max_bytes=3_000_000).model_dump()
    other = take_turn("480p please", session(first.draft), [upload(), upload("b.mp4", hash_="b")])
    assert other.draft is not None
    assert other.draft["m"]["nemovideo"] == CompressRequest(max_height=480).model_dump()
    program = take_turn(CompressRequest().to_sentence(), session(second.draft), [upload()])
    assert program.draft is not None
    assert program.draft["m"]["nemovideo"] == CompressRequest().model_dump()


def test_sizes_have_one_form() -> None:
    assert "talk.mp4 (6.21 MB)" in take_turn("half of its size", session(), [upload(size=6_213_999)]).text
    assert "at most 3.1 MB" in take_turn("half of its size", session(), [upload(size=6_213_999)]).text


def test_no_upload_and_no_picture():
    nothing = take_turn("compress to 5MB", session(), [])
    assert nothing.draft is None
    assert nothing.calls
    assert nothing.calls[0].response["reason"] == "no_upload"
    for kind in ("audio", "image"):
        turn = take_turn("compress to 5MB", session(), [upload(kind=kind)])
        assert turn.draft is None
        assert turn.calls
        assert turn.calls[0].response["reason"] == "no_picture"
        assert "talk.mp4" in turn.text


def test_which_upload_is_meant():
    uploads = [upload("a.mp4", hash_="a"), upload("b.mp4", hash_="b"), upload("song.mp3", "audio", hash_="s")]

    def meant(text: str) -> Any:
        turn = take_turn(text, session(), uploads)
        assert turn.calls
        return turn.calls[0].args["source"]

    assert meant("compress to 5MB") == "b.mp4"
    assert meant("compress A.MP4 to 5MB") == "a.mp4"
    assert meant("compress song.mp3 to 5MB") == "song.mp3"
    long = [upload("talk.mp4"), upload("my talk.mp4")]
    turn = take_turn("compress my talk.mp4 to 5MB", session(), long)
    assert turn.calls
    assert turn.calls[0].args["source"] == "my talk.mp4"


def test_a_name_is_no_wish():
    turn = take_turn("compress at most 90mb.mp4", session(), [upload("at most 90mb.mp4")])
    assert turn.calls
    assert turn.calls[0].args["max_bytes"] is None


def test_a_chain_keeps_its_timeline_and_another_upload_begins_one():
    first = take_turn("compress to 5MB", session(), [upload()])
    assert first.draft is not None
    edited = first.draft | {"zz": 1}
    second = take_turn("compress to 4MB", session(edited), [upload()])
    assert second.draft is not None
    assert second.draft["zz"] == 1
    assert second.draft["m"]["nemovideo"]["max_bytes"] == 4_000_000
    other = take_turn("compress to 4MB", session(edited), [upload(), upload("b.mp4", hash_="b")])
    assert other.draft is not None
    assert "zz" not in other.draft
    assert other.draft["t"][0]["sg"][0]["m"]["src"] == "b"


def test_what_fits_is_said_to_fit():
    assert "already under 50 MB" in take_turn("compress to 50MB", session(), [upload(size=49_000_000)]).text


@pytest.mark.parametrize("more", ["at 480p", "with HEVC", "at 24 fps", "without sound"])
def test_what_fits_but_is_to_be_changed_is_not_said_to_stay(more):
    said = take_turn(f"compress to 50MB {more}", session(), [upload(size=49_000_000)]).text
    assert "stays" not in said
    assert "50 MB" in said


@pytest.mark.parametrize("text", ["compress to 5MB", "压缩到5MB以内", "paint it blue", "help"])
def test_no_word_names_a_screen(text):
    said = take_turn(text, session(), [upload()]).text.lower()
    for word in ("click", "button", "panel", "drag", "export", "点击", "导出", "打开", "拖", "上传", "temporary"):
        assert word not in said


@pytest.mark.parametrize("text", ["compress to 5MB", "压缩到5MB以内", "paint it blue", "help", "你能做什么"])
def test_its_words_come_through_the_translation_of_screen_talk(text: str) -> None:
    said = take_turn(text, session(), [upload()]).text
    assert translate(said) == Translation(said)


def test_events_are_the_servers_form():
    turn = take_turn("compress to 5MB", session(), [upload("电影\u2028.mp4")])
    lines = events_of(turn, now=1.5)
    assert all(line.startswith(b"data: ") and line.endswith(b"\n\n") and line.count(b"\n") == 2 for line in lines)
    call, response, text = (json.loads(line[6:]) for line in lines)
    assert call["content"]["parts"][0]["functionCall"]["args"]["fps"] is None
    assert response["actions"]["stateDelta"] == {"draft": turn.draft}
    assert text["content"] == {"parts": [{"text": turn.text}], "role": "model"}
    for event in (call, response, text):
        assert None not in [value for key, value in event.items() if key != "content"]
    assert len(events_of(take_turn("help", session(), []), now=1.5)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "compress it, 5MB" + "-" * 20_000 + "x",
        "compress " + "a" * 50_000,
        "compress " + "a.mp4 " * 5_000,
        "compress a.mp4" + " " * 50_000 + "b.mp4",
        "make " * 10_000 + "half",
    ],
)
def test_a_long_text_is_read_in_time(text: str) -> None:
    take_turn(text, session(), [upload("a.mp4"), upload("b.mp4", hash_="b")])
