"""The encoder's runs: a first pass whose statistics serve every second pass, and an encode at a fixed quality.

All of them run in the work folder with relative names for the statistics, since x265 takes no colon in a path.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nemovideo.engine.media import normalise, subtitles
from nemovideo.engine.media.audio import Sound
from nemovideo.engine.media.boxes import measured
from nemovideo.engine.media.coders import Coder, keys
from nemovideo.engine.media.encoded import Encoded, RateTooLow, TooLarge
from nemovideo.engine.media.ffmpeg import THREADS, head, opened
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.plan import Picture, preset
from nemovideo.engine.media.process import Limits, Outcome, run
from nemovideo.engine.media.progress import Step
from nemovideo.engine.media.sync import delays
from nemovideo.errors import DamagedFile, EngineError
from nemovideo.protocol.compress import CompressRequest

__all__ = ["Encoded", "Job", "MUXERS", "RateTooLow", "TooLarge"]

MUXERS = {"mp4": "mp4", "m4v": "mp4", "mov": "mov", "mkv": "matroska", "webm": "webm"}
"""Suffix of the result -> FFmpeg's muxer."""

_NEARLY = 0.97
"""Share of the pictures after which an encode is let end: how much it is over is then known exactly."""

_FORGIVEN = 0.01
"""Share of pictures that may come torn from formats that are cut anywhere (broadcast recordings)."""

Share = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One source, one picture size, one sound: whatever encode is asked for of them.

    Attributes:
        lean: with one key picture and no greeting, for the least of sizes.
        reorder: with B-frames; in MP4 each picture then costs 8 bytes of index.
        pace: the encoder's preset where another than the effort's is wanted.
    """

    media: Media
    request: CompressRequest
    container: str
    work: Path
    picture: Picture
    sound: Sound
    subtitles: tuple[int, ...] = ()
    lean: bool = False
    reorder: bool = True
    pace: str | None = None
    threads: int = THREADS

    @property
    def preset(self) -> str:
        """The encoder's preset."""
        if self.pace is not None:
            return self.pace
        video, picture = self.media.video, self.picture
        pixels = picture.width * picture.height * picture.frames(self.media)
        # Of a clip of a moment the encode is less than FFmpeg's start, whatever the preset.
        share = pixels / (video.width * video.height * video.frames) if video and pixels > 20e6 else 0.0
        return preset(self.request.codec, self.request.effort, picture.pixel_rate(self.media), share=share)

    @property
    def ten_bit(self) -> bool:
        """Whether HDR is kept: only where the codec's ordinary players know ten bits."""
        return self.request.keep_hdr and self.media.hdr and self.request.codec != "h264"

    async def first_pass(self, rate: int, on_share: Share | None = None) -> None:
        """Write the statistics for `rate` bits a second.

        Raises:
            DamagedFile: the picture cannot be decoded without errors.
        """
        arguments = [
            *_mapped([self._track()]),
            *self._filtered(self._coder.at_rate(1, rate)),
            "-an",
            "-sn",
            "-f",
            "null",
            "-",
        ]
        await self._run(arguments, self._inputs(sound=False), on_share)

    async def second_pass(
        self, rate: int, name: str, on_share: Share | None = None, limit: int | None = None
    ) -> Encoded:
        """Encode at `rate` bits a second with the statistics there are, and mux the sound in.

        Raises:
            RateTooLow: the encoder cannot go there.
            TooLarge: it outgrew `limit` bytes and was stopped.
        """
        return await self._muxed(self._filtered(self._coder.at_rate(2, rate)), name, on_share, limit)

    async def only_pass(self, rate: int, name: str, on_share: Share | None = None, limit: int | None = None) -> Encoded:
        """Encode at `rate` bits a second in one pass, whose statistics serve a second one where it misses."""
        video = [*self._filtered(self._coder.at_rate(1, rate, "ratetol=0.1")), "-fastfirstpass", "0"]
        return await self._muxed(video, name, on_share, limit)

    async def quality_pass(
        self, crf: int, name: str, on_share: Share | None = None, limit: int | None = None
    ) -> Encoded:
        """Encode at a fixed quality in one pass, whose statistics serve a second one where it is over (x264)."""
        video = self._filtered(self._coder.at_quality(crf, statistics=True))
        return await self._muxed(video, name, on_share, limit)

    async def constants(
        self, crf: float, jobs: Sequence[tuple[Job, str]], on_share: Share | None = None
    ) -> list[Encoded]:
        """Encode several at a fixed quality with one reading of the source: (job, name), all of this picture."""
        targets = [self.work / f"{name}.{self.container}" for _, name in jobs]
        words = [job.output(crf, target) for (job, _), target in zip(jobs, targets, strict=True)]
        outcome = await self._run([word for output in words for word in output], self._inputs(sound=True), on_share)
        sizes = [await asyncio.to_thread(measured, target) for target in targets]
        frames = outcome.last.frame or 0
        return [Encoded(it, size, frames, inside) for it, (size, inside) in zip(targets, sizes, strict=True)]

    async def constant(self, crf: float, name: str, on_share: Share | None = None) -> Encoded:
        """Encode at a fixed quality in one pass."""
        return await self._muxed(self._filtered(self._coder.at_quality(crf)), name, on_share)

    def output(self, crf: float, target: Path) -> list[str]:
        """The words that write `target` at a fixed quality, after those that open the inputs."""
        return self._output(self._filtered(self._coder.at_quality(crf)), target)

    async def _muxed(self, video: list[str], name: str, on_share: Share | None, limit: int | None = None) -> Encoded:
        target = self.work / f"{name}.{self.container}"
        outcome = await self._run(self._output(video, target), self._inputs(sound=True), on_share, limit)
        size, inside = await asyncio.to_thread(measured, target)
        return Encoded(target, size, outcome.last.frame or 0, inside)

    def _output(self, video: list[str], target: Path) -> list[str]:
        maps = [self._track()]
        arguments = self._held(video)
        if self.sound.how != "none":
            maps += self.sound.maps()
            arguments += ["-c:a", "copy", *self.sound.labels(titles=self.request.keep_metadata)]
        maps += [f"0:{index}" for index in self.subtitles]
        if self.subtitles:
            arguments += subtitles.coder(self.container)
        arguments += self._container()
        return [*_mapped(maps), *arguments, "-f", MUXERS[self.container], f"file:{target}"]

    def _held(self, video: list[str]) -> list[str]:
        """The encoder's words, and for how long the last packet counts.

        MP4 tells distances of decoding. With B-frames the last packet is decoded long before the last picture ends, and
        of an uneven film its own duration says nothing of that: the file's edit list would cut the end off.
        """
        track = self.media.video
        uneven = track is not None and track.vfr and self.picture.fps is None
        if track is None or not uneven or MUXERS[self.container] not in {"mp4", "mov"}:
            return list(video)
        whole = f"STARTDTS+{track.duration:.6f}/TB-DTS"
        held = rf"setts=pts=PTS:dts=DTS:duration=if(eq(N\,{track.frames - 1})\,max(DURATION\,{whole})\,DURATION)"
        if "-bsf:v" not in video:
            return [*video, "-bsf:v", held]
        at = video.index("-bsf:v") + 1
        return [*video[:at], f"{video[at]},{held}", *video[at + 1 :]]

    def _container(self) -> list[str]:
        keep = "0" if self.request.keep_metadata else "-1"
        words = ["-map_metadata", keep, "-map_chapters", keep]
        if not self.request.keep_metadata:
            words += ["-fflags", "+bitexact"]  # no "encoder" tag; the result is a matter of the input alone
        if MUXERS[self.container] in {"mp4", "mov"}:
            words += ["-movflags", "+faststart"]
        return words

    def _track(self) -> str:
        assert self.media.video is not None  # noqa: S101  # fit() refuses sources without a picture
        return f"0:{self.media.video.index}"

    def _inputs(self, *, sound: bool) -> list[str]:
        video = self.media.video
        picture_late, sound_late = delays(self.media, self.sound.how)
        decoder = normalise.decoder(video) if video else None
        words = opened(self.media.path, self.media.demuxer, decoder=decoder, options=("-itsoffset", picture_late))
        if sound and self.sound.file:
            demuxer = "matroska" if self.sound.codec == "opus" else "mov"
            words += opened(self.sound.file, demuxer, options=("-itsoffset", sound_late))
        return words

    def _filtered(self, coder: list[str]) -> list[str]:
        chain = normalise.chain(self.media, self.picture, keep_hdr=self.ten_bit)
        words = ["-vf", chain, "-fps_mode", "vfr", "-enc_time_base:v", "filter", "-threads:v", str(self.threads)]
        if self.media.video and self.media.video.dolby and self.request.codec != "h264":
            return [*words, *coder, "-dolbyvision", "0"]  # its data tell how to change a picture that is no more
        return [*words, *coder]

    @property
    def _coder(self) -> Coder:
        size = f"{self.picture.width}x{self.picture.height}"
        return Coder(
            codec=self.request.codec,
            preset=self.preset,
            threads=self.threads,
            stats=f"stats-{size}-{round((self.picture.fps or 0) * 100)}",
            keys=keys(self.picture.fps or self.media.fps),
            apple=MUXERS[self.container] in {"mp4", "mov"},
            lean=self.lean,
            reorder=self.reorder,
        )

    async def _run(
        self, outputs: list[str], inputs: list[str], on_share: Share | None, limit: int | None = None
    ) -> Outcome:
        video = self.media.video
        assert video is not None  # noqa: S101  # fit() refuses sources without a picture
        frames = max(1, self.picture.frames(self.media))

        def step(now: Step) -> None:
            share = (now.frame or 0) / frames
            if limit and now.total_size and now.total_size > limit and not now.ended and share < _NEARLY:
                raise TooLarge(int(now.total_size / max(share, 0.01)))
            if on_share and now.frame is not None:
                on_share(share)

        # No preset in use is slower than two million pixels a second on one old core; decoding is counted apart.
        pixels = video.frames * (video.width * video.height / 4 + self.picture.width * self.picture.height)
        limits = Limits(wall=300 + pixels / 0.3e6, file_bytes=4 * self.media.size + (1 << 30))
        command = [*head(), *inputs, *outputs]
        outcome = await run(command, limits=limits, cwd=self.work, on_step=step)
        self._judge(outcome, video.frames)
        return outcome

    def _judge(self, outcome: Outcome, frames: int) -> None:
        name = self.media.path.name
        forgiven = frames * _FORGIVEN + 3 if self.media.demuxer in {"mpegts", "mpeg", "mpegvideo"} else 0
        if outcome.decode_errors > forgiven:
            raise DamagedFile(f"{name} is damaged: parts of it cannot be decoded ({outcome.why()})")
        if outcome.code != 0 and "bitrate is too low" in outcome.tail:
            raise RateTooLow(f"{name} cannot be encoded at so low a rate")
        if outcome.code != 0:
            raise EngineError(f"FFmpeg could not encode {name}: {outcome.why()}")
        if not outcome.last.frame:
            raise DamagedFile(f"{name} is damaged: no picture of it can be decoded ({outcome.why()})")


def _mapped(streams: list[str]) -> list[str]:
    return [*(word for stream in streams for word in ("-map", stream)), "-dn"]
