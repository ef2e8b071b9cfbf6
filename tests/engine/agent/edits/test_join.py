"""Clips together, off again, and in another order."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engine.agent.edits.scenes import (
    SONG,
    TALK,
    TWO,
    done,
    film,
    name_of,
    piece,
    read,
    refused,
    scene,
    speaks_well,
    two_clips,
    undone,
    upload,
)

from nemovideo.engine.agent.clips import Clips
from nemovideo.engine.agent.edits.edit import Done, Edit, Scene
from nemovideo.engine.agent.edits.join import Join
from nemovideo.engine.agent.edits.order import Move, Repeat, Turned
from nemovideo.engine.agent.edits.remove import Remove
from nemovideo.engine.agent.edits.unclear import Unclear

END = upload("end.mp4", "e", seconds=2)
ALL = (TALK, TWO, END, SONG)


def order(draft: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(one["m"]["src"], one["m"]["start"], one["d"]) for one in draft["t"][0]["sg"]]


def joined(edit: Edit, at: Scene) -> dict[str, Any]:
    result = edit.apply(at)
    assert isinstance(result, Done)
    speaks_well(result.said)
    inverse = edit.inverse(at)
    assert inverse is not None
    back = inverse.apply(Scene(result.draft, at.uploads, at.upload))
    assert isinstance(back, Done)
    assert back.draft["t"] == at.draft["t"]
    return result.draft


@pytest.mark.parametrize(
    ("text", "kind", "edit"),
    [
        ("join talk.mp4 and two.mp4", "join", Join((TALK, TWO))),
        ("merge two.mp4 and talk.mp4", "join", Join((TWO, TALK))),
        ("combine talk.mp4, two.mp4 and end.mp4 into one video", "join", Join((TALK, TWO, END))),
        ("put talk.mp4 and two.mp4 together", "join", Join((TALK, TWO))),
        ("merge all the videos", "join", Join((TALK, TWO, END))),
        ("append two.mp4", "join", Join((TWO,), "end")),
        ("add two.mp4 at the end", "join", Join((TWO,), "end")),
        ("attach two.mp4", "join", Join((TWO,), "end")),
        ("insert two.mp4 at the beginning", "join", Join((TWO,), "start")),
        ("put two.mp4 before talk.mp4", "join", Join((TWO,), "before", TALK)),
        ("add two.mp4 after talk.mp4", "join", Join((TWO,), "after", TALK)),
        ("append two.mp4 to talk.mp4", "join", Join((TWO,), "after", TALK)),
        ("put two.mp4 first", "order", Join((TWO,), "start")),
        ("把 talk.mp4 和 two.mp4 拼接", "join", Join((TALK, TWO))),
        ("合并所有视频", "join", Join((TALK, TWO, END))),
        ("把two.mp4接到后面", "join", Join((TWO,), "end")),
        ("把 two.mp4 放到最前面", "order", Join((TWO,), "start")),
        ("把 two.mp4 接到 talk.mp4 后面", "join", Join((TWO,), "after", TALK)),
        ("join them", "join", Join((TALK, TWO, END))),
        ("merge both clips", "join", Unclear("which_files")),
        ("loop it twice", "repeat", Repeat(2)),
        ("repeat it 3 times", "repeat", Repeat(3)),
        ("重复三次", "repeat", Repeat(3)),
    ],
)
def test_sentences(text: str, kind: str, edit: Edit) -> None:
    assert read(text, None, *ALL) == (kind, edit)


@pytest.mark.parametrize(
    ("text", "kind", "edit"),
    [
        ("remove two.mp4", "remove", Remove(Clips(src="w", name="two.mp4"))),
        ("take talk.mp4 out", "remove", Remove(Clips(src="t", name="talk.mp4"))),
        ("remove the second clip", "remove", Remove(Clips(nth=2))),
        ("delete the last clip", "remove", Remove(Clips(nth=-1))),
        ("删掉第二段", "remove", Remove(Clips(nth=2))),
        ("把 two.mp4 删掉", "remove", Remove(Clips(src="w", name="two.mp4"))),
        ("swap the clips", "order", Turned()),
        ("swap talk.mp4 and two.mp4", "order", Turned((TALK, TWO))),
        ("reverse the order", "order", Turned()),
        ("put two.mp4 first", "order", Move(Clips(src="w", name="two.mp4"), "start")),
        ("move the first clip to the end", "order", Move(Clips(nth=1), "end")),
        ("交换两个片段", "order", Turned()),
        ("把 two.mp4 放到最前面", "order", Move(Clips(src="w", name="two.mp4"), "start")),
    ],
)
def test_sentences_of_several_clips(text: str, kind: str, edit: Edit) -> None:
    assert read(text, two_clips(), *ALL) == (kind, edit)


@pytest.mark.parametrize(
    "text",
    [
        "add bgm.mp3",
        "add a title at the end",
        "join the army",
        "combine music and video",
        "don't merge the clips",
        "play it twice as fast",
        "add talk.mp4 as a watermark",
        "remove the last 2 seconds",
        "remove the sound",
        "put a title first",
    ],
)
def test_what_is_another_thing(text: str) -> None:
    found = read(text, two_clips(), *ALL)
    assert found is None or found[0] not in {"join", "remove", "order", "repeat"} or isinstance(found[1], Unclear)


def test_joining() -> None:
    at = Scene(film(), ALL, TALK)
    assert order(joined(Join((TALK, TWO)), at)) == [("t", 0, 10_000), ("w", 10_000, 5000)]
    assert order(joined(Join((TWO, TALK)), at)) == [("w", 0, 5000), ("t", 5000, 10_000)]
    assert order(joined(Join((END,), "start"), Scene(two_clips(), ALL, TALK)))[0] == ("e", 0, 2000)
    between = joined(Join((END,), "after", TALK), Scene(two_clips(), ALL, TALK))
    assert [src for src, *_ in order(between)] == ["t", "e", "w"]
    assert between["m"]["width"] == 1920


def test_a_clip_keeps_the_edits_that_it_has() -> None:
    trimmed = film(piece(TALK, 0, 3000, **{"in": 2000}))
    draft = joined(Join((TALK, TWO)), Scene(trimmed, ALL, TALK))
    assert draft["t"][0]["sg"][0] == trimmed["t"][0]["sg"][0]
    assert draft["d"] == 8000


def test_clips_of_other_films_begin_a_new_timeline() -> None:
    draft = Join((TWO, END)).apply(Scene(film(), ALL, TALK))
    assert isinstance(draft, Done)
    assert order(draft.draft) == [("w", 0, 5000), ("e", 5000, 2000)]
    assert (draft.draft["m"]["width"], draft.draft["m"]["title"]) == (1280, "project")


def test_refusals() -> None:
    image = upload("logo.png", "i", "image")
    assert refused(Join((image,), "end"), scene()) == "no_picture"
    assert refused(Join((TALK, TWO)), scene(two_clips())) == "already_there"
    assert refused(Remove(Clips(src="t", name="talk.mp4")), scene()) == "empty"
    assert refused(Remove(Clips(src="w", name="two.mp4")), scene()) == "no_such_clip"
    assert refused(Turned(), scene()) == "one_clip"
    assert refused(Move(Clips(nth=1), "end"), scene()) == "one_clip"
    assert refused(Repeat(50), scene()) == "times_range"


def test_taking_off_and_moving() -> None:
    assert order(done(Remove(Clips(nth=1)), scene(two_clips()))) == [("w", 0, 5000)]
    assert order(done(Turned(), scene(two_clips()))) == [("w", 0, 5000), ("t", 5000, 10_000)]
    assert order(done(Turned((TALK, TWO)), scene(two_clips())))[0][0] == "w"
    assert order(done(Move(Clips(nth=2), "start"), scene(two_clips())))[0][0] == "w"
    assert [src for src, *_ in order(done(Repeat(2), scene(two_clips())))] == ["t", "w", "t", "w"]
    for edit in (Remove(Clips(nth=1)), Turned(), Turned((TALK, TWO)), Move(Clips(nth=2), "start"), Repeat(2)):
        undone(edit, scene(two_clips()))


def test_other_things_are_left_alone() -> None:
    assert name_of("remove bgm.mp3") == "remove"


def test_a_clip_in_two_pieces_stays_in_its_order() -> None:
    cut = film(piece(TALK, 0, 2000), piece(TALK, 2000, 3000, **{"in": 4000}), piece(TWO, 5000, 5000))
    assert order(done(Turned(), scene(cut))) == [("w", 0, 5000), ("t", 5000, 2000), ("t", 7000, 3000)]
    assert refused(Turned(), scene(film(piece(TALK, 0, 2000), piece(TALK, 2000, 3000)))) == "one_clip"
