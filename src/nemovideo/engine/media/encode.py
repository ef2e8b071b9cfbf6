"""The encoder's runs: a first pass whose statistics serve every second pass, and an encode at a fixed quality.

All of them run in the work folder with relative names for the statistics, since x265 takes no colon in a path.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nemovideo.engine.media import normalise, subtitles
from nemovideo.engine.media.audio import Sound
from nemovideo.engine.media.boxes import measured
from nemovideo.engine.media.ffmpeg import THREADS, head, opened
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.plan import Picture, preset
from nemovideo.engine.media.process import Limits, Outcome, run
from nemovideo.engine.media.progress import Step
from nemovideo.engine.media.sync import delays
from nemovideo.errors import DamagedFile, EngineError
from nemovideo.protocol.compress import Codec, CompressRequest

__all__ = ["Encoded", "FLOOR_CRF", "Job", "LEAST_SIDES", "MUXERS", "PLEASING_CRF", "RateTooLow"]

MUXERS = {"mp4": "mp4", "m4v": "mp4", "mov": "mov", "mkv": "matroska", "webm": "webm"}
"""Suffix of the result -> FFmpeg's muxer."""

PLEASING_CRF: dict[Codec, int] = {"h264": 21, "hevc": 23, "av1": 30}
"""Quality at which a viewer sees no loss; for requests that name no limit."""

FLOOR_CRF: dict[Codec, int] = {"h264": 51, "hevc": 51, "av1": 63}
"""The coarsest quality of each encoder."""

LEAST_SIDES: dict[Codec, int] = {"h264": 2, "hevc": 16, "av1": 16}
"""Pixels of the shortest side that each encoder takes; SVT-AV1 takes some smaller ones, but not in two passes."""

STARVED = "psy-rd=0.4,0:aq-strength=0.6:qcomp=0.45"
"""x264 under a limit: no bits for a show of detail, and more even ones over time.

Measured at 0.13 to 0.35 Mb/s, 360p and 540p, slow, three clips: with `_KEYS` VMAF +2.9 to +5.5 and VMAF-NEG +2.7 to
+5.0 over slow's own settings, the 5th percentile likewise.
"""

_KEYS = (20.0, 250, 600)
"""Seconds between key pictures under a limit, and pictures at least and at most: one fewer of 10 s is +1.2 to +2.2."""

_FORGIVEN = 0.01
"""Share of pictures that may come torn from formats that are cut anywhere (broadcast recordings)."""

Share = Callable[[float], None]


class RateTooLow(EngineError):
    """The encoder cannot go as low as it was asked to; the controller takes another way."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file that an encode made: its size on disk, the pictures that went in, its packets' bytes where known."""

    file: Path
    size: int
    frames: int
    payload: int | None = None


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
        arguments = [*self._video(1, rate), "-an", "-sn", "-f", "null", "-"]
        await self._run(arguments, inputs=self._inputs(sound=False), maps=[self._track()], on_share=on_share)

    async def second_pass(self, rate: int, name: str, on_share: Share | None = None) -> Encoded:
        """Encode at `rate` bits a second with the statistics there are, and mux the sound in."""
        return await self._muxed(self._video(2, rate), name, on_share)

    async def only_pass(self, rate: int, name: str, on_share: Share | None = None) -> Encoded:
        """Encode at `rate` bits a second in one pass, whose statistics serve a second one where it misses."""
        words = ["-fastfirstpass", "0"] if self.request.codec == "h264" else []
        return await self._muxed([*self._video(1, rate, "ratetol=0.1"), *words], name, on_share)

    async def constant(self, crf: float, name: str, on_share: Share | None = None) -> Encoded:
        """Encode at a fixed quality in one pass."""
        return await self._muxed(self._video(0, crf), name, on_share)

    async def _muxed(self, video: list[str], name: str, on_share: Share | None) -> Encoded:
        target = self.work / f"{name}.{self.container}"
        maps = [self._track()]
        arguments = list(video)
        if self.sound.how != "none":
            maps += self.sound.maps()
            arguments += ["-c:a", "copy", *self.sound.labels(titles=self.request.keep_metadata)]
        maps += [f"0:{index}" for index in self.subtitles]
        if self.subtitles:
            arguments += subtitles.coder(self.container)
        arguments += self._container()
        outcome = await self._run(
            [*arguments, "-f", MUXERS[self.container], f"file:{target}"],
            inputs=self._inputs(sound=True),
            maps=maps,
            on_share=on_share,
        )
        size, inside = await asyncio.to_thread(measured, target)
        return Encoded(target, size, outcome.last.frame or 0, inside)

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

    def _video(self, number: int, value: float, *more: str) -> list[str]:
        chain = normalise.chain(self.media, self.picture, keep_hdr=self.ten_bit)
        words = ["-vf", chain, "-fps_mode", "vfr", "-enc_time_base:v", "filter", "-threads:v", str(self.threads)]
        coder = {"h264": self._x264, "hevc": self._x265, "av1": self._svt}[self.request.codec]
        words += coder(number, value, *more)
        if self.media.video and self.media.video.dolby and self.request.codec != "h264":
            words += ["-dolbyvision", "0"]  # its data tell how to change a picture that is not this one any more
        return words

    @property
    def _keys(self) -> int:
        seconds, least, most = _KEYS
        return max(least, min(most, round(seconds * (self.picture.fps or self.media.fps))))

    def _stats(self) -> str:
        return f"stats-{self.picture.width}x{self.picture.height}-{round((self.picture.fps or 0) * 100)}"

    def _x264(self, number: int, value: float, *more: str) -> list[str]:
        words = ["-c:v", "libx264", "-preset", self.preset, "-profile:v", "high"]
        if number:
            words += ["-b:v", str(value), "-pass", str(number), "-passlogfile", self._stats()]
            words += ["-g", str(self._keys), "-x264-params", ":".join((STARVED, *more))]
        else:
            words += ["-crf", str(value)]
        if self.lean:
            # Key frames are dear; x264's own greeting is 700 bytes of SEI.
            words += ["-g", "9999", "-bsf:v", "filter_units=remove_types=6"]
        if not self.reorder:
            words += ["-bf", "0"]
        return words

    def _x265(self, number: int, value: float, *_: str) -> list[str]:
        parameters = [f"pools={THREADS}", "log-level=error", "info=0"]
        words = ["-c:v", "libx265", "-preset", self.preset]
        if number:
            words += ["-b:v", str(value)]
            parameters += [f"pass={number}", f"stats={self._stats()}.x265", f"keyint={self._keys}"]
        else:
            words += ["-crf", str(value)]
        if self.lean:
            parameters.append("keyint=9999")
        if not self.reorder:
            parameters.append("bframes=0")
        if MUXERS[self.container] in {"mp4", "mov"}:
            words += ["-tag:v", "hvc1"]
        return [*words, "-x265-params", ":".join(parameters)]

    def _svt(self, number: int, value: float, *_: str) -> list[str]:
        words = ["-c:v", "libsvtav1", "-preset", self.preset, "-svtav1-params", f"lp={THREADS}"]
        if number:
            words += ["-g", str(self._keys), "-b:v", str(value)]
            return [*words, "-pass", str(number), "-passlogfile", self._stats()]
        return [*words, "-crf", str(value), *(["-g", "9999"] if self.lean else [])]

    async def _run(
        self, arguments: list[str], *, inputs: list[str], maps: list[str], on_share: Share | None
    ) -> Outcome:
        video = self.media.video
        assert video is not None  # noqa: S101  # fit() refuses sources without a picture
        frames = max(1, self.picture.frames(self.media))

        def step(now: Step) -> None:
            if on_share and now.frame is not None:
                on_share(now.frame / frames)

        # No preset in use is slower than two million pixels a second on one old core; decoding is counted apart.
        pixels = video.frames * (video.width * video.height / 4 + self.picture.width * self.picture.height)
        limits = Limits(wall=300 + pixels / 0.3e6, file_bytes=4 * self.media.size + (1 << 30))
        command = [*head(), *inputs, *(word for stream in maps for word in ("-map", stream)), "-dn", *arguments]
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
