"""Change words on the picture: "change the title to …", "move the caption to the top", 「标题改成红色」."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.lettering import Incomplete, shown_at, time_in
from nemovideo.engine.agent.edits.signs import left_out, undrawable
from nemovideo.engine.agent.edits.texts import TITLE, Role, no_such_text, replaced, words_on
from nemovideo.engine.agent.edits.timeline import TEXT, changed, meta
from nemovideo.engine.agent.edits.untitle import role_in
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.places import PLACE_NAMES, place_in
from nemovideo.engine.agent.saying import saying
from nemovideo.engine.agent.spans import Span
from nemovideo.engine.agent.textstyle import SIZES, color_in, size_factor_in, size_in, unknown_color
from nemovideo.engine.agent.wording import Wording
from nemovideo.engine.media.compose.composition import Anchor
from nemovideo.engine.wire import JsonObject
from nemovideo.errors import UsageError

__all__ = ["RETITLE", "Retitle"]

_WORDS_ARE = r"(?:titles?|captions?|subtitles?|text|headings?|headlines?|font|letters|lettering|words|lower[\s-]third)"
_CHANGES = Wording(
    en=(
        (
            rf"\b(?:change|rename|edit|update|replace|move|(?:re)?colou?r|paint|enlarge|shrink|shift|make|set|put|place"
            rf"|turn|show|keep|have)\b"
            rf"(?:\W+(?!add)\w+){{0,3}}?\W+{_WORDS_ARE}\b"
        ),
        (
            rf"^(?:and\s+|then\s+|now\s+)?(?:the\s+|a\s+)?{_WORDS_ARE}\s+(?:should|must|in|is|to|at|a\s+bit"
            rf"|bigger|smaller|larger)\b"
        ),
        r"\bmove\s+(?:it|that|this|them)\s+to\s+the\b",
        rf"\b(?:want|need|like)\s+(?:the|that|my)\s+(?:\w+\s+)?{_WORDS_ARE}\b",
        (
            r"^(?:make|put|place)\s+(?:it|that|them)\s+(?:at|in|on|red|blue|white|black"
            r"|yellow|green|pink|orange|purple|gold)\b"
        ),
    ),
    zh=(
        "(?:标题|字幕|文字|文本|字体|字号|字)[^§]{0,12}(?:改|换|变|移|放|调|设|大|小|居|显示|持续)",
        "(?:改|换|移动|调整|修改|放大|缩小|加大|减小|调大|调小)[^§]{0,6}(?:标题|字幕|文字|文本|字体|字号)",
        "^(?:放|移)(?:在|到)",
    ),
)
_REWORDS = Wording(
    en=(
        r"\b(?:change|rename|edit|update|replace|rewrite|reword|correct|fix)\b",
        rf"\b(?:make|set)\s+the\s+{_WORDS_ARE}\b",
        rf"^the\s+{_WORDS_ARE}\s+(?:should|must)\b",
    ),
    zh=("改", "换", "修正", "更新"),
)
_CHANGE = Pattern(r"\b(?:change|rename|edit|update|replace|rewrite|reword|correct|fix)\b|改|换|修")
_TEXT = Pattern(r"\b(?:text|font|letters|lettering|words)\b|文字|文本|字")
_SIZES_IN_SHARES = {"small": 0.05, "medium": 0.08, "large": 0.14}  # as the renderer reads the names
_LEAST, _MOST = 0.02, 0.5  # shares of the short side: unreadable, and one letter


@dataclass(frozen=True, slots=True)
class Retitle:
    """Change the newest words of a role; what is None stays. `grow` is a factor of the size."""

    role: Role | None = None
    words: str | None = None
    anchor: Anchor | None = None
    span: Span | None = None
    size: str | float | None = None
    grow: float | None = None
    color: str | None = None

    def apply(self, scene: Scene) -> Done | Refused:
        """Change them."""
        found = words_on(scene.draft, self.role)
        if not found:
            return no_such_text(self.role)
        if self.words is not None and (refused := undrawable(self.words)) is not None:
            return refused
        one = found[-1]
        bounds = shown_at(scene, self.span or Span())
        if isinstance(bounds, Refused):
            return bounds
        draft = replaced(scene.draft, [one], lambda segment: self._changed(segment, *bounds))
        told, lost = one.role.told, left_out(self.words or "")
        en, zh = self._told()
        return Done(
            draft,
            {
                "en": f"I changed the {told['en']} “{one.text}”: {en}.{lost['en']}",
                "zh": f"已修改{told['zh']}“{one.text}”：{zh}。{lost['zh']}",
            },
        )

    def inverse(self, scene: Scene) -> Edit:
        """The texts as they were."""
        return former(scene, TEXT)

    def _changed(self, segment: JsonObject, start: int, end: int) -> JsonObject:
        if self.words is not None:
            segment = changed(segment, text=self.words)
        if self.anchor is not None:
            segment = changed(segment, anchor=self.anchor, x=None, y=None)
        if self.span is not None:
            segment = changed(segment, start=start) | {"d": end - start}
        if self.size is not None or self.grow is not None:
            segment = changed(segment, size=self.size if self.size is not None else _grown(segment, self.grow or 1.0))
        return segment if self.color is None else changed(segment, color=self.color)

    def _told(self) -> tuple[str, str]:
        parts: list[tuple[str, str]] = []
        if self.words is not None:
            parts.append((f"it reads “{self.words}”", f"内容为“{self.words}”"))
        if self.anchor is not None:
            parts.append((PLACE_NAMES[self.anchor]["en"], PLACE_NAMES[self.anchor]["zh"]))
        if self.span is not None:
            parts.append(("its time", "显示时间"))
        if self.size is not None or self.grow is not None:
            parts.append(("its size", "字号"))
        if self.color is not None:
            parts.append((self.color, f"颜色 {self.color}"))
        return ", ".join(en for en, _ in parts), "，".join(zh for _, zh in parts)


def _grown(segment: JsonObject, factor: float) -> float:
    size = meta(segment).get("size", 0.08)
    size = _SIZES_IN_SHARES.get(size, 0.08) if isinstance(size, str) else float(size)
    return round(size * factor, 1) if size > 1 else round(min(_MOST, max(_LEAST, size * factor)), 4)


def _read(clause: Clause, scene: Scene) -> Retitle | Incomplete | None:
    if not _CHANGES.found(clause.text):
        return None
    role, said = role_in(clause.text), saying(clause, changed=True)
    try:
        rest = clause.text if _is_style(said.words, clause) else said.rest
        words = said.words if rest is said.rest else None
        color = color_in(rest)
    except UsageError as error:
        return Incomplete(unknown_color(error))
    if not _REWORDS.found(clause.text) and (words or saying(clause).words):
        return None  # "put the text “Sale” in the corner" adds one
    edit = Retitle(role, words, place_in(rest), time_in(rest, TITLE), size_in(rest), size_factor_in(rest), color)
    shown = words_on(scene.draft, role)
    if edit == Retitle(role) or not (role or shown or _TEXT.search(clause.text)):
        return None
    if words and not shown and not _CHANGE.search(clause.text):
        return None  # "the title should say …" gives one to a film that has none
    return edit


def _is_style(words: str | None, clause: Clause) -> bool:
    """Whether the words say how: "change the title to red" speaks of its colour, "to “red”" of its words."""
    if words is None or clause.quotes:
        return False
    plain = words.lower()
    if place_in(plain) or plain in SIZES or re.fullmatch(r"\d+\s*(?:px|pt|%)?", plain):
        return True
    return len(plain.split()) <= 2 and color_in(plain) is not None


RETITLE = EditKind(
    "retitle",
    _read,
    {
        "en": 'change words: "change the title to “Bye”", "move the title to the top left", "make the caption yellow"',
        "zh": "修改文字：“把标题改成‘再见’”、“标题移到左上角”、“字幕改成黄色”",
    },
)
