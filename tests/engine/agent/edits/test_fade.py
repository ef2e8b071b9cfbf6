"""Coming and going."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import done, film, music, name_of, read, refused, scene, two_clips, undone, words

from nemovideo.engine.agent.clips import Clips
from nemovideo.engine.agent.edits.fade import Fade


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("fade in", Fade("in")),
        ("fade out", Fade("out")),
        ("add a fade-in", Fade("in")),
        ("fade to black at the end", Fade("out")),
        ("fade to black", Fade("out")),
        ("fade in from black", Fade("in")),
        ("2 second fade in", Fade("in", 2000)),
        ("fade out over 1.5 seconds", Fade("out", 1500)),
        ("fade in and out", Fade("both")),
        ("add a fade", Fade("both")),
        ("add a fade to the end", Fade("out")),
        ("淡入", Fade("in")),
        ("淡出", Fade("out")),
        ("淡入淡出", Fade("both")),
        ("开头淡入2秒", Fade("in", 2000)),
        ("结尾渐黑", Fade("out")),
        ("fade the music out", Fade("out", of="music")),
        ("fade out the music over 2 seconds", Fade("out", 2000, of="music")),
        ("音乐淡出2秒", Fade("out", 2000, of="music")),
        ("fade the audio out", Fade("out", of="music")),
        ("fade the title in", Fade("in", of="text")),
        ("fade in the last clip", Fade("in", clips=Clips(nth=-1))),
        ("remove the fade", Fade("both", 0)),
        ("remove the fade out", Fade("out", 0)),
        ("去掉淡入", Fade("in", 0)),
        ("no fade", Fade("both", 0)),
    ],
)
def test_it_is_read(text: str, edit: Fade) -> None:
    assert read(text, film(tracks=(music(), words("Hi")))) == ("fade", edit)


@pytest.mark.parametrize(
    "text", ["don't fade out", "the colours are faded", 'add a title "fade in"', "make it brighter"]
)
def test_what_adds_no_fade(text: str) -> None:
    assert name_of(text) != "fade"


def test_a_film_comes_at_its_first_clip_and_goes_at_its_last() -> None:
    pieces = done(Fade("both", 500), scene(two_clips()))["t"][0]["sg"]
    assert [(one["m"].get("fade_in"), one["m"].get("fade_out")) for one in pieces] == [(500, None), (None, 500)]


def test_the_music_and_the_words() -> None:
    at = scene(film(tracks=(music(), words("One"), words("Two", "Captions"))))
    assert done(Fade("out", of="music"), at)["t"][1]["sg"][0]["m"]["fade_out"] == 1000
    after = done(Fade("in", 300, of="text"), at)
    assert [track["sg"][0]["m"].get("fade_in") for track in after["t"][2:]] == [None, 300]


@pytest.mark.parametrize(
    "edit", [Fade("in"), Fade("both", 2000), Fade("out", of="music"), Fade("in", clips=Clips(nth=2))]
)
def test_it_is_undone(edit: Fade) -> None:
    undone(edit, scene(film(*two_clips()["t"][0]["sg"], tracks=(music(),))))


def test_its_opposite_in_words() -> None:
    assert done(Fade("both", 0), scene(done(Fade("both"), scene()))) == film()


@pytest.mark.parametrize("text", ["crossfade between the clips", "fade to white", "叠化转场", "fade the sound out"])
def test_a_fade_that_is_not_made_is_told(text: str) -> None:
    found = read(text)
    assert found is not None
    assert refused(found[1], scene()) == "unsupported"


def test_what_cannot_be() -> None:
    assert refused(Fade("in", 20_000), scene()) == "too_long"
    assert refused(Fade("both", 6000), scene()) == "too_long"
    assert refused(Fade("out", of="music"), scene()) == "no_music"
    assert refused(Fade("out", of="text"), scene()) == "no_text"
    assert refused(Fade("in", 0), scene()) == "unchanged"
    assert refused(Fade("in", clips=Clips(nth=4)), scene(two_clips())) == "no_such_clip"
