"""Words that ask for music: whether it is mixed or replaces the sound, which file, when, and from where in it. Pure."""

from __future__ import annotations

from typing import Literal

from nemovideo.engine.agent.edits.edit import Clause, Scene
from nemovideo.engine.agent.edits.timeline import VIDEO, meta, segments
from nemovideo.engine.agent.moments import TIME, milliseconds, moment_in
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spans import Span, span_in
from nemovideo.engine.agent.wording import Wording
from nemovideo.engine.archive import UploadRow

__all__ = ["asks_music", "begin_in", "source_of", "span_of"]

_NAMES = r"(?:music|bgm|song|soundtrack|score|tune|background\s+(?:audio|sound|track|music)|audio\s+track)"
_ADDS = Wording(
    en=(
        (
            rf"\b(?:add|put|use|lay|play|set|insert|mix|include|give|need|want|with|attach|overlay"
            rf"|some)\b(?:\W+[\w§]+){{0,9}}?\W+{_NAMES}\b"
        ),
        rf"\b{_NAMES}\b[^,.;]{{0,20}}\b(?:under(?:neath)?|behind|in\s+the\s+background|to\s+(?:it|the\s+video))\b",
        r"\bas\s+(?:the\s+|a\s+)?(?:background|bgm|music|soundtrack)\b",
    ),
    zh=(
        "(?:加上?|添加|插入|配上?|放上?|来一?[段首点]|用|铺上?)[^,，。]{0,14}(?:音乐|配乐|bgm|歌曲?)",
        "配乐",
        "(?:作为|做|当作?|当成)(?:视频的?)?(?:背景)?(?:音乐|配乐|bgm)",
    ),
)
_REPLACES = Wording(
    en=(
        r"\breplac(?:e|ing)\s+(?:the\s+|its\s+)?(?:original\s+|video'?s\s+)?(?:audio|sound(?:track)?|music|song|bgm)\b",
        r"\bswap\s+(?:out\s+)?(?:the\s+)?(?:audio|sound(?:track)?)\b",
        r"\binstead\s+of\s+(?:the\s+|its\s+)?(?:original\s+)?(?:audio|sound)\b",
        r"\b(?:change|set)\s+the\s+(?:audio|sound(?:track)?)\s+to\b",
    ),
    zh=(
        "替换[^,，。]{0,8}(?:声音|原声|音频|音轨|音乐)",
        "(?:声音|原声|音频|音轨)[^,，。]{0,4}(?:替换|换)(?:成|为|掉)",
        "(?:代替|取代)[^,，。]{0,4}(?:声音|原声|音频)",
    ),
)
_IT = Pattern(r"\b(?:replac(?:e|ing)|swap(?:ping)?)\s+(?:it|that)\s+(?:with|by|for)\b|(?:把它)?[换替]换?成")
_INSTEAD = Wording(en=(r"\binstead\b", r"\bin\s+(?:its|that)\s+place\b"), zh=("代替", "替换", "替代", "换[成上]"))
_FILE_VERBS = Wording(
    en=(r"\b(?:add|put|use|lay|play|mix|insert|attach|overlay)\b",), zh=("加", "用", "放", "配", "混", "插入")
)
_NOT = Wording(
    en=(
        (
            r"\b(?:remove|delete|drop|mute|louder|quieter|softer|volume\s+of|fade\s+(?:the|out)|turn|extract"
            r"|save|export|stop|without|no|title|caption|text)\b"
        ),
    ),
    zh=("去掉", "去除", "删", "移除", "取消", "静音", "小声", "大声", "调", "淡", "提取", "标题", "字幕", "不要"),
)
_OF_THE_SONG = Pattern(
    rf"\b(?:from|at|starting\s+(?:at|from))\s+({TIME})\s+(?:of|in|into|on)\s+(?:the\s+)?(?:{_NAMES}|file|audio)"
    rf"|\bskip(?:ping)?\s+(?:the\s+)?first\s+({TIME})|(?:音乐|歌曲?|配乐|bgm)(?:的|从)+第?\s*({TIME})"
)
_FROM_VIDEO = Pattern(
    r"\b(?:music|sound|audio|song|soundtrack)\s+(?:of|from|in)\s+the\s+video\b|视频的?(?:声音|音乐|音频)"
)


def asks_music(clause: Clause, scene: Scene) -> Literal["mixed", "alone"] | None:
    """How the music is to be heard: beside the film's own sound, or alone; None where no music is asked for."""
    text = clause.text
    if _REPLACES.found(text) or (clause.after == "mute" and _in_its_place(clause)):
        return "alone"
    if _NOT.found(text):
        return None
    sound = any(file.kind == "audio" for file in clause.files)
    if _ADDS.found(text) or (sound and _FILE_VERBS.found(text) and segments(scene.draft, VIDEO)):
        return "mixed"
    return None


def _in_its_place(clause: Clause) -> bool:
    """Whether the words after a silence name the sound that comes in its place: "and use song.mp3 instead"."""
    text, sound = clause.text, any(file.kind == "audio" for file in clause.files)
    if _IT.search(text):
        return sound
    return _INSTEAD.found(text) is not None and _FILE_VERBS.found(text) is not None


def source_of(clause: Clause, scene: Scene) -> UploadRow | None:
    """The file that is meant: a file of sound that is named, a film whose sound is, else the latest file of sound."""
    named = [file for file in clause.files if file.kind == "audio"]
    if not named:
        shown = {meta(one).get("src") for one in segments(scene.draft, VIDEO)}
        films = [file for file in clause.files if file.kind == "video"]
        named = films if _FROM_VIDEO.search(clause.text) else [film for film in films if film.hash not in shown]
    sounds = named or [file for file in scene.uploads if file.kind == "audio"]
    return sounds[-1] if sounds else None


def begin_in(text: str) -> int:
    """Where in the file it begins, in milliseconds: "from 0:30 of the song"; 0 where nothing is said."""
    found = _OF_THE_SONG.search(text)
    return milliseconds(next(group for group in found.groups() if group)) if found else 0


def span_of(text: str) -> Span | None:
    """When the music is to be heard on the timeline; None is always."""
    text = _OF_THE_SONG.sub(" ", text)
    if (span := span_in(text)) is not None:
        return span
    at = moment_in(text)
    return Span(at, None) if at else None
