"""Sound: copied where it fits, else encoded first and alone, so that its size is exact before the picture's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from nemovideo.engine.media.boxes import measured
from nemovideo.engine.media.ffmpeg import head, opened
from nemovideo.engine.media.media import AudioTrack, Media
from nemovideo.engine.media.plan import audio_ceiling
from nemovideo.engine.media.process import Limits, run
from nemovideo.engine.media.progress import Step
from nemovideo.errors import DamagedFile, EngineError
from nemovideo.protocol.compress import CompressRequest

__all__ = ["Sound", "encode_sound", "leanest", "plan_sound"]

_COPYABLE = {
    "mp4": frozenset({"aac", "mp3"}),
    "m4v": frozenset({"aac", "mp3"}),
    "mov": frozenset({"aac", "mp3"}),
    "mkv": frozenset({"aac", "mp3", "opus", "vorbis", "ac3", "eac3", "flac"}),
    "webm": frozenset({"opus", "vorbis"}),
}
_AAC_RATES = (128, 112, 96, 80, 64, 56, 48, 40, 32, 24)
_OPUS_RATES = (112, 96, 80, 64, 48, 40, 32, 24)
_STEREO_FROM = {"aac": 64, "opus": 40}
"""kb/s from which two channels sound better than one."""

_PRIMING = 3
"""Packets that an encoder may need before its first sound, marked to be thrown away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What becomes of the sound.

    Attributes:
        how: "none", "copy" or "encode".
        codec: the result's; None without sound.
        bytes: of its packets: exact for a copy and after encoding, expected before.
        packets: likewise.
        kbps, channels, rate: of an encode.
        file: where `encode_sound` put it.
    """

    how: str
    codec: str | None = None
    bytes: int = 0
    packets: int = 0
    kbps: int = 0
    channels: int = 0
    rate: int = 0
    file: Path | None = None

    def words(self) -> str:
        """For the notes."""
        if self.how == "none":
            return "no sound"
        if self.how == "copy":
            return f"sound copied ({self.codec})"
        return f"sound {self.codec} {self.kbps} kb/s {'mono' if self.channels == 1 else 'stereo'}"


def plan_sound(media: Media, request: CompressRequest, container: str, limit: int | None) -> Sound:
    """Decide on the sound for a limit in bytes (None: as good as needed)."""
    track = media.audio
    if track is None or request.audio == "none":
        return Sound(how="none")
    codec = _codec(request, container)
    copyable = _copyable(track, request, container)
    ceiling = None if limit is None else audio_ceiling(limit)
    if copyable and (ceiling is None or track.bytes <= ceiling or request.audio == "copy"):
        return Sound(how="copy", codec=track.codec, bytes=track.bytes, packets=track.packets)
    rates = _OPUS_RATES if codec == "opus" else _AAC_RATES
    seconds = max(track.duration, 0.02)
    affordable = rates[0] if ceiling is None else ceiling * 8 / 1000 / seconds
    known = max(rates[-1], track.bytes * 8 / 1000 / seconds * 1.1)  # more than the source had adds nothing
    return _encode(track, codec, next((r for r in rates if r <= affordable and r <= known), rates[-1]))


def leanest(media: Media, request: CompressRequest, container: str) -> Sound:
    """The least sound there is: 24 kb/s mono, or the source's own where that is less. Knows no limit."""
    track = media.audio
    if track is None or request.audio == "none":
        return Sound(how="none")
    lean = _encode(track, _codec(request, container), 24)
    copyable = _copyable(track, request, container)
    if copyable and (track.bytes + 5 * track.packets <= lean.bytes + 5 * lean.packets or request.audio == "copy"):
        return Sound(how="copy", codec=track.codec, bytes=track.bytes, packets=track.packets)
    return lean


def _copyable(track: AudioTrack, request: CompressRequest, container: str) -> bool:
    if track.codec not in _COPYABLE.get(container, frozenset()) or request.audio not in {"auto", "copy", track.codec}:
        return False
    # Matroska has no edit lists: a copy would bring back what was trimmed (an encoder's own priming aside).
    return track.discarded <= _PRIMING or container not in {"mkv", "webm"}


def _codec(request: CompressRequest, container: str) -> str:
    return "opus" if container == "webm" or request.audio == "opus" else "aac"


def _encode(track: AudioTrack, codec: str, kbps: int) -> Sound:
    channels = 2 if track.channels != 1 and kbps >= _STEREO_FROM[codec] else 1
    if codec == "opus":
        rate = 48_000
        packets = round(track.duration * 50) + 2
    else:
        most = 24_000 if kbps <= 32 else 32_000 if kbps <= 48 and channels == 1 else 48_000
        # Not under 22 kHz, whatever the source has: of 8 kHz the encoder's first 1024 samples are 0.13 s.
        allowed = (22_050, 24_000, 32_000, 44_100, 48_000)
        rate = max((r for r in allowed if r <= min(most, track.rate or 48_000)), default=24_000)
        packets = round(track.duration * rate / 1024) + 2
    size = int(kbps * 125 * track.duration) + 64
    return Sound(how="encode", codec=codec, bytes=size, packets=packets, kbps=kbps, channels=channels, rate=rate)


async def encode_sound(
    media: Media, sound: Sound, work: Path, name: str, on_share: Callable[[float], None] | None = None
) -> Sound:
    """Encode the chosen track alone.

    Returns:
        The sound with its file and its exact size.

    Raises:
        DamagedFile: the track cannot be decoded.
        EngineError, DiskFull: as `process.run`.
    """
    track = media.audio
    if sound.how != "encode" or track is None:
        return sound
    target = work / f"{name}.{'mka' if sound.codec == 'opus' else 'm4a'}"
    muxer = "matroska" if sound.codec == "opus" else "ipod"
    command = [
        *head(),
        *opened(media.path, media.demuxer),
        *("-map", f"0:{track.index}", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"),
        *("-c:a", "libopus" if sound.codec == "opus" else "aac", "-b:a", f"{sound.kbps}k"),
        *("-ac", str(sound.channels), "-ar", str(sound.rate), "-fflags", "+bitexact", "-flags:a", "+bitexact"),
        *("-f", muxer, f"file:{target}"),
    ]
    duration = max(track.duration, 0.1)

    def step(now: Step) -> None:
        if on_share and now.seconds is not None:
            on_share(now.seconds / duration)

    outcome = await run(command, limits=Limits(wall=120 + duration), cwd=work, on_step=step)
    if outcome.decode_errors and (outcome.code != 0 or outcome.decode_errors > 2):
        raise DamagedFile(f"{media.path.name} is damaged: its sound cannot be decoded ({outcome.why()})")
    if outcome.code != 0:
        raise EngineError(f"FFmpeg could not encode the sound of {media.path.name}: {outcome.why()}")
    size, exact = await asyncio.to_thread(measured, target)
    return replace(sound, bytes=size if exact is None else exact, file=target)
