"""What every try of one search shares: names, notes, rates, and the passes that aim at a size."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nemovideo.engine.media import subtitles
from nemovideo.engine.media.audio import Sound
from nemovideo.engine.media.correction import Trial, next_request
from nemovideo.engine.media.encode import Encoded, Job, RateTooLow, TooLarge
from nemovideo.engine.media.fitted import Fitted
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.plan import more_than_source
from nemovideo.engine.media.rungs import Picture
from nemovideo.errors import DamagedFile
from nemovideo.protocol.compress import CompressRequest

__all__ = ["CORRECTIONS", "Search", "Share", "part"]

_AIM = {"h264": 0.988, "hevc": 0.985, "av1": 0.99}
"""Share of the picture's bytes that a second pass is asked for: x264 lands at 95 to 106 %, most at 100."""
_CAREFUL_AIM = 0.98
"""The same where a second pass is dear, and of one pass alone."""
_FULL = {"fast": 0.955, "balanced": 0.975, "best": 0.982}
"""Share of the limit under which a correction is worth its time."""
CORRECTIONS = 2
_POOR, _NEAR, _MORE = 0.9, 1.1, 2
"""Shares of the limit: under the first, or over it and under the second, that many more corrections are worth it (noise
and screens answer in leaps)."""

Share = Callable[[float], None]


class Search:
    """One source and one wish; what was tried."""

    def __init__(self, source: Media, request: CompressRequest, container: str, work: Path, on_share: Share) -> None:
        self.source = source
        self.request = request
        self.container = container
        self.work = work
        self.on_share = on_share
        self.subtitles = subtitles.kept(source, request.max_bytes)
        self.trials: list[dict[str, Any]] = []
        self.notes: list[str] = []
        self._names = 0

    def job(self, picture: Picture, sound: Sound) -> Job:
        """The encodes of one picture with one sound."""
        return Job(
            media=self.source,
            request=self.request,
            container=self.container,
            work=self.work,
            picture=picture,
            sound=sound,
            subtitles=self.subtitles,
        )

    def rate(self, video_bytes: float) -> int:
        """Bits a second that make so many bytes of picture."""
        video = self.source.video
        seconds = max(video.duration, 0.02) if video else 1.0
        return max(1000, int(video_bytes * 8 / seconds))

    def name(self) -> str:
        """A fresh name for a file."""
        self._names += 1
        return f"try{self._names}"

    def tell(self, job: Job, size: int) -> None:
        """Write down a try."""
        self.trials.append({"picture": f"{job.picture.width}x{job.picture.height}", "size": size})

    async def aimed(
        self,
        job: Job,
        video_bytes: int,
        limit: int,
        span: tuple[float, float],
        *,
        corrections: int = CORRECTIONS,
        once: bool = False,
        before: Encoded | None = None,
    ) -> Fitted | None:
        """Second passes with the statistics there are; the largest result that fits, or None.

        Args:
            job: what to encode.
            video_bytes: what is left for the picture.
            limit: bytes of the whole file.
            span: the part of the progress for the first of them.
            corrections: how many more.
            once: begin with one pass alone, which leaves statistics for the others.
            before: what fits already, should nothing better be found.
        """
        start, end = span
        # A miss costs another second pass, which is dear at full size: there a little more room is left.
        dear = once or (job.picture.rung == 1.0 and job.picture.pixel_rate(self.source) > 9e6)
        asked = video_bytes * (_CAREFUL_AIM if dear else _AIM[self.request.codec])
        enough = _FULL[self.request.effort]
        trials: list[Trial] = []
        tried: set[int] = set()
        cap = more_than_source(self.source, self.request.codec, job.picture)
        best, size = before, 0
        for number in range(1 + corrections + (_MORE if corrections else 0)):
            if number > corrections and (size > _NEAR * limit if best is None else best.size >= _POOR * limit):
                break
            capped = asked >= cap
            asked = min(asked, cap)
            way = job.only_pass if once and not number else job.second_pass
            fixed = limit - video_bytes
            try:
                made = await way(self.rate(asked), self.name(), part(self.on_share, start, end), limit)
                size = made.size
                best = await _better(best, made, limit)
                fixed = fixed if made.payload is None else size - made.payload + job.sound.bytes
            except RateTooLow:
                break
            except TooLarge as stopped:
                size = stopped.expected
            start, end = end, end + (1.0 - end) * 0.6
            self.tell(job, size)
            fill = size / limit
            if fill <= 1.0 and (capped or fill >= enough):
                break
            trials.append(Trial(asked, size, fixed))
            corrected = next_request(trials, limit, last=number + 1 >= corrections)
            tried.add(self.rate(asked) // 1000)
            if self.rate(corrected) // 1000 in tried:  # the encoders count in whole kb/s
                if best is not None:
                    break
                corrected = asked * max(0.5, (min(tried) - 1) * 1000 / self.rate(asked))
            asked = corrected
        return None if best is None else self.fitted(job, best)

    def fitted(self, job: Job, made: Encoded, notes: tuple[str, ...] = ()) -> Fitted:
        """The result and its story."""
        source, picture = self.source, job.picture
        video = source.video
        fps = picture.fps or source.fps
        said = [
            *notes,
            *self.notes,
            f"{self.request.codec} {picture.width}x{picture.height}, preset {job.preset}",
            job.sound.words(),
        ]
        if picture.rung < 1:
            said.append(f"picture made smaller ({picture.rung:g} of the allowed size): it looks better at this size")
        if picture.fps is not None:
            said.append(f"pictures a second reduced to {fps:.3g}")
        lost = max(0, video.frames - made.frames) if video and picture.fps is None else 0
        if video and lost > video.frames / 2:
            raise DamagedFile(f"{source.path.name} is damaged: {lost} of its {video.frames} pictures cannot be decoded")
        if lost:
            said.append(f"{lost} of {video.frames if video else 0} pictures left out: they cannot be decoded alone")
        if not job.subtitles and any(track.text for track in source.subtitles):
            said.append("subtitles left out: they did not fit")
        return Fitted(
            file=made.file,
            size=made.size,
            action="encode",
            frames=made.frames,
            duration=source.duration if job.sound.how != "none" or not video else video.duration - lost / video.fps,
            width=picture.width,
            height=picture.height,
            fps=fps,
            codec=self.request.codec,
            audio_codec=job.sound.codec,
            picture=picture,
            lost=lost,
            notes=tuple(said),
            plan={
                "rung": picture.rung,
                "preset": job.preset,
                "trials": self.trials,
                "audio": {"how": job.sound.how, "bytes": job.sound.bytes, "kbps": job.sound.kbps},
            },
        )


async def _better(best: Encoded | None, made: Encoded, limit: int) -> Encoded | None:
    keep, drop = (best, made) if made.size > limit or (best and best.size >= made.size) else (made, best)
    if drop is not None:
        await asyncio.to_thread(drop.file.unlink)
    return keep


def part(on_share: Share, start: float, end: float) -> Share:
    """A sink for 0..1 that fills the part from `start` to `end`."""
    return lambda share: on_share(start + (end - start) * min(1.0, max(0.0, share)))
