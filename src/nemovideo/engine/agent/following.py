"""What a fragment takes from the one before, and what it asks: "and the music", "fade it in", "how do I …". Pure."""

from __future__ import annotations

import re

from nemovideo.engine.agent.clips import Clips, clip_named
from nemovideo.engine.agent.edits.edit import Edit
from nemovideo.engine.agent.patterns import Pattern

__all__ = ["gone_too", "how_in", "keeps_sound", "of_the_same"]

# "remove the title and the music": the second thing has no verb of its own.
_THING = Pattern(
    r"(?:(?:the|its|all|any|my|every|old)\s+)*(?:titles?|captions?|subtitles?|text|music|bgm|song|soundtrack|sound|audio"
    r"|fades?|(?:first|last)\s+(?:\w+\s+)?frames?)|(?:背景)?(?:音乐|配乐|标题|字幕|文字|声音)"
)
_REMOVES = Pattern(
    r"(?:remove|delete|drop|erase|get\s+rid\s+of|take\s+(?:off|out|away)|mute)\b|去掉|删掉|删除|移除|去除|不要"
)
_KEEPS_SOUND = Pattern(
    r"(?:but\s+)?keep\s+(?:the\s+|its\s+)?original\s+(?:sound|audio)|(?:但|并)?保留(?:视频的?)?(?:原声|原音|原来的声音)"
)
_IT = Pattern(r"\bit\b|它")
_INTO = Pattern("[改换变]成")
_MOVING = frozenset({"remove", "order", "cut", "trim", "repeat", "split"})  # after these a clip's number is another's
# 「怎么没有声音」 and 「怎么这么慢」 wonder, and ask for nothing.
_HOW = Pattern(
    r"^\W*(?:(?:so|and|but|please)\s+)?(?:how\s+(?:do|can|would|could|should|might)\s+(?:i|you|we|one)"
    r"|how\s+to|what(?:'s|\s+is)\s+the\s+way\s+to)\s+"
    r"|^\W*(?:请问)?我?(?:应?该)?(?:怎么|怎样|如何)(?:才?能|可以)?(?!样|没|这么|那么|回事|会|是|还|又|不|了)",
    re.IGNORECASE,
)


def gone_too(text: str, before: str) -> str | None:
    """The words with the verb of those before, where they name one more thing to take away; else None.

    Example:
        >>> gone_too("the music", "remove the title"), gone_too("the music", "rotate it")
        ('remove the music', None)
    """
    verb = _REMOVES.match(before)
    return f"{verb[0]} {text}" if verb and _THING.fullmatch(text) else None


def keeps_sound(text: str) -> bool:
    """Whether the words only say that the film's own sound stays."""
    return _KEEPS_SOUND.fullmatch(text) is not None


def of_the_same(text: str, kind: str, edit: Edit) -> str:
    """The words with "it" told as the one clip that the edit before was about, and 「改成」 as of its title."""
    if kind in {"title", "caption"} and _INTO.match(text):
        return f"{'标题' if kind == 'title' else '字幕'}{text}"
    clips = getattr(edit, "clips", None)
    if not isinstance(clips, Clips) or clips.nth is None or kind in _MOVING:
        return text
    if getattr(edit, "span", None) is not None or clip_named(text):  # a stretch becomes a clip of its own
        return text
    told = clips.told()
    return _IT.sub(lambda found: told["en" if found[0] == "it" else "zh"], text)


def how_in(text: str) -> str:
    """What is asked how to do: "trim it" of "how do I trim it?"; empty where nothing is."""
    found = _HOW.search(text)
    return text[found.end() :].rstrip(" ?？。.") if found else ""
