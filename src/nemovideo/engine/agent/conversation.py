"""A message in anybody's words, answered: what is to be edited, compressed, taken back, or told. Pure.

It is a module apart because it brings every edit with it: measured, 0.1 s of a core, which a program's own sentence
(`turn`) does not pay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nemovideo.engine.agent.abilities import abilities
from nemovideo.engine.agent.answer import ToolCall, Turn
from nemovideo.engine.agent.clauses import message
from nemovideo.engine.agent.compression import compress
from nemovideo.engine.agent.editing import Editing
from nemovideo.engine.agent.edits.timeline import meta
from nemovideo.engine.agent.intents import Abilities, Compress, Missing, read
from nemovideo.engine.agent.language import Language, listed
from nemovideo.engine.agent.mentions import Mentions
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.phrases import say
from nemovideo.engine.agent.reading import Compressing, Part, Unknown, modest, parts
from nemovideo.engine.agent.wording import spares
from nemovideo.engine.archive import SessionRow, UploadRow
from nemovideo.engine.history import History
from nemovideo.engine.wire import JsonObject
from nemovideo.protocol.routing import only_refuses, route

__all__ = ["answered"]

# A fragment beside a wish to compress that begins so is a wish of its own; "my mail takes 2 MB" is none.
_ORDER = Pattern(
    r"(?:please\s+|then\s+|also\s+)*(?:add|put|insert|remove|delete|make|turn|change|paint|apply|replace|cut|trim|rotate|give|draw|set|generate)\b"
    r"|[加把将删换改剪去做画]",
    re.IGNORECASE,
)


def answered(
    text: str,
    said: Mentions,
    session: SessionRow,
    uploads: tuple[UploadRow, ...],
    *,
    history: History,
    language: Language,
) -> Turn:
    """Answer a message that asks for no plan.

    Args:
        text: the message.
        said: the files that it names.
        session: with the timeline as it is.
        uploads: of the session, the one last that is meant where none is named.
        history: what an undo can bring back.
        language: of the answer.
    """
    told = message(text, uploads)
    editing = Editing(told, session, uploads, said.upload or _NOBODY, history, language)
    found = parts(told, editing.read, held=_holds_request(session.draft))
    if _only_compresses(found):
        return _whole(text, said, session, uploads, language=language)
    if not any(not isinstance(part.what, Unknown) for part in found):
        turn = _whole(text, said, session, uploads, language=language)
        if len(found) < 2 or not turn.calls:
            return turn
    if said.upload is None:
        return _no_film(found, language)
    return editing.take(found)


def _whole(
    text: str, said: Mentions, session: SessionRow, uploads: tuple[UploadRow, ...], *, language: Language
) -> Turn:
    """The message as one wish: to compress, to know what can be done, or nothing that is understood."""
    understood = read(said, session.draft)
    if understood is None:
        if only_refuses(text) or spares(text) or (text.strip() and modest(text)):
            return Turn(say("refused", language))
        if "chat" not in route(text):
            return Turn(say("not_mine", language))
        call = ToolCall("edit", {"text": text}, {"status": "error", "reason": "not_understood"})
        return Turn(say("not_understood", language, abilities=abilities(language)), (call,))
    match understood[1]:
        case Compress() as wish:
            done = compress(wish, session.draft, uploads, session.name, language)
            return Turn(done.text, (done.call,), done.draft, edits=True, paid=True)
        case Missing() as missing:
            names = listed(missing.names, language)
            args: JsonObject = {"source": missing.names[0]}
            call = ToolCall("compress", args, {"status": "error", "reason": "not_in_session"})
            return Turn(say("missing", language, name=names), (call,))
        case Abilities():
            return Turn(say("abilities", language, abilities=abilities(language)))


def _only_compresses(found: Sequence[Part]) -> bool:
    """Whether all that a message wishes is a compression: what surrounds it are reasons and explanations."""
    if not any(isinstance(part.what, Compressing) for part in found):
        return False
    return all(
        isinstance(part.what, Compressing) or (isinstance(part.what, Unknown) and not _ORDER.match(part.clause.text))
        for part in found
    )


def _no_film(found: Sequence[Part], language: Language) -> Turn:
    calls = tuple(
        ToolCall("edit", {"text": part.clause.said}, {"status": "error", "reason": "no_upload"}) for part in found
    )
    return Turn(say("no_film", language), calls)


def _holds_request(draft: JsonObject | None) -> bool:
    return draft is not None and meta(draft).get("nemovideo") is not None


_NOBODY = UploadRow("", "", "", "", "video", "", "", 0, 0, 0, None, None, None, None)  # where nothing was uploaded
