"""The sound of a film as a file of its own: copied where that is exact, else encoded; never over a limit."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nemovideo.engine.media.ffmpeg import find_ffmpeg, head, opened
from nemovideo.engine.media.fit import FitReport
from nemovideo.engine.media.media import AudioTrack, Media
from nemovideo.engine.media.process import Limits, Outcome, run
from nemovideo.engine.media.progress import Monotone, Step
from nemovideo.engine.media.soundform import FORMS, Form, Grade, grades
from nemovideo.engine.media.sync import JUMPING
from nemovideo.engine.media.verify import deliver
from nemovideo.errors import DamagedFile, EngineError, TargetNotMet, UnsupportedFile, UsageError
from nemovideo.protocol.compress import CompressRequest

__all__ = ["extract_sound"]

_IN_STEP = 0.02
"""Seconds that a copy may begin or last longer or shorter than what is heard in the film."""
_SLACK = 0.1
"""Seconds that an encode may last longer or shorter than the packets of the source say: the last is seldom full."""
_COUNTED = 48_000
"""Samples a second that a length is counted in."""
_IN_TIME = "async=1:first_pts=0:min_hard_comp=0.02"
"""Gaps are filled with silence, the one before the first sound too: the times of the film count."""
_FORGIVEN = 2
"""Damaged places of a sound that are passed over."""

Share = Callable[[float], None]


async def extract_sound(
    source: Media,
    target: Path,
    request: CompressRequest,
    *,
    container: str,
    work: Path,
    on_progress: Callable[[float], None],
) -> FitReport:
    """Put the sound of `source`, whole and verified, at `target`, or raise and put nothing there.

    It begins where the film begins: a sound that sets in later has silence before it.

    Args:
        source: what `probe` found.
        target: the result's path; a file there is replaced.
        request: max_bytes and keep_metadata count.
        container: "mp3", "m4a", "aac", "wav", "flac" or "opus".
        work: an empty folder for temporaries; the caller removes it.
        on_progress: takes 0..1, never falling.

    Raises:
        UnsupportedFile: the source has no sound, or none that is read here.
        UsageError: there is no such form of sound.
        TargetNotMet: nothing fits; `least_bytes` is a limit that works.
        DamagedFile, DiskFull, EngineError, FFmpegMissing: as they say.
    """
    target, work = await asyncio.to_thread(lambda: (target.absolute(), work.absolute()))
    progress = Monotone(on_progress)
    await asyncio.to_thread(find_ffmpeg)
    track = _track(source)
    if container not in FORMS:
        raise UsageError(f"A sound cannot be made as .{container}", hint=f"It can be {', '.join(sorted(FORMS))}.")
    extract = _Extract(source, track, container, request, work)
    made = await extract.copied(progress.part(0.0, 0.3)) or await extract.encoded(progress.part(0.3, 1.0))
    size = await deliver(made.file, target)
    progress(1.0)
    return _report(source, made, size)


def _track(source: Media) -> AudioTrack:
    if source.audio is not None:
        return source.audio
    name = source.path.name
    if source.unread:
        raise UnsupportedFile(f"The sound of {name} is coded as {source.unread[0]}, which is not read here")
    raise UnsupportedFile(f"{name} has no sound", hint="Give a file with sound in it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    file: Path
    seconds: float
    codec: str
    action: str
    words: str


class _Extract:
    """One track on its way into one form."""

    def __init__(self, source: Media, track: AudioTrack, suffix: str, request: CompressRequest, work: Path) -> None:
        self._source = source
        self._track = track
        self._suffix = suffix
        self._form: Form = FORMS[suffix]
        self._limit = request.max_bytes
        self._keep = request.keep_metadata
        self._work = work
        # Times before zero are an encoder's winding up: nobody hears them.
        audible = max(track.start, min(0.0, track.end))
        begins = min(audible, source.video.start) if source.video else audible
        self._late = audible - begins
        self._seconds = track.end - begins
        late = track.start - begins if source.demuxer in JUMPING else source.zero - begins  # see sync.delays
        self._input = opened(source.path, source.demuxer, options=("-itsoffset", f"{late:.6f}"))

    async def copied(self, on_share: Share) -> _Made | None:
        """The packets as they are; None when they are of another codec, do not fit or would not be in step."""
        fits = self._limit is None or self._track.bytes <= self._limit
        if self._track.codec != self._form.codec or self._late > _IN_STEP or not fits or self._source.composed:
            return None
        file = self._work / f"copy.{self._suffix}"
        # What an encoder needs before its first sound is told by an edit list, which these two have not.
        early = ["-bsf:a", r"noise=drop=lte(pts+duration\,0)"] if self._form.muxer in {"adts", "mp3"} else []
        outcome = await self._run(["-c:a", "copy", *early], file, None)
        size = (await asyncio.to_thread(file.stat)).st_size if outcome.code == 0 else 0
        if outcome.code != 0 or (self._limit is not None and size > self._limit):
            return None
        heard = await self._length(self._input, f"0:{self._track.index}", on_share)
        copy = await self._length(opened(file, self._form.demuxer), "0:a:0", None)
        if heard is None or copy is None or abs(copy - heard) > _IN_STEP:
            return None
        words = f"sound copied ({self._form.codec}): nothing of it is lost"
        return _Made(file=file, seconds=copy, codec=self._form.codec, action="copy", words=words)

    async def encoded(self, on_share: Share) -> _Made:
        """The best quality that fits.

        Raises:
            TargetNotMet: the least does not fit; its size is the least limit that works.
        """
        listed = grades(self._form, self._track)
        start = 0
        if self._limit is not None:
            fitting = (at for at, it in enumerate(listed) if it.bytes(self._seconds) <= self._limit)
            start = 0 if self._form.codec == "flac" else next(fitting, len(listed) - 1)
        share, size = Monotone(on_share), 0
        for number, grade in enumerate(listed[start:]):
            file = self._work / f"sound{number}.{self._suffix}"
            await self._encode(grade, file, share.part(0.0, 0.9))
            size = (await asyncio.to_thread(file.stat)).st_size
            if self._limit is None or size <= self._limit:
                seconds = await self._checked(file)
                words = grade.words(self._suffix)
                return _Made(file=file, seconds=seconds, codec=self._form.codec, action="encode", words=words)
            await asyncio.to_thread(file.unlink)
        raise TargetNotMet(
            f"The sound of {self._source.path.name} cannot be made to fit under {self._limit} bytes as "
            f".{self._suffix}; the least is {size} bytes",
            least_bytes=size,
        )

    async def _encode(self, grade: Grade, file: Path, on_share: Share) -> None:
        steps = [f"aresample={grade.rate}:{_IN_TIME}"]
        words = ["-c:a", self._form.coder, "-ac", str(grade.channels), "-ar", str(grade.rate)]
        words += ["-b:a", f"{grade.kbps}k"] if grade.kbps else ["-sample_fmt", "s16"]
        if self._form.muxer == "adts":
            # Whole packets, the nearest number of them, without the one that only winds the encoder up: ADTS can
            # tell neither where its sound begins nor where it ends.
            steps.append(f"atrim=end_sample={max(1, round(self._seconds * grade.rate / 1024)) * 1024}")
            words += ["-bsf:a", r"noise=drop=eq(n\,0)"]
        outcome = await self._run([*words, "-af", ",".join(steps)], file, on_share)
        if outcome.decode_errors and (outcome.code != 0 or outcome.decode_errors > _FORGIVEN):
            raise DamagedFile(f"{self._source.path.name} is damaged: its sound cannot be decoded ({outcome.why()})")
        if outcome.code != 0:
            raise EngineError(f"FFmpeg could not encode the sound of {self._source.path.name}: {outcome.why()}")

    async def _checked(self, file: Path) -> float:
        """The length of a result that decodes."""
        seconds = await self._length(opened(file, self._form.demuxer), "0:a:0", None)
        if seconds is None:
            raise EngineError("The result does not decode")
        if abs(seconds - self._seconds) > _SLACK:
            raise EngineError(f"The result lasts {seconds:.2f} s instead of {self._seconds:.2f} s")
        return seconds

    async def _run(self, words: list[str], file: Path, on_share: Share | None) -> Outcome:
        keep = "0" if self._keep else "-1"
        bitexact = [] if self._keep else ["-fflags", "+bitexact", "-flags:a", "+bitexact"]
        command = [
            *(*head(), *self._input, "-map", f"0:{self._track.index}", "-vn", "-sn", "-dn", *words),
            *("-map_metadata", keep, "-map_chapters", keep, *bitexact),
            *(["-movflags", "+faststart"] if self._form.muxer == "ipod" else []),
            *(["-rf64", "auto"] if self._form.muxer == "wav" else []),
            *(["-metadata_header_padding", "0"] if self._form.muxer == "flac" else []),
            *("-f", self._form.muxer, f"file:{file}"),
        ]
        return await run(command, limits=self._limits(), cwd=self._work, on_step=self._steps(on_share))

    async def _length(self, opening: list[str], track: str, on_share: Share | None) -> float | None:
        """Seconds that a sound lasts, counted in decoded samples; None when it does not decode without errors."""
        steps = f"aresample={_COUNTED}:{_IN_TIME}"
        words = ["-map", track, "-ac", "1", "-af", steps, "-f", "s16le", f"file:{os.devnull}"]
        outcome = await run(
            [*head(), *opening, *words], limits=self._limits(), cwd=self._work, on_step=self._steps(on_share)
        )
        if outcome.code != 0 or outcome.decode_errors or outcome.last.total_size is None:
            return None
        return outcome.last.total_size / 2 / _COUNTED

    def _limits(self) -> Limits:
        whole = self._seconds * max(self._track.rate, _COUNTED) * 4
        return Limits(wall=120 + self._seconds, file_bytes=int(2 * whole) + self._track.bytes + (1 << 24))

    def _steps(self, on_share: Share | None) -> Callable[[Step], None]:
        def step(now: Step) -> None:
            if on_share and now.seconds is not None:
                on_share(now.seconds / max(self._seconds, 0.1))

        return step


def _report(source: Media, made: _Made, size: int) -> FitReport:
    notes = [made.words]
    if source.audio_tracks > 1:
        notes.append(f"{source.audio_tracks - 1} more sound track(s) left out: the default one was taken")
    if source.audio is not None and source.audio.channels > 2 and made.action == "encode":
        notes.append(f"{source.audio.channels} channels mixed down")
    result = {"width": 0, "height": 0, "fps": 0.0, "codec": "", "audio_codec": made.codec}
    return FitReport(
        size=size,
        duration=made.seconds,
        width=0,
        height=0,
        fps=0.0,
        codec="",
        audio_codec=made.codec,
        notes=tuple(notes),
        plan={"action": made.action, "result": {**result, "duration": round(made.seconds, 3)}},
    )
