"""What a person's words wish beside a limit: picture, rate, codec, effort, sound; and whether they wish to compress."""

from __future__ import annotations

import re
from typing import Literal, TypeVar

__all__ = ["Audio", "AudioTracks", "Codec", "Effort", "details", "only_details", "wishes"]

T = TypeVar("T")

Codec = Literal["h264", "hevc", "av1"]
Effort = Literal["fast", "balanced", "best"]
Audio = Literal["auto", "copy", "aac", "opus", "none"]
AudioTracks = Literal["default", "all"]

_WISH = re.compile(
    r"compress|shrink|smaller|reduc(?:e|ing)\b|\bfit(?:s|ting)?\b|\b(?:under|below|at most|less than|no more than)\s*\d"
    r"|\bdown to\s*\d|\b(?:make|get|bring|keep)\b[^,.;!?\n]{1,40}?\d\s*[kmg]i?b\b"
    r"|\d\s*[kmg]i?b\s*(?:or (?:less|smaller|under)|max\b)"
    r"|\bhalf\b[^.;!?\n]{0,20}\bsize\b|\bsize\b[^.;!?\n]{0,15}\bhalf\b|\d\s*%\s*(?:of\s+)?(?:(?:its|the)\s+)?(?:\w+\s+)?size\b"
    r"|\b(?:it|video|clip|file|recording)\s+(?:to\s+|at\s+)?\d{1,2}\s*%(?=\s*(?:$|[,.;!?]|of\b|off\b|less\b|and\b|with))"
    r"|压缩|缩小|变小|减小|减半|小于|以内",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"(?:\b(?:don'?t|do not|never)\b|不要|别)[^,;.，；。]{0,12}?(?:compress|shrink|压缩|缩小)"
    # a part of the picture is no file: "make the title smaller"
    r"|\b(?:title|logo|font|caption|subtitle|watermark)s?\s+(?:\w+\s+){0,2}?(?:smaller|half\b|\d{1,2}\s*%)",
    re.IGNORECASE,
)

_HEIGHT = re.compile(r"(?<![\d.])(\d{2,5})p(?![a-z0-9])", re.IGNORECASE)
_ANY_HEIGHT = re.compile(r"\bany resolution\b", re.IGNORECASE)
_4K = re.compile(r"\b4k\b", re.IGNORECASE)
_FPS = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*(?:fps\b|frames (?:a|per) second)", re.IGNORECASE)
_CODECS: tuple[tuple[re.Pattern[str], Codec], ...] = (
    (re.compile(r"\b(?:hevc|h\.?265|x265)\b", re.IGNORECASE), "hevc"),
    (re.compile(r"\bav1\b", re.IGNORECASE), "av1"),
    (re.compile(r"\b(?:avc|h\.?264|x264)\b", re.IGNORECASE), "h264"),
)
_EFFORTS: tuple[tuple[re.Pattern[str], Effort], ...] = (
    (re.compile(r"\bfast effort\b|\bas (?:fast|quick(?:ly)?) as possible\b|\bquickly\b|尽快", re.IGNORECASE), "fast"),
    (re.compile(r"\bbest effort\b|\bbest (?:possible )?quality\b|最好的?画质|最佳画质", re.IGNORECASE), "best"),
    (re.compile(r"\bbalanced effort\b", re.IGNORECASE), "balanced"),
)
_SOUND = r"(?:audio|sound(?:track)?)\b"
_AUDIO: tuple[tuple[re.Pattern[str], Audio], ...] = (
    (
        re.compile(
            r"\b(?:don'?t|do not|never)\s+(?:drop|remove|strip|delete|mute|cut)|(?:不要|别)(?:去掉|静音|删)"
            rf"|\b(?:with|bring back|restore) (?:the )?{_SOUND}|\bkeep (?:the )?{_SOUND}(?! as it is)|保留声音",
            re.IGNORECASE,
        ),
        "auto",
    ),
    (
        re.compile(
            r"\b(?:no|without|drop(?:ping)?|remov(?:e|ing)|strip(?:ping)?|delet(?:e|ing)|mut(?:e|ing)|silence"
            r"|get rid of)"
            rf"\s+(?:(?:any|all|of|the|its)\s+){{0,3}}{_SOUND}(?!\s+(?:loss|quality|problem|issue|effect|change|sync))"
            r"|\b(?:mute|silence) (?:it|this|(?:the |this )?(?:video|clip|film|file))\b"
            r"|\bmuted?(?=\s*(?:$|[,.;!?]|and\b))"
            rf"|\b{_SOUND} (?:off|removed|muted)\b|(?:去掉|不要|去除|删掉|删除|移除|没有?)声音|静音|无声",
            re.IGNORECASE,
        ),
        "none",
    ),
    (re.compile(r"\bkeep the audio as it is\b", re.IGNORECASE), "copy"),
    (re.compile(r"\baac audio\b", re.IGNORECASE), "aac"),
    (re.compile(r"\bopus audio\b", re.IGNORECASE), "opus"),
)
_TRACKS: tuple[tuple[re.Pattern[str], AudioTracks], ...] = (
    (
        re.compile(
            r"\b(?:keep|preserve|with) (?:all|both|every) (?:of )?(?:the |its )?(?:audio|sound) ?tracks?\b"
            r"|保留(?:所有|全部)(?:的)?(?:音轨|声轨)",
            re.IGNORECASE,
        ),
        "all",
    ),
    (
        re.compile(r"\b(?:only|just) (?:the )?default (?:audio|sound) ?track\b|只(?:要|保留)默认音轨", re.IGNORECASE),
        "default",
    ),
)
_FLAGS = {
    "keep_hdr": re.compile(r"\bkeep hdr\b", re.IGNORECASE),
    "keep_metadata": re.compile(r"\bkeep the metadata\b", re.IGNORECASE),
    "measure_quality": re.compile(r"\bmeasure the quality\b", re.IGNORECASE),
}
_DETAILS = (
    *(pattern for pattern, _ in (*_CODECS, *_EFFORTS, *_AUDIO, *_TRACKS)),
    _HEIGHT, _ANY_HEIGHT, _4K, _FPS, *_FLAGS.values(),
)  # fmt: skip
_REASON = re.compile(r"\b(?:because|since|so that)\b.*", re.IGNORECASE | re.DOTALL)
_FILLERS = re.compile(
    r"\b(?:actually|again|also|and|as|at|be|but|can|change|could|down|encode|file|for|fps|go|i|i'd|in|instead|it|its|just|keep|let'?s"
    r"|like|limit|make|me|no|now|of|ok(?:ay)?|only|or|picture|please|resolution|scale|set|should|size|still|that|the"
    r"|then|this|to|too|use|video|want|well|with|would|you|clip|most|under|less|max|is|are|fine|enough|will|do|does|needed?)\b"
    r"|请|帮我|把|将|就|也|再|还|要|改成|改为|改到|改|换成|变成|用|并且|并|和|保持|视频|它|这个|分辨率|画面|一下|吧|的|到|成|为",
    re.IGNORECASE,
)


def wishes(text: str) -> bool:
    """Whether the words wish for a compression."""
    return _WISH.search(text) is not None and not _REFUSAL.search(text)


def only_details(text: str) -> bool:
    """Whether the words are details and nothing beside: "actually keep it 480p and drop the audio"."""
    rest = _REASON.sub(" ", text)
    for pattern in _DETAILS:
        rest = pattern.sub(" ", rest)
    return rest != text and re.search(r"\w", _FILLERS.sub(" ", rest)) is None


def details(text: str) -> dict[str, object]:
    """What the words say, by the names of a CompressRequest's fields; what they leave open is not in it.

    Example:
        >>> details("actually keep it 480p and drop the audio")
        {'audio': 'none', 'max_height': 480}

    Raises:
        ValueError, OverflowError: a number beyond all measure.
    """
    said: dict[str, object] = {
        "codec": _first(_CODECS, text),
        "effort": _first(_EFFORTS, text),
        "audio": _first(_AUDIO, text),
        "audio_tracks": _first(_TRACKS, text),
    }
    found = {name: value for name, value in said.items() if value is not None}
    if _ANY_HEIGHT.search(text):
        found["max_height"] = None
    elif height := _HEIGHT.search(text):
        found["max_height"] = int(height[1])
    elif _4K.search(text):
        found["max_height"] = 2160
    if fps := _FPS.search(text):
        found["fps"] = float(fps[1])
    return found | {name: True for name, pattern in _FLAGS.items() if pattern.search(text)}


def _first(said: tuple[tuple[re.Pattern[str], T], ...], text: str) -> T | None:
    """The value of the first pattern that the text holds."""
    return next((value for pattern, value in said if pattern.search(text)), None)
