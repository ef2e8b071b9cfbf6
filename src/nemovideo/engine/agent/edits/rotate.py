"""Turn the picture by quarters: "rotate 90 degrees", "turn it upside down", 「顺时针旋转90度」."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.agent.clips import ALL, Clips, clips_in, each
from nemovideo.engine.agent.edits.canvas import canvas, sized
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.lettering import Incomplete
from nemovideo.engine.agent.edits.portion import portion, told_portion
from nemovideo.engine.agent.edits.timeline import VIDEO, changed, meta
from nemovideo.engine.agent.numbers import NUMBER, number
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spans import Span, span_in
from nemovideo.engine.agent.wording import Wording
from nemovideo.engine.wire import JsonObject

__all__ = ["ROTATE", "Rotate"]

_TURNS = Wording(
    en=(
        r"\brotat(?:e|ed|ing)\b",
        (
            r"\bturn(?:ed|ing)?\s+(?:it|this|the\s+(?:\w+\s+){0,2}(?:video|clip|picture|film))\s+"
            r"(?:to\s+the\s+)?(?:left|right|clockwise|counter|anti|sideways|\d+\s*(?:°|deg)|around\b|180|90|270)"
        ),
        r"\b(?:turn|put|make|set)\b[^,.;]{0,40}\bupside[\s-]down\b",
        r"^(?:it|this|the video|the clip|my video)(?:'s|\s+is)\s+(?:upside[\s-]down|sideways)",
        r"\b\d+\s*(?:°|degrees)\s+(?:counter-?\s?|anti-?\s?)?clockwise\b",
    ),
    zh=(
        "旋转",
        "(?<!反)转(?:动|个)?\\s*(?:90|180|270|九十|一百八|二百七)",
        "倒过来",
        "(?:左|右)转",
        "颠倒过来",
        "顺时针",
        "逆时针",
        "[横竖]过来",
    ),
)
_COUNTER = Wording(
    en=(r"\bcounter-?\s?clockwise\b", r"\banti-?\s?clockwise\b", r"\bccw\b", r"\bleft\b"),
    zh=("逆时针", "向左", "左转", "往左"),
)
_HALF = Wording(
    en=(r"\bupside[\s-]down\b", r"\bhalf[\s-](?:a\s+)?turn\b", r"\bturn\s+\w+\s+around\b"),
    zh=("倒过来", "颠倒", "上下"),
)
_BACK = Wording(en=(r"\b(?:back|upright|straight)\b",), zh=("转回", "恢复", "还原", "摆正", "扶正"))
_DEGREES = Pattern(
    rf"([-−]?)\s*({NUMBER})\s*(?:°|degrees?\b|deg\b|度)|\b(?:by|to)\s+([-−]?)({NUMBER})\b|([-−]?)\b(90|180|270)\b"
)
_OTHER = Wording(en=(r"\b(?:title|text|caption|logo|sound|volume)\b",), zh=("标题", "字幕", "文字"))


@dataclass(frozen=True, slots=True)
class Rotate:
    """Turn clips clockwise by `degrees`, 0 to 359; the canvas turns along when all of its clips do.

    `upright` turns them back to how they were uploaded, whatever they are turned by.
    """

    degrees: float
    clips: Clips = ALL
    upright: bool = False
    span: Span | None = None

    def apply(self, scene: Scene) -> Done | Refused:
        """Turn them."""
        if self.degrees % 90:
            return _only_quarters(self.degrees)
        part = portion(scene, self.clips, self.span)
        if isinstance(part, Refused):
            return part
        draft = part.draft
        old = {n: one for n, one in enumerate(_turns(draft)) if n in part.places}
        new = {n: 0 if self.upright else _turned(turn, flip, int(self.degrees)) for n, (turn, flip) in old.items()}
        if not any(new[n] != old[n][0] for n in new):
            return Refused(
                "unchanged",
                {"en": "It is upright as it is; nothing was changed.", "zh": "画面本来就是正的，没有改动。"},
            )
        draft = each(draft, VIDEO, lambda n, one: changed(one, rotate=new[n] or None) if n in new else one)
        if len(new) == len(_turns(draft)) and all((new[n] - old[n][0]) % 180 for n in new):
            width, height = canvas(scene)
            draft = sized(draft, height, width)
        told = told_portion(self.clips, part)
        if self.upright:
            return Done(
                draft, {"en": f"I turned {told['en']} back upright.", "zh": f"已把{told['zh']}转回原来的方向。"}
            )
        way, weg = _told(int(self.degrees))
        return Done(draft, {"en": f"I rotated {told['en']} {way}.", "zh": f"已将{told['zh']}{weg}。"})

    def inverse(self, scene: Scene) -> Edit:
        """Turn back by as much."""
        if self.upright or self.span is not None:
            return former(scene, VIDEO, keys=("width", "height"))
        return Rotate((360 - self.degrees) % 360, self.clips)


def _turns(draft: JsonObject) -> list[tuple[int, str]]:
    """By how much each clip is turned, and how it is mirrored after that."""
    found: list[tuple[int, str]] = []

    def look(_: int, one: JsonObject) -> JsonObject:
        found.append((int(meta(one).get("rotate") or 0) % 360, str(meta(one).get("flip") or "")))
        return one

    each(draft, VIDEO, look)
    return found


def _turned(turn: int, flip: str, degrees: int) -> int:
    """A picture is turned first and mirrored then: in a mirror, clockwise is the other way round."""
    return (turn + (-degrees if flip in {"h", "v"} else degrees)) % 360


def _told(degrees: int) -> tuple[str, str]:
    if degrees == 180:
        return "by 180 degrees", "旋转了 180 度"
    if degrees == 270:
        return "90 degrees counterclockwise", "逆时针旋转了 90 度"
    return f"{degrees} degrees clockwise", f"顺时针旋转了 {degrees} 度"


def _only_quarters(degrees: float) -> Refused:
    return Refused(
        "quarter_turns",
        {
            "en": f"I turn pictures by 90, 180 or 270 degrees, not by {degrees:g}. Say which of these you want.",
            "zh": f"只能旋转 90、180 或 270 度，不能旋转 {degrees:g} 度。请从中选一个。",
        },
    )


_LANDSCAPE = Wording(en=(r"\b(?:to|into)\s+(?:a\s+)?(?:landscape|horizontal)\b",), zh=("横过来",))
_PORTRAIT = Wording(en=(r"\b(?:to|into)\s+(?:a\s+)?(?:portrait|vertical)\b",), zh=("竖过来",))


def _already_so() -> Incomplete:
    return Incomplete(
        Refused(
            "unchanged",
            {
                "en": "It has that shape already, so it was not turned. To turn it anyway, say “rotate 90 degrees”.",
                "zh": "画面本来就是这个方向，因此没有旋转。仍要旋转请说“旋转90度”。",
            },
        )
    )


def _read(clause: Clause, scene: Scene) -> Rotate | Incomplete | None:
    text = clause.text
    if not _TURNS.found(text) or _OTHER.found(text):
        return None
    clips, span = clips_in(clause, scene), span_in(text)
    said = _DEGREES.search(text)
    if said is None and _BACK.found(text):
        return Rotate(0, clips, upright=True, span=span)
    if said is None and clips == ALL and (_LANDSCAPE.found(text) or _PORTRAIT.found(text)):
        width, height = canvas(scene)
        if (width > height) == (_LANDSCAPE.found(text) is not None) and width != height:
            return _already_so()
    if said is None:
        degrees = 180.0 if _HALF.found(text) else 90.0
    else:
        count = next(group for group in (said[2], said[4], said[6]) if group)
        degrees = number(count) * (-1 if (said[1] or said[3] or said[5]) else 1)
    if _COUNTER.found(text) and degrees > 0:
        degrees = -degrees
    return Rotate(degrees % 360, clips, span=span)


ROTATE = EditKind(
    "rotate",
    _read,
    {
        "en": 'turn the picture: "rotate 90 degrees", "turn it upside down"',
        "zh": "旋转画面：“顺时针旋转90度”、“倒过来”",
    },
)
