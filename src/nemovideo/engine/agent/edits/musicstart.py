"""When the music begins: "the music starts at 3 s", 「音乐从第3秒开始」. It moves as a whole, to the film's end."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.pieces import beginning, ending, laid, parted
from nemovideo.engine.agent.edits.timeline import AUDIO, VIDEO, changed, segments, with_segments
from nemovideo.engine.agent.edits.volume import no_music_track
from nemovideo.engine.agent.moments import TIME, milliseconds
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spoken import clock, lasting

__all__ = ["MUSIC_START", "MusicStart"]

_NAMES = r"(?:music|bgm|song|soundtrack|background\s+(?:music|track))"
_STARTS = Pattern(
    rf"^(?:(?:let|have|make|and|then)\s+)*(?:the\s+)?{_NAMES}\s+(?:should\s+|must\s+|to\s+)?(?:only\s+)?"
    rf"(?:start|begin|come\s+in|play)s?\s+(?:only\s+)?(?:at|from|after)\s+(?:the\s+)?({TIME})(?:\s+on)?\W*$"
    rf"|^(?:please\s+)?(?:start|begin)\s+(?:the\s+)?{_NAMES}\s+(?:only\s+)?(?:at|from|after)\s+(?:the\s+)?({TIME})\W*$"
    rf"|(?:音乐|配乐|bgm)(?:要|改为|改成)?(?:从|在)\s*({TIME})\s*(?:处|再)?(?:开始|响起|进|播放|起)"
)
_FADE = 1000  # milliseconds: as `music` lets music go that the film's end cuts off


@dataclass(frozen=True, slots=True)
class MusicStart:
    """Move the music so that it begins at this moment; what comes to lie behind the film's end is cut off."""

    milliseconds: int

    def apply(self, scene: Scene) -> Done | Refused:
        """Move it."""
        found, film = laid(scene.draft, AUDIO, scene.uploads), laid(scene.draft, VIDEO, scene.uploads)
        if not found or not film:
            return no_music_track()
        end = ending(film[-1])
        if self.milliseconds >= end:
            return _beyond(end)
        by = self.milliseconds - beginning(found[0])
        moved = [changed(one, start=beginning(one) + by) for one in found]
        kept = [one for one in parted(moved, end) if beginning(one) < end]
        if by > 0 and ending(kept[-1]) == end:
            kept[-1] = changed(kept[-1], fade_out=min(_FADE, int(kept[-1]["d"]) // 2))
        at = clock(self.milliseconds)
        return Done(
            with_segments(scene.draft, AUDIO, kept),
            {"en": f"The music begins at {at} now.", "zh": f"音乐现在从 {at} 开始。"},
        )

    def inverse(self, scene: Scene) -> Edit:
        """The music as it was."""
        return former(scene, AUDIO)


def _beyond(end: int) -> Refused:
    return Refused(
        "beyond_end",
        {
            "en": f"The film is {lasting(end, 'en')} long: the music cannot begin then. Name an earlier time.",
            "zh": f"影片长 {lasting(end, 'zh')}，音乐不能从那时开始。请选一个更早的时间。",
        },
    )


def _read(clause: Clause, scene: Scene) -> MusicStart | None:
    found = _STARTS.search(clause.text)
    if found is None or clause.files or (not segments(scene.draft, AUDIO) and clause.after == ""):
        return None
    return MusicStart(milliseconds(next(group for group in found.groups() if group)))


MUSIC_START = EditKind(
    "music_start",
    _read,
    {"en": 'when the music begins: "the music starts at 3 s"', "zh": "音乐何时开始：“音乐从第3秒开始”"},
)
