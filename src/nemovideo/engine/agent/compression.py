"""A wish to compress, written into the draft and told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nemovideo.engine.agent.answer import ToolCall
from nemovideo.engine.agent.intents import Compress
from nemovideo.engine.agent.language import Language, listed
from nemovideo.engine.agent.mentions import Mentions
from nemovideo.engine.agent.phrases import say, spoken_request
from nemovideo.engine.agent.subjects import edited
from nemovideo.engine.archive import UploadRow
from nemovideo.engine.config import MOST_BYTES
from nemovideo.engine.drafts import shows, timeline_of, wishing
from nemovideo.engine.wire import JsonObject
from nemovideo.protocol.compress import CompressRequest
from nemovideo.protocol.sizes import told_limit, told_size

__all__ = ["Compressed", "compress", "program_wish"]


@dataclass(frozen=True, slots=True)
class Compressed:
    """What came of the wish; `draft` is None where nothing did."""

    text: str
    call: ToolCall
    draft: JsonObject | None = None


def program_wish(text: str, said: Mentions) -> Compress | None:
    """The wish of a program, which says nothing but `CompressRequest.to_sentence`; None for words of people."""
    if not text.startswith("compress this video"):
        return None
    request = CompressRequest.from_sentence(text)
    if request is None or request.to_sentence() != text or (request.max_bytes or 0) > MOST_BYTES:
        return None
    return Compress(request, said.upload, said.others)


def compress(
    wish: Compress, held: JsonObject | None, uploads: Sequence[UploadRow], name: str, language: Language
) -> Compressed:
    """Write the wish into the timeline; another upload than those shown begins a new one.

    Args:
        wish: what is wished, of which upload.
        held: the timeline as it is.
        uploads: of the session.
        name: of the session, which titles a new timeline.
        language: of the answer.
    """
    upload, args = wish.upload, wish.request.model_dump()
    if upload is None:
        call = ToolCall("compress", args, {"status": "error", "reason": "no_upload"})
        return Compressed(say("no_upload", language), call)
    args = {"source": upload.filename} | args
    if upload.kind != "video":
        text = say("no_picture", language, name=upload.filename, kind=upload.kind)
        return Compressed(text, ToolCall("compress", args, {"status": "error", "reason": "no_picture"}))
    before = held if held is not None and shows(held, upload) else None
    draft = wishing(before or timeline_of(upload, name), wish.request)
    size, limit = told_size(upload.size), wish.request.max_bytes
    whole = not edited(before, uploads)
    spoken = spoken_request(wish.request, language)
    if not whole:
        text = say("compress_edited", language, wish=spoken)
    elif limit is not None and upload.size <= limit and _only_size(wish.request):
        text = say("fits", language, name=upload.filename, size=size, limit=told_limit(limit))
    else:
        text = say("compress", language, name=upload.filename, size=size, wish=spoken)
    if before is None and edited(held, uploads):
        text += "\n" + say("begun", language, name=upload.filename)
    others = [other for other in wish.others if before is None or not shows(before, other)]
    if others:
        text += "\n" + say("others", language, name=listed([other.filename for other in others], language))
    return Compressed(text, ToolCall("compress", args, {"status": "ok", "source": upload.hash}), draft)


def _only_size(request: CompressRequest) -> bool:
    """Whether a video that fits may stay as it is: nothing else was wished of its picture and sound."""
    plain = CompressRequest(max_bytes=request.max_bytes)
    return (request.codec, request.max_height, request.fps, request.audio) == (
        plain.codec, plain.max_height, plain.fps, plain.audio,
    )  # fmt: skip
