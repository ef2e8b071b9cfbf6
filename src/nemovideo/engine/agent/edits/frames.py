"""Frames as times: "the first frame", "the last 2 frames", 「最后两帧」 are read as parts of a second. Pure."""

from __future__ import annotations

import re
from math import ceil, floor

from nemovideo.engine.agent.edits.edit import Scene
from nemovideo.engine.agent.edits.pieces import number_of
from nemovideo.engine.agent.edits.timeline import meta
from nemovideo.engine.agent.numbers import NUMBER, number
from nemovideo.engine.agent.patterns import Pattern

__all__ = ["framed"]

_FIRST = ("first", "opening", "initial")
_ENGLISH = Pattern(rf"\b(first|opening|initial|last|final|closing)\s+(?:({NUMBER})\s+)?frames?\b")
_CHINESE = Pattern(rf"(第一|首|最后一|最?前面?|开头的?|最后的?|末尾的?)\s*({NUMBER})?\s*帧")


def framed(text: str, scene: Scene) -> str:
    """The plain text with its frames at an end told as times; other frames stay as they are.

    A time is whole milliseconds: rounded down at the start and up at the end, so that no other frame goes along.

    Example:
        At 30 frames a second "remove the last frame" is "remove the last 34 ms".
    """
    rate = number_of(meta(scene.draft).get("fps"), scene.upload.fps or 0.0)
    if rate <= 0:
        return text

    def told(count: str | None, *, first: bool) -> str:
        lasts = 1000 * number(count or "1") / rate
        return f"{floor(lasts) if first else ceil(lasts)}"

    def english(found: re.Match[str]) -> str:
        first = found[1] in _FIRST
        return f"{'first' if first else 'last'} {told(found[2], first=first)} ms"

    def chinese(found: re.Match[str]) -> str:
        if found[2] is None and found[1] not in {"第一", "首", "最后一"}:
            return found[0]
        first = "后" not in found[1] and "末" not in found[1]
        return f"{'前' if first else '最后'}{told(found[2], first=first)}毫秒"

    return _CHINESE.sub(chinese, _ENGLISH.sub(english, text))
