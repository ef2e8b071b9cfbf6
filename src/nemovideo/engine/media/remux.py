"""Another container around the same picture: no pixel is touched."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from nemovideo.engine.media import subtitles
from nemovideo.engine.media.audio import Sound, encode_sound, plan_sound
from nemovideo.engine.media.encode import MUXERS
from nemovideo.engine.media.ffmpeg import head, opened
from nemovideo.engine.media.fitted import Fitted
from nemovideo.engine.media.media import Media, VideoTrack
from nemovideo.engine.media.process import Limits, run
from nemovideo.engine.media.sync import delays
from nemovideo.errors import EngineError
from nemovideo.protocol.compress import CompressRequest

__all__ = ["remux"]


async def remux(source: Media, request: CompressRequest, container: str, work: Path, limit: int) -> Fitted | None:
    """Copy the picture into `container`; None when that does not work or does not fit, and it must be encoded.

    The copy is not yet verified: what a copy cannot carry over (edit lists) shows only there.
    """
    video = source.video
    if video is None or source.demuxer == "avi":  # AVI tells no time of display, which a copy would need
        return None
    sound = await encode_sound(source, plan_sound(source, request, container, None), work, "sound")
    words = subtitles.kept(source, limit)
    target = work / f"remuxed.{container}"
    command = [*head(), *_inputs(source, sound), *_maps(video, sound, words), "-dn", "-c", "copy"]
    if words:
        command += subtitles.coder(container)
    keep = "0" if request.keep_metadata else "-1"
    command += ["-map_metadata", keep, "-map_chapters", keep]
    command += sound.labels(titles=request.keep_metadata)
    if MUXERS[container] in {"mp4", "mov"}:
        command += ["-movflags", "+faststart", *(["-tag:v", "hvc1"] if video.codec == "hevc" else [])]
    limits = Limits(wall=120 + source.size / 5e6, file_bytes=2 * source.size + (1 << 24))
    try:
        outcome = await run([*command, "-f", MUXERS[container], f"file:{target}"], limits=limits, cwd=work)
    except EngineError:
        return None
    if outcome.code != 0:
        return None
    size = (await asyncio.to_thread(target.stat)).st_size
    if size > limit:
        return None
    change = f"only its container was changed, from {source.container} to {container}"
    if source.container == container:
        change = "its picture was copied, only its sound was changed"
    notes = [f"the source fits already: {change}"]
    notes.append(sound.words())
    if not words and any(track.text for track in source.subtitles):
        notes.append("subtitles left out: they did not fit")
    fitted = Fitted.of_source(source, target, "remux", tuple(notes))
    duration = video.duration if sound.how == "none" else source.duration
    return replace(fitted, size=size, audio_codec=sound.codec, duration=duration)


def _inputs(source: Media, sound: Sound) -> list[str]:
    picture_late, sound_late = delays(source, sound.how)
    words = opened(source.path, source.demuxer, options=("-itsoffset", picture_late))
    if sound.file:
        demuxer = "matroska" if sound.codec == "opus" else "mov"
        words += opened(sound.file, demuxer, options=("-itsoffset", sound_late))
    return words


def _maps(video: VideoTrack, sound: Sound, words: tuple[int, ...]) -> list[str]:
    tracks = [f"0:{video.index}", *sound.maps(), *(f"0:{index}" for index in words)]
    return [word for track in tracks for word in ("-map", track)]
