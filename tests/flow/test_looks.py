"""Words about looks and sound from end to end: what is seen and heard in the render, and in that of the opposite."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import X264, Run, make_clip
from tests.engine.media.conftest import ffmpeg

from nemovideo import AsyncNemoClient
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.probe import probe

RED, GREEN, BLUE, GRAY, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128), (0, 0, 0)
YELLOW = (255, 255, 0)
RATE = 8000
VOICE, MUSIC = 500, 1000
"""Tones in hertz: of the film, and of the music."""
SILENT, HEARD = 0.003, 0.05
"""Amplitudes of a tone that is not there (-50 dB), and of one that is; FFmpeg's own sine has 0.125."""

Pixel = tuple[int, int, int]


@pytest.fixture(scope="session")
def quarters(clips: Path) -> Path:
    """Two seconds of four colours, red and green over blue and gray, with a tone."""
    sources: list[object] = []
    for color in ("red", "lime", "blue", "gray"):
        sources += ["-f", "lavfi", "-i", f"color={color}:s=160x90:r=25:d=2"]
    sources += ["-f", "lavfi", "-i", f"sine={VOICE}:d=2:r=48000"]
    graph = "[0][1]hstack[a];[2][3]hstack[b];[a][b]vstack[v]"
    return make_clip(clips / "quarters.mp4", *sources, "-filter_complex", graph, "-map", "[v]", "-map", "4:a", *X264)


@pytest.fixture(scope="session")
def tune(clips: Path) -> Path:
    """Music that is shorter than the film."""
    return make_clip(clips / "tune.wav", "-f", "lavfi", "-i", f"sine={MUSIC}:d=0.8:r=48000")


class Look:
    """One render: its pixels and its tones."""

    def __init__(self, media: Media) -> None:
        self.media = media

    @property
    def size(self) -> tuple[int, int]:
        return self.media.width, self.media.height

    def pixels(self, at: float = 0.5) -> list[list[Pixel]]:
        """The rows of one picture."""
        raw = ffmpeg("-i", self.media.path, "-ss", at, "-frames:v", 1, "-pix_fmt", "rgb24", "-f", "rawvideo", "-")
        width, height = self.size
        flat = [(raw[n], raw[n + 1], raw[n + 2]) for n in range(0, 3 * width * height, 3)]
        return [flat[row * width : (row + 1) * width] for row in range(height)]

    def quarters(self, at: float = 0.5) -> list[Pixel]:
        """The colours amid each quarter: upper left, upper right, lower left, lower right."""
        rows, (width, height) = self.pixels(at), self.size
        return [rows[y * height // 4][x * width // 4] for y in (1, 3) for x in (1, 3)]

    def loud(self, tone: int, start: float = 0.2, end: float = 1.8) -> float:
        """The amplitude of a tone, by one line of its Fourier transform."""
        raw = ffmpeg("-i", self.media.path, "-map", "0:a", "-ac", 1, "-ar", RATE, "-f", "s16le", "-")
        heard = array("h", raw)[int(start * RATE) : int(end * RATE)]
        turn = 2 * math.pi * tone / RATE
        sums = (sum(wave(turn * n) * value for n, value in enumerate(heard)) for wave in (math.sin, math.cos))
        return 2 * math.hypot(*sums) / len(heard) / 32768


Looks = Callable[..., list[Look]]


@pytest.fixture
def looks(run: Run[Any], quarters: Path, tune: Path, tmp_path: Path) -> Looks:
    """Say things to a client of its own engine; a render after each of them."""

    async def said(words: tuple[str, ...], suffix: str) -> list[Look]:
        found: list[Look] = []
        async with AsyncNemoClient.local() as client:
            session = await client.session.create()
            for number, text in enumerate(words):
                answer = await client.ask(session, text, files=() if number else (quarters, tune))
                assert answer.done, answer.text
                path = await client.render.export(session, tmp_path / f"{number}{suffix}")
                found.append(Look(await probe(path)))
        return found

    return lambda *words, suffix=".mp4": run(said(words, suffix))


def near(one: Pixel, other: Pixel, slack: int = 40) -> bool:
    return all(abs(a - b) <= slack for a, b in zip(one, other, strict=True))


def shows(look: Look, *colors: Pixel, at: float = 0.5) -> bool:
    return all(near(one, other) for one, other in zip(look.quarters(at), colors, strict=True))


def box_of(look: Look, color: Pixel, at: float = 0.5) -> tuple[float, float, float, float] | None:
    """Where pixels of a colour are: left, top, right, bottom as shares of the picture; None where there are none."""
    found = [(x, y) for y, row in enumerate(look.pixels(at)) for x, one in enumerate(row) if near(one, color, 60)]
    if not found:
        return None
    (width, height), across, down = look.size, [x for x, _ in found], [y for _, y in found]
    return min(across) / width, min(down) / height, max(across) / width, max(down) / height


def test_a_title_stands_where_and_when_it_is_said(looks: Looks) -> None:
    title, none = looks('add a title "Hello" at the top left in yellow for 1 second', "remove the title")
    box = box_of(title, YELLOW)
    assert box is not None
    assert box[2] < 0.5
    assert box[3] < 0.34
    assert box_of(title, YELLOW, at=1.5) is None
    assert box_of(none, YELLOW) is None
    assert shows(none, RED, GREEN, BLUE, GRAY)


def test_a_caption_in_chinese_stands_at_the_bottom_all_the_time(looks: Looks) -> None:
    (caption,) = looks("加字幕“你好，世界”，黄色")
    for at in (0.1, 1.8):
        box = box_of(caption, YELLOW, at)
        assert box is not None
        assert box[1] > 0.7
        assert box[0] + box[2] == pytest.approx(1, abs=0.1)


def test_turned_mirrored_and_cut_and_back_again(looks: Looks) -> None:
    cut, back = looks("rotate 90 degrees, mirror it and crop to the left half", "取消裁剪，镜像，然后向左旋转")
    assert (cut.size, back.size) == ((90, 320), (320, 180))
    assert shows(cut, RED, RED, GREEN, GREEN)
    assert shows(back, RED, GREEN, BLUE, GRAY)


def test_other_shapes(looks: Looks) -> None:
    blurred, cut = looks("make it vertical with blurred bars", "crop it to a square")
    assert (blurred.size, cut.size) == ((180, 320), (180, 180))
    rows = blurred.pixels()
    assert near(rows[145][40], RED)
    assert near(rows[175][140], GRAY)
    assert rows[20][20][0] > 150  # the copy behind is no bar
    assert not near(rows[50][90], GREEN)
    assert not near(rows[50][90], RED)
    assert shows(cut, RED, GREEN, BLUE, GRAY)
    assert near(cut.pixels()[4][150], GREEN)


def test_smaller_and_a_part_larger_with_bars(looks: Looks) -> None:
    (small,) = looks("zoom in 2x on the top right, scale it to 160x90 and make it 10 fps, then square with black bars")
    assert (small.size, round(small.media.fps)) == ((90, 90), 10)
    rows = small.pixels()
    assert near(rows[4][45], BLACK)
    assert near(rows[86][45], BLACK)
    assert near(rows[45][4], GREEN)
    assert near(rows[45][86], GREEN)


def test_fades(looks: Looks) -> None:
    faded, plain = looks("fade in and out over 0.5 seconds", "去掉淡入淡出")
    dark, half, bright = (faded.quarters(at)[1][1] for at in (0.0, 0.24, 1.0))
    assert dark < 30
    assert 30 < half < 220
    assert bright > 220
    assert faded.quarters(1.95)[1][1] < 60
    assert faded.loud(VOICE, 0, 0.1) < 0.3 * faded.loud(VOICE, 0.7, 1.3)
    assert plain.quarters(0)[1][1] > 220


def test_a_gif_opens_and_plays_for_ever(looks: Looks) -> None:
    (gif,) = looks("make it a gif", suffix=".gif")
    raw = gif.media.path.read_bytes()
    assert raw.startswith(b"GIF89a")
    assert b"NETSCAPE2.0\x03\x01\x00\x00" in raw
    assert gif.media.duration == pytest.approx(2, abs=0.15)
    assert shows(gif, RED, GREEN, BLUE, GRAY)


def test_the_sound_alone(looks: Looks) -> None:
    (sound,) = looks("extract the audio as mp3", suffix=".mp3")
    assert sound.media.kind == "audio"
    assert sound.media.duration == pytest.approx(2, abs=0.1)
    assert sound.loud(VOICE) > HEARD


def test_music_under_the_film_in_its_place_and_gone(looks: Looks) -> None:
    mixed, alone, gone = looks(
        "add tune.wav as background music at 50%",
        "replace the sound with tune.wav",
        "remove the music and unmute it",
        suffix=".wav",
    )
    first, again = mixed.loud(MUSIC, 0.1, 0.7), mixed.loud(MUSIC, 0.7, 1)
    assert first == pytest.approx(again, rel=0.1)  # it is laid again without a gap
    assert first == pytest.approx(0.5 * mixed.loud(VOICE), rel=0.2)
    assert alone.loud(VOICE) < SILENT
    assert alone.loud(MUSIC, 0.1, 0.9) > HEARD
    assert gone.loud(MUSIC) < SILENT
    assert gone.loud(VOICE) > HEARD


def test_silence_a_stretch_and_half_as_loud(looks: Looks) -> None:
    part, half, heard = looks("mute the first second", "volume to 50% from 0:01 to 0:02", "unmute", suffix=".wav")
    assert part.loud(VOICE, 0.05, 0.95) < SILENT
    assert part.loud(VOICE, 1.05, 1.9) > HEARD
    assert half.loud(VOICE, 1.05, 1.9) == pytest.approx(0.5 * part.loud(VOICE, 1.05, 1.9), rel=0.1)
    assert heard.loud(VOICE, 0.05, 0.95) > HEARD


def test_a_muted_film_has_no_track_of_sound(looks: Looks) -> None:
    (silent,) = looks("mute it")
    assert silent.media.audio is None
