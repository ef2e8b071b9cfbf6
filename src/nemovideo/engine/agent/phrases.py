"""What the agent says, as data, in English and in Chinese.

No word here names a button or a panel: the person on the other side has neither.
"""

from __future__ import annotations

from typing import Literal

from nemovideo.protocol.compress import DEFAULT_MAX_HEIGHT, SPOKEN_CODECS, CompressRequest

__all__ = ["Language", "language_of", "megabytes", "say", "spoken_request"]

Language = Literal["en", "zh"]

_PHRASES: dict[str, dict[Language, str]] = {
    "compress": {
        "en": "{name} ({size}) is set to be compressed {wish}. The result is made when you render it.",
        "zh": "{name}（{size}）已设为压缩：{wish}。渲染后即可得到结果。",
    },
    "fits": {
        "en": "{name} ({size}) is already under {limit}; it stays as it is unless codec or container ask for more.",
        "zh": "{name}（{size}）已经小于 {limit}；除非编码或封装另有要求，不会改动画面。",
    },
    "no_upload": {
        "en": "There is no video in this session yet. Upload one, then tell me the size it must fit under.",
        "zh": "这个会话里还没有视频。请先传入一个视频，再告诉我目标大小。",
    },
    "no_picture": {
        "en": "{name} has no moving picture ({kind}), so there is no video to compress. Upload a video and ask again.",
        "zh": "{name} 没有视频画面（{kind}），无法作为视频压缩。请传入一个视频后再试。",
    },
    "not_understood": {
        "en": "I did not understand that, and nothing was changed. What I can do here:\n{abilities}",
        "zh": "我没有理解这句话，没有做任何改动。目前我可以：\n{abilities}",
    },
    "abilities": {
        "en": "Here is what I can do:\n{abilities}",
        "zh": "我可以：\n{abilities}",
    },
}
_ABILITIES: dict[Language, tuple[str, ...]] = {
    "en": (
        'compress a video under a size: "compress this video to under 50MB"',
        'compress it to a share of its size: "make it 40% smaller", "half the size"',
        'compress it for a service: "fit it into Discord", "small enough for WhatsApp"',
        'keep the quality: "compress it without losing too much quality"',
        'limit picture and rate: "compress to 20MB at 720p, 30 fps", "with HEVC", "with AV1"',
    ),
    "zh": (
        "压缩到指定大小：“压缩到 50MB 以内”",
        "按比例压缩：“压缩到原来的 40%”、“压缩一半”",
        "按平台压缩：“压缩一下，发 Discord 用”",
        "尽量保持画质：“压缩视频，画质不要损失太多”",
        "限制分辨率和帧率：“压缩到 20MB，720p，30 fps”，或用 HEVC、AV1",
    ),
}
_EFFORTS: dict[str, dict[Language, str]] = {
    "fast": {"en": "fast effort", "zh": "快速"},
    "balanced": {"en": "balanced effort", "zh": "均衡"},
    "best": {"en": "best effort", "zh": "最佳"},
}


def language_of(text: str, session_language: str) -> Language:
    """The language to answer in: Chinese when the session or the message is."""
    chinese = session_language.lower().startswith("zh") or any("\u4e00" <= letter <= "\u9fff" for letter in text)
    return "zh" if chinese else "en"


def say(phrase: str, language: Language, **values: str) -> str:
    """One phrase of the table, filled in."""
    abilities = "\n".join(f"- {ability}" for ability in _ABILITIES[language])
    return _PHRASES[phrase][language].format(abilities=abilities, **values)


def megabytes(size: int) -> str:
    """A size in bytes as people say it, in units of 1,000,000 bytes, never rounded to a wrong "0 MB"."""
    return f"{size / 1e6:.4g} MB" if size >= 100_000 else f"{size / 1e3:.4g} kB"


def spoken_request(request: CompressRequest, language: Language) -> str:
    """What a request asks for, in words."""
    zh = language == "zh"
    comma = "，" if zh else ", "
    if request.max_bytes is None:
        parts = ["画质不明显下降" if zh else "without visible loss"]
    else:
        limit = megabytes(request.max_bytes)
        parts = [f"不超过 {limit}" if zh else f"to at most {limit}"]
    parts += [SPOKEN_CODECS[request.codec], _EFFORTS[request.effort][language]]
    if request.max_height is not None and request.max_height != DEFAULT_MAX_HEIGHT:
        parts.append(f"短边不超过 {request.max_height}p" if zh else f"at most {request.max_height}p")
    if request.fps is not None:
        parts.append(f"不超过 {request.fps:g} fps" if zh else f"at most {request.fps:g} fps")
    if request.audio == "none":
        parts.append("去掉声音" if zh else "without sound")
    return comma.join(parts)
