"""What the agent says, as data, in English and in Chinese.

No word here names a button or a panel: the person on the other side has neither.
"""

from __future__ import annotations

from nemovideo.engine.agent.language import Language, language_of, listed
from nemovideo.protocol.compress import DEFAULT_MAX_HEIGHT, SPOKEN_CODECS, CompressRequest
from nemovideo.protocol.sizes import told_limit

__all__ = ["Language", "language_of", "listed", "say", "spoken_request"]

_PHRASES: dict[str, dict[Language, str]] = {
    "compress": {
        "en": "{name} ({size}) is set to be compressed {wish}. The result is made when you render it.",
        "zh": "{name}（{size}）已设为压缩：{wish}。渲染后即可得到结果。",
    },
    "fits": {
        "en": "{name} ({size}) is already under {limit}; it stays as it is unless codec or container ask for more.",
        "zh": "{name}（{size}）已经小于 {limit}；除非编码或封装另有要求，不会改动画面。",
    },
    "others": {
        "en": "{name} was not touched: one video at a time; say it next.",
        "zh": "没有改动 {name}：一次只处理一个视频，请接着再说。",
    },
    "missing": {
        "en": "{name} is not in this session: upload it first. Nothing was changed.",
        "zh": "{name} 不在这个会话里：请先传入。没有做任何改动。",
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
        "en": "I did not understand that, and nothing was changed.\nWhat I can do here:\n{abilities}",
        "zh": "我没有理解这句话，没有做任何改动。\n目前我可以：\n{abilities}",
    },
    "refused": {
        "en": "All right, nothing was done.",
        "zh": "好的，没有执行任何操作。",
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
        'drop the sound: "remove the sound", "compress it to 5MB without sound"',
        'change what was said before: "actually keep it 480p and drop the audio"',
        "trims, titles, music and other edits are not made on this engine; the cloud makes them",
    ),
    "zh": (
        "压缩到指定大小：“压缩到 50MB 以内”",
        "按比例压缩：“压缩到原来的 40%”、“压缩一半”",
        "按平台压缩：“压缩一下，发 Discord 用”",
        "尽量保持画质：“压缩视频，画质不要损失太多”",
        "限制分辨率和帧率：“压缩到 20MB，720p，30 fps”，或用 HEVC、AV1",
        "去掉声音：“去掉声音”、“压缩到 5MB，不要声音”",
        "修改之前的要求：“改成 480p，去掉声音”",
        "剪辑、标题、音乐等修改不在这个引擎上进行，由云端完成",
    ),
}
_EFFORTS: dict[str, dict[Language, str]] = {
    "fast": {"en": "fast effort", "zh": "快速"},
    "balanced": {"en": "balanced effort", "zh": "均衡"},
    "best": {"en": "best effort", "zh": "最佳"},
}


def say(phrase: str, language: Language, **values: str) -> str:
    """One phrase of the table, filled in."""
    abilities = "\n".join(f"- {ability}" for ability in _ABILITIES[language])
    return _PHRASES[phrase][language].format(abilities=abilities, **values)


def spoken_request(request: CompressRequest, language: Language) -> str:
    """What a request asks for, in words."""
    zh = language == "zh"
    comma = "，" if zh else ", "
    if request.max_bytes is None:
        parts = ["画质不明显下降" if zh else "without visible loss"]
    else:
        limit = told_limit(request.max_bytes)
        parts = [f"不超过 {limit}" if zh else f"to at most {limit}"]
    parts += [SPOKEN_CODECS[request.codec], _EFFORTS[request.effort][language]]
    if request.max_height is not None and request.max_height != DEFAULT_MAX_HEIGHT:
        parts.append(f"短边不超过 {request.max_height}p" if zh else f"at most {request.max_height}p")
    if request.fps is not None:
        parts.append(f"不超过 {request.fps:g} fps" if zh else f"at most {request.fps:g} fps")
    if request.audio == "none":
        parts.append("去掉声音" if zh else "without sound")
    return comma.join(parts)
