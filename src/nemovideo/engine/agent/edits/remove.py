"""Take a whole clip off the timeline: "remove clip b.mp4", "take the second clip out", 「删掉第二段」. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.agent.clips import ALL, Clips, clips_in
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.followers import followed
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.pieces import beginning, ending, laid, taken_out
from nemovideo.engine.agent.edits.scope import empty
from nemovideo.engine.agent.edits.sequence import shown, told_order
from nemovideo.engine.agent.edits.timeline import AUDIO, TEXT, VIDEO
from nemovideo.engine.agent.edits.unclear import NOT_TIME
from nemovideo.engine.agent.edits.unmusic import Unmusic
from nemovideo.engine.agent.moments import TIME
from nemovideo.engine.agent.spans import spans_found
from nemovideo.engine.agent.spoken import now_long
from nemovideo.engine.agent.wording import Wording

__all__ = ["REMOVE", "Remove"]

_REMOVES = Wording(
    en=(
        (
            r"\b(?:remov(?:e|ing)|delet(?:e|ing)|drop|get\s+rid\s+of|discard|"
            r"throw\s+(?:out|away)|leave\s+out)\b"
        ),
        r"\btak(?:e|ing)\b[^,.;]{0,40}?\b(?:out|off|away)\b",
    ),
    zh=("删掉", "删除", "去掉", "移除", "拿掉", "去除", "移出"),
)
_PLACE = Wording(
    en=(
        TIME,
        r"\b(?:the\s+)?(?:very\s+)?(?:start|beginning|end|ending|middle|intro|outro|opening|rest|part)\s+(?:of|from)\b",
    ),
    zh=("第\\d+秒", "the video\\s*的?(?:开头|结尾|片头|片尾|中间|末尾)"),
)


@dataclass(frozen=True, slots=True)
class Remove:
    """Take these clips off; what lies behind moves up. `more` are further ones."""

    clips: Clips
    more: tuple[Clips, ...] = ()

    def apply(self, scene: Scene) -> Done | Refused:
        """Take them off, unless nothing would be left."""
        each = [clips.places(scene.draft) for clips in (self.clips, *self.more)]
        places = frozenset[int]().union(*each)
        before = laid(scene.draft, VIDEO, scene.uploads)
        for clips, found in zip((self.clips, *self.more), each, strict=True):
            if not found:
                return clips.missing(scene.draft)
        if len(places) == len(before):
            return empty()
        gone = [(beginning(before[place]), ending(before[place])) for place in places]
        pieces, warp = taken_out(before, gone)
        draft = followed(scene.draft, pieces, warp, scene.uploads)
        named, now, order = [one.told() for one in (self.clips, *self.more)], now_long(warp.length), told_order(draft)
        taken = "、".join(one["zh"] for one in named)
        return Done(
            draft,
            {
                "en": f"Took {', '.join(one['en'] for one in named)} off; the timeline plays {order}, and {now['en']}.",
                "zh": f"移除了{taken}；时间线现在依次为 {order.replace(', ', '、')}，{now['zh']}。",
            },
        )

    def inverse(self, scene: Scene) -> Edit:
        """The clips put back."""
        return former(scene, VIDEO, AUDIO, TEXT)


def _read(clause: Clause, scene: Scene) -> Edit | None:
    text = clause.text
    if not _REMOVES.found(text) or NOT_TIME.found(text) or _PLACE.found(text) or spans_found(text):
        return None
    if clause.files and all(file.kind == "audio" for file in clause.files):
        return Unmusic()
    clips = clips_in(clause, scene)
    named = [Clips(src=file.hash, name=file.filename) for file in clause.files if file.kind == "video"]
    if len(named) > 1:
        return Remove(named[0], tuple(named[1:]))
    if clips == ALL and named:
        clips = named[0]
    if clips == ALL or (clause.files and clips.src is None and shown(scene.draft) == []):
        return None
    return Remove(clips)


REMOVE = EditKind(
    "remove",
    _read,
    {
        "en": 'take a clip off: "remove b.mp4", "take the second clip out"',
        "zh": "移除片段：“删掉 b.mp4”、“删掉第二段”",
    },
    takes_files=True,
)
