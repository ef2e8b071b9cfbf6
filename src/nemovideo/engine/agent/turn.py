"""One turn of the conversation: a text and what the session holds go in, what to do and to say comes out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nemovideo.engine.agent.edits.plan import PlanWish, read_plan
from nemovideo.engine.agent.intents import Abilities, Compress, Missing, read
from nemovideo.engine.agent.mentions import mentions
from nemovideo.engine.agent.phrases import Language, language_of, listed, say, spoken_request
from nemovideo.engine.archive import SessionRow, UploadRow
from nemovideo.engine.drafts import shows, timeline_of, wishing
from nemovideo.engine.wire import JsonObject
from nemovideo.protocol.compress import CompressRequest
from nemovideo.protocol.planwords import PLAN
from nemovideo.protocol.routing import only_refuses
from nemovideo.protocol.sizes import told_limit, told_size

__all__ = ["ToolCall", "Turn", "take_turn"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What the agent did, as the stream tells it."""

    name: str
    args: JsonObject
    response: JsonObject


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer. `draft` is the new timeline, None when nothing changes: such a turn costs nothing.

    Where `plan` is set, the answer is still to be found, by looking ahead (`engine.foresight`).
    """

    text: str
    call: ToolCall | None = None
    draft: JsonObject | None = None
    plan: PlanWish | None = None


def take_turn(text: str, session: SessionRow, uploads: Sequence[UploadRow]) -> Turn:
    """Answer one message."""
    said = mentions(text, uploads)
    language = language_of(said.bare, session.language)
    if (plan := read_plan(said, session.draft, language)) is not None:
        return _planned(plan)
    understood = read(said, session.draft)
    if understood is None:
        if only_refuses(text):
            return Turn(say("refused", language))
        call = ToolCall("edit", {"text": text}, {"status": "error", "reason": "not_understood"})
        return Turn(say("not_understood", language), call)
    match understood[1]:
        case Compress() as wish:
            return _compress(wish, session, language)
        case Missing() as missing:
            names = listed(missing.names, language)
            args: JsonObject = {"source": missing.names[0]}
            call = ToolCall("compress", args, {"status": "error", "reason": "not_in_session"})
            return Turn(say("missing", language, name=names), call)
        case Abilities():
            return Turn(say("abilities", language))


def _planned(wish: PlanWish) -> Turn:
    if wish.problem is None:
        return Turn("", plan=wish)
    reason, text = wish.problem
    return Turn(text, ToolCall(PLAN, wish.args, {"status": "error", "reason": reason}))


def _compress(wish: Compress, session: SessionRow, language: Language) -> Turn:
    upload, args = wish.upload, wish.request.model_dump()
    if upload is None:
        return Turn(say("no_upload", language), ToolCall("compress", args, {"status": "error", "reason": "no_upload"}))
    args = {"source": upload.filename} | args
    if upload.kind != "video":
        text = say("no_picture", language, name=upload.filename, kind=upload.kind)
        return Turn(text, ToolCall("compress", args, {"status": "error", "reason": "no_picture"}))
    # A chain of edits keeps its timeline; another upload than the one shown begins a new one.
    before = session.draft if session.draft is not None and shows(session.draft, upload) else None
    draft = wishing(before or timeline_of(upload, session.name), wish.request)
    size, limit = told_size(upload.size), wish.request.max_bytes
    if limit is not None and upload.size <= limit and _only_size(wish.request):
        text = say("fits", language, name=upload.filename, size=size, limit=told_limit(limit))
    else:
        text = say("compress", language, name=upload.filename, size=size, wish=spoken_request(wish.request, language))
    if wish.others:
        text += "\n" + say("others", language, name=listed([other.filename for other in wish.others], language))
    return Turn(text, ToolCall("compress", args, {"status": "ok", "source": upload.hash}), draft)


def _only_size(request: CompressRequest) -> bool:
    """Whether a video that fits may stay as it is: nothing else was wished of its picture and sound."""
    plain = CompressRequest(max_bytes=request.max_bytes)
    return (request.codec, request.max_height, request.fps, request.audio) == (
        plain.codec, plain.max_height, plain.fps, plain.audio,
    )  # fmt: skip
