"""The stretches of the timeline that an edit's words mean: of the whole, or of one clip of several. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from nemovideo.engine.agent.clips import Clips
from nemovideo.engine.agent.edits.edit import Refused, Scene
from nemovideo.engine.agent.edits.pieces import beginning, ending, laid, leading
from nemovideo.engine.agent.edits.timeline import VIDEO
from nemovideo.engine.agent.spans import Span
from nemovideo.engine.agent.spoken import clock, lasting
from nemovideo.engine.wire import JsonObject

__all__ = ["empty", "pieces_of", "reach", "stretches"]

_SLACK = 250  # ms: a film of "10 seconds" may last 9.97


def pieces_of(scene: Scene) -> list[JsonObject]:
    """The pieces that make the length, with all their times."""
    return laid(scene.draft, leading(scene.draft), scene.uploads)


def reach(scene: Scene, clips: Clips) -> tuple[int, int] | Refused:
    """From where to where the clips lie on the timeline."""
    pieces = pieces_of(scene)
    if not pieces:
        return clips.missing(scene.draft)
    if leading(scene.draft) != VIDEO or clips.whole(scene.draft):
        return 0, ending(pieces[-1])
    places = sorted(clips.places(scene.draft))
    if not places:
        return clips.missing(scene.draft)
    if places[-1] - places[0] >= len(places):
        name = clips.told()
        return Refused(
            "several_places",
            {
                "en": f"{name['en']} is on the timeline in several places. Say which clip: “clip 1”, “the last clip”.",
                "zh": f"{name['zh']} 在时间线上出现了几处，请说明是第几段，例如“第 1 段”。",
            },
        )
    return beginning(pieces[places[0]]), ending(pieces[places[-1]])


def stretches(scene: Scene, spans: Sequence[Span], clips: Clips) -> list[tuple[int, int]] | Refused:
    """The spans on the timeline, in milliseconds; refused where one lies beyond its end."""
    found = reach(scene, clips)
    if isinstance(found, Refused):
        return found
    start, end = found
    length = end - start
    result: list[tuple[int, int]] = []
    for span in spans:
        first, last = span.within(length)
        if first < -_SLACK or last > length + _SLACK or first >= length or last <= 0:
            return _beyond(first, last, length)
        first, last = max(0, first), min(last, length)
        result.append((start + first, start + last))
    return result


def _beyond(first: int, last: int, length: int) -> Refused:
    asked = length - first if first < 0 else max(first, last)
    tell = {
        "en": f"It is {lasting(length, 'en')} long, so there is nothing at {clock(asked)}",
        "zh": f"目前只有 {lasting(length, 'zh')}，没有 {clock(asked)} 处的内容",
    }
    if first < 0:
        tell = {
            "en": f"It is {lasting(length, 'en')} long, so it has no last {lasting(asked, 'en')}",
            "zh": f"目前只有 {lasting(length, 'zh')}，没有最后 {lasting(asked, 'zh')}",
        }
    return Refused(
        "beyond_end",
        {"en": f"{tell['en']}. Name a time within it.", "zh": f"{tell['zh']}。请给出这个范围内的时间。"},
    )


def empty() -> Refused:
    """Nothing would be left."""
    return Refused(
        "empty",
        {
            "en": "That would leave nothing of the film, so it stays as it is. Remove less, or say “start over”.",
            "zh": "这样影片就什么都不剩了，因此没有改动。请少删一些，或说“还原”。",
        },
    )
