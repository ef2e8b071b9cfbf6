"""Part the film into clips without taking anything out: "split at 0:30", "split it in half", 「在5秒处分割」. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.pieces import ending, laid, parted
from nemovideo.engine.agent.edits.timeline import VIDEO, with_segments
from nemovideo.engine.agent.moments import TIME, milliseconds
from nemovideo.engine.agent.numbers import NUMBER, number
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spoken import clock, lasting
from nemovideo.engine.agent.wording import Wording

__all__ = ["SPLIT", "Split"]

_SPLITS = Wording(
    en=(r"\b(?:split|divide)\b(?![\s-]?screen)",), zh=("分割", "切分", "拆分", "切开", "剪开", "[分切剪拆]成")
)
_NOT = Wording(
    en=(r"\b(?:screen|audio|sound|music|title|text|caption|remove|delete|keep)\b",), zh=("分屏", "声音", "标题", "字幕")
)
_AT = Pattern(rf"\bat\s+(?:the\s+)?({TIME})|(?:在|从)\s*({TIME})|({TIME})\s*(?:处|的地方|的位置)")
_PARTS = Pattern(
    rf"\binto\s+({NUMBER})\s+(?:equal\s+)?(?:parts|clips|pieces|segments|halves)\b|[分切剪拆]成\s*({NUMBER})\s*[段份个]"
)
_HALF = Pattern(r"\bin\s+(?:half|two|the\s+middle)\b|\bat\s+the\s+middle\b|从?中间|一半|对半")
_MOST = 20  # parts: more is no wish that a person checks


@dataclass(frozen=True, slots=True)
class Split:
    """Part the film at `at` milliseconds, or into `parts` of the same length."""

    at: int | None = None
    parts: int = 2

    def apply(self, scene: Scene) -> Done | Refused:
        """Part it."""
        pieces = laid(scene.draft, VIDEO, scene.uploads)
        length = ending(pieces[-1]) if pieces else 0
        moments = [length * n // self.parts for n in range(1, self.parts)] if self.at is None else [self.at]
        if not 2 <= self.parts <= _MOST or not all(0 < at < length for at in moments):
            return _no_place(length)
        before = len(pieces)
        for at in moments:
            pieces = parted(pieces, at)
        if len(pieces) == before:
            return Refused(
                "unchanged",
                {"en": "It is split there already; nothing was changed.", "zh": "那里已经分开了，没有改动。"},
            )
        told, count = [clock(at) for at in moments], len(pieces)
        return Done(
            with_segments(scene.draft, VIDEO, pieces),
            {
                "en": f"Split at {', '.join(told)}: {count} clips that play as before. Say “remove clip 2”, for one.",
                "zh": f"已在 {'、'.join(told)} 处分割为 {count} 段，播放不变；可以说“删掉第二段”。",
            },
        )

    def inverse(self, scene: Scene) -> Edit:
        """The clips that there were."""
        return former(scene, VIDEO)


def _no_place(length: int) -> Refused:
    return Refused(
        "beyond_end",
        {
            "en": f"It is {lasting(length, 'en')} long: name one moment within it, or up to {_MOST} parts.",
            "zh": f"目前长 {lasting(length, 'zh')}：请给出其中的一个时间，或最多 {_MOST} 段。",
        },
    )


def _read(clause: Clause, _scene: Scene) -> Split | None:
    text = clause.text
    if not _SPLITS.found(text) or _NOT.found(text):
        return None
    if at := _AT.search(text):
        return Split(milliseconds(next(group for group in at.groups() if group)))
    if parts := _PARTS.search(text):
        return Split(parts=int(number(next(group for group in parts.groups() if group))))
    return Split() if _HALF.search(text) else None


SPLIT = EditKind(
    "split",
    _read,
    {
        "en": 'part it into clips: "split at 0:30", "split it into 3 parts"',
        "zh": "分割成几段：“在0:30处分割”、“分成三段”",
    },
)
