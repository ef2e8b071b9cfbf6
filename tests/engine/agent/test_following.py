"""Fragments that lean on the one before, questions, and what is only to be left alone."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engine.agent.edits.scenes import SONG, TALK, TWO, film, music, piece, words

from nemovideo.engine.agent.answer import Turn
from nemovideo.engine.agent.turn import take_turn
from nemovideo.engine.archive import SessionRow
from nemovideo.protocol.gui import Translation, translate

FULL = film(piece(TALK, 0, 10_000), piece(TWO, 10_000, 5000), tracks=(music(), words("Hi")))


def said(text: str) -> Turn:
    turn = take_turn(text, SessionRow("s", "a", "t", "project", "en", FULL), [TALK, TWO, SONG])
    assert translate(turn.text) == Translation(turn.text)
    return turn


def told(text: str) -> list[tuple[str, str]]:
    return [(call.name, str(call.response.get("reason", call.response["status"]))) for call in said(text).calls]


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("remove the title and the music", [("untitle", "ok"), ("unmusic", "ok")]),
        ("remove the music and the title", [("unmusic", "ok"), ("untitle", "ok")]),
        ("去掉标题和音乐", [("untitle", "ok"), ("unmusic", "ok")]),
        ("rotate it and the music", [("rotate", "ok"), ("edit", "not_understood")]),
        ("remove the first frame and the last frame", [("cut", "ok"), ("cut", "ok")]),
        ("don't mute, just make it quieter", [("volume", "ok")]),
        ("don't mute it, compress to 5MB", [("compress", "ok")]),
        ("compress to 5MB, don't remove the audio", [("compress", "ok")]),
        ("add bgm.mp3 as music and keep the original sound", [("music", "ok")]),
        ("加背景音乐，保留原声", [("music", "ok")]),
        ("mute it, then keep the original sound", [("mute", "ok"), ("unmute", "ok")]),
        ("静音，然后保留原声", [("mute", "ok"), ("unmute", "ok")]),
        ("保留原声", [("unmute", "unchanged")]),
        ("add a title: Hello, make it red", [("title", "ok"), ("retitle", "ok")]),
        ("加标题：你好，改成红色", [("title", "ok"), ("retitle", "ok")]),
        ("add a caption: I cut it, you trim it", [("caption", "ok")]),
        ("write rotate me", [("title", "ok")]),
        ("write it down", [("edit", "not_understood")]),
        ("fade in and fade out, 2 seconds each", [("fade", "ok")]),
        ("don't mute it", []),
        ("the first 10 seconds are boring", [("cut", "no_eyes")]),
        ("前10秒很无聊", [("cut", "no_eyes")]),
        ("remove the first 5 seconds, they are boring", [("cut", "ok"), ("edit", "not_understood")]),
        ("怎么没有声音了", [("edit", "not_understood")]),
    ],
)
def test_each_wish_has_its_call(text: str, calls: list[tuple[str, str]]) -> None:
    assert told(text) == calls


@pytest.mark.parametrize(
    ("text", "clips"),
    [
        ("mute the last clip and fade it in", -1),
        ("rotate clip 2, then speed it up 2x", 2),
        ("第二段静音，然后把它旋转90度", 2),
        ("mute clip 1 and rotate clip 2", 2),
        ("mute the first 2 seconds of clip 1 and rotate it", None),
        ("remove the last clip and rotate it", None),
    ],
)
def test_it_is_the_clip_before(text: str, clips: int | None) -> None:
    first, second = said(text).calls
    assert (first.response["status"], second.response["status"]) == ("ok", "ok")
    assert second.args.get("clips") == clips


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("how do I trim the first 5 seconds?", "“trim the first 5 seconds”"),
        ("How can I make it vertical?", "“make it vertical”"),
        ("how do I undo?", "“undo”"),
        ("怎么剪掉前5秒？", "“剪掉前5秒”"),
        ("如何旋转90度", "“旋转90度”"),
    ],
)
def test_who_asks_how_is_told_and_nothing_is_done(text: str, words: str) -> None:
    turn = said(text)
    assert words in turn.text
    assert (turn.draft, turn.calls, turn.costs) == (None, (), False)


@pytest.mark.parametrize(
    ("text", "fade"),
    [("fade in and fade out, 2 seconds each", 2000), ("fade in and fade out", 1000)],
)
def test_both_fades_share_their_length(text: str, fade: int) -> None:
    draft: Any = said(text).draft
    first, last = draft["t"][0]["sg"]
    assert (first["m"]["fade_in"], last["m"]["fade_out"]) == (fade, fade)
