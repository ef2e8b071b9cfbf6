"""Louder and quieter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.engine.agent.edits.scenes import (
    SONG,
    TALK,
    clause,
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
from nemovideo.engine.agent.edits.fade import FADE, Fade
from nemovideo.engine.agent.edits.volume import VOLUME, Volume
from nemovideo.engine.agent.spans import Span


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("volume to 50%", Volume(0.5)),
        ("set the volume to 30%", Volume(0.3)),
        ("volume 80%", Volume(0.8)),
        ("set the volume to 0.5", Volume(0.5)),
        ("turn the volume up to 150%", Volume(1.5)),
        ("音量调到30%", Volume(0.3)),
        ("音量设为百分之五十", Volume(0.5)),
        ("volume back to normal", Volume(1.0)),
        ("恢复正常音量", Volume(1.0)),
        ("turn it down", Volume(factor=0.6667)),
        ("turn it up", Volume(factor=1.5)),
        ("make it louder", Volume(factor=1.5)),
        ("a bit quieter", Volume(factor=0.8)),
        ("much louder", Volume(factor=2.0)),
        ("声音大一点", Volume(factor=1.5)),
        ("声音小一点", Volume(factor=0.6667)),
        ("调低音量", Volume(factor=0.6667)),
        ("double the volume", Volume(factor=2.0)),
        ("half the volume", Volume(factor=0.5)),
        ("音量减半", Volume(factor=0.5)),
        ("reduce the volume by 20%", Volume(factor=0.8)),
        ("increase the volume by 50%", Volume(factor=1.5)),
        ("音量降低20%", Volume(factor=0.8)),
        ("boost the audio by 6 dB", Volume(factor=1.9953)),
        ("volume -6 dB", Volume(factor=0.5012)),
        ("make it twice as loud", Volume(factor=2.0)),
        ("half as loud", Volume(factor=0.5)),
        ("音量加大50%", Volume(factor=1.5)),
        ("make it 30% quieter", Volume(factor=0.7)),
        ("turn it up 20%", Volume(factor=1.2)),
        ("turn it down to 20%", Volume(0.2)),
        ("make the music quieter", Volume(factor=0.6667, music=True)),
        ("lower the music to 20%", Volume(0.2, music=True)),
        ("turn down the music", Volume(factor=0.6667, music=True)),
        ("音乐小声一点", Volume(factor=0.6667, music=True)),
        ("背景音乐音量调到10%", Volume(0.1, music=True)),
        ("make the second clip louder", Volume(factor=1.5, clips=Clips(nth=2))),
        ("volume to 20% for the first 3 seconds", Volume(0.2, span=Span(0, 3000))),
    ],
)
def test_it_is_read(text: str, edit: Volume) -> None:
    assert read(text, film(piece(TALK, 0, 10_000), tracks=(music(),))) == ("volume", edit)


@pytest.mark.parametrize(
    "text",
    [
        "it's too loud",
        "声音太小了",
        "volume to the maximum",
        "how loud is it",
        "speed it up",
        "turn the brightness down",
        "make it smaller",
        "lower the quality",
        "fade the music out",
        "scale it up to 200%",
        "turn it upside down",
        "turn it into a gif",
        "don't make it louder",
        "make the title bigger",
        "compress to 50%",
        "字幕大一点",
    ],
)
def test_what_is_no_volume(text: str) -> None:
    assert name_of(text) != "volume"


def test_a_factor_counts_from_what_there_is() -> None:
    after = done(Volume(factor=2.0), scene(film(piece(TALK, 0, 10_000, volume=0.5), piece(TALK, 10_000, 1000))))
    assert [one["m"].get("volume", 1) for one in after["t"][0]["sg"]] == [1, 2]
    assert "volume" not in after["t"][0]["sg"][0]["m"]


def test_the_music_alone() -> None:
    after = done(Volume(0.2, music=True), scene(film(tracks=(music(piece(SONG, 0, 4000), piece(SONG, 4000, 4000)),))))
    assert [one["m"]["volume"] for one in after["t"][1]["sg"]] == [0.2, 0.2]
    assert after["t"][0] == film()["t"][0]


def test_a_stretch_of_it() -> None:
    after = done(Volume(0.5, span=Span(0, 4000)), scene())
    assert [(one["d"], one["m"].get("volume", 1)) for one in after["t"][0]["sg"]] == [(4000, 0.5), (6000, 1)]


def test_it_is_the_music_that_was_added_just_before() -> None:
    at = scene(film(tracks=(music(),)))
    assert VOLUME.read(replace(clause("lower its volume to 20%"), after="music"), at) == Volume(0.2, music=True)
    assert FADE.read(replace(clause("fade it out"), after="music"), at) == Fade("out", of="music")
    assert FADE.read(replace(clause("fade the video out"), after="music"), at) == Fade("out")


@pytest.mark.parametrize("edit", [Volume(0.5), Volume(factor=2.0, music=True), Volume(0.5, span=Span(0, 4000))])
def test_it_is_undone(edit: Volume) -> None:
    undone(edit, scene(film(piece(TALK, 0, 10_000), tracks=(music(),))))


def test_what_cannot_be() -> None:
    assert refused(Volume(5.0), scene()) == "volume_range"
    assert refused(Volume(factor=5.0), scene()) == "volume_range"
    assert refused(Volume(0.5, music=True), scene()) == "no_music"
    assert refused(Volume(0.5, clips=Clips(nth=9)), scene(two_clips())) == "no_such_clip"
    assert refused(Volume(0.5, span=Span(20_000, None)), scene()) == "beyond_end"
