"""Which clips of the timeline words mean: those of a named file, "the second clip", or all. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nemovideo.engine.agent.edits.edit import Clause, Refused, Said, Scene
from nemovideo.engine.agent.edits.timeline import VIDEO, meta, segments
from nemovideo.engine.agent.numbers import NUMBER, number
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.wire import JsonObject, entries, table

__all__ = ["ALL", "Clips", "clip_named", "clips_in", "each"]

_ORDINALS = {
    word: place
    for place, words in enumerate(
        ("first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th", "seventh 7th", "eighth 8th"), 1
    )
    for word in words.split()
} | {"last": -1, "final": -1}
_THING = r"(?:clips?|videos?|shots?|segments?|scenes?|pieces?|files?)\b"
_NTH = Pattern(
    rf"(?<!\d[-\s])\b({'|'.join(_ORDINALS)})\s+{_THING}"
    r"|\b(?:clip|segment|shot|piece)\s+(?:number\s+|no\.?\s*|#)?(\d{1,2})\b(?!\s*(?:°|deg|%|x\b|s\b|sec|times|p\b|fps|db|:))"
)
_NTH_CHINESE = Pattern(
    rf"第\s*({NUMBER})\s*(?:段|个?(?:片段|视频|镜头|素材))|(最后)一?(?:段|个?(?:片段|视频|镜头|素材))"
)


@dataclass(frozen=True, slots=True)
class Clips:
    """Some of the timeline's clips.

    Attributes:
        src: only those of this upload, by its hash.
        name: of that upload.
        nth: only this one, from 1; -1 is the last.
    """

    src: str | None = None
    name: str = ""
    nth: int | None = None

    def places(self, draft: JsonObject) -> frozenset[int]:
        """Which of the draft's video segments, from 0; empty when there is no such clip."""
        found = segments(draft, VIDEO)
        if self.nth is not None:
            place = self.nth - 1 if self.nth > 0 else len(found) + self.nth
            return frozenset({place} & set(range(len(found))))
        return frozenset(n for n, one in enumerate(found) if self.src is None or meta(one).get("src") == self.src)

    def whole(self, draft: JsonObject) -> bool:
        """Whether these are all clips of the timeline."""
        return len(self.places(draft)) == len(segments(draft, VIDEO))

    def told(self) -> Said:
        """As a sentence names them."""
        if self.nth is not None:
            last = self.nth < 0
            return {
                "en": "the last clip" if last else f"clip {self.nth}",
                "zh": "最后一段" if last else f"第 {self.nth} 段",
            }
        return {"en": self.name or "the video", "zh": self.name or "视频"}

    def missing(self, draft: JsonObject) -> Refused:
        """What to say when there is no such clip."""
        count = len(segments(draft, VIDEO))
        if not count:
            return Refused(
                "no_picture",
                {
                    "en": "There is no picture on the timeline, so there is nothing to change. Add a video first.",
                    "zh": "时间线上没有画面，无法修改。请先加入视频。",
                },
            )
        told = self.told()
        return Refused(
            "no_such_clip",
            {
                "en": f"I did not find {told['en']} on the timeline, which has {count}. Name one that is there.",
                "zh": f"时间线上没有{told['zh']}，目前共有 {count} 段。请指出其中一段。",
            },
        )


ALL = Clips()


def clips_in(clause: Clause, scene: Scene) -> Clips:
    """The clips that a clause means; all of them where it names none."""
    if found := _NTH.search(clause.text):
        return Clips(nth=_ORDINALS[found[1]] if found[1] else int(found[2]))
    if found := _NTH_CHINESE.search(clause.text):
        return Clips(nth=-1 if found[2] else int(number(found[1])))
    shown = {meta(one).get("src") for one in segments(scene.draft, VIDEO)}
    for file in clause.files:
        if file.hash in shown and len(shown) > 1:
            return Clips(src=file.hash, name=file.filename)
    return ALL


def clip_named(text: str) -> bool:
    """Whether a plain text names a clip by its number."""
    return _NTH.search(text) is not None or _NTH_CHINESE.search(text) is not None


def each(draft: JsonObject, kind: int, change: Callable[[int, JsonObject], JsonObject]) -> JsonObject:
    """The draft with each segment of a kind changed; `change` is given its place among them, from 0."""
    place, tracks = 0, list[object]()
    for track in entries(draft.get("t")):
        whole = table(track)
        if whole.get("tt") == kind:
            new: list[JsonObject] = []
            for one in entries(whole.get("sg")):
                new.append(change(place, table(one)))
                place += 1
            tracks.append(whole | {"sg": new})
        else:
            tracks.append(track)
    return draft | {"t": tracks}
