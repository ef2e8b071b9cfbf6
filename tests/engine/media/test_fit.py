"""The controller with real encodes of made clips: under the limit, whole, and as it should look."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import Make, ffmpeg

from nemovideo.engine.media.fit import fit
from nemovideo.engine.media.probe import probe
from nemovideo.errors import DamagedFile, NoPicture, TargetNotMet, UnsupportedFile, UsageError
from nemovideo.protocol.compress import CompressRequest

pytestmark = pytest.mark.media


@pytest.mark.parametrize(
    ("codec", "container"),
    [("h264", "mp4"), ("hevc", "mp4"), ("av1", "mp4"), ("h264", "mov"), ("h264", "mkv"), ("av1", "webm")],
)
def test_every_codec_stays_under(run: Any, make: Make, talk: Path, codec: str, container: str):
    made = run(make(talk, talk.stat().st_size // 4, codec=codec, container=container, effort="fast"))
    assert made.report.codec == made.result.video.codec == codec
    assert made.result.container == container
    assert made.report.size > 0.7 * talk.stat().st_size // 4
    assert made.result.video.duration == pytest.approx(made.source.video.duration, abs=0.05)
    assert made.result.video.sar == (1, 1)
    assert made.result.video.pix_fmt == "yuv420p"
    assert made.report.audio_codec == ("opus" if container == "webm" else "aac")
    assert made.report.plan["result"]["codec"] == codec


def test_hevc_is_tagged_for_apple(run: Any, make: Make, talk: Path):
    made = run(make(talk, 60_000, codec="hevc", effort="fast"))
    assert b"hvc1" in made.path.read_bytes()


def test_index_comes_first(run: Any, make: Make, talk: Path):
    content = run(make(talk, 60_000)).path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_single_frame(run: Any, make: Make, one_frame: Path):
    made = run(make(one_frame, one_frame.stat().st_size // 2))
    assert made.result.video.frames == 1


@pytest.mark.media
@pytest.mark.parametrize("wish", [{"max_height": 120}, {"fps": 10.0}])
def test_what_fits_is_encoded_all_the_same_when_it_is_larger_or_faster_than_asked(
    run: Any, make: Make, talk: Path, wish: dict[str, Any]
):
    made = run(make(talk, 100_000_000, **wish))
    assert made.report.plan["action"] == "encode"
    assert made.result.height <= wish.get("max_height", 10_000)
    assert made.result.fps <= wish.get("fps", 10_000.0) + 0.5
    assert made.report.size < made.source.size


def test_what_fits_is_handed_back(run: Any, make: Make, talk: Path):
    made = run(make(talk, talk.stat().st_size))
    assert made.report.plan["action"] == "keep"
    assert made.path.read_bytes() == talk.read_bytes()


def test_another_container_is_no_encode(run: Any, make: Make, talk: Path):
    made = run(make(talk, 2 * talk.stat().st_size, container="mkv"))
    assert made.report.plan["action"] == "remux"
    assert made.result.video.bytes == pytest.approx(made.source.video.bytes, rel=0.01)


def test_another_codec_is_an_encode_that_does_not_pad(run: Any, make: Make, talk: Path):
    made = run(make(talk, 50_000_000, codec="hevc", effort="fast"))
    assert made.report.plan["action"] == "encode"
    assert made.report.size < 2.5 * talk.stat().st_size


def test_no_limit_is_smaller_or_the_same(run: Any, make: Make, talk: Path, small: Path):
    assert run(make(talk, None)).report.size < talk.stat().st_size
    again = run(make(small, None))
    assert (again.report.plan["action"], again.report.size) == ("keep", small.stat().st_size)


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
def test_the_least_that_is_named_works(run: Any, make: Make, talk: Path, codec: str):
    with pytest.raises(TargetNotMet) as refused:
        run(make(talk, 1000, codec=codec))
    least = refused.value.least_bytes
    assert least is not None
    assert str(least) in str(refused.value)
    made = run(make(talk, least, codec=codec))
    assert made.report.size == least
    with pytest.raises(TargetNotMet):
        run(make(talk, least - 1, codec=codec))


def test_starved_but_possible(run: Any, make: Make, talk: Path):
    """Between the floor and comfort: fewer pictures, all of the duration."""
    with pytest.raises(TargetNotMet) as refused:
        run(make(talk, 1000))
    made = run(make(talk, int((refused.value.least_bytes or 0) * 1.4)))
    assert made.result.video.duration == pytest.approx(made.source.video.duration, abs=0.1)


def test_wishes_are_kept(run: Any, make: Make, talk: Path):
    made = run(make(talk, 60_000, max_height=120, fps=12.5, audio="none"))
    assert min(made.result.width, made.result.height) <= 120
    assert made.result.fps == pytest.approx(12.5, abs=0.1)
    assert made.result.audio is None


def test_metadata_goes_unless_kept(run: Any, make: Make, talk: Path, tmp_path: Path):
    tagged = tmp_path / "tagged.mp4"
    ffmpeg("-i", talk, "-c", "copy", "-metadata", "title=At home", "-metadata", "location=+52.5+13.4/", tagged)
    assert b"At home" not in run(make(tagged, 60_000)).path.read_bytes()
    assert b"At home" in run(make(tagged, 60_000, keep_metadata=True)).path.read_bytes()


def test_quality_is_measured_when_asked(run: Any, make: Make, talk: Path):
    kept = run(make(talk, 10_000_000, measure_quality=True)).report
    assert (kept.plan["action"], kept.quality) == ("keep", {"vmaf": 100.0, "vmaf_p5": 100.0})
    assert "quality not measured: every picture is the source's own" in kept.notes
    quality = run(make(talk, 150_000, measure_quality=True)).report.quality
    assert 50 < quality["vmaf_p5"] <= quality["vmaf"] <= 100


@pytest.mark.parametrize(
    "name", ["-f lavfi.mp4", 'it\'s %d of 3: a "film".mp4', "näme #1?[x].mp4", "a\nb.mp4", "%03d.mp4"]
)
def test_names_are_only_names(run: Any, make: Make, talk: Path, tmp_path: Path, name: str):
    odd = tmp_path / name
    odd.write_bytes(talk.read_bytes())
    assert run(make(odd, 60_000, effort="fast")).report.codec == "h264"


def test_flipped_bytes_are_damage(run: Any, make: Make, talk: Path, tmp_path: Path):
    content = bytearray(talk.read_bytes())
    start = content.index(b"mdat") + 6000
    dice = random.Random(5)
    for _ in range(30):
        content[dice.randrange(start, start + 150_000)] ^= 0xFF
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(content)
    with pytest.raises(DamagedFile, match=r"broken\.mp4 is damaged"):
        run(make(broken, 60_000))


def test_refusals(run: Any, make: Make, talk: Path, sound_only: Path, tmp_path: Path):
    with pytest.raises(NoPicture):
        run(make(sound_only, 60_000))
    photo = tmp_path / "photo.png"
    ffmpeg("-i", talk, "-frames:v", 1, photo)
    with pytest.raises(UnsupportedFile, match="still image"):
        run(make(photo, 60_000))
    with pytest.raises(UsageError, match=r"\.webm cannot hold h264"):
        run(make(talk, 60_000, container="webm"))
    with pytest.raises(UsageError, match=r"cannot be \.xyz"):
        run(make(talk, 60_000, container="xyz"))


def test_a_picture_too_small_for_a_codec_is_refused_before_encoding(run: Any, make: Make, tmp_path: Path):
    tiny = tmp_path / "tiny.mkv"
    ffmpeg("-f", "lavfi", "-i", "color=s=8x8:r=5:d=1", "-c:v", "ffv1", tiny)
    with pytest.raises(UsageError, match=r"hevc cannot hold a picture of 8x8.*h264"):
        run(make(tiny, 60_000, codec="hevc"))


def test_a_very_low_rate_gives_one_picture(run: Any, make: Make, talk: Path):
    assert run(make(talk, 60_000, fps=0.01)).result.video.frames == 1


def test_cancelling_leaves_nothing(run: Any, talk: Path, tmp_path: Path):
    async def flow() -> None:
        source = await probe(talk)
        begun = asyncio.Event()
        (tmp_path / "work").mkdir()
        target = tmp_path / "out.mp4"
        request = CompressRequest(max_bytes=60_000, effort="best", codec="av1")
        work = fit(source, target, request, container="mp4", work=tmp_path / "work", on_progress=lambda _: begun.set())
        task = asyncio.create_task(work)
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not target.exists()

    run(flow())


def test_the_source_may_be_read_only(run: Any, make: Make, talk: Path, tmp_path: Path):
    kept = tmp_path / "kept.mp4"
    kept.write_bytes(talk.read_bytes())
    kept.chmod(0o400)
    content = kept.read_bytes()
    run(make(kept, 60_000, effort="fast"))
    assert kept.read_bytes() == content
    assert os.access(kept, os.R_OK)
