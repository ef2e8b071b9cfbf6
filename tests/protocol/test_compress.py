"""The sentence that travels: programs are understood exactly, people as far as they go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nemovideo.protocol.compress import CompressRequest, from_sentence, to_sentence
from nemovideo.protocol.presets import PRESETS

REQUESTS = st.builds(
    CompressRequest,
    max_bytes=st.none() | st.integers(1, 10**13),
    codec=st.sampled_from(["h264", "hevc", "av1"]),
    effort=st.sampled_from(["fast", "balanced", "best"]),
    max_height=st.none() | st.integers(16, 16_384),
    fps=st.none() | st.floats(0, 1000, exclude_min=True),
    audio=st.sampled_from(["auto", "copy", "aac", "opus", "none"]),
    audio_tracks=st.sampled_from(["default", "all"]),
    keep_hdr=st.booleans(),
    keep_metadata=st.booleans(),
    measure_quality=st.booleans(),
)


@given(REQUESTS, st.none() | st.integers(1, 10**12))
def test_what_a_program_says_is_understood_exactly(request: CompressRequest, original: int | None) -> None:
    assert from_sentence(to_sentence(request), original_bytes=original) == request
    assert CompressRequest.from_sentence(request.to_sentence()) == request


def test_the_sentence_reads_like_the_seeds() -> None:
    assert to_sentence(CompressRequest(max_bytes=50_000_000)) == (
        "compress this video to under 50MB (at most 50000000 bytes) without losing too much quality, "
        "H.264, balanced effort"
    )


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("compress this video to under 50MB without losing too much quality", 50_000_000),
        ("compress a 500MB 10-minute MP4 recording into a 25MB MP4", 25_000_000),
        ("shrink my 2GB clip to 100 MB", 100_000_000),
        ("Make it smaller than 8 mb please", 8_000_000),
        ("make it 20MB or less", 20_000_000),
        ("fit this into 8 MiB", 8 * 2**20),
        ("reduce it to 1.5GB", 1_500_000_000),
        ("compress to 700 kB", 700_000),
        ("compress to 700k", 700_000),
        ("compress to 4K", None),
        ("at most 12345 bytes, compress it", 12_345),
        ("compress it to fit Discord", PRESETS["discord"].max_bytes),
        ("make it small enough to fit on WhatsApp", PRESETS["whatsapp"].max_bytes),
        ("compress for Discord, 9 MB", PRESETS["discord"].max_bytes),
        ("compress it for X", PRESETS["x"].max_bytes),
        ("compress it for Discord Nitro", PRESETS["discord-nitro"].max_bytes),
        ("fit it into Discord Nitro Basic", PRESETS["discord-nitro-basic"].max_bytes),
        ("compress it as far as sensible", None),
        ("压缩到20MB以内", 20_000_000),
        ("把这个视频压缩到 20 MB", 20_000_000),
        ("视频压缩成50MB以下", 50_000_000),
        ("请把视频缩小到8兆以内", 8_000_000),
        ("视频大小不超过100MB，压缩一下", 100_000_000),
        ("压缩这个视频", None),
        ("Reduce the size of talk, my mail takes 2 MB.", 2_000_000),
        ("邮箱只能收2MB，压缩一下", 2_000_000),
        ("make it 8MB", 8_000_000),
        ("compress my 500MB file", None),
        ("compress this 500 MB recording", None),
        ("compress a 500MB 10-minute MP4 recording into a 1080p MP4", None),
        ("the video is 500MB, compress it", None),
        ("it's over 500MB, compress it", None),
        ("compress it, the 9 MB are too many", None),
        ("这个视频有500MB，帮我压缩", None),
        ("compress it, it has 5m of talk", None),
        ("compress it, it plays at 20MB/s", None),
    ],
)
def test_a_persons_limit(text: str, limit: int | None) -> None:
    found = from_sentence(text)
    assert found is not None
    assert found.max_bytes == limit


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("compress it to half the size", 0.5),
        ("压缩到原来的一半", 0.5),
        ("compress it to 30%", 0.3),
        ("compress to about 25 % of the original", 0.25),
        ("compress to 12.5% of its size", 0.125),
        ("reduce the size by 70%", 0.3),
        ("make it 40% smaller", 0.6),
        ("压缩到30%", 0.3),
        ("减少40%的大小，压缩", 0.6),
        ("make it half its size and remove the sound", 0.5),
        ("half of its size", 0.5),
        ("cut the file size in half", 0.5),
        ("make it 50%", 0.5),
        ("make the video 50% of its size", 0.5),
    ],
)
def test_a_persons_share_of_the_original(text: str, share: float) -> None:
    found = from_sentence(text, original_bytes=10_000_000)
    assert found is not None
    assert found.max_bytes == pytest.approx(10_000_000 * share, abs=1)
    unknown = from_sentence(text)
    assert unknown is not None
    assert unknown.max_bytes is None


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("compress to 50MB at 720p", "max_height", 720),
        ("compress to 50MB in 4K", "max_height", 2160),
        ("compress to 50MB, any resolution", "max_height", None),
        ("compress to 50MB with HEVC", "codec", "hevc"),
        ("compress to 50MB using h265", "codec", "hevc"),
        ("compress to 50MB as AV1", "codec", "av1"),
        ("compress to 50MB at 30 fps", "fps", 30.0),
        ("compress to 50MB at 23.976fps", "fps", 23.976),
        ("compress to 50MB without sound", "audio", "none"),
        ("压缩到50MB，去掉声音", "audio", "none"),
        ("compress to 50MB and remove the sound", "audio", "none"),
        ("compress to 50MB, drop all of its audio", "audio", "none"),
        ("compress to 50MB, no sound needed", "audio", "none"),
        ("compress to 50MB and mute it", "audio", "none"),
        ("压缩到50MB，静音", "audio", "none"),
        ("compress to 50MB, don't remove the sound", "audio", "auto"),
        ("compress to 50MB with no sound loss", "audio", "auto"),
        ("compress to 50MB as quickly as possible", "effort", "fast"),
        ("compress to 50MB, best quality", "effort", "best"),
        ("压缩到50MB，最佳画质", "effort", "best"),
        ("compress to 50MB, keep HDR", "keep_hdr", True),
        ("compress to 50MB, keep all the audio tracks", "audio_tracks", "all"),
        ("compress to 50MB with both audio tracks", "audio_tracks", "all"),
        ("压缩到50MB，保留所有音轨", "audio_tracks", "all"),
        ("compress to 50MB, only the default audio track", "audio_tracks", "default"),
    ],
)
def test_a_persons_other_wishes(text: str, field: str, value: object) -> None:
    found = from_sentence(text)
    assert found is not None
    assert found.max_bytes == 50_000_000
    assert getattr(found, field) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "add a title",
        "export",
        "trim the first 5 seconds",
        "don't compress it yet",
        "please do not shrink my video",
        "不要压缩",
        "compress it to 0 bytes",
        "把视频剪短",
        "make the title smaller",
        "make the logo half its size",
        "make the music 50% quieter",
        "make it 50% faster",
        "add a title saying 4K",
        "add the title 'no sound'",
    ],
)
def test_what_wishes_no_compression(text: str) -> None:
    assert from_sentence(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("actually keep it 480p and drop the audio", {"max_height": 480, "audio": "none"}),
        ("改成480p，去掉声音", {"max_height": 480, "audio": "none"}),
        ("with HEVC please", {"codec": "hevc"}),
        ("compress it without losing too much quality", {}),
        ("no size limit, 720p", {"max_bytes": None, "max_height": 720}),
        ("with sound again", {"audio": "auto"}),
    ],
)
def test_words_without_a_limit_add_to_what_is_held(text: str, said: dict[str, object]) -> None:
    held = CompressRequest(max_bytes=2_000_000, fps=30, audio="aac")
    assert from_sentence(text, held=held) == held.model_copy(update=said)
    assert from_sentence("compress it to 3MB", held=held) == CompressRequest(max_bytes=3_000_000)
    assert from_sentence(CompressRequest().to_sentence(), held=held) == CompressRequest()


def test_a_lone_size_that_is_the_sources_is_no_limit() -> None:
    assert from_sentence("compress talk, 500 MB", original_bytes=512_000_000) == CompressRequest()
    assert from_sentence("compress talk, 300 MB", original_bytes=512_000_000) == CompressRequest(max_bytes=300_000_000)


@given(st.text(max_size=80), st.none() | st.integers(1, 10**12))
def test_no_words_make_it_raise(text: str, original: int | None) -> None:
    from_sentence("compress " + text, original_bytes=original)


@pytest.mark.parametrize(
    "text",
    [
        "compress to under " + "9" * 400 + "MB",
        "compress to " + "9" * 5000 + " MB",
        "compress, at most " + "9" * 5000 + " bytes",
        "compress to 5MB at 1e999 fps",
        "compress to under " + "9" * 400 + " bytes or less",
    ],
)
def test_absurd_numbers_wish_nothing(text: str) -> None:
    assert from_sentence(text) is None


@pytest.mark.parametrize("text", ["compress " + "to " * 20_000, "by " * 20_000 + "compress", "compress" + " " * 50_000])
def test_long_texts_are_read(text: str) -> None:
    assert from_sentence(text, original_bytes=1000) == CompressRequest()


@pytest.mark.parametrize(
    "wrong",
    [{"max_bytes": 0}, {"max_bytes": -1}, {"fps": float("nan")}, {"fps": 0}, {"max_height": 5}, {"codec": "vp8"}],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CompressRequest.model_validate(wrong)
