"""Which FFmpeg, what it can do, and the arguments that every run of it shares."""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from nemovideo.engine.media.process import Limits, run
from nemovideo.errors import EngineError, FFmpegMissing

__all__ = ["Features", "MAX_PIXELS", "READ", "THREADS", "features", "find_ffmpeg", "head", "opened"]

THREADS = 2
"""Threads of each decoder and encoder; fixed, since a result must not depend on the machine (least_bytes must work)."""

MAX_PIXELS = 8192 * 8192
"""Pixels of one picture that are still decoded (8K both ways): a header may claim any size."""

_DECODERS = (
    "h264,hevc,av1,libdav1d,vp9,libvpx-vp9,vp8,libvpx,mpeg4,msmpeg4v2,msmpeg4,mpeg2video,mpeg1video,h263,flv,vc1,wmv1,"
    "wmv2,wmv3,theora,mjpeg,prores,dnxhd,ffv1,utvideo,huffyuv,ffvhuff,rawvideo,gif,dvvideo,cinepak,svq1,svq3,indeo5,"
    "vp6,vp6f,vp6a,qtrle,png,apng,cfhd,magicyuv,v210,v410,r210,hap,vvc,"
    "aac,aac_latm,mp3,mp3float,mp2,mp2float,ac3,eac3,dca,truehd,alac,flac,opus,libopus,vorbis,libvorbis,wmav1,wmav2,"
    "wmapro,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_swf,gsm_ms,"
    "nellymoser,speex,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,"
    "pcm_u8,pcm_s8,pcm_alaw,pcm_mulaw,pcm_bluray,pcm_dvd,"
    "mov_text,subrip,srt,ass,ssa,webvtt,text"
)
READ = frozenset(_DECODERS.split(","))
"""Codecs that are read, each under all names of its decoders."""


@dataclass(frozen=True, slots=True)
class Features:
    """What this FFmpeg can do."""

    version: str
    encoders: frozenset[str]
    filters: frozenset[str]


@functools.cache
def find_ffmpeg() -> Path:
    """The FFmpeg to use: $NEMO_FFMPEG, else the one in imageio-ffmpeg's wheel, else the one on PATH. Runs nothing.

    Raises:
        FFmpegMissing: there is none, or NEMO_FFMPEG names something that cannot be run.
    """
    if named := os.environ.get("NEMO_FFMPEG"):
        found = shutil.which(named)
        if found is None:
            raise FFmpegMissing(f"NEMO_FFMPEG names {named}, which is no program that can be run")
        return Path(found).absolute()
    # The package itself is not imported: it would run FFmpeg to see whether it works.
    spec = importlib.util.find_spec("imageio_ffmpeg")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for candidate in sorted(Path(place, "binaries").glob("ffmpeg*")):
            if os.access(candidate, os.X_OK):
                return candidate.absolute()
    if found := shutil.which("ffmpeg"):
        return Path(found).absolute()
    raise FFmpegMissing("No FFmpeg was found")


_features: dict[Path, Features] = {}


async def features() -> Features:
    """What the FFmpeg that `find_ffmpeg` finds can do; asked once a process.

    Raises:
        FFmpegMissing: none was found, or it does not run.
    """
    program = await asyncio.to_thread(find_ffmpeg)
    if program not in _features:
        limits = Limits(wall=30)
        try:
            version, encoders, filters = await asyncio.gather(
                *(
                    run([str(program), "-hide_banner", word], limits=limits)
                    for word in ("-version", "-encoders", "-filters")
                )
            )
        except EngineError as error:
            raise FFmpegMissing(f"{program} does not run: {error.message}") from error
        if version.code != 0:
            raise FFmpegMissing(f"{program} does not run: {version.why()}")
        named = re.match(rb"ffmpeg version (\S+)", version.stdout)
        _features[program] = Features(
            version=named[1].decode() if named else "unknown",
            encoders=_names(encoders.stdout, r"^ [VAS][F.][S.][X.][B.][D.] (\S+)"),
            filters=_names(filters.stdout, r"^ [T.][S.]\.? *(\S+) +\S+->\S+"),
        )
    return _features[program]


def _names(listing: bytes, pattern: str) -> frozenset[str]:
    return frozenset(re.findall(pattern, listing.decode("utf-8", "replace"), re.MULTILINE))


def head(*, overwrite: bool = True, level: str = "warning") -> list[str]:
    """The program and the options that stand before every input."""
    return [
        str(find_ffmpeg()),
        *("-nostdin", "-hide_banner", "-nostats", "-loglevel", f"repeat+{level}"),
        *("-progress", "pipe:1", "-stats_period", "0.25"),
        *(["-y"] if overwrite else []),
    ]


def opened(path: Path, demuxer: str, *, decoder: str | None = None, options: tuple[str, ...] = ()) -> list[str]:
    """The options that open `path`, hardened: one demuxer, local files only, bounded pictures, known decoders.

    `enhancements` hands LCEVC data on as side data instead of decoding it: CVE-2026-125262 in FFmpeg 9.0.2.
    """
    return [
        *("-protocol_whitelist", "file,pipe", "-format_whitelist", demuxer, "-codec_whitelist", _DECODERS),
        *("-max_pixels", str(MAX_PIXELS), "-max_alloc", str(1 << 30), "-export_side_data", "enhancements"),
        *("-threads", str(THREADS), *options),
        *(["-c:v", decoder] if decoder else []),
        *("-f", demuxer, "-i", f"file:{path}"),
    ]
