"""Mirror the picture: "mirror it", "flip vertically", 「水平翻转」. Done twice it is as before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nemovideo.engine.agent.clips import ALL, Clips, clips_in, each
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.portion import portion, told_portion
from nemovideo.engine.agent.edits.timeline import VIDEO, changed, meta
from nemovideo.engine.agent.spans import Span, span_in
from nemovideo.engine.agent.wording import Wording
from nemovideo.engine.wire import JsonObject

__all__ = ["FLIP", "Flip"]

_FLIPS = Wording(
    en=(r"\bmirror(?:ed|ing)?\b", r"\bflip(?:ped|ping)?\b", r"\breverse\s+left\s+and\s+right\b"),
    zh=("镜像", "翻转", "左右(?:颠倒|对调|反转|互换)", "上下(?:颠倒|对调|反转|互换)", "水平反转", "垂直反转"),
)
_UPSIDE = Wording(
    en=(
        r"\bvertical(?:ly)?\b",
        r"\bupside[\s-]down\b",
        r"\btop\s+(?:to|and|for)\s+bottom\b",
        r"\bup\s+and\s+down\b",
        r"\bx[\s-]axis\b",
    ),
    zh=("垂直", "上下", "纵向", "竖直"),
)
_SIDEWAYS = Wording(
    en=(r"\bhorizontal(?:ly)?\b", r"\bleft\s+(?:to|and|for)\s+right\b", r"\bsideways\b"), zh=("水平", "左右", "横向")
)
_OTHER = Wording(
    en=(
        r"\b(?:flip|mirror)\s+the\s+(?:title|text|caption|logo|phone)\b",
        r"\bflip(?:s|ping)?\s+(?:the\s+)?(?:order|through|between)\b",
    ),
    zh=("标题", "字幕", "文字", "顺序"),
)


@dataclass(frozen=True, slots=True)
class Flip:
    """Mirror clips left to right ("h"), upside down ("v") or both ("hv")."""

    axis: Literal["h", "v", "hv"]
    clips: Clips = ALL
    span: Span | None = None

    def apply(self, scene: Scene) -> Done | Refused:
        """Mirror them; a clip that is mirrored so already is as before."""
        part = portion(scene, self.clips, self.span)
        if isinstance(part, Refused):
            return part
        draft = each(part.draft, VIDEO, lambda n, one: self._mirrored(one) if n in part.places else one)
        told = told_portion(self.clips, part)
        en = {"h": "left to right", "v": "upside down", "hv": "left to right and upside down"}[self.axis]
        zh = {"h": "左右", "v": "上下", "hv": "左右和上下"}[self.axis]
        return Done(draft, {"en": f"I mirrored {told['en']} {en}.", "zh": f"已将{told['zh']}{zh}翻转。"})

    def inverse(self, scene: Scene) -> Edit:
        """The same once more, where no clip is split for it."""
        return self if self.span is None else former(scene, VIDEO)

    def _mirrored(self, segment: JsonObject) -> JsonObject:
        was = set(str(meta(segment).get("flip") or ""))
        return changed(segment, flip="".join(axis for axis in "hv" if axis in was ^ set(self.axis)) or None)


def _read(clause: Clause, scene: Scene) -> Flip | None:
    text = clause.text
    if not _FLIPS.found(text) or _OTHER.found(text):
        return None
    clips, span = clips_in(clause, scene), span_in(text)
    if _UPSIDE.found(text):
        return Flip("hv" if _SIDEWAYS.found(text) else "v", clips, span)
    return Flip("h", clips, span)


FLIP = EditKind(
    "flip",
    _read,
    {"en": 'mirror it: "flip horizontally", "flip it vertically"', "zh": "镜像：“水平翻转”、“上下翻转”"},
)
