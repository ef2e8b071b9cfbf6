"""Taking a part out."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import TALK, done, film, name_of, piece, read, refused, scene, two_clips, undone

from nemovideo.engine.agent.edits.cut import Cut
from nemovideo.engine.agent.edits.unclear import Unclear
from nemovideo.engine.agent.spans import Span

LAST, FIRST, PAIR = Span(-2000, None), Span(0, 3000), Span(5000, 8000)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("remove the last 2 s", Cut((LAST,))),
        ("trim the last 2 seconds", Cut((LAST,))),
        ("trim 2 seconds off the end", Cut((LAST,))),
        ("please cut off the last 2 seconds", Cut((LAST,))),
        ("delete the first 3 seconds", Cut((FIRST,))),
        ("cut the first 3 seconds", Cut((FIRST,))),
        ("trim the first 3 seconds", Cut((FIRST,))),
        ("chop 3 seconds off the start", Cut((FIRST,))),
        ("get rid of the first 3 seconds", Cut((FIRST,))),
        ("take the first 3 seconds out", Cut((FIRST,))),
        ("cut out 5s to 8s", Cut((PAIR,))),
        ("remove from 0:05 to 0:08", Cut((PAIR,))),
        ("cut between 5 and 8 seconds", Cut((PAIR,))),
        ("remove everything after 0:05", Cut((Span(5000, None),))),
        ("cut everything before 5 seconds", Cut((Span(0, 5000),))),
        ("keep everything except the first 3 seconds", Cut((FIRST,))),
        ("remove the first 3 seconds and the last 2 seconds", Cut((FIRST, LAST))),
        ("cut 0:01-0:02, 0:03-0:04 and 0:05-0:08", Cut((Span(1000, 2000), Span(3000, 4000), PAIR))),
        ("remove the second half", Cut((Span(0.5, None, share=True),))),
        ("删掉最后2秒", Cut((LAST,))),
        ("去掉前3秒", Cut((FIRST,))),
        ("剪掉开头三秒", Cut((FIRST,))),
        ("把第5秒到第8秒删除", Cut((PAIR,))),
        ("视频的后半段删掉", Cut((Span(0.5, None, share=True),))),
        ("删掉前3秒和最后2秒", Cut((FIRST, LAST))),
        ("不要前3秒", Cut((FIRST,))),
    ],
)
def test_sentences(text: str, edit: Cut) -> None:
    assert read(text) == ("cut", edit)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("trim 5 seconds", "which_end"),
        ("shorten it by 5 seconds", "which_end"),
        ("trim the intro", "how_long"),
        ("把开头剪掉", "how_long"),
        ("剪前3秒", "keep_or_remove"),
    ],
)
def test_what_could_mean_a_loss_is_asked_back(text: str, question: str) -> None:
    found = read(text)
    assert found is not None
    assert isinstance(found[1], Unclear)
    assert (found[1].question, refused(found[1], scene())) == (question, question)


@pytest.mark.parametrize(
    "text",
    [
        "mute the first 3 seconds",
        "remove the music from 5s to 8s",
        "cut the volume in half",
        "don't cut the first 3 seconds",
        "do not remove the last 2 s",
        "不要剪掉前3秒",
        "remove the title",
        "speed up the first 3 seconds",
        "cut to the first 3 seconds",
        "remove the watermark",
        "cut",
        "delete it",
    ],
)
def test_what_is_another_thing(text: str) -> None:
    assert name_of(text) != "cut"


def test_what_lies_behind_moves_up() -> None:
    draft = done(Cut((PAIR,)), scene())
    assert draft["d"] == 7000
    assert draft["t"][0]["sg"] == [piece(TALK, 0, 5000), piece(TALK, 5000, 2000, **{"in": 8000})]
    across = done(Cut((Span(8000, 12_000),)), scene(two_clips()))
    assert [(one["m"]["src"], one["m"]["start"], one["m"]["in"], one["d"]) for one in across["t"][0]["sg"]] == [
        ("t", 0, 0, 8000),
        ("w", 8000, 2000, 3000),
    ]


def test_overlapping_spans_count_once() -> None:
    assert done(Cut((Span(1000, 4000), Span(3000, 5000))), scene())["d"] == 6000


def test_the_films_fades_stay_at_its_ends() -> None:
    faded = film(piece(TALK, 0, 10_000, fade_in=1000, fade_out=500))
    (shown,) = done(Cut((FIRST, LAST)), scene(faded))["t"][0]["sg"]
    assert (shown["m"]["fade_in"], shown["m"]["fade_out"]) == (1000, 500)
    before, after = done(Cut((PAIR,)), scene(faded))["t"][0]["sg"]
    assert (before["m"].get("fade_out"), after["m"].get("fade_in")) == (None, None)


def test_opposite_and_refusals() -> None:
    undone(Cut((PAIR,)), scene())
    undone(Cut((FIRST, LAST)), scene(two_clips()))
    assert refused(Cut((Span(0, 10_000),)), scene()) == "empty"
    assert refused(Cut((Span(-20_000, None),)), scene()) == "beyond_end"
    assert refused(Cut((Span(8000, 20_000),)), scene()) == "beyond_end"
    assert refused(Cut((Span(12_000, None),)), scene()) == "beyond_end"
