"""Come and go: "fade in", "fade to black at the end", "fade the music out over 2 seconds", 「淡入淡出」."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from nemovideo.engine.agent.clips import ALL, Clips, clips_in, each
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Said, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.lettering import Incomplete
from nemovideo.engine.agent.edits.texts import no_such_text, words_on
from nemovideo.engine.agent.edits.timeline import AUDIO, TEXT, VIDEO, changed, segments
from nemovideo.engine.agent.edits.volume import no_music_track, of_music
from nemovideo.engine.agent.moments import TIME, milliseconds
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.wording import Wording
from nemovideo.protocol.draft import told_seconds

__all__ = ["FADE", "Fade"]

_USUAL = 1000  # milliseconds; what editors begin with
_FADES = Wording(
    en=(
        r"\b(?:cross[\s-]?)?fad(?:e|es|ing|er|ed(?=[\s-]?(?:in|out)\b))(?:[\s-]?(?:in|out))?\b",
        r"\b(?:come\s+up\s+from|dip\s+to|go\s+to)\s+black\b",
    ),
    zh=("叠化", "淡入", "淡出", "渐入", "渐出", "渐显", "渐隐", "渐黑", "渐变黑", "黑场", "由黑"),
)
_IN = Wording(
    en=(
        r"\bfad(?:e|es|ed|ing)[\s-]?in\b",
        r"\bin\s+and\s+out\b",
        r"\bfrom\s+(?:black|silence|nothing)\b",
        r"\bfade[^,.;]{0,40}\bin\b(?!\s+(?:the\s+)?(?:last|end|over|\d|a\b))",
        r"\bat\s+(?:the\s+(?:start|beginning)|both\s+ends)\b",
    ),
    zh=("淡入", "渐入", "渐显", "由黑", "开头", "首尾"),
)
_OUT = Wording(
    en=(
        r"\bfad(?:e|es|ed|ing)[\s-]?(?:out|away)\b",
        r"\band\s+(?:fade\s+)?out\b",
        r"\bto\s+(?:black|silence|nothing)\b",
        r"\bfade[^,.;]{0,40}\bout\b",
        r"\b(?:at|to)\s+(?:the\s+end|both\s+ends)\b",
    ),
    zh=("淡出", "渐出", "渐隐", "渐黑", "变黑", "到黑", "结尾", "首尾"),
)
_REMOVES = Wording(
    en=(
        (
            r"\b(?:remove|delete|drop|no|without|undo|cancel|take\s+(?:off|away|out)"
            r"|get\s+rid\s+of)\b(?:\W+\w+){0,3}?\W+fad"
        ),
    ),
    zh=("(?:去掉|去除|删除|取消|移除|不要)[^,，。]{0,6}(?:淡|渐)",),
)
_CROSS = Wording(
    en=(
        r"\bcross[\s-]?fad(?:e|es|ing)\b",
        r"\bfade\b[^,.;]*\bbetween\b",
        r"\bfade\s+into\s+(?:the\s+)?(?:next|second|other|each)\b",
        r"\bfade\s+to\s+(?:white|red|blue)\b",
    ),
    zh=("交叉淡", "叠化", "(?:片段|视频|镜头)之间", "转场"),
)
_TEXT = Wording(en=(r"\b(?:titles?|captions?|text|subtitles?|words)\b",), zh=("标题", "字幕", "文字"))
_OWN_SOUND = Wording(en=(r"\b(?:audio|sound|voice)\b",), zh=("声音", "音频", "原声"))
_LASTS = Pattern(TIME)
_KEYS: dict[str, tuple[str, ...]] = {"in": ("fade_in",), "out": ("fade_out",), "both": ("fade_in", "fade_out")}

Of = Literal["picture", "music", "text"]
Way = Literal["in", "out", "both"]


@dataclass(frozen=True, slots=True)
class Fade:
    """Fade at the start ("in"), at the end ("out") or at both, for so many milliseconds; 0 takes a fade away."""

    way: Way
    milliseconds: int = _USUAL
    of: Of = "picture"
    clips: Clips = ALL

    def apply(self, scene: Scene) -> Done | Refused:
        """Fade the first and the last of what is meant."""
        kind = self._kind()
        found = segments(scene.draft, kind)
        if not found:
            return {"picture": self.clips.missing(scene.draft), "music": no_music_track(), "text": no_such_text(None)}[
                self.of
            ]
        chosen = sorted(self.clips.places(scene.draft)) if self.of == "picture" else list(range(len(found)))
        if not chosen:
            return self.clips.missing(scene.draft)
        ends = self._ends(chosen)
        short = min(int(found[n].get("d") or 0) for n, _ in ends)
        room = short // 2 if self.way == "both" and len(chosen) == 1 else short
        if room and self.milliseconds > room:
            return _too_long(self.milliseconds, short)
        value = self.milliseconds or None
        draft = each(scene.draft, kind, lambda at, one: changed(one, **{key: value for n, key in ends if n == at}))
        if draft == scene.draft and not self.milliseconds:
            return Refused(
                "unchanged", {"en": "That is so already; nothing was changed.", "zh": "已经是这样了，没有改动。"}
            )
        return Done(draft, self._told())

    def inverse(self, scene: Scene) -> Edit:
        """The fades that there were."""
        return former(scene, self._kind())

    def _kind(self) -> int:
        return {"picture": VIDEO, "music": AUDIO, "text": TEXT}[self.of]

    def _ends(self, chosen: list[int]) -> list[tuple[int, str]]:
        """Which segment gets which key: a film fades in at its first clip and out at its last."""
        if self.of == "text":
            chosen = chosen[-1:]
        return [(chosen[0] if key == "fade_in" else chosen[-1], key) for key in _KEYS[self.way]]

    def _told(self) -> Said:
        what: dict[Of, Said] = {
            "picture": self.clips.told(),
            "music": {"en": "the music", "zh": "音乐"},
            "text": {"en": "the text", "zh": "文字"},
        }
        en, zh = what[self.of]["en"], what[self.of]["zh"]
        way_en = {"in": "in", "out": "out", "both": "in and out"}[self.way]
        way_zh = {"in": "淡入", "out": "淡出", "both": "淡入淡出"}[self.way]
        if not self.milliseconds:
            return {"en": f"I took the fade of {en} away.", "zh": f"已去掉{zh}的{way_zh}。"}
        lasts = told_seconds(self.milliseconds / 1000)
        return {"en": f"{en[0].upper()}{en[1:]} fades {way_en} over {lasts} s.", "zh": f"{zh}{way_zh} {lasts} 秒。"}


def _too_long(milliseconds: int, short: int) -> Refused:
    fade, clip = told_seconds(milliseconds / 1000), told_seconds(short / 1000)
    return Refused(
        "too_long",
        {
            "en": f"A fade of {fade} s does not fit into the {clip} s that are there. Name a shorter one.",
            "zh": f"{fade} 秒的淡入淡出放不进 {clip} 秒的片段，请缩短时间。",
        },
    )


def _read(clause: Clause, scene: Scene) -> Fade | Incomplete | None:
    text = clause.text
    removes = _REMOVES.found(text)
    if not removes and not _FADES.found(text):
        return None
    if _CROSS.found(text):
        return Incomplete(
            _cannot(
                "from one clip to the next, or to another colour than black", "片段之间的转场，或淡到黑色以外的颜色"
            )
        )
    of: Of = "music" if of_music(clause) else "text" if _of_words(clause, scene) else "picture"
    if of == "picture" and _OWN_SOUND.found(text) and not re.search(r"\b(?:and|picture|video|画面)\b", text):
        if not segments(scene.draft, AUDIO):
            return Incomplete(_cannot("the video's sound alone", "单独的视频声音"))
        of = "music"
    comes, goes = _IN.found(text) is not None, _OUT.found(text) is not None
    way: Way = "both" if comes == goes else "in" if comes else "out"
    lasts = 0 if removes else milliseconds(said[0]) if (said := _LASTS.search(text)) else _USUAL
    return Fade(way, lasts, of, clips_in(clause, scene) if of == "picture" else ALL)


def _of_words(clause: Clause, scene: Scene) -> bool:
    if not words_on(scene.draft):
        return False
    added = clause.after in {"title", "caption"} and re.search(r"\b(?:it|its)\b|它", clause.text) is not None
    return added or _TEXT.found(clause.text) is not None


def _cannot(en: str, zh: str) -> Refused:
    return Refused(
        "unsupported",
        {
            "en": f"I fade pictures with their sound, music and text, but not {en}. Say “fade in” or “fade out”.",
            "zh": f"可以淡入淡出画面（连同声音）、音乐和文字，但不支持{zh}。请说“淡入”或“淡出”。",
        },
    )


FADE = EditKind(
    "fade",
    _read,
    {
        "en": 'fade: "fade in", "fade to black at the end", "fade the music out"',
        "zh": "淡入淡出：“淡入淡出”、“音乐淡出2秒”",
    },
)
