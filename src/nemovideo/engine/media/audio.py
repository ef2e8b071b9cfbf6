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
from nemovideo.engine.media.soundcopy import copyable, uncopied
from nemovideo.errors import DamagedFile, EngineError
from nemovideo.protocol.compress import CompressRequest

__all__ = ["Sound", "encode_sound", "leanest", "plan_sound"]

_MONO_AAC = 64
"""kb/s of one channel of AAC over which no more is heard (spec: "64 k mono or speech")."""
_AAC_RATES = (128, 112, 96, 80, 64, 56, 48, 40, 32, 24)
_OPUS_RATES = (112, 96, 80, 64, 48, 40, 32, 24)
_STEREO_FROM = {"aac": 64, "opus": 40}
"""kb/s from which two channels sound better than one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What becomes of the sound.

    Attributes:
        how: "none", "copy" or "encode".
        codec: the result's; None without sound.
        bytes: of its packets: exact for a copy and after encoding, expected before.
        packets: likewise.
        kbps, channels, rate: of an encode; of several tracks, the first one's.
        file: where `encode_sound` put it.
        tracks: each track where there are several; `bytes` and `packets` are then their sums.
        source: the track that it is made of.
        why: why it is encoded although a copy was asked for; "" otherwise.
    """

    how: str
    codec: str | None = None
    bytes: int = 0
    packets: int = 0
    kbps: int = 0
    channels: int = 0
    rate: int = 0
    file: Path | None = None
    tracks: tuple[Sound, ...] = ()
    source: AudioTrack | None = None
    why: str = ""

    @property
    def each(self) -> tuple[Sound, ...]:
        """Its tracks, one or several; none of silence."""
        return self.tracks or (() if self.how == "none" else (self,))

    def maps(self) -> list[str]:
        """The tracks to take over, with the source as FFmpeg's input 0 and `file` as 1."""
        if self.file:
            return [f"1:a:{number}" for number, _ in enumerate(self.each)]
        return [f"0:{one.source.index}" for one in self.each if one.source]

    def labels(self, *, titles: bool) -> list[str]:
        """The words that tell a result's sound tracks apart."""
        words: list[str] = []
        for number, one in enumerate(self.each):
            if one.source and one.source.language:
                words += [f"-metadata:s:a:{number}", f"language={one.source.language}"]
            if one.source and one.source.title and titles:
                # MP4 keeps a track's title as the name of its handler only.
                for name in ("title", "handler_name"):
                    words += [f"-metadata:s:a:{number}", f"{name}={one.source.title}"]
            if self.tracks:
                words += [f"-disposition:a:{number}", "default" if one.source == self.source else "0"]
        return words

    def words(self) -> str:
        """For the notes."""
        if self.how == "none":
            return "no sound"
        many = f", {len(self.tracks)} tracks" if self.tracks else ""
        if self.how == "copy":
            return f"sound copied ({self.codec}{many})"
        why = f" ({self.why})" if self.why else ""
        return f"sound {self.codec} {self.kbps} kb/s {'mono' if self.channels == 1 else 'stereo'}{many}{why}"


def plan_sound(media: Media, request: CompressRequest, container: str, limit: int | None) -> Sound:
    """Decide on the sound for a limit in bytes (None: as good as needed)."""
    if not media.heard or request.audio == "none":
        return Sound(how="none")
    ceiling = None if limit is None else audio_ceiling(limit)
    copied = _copied(media, request, container)
    if copied and (ceiling is None or copied.bytes <= ceiling or request.audio == "copy"):
        return copied
    codec = _codec(request, container)
    rates = _OPUS_RATES if codec == "opus" else _AAC_RATES
    lasting = sum(max(track.duration, 0.02) for track in media.heard)
    affordable = rates[0] if ceiling is None else ceiling * 8 / 1000 / lasting
    sound = _together(media, [_within(track, codec, rates, affordable) for track in media.heard])
    return replace(sound, why=uncopied(media, request, container))


def leanest(media: Media, request: CompressRequest, container: str) -> Sound:
    """The least sound there is: 24 kb/s mono, or the source's own where that is less. Knows no limit."""
    if not media.heard or request.audio == "none":
        return Sound(how="none")
    lean = _together(media, [_encode(track, _codec(request, container), 24) for track in media.heard])
    lean = replace(lean, why=uncopied(media, request, container))
    copied = _copied(media, request, container)
    if copied and (copied.bytes + 5 * copied.packets <= lean.bytes + 5 * lean.packets or request.audio == "copy"):
        return copied
    return lean


def _within(track: AudioTrack, codec: str, rates: tuple[int, ...], affordable: float) -> Sound:
    seconds = max(track.duration, 0.02)
    if codec == "aac" and track.channels == 1:
        affordable = min(affordable, _MONO_AAC)
    known = max(rates[-1], track.bytes * 8 / 1000 / seconds * 1.1)  # more than the source had adds nothing
    return _encode(track, codec, next((r for r in rates if r <= affordable and r <= known), rates[-1]))


def _copied(media: Media, request: CompressRequest, container: str) -> Sound | None:
    """All of the sound as it is, or None: copies and encodes beside each other would not keep step."""
    if not all(copyable(track, request, container) for track in media.heard):
        return None
    copies = [
        Sound(how="copy", codec=track.codec, bytes=track.bytes, packets=track.packets, source=track)
        for track in media.heard
    ]
    return _together(media, copies)


def _together(media: Media, sounds: list[Sound]) -> Sound:
    """One Sound that stands for all; it is called after the track that is heard where only one can be."""
    first = next(sound for sound in sounds if sound.source == media.audio)
    if len(sounds) == 1:
        return first
    size, packets = sum(sound.bytes for sound in sounds), sum(sound.packets for sound in sounds)
    return replace(first, bytes=size, packets=packets, tracks=tuple(sounds))


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
    return Sound(
        how="encode",
        codec=codec,
        bytes=size,
        packets=packets,
        kbps=kbps,
        channels=channels,
        rate=rate,
        source=track,
    )


async def encode_sound(
    media: Media, sound: Sound, work: Path, name: str, on_share: Callable[[float], None] | None = None
) -> Sound:
    """Encode the chosen track, or all that are wanted, without the picture.

    Returns:
        The sound with its file and its exact size.

    Raises:
        DamagedFile: a track cannot be decoded.
        EngineError, DiskFull: as `process.run`.
    """
    if sound.how != "encode":
        return sound
    target = work / f"{name}.{'mka' if sound.codec == 'opus' else 'm4a'}"
    muxer = "matroska" if sound.codec == "opus" else "ipod"
    command = [
        *head(),
        *opened(media.path, media.demuxer),
        *(word for place in sound.maps() for word in ("-map", place)),
        *("-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"),
        *("-c:a", "libopus" if sound.codec == "opus" else "aac"),
        *(word for number, one in enumerate(sound.each) for word in _rates(number, one)),
        *("-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", muxer, f"file:{target}"),
    ]
    duration = max(0.1, *(one.source.duration for one in sound.each if one.source))

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


def _rates(number: int, sound: Sound) -> list[str]:
    rates = {"b": f"{sound.kbps}k", "ac": str(sound.channels), "ar": str(sound.rate)}
    return [word for name, value in rates.items() for word in (f"-{name}:a:{number}", value)]
