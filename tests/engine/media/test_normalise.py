from __future__ import annotations

from tests.engine.media.conftest import media

from nemovideo.engine.media.normalise import chain, decoder, notes
from nemovideo.engine.media.plan import Picture

HALF = Picture(960, 540, rung=0.5)


def test_an_ordinary_picture_is_only_scaled():
    assert chain(media(), HALF) == ("scale=w=960:h=540:flags=lanczos+accurate_rnd:out_range=tv,setsar=1,format=yuv420p")


def test_fewer_pictures_come_before_the_work_on_them():
    steps = chain(media(interlaced=True), Picture(960, 540, fps=12.5)).split(",")
    assert [step.split("=")[0] for step in steps[:3]] == ["bwdif", "fps", "scale"]
    assert steps[1].startswith("fps=fps=25/2")


def test_hdr_is_mapped_small_and_tagged():
    steps = chain(media(hdr="hlg", trc=18, primaries=9, space=9), HALF)
    assert steps.index("scale=") < steps.index("arib-std-b67") < steps.index("tonemap=")
    assert steps.endswith("format=yuv420p")


def test_hdr_may_be_kept_in_ten_bits():
    steps = chain(media(hdr="pq", trc=16), HALF, keep_hdr=True)
    assert "tonemap" not in steps
    assert steps.endswith("format=yuv420p10le")


def test_missing_colours_are_told_by_the_sources_size():
    assert "bt709" in chain(media(trc=2, primaries=2, space=2), HALF)
    assert "smpte170m" in chain(media(width=854, height=480, trc=2, primaries=2, space=2), Picture(640, 360))


def test_millisecond_times_of_a_steady_film_are_set_right():
    steady = media(demuxer="matroska", fps=60.0, seconds=10)
    assert chain(steady, HALF).startswith("settb=expr=1/60,")
    assert "settb" not in chain(media(demuxer="matroska", fps=60.0, vfr=True), HALF)


def test_transparency_is_laid_over_black_by_a_decoder_that_sees_it():
    clear = media(alpha=True, codec="vp9")
    assert "premultiply=inplace=1" in chain(clear, HALF)
    assert clear.video is not None
    assert decoder(clear.video) == "libvpx-vp9"


def test_notes_name_what_was_done():
    said = " ".join(notes(media(rotation=-90, hdr="hlg", sar=(4, 3), alpha=True, interlaced=True), keep_hdr=False))
    for word in ("upright", "HLG", "square", "black", "interlaced"):
        assert word in said
