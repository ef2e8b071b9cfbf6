"""The words on a timeline: where titles and captions stand in a draft, one more, one changed, some taken away. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nemovideo.engine.agent.edits.edit import Refused, Said
from nemovideo.engine.agent.edits.timeline import TEXT, meta
from nemovideo.engine.wire import JsonObject, entries, table

__all__ = ["CAPTION", "ROLES", "Role", "TITLE", "WordsAt", "added", "no_such_text", "replaced", "words_on"]


@dataclass(frozen=True, slots=True)
class Role:
    """What words are for: the name of their track, and how a sentence calls them."""

    track: str
    told: Said


TITLE = Role("Title", {"en": "title", "zh": "标题"})
CAPTION = Role("Captions", {"en": "caption", "zh": "字幕"})
ROLES = (TITLE, CAPTION)


@dataclass(frozen=True, slots=True)
class WordsAt:
    """One text segment: `track` and `place` are where it stands in the draft, `role` what its track's name says."""

    track: int
    place: int
    role: Role
    segment: JsonObject

    @property
    def text(self) -> str:
        """What it shows."""
        return str(meta(self.segment).get("text") or "")


def words_on(draft: JsonObject, role: Role | None = None) -> list[WordsAt]:
    """All texts in the draft's order; those of one role where it is given."""
    found: list[WordsAt] = []
    for number, track in enumerate(map(table, entries(draft.get("t")))):
        if track.get("tt") != TEXT:
            continue
        of = CAPTION if str(meta(track).get("name")).lower() in {"captions", "subtitles"} else TITLE
        found += [WordsAt(number, place, of, table(one)) for place, one in enumerate(entries(track.get("sg")))]
    return [one for one in found if role is None or one.role == role]


def added(draft: JsonObject, role: Role, segment: JsonObject) -> JsonObject:
    """The draft with one more text, on its role's track; the track is made where there is none."""
    tracks = list(entries(draft.get("t")))
    for number, track in enumerate(map(table, tracks)):
        if track.get("tt") == TEXT and meta(track).get("name") == role.track:
            tracks[number] = track | {"sg": [*entries(track.get("sg")), segment]}
            return draft | {"t": tracks}
    return draft | {"t": [*tracks, {"tt": TEXT, "sg": [segment], "m": {"name": role.track}}]}


def replaced(draft: JsonObject, which: list[WordsAt], change: Callable[[JsonObject], JsonObject | None]) -> JsonObject:
    """The draft with these texts changed; None takes one away, and its track when it was the last there."""
    chosen = {(one.track, one.place) for one in which}
    tracks: list[object] = []
    for number, track in enumerate(entries(draft.get("t"))):
        whole = table(track)
        if not any(number == at for at, _ in chosen):
            tracks.append(track)
            continue
        new: list[object] = []
        for place, one in enumerate(entries(whole.get("sg"))):
            kept = change(table(one)) if (number, place) in chosen else one
            if kept is not None:
                new.append(kept)
        if new:
            tracks.append(whole | {"sg": new})
    return draft | {"t": tracks}


def no_such_text(role: Role | None) -> Refused:
    """What to say when there is none to change or to take away."""
    told = role.told if role else {"en": "text", "zh": "文字"}
    return Refused(
        "no_text",
        {
            "en": f"There is no {told['en']} on the timeline. Add one first: add a title “Hello”.",
            "zh": f"时间线上没有{told['zh']}。请先添加，例如：添加标题“你好”。",
        },
    )
