"""The forms that a sound can be handed out in, and how much each takes at what quality. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.media.media import AudioTrack

__all__ = ["FORMS", "Form", "Grade", "grades"]

_NO_LOSS = frozenset({"flac", "alac", "truehd"})
_AAC_RATES = (8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_MP3_RATES = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_OPUS_RATES = (48_000,)
_PCM_RATES = (8_000, 16_000, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000)
_WORTH = 1.5
"""What a lossy source's bits a second may grow by: a copy into another codec needs more to sound the same."""
_LEAST_WORTH = 64
"""kb/s to which they may always grow: of what Opus holds in 32, MP3 needs twice as much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form of sound.

    Attributes:
        codec: as the probe names it; `coder` is FFmpeg's encoder.
        muxer, demuxer: FFmpeg's.
        kbps: what it is encoded at, best first; none where the sound is kept whole.
        rates: samples a second that it knows.
        stereo: kb/s from which two channels sound better than one.
    """

    codec: str
    coder: str
    muxer: str
    demuxer: str
    kbps: tuple[int, ...] = ()
    rates: tuple[int, ...] = _PCM_RATES
    stereo: int = 0


FORMS = {
    "mp3": Form(
        codec="mp3",
        coder="libmp3lame",
        muxer="mp3",
        demuxer="mp3",
        kbps=(192, 160, 128, 112, 96, 80, 64, 56, 48, 40, 32, 24, 16),
        rates=_MP3_RATES,
        stereo=80,
    ),
    "m4a": Form(
        codec="aac",
        coder="aac",
        muxer="ipod",
        demuxer="mov",
        kbps=(160, 128, 112, 96, 80, 64, 56, 48, 40, 32, 24, 16),
        rates=_AAC_RATES,
        stereo=64,
    ),
    "aac": Form(
        codec="aac",
        coder="aac",
        muxer="adts",
        demuxer="aac",
        kbps=(160, 128, 112, 96, 80, 64, 56, 48, 40, 32, 24, 16),
        rates=_AAC_RATES,
        stereo=64,
    ),
    "opus": Form(
        codec="opus",
        coder="libopus",
        muxer="opus",
        demuxer="ogg",
        kbps=(128, 112, 96, 80, 64, 48, 40, 32, 24, 16, 12, 8),
        rates=_OPUS_RATES,
        stereo=40,
    ),
    "flac": Form(codec="flac", coder="flac", muxer="flac", demuxer="flac"),
    "wav": Form(codec="pcm_s16le", coder="pcm_s16le", muxer="wav", demuxer="wav"),
}
"""Suffix -> form."""


@dataclass(frozen=True, slots=True)
class Grade:
    """One quality; `kbps` is 0 where the sound is kept whole."""

    kbps: int
    channels: int
    rate: int

    def bytes(self, seconds: float) -> float:
        """What it takes without the container, as expected; of FLAC the most."""
        return seconds * (self.kbps * 125 if self.kbps else self.rate * self.channels * 2)

    def words(self, suffix: str) -> str:
        """For the notes."""
        rate = f"{self.kbps} kb/s" if self.kbps else f"16 bit {self.rate / 1000:g} kHz"
        return f"sound as {suffix}, {rate} {'mono' if self.channels == 1 else 'stereo'}"


def grades(form: Form, track: AudioTrack) -> list[Grade]:
    """The qualities of a form for a source, best first: never more channels or samples than it has."""
    channels = min(2, track.channels or 2)
    if not form.kbps:
        best = _rate(form, track.rate)
        lower = [Grade(0, 1, rate) for rate in (best, 24_000, 16_000, 8_000) if rate <= best]
        return [Grade(0, channels, best), *(lower if channels == 2 else lower[1:])]
    most = max(_LEAST_WORTH, _WORTH * track.bytes * 8 / 1000 / max(track.duration, 0.02))
    whole = track.codec in _NO_LOSS or track.codec.startswith("pcm_")
    named = [kbps for kbps in form.kbps if whole or kbps <= most] or [form.kbps[-1]]
    return [_grade(form, track, kbps, channels) for kbps in named]


def _grade(form: Form, track: AudioTrack, kbps: int, channels: int) -> Grade:
    one = kbps < form.stereo
    most = 16_000 if kbps <= 16 else 24_000 if kbps <= 32 else 32_000 if kbps <= 48 and one else 48_000
    return Grade(kbps, 1 if one else channels, _rate(form, min(most, track.rate or 48_000)))


def _rate(form: Form, most: int) -> int:
    return max((rate for rate in form.rates if rate <= most), default=form.rates[0])
