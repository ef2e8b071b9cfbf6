"""An edit's numbers as a tool call tells them: simple values, files by their names, and no path of any. Pure."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import cast

from nemovideo.engine.agent.clips import Clips
from nemovideo.engine.agent.edits.edit import Edit, Scene
from nemovideo.engine.agent.spans import Span
from nemovideo.engine.archive import UploadRow
from nemovideo.engine.wire import JsonObject

__all__ = ["arguments"]


def arguments(edit: Edit, scene: Scene) -> JsonObject:
    """What the edit was told, in simple values: numbers, spans, files by their names."""
    args: JsonObject = {"source": scene.upload.filename}
    for name in _names(edit):
        if (told := _told(getattr(edit, name))) is not None:
            args[name] = told
    return args


def _names(edit: Edit) -> list[str]:
    """The names of an edit's numbers; an edit is a dataclass."""
    return [each.name for each in fields(edit)] if is_dataclass(edit) else []


def _told(value: object) -> object:
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, UploadRow):
        return value.filename
    if isinstance(value, Span):
        return {"start": value.start, "end": value.end} | ({"share": True} if value.share else {})
    if isinstance(value, Clips):
        return value.name or value.nth
    if isinstance(value, tuple):
        told = [_told(each) for each in cast("tuple[object, ...]", value)]
        return None if None in told else told
    return None
