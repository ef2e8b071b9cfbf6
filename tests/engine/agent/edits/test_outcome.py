"""What the timeline is made into: an animation, its sound, a video again."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import LONG, done, film, music, name_of, piece, read, refused, scene, undone

from nemovideo.engine.agent.edits.outcome import Outcome
from nemovideo.engine.agent.spans import Span


@pytest.mark.parametrize(
    "text",
    [
        "make it a GIF",
        "as a gif",
        "turn it into a gif",
        "convert to gif please",
        "make a gif",
        "gif",
        "I want an animated gif",
        "转成GIF",
        "做成动图",
        "生成一个gif",
        "存为动图",
    ],
)
def test_a_gif_is_read(text: str) -> None:
    assert read(text) == ("gif", Outcome("gif"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("extract the audio as mp3", "mp3"),
        ("extract the audio", "mp3"),
        ("only the sound", "mp3"),
        ("just the audio please", "mp3"),
        ("audio only", "mp3"),
        ("give me the audio", "mp3"),
        ("convert it to mp3", "mp3"),
        ("save the music as wav", "wav"),
        ("turn it into an m4a", "m4a"),
        ("send me just the mp3", "mp3"),
        ("把视频的声音提取出来", "mp3"),
        ("提取音频", "mp3"),
        ("提取音频为aac", "aac"),
        ("导出音频", "mp3"),
        ("转成mp3", "mp3"),
        ("只要声音", "mp3"),
    ],
)
def test_the_sound_alone_is_read(text: str, kind: str) -> None:
    assert read(text) == ("sound", Outcome(kind))


@pytest.mark.parametrize(
    "text", ["make it a video again", "turn it back into a video", "变回视频", "不要GIF了", "no gif"]
)
def test_a_video_again_is_read(text: str) -> None:
    assert read(text, film(format="gif")) == ("as_video", Outcome(None))
    assert name_of(text) != "as_video"


@pytest.mark.parametrize(
    "text",
    [
        "don't make it a gif",
        "不要转成GIF",
        "remove the audio",
        "mute the sound",
        "add a title “GIF”",
        "replace the audio with bgm.mp3",
        "compress the audio",
        "make it vertical",
        "add bgm.mp3 as background music",
        "keep the audio as it is",
    ],
)
def test_what_stays_a_video(text: str) -> None:
    assert name_of(text) not in {"gif", "sound"}


def test_the_tracks_stay() -> None:
    before = film(tracks=(music(),))
    after = done(Outcome("gif"), scene(before))
    assert after == film(tracks=(music(),), format="gif")
    assert done(Outcome(None), scene(after)) == before


@pytest.mark.parametrize("edit", [Outcome("gif"), Outcome("mp3")])
def test_it_is_undone(edit: Outcome) -> None:
    undone(edit, scene())
    undone(edit, scene(film(format="wav")))


def test_a_gif_keeps_what_was_wished_before_beside_its_own_size() -> None:
    found = read("make it a 480p gif at 10 fps", film(nemovideo={"max_bytes": 5}))
    assert found is not None
    wish = done(found[1], scene(film(nemovideo={"max_bytes": 5})))["m"]["nemovideo"]
    assert (wish["max_bytes"], wish["max_height"], wish["fps"]) == (5, 480, 10)


def test_a_video_again_is_undone() -> None:
    undone(Outcome(None), scene(film(format="gif")))


@pytest.mark.parametrize("text", ["make it a GIF under 2MB", "compress it into a 2MB gif", "转成GIF，2MB以内"])
def test_a_gif_keeps_the_limit_that_is_said_with_it(text: str) -> None:
    found = read(text)
    assert found is not None
    after = done(found[1], scene())
    assert (after["m"]["format"], after["m"]["nemovideo"]["max_bytes"]) == ("gif", 2_000_000)
    undone(found[1], scene())


@pytest.mark.parametrize(
    ("text", "kind"), [("make the first 3 seconds a gif", "gif"), ("extract the audio of the first 3 seconds", "mp3")]
)
def test_of_a_part(text: str, kind: str) -> None:
    found = read(text)
    assert found is not None
    at = scene(film(tracks=(music(),)))
    after = done(found[1], at)
    assert (after["m"]["format"], after["d"], after["t"][0]["sg"][0]["d"]) == (kind, 3000, 3000)
    undone(found[1], at)
    assert refused(Outcome("gif", span=Span(20_000, None)), scene()) == "beyond_end"


def test_what_cannot_be() -> None:
    assert refused(Outcome("gif"), scene(film(format="gif"))) == "unchanged"
    assert refused(Outcome(None), scene()) == "unchanged"
    silent = film()
    silent["t"][0]["sg"][0]["m"]["volume"] = 0
    assert refused(Outcome("mp3"), scene(silent)) == "no_sound"
    sound = {"d": 10_000, "t": [music(piece(LONG, 0, 10_000))], "m": {"zz": 2}}
    assert refused(Outcome("gif"), scene(sound, LONG)) == "no_picture"
