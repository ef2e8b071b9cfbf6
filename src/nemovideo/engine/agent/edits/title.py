"""A title over the picture: "add a title “Hello” at the top for 3 seconds", 「添加标题“你好”」."""

from __future__ import annotations

from nemovideo.engine.agent.edits.edit import Clause, EditKind, Scene
from nemovideo.engine.agent.edits.lettering import Incomplete, Lettering, lettering_in
from nemovideo.engine.agent.edits.texts import TITLE
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.saying import WRITES, saying
from nemovideo.engine.agent.wording import Wording

__all__ = ["TITLE_EDIT"]

_VERBS = (
    r"\b(?:add|put|write|show|display|insert|place|overlay|include|create|give|make|set|stick|superimpose|need|want"
    r"|use|like)\b"
)
_TITLES = Wording(
    en=(
        (
            rf"{_VERBS}(?:\W+\w+){{0,6}}?\W+(?:title|heading|headline|text|words|label|lettering|name|watermark"
            rf"|end\s?card)\b"
        ),
        rf"{_VERBS}[^§]{{0,40}}§\d",
        r"^(?:the\s+|a\s+)?(?:title|heading|text)\b\s*(?:[:=]|\bis\s+§|\bshould\s+(?:be|say|read)\b)",
        r"\btitle\s+(?:it|this|the\s+video)\b",
        r"\b(?:title|text|heading|words)\s+(?:saying|that\s+(?:says?|reads?)|reading|titled|called)\b",
        r"^(?:the\s+)?(?:title|text|heading)\b[^§]{0,40}§\d",
        r"^§\d\s+(?:at|in|on)\b",
        r"^(?:an?\s+|another\s+|the\s+)?(?:\w+\s+){0,2}(?:title|text|heading)\s+§\d",
    ),
    zh=(
        "(?:加上?|添加|插入|放上?|显示|写上?|设置?|来一?个|做一?个|打上?|叠加)[^§]{0,14}(?:标题|文字|文本|字(?!幕|体)|片名|水印)",
        "(?:加上?|添加|插入|放上?|显示|写上?|打上?)[^§]{0,14}§\\d",
        "^(?:标题|文字|片名)\\s*(?::|是|为|叫|写)",
    ),
)
_DRAWN = Wording(en=(r"\b(?:watermark|label|name)\b",), zh=("水印",))  # without words it may be a picture
_ADDS = Pattern(r"\b(?:add|insert|create|write|include|give|overlay|need|want|put)\b|加|插入|写")
_NOT = Wording(
    en=(r"\b(?:remove|delete|change|rename|move|music|song|soundtrack|speed)\b",),
    zh=("去掉", "删除", "删掉", "移除", "改成", "改为", "换成", "音乐", "配乐"),
)


def _read(clause: Clause, _scene: Scene) -> Lettering | Incomplete | None:
    said = saying(clause)
    if not (_TITLES.found(clause.text) or WRITES.search(clause.text)) or _NOT.found(said.rest):
        return None
    if said.words is None and (_DRAWN.found(clause.text) or not _ADDS.search(clause.text)):
        return None
    return lettering_in(TITLE, said)


TITLE_EDIT = EditKind(
    "title",
    _read,
    {
        "en": 'add a title: "add a title “Hello” at the top for 3 seconds", "put “Sale” in the bottom right in red"',
        "zh": "加标题：“在顶部添加标题‘你好’，3秒”、“右下角显示红色文字‘促销’”",
    },
)
