from __future__ import annotations

from dataclasses import replace

from tests.engine.media.conftest import media

from nemovideo.engine.media.audio import leanest, plan_sound
from nemovideo.protocol.compress import CompressRequest

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
