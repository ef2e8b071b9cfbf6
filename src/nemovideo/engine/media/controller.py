"""The search for an encode under the limit: sound, statistics, picture, the size on disk, and what is done about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from nemovideo.engine.media import subtitles
from nemovideo.engine.media.audio import Sound, encode_sound, leanest, plan_sound
from nemovideo.engine.media.correction import Trial, next_request
from nemovideo.engine.media.encode import FLOOR_CRF, PLEASING_CRF, Encoded, Job, RateTooLow
from nemovideo.engine.media.fitted import Fitted
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.moment import BRIEF, by_quality
from nemovideo.engine.media.plan import Choice, Picture, choose, floor, ladder, more_than_source
from nemovideo.engine.media.process import plain_errors
from nemovideo.errors import DamagedFile, TargetNotMet
from nemovideo.protocol.compress import CompressRequest

__all__ = ["Controller"]

_AIM = 0.98
"""Share of the picture's bytes that a second pass is asked for: of 13 here x264 landed at 95 to 106 %, most at 100."""
_CAREFUL_AIM = 0.975
"""The same where a second pass is dear."""
_FULL = {"fast": 0.95, "balanced": 0.97, "best": 0.975}
"""Share of the limit under which a correction is worth its time."""
_CORRECTIONS = 2
_LONG = 250
"""Pictures of the floor encode from which on B-frames save more than they cost."""
_WORTH_A_TRY = 0.8
"""Share of the floor's size under which no rate is tried either."""

Share = Callable[[float], None]


class Controller:
    """One search; `run` once."""

    def __init__(self, source: Media, request: CompressRequest, container: str, work: Path, on_share: Share) -> None:
        self._source = source
        self._request = request
        self._container = container
        self._work = work
        self._on_share = on_share
        self._subtitles = subtitles.kept(source, request.max_bytes)
        self._trials: list[dict[str, Any]] = []
        self._names = 0

    async def run(self) -> Fitted:
        """Find the best encode that fits.

        Raises:
            TargetNotMet: even the floor encode is over; its size is the least limit that works.
        """
        limit = self._request.max_bytes
        if limit is None:
            return await self._pleasing()
        sound = plan_sound(self._source, self._request, self._container, limit)
        choice = self._choose(sound, limit)
        if choice.starved:
            return await self._from_the_floor(limit, untried=True)
        return await self._from_the_top(sound, choice, limit) or await self._from_the_floor(limit)

    def _choose(self, sound: Sound, limit: int, below: float | None = None) -> Choice:
        return choose(
            self._source,
            self._request,
            limit=limit - subtitles.cost(self._source, self._subtitles),
            container=self._container,
            audio_bytes=sound.bytes,
            audio_packets=sound.packets,
            below=below,
        )

    async def _pleasing(self) -> Fitted:
        """No limit: a quality at which no loss is seen."""
        sound = plan_sound(self._source, self._request, self._container, None)
        sound = await encode_sound(self._source, sound, self._work, "sound")
        job = self._job(ladder(self._source, self._request)[0], sound)
        crf = PLEASING_CRF[self._request.codec]
        made = await job.constant(crf, self._name(), self._on_share)
        return self._fitted(job, made, (f"constant quality (CRF {crf}), no limit named",))

    async def _from_the_top(self, sound: Sound, choice: Choice, limit: int) -> Fitted | None:
        """Two passes at the planned picture, then at one rung less; None when neither fits."""
        job = replace(self._job(choice.picture, sound), reorder=choice.reorder)
        if job.picture.frames(self._source) < BRIEF:
            return await self._of_a_moment(job, limit)
        rate = self._rate(choice.budget.video)
        with plain_errors():
            async with asyncio.TaskGroup() as group:
                encoding = group.create_task(encode_sound(self._source, sound, self._work, "sound"))
                group.create_task(job.first_pass(rate, _part(self._on_share, 0.0, 0.3)))
        sound = encoding.result()
        job = replace(job, sound=sound)
        budget = replace(choice.budget, audio=sound.bytes)
        if made := await self._second_passes(job, budget.video, limit, (0.3, 0.85)):
            return made
        lower = self._choose(sound, limit, below=choice.picture.rung)
        if lower.picture.rung >= choice.picture.rung or lower.starved:
            return None
        job = replace(job, picture=lower.picture, reorder=lower.reorder)
        await job.first_pass(self._rate(lower.budget.video), _part(self._on_share, 0.85, 0.9))
        return await self._second_passes(job, int(lower.budget.video * 0.97), limit, (0.9, 0.97))

    async def _of_a_moment(self, job: Job, limit: int) -> Fitted | None:
        """A clip of a few pictures: by quality; None when no quality fits."""
        job = replace(job, sound=await encode_sound(self._source, job.sound, self._work, "sound"))
        best = await by_quality(job, limit, self._name, lambda made: self._tell(job, made))
        return None if best is None else self._fitted(job, best, ())

    def _tell(self, job: Job, made: Encoded) -> None:
        self._trials.append({"picture": f"{job.picture.width}x{job.picture.height}", "size": made.size})

    async def _second_passes(
        self, job: Job, video_bytes: int, limit: int, span: tuple[float, float], corrections: int = _CORRECTIONS
    ) -> Fitted | None:
        """A second pass, and a few more with the same statistics; the largest that fits, or None."""
        start, end = span
        # A miss costs another second pass, which is dear at full size: there a little more room is left.
        dear = job.picture.rung == 1.0 and job.picture.pixel_rate(self._source) > 9e6
        asked = video_bytes * (_CAREFUL_AIM if dear else _AIM)
        enough = _FULL[self._request.effort] - (0.03 if dear and self._request.effort != "best" else 0.0)
        trials: list[Trial] = []
        tried: set[int] = set()
        cap = more_than_source(self._source, self._request.codec, job.picture)
        best: Encoded | None = None
        for _ in range(1 + corrections):
            capped = asked >= cap
            asked = min(asked, cap)
            try:
                made = await job.second_pass(self._rate(asked), self._name(), _part(self._on_share, start, end))
            except RateTooLow:
                break
            start, end = end, end + (1.0 - end) * 0.6
            self._tell(job, made)
            best = await self._better(best, made, limit)
            fill = made.size / limit
            if fill <= 1.0 and (capped or fill >= enough):
                break
            fixed = limit - video_bytes if made.payload is None else made.size - made.payload + job.sound.bytes
            trials.append(Trial(asked, made.size, fixed))
            corrected = next_request(trials, limit)
            tried.add(self._rate(asked) // 1000)
            if self._rate(corrected) // 1000 in tried:  # the encoders count in whole kb/s
                if best is not None:
                    break
                corrected = asked * max(0.5, (min(tried) - 1) * 1000 / self._rate(asked))
            asked = corrected
        return None if best is None else self._fitted(job, best, ())

    async def _better(self, best: Encoded | None, made: Encoded, limit: int) -> Encoded | None:
        keep, drop = (best, made) if made.size > limit or (best and best.size >= made.size) else (made, best)
        if drop is not None:
            await asyncio.to_thread(drop.file.unlink)
        return keep

    async def _from_the_floor(self, limit: int, *, untried: bool = False) -> Fitted:
        """The least encode there is; where it leaves room, something better between it and the limit.

        Where it is over and all rates are `untried`, one is tried: it may get a little under what a quality does.
        """
        sound = leanest(self._source, self._request, self._container)
        sound = await encode_sound(self._source, sound, self._work, "lean")
        least = await self._floor(sound, limit)
        near = untried and least.size > limit >= least.size * _WORTH_A_TRY
        if (limit >= least.size * 1.1 or near) and (made := await self._near_the_floor(least, sound, limit)):
            return made
        if least.size > limit:
            raise TargetNotMet(
                f"{self._source.path.name} cannot be made to fit under {limit} bytes; the least is {least.size} bytes",
                least_bytes=least.size,
                hint=f"Allow at least {least.size} bytes, or trim the video first.",
            )
        return least

    async def _floor(self, sound: Sound, limit: int) -> Fitted:
        """The coarsest encode of the smallest picture. Its size, where it is over the limit, knows nothing of it.

        Without B-frames MP4's index is smaller, with them the pictures are: of a long clip both are tried.
        """
        picture = floor(self._source, self._request)
        job = replace(self._job(picture, sound), lean=True, reorder=False, subtitles=())
        least = await self._coarsest(job, (0.3, 0.4))
        if least.size > limit and self._request.codec != "av1" and picture.frames(self._source) >= _LONG:
            least = min(least, await self._coarsest(replace(job, reorder=True), (0.4, 0.5)), key=lambda it: it.size)
        return least

    async def _coarsest(self, job: Job, span: tuple[float, float]) -> Fitted:
        made = await job.constant(FLOOR_CRF[self._request.codec], self._name(), _part(self._on_share, *span))
        picture = job.picture
        self._trials.append({"picture": f"{picture.width}x{picture.height}", "size": made.size, "floor": True})
        return self._fitted(job, made, ("the smallest picture there is: the limit leaves no more",))

    async def _near_the_floor(self, least: Fitted, sound: Sound, limit: int) -> Fitted | None:
        choice = self._choose(sound, limit)
        under = least.size > limit
        picture = least.picture if under else choice.picture
        if choice.budget.video <= 0 or (under and picture.frames(self._source) < _LONG):
            return None
        job = replace(self._job(picture, sound), lean=True, reorder=under, subtitles=())
        try:
            await job.first_pass(self._rate(choice.budget.video), _part(self._on_share, 0.5, 0.6))
        except RateTooLow:
            return None
        return await self._second_passes(job, choice.budget.video, limit, (0.6, 0.8), 0 if under else _CORRECTIONS)

    def _job(self, picture: Picture, sound: Sound) -> Job:
        return Job(
            media=self._source,
            request=self._request,
            container=self._container,
            work=self._work,
            picture=picture,
            sound=sound,
            subtitles=self._subtitles,
        )

    def _rate(self, video_bytes: float) -> int:
        video = self._source.video
        seconds = max(video.duration, 0.02) if video else 1.0
        return max(1000, int(video_bytes * 8 / seconds))

    def _name(self) -> str:
        self._names += 1
        return f"try{self._names}"

    def _fitted(self, job: Job, made: Encoded, notes: tuple[str, ...]) -> Fitted:
        source, picture = self._source, job.picture
        video = source.video
        fps = picture.fps or source.fps
        said = [
            *notes,
            f"{self._request.codec} {picture.width}x{picture.height}, preset {job.preset}",
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
            codec=self._request.codec,
            audio_codec=job.sound.codec,
            picture=picture,
            lost=lost,
            notes=tuple(said),
            plan={
                "rung": picture.rung,
                "preset": job.preset,
                "trials": self._trials,
                "audio": {"how": job.sound.how, "bytes": job.sound.bytes, "kbps": job.sound.kbps},
            },
        )


def _part(on_share: Share, start: float, end: float) -> Share:
    return lambda share: on_share(start + (end - start) * min(1.0, max(0.0, share)))
