"""High dynamic range, judged against the light that the patches of a made clip stand for."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from tests.engine.media.conftest import Make, ffmpeg
from tests.engine.media.surgery import SAMPLE_ENTRY, dolby_vision, put

from nemovideo.engine.media.probe import probe
from nemovideo.errors import UnsupportedFile

pytestmark = pytest.mark.media

NITS = (1, 10, 26, 58, 100, 203, 500, 1000)
"""Of the gray patches; 26 is mid gray, 58 fair skin, 203 white paper (BT.2408)."""
SKIN = (60.0, 38.0, 30.0)
"""Nits of red, green and blue in BT.709's primaries."""
MASTERING = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"


def pq(nits: float) -> float:
    share = (nits / 10_000) ** (2610 / 16384)
    return float(((0.8359375 + 18.8515625 * share) / (1 + 18.6875 * share)) ** 78.84375)


def hlg(nits: float) -> float:
    """Gray on a screen of 1000 nits, whose own curve is 1.2."""
    light = (nits / 1000) ** (1 / 1.2)
    return math.sqrt(3 * light) if light <= 1 / 12 else 0.17883277 * math.log(12 * light - 0.28466892) + 0.55991073


def mapped(nits: float) -> float:
    """The reference: white paper at 1, highlights up to 1000 nits rolled off above 0.3 (mobius), a screen of 2.4."""
    light, knee, peak = nits / 203, 0.3, 10.0
    if light > knee:
        a = -knee * knee * (peak - 1) / (knee * knee - 2 * knee + peak)
        b = (knee * knee - 2 * knee * peak + peak) / (peak - 1)
        light = (b * b + 2 * b * knee + knee * knee) / (b - a) * (light + a) / (light + b)
    return float(light ** (1 / 2.4))


def clip(path: Path, transfer: str, luma: list[int], cb: int = 512, cr: int = 512, more: str = "") -> Path:
    """Columns of 40 pixels in ten bits."""
    columns = "".join(f"if(lt(X,{40 * n + 40}),{code}," for n, code in enumerate(luma)) + "0" + ")" * len(luma)
    tags = f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc:range=tv"
    ffmpeg(
        *("-f", "lavfi", "-i", f"color=s={40 * len(luma)}x32:d=0.2:r=25"),
        *("-vf", f"format=yuv420p10le,geq=lum='{columns}':cb={cb}:cr={cr},{tags}", "-c:v", "libx265"),
        *("-preset", "ultrafast", "-crf", 5, "-x265-params", f"log-level=error{more}", "-tag:v", "hvc1", path),
    )
    return path


def levels(path: Path, count: int) -> list[float]:
    """The luma of each column, 0 for black and 1 for white."""
    row = ffmpeg("-i", path, "-frames:v", 1, "-vf", "extractplanes=y,crop=iw:2:0:16", "-f", "rawvideo", "-")
    return [(row[20 + 40 * n] - 16) / 219 for n in range(count)]


@pytest.mark.parametrize(("transfer", "curve"), [("smpte2084", pq), ("arib-std-b67", hlg)])
def test_gray_keeps_its_place(run: Any, make: Make, tmp_path: Path, transfer: str, curve: Any):
    bright = clip(tmp_path / "hdr.mp4", transfer, [round(64 + 876 * curve(nits)) for nits in NITS])
    made = run(make(bright, None, effort="fast"))
    video = made.result.video
    assert (video.trc, video.primaries, video.space, video.range, video.pix_fmt) == (1, 1, 1, 1, "yuv420p")
    assert levels(made.path, len(NITS)) == pytest.approx([mapped(nits) for nits in NITS], abs=0.025)


def test_skin_keeps_its_colour(run: Any, make: Make, tmp_path: Path):
    r, g, b = SKIN
    wide = (
        0.6274 * r + 0.3293 * g + 0.0433 * b,
        0.0691 * r + 0.9195 * g + 0.0114 * b,
        0.0164 * r + 0.0880 * g + 0.8956 * b,
    )
    red, green, blue = map(pq, wide)
    luma = 0.2627 * red + 0.6780 * green + 0.0593 * blue
    cb, cr = (round(512 + 896 * part) for part in ((blue - luma) / 1.8814, (red - luma) / 1.4746))
    face = clip(tmp_path / "face.mp4", "smpte2084", [round(64 + 876 * luma)] * 2, cb, cr)
    made = run(make(face, None, effort="fast"))
    seen = ffmpeg("-i", made.path, "-frames:v", 1, "-vf", "crop=2:2,format=rgb24", "-f", "rawvideo", "-")[:3]
    assert [code / 255 for code in seen] == pytest.approx([mapped(nits) for nits in SKIN], abs=0.04)


def side_data(path: Path) -> str:
    return ffmpeg("-i", path, "-frames:v", 1, "-vf", "showinfo", "-f", "null", "-", level="info").decode()


@pytest.mark.parametrize(("codec", "keep"), [("hevc", True), ("av1", True), ("hevc", False)])
def test_the_screen_it_was_made_on_goes_with_hdr(run: Any, make: Make, tmp_path: Path, codec: str, keep: bool):
    light = f":hdr10=1:repeat-headers=1:master-display={MASTERING}:max-cll=1000,400"
    graded = clip(tmp_path / "graded.mp4", "smpte2084", [200, 500, 600, 700], more=light)
    assert "Mastering display" in side_data(graded)
    made = run(make(graded, None, effort="fast", codec=codec, keep_hdr=keep))
    video, said = made.result.video, side_data(made.path)
    assert (video.hdr, video.primaries, video.space) == (("pq", 9, 9) if keep else (None, 1, 1))
    assert video.pix_fmt == ("yuv420p10le" if keep else "yuv420p")
    assert ("Mastering display" in said, "Content light level" in said) == (keep, keep)


def with_dolby(path: Path, profile: int, base: int, *, tagged: bool = True) -> Path:
    plain = clip(path, "smpte2084" if tagged else "unknown", [round(64 + 876 * pq(203))] * 4).read_bytes()
    path.write_bytes(put(plain, (*SAMPLE_ENTRY, b"hvc1"), dolby_vision(profile, base)))
    return path


@pytest.mark.parametrize(("tagged", "codec"), [(True, "hevc"), (False, "h264")])
def test_the_picture_under_dolby_vision_is_taken(run: Any, make: Make, tmp_path: Path, tagged: bool, codec: str):
    made = run(make(with_dolby(tmp_path / "dv.mp4", 8, 1, tagged=tagged), None, effort="fast", codec=codec))
    assert (made.source.video.dolby, made.source.video.hdr) == ("8.1", "pq")
    assert levels(made.path, 1) == pytest.approx([mapped(203)], abs=0.025)
    assert any("Dolby Vision 8.1 left out" in note for note in made.report.notes)


def test_dolby_vision_in_colours_of_its_own_is_refused(run: Any, tmp_path: Path):
    """Its picture means other colours than any player without Dolby's says: green faces, purple skies."""
    with pytest.raises(UnsupportedFile, match=r"Dolby Vision of profile 5.*profile 8.* is read"):
        run(probe(with_dolby(tmp_path / "dv.mp4", 5, 0)))
