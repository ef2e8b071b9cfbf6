"""Take a part out: "remove the last 20 s", "cut out 5s to 8s", 「删掉最后20秒」. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nemovideo.engine.agent.clips import ALL, Clips, clips_in
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.followers import followed
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.frames import framed
from nemovideo.engine.agent.edits.pieces import ending, taken_out
from nemovideo.engine.agent.edits.scope import empty, pieces_of, stretches
from nemovideo.engine.agent.edits.timeline import AUDIO, TEXT, VIDEO
from nemovideo.engine.agent.edits.unclear import NOT_TIME, Unclear
from nemovideo.engine.agent.moments import TIME
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spans import Span, spans_found
from nemovideo.engine.agent.spoken import lasting, now_long, stretch
from nemovideo.engine.agent.wording import Wording

__all__ = ["CUT", "Cut"]

_REMOVE = Wording(
    en=(
        (
            r"\b(?:remov(?:e|ing)|delet(?:e|ing)|cut(?:ting)?|cut\s+(?:out|off|"
            r"away)|drop(?:ping)?|get(?:ting)?\s+rid\s+of|chop(?:\s+off)?"
            r"|eras(?:e|ing)|skip|trim(?:ming)?|shave|lop|snip|los(?:e|ing)|discard|"
            r"strip|exclude|shorten)\b"
        ),
        r"\btake\b[^,.;]{0,40}?\b(?:out|off|away)\b",
    ),
    zh=(
        "[删剪去切裁砍截除抽剔][掉去除走]",
        "删",
        "去掉",
        "移除",
        "去除",
        "切除",
        "不要(?=(?:视频|影片)?的?(?:前|最?后|开头|结尾|末尾|第|\\d))",
        "(?<=[秒分钟半头尾段])(?:我?都?)不要(?:了|啦|掉)?$",
        "跳过",
        "省略",
        "剪短",
    ),
)
_KEEP_BUT = Wording(
    en=(
        (
            r"\b(?:keep|leave|retain|use)\b[^,.;]{0,20}?\b(?:everything|all|anything|"
            r"it\s+all|the\s+rest)\s+(?:except|but|other\s+than|apart\s+from)\b"
        ),
    ),
    zh=("除了?.{1,20}(?:都|全部?)(?:保留|要|留)",),
)
_PART = Wording(
    en=(
        (
            r"\bthe\s+(?:intro|outro|beginning|start|end|ending|middle|opening|"
            r"boring\s+parts?|silen\w+\s+parts?|pauses?|mistakes?|credits)\b"
        ),
    ),
    zh=("开头", "结尾", "片头", "片尾", "中间", "末尾"),
)
_JUDGED = Wording(
    en=(
        (
            r"\b(?:is|are|was|were|looks?|feels?|seems?)\s+(?:(?:too|so|very|really|a\s+bit|just|pretty|rather|quite)\s+)*"
            r"(?:boring|bad|dull|ugly|useless|terrible|awful|unnecessary|rubbish|junk|long|empty|black)\b"
        ),
    ),
    zh=("(?:很|太|有点|比较|非常|都)?(?:无聊|没意思|不好看|难看|没用|多余|啰嗦|拖沓)",),
)
_BOTH_WAYS = Pattern(
    r"(?:^|把|将|视频|的|请|帮我)剪(?:辑|下)?(?=[^掉去到成至为短]{0,6}(?:前|最?后|开头|末尾))(?!.*[掉去])"
)


@dataclass(frozen=True, slots=True)
class Cut:
    """Take these spans out of the timeline, or of one clip; what lies behind moves up."""

    spans: tuple[Span, ...]
    clips: Clips = ALL

    def apply(self, scene: Scene) -> Done | Refused:
        """Take them out; all of them are told of the timeline as it stands."""
        gone = stretches(scene, self.spans, self.clips)
        if isinstance(gone, Refused):
            return gone
        before = pieces_of(scene)
        pieces, warp = taken_out(before, gone)
        if not pieces or warp.length <= 0:
            return empty()
        draft = followed(scene.draft, pieces, warp, scene.uploads)
        shown, now = ", ".join(stretch(*span) for span in gone), now_long(warp.length)
        less = ending(before[-1]) - warp.length
        return Done(
            draft,
            {
                "en": f"Removed {shown} ({lasting(less, 'en')}); {now['en']}.",
                "zh": f"删掉了 {shown.replace(', ', '、')}（{lasting(less, 'zh')}）；{now['zh']}。",
            },
        )

    def inverse(self, scene: Scene) -> Edit:
        """The timeline as it was."""
        return former(scene, VIDEO, AUDIO, TEXT)


def _read(clause: Clause, scene: Scene) -> Edit | None:
    text = framed(clause.text, scene)
    if NOT_TIME.found(text):
        return None
    spans = tuple(one.span for one in spans_found(text))
    if spans and _JUDGED.found(text) and not _REMOVE.found(text):
        return Unclear("no_eyes")
    if _KEEP_BUT.found(text):
        return Cut(spans, clips_in(clause, scene)) if spans else None
    if _BOTH_WAYS.search(text) and spans:
        return Unclear("keep_or_remove")
    removes = _REMOVE.found(text)
    if removes is None:
        return None
    if spans:
        return Cut(spans, clips_in(clause, scene))
    bare = re.search(rf"\b(?:by\s+)?({TIME})(?:\s+(?:of|from)\s+(?:it|the\s+(?:video|clip|film)))?\W*$", text)
    if bare and not re.search(rf"\bto\s+{TIME}|\bat\s+{TIME}|[到成至为在]\s*{TIME}", text):
        return Unclear("which_end")
    return Unclear("how_long") if _PART.found(text) else None


CUT = EditKind(
    "cut",
    _read,
    {
        "en": 'remove a part: "remove the last 20 s", "cut out 5s to 8s"',
        "zh": "删掉一段：“删掉最后20秒”、“去掉5秒到8秒”",
    },
)
