"""Words and music when the picture becomes shorter, longer or another; and what holds after any chain of edits."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.agent.edits.scenes import LONG, SONG, TALK, TWO, done, film, music, piece, two_clips, words

from nemovideo.engine.agent.edits.cut import Cut
from nemovideo.engine.agent.edits.edit import Done, Edit, Scene
from nemovideo.engine.agent.edits.join import Join
from nemovideo.engine.agent.edits.order import Repeat, Turned
from nemovideo.engine.agent.edits.speed import Speed
from nemovideo.engine.agent.edits.timeline import AUDIO, TEXT, VIDEO, length, segments
from nemovideo.engine.agent.edits.trim import Trim
from nemovideo.engine.agent.spans import Span

ALL = (TALK, TWO, SONG, LONG)


def at(*tracks: dict[str, Any], draft: dict[str, Any] | None = None) -> Scene:
    return Scene(draft or film(tracks=tracks), ALL, TALK)


def lies(draft: dict[str, Any], kind: int) -> list[tuple[int, int]]:
    return [(one["m"]["start"], one["d"]) for one in segments(draft, kind)]


def test_music_ends_with_the_film_and_begins_where_it_began() -> None:
    cut = done(Cut((Span(2000, 5000),)), at(music(piece(LONG, 0, 10_000, volume=0.35, fade_out=500))))
    (sound,) = segments(cut, AUDIO)
    assert (sound["d"], sound["m"]["in"], sound["m"]["fade_out"]) == (7000, 0, 500)
    later = done(Trim((Span(0, 4000),)), at(music(piece(LONG, 3000, 7000))))
    assert lies(later, AUDIO) == [(3000, 1000)]
    assert lies(done(Trim((Span(0, 2000),)), at(music(piece(LONG, 3000, 7000)))), AUDIO) == []


def test_music_goes_on_when_the_film_becomes_longer() -> None:
    slow = done(Speed(0.5), at(music()))
    assert lies(slow, AUDIO) == [(0, 10_000), (10_000, 10_000)]
    assert segments(slow, AUDIO)[1]["m"]["in"] == 10_000
    looped = music(piece(SONG, 0, 4000), piece(SONG, 4000, 4000), piece(SONG, 8000, 2000))
    longer = done(Speed(length=14_000), at(looped))
    assert [(one["m"]["start"], one["d"], one["m"]["in"]) for one in segments(longer, AUDIO)][3:] == [
        (10_000, 2000, 2000),
        (12_000, 2000, 0),
    ]


def test_words_stay_with_what_they_stood_on() -> None:
    title, caption = words("Hi", start=2000), words("Low", "Captions", start=6000)
    cut = done(Cut((Span(0, 3000),)), at(title, caption))
    assert lies(cut, TEXT) == [(0, 2000), (3000, 3000)]
    assert lies(done(Speed(2), at(title)), TEXT) == [(1000, 1500)]
    assert lies(done(Cut((Span(1000, 6000),)), at(title)), TEXT) == []


def test_words_over_the_whole_stay_over_the_whole() -> None:
    title = {"tt": 7, "sg": [{"d": 10_000, "m": {"text": "all", "start": 0}}], "m": {"name": "Title"}}
    assert lies(done(Speed(0.5), at(title)), TEXT) == [(0, 20_000)]
    assert lies(done(Cut((Span(0, 3000),)), at(title)), TEXT) == [(0, 7000)]


def test_what_stood_on_a_film_stands_on_it_behind_another() -> None:
    result = Join((TWO,), "start").apply(at(words("Hi", start=2000), music()))
    assert isinstance(result, Done)
    assert lies(result.draft, TEXT) == [(7000, 3000)]
    assert sum(lasts for _, lasts in lies(result.draft, AUDIO)) == 15_000


SPANS = st.builds(
    lambda start, long: Span(start, start + long), st.integers(0, 12_000), st.integers(1, 8000)
) | st.integers(1, 9000).map(lambda last: Span(-last, None))
EDITS: st.SearchStrategy[Edit] = st.one_of(
    SPANS.map(lambda span: Cut((span,))),
    SPANS.map(lambda span: Trim((span,))),
    st.builds(lambda span, speed: Speed(speed, span=span), SPANS, st.sampled_from([0.3, 0.5, 1.5, 2.0, 7.0])),
    st.sampled_from([Turned(), Repeat(2), Speed(1.7, sets=False), Join((TWO,), "end"), Join((TWO,), "start")]),
)


def _holds(draft: dict[str, Any]) -> None:
    end = 0
    lasting = {one.hash: 1000 * (one.duration or 0) for one in ALL}
    for one in segments(draft, VIDEO):
        assert one["m"]["start"] == end
        assert one["d"] > 0
        end += one["d"]
    assert draft["d"] == length(draft) == end
    for kind in (VIDEO, AUDIO, TEXT):
        starts = [one["m"]["start"] for one in segments(draft, kind)]
        assert starts == sorted(starts)
        for one in segments(draft, kind):
            assert one["m"]["start"] >= 0
            assert one["d"] > 0
            assert one["m"]["start"] + one["d"] <= draft["d"]
            if kind != TEXT:
                speed = one["m"].get("speed", 1)
                used = one["m"]["in"] + one["d"] * speed
                assert 0 <= one["m"]["in"] < used <= lasting[one["m"]["src"]] + 1 + speed  # what is rounded


@settings(max_examples=150, deadline=None)
@given(st.lists(EDITS, max_size=6), st.booleans())
def test_after_any_chain_a_timeline_is_one(edits: list[Edit], several: bool) -> None:
    first = two_clips() if several else film()
    draft = first | {"t": [*first["t"], music(piece(SONG, 1000, 4000)), words("Hi", start=2000)]}
    for edit in edits:
        scene = at(draft=draft)
        result = edit.apply(scene)
        if isinstance(result, Done):
            inverse = edit.inverse(scene)
            assert inverse is not None
            back = inverse.apply(Scene(result.draft, ALL, TALK))
            assert isinstance(back, Done)
            assert segments(back.draft, VIDEO) == segments(draft, VIDEO)
            draft = result.draft
            _holds(draft)
