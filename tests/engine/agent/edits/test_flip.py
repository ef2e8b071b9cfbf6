"""Mirroring the picture."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import TALK, done, film, name_of, piece, read, refused, scene, two_clips, undone

from nemovideo.engine.agent.clips import Clips
from nemovideo.engine.agent.edits.flip import Flip
from nemovideo.engine.agent.spans import Span


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("mirror it", Flip("h")),
        ("mirror the video", Flip("h")),
        ("flip horizontally", Flip("h")),
        ("flip the video left to right", Flip("h")),
        ("flip it", Flip("h")),
        ("flip the video so that text reads correctly", Flip("h")),
        ("镜像", Flip("h")),
        ("水平翻转", Flip("h")),
        ("左右翻转", Flip("h")),
        ("flip it vertically", Flip("v")),
        ("flip upside down", Flip("v")),
        ("垂直翻转", Flip("v")),
        ("上下颠倒", Flip("v")),
        ("flip horizontally and vertically", Flip("hv")),
        ("mirror the second clip", Flip("h", Clips(nth=2))),
        ("flip the first 2 seconds", Flip("h", span=Span(0, 2000))),
    ],
)
def test_it_is_read(text: str, edit: Flip) -> None:
    assert read(text, two_clips()) == ("flip", edit)


@pytest.mark.parametrize("text", ["don't mirror it", "make it vertical", "flip the title", "倒过来", "不要翻转"])
def test_what_mirrors_nothing(text: str) -> None:
    assert name_of(text) != "flip"


def test_twice_is_not_at_all() -> None:
    once = done(Flip("h"), scene())
    assert once["t"][0]["sg"][0]["m"]["flip"] == "h"
    assert done(Flip("v"), scene(once))["t"][0]["sg"][0]["m"]["flip"] == "hv"
    assert done(Flip("h"), scene(once)) == film()


@pytest.mark.parametrize("edit", [Flip("h"), Flip("hv", Clips(nth=2)), Flip("v", span=Span(1000, 2000))])
def test_it_is_undone(edit: Flip) -> None:
    undone(edit, scene(two_clips()))
    undone(edit, scene(film(piece(TALK, 0, 10_000, flip="v"), piece(TALK, 10_000, 2000, flip="h"))))


def test_what_cannot_be() -> None:
    assert refused(Flip("h", Clips(nth=3)), scene(two_clips())) == "no_such_clip"
    assert refused(Flip("h", span=Span(15_000, None)), scene()) == "beyond_end"
