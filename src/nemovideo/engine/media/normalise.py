"""The filters that make any picture an ordinary one: upright, square pixels, even, 8-bit 4:2:0, SDR, tagged. Pure.

FFmpeg itself turns the picture before these filters run and drops the display matrix that asked for it.
"""

from __future__ import annotations

from fractions import Fraction

from nemovideo.engine.media.media import Media, VideoTrack
from nemovideo.engine.media.plan import Picture

__all__ = ["chain", "decoder", "notes"]

_UNKNOWN = frozenset({0, 2})
_RGB = 0
_RGB_FORMATS = ("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "x2rgb", "x2bgr", "pal8")
_HDR_DATA = (
    "MASTERING_DISPLAY_METADATA",
    "CONTENT_LIGHT_LEVEL",
    "DYNAMIC_HDR_PLUS",
    "DOVI_RPU_BUFFER",
    "DOVI_METADATA",
)
"""What tells a player of HDR beside the tags: left in, some would brighten a picture that is mapped already."""
_PIXEL_FORMAT = {False: "yuv420p", True: "yuv420p10le"}


def chain(media: Media, picture: Picture, *, keep_hdr: bool = False) -> str:
    """The filter chain from the source's chosen track to `picture`.

    Order: fewer pictures first, then fields, then size, then the costly colour work on the small picture.
    """
    video = media.video
    assert video is not None  # noqa: S101  # callers have refused sources without a picture
    ten_bit = keep_hdr and video.hdr is not None
    steps: list[str] = []
    if video.interlaced:
        steps.append("bwdif=mode=send_frame:parity=auto:deint=interlaced")
    if picture.fps is not None:
        steps.append(f"fps=fps={_rate(picture.fps)}:round=near")
    elif tick := _steady_tick(media.demuxer, video):
        steps.append(f"settb=expr={tick}")
    if video.alpha:
        steps += ["format=yuva420p|yuva444p|gbrap", "premultiply=inplace=1"]
    steps.append(_scaled(video, picture))
    steps.append("setsar=1")
    if video.hdr is not None:
        steps += [f"setparams=color_primaries=bt2020:color_trc={_transfer(video)}:colorspace=bt2020nc"]
        if not ten_bit:
            steps += _tone_mapped()
    steps.append(f"format={_PIXEL_FORMAT[ten_bit]}")
    if video.hdr is None and (tags := _tags(video, media.height)):
        steps.append(f"setparams={tags}")
    return ",".join(steps)


def _rate(fps: float) -> Fraction:
    # Rates of a picture in minutes are no 24000/1001: a small denominator would make them zero.
    return Fraction(fps).limit_denominator(1001 if fps >= 1 else 1_000_000)


def _scaled(video: VideoTrack, picture: Picture) -> str:
    # Of RGB (GIF, screen codecs) a matrix must be chosen; YUV keeps its own.
    matrix = ":out_color_matrix=bt709" if _is_rgb(video) else ""
    return f"scale=w={picture.width}:h={picture.height}:flags=lanczos+accurate_rnd:out_range=tv{matrix}"


def _is_rgb(video: VideoTrack) -> bool:
    return video.space == _RGB or video.pix_fmt.startswith(_RGB_FORMATS)


def _transfer(video: VideoTrack) -> str:
    return "arib-std-b67" if video.hdr == "hlg" else "smpte2084"


def _tone_mapped() -> list[str]:
    """HDR to SDR in linear light; 203 nits is the reference white of BT.2408."""
    return [
        "zscale=transfer=linear:primaries=bt709:npl=203",
        "format=gbrpf32le",
        "tonemap=tonemap=mobius:desat=0",
        "zscale=transfer=bt709:matrix=bt709:range=limited",
        *(f"sidedata=mode=delete:type={kind}" for kind in _HDR_DATA),
    ]


def _tags(video: VideoTrack, height: int) -> str:
    """Colour tags for those missing, as players guess them: by the size of the *source*, which the result's hides."""
    if _is_rgb(video):
        return "colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    name = "bt709" if height >= 720 else "smpte170m"
    missing = {
        "colorspace": video.space in _UNKNOWN,
        "color_primaries": video.primaries in _UNKNOWN,
        "color_trc": video.trc in _UNKNOWN,
    }
    return ":".join(f"{key}={name}" for key, absent in missing.items() if absent)


def _steady_tick(demuxer: str, video: VideoTrack) -> str | None:
    """The exact time of one picture where the container only rounds to milliseconds; None to leave times alone.

    Without it a steady 60 fps of a WebM reads as 16, 17, 17 ms: 8 bytes a picture in MP4 for noise.
    """
    if demuxer not in {"matroska", "flv", "asf"} or video.vfr or video.frames < 2:
        return None
    rate = Fraction(video.fps).limit_denominator(1001)
    drift = abs(video.frames / rate - video.duration)
    return f"{rate.denominator}/{rate.numerator}" if drift < 0.4 / rate else None


def decoder(video: VideoTrack) -> str | None:
    """The decoder to name; FFmpeg's own VP8 and VP9 leave the alpha plane out."""
    if video.alpha and video.codec in {"vp8", "vp9"}:
        return {"vp8": "libvpx", "vp9": "libvpx-vp9"}[video.codec]
    return None


def notes(media: Media, *, keep_hdr: bool) -> list[str]:
    """What is done to the picture beside scaling, in words."""
    video = media.video
    assert video is not None  # noqa: S101  # callers have refused sources without a picture
    said: list[str] = []
    if video.rotation % 360:
        said.append("rotation baked in: the picture is stored upright")
    if video.sar[0] != video.sar[1]:
        said.append("stretched pixels made square")
    if video.hdr:
        said.append(f"HDR ({video.hdr.upper()}) {'kept' if keep_hdr else 'mapped to standard range'}")
    if video.dolby:
        said.append(f"Dolby Vision {video.dolby} left out: the picture under it was taken")
    if video.alpha and not video.opaque:
        said.append("transparency laid over black")
    if video.interlaced:
        said.append("interlaced fields joined")
    return said
