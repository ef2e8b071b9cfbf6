"""The sound of the timeline: every clip's sound at its place, added up into one file of PCM.

A run of FFmpeg opens a few files only. Where there are more, neighbours are mixed into parts first, and then the parts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nemovideo.engine.media.compose.composition import Clip, Composition
from nemovideo.engine.media.compose.pieces import MOST_INPUTS
from nemovideo.engine.media.compose.timing import Grid, opening, snapped
from nemovideo.engine.media.ffmpeg import head, opened
from nemovideo.engine.media.filters import cut, fade, mix, speed, volume
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.process import Limits, run
from nemovideo.engine.media.progress import Step
from nemovideo.errors import DamagedFile, EngineError

__all__ = ["Strip", "mixed_down", "strips"]

_RATE = cut.SAMPLES


@dataclass(frozen=True, slots=True)
class Strip:
    """A sound at its place.

    Attributes:
        start, samples: on the timeline, at 48 kHz.
        words: what opens its file.
        stream: which of the file's streams it is.
        chain: the filters that make it exactly `samples` long.
        name: of the file, for messages.
        loud: whether it may clip by itself.
        part: the file where it is one of ours, which goes once it is used.
    """

    start: int
    samples: int
    words: tuple[str, ...]
    stream: int
    chain: str
    name: str
    loud: bool = False
    part: Path | None = None

    @property
    def end(self) -> int:
        """The sample after its last."""
        return self.start + self.samples


def strips(composition: Composition, sources: Mapping[str, Media], grid: Grid) -> list[Strip]:
    """Every sound of the composition, by start; sources without sound and muted clips have none. Pure."""
    found: list[Strip] = []
    mono = _channels(composition, sources) == 1
    for clip in composition.pictures:
        first, last = grid.step(clip.start), grid.step(clip.end)
        found += _strip(clip, sources[clip.src], grid.sample(first), grid.sample(last), mono=mono)
    for clip in composition.sounds:
        start, end = round(clip.start * _RATE / 1000), round(clip.end * _RATE / 1000)
        found += _strip(clip, sources[clip.src], start, end, mono=mono)
    return sorted(found, key=lambda strip: strip.start)


def _channels(composition: Composition, sources: Mapping[str, Media]) -> int:
    """One where all sounds have one, else two."""
    heard = [sources[clip.src].audio for clip in (*composition.pictures, *composition.sounds) if clip.volume > 0]
    return max((min(2, track.channels or 2) for track in heard if track), default=2)


def _strip(clip: Clip, media: Media, start: int, end: int, *, mono: bool) -> list[Strip]:
    track = media.audio
    if track is None or clip.volume == 0 or end <= start:
        return []
    at = snapped(media, clip.source_start)
    open_ = opening(media, track, at)
    seconds = (end - start) / _RATE
    steps = [
        cut.sound(open_.at - speed.early(clip.speed) * clip.speed, seconds * clip.speed),
        "pan=stereo|c0=c0|c1=c0" if track.channels == 1 and not mono else "",
        f"aformat=sample_fmts=fltp:channel_layouts={'mono' if mono else 'stereo'}",
        speed.sound(clip.speed),
        "asetpts=N/SR/TB",
        volume.sound(clip.volume),
        fade.sound(seconds, clip.fade_in / 1000, clip.fade_out / 1000),
        mix.exactly(end - start),
    ]
    words = opened(media.path, media.demuxer, options=(*open_.options, "-vn"))
    chain = ",".join(filter(None, steps))
    return [Strip(start, end - start, tuple(words), track.index, chain, media.path.name, clip.volume > 1)]


async def mixed_down(
    sounds: Sequence[Strip], samples: int, work: Path, on_share: Callable[[float], None]
) -> Path | None:
    """All of them in one WAV of `samples` samples, 16 bits at 48 kHz; None where there are none.

    Raises:
        DamagedFile: a sound cannot be decoded.
        EngineError, DiskFull: as `process.run`.
    """
    if not sounds:
        return None
    clipping = any(strip.loud for strip in sounds) or _overlap(sounds)
    mixer = _Mixer(work, on_share, _runs(len(sounds)))
    while len(sounds) > MOST_INPUTS:
        groups = [sounds[at : at + MOST_INPUTS] for at in range(0, len(sounds), MOST_INPUTS)]
        sounds = [await mixer.part(group) for group in groups]
    return await mixer.whole(sounds, samples, mix.LIMITER if clipping else "")


def _runs(count: int) -> int:
    """How many runs it takes to mix so many sounds."""
    runs = 1
    while count > MOST_INPUTS:
        count = -(-count // MOST_INPUTS)
        runs += count
    return runs


def _overlap(sounds: Sequence[Strip]) -> bool:
    end = 0
    for strip in sounds:
        if strip.start < end:
            return True
        end = strip.end
    return False


class _Mixer:
    """Runs FFmpeg as often as it takes, and tells how far it is."""

    def __init__(self, work: Path, on_share: Callable[[float], None], runs: int) -> None:
        self._work, self._on_share, self._runs = work, on_share, runs
        self._done = 0

    async def part(self, sounds: Sequence[Strip]) -> Strip:
        """Some sounds as one, not limited yet: in floating point nothing clips."""
        span = (sounds[0].start, max(strip.end for strip in sounds))
        target = self._work / f"sound{self._done}.wav"
        await self._mix(sounds, span, target, codec="pcm_f32le", limiter="")
        length = span[1] - span[0]
        return Strip(span[0], length, tuple(opened(target, "wav")), 0, mix.exactly(length), target.name, part=target)

    async def whole(self, sounds: Sequence[Strip], samples: int, limiter: str) -> Path:
        """All that is heard, from the timeline's beginning to its end."""
        target = self._work / "sound.wav"
        await self._mix(sounds, (0, samples), target, codec="pcm_s16le", limiter=limiter)
        return target

    async def _mix(
        self, sounds: Sequence[Strip], span: tuple[int, int], target: Path, *, codec: str, limiter: str
    ) -> None:
        start, end = span
        words = [word for strip in sounds for word in strip.words]
        graph = _graph(sounds, start, end - start, limiter)
        command = [
            *head(),
            *words,
            *("-filter_complex_threads", "1", "-filter_complex", graph, "-map", "[a]", "-map_metadata", "-1"),
            *("-c:a", codec, "-ar", str(_RATE), "-rf64", "auto", "-f", "wav", f"file:{target}"),
        ]
        seconds = (end - start) / _RATE

        def step(now: Step) -> None:
            if now.seconds is not None:
                self._on_share((self._done + min(1.0, now.seconds / seconds)) / self._runs)

        # A source that cannot seek is read from its start: hours of it in minutes.
        limits = Limits(wall=900 + 2 * seconds * len(sounds), file_bytes=(end - start) * 8 + (1 << 20))
        outcome = await run(command, limits=limits, cwd=self._work, on_step=step)
        names = ", ".join(dict.fromkeys(strip.name for strip in sounds))
        if outcome.decode_errors > 2:
            raise DamagedFile(f"The sound of {names} is damaged: parts of it cannot be decoded ({outcome.why()})")
        if outcome.code != 0:
            raise EngineError(f"FFmpeg could not mix the sound of {names}: {outcome.why()}")
        self._done += 1
        for strip in sounds:
            if strip.part is not None:
                await asyncio.to_thread(strip.part.unlink)


def _graph(sounds: Sequence[Strip], start: int, samples: int, limiter: str) -> str:
    """Each sound at its place after sample `start` of the timeline, all added up to `samples` samples."""
    chains: list[str] = []
    for number, strip in enumerate(sounds):
        steps = ",".join(filter(None, (strip.chain, mix.delayed(strip.start - start))))
        chains.append(f"[{number}:{strip.stream}]{steps}[s{number}]")
    last = ",".join(filter(None, (mix.exactly(samples), limiter)))
    chains.append(f"{mix.mixed([f's{number}' for number in range(len(sounds))])},{last}[a]")
    return ";".join(chains)
