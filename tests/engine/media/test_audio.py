from __future__ import annotations

from dataclasses import replace

import pytest
from tests.engine.media.conftest import media

from nemovideo.engine.media.audio import leanest, plan_sound
from nemovideo.engine.media.entry import keeps, refuse
from nemovideo.engine.media.media import Media
from nemovideo.errors import UsageError
from nemovideo.protocol.compress import Audio, Codec, CompressRequest

WISH = CompressRequest(max_bytes=1)
FILM = media(audio_bytes=960_000)  # 128 kb/s for a minute


def test_sound_that_fits_is_copied():
    sound = plan_sound(FILM, WISH, "mp4", 10_000_000)
    assert (sound.how, sound.codec, sound.bytes) == ("copy", "aac", 960_000)


def test_sound_takes_its_share_and_no_more():
    for limit in (5_000_000, 3_000_000, 2_000_000):
        sound = plan_sound(FILM, WISH, "mp4", limit)
        assert sound.how == "encode"
        assert sound.bytes <= 0.12 * limit + 64


def test_little_sound_is_mono_and_never_under_24():
    sound = plan_sound(FILM, WISH, "mp4", 100_000)
    assert (sound.kbps, sound.channels) == (24, 1)
    assert leanest(FILM, WISH, "mp4") == sound


def test_asked_for_is_done():
    assert plan_sound(FILM, CompressRequest(max_bytes=1, audio="none"), "mp4", 10**7).how == "none"
    assert plan_sound(FILM, CompressRequest(max_bytes=1, audio="copy"), "mp4", 10**5).how == "copy"
    assert plan_sound(FILM, CompressRequest(max_bytes=1, audio="opus"), "mp4", 10**7).codec == "opus"
    assert plan_sound(FILM, WISH, "webm", 10**7).codec == "opus"


def test_more_than_the_source_had_is_not_spent():
    thin = media(audio_bytes=180_000)  # 24 kb/s
    assert plan_sound(thin, CompressRequest(max_bytes=1, audio="opus"), "mp4", 10**8).kbps == 24


def test_silent_film_has_no_sound():
    assert plan_sound(media(), WISH, "mp4", 10**6).how == "none"


def test_a_low_rate_is_raised_for_the_encoders_first_samples_are_long_at_it():
    assert FILM.audio is not None
    phone = replace(FILM, audio=replace(FILM.audio, rate=8000, codec="amrnb"))
    assert plan_sound(phone, WISH, "mkv", 10**7).rate >= 22_050


def of(codec: str, channels: int = 2) -> Media:
    assert FILM.audio is not None
    return replace(FILM, audio=replace(FILM.audio, codec=codec, channels=channels))


def test_one_channel_of_aac_takes_64_at_most():
    assert plan_sound(of("flac", 1), WISH, "mp4", 10**8).kbps == 64
    assert plan_sound(of("flac", 2), WISH, "mp4", 10**8).kbps == 128
    assert plan_sound(of("flac", 1), CompressRequest(max_bytes=1, audio="opus"), "mp4", 10**8).kbps > 64


@pytest.mark.parametrize(
    ("codec", "container", "how"),
    [
        ("ac3", "mp4", "copy"),
        ("eac3", "mov", "copy"),
        ("opus", "mp4", "copy"),
        ("opus", "mov", "encode"),
        ("flac", "mp4", "encode"),
        ("pcm_s16le", "mp4", "encode"),
        ("aac", "webm", "encode"),
    ],
)
def test_what_cannot_be_copied_says_why(codec: str, container: str, how: str):
    sound = plan_sound(of(codec), CompressRequest(max_bytes=1, audio="copy"), container, 10**7)
    assert sound.how == how
    assert (f"not copied: {codec} is not for .{container} files" in sound.words()) is (how == "encode")
    usual = plan_sound(of(codec), WISH, container, 10**7)
    assert usual.how == "encode", "not every player takes it"
    assert "not copied" not in usual.words()
    lean = leanest(of(codec), CompressRequest(max_bytes=1, audio="copy"), container)
    assert lean.how == how


def test_sound_made_anew_is_no_copy():
    made = replace(of("pcm_s16le"), composed=True)
    sound = plan_sound(made, CompressRequest(max_bytes=1, audio="copy"), "mp4", 10**7)
    assert "edited timeline" in sound.words()


@pytest.mark.parametrize(("audio", "action"), [("auto", "keep"), ("aac", "keep"), ("opus", "remux"), ("none", "remux")])
def test_sound_of_another_codec_than_asked_for_is_no_reason_to_encode_the_picture(audio: Audio, action: str):
    assert keeps(FILM, CompressRequest(max_bytes=10**9, audio=audio), "mp4") == action


@pytest.mark.parametrize(("container", "audio"), [("webm", "aac"), ("mov", "opus")])
def test_sound_that_a_container_cannot_hold_is_refused(container: str, audio: Audio):
    codec: Codec = "av1" if container == "webm" else "h264"
    with pytest.raises(UsageError, match=rf"\.{container} cannot hold {audio}"):
        refuse(FILM, CompressRequest(max_bytes=1, codec=codec, audio=audio), container)
