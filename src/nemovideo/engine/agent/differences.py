"""What the last edit was, as far as two timelines tell: which edits could have made the one of the other. Pure."""

from __future__ import annotations

from nemovideo.engine.agent.edits.pieces import number_of
from nemovideo.engine.agent.edits.timeline import AUDIO, TEXT, VIDEO, meta, segments
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.wire import JsonObject

__all__ = ["NAMED", "could_be"]

_NAMES: dict[str, str] = {
    "time": r"trim(?:ming)?|cut(?:ting|s)?|splits?|join(?:ing)?|剪辑|剪切|裁剪|分割|拼接|合并",
    "text": r"titles?|captions?|subtitles?|text|标题|字幕|文字",
    "music": r"music|bgm|song|soundtrack|音乐|配乐",
    "volume": r"mut(?:e|ing)|volume(?:\s+change)?|静音|音量",
    "rotate": r"rotation|rotat(?:e|ing)|turn|旋转",
    "flip": r"flip(?:ping)?|mirror(?:ing)?|翻转|镜像",
    "crop": r"crop(?:ping)?|裁切",
    "speed": r"speed(?:[\s-]?up|\s+change)?|slow[\s-]?(?:down|mo(?:tion)?)|加速|减速|变速|倍速|慢动作",
    "canvas": r"resiz(?:e|ing)|aspect(?:\s+ratio)?|shape|resolution|frame\s+rate|比例|分辨率|帧率",
    "compress": r"compress(?:ion|ing)?|压缩",
}
NAMED = "|".join(_NAMES.values())
"""How an edit is called: "the trim", 「标题」."""

_PATTERNS = {name: Pattern(words) for name, words in _NAMES.items()}
_OWN = {"volume": "volume", "rotate": "rotate", "flip": "flip", "crop": "crop", "speed": "speed"}
_CANVAS = ("width", "height", "fps", "fill")


def could_be(name: str, before: JsonObject | None, now: JsonObject | None) -> bool:
    """Whether the edit of that name, as the person calls it, could have made `now` of `before`."""
    kind = next(kind for kind, pattern in _PATTERNS.items() if pattern.fullmatch(name))
    return kind in _changes(before or {}, now or {})


def _changes(before: JsonObject, now: JsonObject) -> set[str]:
    """Which kinds of edits tell the two apart."""
    found = {kind for kind, key in _OWN.items() if _news(key, before, now)}
    if any(meta(before).get(key) != meta(now).get(key) for key in _CANVAS):
        found |= {"canvas", "crop"}
    if meta(before).get("nemovideo") != meta(now).get("nemovideo"):
        found.add("compress")
    if "speed" in found:
        return found
    if _shown(before) != _shown(now) or (not found and _count(before) != _count(now)):
        return found | {"time"}  # words and music follow what is cut
    return found | {
        kind for kind, track in (("text", TEXT), ("music", AUDIO)) if segments(before, track) != segments(now, track)
    }


def _news(key: str, before: JsonObject, now: JsonObject) -> bool:
    """Whether a picture has another value under this key; a picture that is gone brings none."""
    was, is_ = ([meta(one).get(key) for one in segments(draft, VIDEO)] for draft in (before, now))
    return was != is_ if len(was) == len(is_) else any(value not in was for value in is_)


def _shown(draft: JsonObject) -> tuple[object, ...]:
    """How long the pictures are, from where, and in which order; the same however they are split."""
    pieces = segments(draft, VIDEO)
    order = [meta(one).get("src") for one in pieces]
    begun = meta(pieces[0]).get("in") or 0 if pieces else 0
    return (
        sum(number_of(one.get("d"), 0) for one in pieces),
        begun,
        [src for n, src in enumerate(order) if not n or order[n - 1] != src],
    )


def _count(draft: JsonObject) -> int:
    return len(segments(draft, VIDEO))
