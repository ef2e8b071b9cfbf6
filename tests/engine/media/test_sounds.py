"""Sound that breaks tools, judged by listening: how loud, when, and which."""

from __future__ import annotations

import array
import itertools
import math
from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import Make, ffmpeg

pytestmark = pytest.mark.media
PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=1")
FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def film(path: Path, *sounds: str, coder: tuple[object, ...] = ("-c:a", "aac", "-b:a", "128k")) -> Path:
    inputs = [word for sound in sounds for word in ("-f", "lavfi", "-i", sound)]
    maps = [word for number in range(len(sounds) + 1) for word in ("-map", number)]
    ffmpeg(*PICTURE, *inputs, *maps, *FAST, "-b:v", "1M", *coder, path)
    return path


def heard(path: Path, track: int = 0, rate: int = 16_000) -> list[array.array[int]]:
    """The samples of each of two channels."""
    raw = ffmpeg("-i", path, "-map", f"0:a:{track}", "-ac", 2, "-ar", rate, "-f", "s16le", "-")
    both = array.array("h", raw)
    return [both[0::2], both[1::2]]


def loudness(samples: Any) -> float:
    return math.sqrt(sum(sample * sample for sample in samples) / max(1, len(samples))) / 32768


def pitch(samples: Any, rate: int = 16_000) -> float:
    middle = samples[len(samples) // 4 : 3 * len(samples) // 4]
    crossings = sum(a < 0 <= b for a, b in itertools.pairwise(middle))
    return float(crossings * rate / len(middle))


def test_surround_becomes_stereo_in_which_all_is_heard(run: Any, make: Make, tmp_path: Path):
    centre = film(tmp_path / "talk.mov", "aevalsrc=0|0|0.5*sin(2764*t)|0|0|0:c=5.1:d=1", coder=("-c:a", "pcm_s16le"))
    made = run(make(centre, centre.stat().st_size // 3, effort="fast"))
    left, right = heard(made.path)
    assert made.result.audio.channels == 2
    assert loudness(left) == pytest.approx(loudness(right), rel=0.05)
    assert loudness(left) == pytest.approx(0.5 / 2, rel=0.1), "the middle at 3 dB less on both sides"
    assert pitch(left) == pytest.approx(440, abs=5)


def test_the_sound_of_a_telephone(run: Any, make: Make, tmp_path: Path):
    phone = film(tmp_path / "phone.mov", "sine=440:r=8000:d=1", coder=("-c:a", "pcm_s16le"))
    made = run(make(phone, phone.stat().st_size // 2, effort="fast"))
    assert made.result.audio.channels == 1
    assert pitch(heard(made.path)[0]) == pytest.approx(440, abs=5)
    assert made.result.audio.duration == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("seconds", [0.4, 1.8])
def test_shorter_and_longer_than_the_picture(run: Any, make: Make, tmp_path: Path, seconds: float):
    uneven = film(tmp_path / "uneven.mp4", f"sine=440:d={seconds}")
    made = run(make(uneven, uneven.stat().st_size // 2, effort="fast"))
    assert made.result.video.duration == pytest.approx(1, abs=0.02)
    assert made.result.audio.duration == pytest.approx(seconds, abs=0.06)
    assert made.result.duration == pytest.approx(max(1, seconds), abs=0.06)


def test_silence_stays_silent(run: Any, make: Make, tmp_path: Path):
    mute = film(tmp_path / "mute.mov", "anullsrc=r=44100:cl=stereo:d=1", coder=("-c:a", "pcm_s16le"))
    made = run(make(mute, mute.stat().st_size // 3, effort="fast"))
    assert max(map(loudness, heard(made.path))) < 0.001


def tongues(path: Path) -> Path:
    languages = ("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=fra", "-metadata:s:a:1", "title=Deux")
    second_is_default = ("-disposition:a:0", "0", "-disposition:a:1", "default")
    aac = ("-c:a", "aac", "-b:a", "128k")
    return film(path, "sine=440:d=1", "sine=2000:d=1.6", coder=(*aac, *languages, *second_is_default))


@pytest.mark.parametrize(
    ("share", "how", "container"), [(0.9, "encode", "mp4"), (0.3, "encode", "mkv"), (2, "copy", "mov")]
)
def test_every_sound_track_comes_along(run: Any, make: Make, tmp_path: Path, share: float, how: str, container: str):
    source = tongues(tmp_path / "two.mkv")
    limit = int(source.stat().st_size * share)
    made = run(make(source, limit, container=container, effort="fast", audio_tracks="all", keep_metadata=True))
    assert made.result.audio_tracks == 2
    assert not any("left out" in note for note in made.report.notes)
    assert any(f"{'sound copied' if how == 'copy' else 'kb/s'}" in note for note in made.report.notes)
    assert pitch(heard(made.path, 0)[0]) == pytest.approx(440, abs=6)
    assert pitch(heard(made.path, 1)[0]) == pytest.approx(2000, abs=6)
    tracks = sorted((made.result.audio, *made.result.more_audio), key=lambda track: track.index)
    assert [track.language for track in tracks] == ["eng", "fra"]
    assert made.result.audio is tracks[1], "the default one changed"
    assert [track.duration for track in tracks] == pytest.approx([1, 1.6], abs=0.1)


def test_one_is_taken_and_told_of_unless_all_are_wished_for(run: Any, make: Make, tmp_path: Path):
    source = tongues(tmp_path / "two.mkv")
    made = run(make(source, source.stat().st_size // 2, effort="fast"))
    assert made.result.audio_tracks == 1
    assert pitch(heard(made.path)[0]) == pytest.approx(2000, abs=6)
    assert made.result.audio.language == "fra"
    assert any("1 more sound track(s) left out: the default one was taken" in note for note in made.report.notes)


def test_tracks_that_begin_at_different_times_keep_step(run: Any, make: Make, tmp_path: Path):
    source, late = tongues(tmp_path / "two.mkv"), tmp_path / "late.mkv"
    ffmpeg(
        *("-i", source, "-itsoffset", 0.7, "-i", source, "-map", "0:v", "-map", "1:a:0", "-map", "0:a:1"),
        *("-c", "copy", late),
    )
    made = run(make(late, late.stat().st_size // 2, effort="fast", audio_tracks="all"))
    first, second = heard(made.path, 0)[0], heard(made.path, 1)[0]
    assert loudness(second[1000:4000]) > 0.02
    starts = [track.start for track in sorted((made.result.audio, *made.result.more_audio), key=lambda it: it.index)]
    assert starts[0] - starts[1] == pytest.approx(0.7, abs=0.05)
    assert loudness(first[-3000:]) > 0.02
