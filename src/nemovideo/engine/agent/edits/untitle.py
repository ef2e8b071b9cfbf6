"""Take words off the picture, the opposite of title and caption: "remove the title", 「去掉标题」."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.texts import CAPTION, TITLE, Role, no_such_text, replaced, words_on
from nemovideo.engine.agent.edits.timeline import TEXT
from nemovideo.engine.agent.language import listed
from nemovideo.engine.agent.saying import saying
from nemovideo.engine.agent.wording import Wording

__all__ = ["UNTITLE", "Untitle", "role_in"]

_REMOVES = Wording(
    en=(
        (
            r"\b(?:remove|delete|drop|clear|erase|take\s+(?:off|away|out)|get\s+rid\s+of|hide|lose|no)\b(?:\W+\w+){0,4}?\W+"
            r"(?:titles?|captions?|subtitles?|text|texts|words|headings?|headlines?|lettering|watermark|§\d)\b"
        ),
        r"\btake\s+(?:the\s+)?(?:titles?|captions?|text)\s+(?:off|away|out)\b",
    ),
    zh=(
        "(?:去掉|去除|删除|删掉|移除|清除|取消|不要|隐藏|拿掉)[^,，。]{0,8}(?:标题|字幕|文字|文本|水印|字(?!体)|§\\d)",
        "(?:标题|字幕|文字)[^,，。]{0,4}(?:去掉|删除|删掉|删了|移除|不要了|拿掉)",
    ),
)
_ALL = Wording(en=(r"\b(?:all|every|titles|captions|subtitles|texts)\b",), zh=("所有", "全部", "都"))
_CAPTION = Wording(en=(r"\b(?:captions?|subtitles?|lower[\s-]third)\b",), zh=("字幕",))
_BURNT_IN = Wording(en=(r"\bwatermark\b",), zh=("水印",))
_TITLE = Wording(en=(r"\b(?:titles?|headings?|headlines?)\b",), zh=("标题", "片名"))


@dataclass(frozen=True, slots=True)
class Untitle:
    """Take words off: the newest of a role, the one that says `words`, or every one."""

    role: Role | None = None
    words: str | None = None
    every: bool = False

    def apply(self, scene: Scene) -> Done | Refused:
        """Take them off."""
        found = words_on(scene.draft, self.role) or words_on(scene.draft)
        if self.words is not None:
            found = [one for one in words_on(scene.draft, self.role) if self.words.casefold() in one.text.casefold()]
        if not found:
            return no_such_text(self.role)
        gone = found if self.every else found[-1:]
        draft = replaced(scene.draft, gone, lambda _: None)
        names = [f"“{one.text}”" for one in gone]
        return Done(draft, {"en": f"I took off {listed(names, 'en')}.", "zh": f"已去掉{listed(names, 'zh')}。"})

    def inverse(self, scene: Scene) -> Edit:
        """The texts that there were."""
        return former(scene, TEXT)


def role_in(text: str) -> Role | None:
    """Which words are meant: titles, captions, or either."""
    return CAPTION if _CAPTION.found(text) else TITLE if _TITLE.found(text) else None


def _read(clause: Clause, scene: Scene) -> Untitle | None:
    if not _REMOVES.found(clause.text):
        return None
    if _BURNT_IN.found(clause.text) and not words_on(scene.draft):
        return None
    words = saying(clause).words if clause.quotes else None
    return Untitle(role_in(clause.text), words, _ALL.found(clause.text) is not None)


UNTITLE = EditKind(
    "untitle",
    _read,
    {"en": 'take words off: "remove the title", "delete all captions"', "zh": "去掉文字：“去掉标题”、“删除所有字幕”"},
)
