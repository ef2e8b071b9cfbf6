"""What stood on the timeline before an edit, put back: the opposite of edits that have no words of their own. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.agent.edits.edit import Done, Edit, Refused, Scene
from nemovideo.engine.agent.edits.timeline import meta
from nemovideo.engine.wire import JsonObject, entries, table

__all__ = ["Former", "former"]


@dataclass(frozen=True, slots=True)
class Former:
    """Puts tracks of some kinds and keys of the draft's `m` back as they were; all else stays.

    Attributes:
        kinds: of tracks: `VIDEO`, `AUDIO`, `TEXT`.
        tracks: those of these kinds, each with its place among all.
        keys: of the draft's `m`, with their values; None for one that was not there.
        length: the draft's `d`.
    """

    kinds: tuple[int, ...]
    tracks: tuple[tuple[int, JsonObject], ...]
    keys: tuple[tuple[str, object], ...]
    length: object

    def apply(self, scene: Scene) -> Done | Refused:
        """Put them back."""
        kept = [track for track in entries(scene.draft.get("t")) if table(track).get("tt") not in self.kinds]
        for place, track in self.tracks:
            kept.insert(place, track)
        draft = scene.draft | {"t": kept, "m": _restored(meta(scene.draft), self.keys)}
        if self.kinds:
            draft["d"] = self.length
        return Done(draft, {"en": "It is as it was before.", "zh": "已恢复到之前的样子。"})

    def inverse(self, scene: Scene) -> Edit:
        """What is there now."""
        return former(scene, *self.kinds, keys=tuple(key for key, _ in self.keys))


def former(scene: Scene, *kinds: int, keys: tuple[str, ...] = ()) -> Former:
    """What the scene's draft has on tracks of these kinds and under these keys of its `m`."""
    found = [(place, table(track)) for place, track in enumerate(entries(scene.draft.get("t")))]
    return Former(
        kinds,
        tuple((place, track) for place, track in found if track.get("tt") in kinds),
        tuple((key, meta(scene.draft).get(key)) for key in keys),
        scene.draft.get("d"),
    )


def _restored(now: JsonObject, keys: tuple[tuple[str, object], ...]) -> JsonObject:
    new = now | dict(keys)
    return {key: value for key, value in new.items() if value is not None or key in now.keys() - dict(keys).keys()}
