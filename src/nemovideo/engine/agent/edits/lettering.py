"""Words put over the picture: their time, place, size and colour read out of a clause. Titles and captions share it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nemovideo.engine.agent.edits.edit import Done, Edit, Refused, Said, Scene
from nemovideo.engine.agent.edits.signs import left_out, undrawable
from nemovideo.engine.agent.edits.texts import CAPTION, TITLE, Role, added
from nemovideo.engine.agent.edits.timeline import length
from nemovideo.engine.agent.edits.untitle import Untitle
from nemovideo.engine.agent.moments import TIME, duration_in, milliseconds, moment_in
from nemovideo.engine.agent.numbers import NUMBER, number
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.places import PLACE_NAMES, place_in
from nemovideo.engine.agent.saying import Saying
from nemovideo.engine.agent.spans import Span, span_in
from nemovideo.engine.agent.spoken import stretch
from nemovideo.engine.agent.textstyle import color_in, size_in, unknown_color
from nemovideo.engine.agent.wording import Wording
from nemovideo.engine.media.compose.composition import Anchor
from nemovideo.engine.wire import JsonObject
from nemovideo.errors import UsageError
from nemovideo.protocol.draft import told_seconds

__all__ = ["Incomplete", "Lettering", "lettering_in", "shown_at", "time_in"]

_USUALLY = 3000
"""Milliseconds that words are shown where nothing tells how long: a line is read in less."""
_FADE = 500  # milliseconds of a text's own fade
_LONGEST = 500  # characters; more cannot be read on a picture
_ALWAYS = Wording(
    en=(
        r"\b(?:whole|entire)\s+(?:video|clip|film|time|thing|duration|length)\b",
        r"\bthroughout\b",
        r"\ball\s+the\s+(?:time|way)\b",
        r"\bpermanent(?:ly)?\b",
        r"\balways\b",
    ),
    zh=("全程", "一直", "整个(?:视频|影片|片子)", "始终", "从头到尾"),
)
_AT_END = Wording(
    en=(r"\b(?:at|near|in)\s+the\s+(?:very\s+)?end\b",),
    zh=("结尾", "片尾", "末尾", "最后(?![一二三四五六七八九十\\d])"),
)
_TIME = Pattern(TIME)
_LONG = Pattern(
    rf"({NUMBER})[\s-]*s(?:ec(?:ond)?s?)?[\s-]+(?:long\s+)?(?:title|caption|subtitle|text)"
)  # "a 5 second title"
_FADED = Wording(en=(r"\bfad(?:e|es|ing)\b",), zh=("淡入", "淡出", "渐入", "渐显"))


@dataclass(frozen=True, slots=True)
class Lettering:
    """Show words.

    Attributes:
        role: title or caption, which says the track and the defaults.
        words: what is shown.
        anchor: one of the nine places; None is the role's own.
        span: when; None is the role's own: a title for its first three seconds, a caption always.
        size, color: as a draft writes them; None leaves them to the renderer.
        fade: milliseconds of coming and going.
    """

    role: Role
    words: str
    anchor: Anchor | None = None
    span: Span | None = None
    size: str | float | None = None
    color: str | None = None
    fade: int = 0

    def apply(self, scene: Scene) -> Done | Refused:
        """Add it to its track."""
        if not self.words.strip() or len(self.words) > _LONGEST:
            return _no_words(self.role)
        if (refused := undrawable(self.words)) is not None:
            return refused
        bounds = shown_at(scene, self.span or (Span(0, _USUALLY) if self.role == TITLE else Span()))
        if isinstance(bounds, Refused):
            return bounds
        start, end = bounds
        anchor: Anchor = self.anchor or ("bottom" if self.role == CAPTION else "center")
        segment: JsonObject = {"d": end - start, "m": {"text": self.words, "start": start, "anchor": anchor}}
        more = {"size": self.size, "color": self.color, "fade_in": self.fade or None, "fade_out": self.fade or None}
        segment["m"] |= {key: value for key, value in more.items() if value is not None}
        when = stretch(start, end)
        called, place, lost = self.role.told, PLACE_NAMES[anchor], left_out(self.words)
        return Done(
            added(scene.draft, self.role, segment),
            {
                "en": f"I added the {called['en']} “{self.words}”: {place['en']}, {when}.{lost['en']}",
                "zh": f"已添加{called['zh']}“{self.words}”：{place['zh']}，{when}。{lost['zh']}",
            },
        )

    def inverse(self, scene: Scene) -> Edit:
        """Take exactly these words off: they are the newest."""
        return Untitle(self.role, self.words)


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Words that ask for an edit and leave out or misname what it needs: nothing is done, and why is said."""

    refused: Refused

    def apply(self, scene: Scene) -> Refused:
        """Say why."""
        return self.refused

    def inverse(self, scene: Scene) -> Edit | None:
        """Nothing was done."""
        return None


def lettering_in(role: Role, said: Saying) -> Lettering | Incomplete:
    """The words of a clause with what it says of how they are shown."""
    if not said.words:
        return Incomplete(_no_words(role))
    rest = said.rest
    try:
        color = color_in(rest)
    except UsageError as error:
        return Incomplete(unknown_color(error))
    lettering = Lettering(role, said.words, place_in(rest), time_in(rest, role), size_in(rest), color)
    return replace(lettering, fade=_FADE) if _FADED.found(rest) else lettering


def time_in(text: str, role: Role) -> Span | None:
    """When the words are to be shown, None where the text does not say."""
    if _ALWAYS.found(text):
        return Span()
    if (span := span_in(text)) is not None:
        return span
    lasting, at = duration_in(text), moment_in(text)
    if _AT_END.found(text):
        return Span(-(lasting or _USUALLY), None)
    if lasting is None and (called := _LONG.search(text)):
        lasting = round(1000 * number(called[1]))
    if lasting is None and (lone := _TIME.search(text)) and at != milliseconds(lone[0]):
        lasting = milliseconds(lone[0])
    if lasting is None and at is None:
        return None
    if lasting is None and at == 0 and role == CAPTION:
        return Span(0, _USUALLY)
    return Span(at or 0, (at or 0) + (lasting or _USUALLY))


def shown_at(scene: Scene, span: Span) -> tuple[int, int] | Refused:
    """From when to when on the timeline; what lasts beyond its end is cut there."""
    whole = length(scene.draft)
    start, end = span.within(whole)
    start, end = max(0, start), min(end, whole)
    return (start, end) if start < end else _beyond_end(start, whole)


def _beyond_end(moment: float, whole: int) -> Refused:
    """The words name a time at which there is no film any more."""
    told, end = told_seconds(moment / 1000), told_seconds(whole / 1000)
    return Refused(
        "beyond_end",
        {
            "en": f"The timeline is {end} s long, so nothing can be shown at {told} s. Name an earlier time.",
            "zh": f"时间线只有 {end} 秒，无法在 {told} 秒处显示。请选一个更早的时间。",
        },
    )


def _no_words(role: Role) -> Refused:
    told: Said = role.told
    return Refused(
        "no_words",
        {
            "en": f"I need the words of the {told['en']}, up to {_LONGEST} characters: add a {told['en']} “Hello”. "
            "I do not write down what is spoken.",
            "zh": f"请告诉我{told['zh']}的内容（最多 {_LONGEST} 个字），例如：添加{told['zh']}“你好”。我不能识别语音。",
        },
    )
