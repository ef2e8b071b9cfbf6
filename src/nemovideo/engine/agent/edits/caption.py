"""A caption at the bottom of the picture: "add a caption saying hello", 「在底部加字幕“你好”」."""

from __future__ import annotations

from nemovideo.engine.agent.edits.edit import Clause, EditKind, Scene
from nemovideo.engine.agent.edits.lettering import Incomplete, Lettering, lettering_in
from nemovideo.engine.agent.edits.texts import CAPTION
from nemovideo.engine.agent.saying import saying
from nemovideo.engine.agent.wording import Wording

__all__ = ["CAPTION_EDIT"]

_CAPTIONS = Wording(
    en=(
        (
            r"\b(?:add|put|write|show|display|insert|place|overlay|include|create|give|make|set|need|want|use)\b"
            r"(?:\W+\w+){0,6}?\W+(?:captions?|subtitles?|lower[\s-]third)\b"
        ),
        r"^(?:the\s+|a\s+)?(?:caption|subtitle)\b\s*(?:[:=]|\bis\s+§|\bshould\s+(?:be|say|read)\b)",
        r"^(?:the\s+)?(?:caption|subtitle)\b[^§]{0,40}§\d",
        r"^(?:an?\s+|another\s+|the\s+)?(?:\w+\s+){0,2}(?:caption|subtitle)\s+§\d",
        r"\b(?:caption|subtitle)\s+(?:saying|that\s+(?:says?|reads?)|reading|it|this|the\s+video|§)",
    ),
    zh=(
        "(?:加上?|添加|插入|放上?|显示|写上?|设置?|来一?个|做一?个|打上?|配上?)[^§]{0,14}字幕",
        "^字幕\\s*(?::|是|为|写)",
    ),
)
_NOT = Wording(
    en=(r"\b(?:remove|delete|change|rename|move|music|song)\b",),
    zh=("去掉", "删除", "删掉", "移除", "改成", "改为", "换成", "音乐", "配乐"),
)


def _read(clause: Clause, _scene: Scene) -> Lettering | Incomplete | None:
    said = saying(clause)
    if not _CAPTIONS.found(clause.text) or _NOT.found(said.rest):
        return None
    return lettering_in(CAPTION, said)


CAPTION_EDIT = EditKind(
    "caption",
    _read,
    {
        "en": 'add a caption: "add a caption saying Hello from 0:02 to 0:05"',
        "zh": "加字幕：“在底部加字幕‘你好’”",
    },
)
