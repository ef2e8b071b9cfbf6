"""The sound alone: "extract the audio as mp3", 「提取音频」. Its opposite is "make it a video again"."""

from __future__ import annotations

from nemovideo.engine.agent.edits.edit import Clause, EditKind, Scene
from nemovideo.engine.agent.edits.outcome import Outcome
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spans import span_in
from nemovideo.engine.agent.wording import Wording

__all__ = ["SOUND"]

_KINDS = r"(?:mp3|m4a|wav|aac)"
_THING = r"(?:audio|sound(?:track)?|music|voice|song)"
_EXTRACTS = Wording(
    en=(
        (
            rf"\b(?:extract|rip|give|pull(?:\s+out)?|grab|save|get|take\s+out|isolate|separate)\b(?:\W+(?:just"
            rf"|only|out|me|the|its|this|all|of|video'?s|as|an?|original|background))*\W+{_THING}\b"
        ),
        rf"\b(?:only|just)\s+(?:the\s+|its\s+|want\s+the\s+|need\s+the\s+)?{_THING}\b",
        rf"\b{_THING}[\s-]only\b",
        rf"\b(?:only|just)\s+(?:the\s+|an?\s+)?{_KINDS}\b",
        rf"\b(?:as|to|into|an?|make|save|convert)\s+(?:it\s+)?(?:an?\s+|the\s+)?(?:audio\s+file|{_KINDS})\b",
    ),
    zh=(
        "(?:提取|导出|分离|抽取|单独保存|保存)[^,，。]{0,6}(?:音频|声音|音轨|音乐|原声)",
        "(?:音频|声音|音轨|原声)[^,，。]{0,4}(?:提取|导出|分离|抽取)",
        "只(?:要|保留|留)(?:下)?(?:音频|声音|音轨)",
        f"(?:转|变|存|做|保存|导出|生成|改)(?:换)?(?:成|为|到)?\\s*(?:{_KINDS}|音频)",
    ),
)
_NOT = Wording(
    en=(
        (
            r"\b(?:remove|delete|drop|mute|silence|replace|volume|louder|quieter|fade|compress|add|put"
            r"|back(?:ground\s+music)?|aac\s+audio|copy)\b"
        ),
    ),
    zh=("去掉", "静音", "删除", "替换", "音量", "添加", "加上", "压缩", "背景音乐"),
)
_NAMED = Pattern(rf"(?<![a-z0-9.]){_KINDS}(?![a-z0-9])")


def _read(clause: Clause, _scene: Scene) -> Outcome | None:
    text = clause.text
    if not _EXTRACTS.found(text) or _NOT.found(text):
        return None
    named = _NAMED.search(text)
    kind = named[0] if named else "mp3"  # what people mean by "the audio" plays everywhere
    return Outcome(kind, span=span_in(text))


SOUND = EditKind(
    "sound",
    _read,
    {"en": 'take the sound out: "extract the audio as mp3"', "zh": "提取声音：“提取音频为mp3”"},
)
