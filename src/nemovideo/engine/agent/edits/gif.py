"""An animation instead of a video: "make it a GIF", 「转成GIF」. Its opposite is "make it a video again"."""

from __future__ import annotations

from nemovideo.engine.agent.edits.edit import Clause, Edit, EditKind, Scene
from nemovideo.engine.agent.edits.outcome import Outcome
from nemovideo.engine.agent.edits.unclear import Unclear
from nemovideo.engine.agent.moments import TIME, milliseconds
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spans import Span, backwards, span_in
from nemovideo.engine.agent.wording import Wording, compressing, holds_request
from nemovideo.engine.drafts import requested
from nemovideo.errors import NemoError
from nemovideo.protocol.compress import CompressRequest
from nemovideo.protocol.sizewords import limit_in
from nemovideo.protocol.wishwords import details

__all__ = ["GIF"]

_GIFS = Wording(
    en=(
        (
            r"\b(?:make|turn|convert|create|change|save|render|get|give|want|need|produce|generate|as|into|to"
            r"|it)\b[^,.;]*\bgif\b"
        ),
        r"^(?:an?\s+)?(?:animated\s+)?gif(?:\s+please)?$",
        r"\bgif\s+(?:version|of|it)\b",
        r"\banimated\s+(?:gif|image|picture)\b",
    ),
    zh=(
        "(?:转|做|变|生成|制作|改|存|保存|换|弄|(?<!不)要)[^,，。]{0,8}(?:gif|动图|动态图)",
        "^(?:gif|动图)$",
        "gif(?:格式|版)",
    ),
)
_NOT = Wording(
    en=(
        r"\b(?:no|not\s+an?|from\s+(?:the\s+|a\s+)?|add\s+(?:the\s+|a\s+)?)\s*gif\b",
        r"\bgif\s+(?:back\s+)?(?:in)?to\b",
    ),
    zh=("从gif", "不要gif", "gif转", "把gif"),
)


_LONG = Pattern(
    rf"({TIME})[\s-]*(?:long\s+)?(?:animated\s+)?gif\b|\bgif\s+of\s+(?:about\s+)?({TIME})|({TIME})长?的?(?:gif|动图)"
)


def _span(text: str) -> Span | None:
    """The stretch that the words name, or the beginning, as long as "a 3 second GIF"."""
    if (span := span_in(text)) is not None:
        return span
    lasts = _LONG.search(text)
    return Span(0, milliseconds(next(group for group in lasts.groups() if group))) if lasts else None


def _read(clause: Clause, scene: Scene) -> Edit | None:
    text = clause.text
    if not _GIFS.found(text) or _NOT.found(text):
        return None
    if backwards(text):
        return Unclear("backwards")
    return Outcome("gif", _request(text, scene), _span(text))


def _request(text: str, scene: Scene) -> CompressRequest | None:
    """What the words wish of its size and rate, "a 480p gif under 2MB", beside what the draft wishes already."""
    limit = limit_in(text, scene.upload.size) if compressing(text) else None
    said: dict[str, object] = {key: value for key, value in details(text).items() if key in {"max_height", "fps"}}
    if limit is not None:
        said["max_bytes"] = limit
    try:
        held = requested(scene.draft).model_dump() if holds_request(scene.draft) else {}
        return CompressRequest.model_validate(held | said) if said else None
    except (ValueError, OverflowError, NemoError):
        return None


GIF = EditKind("gif", _read, {"en": 'make an animation: "make it a GIF"', "zh": "做成动图：“转成GIF”"})
