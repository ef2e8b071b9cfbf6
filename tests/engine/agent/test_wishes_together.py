"""A second wish inside one fragment is done as well, or told."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engine.agent.test_editing import SONG, A, B, said, told

from nemovideo.engine.agent.edits.timeline import AUDIO, TEXT, VIDEO, meta, segments


def draft(text: str) -> dict[str, Any]:
    turn = said(text, A)
    assert turn.draft is not None, turn.text
    return turn.draft


def limit(of: dict[str, Any]) -> int | None:
    return (of["m"].get("nemovideo") or {}).get("max_bytes")


@pytest.mark.parametrize(
    ("text", "start", "lasts", "bytes_"),
    [
        ("compress the first 3 seconds to under 100KB", 0, 3000, 100_000),
        ("compress to under 100KB, first 3 seconds only", 0, 3000, 100_000),
        ("compress to 200KB but keep only 0:02-0:05", 2000, 3000, 200_000),
        ("compress to 200KB, only the last 3 s", 117_000, 3000, 200_000),
        ("trim to the first 3 seconds under 1MB", 0, 3000, 1_000_000),
        ("trim to the first 3 seconds with max 1MB", 0, 3000, 1_000_000),
        ("give me the first 3 seconds as a 100KB file", 0, 3000, 100_000),
        ("compress to 100KB without the first 3 seconds", 3000, 117_000, 100_000),
        ("compress to 100KB with the first 3 seconds removed", 3000, 117_000, 100_000),
        ("shrink the last 3 seconds to 100KB without sound", 117_000, 3000, 100_000),
        ("compress 0:02-0:05 to 100KB and remove the audio", 2000, 3000, 100_000),
        ("compress to 100KB except the last 3 seconds", 0, 117_000, 100_000),
        ("I want a 100KB version of the first 3 seconds", 0, 3000, 100_000),
        ("压缩到100KB但是保留2秒到5秒", 2000, 3000, 100_000),
        ("把前3秒压缩到100KB", 0, 3000, 100_000),
        ("压缩到1MB，只保留前3秒", 0, 3000, 1_000_000),
    ],
)
def test_a_part_is_compressed(text: str, start: int, lasts: int, bytes_: int) -> None:
    made = draft(text)
    piece = segments(made, VIDEO)[0]
    assert (meta(piece).get("in", 0), made["d"], limit(made)) == (start, lasts, bytes_)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("trim to the first 3 seconds without audio", ["trim", "mute"]),
        ("trim to the first 3 seconds no audio", ["trim", "mute"]),
        ("剪到前3秒不要声音", ["trim", "mute"]),
        ("trim to the first 3 seconds at 240p", ["trim", "resolution"]),
        ("trim to the first 3 seconds at 240p without audio", ["trim", "resolution", "mute"]),
        ("trim to the first 3 seconds @ 10 fps", ["trim", "fps"]),
        ("trim to the first 3 seconds with a fade out", ["trim", "fade"]),
        ("speed it up 2x without sound", ["speed", "mute"]),
        ("加速2倍静音", ["speed", "mute"]),
        ("make a gif at 320x180", ["gif", "resolution"]),
        ("make a gif at 10 fps", ["gif"]),
        ("make a gif under 2MB", ["gif"]),
        ("make seconds 2 to 4 into a GIF", ["gif"]),
        ("mute it from 2s to 4s and from 5s to 6s", ["mute", "mute"]),
        ("trim to the first 3 seconds with a glitch effect", ["trim", "edit"]),
        ("trim to the first 3 seconds with sparkling stars", ["trim", "edit"]),
        ("compress to 10MB at 480p without audio", ["compress"]),
        ("compress it for tiktok", ["compress"]),
        ("make it 720p under 10MB", ["compress"]),
        ("trim the 50MB video to the first 3 seconds", ["trim"]),
        ("rotate it 90 degrees with care", ["rotate"]),
        ("trim it to 3 seconds so that it fits in 100KB", ["trim", "compress"]),
        ("convert to 720p 24 fps h264 under 1MB without audio", ["compress"]),
        ("slow it down for dramatic effect", ["speed"]),
        ("trim to 3 seconds with sparkles at 240p", ["trim", "edit", "resolution"]),
        ("mute the first 3 seconds without fading", ["mute"]),
        ("make it black and white with a title “Hi”", ["edit", "title"]),
        ("trim to the first 3 seconds with the original sound", ["trim"]),
        ("trim to 0:02-0:05 and export as gif", ["trim", "gif"]),
        ("can you cut this to 3 seconds with no sound for tiktok", ["trim", "mute", "aspect"]),
        ("speed up 2x from 1s to 2s and from 4s to 5s", ["speed", "speed"]),
        ("mute from 6s to 2s", ["mute"]),
        ("trim to the first 3 seconds without quality loss", ["trim"]),
        ("make it vertical with blurred bars", ["aspect"]),
    ],
)
def test_each_wish_of_a_fragment_has_its_call(text: str, calls: list[str]) -> None:
    assert [name for name, _ in told(said(text))] == calls


def test_what_is_silenced_is_all_that_is_left() -> None:
    made = draft("trim to the first 3 seconds without audio")
    assert [(one["d"], meta(one)["volume"]) for one in segments(made, VIDEO)] == [(3000, 0)]


def test_several_stretches_are_silenced() -> None:
    made = draft("mute it from 2s to 4s and from 5s to 6s")
    assert sum(one["d"] for one in segments(made, VIDEO) if meta(one).get("volume") == 0) == 3000


def test_a_title_beside_a_limit() -> None:
    made = draft("compress to 100KB with a title “Hi”")
    assert (limit(made), [meta(one)["text"] for one in segments(made, TEXT)]) == (100_000, ["Hi"])


def test_parts_of_both_clips_are_joined() -> None:
    turn = said("join the first second of a.mp4 and the last half of b.mp4", A, B)
    assert turn.draft is not None
    assert told(turn) == [("join", "ok"), ("trim", "ok"), ("trim", "ok")]
    assert [one["d"] for one in segments(turn.draft, VIDEO)] == [1000, 60_000]


def test_a_gif_is_as_long_as_its_words_say() -> None:
    assert (draft("make a 3 second gif")["d"], draft("做一个3秒的gif")["d"]) == (3000, 3000)


def test_the_music_fades_that_is_added_so() -> None:
    turn = said("add song.mp3 as background music with a fade out", A, SONG)
    assert turn.draft is not None
    assert told(turn) == [("music", "ok"), ("fade", "ok")]
    assert "fade_out" not in meta(segments(turn.draft, VIDEO)[0])


def test_a_part_of_a_clip_is_joined() -> None:
    turn = said("join the first 2 seconds of a.mp4 with b.mp4", A, B)
    assert turn.draft is not None
    assert [(meta(one)["src"], one["d"]) for one in segments(turn.draft, VIDEO)] == [
        ("a.mp4", 2000),
        ("b.mp4", 120_000),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "add song.mp3 as background music, volume 20%",
        "add song.mp3 as background music, at 20% volume",
        "用 song.mp3 做背景音乐，音量20%",
    ],
)
def test_a_volume_after_music_is_the_musics(text: str) -> None:
    made = said(text, A, SONG).draft
    assert made is not None
    assert {meta(one)["volume"] for one in segments(made, AUDIO)} == {0.2}
    assert "volume" not in meta(segments(made, VIDEO)[0])


def test_a_volume_after_the_musics_fade_is_the_musics() -> None:
    turn = said("add song.mp3 as music without compressing, fade it out, volume 10%", A, SONG)
    assert turn.draft is not None
    assert told(turn) == [("music", "ok"), ("fade", "ok"), ("volume", "ok")]
    assert {meta(one)["volume"] for one in segments(turn.draft, AUDIO)} == {0.1}


def test_a_volume_of_the_film_stays_the_films() -> None:
    made = said("add song.mp3 as background music, turn the original sound to 20%", A, SONG).draft
    assert made is not None
    assert meta(segments(made, VIDEO)[0])["volume"] == 0.2


@pytest.mark.parametrize(
    "text",
    [
        "mute the original audio and use song.mp3 instead",
        "remove the original sound and replace it with song.mp3",
        "静音并用 song.mp3 代替",
    ],
)
def test_the_sound_is_replaced(text: str) -> None:
    turn = said(text, A, SONG)
    assert turn.draft is not None
    assert told(turn) == [("mute", "ok"), ("music", "ok")]
    assert meta(segments(turn.draft, VIDEO)[0])["volume"] == 0
    assert {meta(one)["volume"] for one in segments(turn.draft, AUDIO)} == {1.0}


@pytest.mark.parametrize(
    "text", ["keep the audio", "Keep the original sound, please", "保留声音", "trim to 3 s, keep the audio"]
)
def test_that_sound_stays_is_no_compression(text: str) -> None:
    turn = said(text)
    assert "compress" not in [name for name, _ in told(turn)]
    assert "nothing was" in turn.text or "没有执行" in turn.text or turn.draft is not None


@pytest.mark.parametrize(
    ("text", "fill"),
    [
        ("fit it into 9:16 without cropping", None),
        ("fit into 1:1 with black bars", None),
        ("fit it into a square", "crop"),
    ],
)
def test_a_shape_is_no_compression(text: str, fill: str | None) -> None:
    turn = said(text)
    assert turn.draft is not None
    assert (told(turn), turn.draft["m"].get("fill")) == ([("aspect", "ok")], fill)


def test_a_size_to_fit_into_is_one() -> None:
    assert told(said("make it fit into 10MB")) == [("compress", "ok")]


def test_a_sound_is_no_film_to_trim() -> None:
    turn = said("trim song.mp3 to the first 2 seconds", A, SONG)
    assert (told(turn), turn.draft) == ([("trim", "no_picture")], None)
