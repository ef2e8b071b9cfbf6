"""Faster and slower, the whole or a part: "speed up 2x", "slow down to half", 「2倍速」「放慢一半」. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nemovideo.engine.agent.clips import ALL, Clips, clips_in
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.followers import followed
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.pieces import beginning, ending, sped, speed_of
from nemovideo.engine.agent.edits.scope import pieces_of, reach, stretches
from nemovideo.engine.agent.edits.timeline import AUDIO, TEXT, VIDEO
from nemovideo.engine.agent.language import Said
from nemovideo.engine.agent.moments import TIME, milliseconds
from nemovideo.engine.agent.numbers import NUMBER, factor_in
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spans import Span, spans_found
from nemovideo.engine.agent.spoken import now_long, stretch
from nemovideo.engine.agent.wording import Wording
from nemovideo.protocol.wishwords import wishes

__all__ = ["FASTEST", "SLOWEST", "SPEED", "Speed"]

SLOWEST, FASTEST = 0.1, 20.0
"""Between these a person still sees something; slower, ten frames of each eleven are the same."""

_SPEEDS = Wording(
    en=(
        r"\bspeed(?:s|ing|ed)?\b",
        r"\bfaster\b",
        r"\bslow(?:er|ed|ing|s)?\b",
        r"\bslow[\s-]?mo(?:tion)?\b",
        r"\baccelerate\b",
        r"\b(?:twice|half)\s+as\s+(?:fast|slow|quick)\w*",
        r"\bfast[\s-]?forward\b",
        r"\btime[\s-]?lapse\b",
        r"\bquicker\b",
        rf"\b(?:play|run|make|set|put|change)\b[^,.;]{{0,40}}?{NUMBER}\s*[x×](?![a-z0-9])",
        rf"^\W*(?:at\s+)?{NUMBER}\s*[x×]\W*$",
    ),
    zh=(
        "加速",
        "减速",
        "慢放",
        "快放",
        "放慢",
        "变慢",
        "变快",
        "倍速",
        "慢动作",
        "快进",
        "调快",
        "调慢",
        "加快",
        "减慢",
        "速度",
        "快一?[倍点些]",
        "慢一?[倍点些半]",
        "慢镜头",
        "原速",
    ),
)
_NOT = Wording(
    en=(
        (
            r"\b(?:fad\w+|internet|upload|titles?|captions?|music|song|bgm|effort|"
            r"bit\s?rate|transition|volume|audio\s+only)\b"
        ),
    ),
    zh=("淡[入出]", "标题", "字幕", "音乐", "音量", "转场"),
)
_SLOW = Pattern(r"\bslow|\bhalf\s+as\s+(?:fast|quick)|[放变调减更]慢|慢[放动镜一点些]|减速")
_LITTLE = Pattern(r"\b(?:a\s+(?:little|bit|touch|tad)|slightly)\b|一?点|稍|略|一些")
_NORMAL = Pattern(
    r"\b(?:normal|original|regular|usual|real[\s-]?time|1(?:\.0)?\s*x)\b|"
    r"(?:正常|原来的?|原始|原本的?|恢复)\s*(?:的)?(?:播放)?速|原速|1倍速|"
    r"一倍速"
)
_SETS = Pattern(
    rf"\b(?:at|to|with|in)\s+(?:a\s+)?(?:{NUMBER}\s*(?:[x×]|times|%)|half|"
    rf"double|triple|quarter|(?:one\s+)?third|\d{{1,2}}\s?/\s?\d)(?!\s+as)|{NUMBER}\s*[x×]\s*speed"
    rf"|\b(?:half|double|triple|quarter|third|\d{{1,2}}/\d)\s+(?:the\s+)?speed|\bspeed\s*(?:of|"
    rf"=|:|is)\s*{NUMBER}|倍速|[快慢]到|分之.速|速度?[^,，]{{0,4}}[到为成至]|^\W*{NUMBER}\s*[x×]\W*$"
)
_BY_SHARE = Pattern(
    rf"(?:\bby\s+(?:about\s+)?{NUMBER}\s*%|{NUMBER}\s*%\s*(?:faster|slower|"
    rf"quicker)|(?:加快|提高|加速|减慢|放慢|减速|降低)\s*了?\s*(?:{NUMBER}\s*%|"
    rf"百分之))"
)
_OF_IT = Pattern(
    r"\b(?:slow[\s-]?mo(?:tion)?|speed(?:ing|s)?|up|down|faster|quicker|slow(?:er|ed|ing|s)?|"
    r"accelerate|fast[\s-]?forward|fast|time[\s-]?lapse|"
    r"make|it|the|video|clip|film"
    r"|movie|footage|recording|this|that|play(?:s|ing|back)?|a|bit|little|"
    r"slightly|much|more|way|in|at|to|please|can|could|you|just|be|a\s+lot|"
    r"so|for|during|and|by|of|from|is"
    r"|whole|entire|everything|thing|part|section|little|want|i|would|"
    r"like|should|then|also|me|add|put|turn|into|effect)\b"
)
_TO_LENGTH = Pattern(
    rf"(?:\b(?:to|into|in|within|lasts?|be)\s+(?:be\s+|last\s+|only\s+|"
    rf"just\s+|about\s+|exactly\s+)?|[到成至为]\s*)({TIME})(?:\s+long)?\W*$"
)


@dataclass(frozen=True, slots=True)
class Speed:
    """Another speed for a span, or for all of it.

    Attributes:
        factor: what the speed becomes, or what it is multiplied with.
        sets: whether it becomes that.
        length: instead of a factor: how long it is to last then, in milliseconds.
        span: which part; None for the whole.
        guessed: whether no number was named.
    """

    factor: float = 1.0
    sets: bool = True
    length: int | None = None
    span: Span | None = None
    clips: Clips = ALL
    guessed: bool = False

    def apply(self, scene: Scene) -> Done | Refused:
        """Play it so; words and music follow."""
        bounds = reach(scene, self.clips)
        found = stretches(scene, [self.span or Span()], self.clips)
        if isinstance(bounds, Refused):
            return bounds
        if isinstance(found, Refused):
            return found
        span = found[0]
        times = (span[1] - span[0]) / self.length if self.length else self.factor
        sets = self.sets and not self.length
        pieces = pieces_of(scene)
        inside = [one for one in pieces if beginning(one) < span[1] and ending(one) > span[0]]
        speeds = {times if sets else times * speed_of(one) for one in inside}
        if not min(speeds) >= SLOWEST or max(speeds) > FASTEST:
            return _out_of_range(min(speeds) if min(speeds) < SLOWEST else max(speeds))
        new, warp = sped(pieces, span, lambda was: times if sets else was * times, scene.uploads)
        draft = followed(scene.draft, new, warp, scene.uploads)
        return Done(draft, self._told(sorted(speeds), span, bounds, warp.length))

    def inverse(self, scene: Scene) -> Edit:
        """The timeline as it was."""
        return former(scene, VIDEO, AUDIO, TEXT)

    def _told(self, speeds: list[float], span: tuple[int, int], bounds: tuple[int, int], length: int) -> Said:
        whole, now = span == bounds and self.clips == ALL, now_long(length)
        rates = " / ".join(f"{speed:.4g}x" for speed in speeds)
        what: Said = {"en": "The video", "zh": "视频"} if whole else {"en": stretch(*span), "zh": stretch(*span)}
        told: Said = {
            "en": f"{what['en']} plays at {rates} now; {now['en']}.",
            "zh": f"{what['zh']}现在以 {rates} 播放；{now['zh']}。",
        }
        if self.guessed:
            told["en"] += ' You named no number; say "1.5x", for example, for another one.'
            told["zh"] += "没有说明倍数；可以说“1.5倍速”来调整。"
        return told


def _out_of_range(speed: float) -> Refused:
    return Refused(
        "speed_range",
        {
            "en": f"That would be {speed:.4g}x; name a speed from {SLOWEST:g}x to {FASTEST:g}x.",
            "zh": f"那样会是 {speed:.4g}x；请说一个 {SLOWEST:g}x 到 {FASTEST:g}x 的速度。",
        },
    )


def _read(clause: Clause, scene: Scene) -> Edit | None:
    text = clause.text
    if not _SPEEDS.found(text) or _NOT.found(text):
        return None
    clips = clips_in(clause, scene)
    text = re.sub(rf"\b(?:up|down)\s+to\s+(?={TIME}\W*$)", "to ", text)  # "speed it up to 30 s" names no span
    found = spans_found(text)
    span = found[0].span if found else None
    rest = text
    for one in found:
        rest = rest[: one.begin] + " " * (one.end - one.begin) + rest[one.end :]
    if _NORMAL.search(rest):
        return Speed(1.0, span=span, clips=clips)
    slows = _SLOW.search(rest) is not None
    if span is None and (wanted := _TO_LENGTH.search(rest)):
        return Speed(length=milliseconds(wanted[1]), clips=clips)
    factor = factor_in(re.sub(TIME, " ", rest))
    if factor is None:
        return None if wishes(text) else _unnumbered(rest, span, clips, slows=slows)
    if factor <= 0:
        return Speed(factor, span=span, clips=clips)
    if _BY_SHARE.search(rest):
        factor = 1 - factor if slows else 1 + factor
    elif slows and factor > 1:
        factor = 1 / factor
    return Speed(round(factor, 6), sets=_SETS.search(rest) is not None, span=span, clips=clips)


def _unnumbered(text: str, span: Span | None, clips: Clips, *, slows: bool) -> Speed | None:
    """Without a number: half, double, or a quarter less or more; of nothing but the film."""
    if re.search(r"[a-z]{2,}", _OF_IT.sub(" ", text)):
        return None
    if not slows and not re.search(
        r"\bfast|\bspeed(?:ing)?\b[^,.;]{0,30}\bup\b|\baccelerate|quicker|加速|[变调加]快|快[放进点些一]", text
    ):
        return None
    little = _LITTLE.search(text) is not None
    factor = (0.75 if little else 0.5) if slows else (1.25 if little else 2.0)
    return Speed(factor, sets=False, span=span, clips=clips, guessed=True)


SPEED = EditKind(
    "speed",
    _read,
    {
        "en": 'change the speed: "speed up 2x", "slow the first 5 seconds down to half", "normal speed"',
        "zh": "改变速度：“2倍速”、“把前5秒放慢一半”、“恢复正常速度”",
    },
)
