"""Rungs judged by samples: bursts cut at key pictures once, encoded small and fast, and compared by VMAF.

Three bursts of the film are joined to one short film, which is the reference of all that is tried. Each rung gets the
bytes that the film's rate gives those bursts and what their extra key pictures cost. Two tries run side by side with
one thread each.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, replace
from pathlib import Path

from nemovideo.engine.media import normalise, quality
from nemovideo.engine.media.audio import Sound
from nemovideo.engine.media.encode import Job, RateTooLow
from nemovideo.engine.media.ffmpeg import head, opened
from nemovideo.engine.media.intermediate import intermediate
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.plan import easy, worth
from nemovideo.engine.media.process import Limits, run
from nemovideo.engine.media.rungs import Picture
from nemovideo.errors import EngineError
from nemovideo.protocol.compress import CompressRequest

__all__ = ["Judged", "Samples"]

_BURSTS = 3
_SECONDS = (2.4, 1.4)
"""Of a burst of a small picture, and of one of more than `_LARGE` pixels."""
_LARGE = 1e6
_WHOLE_SECONDS = 12.0
"""Up to which the whole film is the sample."""
_KEY_SECONDS = 0.7
"""What a key picture costs in seconds of film: a burst begins with one, the film has few of them.

Measured on bursts of 1.1 s without it: of five clips three came out a rung too low, by 3 to 5 VMAF.
"""
_EVERY = 5
_PER_E = 13.0
"""VMAF that e times the bytes bring, to set right what landed beside its aim; measured 10 to 17 where bits are few."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One rung as the samples show it.

    Attributes:
        picture: the rung.
        vmaf, low: mean and 5th percentile at the rate in question.
        pace: seconds that encoding a picture took, with one thread.
    """

    picture: Picture
    vmaf: float
    low: float
    pace: float


class Samples:
    """Bursts of one film, to try rungs on."""

    def __init__(self, source: Media, request: CompressRequest, work: Path) -> None:
        self._source = source
        self._request = request
        self._work = work
        self._cut: Media | None = None
        self._dearer = 1.0
        self.whole = source.video is not None and source.video.duration <= _WHOLE_SECONDS
        self.pace = 0.0
        """Seconds that reading and filtering a picture of the source took."""

    async def cut(self, top: Picture) -> bool:
        """Write the bursts down at the size of `top`; False where this source cannot be sampled."""
        video = self._source.video
        if video is None or video.frames < 2:
            return False
        large = top.width * top.height > _LARGE
        seconds = video.duration if self.whole else _SECONDS[large]
        self._dearer = 1.0 if self.whole else 1 + (0 if easy(self._source) else _KEY_SECONDS) / seconds
        starts = [0.0] if self.whole else [video.duration * (n + 0.5) / _BURSTS for n in range(_BURSTS)]
        file = self._work / "sample.mkv"
        chain = normalise.chain(self._source, top)
        graph = "".join(f"[{n}:{video.index}]{chain},setpts=PTS-STARTPTS[b{n}];" for n in range(len(starts)))
        joined = "".join(f"[b{n}]" for n in range(len(starts)))
        command = list(head())
        for start in starts:
            place = () if self.whole else ("-noaccurate_seek", "-ss", f"{start:.3f}", "-t", f"{seconds:.3f}")
            decoder = normalise.decoder(video)
            command += opened(self._source.path, self._source.demuxer, decoder=decoder, options=place)
        command += [
            *(
                "-filter_complex",
                f"{graph}{joined}concat=n={len(starts)}[v]",
                "-map",
                "[v]",
                "-fps_mode",
                "passthrough",
            ),
            *("-c:v", "libx264", "-preset", "ultrafast", "-qp", "8", "-f", "matroska", f"file:{file}"),
        ]
        loop = asyncio.get_running_loop()
        begun = loop.time()
        limits = Limits(wall=60 + 20 * seconds, file_bytes=1 << 31)
        try:
            outcome = await run(command, limits=limits, cwd=self._work, on_step=lambda _: None)
        except EngineError:
            return False
        frames = outcome.last.frame or 0
        if outcome.code != 0 or frames < min(video.frames, 8):
            return False
        self.pace = (loop.time() - begun) / frames
        lasted = frames / (top.fps or video.fps)
        self._cut = intermediate(self._source, top, file, frames=frames, seconds=lasted)
        return True

    async def judge(self, picture: Picture, rate: float) -> Judged | None:
        """Encode the bursts at `picture` for a film of `rate` bits a second; None where that does not work."""
        assert self._cut is not None  # noqa: S101  # cut() comes first
        # What another codec does with these bits, H.264 does with more of them: the best rung is the same.
        rate *= worth(self._request.codec) * self._dearer
        request = CompressRequest(codec="h264", effort="fast")
        job = Job(
            media=self._cut,
            request=request,
            container="mp4",
            work=self._work,
            picture=replace(picture, fps=None),
            sound=Sound(how="none"),
            pace="veryfast",
            threads=1,
        )
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            await job.first_pass(int(rate))
            made = await job.second_pass(int(rate), f"sample-{picture.width}x{picture.height}")
        except RateTooLow:
            return None
        took = loop.time() - begun
        every = 1 if made.frames < 2 * _EVERY else _EVERY
        scores = await quality.measure(self._cut, made.file, "mp4", job.picture, self._work, every=every, threads=1)
        await asyncio.to_thread(made.file.unlink)
        if scores is None:
            return None
        wanted = rate / 8 * self._cut.duration
        missed = _PER_E * math.log(wanted / max(1, made.payload or made.size))
        return Judged(picture, scores["vmaf"] + missed, scores["vmaf_p5"] + missed, took / max(1, made.frames))
