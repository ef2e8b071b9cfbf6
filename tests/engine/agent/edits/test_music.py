"""Music under the picture, and without it again."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import (
    LONG,
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
    undone,
    upload,
)

from nemovideo.engine.agent.edits.music import Music
from nemovideo.engine.agent.edits.musicstart import MusicStart
from nemovideo.engine.agent.edits.unmusic import Unmusic
from nemovideo.engine.agent.spans import Span


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("add bgm.mp3 as background music", Music("s")),
        ("Add background music", Music("s")),
        ("put music under it at 20%", Music("s", 0.2)),
        ("use bgm.mp3 as the soundtrack", Music("s")),
        ("add bgm.mp3", Music("s")),
        ("put bgm.mp3 underneath", Music("s")),
        ("add some music", Music("s")),
        ("overlay bgm.mp3 at half volume", Music("s", 0.5)),
        ("加背景音乐", Music("s")),
        ("配乐", Music("s")),
        ("用bgm.mp3做背景音乐，音量20%", Music("s", 0.2)),
        ("把bgm.mp3作为背景音乐", Music("s")),
        ("add music from 0:05", Music("s", span=Span(5000, None))),
        ("add music from 0:02 to 0:06", Music("s", span=Span(2000, 6000))),
        ("play bgm.mp3 starting at 0:02", Music("s", span=Span(2000, None))),
        ("use bgm.mp3 from 0:02 of the song as music", Music("s", begin=2000)),
        ("replace the sound with bgm.mp3", Music("s", 1.0, alone=True)),
        ("replace the audio with bgm.mp3 at 50%", Music("s", 0.5, alone=True)),
        ("把原声换成bgm.mp3", Music("s", 1.0, alone=True)),
        ("use two.mp4 as background music", Music("w")),
    ],
)
def test_it_is_read(text: str, edit: Music) -> None:
    assert read(text) == ("music", edit)


@pytest.mark.parametrize(
    "text",
    ["remove the music", "no music", "delete the background music", "turn the music off", "去掉背景音乐", "删除配乐"],
)
def test_taking_it_away_is_read(text: str) -> None:
    assert read(text) == ("unmusic", Unmusic())


@pytest.mark.parametrize(
    "text",
    [
        "make the music quieter",
        "how do I add music",
        "I love this song",
        "mute the music",
        "fade the music out",
        "save the music as wav",
        "don't add music",
        "add a title “music”",
        "add a caption saying my favourite song",
        "不要加音乐",
    ],
)
def test_what_is_no_music(text: str) -> None:
    assert name_of(text) not in {"music", "unmusic"}


def test_it_is_laid_again_and_again_to_the_films_end() -> None:
    after = done(Music("s"), scene())
    bed = after["t"][1]
    assert (bed["tt"], bed["m"]) == (1, {"name": "BGM"})
    assert [(one["m"]["start"], one["d"], one["m"]["in"]) for one in bed["sg"]] == [
        (0, 4000, 0),
        (4000, 4000, 0),
        (8000, 2000, 0),
    ]
    assert {(one["m"]["src"], one["m"]["title"], one["m"]["volume"]) for one in bed["sg"]} == {("s", "bgm.mp3", 0.35)}
    assert [one["m"].get("fade_out") for one in bed["sg"]] == [None, None, 1000]
    assert after["t"][0] == film()["t"][0]
    assert after["d"] == 10_000


def test_it_begins_where_it_is_said() -> None:
    after = done(Music("l", span=Span(2000, 6000), begin=5000), scene(film(), TALK, LONG))
    assert [(one["m"]["start"], one["d"], one["m"]["in"]) for one in after["t"][1]["sg"]] == [(2000, 4000, 5000)]


@pytest.mark.parametrize("text", ["the music starts at 3 s", "start the music at 3 s", "音乐从第3秒开始"])
def test_when_the_music_begins(text: str) -> None:
    draft = film(tracks=(music(piece(LONG, 0, 4000), piece(LONG, 4000, 6000, **{"in": 4000})),))
    assert read(text, draft) == ("music_start", MusicStart(3000))
    moved = done(MusicStart(3000), scene(draft, TALK, LONG))["t"][1]["sg"]
    assert [(one["m"]["start"], one["d"], one["m"]["in"]) for one in moved] == [(3000, 4000, 0), (7000, 3000, 4000)]
    assert moved[-1]["m"]["fade_out"] == 1000
    undone(MusicStart(3000), scene(draft, TALK, LONG))
    assert refused(MusicStart(10_000), scene(draft, TALK, LONG)) == "beyond_end"
    assert refused(MusicStart(3000), scene()) == "no_music"


def test_alone_it_silences_the_film() -> None:
    after = done(Music("s", 1.0, alone=True), scene(film(piece(TALK, 0, 10_000, volume=0.5))))
    assert after["t"][0]["sg"][0]["m"]["volume"] == 0


def test_other_music_gives_way_where_it_plays() -> None:
    after = done(Music("s", span=Span(3000, 5000)), scene(film(tracks=(music(),))))
    told = [(one["m"]["src"], one["m"]["start"], one["d"], one["m"]["in"]) for one in after["t"][1]["sg"]]
    assert told == [("l", 0, 3000, 0), ("s", 3000, 2000, 0), ("l", 5000, 5000, 5000)]


def test_a_films_sound_is_music_as_well() -> None:
    assert [one["d"] for one in done(Music("w"), scene())["t"][1]["sg"]] == [5000, 5000]


@pytest.mark.parametrize(
    "edit", [Music("s"), Music("s", 1.0, alone=True), Music("s", span=Span(3000, 5000)), Unmusic()]
)
def test_it_is_undone(edit: Music | Unmusic) -> None:
    undone(edit, scene(film(tracks=(music(),))))


def test_its_opposite_in_words_brings_back_the_film() -> None:
    assert done(Unmusic(), scene(done(Music("s"), scene()))) == film()


def test_what_cannot_be() -> None:
    assert refused(Music(None), scene()) == "no_music"
    found = read("add background music", film(), TALK, TWO)
    assert found is not None
    assert refused(found[1], scene(film(), TALK, TWO)) == "no_music"
    assert refused(Music("s", 9.0), scene()) == "volume_range"
    assert refused(Music("s", span=Span(20_000, None)), scene()) == "beyond_end"
    assert refused(Music("s", begin=4000), scene()) == "too_short"
    click = upload("click.wav", "c", "audio", seconds=0.01)
    assert refused(Music("c"), scene(film(), TALK, click)) == "too_short"
    assert refused(Unmusic(), scene()) == "no_music"
