"""Keep a part and drop the rest: "trim to the first 10 seconds", "keep 0:30 to 1:45", 「只保留前10秒」. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nemovideo.engine.agent.clips import ALL, Clips, clips_in
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.followers import followed
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.frames import framed
from nemovideo.engine.agent.edits.pieces import taken_out
from nemovideo.engine.agent.edits.scope import pieces_of, reach, stretches
from nemovideo.engine.agent.edits.timeline import AUDIO, TEXT, VIDEO
from nemovideo.engine.agent.edits.unclear import NOT_TIME, Unclear
from nemovideo.engine.agent.language import Said
from nemovideo.engine.agent.moments import TIME, milliseconds
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spans import Span, backwards, spans_found
from nemovideo.engine.agent.spoken import now_long, stretch
from nemovideo.engine.agent.wording import Wording

__all__ = ["TRIM", "Trim"]

_KEEP = Wording(
    en=(
        (
            r"\b(?:keep(?:ing)?|retain|preserve|use|leave\s+(?:only|just)|take|give|extract|grab|select|"
            r"want|need)\b(?!.{0,30}\b(?:out|off|away)\b)"
        ),
        r"\b(?:only|just)\b(?=.{0,12}§span)",
        r"§span\s+(?:only|alone)\b(?!\s+\w)",
        (
            r"\b(?:trim|cut|shorten|clip|crop|reduce|chop|pare)(?:med|ming|ting|"
            r"ted|ped)?\b[^,.;]{0,40}?\b(?:down\s+)?to\s+(?:[\w§]+\s+){0,3}§span"
        ),
        (
            r"\b(?:trim|clip)(?:med|ming)?\s+(?:(?:it|this|the|video|clip|film|"
            r"movie|recording)\s+){0,3}§pair(?!\s*(?:off|out|away)\b)"
        ),
    ),
    zh=(
        "保留",
        "只要",
        "只留",
        "留下",
        "截取",
        "截出",
        "剪出",
        "只取",
        "只用",
        "(?:剪|裁|缩|截)[^掉去]{0,4}[到成至为]",
        "裁剪(?!掉)",
        "取(?=§)",
    ),
)
_DROP = Wording(
    en=(
        (
            r"\b(?:remove|delete|cut|drop|erase|trim|throw\s+away|get\s+rid\s+of|"
            r"discard|lose)\b"
            r"[^,.;]{0,20}?\b(?:everything|all|anything)\s+(?:except|but|other\s+than|"
            r"apart\s+from|besides|outside(?:\s+of)?)"
        ),
    ),
    zh=("除了?.{1,30}?(?:之外|以外|外|其他|其余|都|全)",),
)
_BUT = Wording(
    en=(r"\b(?:except|but\s+(?!not)|other\s+than|apart\s+from)\b",), zh=("除了?.{1,20}(?:都|全部?)(?:保留|要|留)",)
)
_TO_LENGTH = (
    Pattern(
        rf"\b(?:trim|cut|shorten|clip|reduce|crop|chop|bring|get|limit)(?:med|ming|ting|ted|ped)?\b[^,.;]{{0,40}}?"
        rf"\b(?:down\s+)?to\s+(?:be\s+)?(?:just\s+|only\s+|about\s+|exactly\s+)?(?:a\s+)?({TIME})"
    ),
    Pattern(
        rf"\bmake\b[^,.;]{{0,30}}?\b(?:only\s+|just\s+|exactly\s+)?({TIME})(?:[\s-]*(?:long|"
        rf"in\s+length|version|clip))?\s*$"
    ),
    Pattern(rf"(?:剪辑?|裁剪?|缩短|缩|截|控制|限制|变)(?:短|减)?(?:到|成|至|为|在)\s*(?:只有|大约|约)?\s*({TIME})"),
    Pattern(rf"(?:时长|长度|总长)(?:改为|改成|变成|设为|为|到|控制在)\s*({TIME})"),
)


@dataclass(frozen=True, slots=True)
class Trim:
    """Keep these spans of the timeline, or of one clip; `length` says that only a length was named."""

    spans: tuple[Span, ...]
    clips: Clips = ALL
    length: bool = False

    def apply(self, scene: Scene) -> Done | Refused:
        """Take out everything else."""
        kept = stretches(scene, self.spans, self.clips)
        bounds = reach(scene, self.clips)
        if isinstance(kept, Refused):
            return kept
        if isinstance(bounds, Refused):
            return bounds
        gone, at = list[tuple[int, int]](), bounds[0]
        for start, end in [*sorted(kept), (bounds[1], bounds[1])]:
            if start > at:
                gone.append((at, start))
            at = max(at, end)
        if not gone:
            return Done(
                scene.draft,
                {"en": "The timeline is no longer than that already.", "zh": "时间线本来就不超过这个长度。"},
            )
        pieces, warp = taken_out(pieces_of(scene), gone)
        draft = followed(scene.draft, pieces, warp, scene.uploads)
        return Done(draft, self._told([(a - bounds[0], b - bounds[0]) for a, b in kept], scene, warp.length))

    def inverse(self, scene: Scene) -> Edit:
        """The timeline as it was."""
        return former(scene, VIDEO, AUDIO, TEXT)

    def _told(self, kept: list[tuple[int, int]], scene: Scene, length: int) -> Said:
        spans, now = [stretch(*span) for span in kept], now_long(length)
        name: Said = self.clips.told() if self.clips != ALL else {"en": "the timeline", "zh": "时间线"}
        if self.clips == ALL and len(scene.draft.get("t") or []) and len(pieces_of(scene)) == 1:
            name = {"en": scene.upload.filename, "zh": scene.upload.filename}
        told: Said = {
            "en": f"Kept {', '.join(spans)} of {name['en']}; {now['en']}.",
            "zh": f"保留了{name['zh']}的 {'、'.join(spans)}；{now['zh']}。",
        }
        if self.length:
            told["en"] += " You named no part, so it is the beginning."
            told["zh"] += "没有说明哪一段，因此保留的是开头。"
        return told


_TRIMS = Wording(en=(r"\b(?:trim|cut|remove|delete|drop|clip)\b",), zh=("[剪删截裁]",))
_SIZE = Pattern(r"\b(?:file\s?)?size\b|\d\s*[kmg]b\b|大小|体积")
_ENDS = Pattern(rf"\b(?:stop|end|finish)(?:s|ing)?\b[^,.;]{{0,20}}?\bat\s+(?:the\s+)?({TIME})\W*$")
_STARTS = Pattern(rf"\b(?:start|begin)(?:s|ning|ing)?\b[^,.;]{{0,20}}?\b(?:at|from)\s+(?:the\s+)?({TIME})\W*$")
_STRETCH = Pattern(
    r"\b(?:start|begin)(?:s|ning|ing)?\s+(?:it\s+)?(?:at|from)\b.{1,30}\b(?:end|stop|finish)"
    r"|从[^到至]{1,8}[剪截裁][切取辑]?[到至](?!.*[掉去])"
)
_LESS = Pattern(r"\b(?:short\w*|reduce\w*|down|length|long)\b|短|缩|变")
_SHORTER = Wording(en=(r"\bshorter\b", r"\bin\s+half\b(?=\W*$)"), zh=("变短", "短一?[点些]", "剪短"))


def _read(clause: Clause, scene: Scene) -> Edit | None:
    text = framed(clause.text, scene)
    if NOT_TIME.found(text) or "§" in text:
        return None
    if (_KEEP.found(text) or _TRIMS.found(text)) and not _LESS.search(text) and backwards(text):
        return Unclear("backwards")
    found = spans_found(text)
    if found and _STRETCH.search(text):
        return Trim(tuple(one.span for one in found), clips_in(clause, scene))
    for pattern, last in ((_ENDS, True), (_STARTS, False)):
        if at := pattern.search(text):
            moment = milliseconds(at[1])
            return Trim((Span(0, moment) if last else Span(moment, None),), clips_in(clause, scene))
    if not found:
        return _to_length(text, clause, scene)
    if _BUT.found(text) and not _DROP.found(text):
        return None  # "keep everything but the first 5 s" removes
    marked = text
    for one in reversed(found):
        pair = one.span.end is not None and one.span.start > 0 and not one.span.share
        mark = " §pair §span " if pair else " §span "
        marked = " ".join((marked[: one.begin] + mark + marked[one.end :]).split())
    if _DROP.found(text) or _KEEP.found(marked):
        return Trim(tuple(one.span for one in found), clips_in(clause, scene))
    return None


def _to_length(text: str, clause: Clause, scene: Scene) -> Edit | None:
    if _SIZE.search(text):
        return None
    for pattern in _TO_LENGTH:
        if wanted := pattern.search(text):
            return Trim((Span(0, milliseconds(wanted[1])),), clips_in(clause, scene), length=True)
    if re.fullmatch(rf".*\b(?:keep|only|just)\s+(?:the\s+)?({TIME})\W*(?:of\s+(?:it|the\s+video))?", text) or re.search(
        rf"(?:保留|只要|只留)\s*({TIME})", text
    ):
        return Unclear("which_part")
    cuts = _SHORTER.found(text) and re.search(r"\b(?:video|it|clip|film)\b|视频|影片|^", text)
    return Unclear("which_part") if cuts else None


TRIM = EditKind(
    "trim",
    _read,
    {
        "en": 'keep a part: "trim to the first 10 seconds", "keep 0:30 to 1:45", "only the last 20 s"',
        "zh": "保留一段：“只保留前10秒”、“保留0:30到1:45”",
    },
)
