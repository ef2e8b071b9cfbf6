"""Messages of several wishes: what is done, what is said, what an undo brings back."""

from __future__ import annotations

from typing import Any

import pytest

from nemovideo.engine.agent.answer import Moves, Turn
from nemovideo.engine.agent.events import events_of
from nemovideo.engine.agent.turn import take_turn
from nemovideo.engine.archive import SessionRow, UploadRow
from nemovideo.engine.drafts import timeline_of
from nemovideo.engine.history import History
from nemovideo.protocol.gui import Translation, translate


def upload(name: str, kind: str = "video", seconds: float = 120.0) -> UploadRow:
    return UploadRow(f"id-{name}", "s", "a", name, kind, "/secret", name, 50_000_000, 1, 1, seconds, 1920, 1080, 30.0)


A, B, SONG = upload("a.mp4"), upload("b.mp4"), upload("song.mp3", "audio")


def session(draft: dict[str, Any] | None = None, latest: UploadRow | None = None) -> SessionRow:
    return SessionRow("s", "a", "t", "project", "en", draft, None if latest is None else latest.id)


def said(text: str, *uploads: UploadRow, draft: dict[str, Any] | None = None) -> Turn:
    return take_turn(text, session(draft), uploads or (A,))


def told(turn: Turn) -> list[tuple[str, str]]:
    return [(call.name, str(call.response.get("reason", call.response["status"]))) for call in turn.calls]


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("trim the first 5 seconds and compress to 10MB", [("cut", "ok"), ("compress", "ok")]),
        ("cut to 10 s, then speed it up 2x and loop it twice", [("trim", "ok"), ("speed", "ok"), ("repeat", "ok")]),
        ("please, can you trim the last 5 seconds?", [("cut", "ok")]),
        ("trim the last 5 seconds, then export", [("cut", "ok")]),
        ("remove the first 5 s and don't export yet", [("cut", "ok")]),
        ("for the first 5 seconds, play it at double speed", [("speed", "ok")]),
        ("paint it blue and trim the last 5 seconds", [("edit", "not_understood"), ("cut", "ok")]),
        ("trim the last 5 seconds and stabilize it", [("cut", "ok"), ("edit", "unable")]),
        ("speed up 2x and keep 10:00 to 11:00", [("speed", "ok"), ("trim", "beyond_end")]),
        ("join a.mp4 and gone.mp4", [("join", "not_in_session")]),
        ("0:30 to 1:45", [("trim", "ok")]),
        ("oops, go back", [("undo", "nothing_to_undo")]),
        ("不对，撤销", [("undo", "nothing_to_undo")]),
        ("play it at 0.25x from 5s to 7s", [("speed", "ok")]),
        ("剪掉前5秒，然后压缩到10MB", [("cut", "ok"), ("compress", "ok")]),
        ("帮我把前5秒删掉，再加速两倍", [("cut", "ok"), ("speed", "ok")]),
        ("把前5秒删掉，然后画成蓝色", [("cut", "ok"), ("edit", "not_understood")]),
    ],
)
def test_each_wish_has_its_call(text: str, calls: list[tuple[str, str]]) -> None:
    turn = said(text)
    assert told(turn) == calls
    assert (turn.draft is not None) == any(status == "ok" for _, status in calls) == turn.costs
    assert translate(turn.text) == Translation(turn.text)
    assert "/secret" not in str(turn)


def test_it_says_what_was_done_in_numbers() -> None:
    assert said("keep 0:30 to 1:45").text == "Kept 0:30–1:45 of a.mp4; the timeline is 1 min 15 s now."
    assert said("删掉最后20秒").text == "删掉了 1:40–2:00（20 秒）；时间线现在长 1 分 40 秒。"


def test_what_is_not_done_is_said_beside_what_is() -> None:
    turn = said("trim the last 5 seconds, paint it blue")
    assert turn.text.startswith(
        "Removed 1:55–2:00 (5 s); the timeline is 1 min 55 s now.\nI did not understand “paint it blue”"
    )
    assert '"undo"' in turn.text
    refused = said("speed up 2x and keep 10:00 to 11:00")
    assert refused.text.splitlines()[1].startswith("It is 1 min long, so there is nothing at 11:00.")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("generate a video of a cat", "generate"),
        ("add subtitles automatically from the speech", "subtitles"),
        ("stabilise it", "stabilise"),
        ("make it brighter", "colour"),
        ("make it black and white", "colour"),
        ("remove the background", "background"),
        ("translate it to French", "translate"),
        ("add a voiceover", "voiceover"),
        ("blur the faces", "blur_parts"),
        ("remove the watermark", "watermark"),
        ("upscale it", "upscale"),
        ("denoise the audio", "denoise"),
        ("play it backwards", "reverse"),
        ("cut out the silent parts by finding the pauses", "find_parts"),
        ("生成一个视频", "generate"),
        ("加滤镜", "colour"),
        ("去掉水印", "watermark"),
        ("防抖", "stabilise"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(text: str, what: str) -> None:
    turn = said(text)
    assert turn.draft is None
    assert (turn.calls[0].response.get("what") or turn.calls[0].response["reason"]) == what
    assert turn.text
    assert translate(turn.text) == Translation(turn.text)


def test_nothing_is_edited_where_there_is_no_film() -> None:
    assert take_turn("trim to 5 s", session(), []).text.startswith("There is no video in this session yet.")
    alone = said("trim to 5 s", SONG)
    assert (told(alone), alone.draft) == ([("trim", "no_picture")], None)


def test_a_named_upload_begins_a_timeline_and_the_one_before_is_kept_apart() -> None:
    first = said("trim a.mp4 to 10 s", A, B)
    assert first.draft is not None
    second = take_turn("trim b.mp4 to 20 s", session(first.draft, B), [A, B])
    assert second.draft is not None
    assert second.draft["t"][0]["sg"][0]["m"]["src"] == "b.mp4"
    assert second.text.startswith("This is a new timeline with b.mp4")
    both = said("trim a.mp4 to 10 s, then trim b.mp4 to 20 s", A, B)
    assert [len(both.between), both.between[0]["d"]] == [1, 10_000]


def test_a_chain_keeps_its_timeline_until_a_new_video_comes() -> None:
    chain = said("trim a.mp4 to 10 s", A, B).draft
    again = take_turn("speed it up 2x", session(chain, B), [A, B])
    assert again.draft is not None
    assert (again.draft["d"], again.draft["t"][0]["sg"][0]["m"]["src"]) == (5000, "a.mp4")
    small = take_turn("compress it to 5MB", session(chain, B), [A, B])
    assert small.draft is not None
    assert small.draft["d"] == 10_000
    assert "The timeline is set to be compressed" in small.text
    news = take_turn("speed it up 2x", session(chain, A), [A, B])
    assert news.draft is not None
    assert news.draft["t"][0]["sg"][0]["m"]["src"] == "b.mp4"
    music = take_turn("speed it up 2x", session(chain, A), [A, SONG])
    assert music.draft is not None
    assert music.draft["d"] == 5000


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("trim the first video to 5 s", "a.mp4"),
        ("trim the second clip to 5 s", "b.mp4"),
        ("把第一个视频剪到5秒", "a.mp4"),
        ("trim the latest video to 5 s", "b.mp4"),
        ("trim it to 5 s", "b.mp4"),
        ("trim A.MP4 to 5 s", "a.mp4"),
    ],
)
def test_which_upload_is_meant(text: str, source: str) -> None:
    turn = said(text, A, B, SONG)
    assert turn.draft is not None
    (shown,) = turn.draft["t"][0]["sg"]
    assert (shown["m"]["src"], shown["d"]) == (source, 5000)


def test_undo_and_redo_go_through_the_history() -> None:
    one, two, three = (dict[str, Any](d=n, t=[], m={"n": n}) for n in (1, 2, 3))
    past = History((two, one), (three,))

    def turn(text: str) -> Turn:
        return take_turn(text, session({"d": 9, "t": [], "m": {}}), [A], past)

    back = turn("undo")
    assert (back.draft, back.moves, back.edits, back.costs) == (two, Moves(back=1), False, False)
    assert (turn("undo twice").draft, turn("undo twice").moves) == (one, Moves(back=2))
    assert (turn("redo").draft, turn("redo").moves) == (three, Moves(forth=1))
    reset = turn("start over")
    assert (reset.edits, reset.costs) == (True, False)
    assert reset.draft is not None
    assert reset.draft["d"] == 120_000
    then = turn("undo that and trim it to 10 s")
    assert (then.moves, then.edits, then.costs) == (Moves(back=1), True, True)


def test_there_may_be_nothing_to_undo() -> None:
    for text, reason in (("undo", "nothing_to_undo"), ("redo", "nothing_to_redo"), ("撤销", "nothing_to_undo")):
        turn = said(text)
        assert (turn.draft, turn.calls[0].response["reason"], turn.costs) == (None, reason, False)
    within = said("trim to 10 s and undo that")
    assert (within.draft, within.moves, within.costs) == (None, Moves(), False)


def test_one_pair_of_events_for_each_call_and_the_draft_with_the_last() -> None:
    turn = said("trim to 10 s and speed it up 2x")
    events = events_of(turn, now=1.0)
    assert len(events) == 5
    assert [b'"draft"' in event for event in events] == [False, False, False, True, False]


def test_a_failure_at_the_end_still_tells_the_draft() -> None:
    events = events_of(said("trim to 10 s and keep 10:00 to 11:00"), now=1.0)
    assert b'"draft"' in events[3]


def test_words_for_the_client_are_no_edit() -> None:
    assert (said("export").calls, said("export").draft) == ((), None)
    assert said("credits").text.startswith("That is no edit")


def test_what_goes_with_an_edit_is_not_passed_over() -> None:
    turn = said("trim to 10 s, at night")
    assert told(turn) == [("trim", "ok"), ("edit", "not_understood")]


def test_the_first_edit_of_another_upload_comes_back_to_its_whole_length() -> None:
    first = said("trim to 10 s", A, B, draft=said("compress a.mp4 to 5MB", A).draft)
    assert first.text.startswith("This is a new timeline with b.mp4")
    fresh = timeline_of(A, "project")
    turn = said("trim to 10 s", A, B, draft=fresh)
    assert turn.text.startswith("Kept")
    assert [draft["d"] for draft in turn.between] == [120_000]
    assert turn.between[0]["t"][0]["sg"][0]["m"]["src"] == "b.mp4"


def test_two_films_in_one_message() -> None:
    turn = said("Trim a.mp4 to the first 10 seconds and b.mp4 to the last 5 seconds", A, B)
    assert told(turn) == [("trim", "ok"), ("trim", "ok")]
    assert [call.args["source"] for call in turn.calls] == ["a.mp4", "b.mp4"]
    joined = said("put a.mp4 after b.mp4 and trim the result to 20 seconds", A, B, upload("talk.mp4"))
    assert told(joined) == [("join", "ok"), ("trim", "ok")]
    assert joined.draft is not None
    assert [one["m"]["src"] for one in joined.draft["t"][0]["sg"]] == ["b.mp4"]


@pytest.mark.parametrize("text", ["thanks", "nevermind", "不对", "ok"])
def test_politeness_is_answered_without_a_list(text: str) -> None:
    assert (said(text).calls, said(text).text.count("\n")) == ((), 0)
