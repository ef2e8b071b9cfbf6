"""Which upload a message is about where it names none, and which one "the second video" is. Pure.

A chain of edits keeps its timeline: it is what "it" means until another video comes in. A timeline that shows an
upload as it came is no such chain; then the latest upload is meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nemovideo.engine.agent.edits.timeline import VIDEO, meta, segments
from nemovideo.engine.agent.numbers import NUMBER, number
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.archive import SessionRow, UploadRow
from nemovideo.engine.drafts import timeline_of
from nemovideo.engine.wire import JsonObject

if TYPE_CHECKING:  # a program's compress sentence needs no edit
    from nemovideo.engine.agent.edits.edit import Clause

__all__ = ["edited", "ranked", "with_ordinals"]

_WORDS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_THING = r"(?:video|clip|upload|file|movie|recording)"
_ORDINAL = Pattern(
    rf"(?<!\d[-\s])\b(?:the\s+)?(?:({'|'.join(_WORDS)})|(\d)(?:st|nd|rd|th)|(last|latest|newest)|(other))\s+{_THING}\b"
    rf"|第\s*({NUMBER})\s*(?:个|段|条)?(?:视频|片段|文件|素材)|(最后|最新)(?:一?[个段条]|的)?(?:视频|片段|文件|素材)"
    r"|(另外?一?[个段条])(?:视频|片段|文件|素材)?"
)
_UNSEEN = frozenset({"title", "nemovideo"})  # what a draft's `m` says that is not seen or heard


def edited(draft: JsonObject | None, uploads: Sequence[UploadRow]) -> bool:
    """Whether a draft shows anything else than one upload as it came."""
    if draft is None:
        return False
    found = segments(draft, VIDEO)
    sources = {upload.hash: upload for upload in uploads}
    source = sources.get(str(meta(found[0]).get("src"))) if found else None
    if source is None:
        return bool(found)
    plain = timeline_of(source, "")
    seen, usual = (
        {key: value for key, value in meta(one).items() if key not in _UNSEEN and value is not None}
        for one in (draft, plain)
    )
    return draft.get("t") != plain["t"] or seen != usual


def ranked(session: SessionRow, uploads: Sequence[UploadRow]) -> tuple[UploadRow, ...]:
    """The uploads, the one last that is meant where a message names none."""
    places = [place for place, upload in enumerate(uploads) if upload.id == session.latest]
    news = uploads[places[-1] + 1 :] if places else uploads
    if session.draft is None or any(upload.kind == "video" for upload in news):
        return tuple(uploads)
    if not edited(session.draft, uploads):
        return tuple(uploads)
    shown = {meta(piece).get("src") for piece in segments(session.draft, VIDEO)}
    return (*(one for one in uploads if one.hash not in shown), *(one for one in uploads if one.hash in shown))


def with_ordinals(clause: Clause, draft: JsonObject | None, uploads: Sequence[UploadRow]) -> Clause:
    """The clause with "the second video" read as the name of an upload, where the timeline has not several clips."""
    pieces = [] if draft is None else segments(draft, VIDEO)
    if clause.files or len(pieces) > 1:
        return clause
    videos = list({one.hash: one for one in uploads if one.kind == "video"}.values())
    shown = {meta(piece).get("src") for piece in pieces}
    files: list[UploadRow] = []

    def name(found: re.Match[str]) -> str:
        others = [video for video in videos if video.hash not in shown]
        if found[4] or found[7]:
            place = videos.index(others[0]) if len(others) == 1 else len(videos)
        elif found[3] or found[6]:
            place = len(videos) - 1
        else:
            place = _WORDS.index(found[1]) if found[1] else int(number(found[2] or found[5])) - 1
        if not 0 <= place < len(videos):
            return found[0]
        files.append(videos[place])
        return " the video "

    text = " ".join(_ORDINAL.sub(name, clause.text).split())
    return replace(clause, text=text, files=tuple(files)) if files else clause
