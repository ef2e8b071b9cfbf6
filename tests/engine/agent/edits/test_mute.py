"""Silence, and sound again."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import (
    TALK,
    TWO,
    done,
    film,
    music,
    name_of,
    piece,
    read,
    refused,
    scene,
    two_clips,
    undone,
)

from nemovideo.engine.agent.clips import Clips
from nemovideo.engine.agent.edits.mute import Mute, Unmute
from nemovideo.engine.agent.spans import Span


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("mute it", Mute()),
        ("Mute the video", Mute()),
        ("Remove the sound", Mute()),
        ("drop the audio", Mute()),
        ("no audio", Mute()),
        ("without sound please", Mute()),
        ("turn off the sound", Mute()),
        ("get rid of the original audio", Mute()),
        ("make it silent", Mute()),
        ("remove the audio and keep the video", Mute()),
        ("静音", Mute()),
        ("去掉声音", Mute()),
        ("把视频的声音关掉", Mute()),
        ("不要声音", Mute()),
        ("去掉原声", Mute()),
        ("mute the first 3 seconds", Mute(span=Span(0, 3000))),
        ("silence the last 2 seconds", Mute(span=Span(-2000, None))),
        ("mute from 0:02 to 0:04", Mute(span=Span(2000, 4000))),
        ("前3秒静音", Mute(span=Span(0, 3000))),
        ("视频静音5秒", Mute(span=Span(0, 5000))),
        ("mute it for 2 seconds at 0:03", Mute(span=Span(3000, 5000))),
        ("mute the second clip", Mute(Clips(nth=2))),
        ("mute clip 1", Mute(Clips(nth=1))),
        ("第二段静音", Mute(Clips(nth=2))),
        ("mute the last clip", Mute(Clips(nth=-1))),
        ("mute two.mp4", Mute(Clips("w", "two.mp4"))),
        ("mute the music", Mute(music=True)),
        ("mute everything", Mute(everything=True)),
    ],
)
def test_silence_is_read(text: str, edit: Mute) -> None:
    assert read(text, two_clips()) == ("mute", edit)


@pytest.mark.parametrize(
    "text",
    [
        "unmute",
        "unmute it",
        "bring back the sound",
        "restore the audio",
        "turn the sound back on",
        "取消静音",
        "恢复声音",
    ],
)
def test_sound_again_is_read(text: str) -> None:
    assert read(text) == ("unmute", Unmute())


@pytest.mark.parametrize(
    "text",
    [
        "don't mute it",
        "不要静音前面的",
        "compress it to 5MB without sound",
        "cut out the silence",
        "is it muted",
        "it has no sound",
        "there is no audio in it",
        "remove the sound effects",
        "without audio loss",
        "keep the sound",
        "make it quieter",
        'add a title "mute"',
        "replace the sound with bgm.mp3",
        "extract the audio",
    ],
)
def test_what_is_no_silence(text: str) -> None:
    assert name_of(text) != "mute"


def test_bare_words_belong_to_the_compression_that_is_wished() -> None:
    assert name_of("drop the audio", film(nemovideo={"max_bytes": 1})) is None
    assert name_of("mute the first 3 seconds", film(nemovideo={"max_bytes": 1})) == "mute"


def test_every_clip_is_silenced_and_music_plays_on() -> None:
    after = done(Mute(), scene(film(piece(TALK, 0, 10_000), piece(TWO, 10_000, 5000, volume=0.5), tracks=(music(),))))
    assert [one["m"]["volume"] for one in after["t"][0]["sg"]] == [0, 0]
    assert after["t"][1] == music()
    assert "music plays on" in Mute().apply(scene(film(tracks=(music(),)))).said["en"]


def test_a_stretch_is_split_off() -> None:
    after = done(Mute(span=Span(2000, 4000)), scene(film(piece(TALK, 0, 10_000, fade_in=500, fade_out=700))))
    pieces = after["t"][0]["sg"]
    told = [(one["m"]["start"], one["d"], one["m"]["in"], one["m"].get("volume", 1)) for one in pieces]
    assert told == [(0, 2000, 0, 1), (2000, 2000, 2000, 0), (4000, 6000, 4000, 1)]
    assert (pieces[0]["m"]["fade_in"], pieces[2]["m"]["fade_out"], after["d"]) == (500, 700, 10_000)
    assert "fade_out" not in pieces[0]["m"]


def test_one_clip_of_several() -> None:
    after = done(Mute(Clips(nth=2)), scene(two_clips()))
    assert [one["m"].get("volume", 1) for one in after["t"][0]["sg"]] == [1, 0]


def test_sound_comes_back_as_loud_as_it_was() -> None:
    loud = film(piece(TALK, 0, 10_000, volume=0.5), piece(TWO, 10_000, 5000))
    assert done(Unmute(), scene(done(Mute(), scene(loud)))) == loud


def test_sound_comes_back_into_the_compression_too() -> None:
    after = done(Unmute(), scene(film(nemovideo={"max_bytes": 1, "audio": "none"})))
    assert after["m"]["nemovideo"] == {"max_bytes": 1, "audio": "auto"}


@pytest.mark.parametrize(
    "edit", [Mute(), Mute(span=Span(0, 3000)), Mute(Clips(nth=2)), Mute(music=True), Mute(everything=True)]
)
def test_it_is_undone(edit: Mute) -> None:
    undone(edit, scene(film(piece(TALK, 0, 10_000, volume=1), piece(TWO, 10_000, 5000), tracks=(music(),))))


def test_sound_again_is_undone() -> None:
    undone(Unmute(), scene(film(piece(TALK, 0, 10_000, volume=0, unmuted=0.5), nemovideo={"audio": "none"})))


@pytest.mark.parametrize("text", ["mute the beginning", "静音片头"])
def test_how_long_is_asked(text: str) -> None:
    found = read(text)
    assert found is not None
    assert refused(found[1], scene()) == "how_long"


def test_what_cannot_be() -> None:
    assert refused(Mute(Clips(nth=3)), scene(two_clips())) == "no_such_clip"
    assert refused(Mute(span=Span(20_000, 30_000)), scene()) == "beyond_end"
    assert refused(Mute(music=True), scene()) == "no_music"
    assert refused(Mute(), scene(done(Mute(), scene()))) == "unchanged"
    assert refused(Unmute(), scene()) == "unchanged"
