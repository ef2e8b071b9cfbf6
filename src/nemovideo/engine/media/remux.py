"""Another container around the same picture: no pixel is touched."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from nemovideo.engine.media.audio import encode_sound, plan_sound
from nemovideo.engine.media.encode import MUXERS
from nemovideo.engine.media.ffmpeg import head, opened
from nemovideo.engine.media.fitted import Fitted
from nemovideo.engine.media.media import Media
from nemovideo.engine.media.process import Limits, run
from nemovideo.errors import EngineError
from nemovideo.protocol.compress import CompressRequest

__all__ = ["remux"]


async def remux(source: Media, request: CompressRequest, container: str, work: Path, limit: int) -> Fitted | None:
    """Copy the picture into `container`; None when that does not work or does not fit, and it must be encoded."""
    video = source.video
    if video is None:
        return None
    sound = plan_sound(source, request, container, None)
    sound = await encode_sound(source, sound, work, "sound")
    target = work / f"remuxed.{container}"
    words = [*head(), *opened(source.path, source.demuxer)]
    maps = ["-map", f"0:{video.index}"]
    if sound.file:
        words += opened(sound.file, "matroska" if sound.codec == "opus" else "mov")
        maps += ["-map", "1:a:0"]
    elif sound.how == "copy" and source.audio:
        maps += ["-map", f"0:{source.audio.index}"]
    keep = "0" if request.keep_metadata else "-1"
    words += [*maps, "-dn", "-sn", "-c", "copy", "-map_metadata", keep, "-map_chapters", keep]
    if MUXERS[container] in {"mp4", "mov"}:
        words += ["-movflags", "+faststart", *(["-tag:v", "hvc1"] if video.codec == "hevc" else [])]
    limits = Limits(wall=120 + source.size / 5e6, file_bytes=2 * source.size + (1 << 24))
    try:
        outcome = await run([*words, "-f", MUXERS[container], f"file:{target}"], limits=limits, cwd=work)
    except EngineError:
        return None
    if outcome.code != 0:
        return None
    size = (await asyncio.to_thread(target.stat)).st_size
    if size > limit:
        return None
    note = f"the source fits already: only its container was changed, from {source.container} to {container}"
    fitted = Fitted.of_source(source, target, "remux", (note, sound.words()))
    return replace(fitted, size=size, audio_codec=sound.codec)
