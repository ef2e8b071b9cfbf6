"""Clips one behind the other: put in, taken out and moved as wholes; words and music follow. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nemovideo.engine.agent.edits.edit import Refused, Scene
from nemovideo.engine.agent.edits.followers import followed
from nemovideo.engine.agent.edits.pieces import Warp, ending, laid
from nemovideo.engine.agent.edits.timeline import VIDEO, meta, placed
from nemovideo.engine.archive import UploadRow
from nemovideo.engine.drafts import timeline_of
from nemovideo.engine.wire import JsonObject

__all__ = ["arranged", "begun", "no_film", "shown", "source_of", "told_order", "unfit"]


def source_of(piece: JsonObject) -> str:
    """The hash of the upload that a piece shows."""
    return str(meta(piece).get("src"))


def shown(draft: JsonObject) -> list[str]:
    """The uploads on the picture's track, by hash, each once, in order."""
    return list(dict.fromkeys(source_of(piece) for piece in laid(draft, VIDEO, ())))


def begun(scene: Scene, upload: UploadRow) -> JsonObject:
    """A new timeline of one upload, in place of the scene's."""
    return timeline_of(upload, str(meta(scene.draft).get("title") or ""))


def arranged(
    draft: JsonObject, pieces: Sequence[JsonObject], scene: Scene, *, shift: Callable[[int], int]
) -> JsonObject:
    """The draft with these pieces one behind the other; `shift` tells where a moment lies then."""
    new = placed(pieces)
    return followed(draft, new, Warp(shift, ending(new[-1]) if new else 0), scene.uploads)


def told_order(draft: JsonObject) -> str:
    """The clips' names in order, "intro.mp4, talk.mp4"; one that is cut in two pieces stands there once."""
    names = [str(meta(piece).get("title") or "?") for piece in laid(draft, VIDEO, ())]
    return ", ".join(name for name, before in zip(names, ["", *names], strict=False) if name != before)


def unfit(files: Sequence[UploadRow]) -> Refused | None:
    """Why one of the files cannot be a clip; None where all can."""
    for file in files:
        if file.kind == "video" and file.duration:
            continue
        kind = {"image": "a still picture", "audio": "sound"}.get(file.kind, "no video")
        zh = {"image": "静止图片", "audio": "音频"}.get(file.kind, "不是视频")
        return Refused(
            "no_picture",
            {
                "en": f"{file.filename} is {kind}; only videos can be clips of the timeline.",
                "zh": f"{file.filename} 是{zh}；时间线上只能放视频片段。",
            },
        )
    return None


def no_film() -> Refused:
    """There is nothing to put in order."""
    return Refused(
        "no_picture",
        {
            "en": "There is no clip on the timeline that this could be done to. Upload a video first.",
            "zh": "时间线上没有可以这样处理的片段。请先传入视频。",
        },
    )
