"""Take the music away: "remove the music", 「去掉背景音乐」. The opposite of adding it."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.agent.edits.edit import Clause, Done, Edit, EditKind, Refused, Scene
from nemovideo.engine.agent.edits.former import former
from nemovideo.engine.agent.edits.timeline import AUDIO, VIDEO, segments, with_segments
from nemovideo.engine.agent.edits.volume import no_music_track
from nemovideo.engine.agent.wording import Wording

__all__ = ["UNMUSIC", "Unmusic"]

_NAMES = r"(?:music|bgm|song|soundtrack|background\s+(?:music|audio|sound|track|song))"
_REMOVES = Wording(
    en=(
        (
            rf"\b(?:remove|delete|drop|strip|get\s+rid\s+of|take\s+(?:off|away|out)|kill|cut\s+out|turn\s+off"
            rf"|stop)\b(?:\W+\w+){{0,3}}?\W+{_NAMES}\b"
        ),
        rf"\bturn\s+(?:the\s+)?{_NAMES}\s+off\b",
        rf"\b(?:no|without)\s+(?:the\s+|any\s+)?(?:background\s+)?{_NAMES}\b",
    ),
    zh=(
        "(?:去掉|去除|删掉|删除|移除|取消|关掉|不要(?![加添配放用])|拿掉)[^,，。]{0,6}(?:音乐|配乐|bgm|歌)",
        "(?:音乐|配乐|bgm)(?:去掉|删掉|删除|不要了|关掉)",
    ),
)


@dataclass(frozen=True, slots=True)
class Unmusic:
    """Take every track of sound off the timeline; the film's own sound stays."""

    def apply(self, scene: Scene) -> Done | Refused:
        """Take them off."""
        found = segments(scene.draft, AUDIO)
        if not found or not segments(scene.draft, VIDEO):
            return no_music_track()
        draft = with_segments(scene.draft, AUDIO, [])
        return Done(draft, {"en": "I took the music off.", "zh": "已去掉音乐。"})

    def inverse(self, scene: Scene) -> Edit:
        """The music that there was."""
        return former(scene, AUDIO)


def _read(clause: Clause, scene: Scene) -> Unmusic | None:
    if not _REMOVES.found(clause.text):
        return None
    soundtrack = "soundtrack" in clause.text  # without music it is the film's own sound, which `mute` silences
    return None if soundtrack and not segments(scene.draft, AUDIO) else Unmusic()


UNMUSIC = EditKind("unmusic", _read, {"en": 'take the music off: "remove the music"', "zh": "去掉配乐：“去掉背景音乐”"})
