"""The order of the clips, and how often they play: "swap the clips", "put b.mp4 first", "loop it twice". Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nemovideo.engine.agent.clips import ALL, Clips, clips_in
from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.join import Join
from nemovideo.engine.agent.edits.pieces import laid
from nemovideo.engine.agent.edits.sequence import arranged, no_film, shown, source_of, told_order
from nemovideo.engine.agent.edits.timeline import AUDIO, TEXT, VIDEO
from nemovideo.engine.agent.numbers import NUMBER, number
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spoken import now_long
from nemovideo.engine.agent.wording import Wording
from nemovideo.engine.archive import UploadRow
from nemovideo.engine.wire import JsonObject

__all__ = ["MOST_TIMES", "Move", "ORDER", "REPEAT", "Repeat", "Turned"]

MOST_TIMES = 20
"""How often a film is laid down at most; each time is a segment of its own."""

_SWAP = Wording(
    en=(
        (
            r"\b(?:swap|switch|exchange)\b(?!\s+to\b)[^,.;]*?(?:\b(?:clips|videos|"
            r"order|places|positions|them|two)\b|the video[^,.;]*the video)"
        ),
    ),
    zh=("交换", "对调", "调换", "互换"),
)
_REVERSE = Wording(
    en=(r"\b(?:reverse|invert|flip)\b[^,.;]{0,20}\border\b", r"\border\b[^,.;]{0,20}\brevers"),
    zh=("颠倒顺序", "顺序(?:反过来|颠倒|倒过来)", "倒序排列", "反转顺序"),
)
_MOVE = Wording(
    en=(r"\b(?:move|put|place|bring|start\s+with|begin\s+with|end\s+with|make)\b",),
    zh=("移[到动]", "放[到在]", "排[到在]", "挪[到]"),
)
_FIRST = Wording(
    en=(
        (
            r"\b(?:at|to|in)\s+(?:the\s+)?(?:very\s+)?(?:start|beginning|front|"
            r"top)\b"
        ),
        r"\bthe\s+video\s+(?:(?:come|go|play)s?\s+)?first\b",
        r"\bclip\s+\d*\s*first\b",
        r"\bclip\s+first\b",
        r"\b(?:start|begin)\s+with\b",
    ),
    zh=("最?前面", "开头", "最前", "第一[个位]?$"),
)
_LAST = Wording(
    en=(
        r"\b(?:at|to)\s+(?:the\s+)?(?:very\s+)?(?:end|back)\b",
        r"\b(?:the\s+video|clip)\s+(?:(?:come|go|play)s?\s+)?last\b",
        r"\bend\s+with\b",
    ),
    zh=("最?后面", "结尾", "末尾", "最后$"),
)
_REPEAT = Pattern(
    rf"\b(?:loop|repeat|play)\b[^,.;]{{0,30}}?\b(?:(twice|thrice)\b|({NUMBER})\s*times\b)"
    rf"|\b(?:loop|repeat)\b[^,.;]{{0,20}}?\b({NUMBER})\s*x\b|(?:重复|循环|播放)[^,，。]{{0,8}}?({NUMBER})\s*[次遍]"
)
_NOT_REPEAT = Wording(
    en=(r"\b(?:speed|fast\w*|slow\w*|as)\b", r"\b(?:music|song|bgm)\b"), zh=("速", "快", "慢", "音乐")
)


@dataclass(frozen=True, slots=True)
class Turned:
    """The clips in the opposite order; only these two change places where two are named."""

    pair: tuple[UploadRow, UploadRow] | None = None

    def apply(self, scene: Scene) -> Done | Refused:
        """Turn it around."""
        before = laid(scene.draft, VIDEO, scene.uploads)
        if len(_groups(before)) < 2:
            return _one_clip(before)
        new = [piece for group in _groups(before)[::-1] for piece in group]
        if self.pair is not None:
            there = set(shown(scene.draft))
            for file in self.pair:
                if file.hash not in there:
                    return Clips(src=file.hash, name=file.filename).missing(scene.draft)
            new = _swapped(before, self.pair[0].hash, self.pair[1].hash)
        return _done(arranged(scene.draft, new, scene, shift=lambda at: at))

    def inverse(self, scene: Scene) -> Edit:
        """Itself."""
        return self


@dataclass(frozen=True, slots=True)
class Move:
    """One clip to the start or the end."""

    clips: Clips
    where: Literal["start", "end"]

    def apply(self, scene: Scene) -> Done | Refused:
        """Move it there."""
        before = laid(scene.draft, VIDEO, scene.uploads)
        places = self.clips.places(scene.draft)
        if not places:
            return self.clips.missing(scene.draft)
        moved = [piece for place, piece in enumerate(before) if place in places]
        rest = [piece for place, piece in enumerate(before) if place not in places]
        if not rest:
            return _one_clip(before)
        new = moved + rest if self.where == "start" else rest + moved
        return _done(arranged(scene.draft, new, scene, shift=lambda at: at))

    def inverse(self, scene: Scene) -> Edit:
        """The order that there was."""
        return former(scene, VIDEO, AUDIO, TEXT)


@dataclass(frozen=True, slots=True)
class Repeat:
    """The whole timeline so many times, one behind the other."""

    times: int

    def apply(self, scene: Scene) -> Done | Refused:
        """Lay it down again."""
        before = laid(scene.draft, VIDEO, scene.uploads)
        if not before:
            return no_film()
        if not 1 < self.times <= MOST_TIMES:
            return Refused(
                "times_range",
                {
                    "en": f"A film can be repeated 2 to {MOST_TIMES} times. Name a number in that range.",
                    "zh": f"可以重复 2 到 {MOST_TIMES} 次，请在其中选一个。",
                },
            )
        draft = arranged(scene.draft, before * self.times, scene, shift=lambda at: at)
        now = now_long(int(draft["d"]))
        return Done(
            draft,
            {
                "en": f"It plays {self.times} times in a row; {now['en']}.",
                "zh": f"现在连续播放 {self.times} 次；{now['zh']}。",
            },
        )

    def inverse(self, scene: Scene) -> Edit:
        """The timeline as it was."""
        return former(scene, VIDEO, AUDIO, TEXT)


def _swapped(pieces: list[JsonObject], one: str, other: str) -> list[JsonObject]:
    """The two uploads' pieces in each other's places."""
    groups = _groups(pieces)
    places = [next(n for n, group in enumerate(groups) if source_of(group[0]) == src) for src in (one, other)]
    groups[places[0]], groups[places[1]] = groups[places[1]], groups[places[0]]
    return [piece for group in groups for piece in group]


def _groups(pieces: list[JsonObject]) -> list[list[JsonObject]]:
    """Pieces of one upload that lie behind each other are one clip to a person, however often it was cut."""
    groups: list[list[JsonObject]] = []
    for piece in pieces:
        if groups and source_of(groups[-1][0]) == source_of(piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _done(draft: JsonObject) -> Done:
    order = told_order(draft)
    return Done(
        draft, {"en": f"The timeline plays {order} now.", "zh": f"时间线现在依次为 {order.replace(', ', '、')}。"}
    )


def _one_clip(pieces: list[JsonObject]) -> Refused:
    if not pieces:
        return no_film()
    return Refused(
        "one_clip",
        {
            "en": "There is only one clip on the timeline. Add another first: “append b.mp4”.",
            "zh": "时间线上只有一个片段。请先加入另一个，例如“把 b.mp4 接到后面”。",
        },
    )


def _read(clause: Clause, scene: Scene) -> Edit | None:
    text, files = clause.text, clause.files
    if any(file.kind != "video" for file in files):
        return None
    if _SWAP.found(text):
        return Turned((files[0], files[1]) if len(files) == 2 else None)
    if _REVERSE.found(text):
        return Turned()
    first, last = _FIRST.found(text), _LAST.found(text)
    clips = clips_in(clause, scene)
    if not _MOVE.found(text) or not (first or last) or len(files) > 1:
        return None
    if files and files[0].hash not in shown(scene.draft):
        return Join(files, "start" if first else "end")
    if files:
        clips = Clips(src=files[0].hash, name=files[0].filename)
    return None if clips == ALL else Move(clips, "start" if first else "end")


def _read_repeat(clause: Clause, scene: Scene) -> Repeat | None:
    found = _REPEAT.search(clause.text)
    if found is None or _NOT_REPEAT.found(clause.text):
        return None
    times = {"twice": 2, "thrice": 3}.get(found[1] or "") or number(found[2] or found[3] or found[4])
    return Repeat(int(times))


ORDER = EditKind(
    "order",
    _read,
    {
        "en": 'change the order: "swap the clips", "put b.mp4 first", "reverse the order"',
        "zh": "调整顺序：“交换两个片段”、“把 b.mp4 放到最前面”",
    },
    takes_files=True,
)
REPEAT = EditKind("repeat", _read_repeat, {"en": 'repeat it: "loop it twice"', "zh": "重复播放：“重复三次”"})
