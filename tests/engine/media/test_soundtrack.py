from __future__ import annotations

import array
import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import ffmpeg

from nemovideo.engine.media.fit import FitReport
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.probe import probe
from nemovideo.engine.media.soundform import FORMS, grades
from nemovideo.engine.media.soundtrack import extract_sound
from nemovideo.errors import DamagedFile, TargetNotMet, UnsupportedFile, UsageError
from nemovideo.protocol.compress import CompressRequest

Extract = Callable[..., tuple[FitReport, Path]]
PICTURE = ("-f", "lavfi", "-i", "color=gray:s=64x64:r=10:d=2")
SMALL = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
TONE = "aevalsrc='if(between(t,0.5,1.5),sin(2*PI*440*t)/2,0)':d=2:s={rate}"
"""Silence, a tone from 0.5 to 1.5 s, silence."""
CODECS = {form: FORMS[form].codec for form in FORMS}


@pytest.fixture
def extract(tmp_path: Path, run: Any) -> Extract:
    """Take a film's sound; checks what holds of every result."""
    number = iter(range(100))

    async def made(source: Path, container: str, limit: int | None = None, **wish: Any) -> tuple[FitReport, Path]:
        folder = tmp_path / f"sound{next(number)}"
        work = folder / "work"
        work.mkdir(parents=True)
        shares: list[float] = []
        target = folder / f"result.{container}"
        request = CompressRequest(max_bytes=limit, **wish)
        media = await probe(source)
        report = await extract_sound(media, target, request, container=container, work=work, on_progress=shares.append)
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert report.size == target.stat().st_size
        assert limit is None or report.size <= limit
        assert sorted(folder.iterdir()) == [target, work]
        result: Media = await probe(target)
        assert (result.kind, result.video) == ("audio", None)
        assert result.audio is not None
        assert result.audio.codec == report.audio_codec == CODECS[container]
        return report, target

    return lambda *arguments, **wish: run(made(*arguments, **wish))


def film(folder: Path, *sound: str, rate: int = 48000, name: str = "film.mp4") -> Path:
    path = folder / name
    ffmpeg(*PICTURE, "-f", "lavfi", "-i", TONE.format(rate=rate), *SMALL, *(sound or ("-c:a", "aac")), path)
    return path


def heard(path: Path) -> tuple[float, float, float]:
    """Where the tone begins and ends, and how long the whole is, in seconds."""
    samples = array.array("h", ffmpeg("-i", path, "-map", "0:a:0", "-ac", 1, "-ar", 48000, "-f", "s16le", "-"))
    loud = [at for at in range(0, len(samples), 8) if abs(samples[at]) > 4000]
    return loud[0] / 48000, loud[-1] / 48000, len(samples) / 48000


@pytest.mark.parametrize(("container", "rate"), [*((form, 48000) for form in sorted(FORMS)), ("aac", 44100)])
def test_every_form_keeps_the_sound_in_step_and_whole(extract, tmp_path, container, rate):
    source = film(tmp_path, "-c:a", "flac", rate=rate, name="film.mkv")
    report, path = extract(source, container)
    assert report.plan["action"] == ("copy" if container == "flac" else "encode")
    assert heard(path) == pytest.approx((0.5, 1.5, 2.0), abs=0.02)
    assert report.duration == pytest.approx(2.0, abs=0.02)


@pytest.mark.parametrize(
    ("coder", "container", "name"),
    [
        ("aac", "m4a", "film.mkv"),
        ("aac", "aac", "film.mp4"),
        ("aac", "aac", "film.mkv"),
        ("libmp3lame", "mp3", "film.mp4"),
        ("libopus", "opus", "film.mkv"),
    ],
)
def test_sound_that_is_of_the_form_already_is_copied_in_step(extract, tmp_path, coder, container, name):
    source = film(tmp_path, "-c:a", coder, "-b:a", "96k", name=name)
    report, path = extract(source, container)
    assert report.plan["action"] == "copy"
    assert any("copied" in note for note in report.notes)
    assert heard(path) == pytest.approx(heard(source), abs=0.02)


@pytest.mark.parametrize("container", ["aac", "flac", "mp3", "wav"])
def test_a_limit_is_kept_by_a_lower_rate(extract, tmp_path, container):
    source = film(tmp_path, "-c:a", "pcm_s16le", name="film.mkv")
    whole, _ = extract(source, container)
    limit = int(whole.size * 0.55)
    report, path = extract(source, container, limit)
    assert report.plan["action"] == "encode"
    assert report.size > 0.3 * limit
    assert heard(path) == pytest.approx((0.5, 1.5, 2.0), abs=0.025)


@pytest.mark.parametrize("container", ["mp3", "wav"])
def test_what_cannot_be_met_names_a_limit_that_works(extract, tmp_path, container):
    source = film(tmp_path)
    with pytest.raises(TargetNotMet) as told:
        extract(source, container, 500)
    least = told.value.least_bytes
    assert least is not None
    report, _ = extract(source, container, least)
    assert report.size <= least
    with pytest.raises(TargetNotMet):
        extract(source, container, least - 1)


@pytest.mark.parametrize(("container", "name"), [("m4a", "film.mp4"), ("aac", "film.mp4"), ("mp3", "film.ts")])
def test_a_sound_that_sets_in_late_has_silence_before_it(extract, tmp_path, container, name):
    source, late = film(tmp_path), tmp_path / f"late-{name}"
    ffmpeg("-i", source, "-itsoffset", 0.4, "-i", source, "-map", "0:v", "-map", "1:a", "-c", "copy", late)
    _, path = extract(late, container)
    assert heard(path) == pytest.approx((0.9, 1.9, 2.4), abs=0.03)


def test_a_gap_is_filled_with_silence(extract, tmp_path):
    source, holed = film(tmp_path, "-c:a", "pcm_s16le", name="film.mkv"), tmp_path / "holed.mkv"
    ffmpeg("-i", source, "-af", "aselect='not(between(t,0.1,0.4))'", "-c:v", "copy", "-c:a", "pcm_s16le", holed)
    _, path = extract(holed, "wav")
    assert heard(path) == pytest.approx((0.5, 1.5, 2.0), abs=0.03)


def test_metadata_goes_unless_it_is_kept(extract, tmp_path):
    source = film(tmp_path, "-c:a", "aac", "-metadata", "title=Secret place")
    for container in ("m4a", "mp3"):
        assert b"Secret place" not in (extract(source, container))[1].read_bytes()
        assert b"Secret place" in (extract(source, container, keep_metadata=True))[1].read_bytes()


def test_many_channels_are_mixed_down_and_said(run, extract, tmp_path):
    source = tmp_path / "six.mkv"
    ffmpeg(*PICTURE, "-f", "lavfi", "-i", "anoisesrc=d=2:c=pink", "-ac", 6, "-c:a", "flac", *SMALL, source)
    report, path = extract(source, "mp3")
    audio = run(probe(path)).audio
    assert audio is not None
    assert audio.channels == 2
    assert any("6 channels" in note for note in report.notes)


def test_a_film_without_sound_is_told(extract, tmp_path):
    silent, still = tmp_path / "silent.mp4", tmp_path / "still.png"
    ffmpeg(*PICTURE, *SMALL, silent)
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x64", "-frames:v", 1, still)
    for source in (silent, still):
        with pytest.raises(UnsupportedFile, match=f"{source.name} has no sound"):
            extract(source, "mp3")


def test_a_form_that_is_none_is_told(extract, tmp_path):
    with pytest.raises(UsageError, match=r"\.doc"):
        extract(film(tmp_path), "doc")


def test_a_damaged_sound_is_told_and_leaves_nothing(extract, tmp_path):
    source = tmp_path / "noise.mka"
    ffmpeg("-f", "lavfi", "-i", "anoisesrc=d=2", "-c:a", "aac", "-b:a", "128k", source)
    whole = bytearray(source.read_bytes())
    for at in range(3000, len(whole) - 3000, 400):
        whole[at : at + 40] = bytes(40)
    source.write_bytes(whole)
    with pytest.raises(DamagedFile):
        extract(source, "wav")
    assert not list(tmp_path.glob("sound*/result*"))


def test_cancelling_ends_it_and_leaves_nothing(run, tmp_path):
    source, target = film(tmp_path, "-c:a", "flac", name="film.mkv"), tmp_path / "result.mp3"

    async def flow() -> None:
        media, started = await probe(source), asyncio.Event()
        task = asyncio.ensure_future(
            extract_sound(
                media,
                target,
                CompressRequest(),
                container="mp3",
                work=tmp_path,
                on_progress=lambda _: started.set(),
            )
        )
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(flow())
    assert not target.exists()


def test_a_thin_source_is_not_blown_up(run, tmp_path):
    source = film(tmp_path, "-c:a", "aac", "-b:a", "24k", "-ac", "1")
    track = run(probe(source)).audio
    assert track is not None
    assert grades(FORMS["mp3"], track)[0].kbps <= 64
    assert grades(FORMS["wav"], track)[0].channels == 1
