"""A message's parts done one after the other: each to the timeline that the one before left. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from nemovideo.engine.agent.abilities import abilities
from nemovideo.engine.agent.answer import Moves, ToolCall, Turn
from nemovideo.engine.agent.arguments import arguments
from nemovideo.engine.agent.beside import limit_said
from nemovideo.engine.agent.clauses import Message
from nemovideo.engine.agent.compression import compress
from nemovideo.engine.agent.edits.edit import Clause, Refused, Scene
from nemovideo.engine.agent.edits.table import EDITS
from nemovideo.engine.agent.edits.timeline import VIDEO, meta, segments
from nemovideo.engine.agent.going import went
from nemovideo.engine.agent.intents import Compress, compression_in
from nemovideo.engine.agent.language import Language
from nemovideo.engine.agent.phrases import say
from nemovideo.engine.agent.reading import Asked, Compressing, Found, Part, Unknown
from nemovideo.engine.agent.steps import Step
from nemovideo.engine.agent.subjects import edited, with_ordinals
from nemovideo.engine.agent.unable import Unable
from nemovideo.engine.archive import SessionRow, UploadRow
from nemovideo.engine.drafts import shows, timeline_of
from nemovideo.engine.history import History
from nemovideo.engine.wire import JsonObject

__all__ = ["Editing"]


@dataclass(slots=True)
class Editing:
    """A session's timeline while a message is worked on."""

    message: Message
    session: SessionRow
    uploads: tuple[UploadRow, ...]
    upload: UploadRow
    history: History
    language: Language
    draft: JsonObject | None = None
    chain: list[JsonObject | None] = field(default_factory=list[JsonObject | None])
    moves: Moves = field(default_factory=Moves)
    calls: list[ToolCall] = field(default_factory=list[ToolCall])
    said: list[str] = field(default_factory=list[str])
    refused: list[str] = field(default_factory=list[str])
    unknown: list[str] = field(default_factory=list[str])
    between: list[JsonObject] = field(default_factory=list[JsonObject])
    paid: bool = False
    unable: list[Unable] = field(default_factory=list[Unable])

    def __post_init__(self) -> None:
        self.draft = self.session.draft
        if self.upload.kind != "video" and (films := self._videos()):
            self.upload = films[-1]  # "mute it and use song.mp3 instead" names the song, and means the film

    def scene(self, clause: Clause, *, takes_files: bool = False) -> Scene:
        """What an edit of this clause looks at: the timeline, or a new one where it is about another upload."""
        named = None if takes_files else next((file for file in clause.files if file.kind == "video"), None)
        if named is not None or (clause.files and not takes_files):
            upload = named or clause.files[0]
        elif takes_files and self.draft is not None and segments(self.draft, VIDEO):
            return Scene(self.draft, self.uploads, self._shown(self.draft))
        elif takes_files and (rest := [one for one in self._videos() if one not in clause.files]):
            upload = rest[-1]
        else:
            upload = self.upload
        if self.draft is not None and shows(self.draft, upload):
            return Scene(self.draft, self.uploads, upload)
        return Scene(timeline_of(upload, self.session.name), self.uploads, upload)

    def read(self, clause: Clause) -> Found | None:
        """The edit that a clause asks for."""
        clause = with_ordinals(clause, self.draft, self.uploads)
        for kind in EDITS:
            if (edit := kind.read(clause, self.scene(clause, takes_files=kind.takes_files))) is not None:
                return Found(kind, edit)
        return None

    def take(self, parts: Sequence[Part]) -> Turn:
        """Do them all, in order, and tell what was done and what was not."""
        places = [place for place, part in enumerate(parts) if isinstance(part.what, Compressing)]
        for place, part in enumerate(parts):
            if missing := self._missing(part):
                self._miss(part, missing)
            elif isinstance(part.what, Found):
                self._edit(part, part.what)
            elif isinstance(part.what, Step):
                self._step(part.what)
            elif isinstance(part.what, Compressing):
                if place == places[0]:
                    self._compress([parts[each] for each in places])
            else:
                self._leave(part)
        return self._turn()

    def _edit(self, part: Part, found: Found) -> None:
        clause = with_ordinals(part.clause, self.draft, self.uploads)
        again = self.read(part.clause)  # the timeline may be another by now
        if again is not None and again.kind is found.kind:
            found = again
        scene = self.scene(clause, takes_files=found.kind.takes_files)
        if scene.upload.kind != "video":
            text = say("not_a_film", self.language, name=scene.upload.filename, kind=scene.upload.kind)
            self._refuse(found, scene, "no_picture", text)
            return
        outcome = found.edit.apply(scene)
        if isinstance(outcome, Refused):
            self._refuse(found, scene, outcome.reason, outcome.said[self.language])
            return
        self._begun(scene)
        self.upload = scene.upload if shows(outcome.draft, scene.upload) else self._shown(outcome.draft)
        self._write(outcome.draft)
        self.said.append(outcome.said[self.language])
        response = {"status": "ok", "source": scene.upload.hash, "changed": outcome.draft != scene.draft}
        self.calls.append(ToolCall(found.kind.name, arguments(found.edit, scene), response))

    def _compress(self, parts: Sequence[Part]) -> None:
        words = ", ".join(self.message.clause(part.start, part.end).said for part in parts)
        upload = next((file for part in parts for file in part.clause.files if file.kind == "video"), self.upload)
        request = compression_in(words, upload, self.draft)
        if request is None or request.max_bytes is None:
            size = next(filter(None, (limit_said(part.clause.text) for part in parts)), None)
            request = compression_in(f"compress to {size}, {words}", upload, self.draft) if size else request
        if request is None:
            self.unknown.append(words)
            return
        done = compress(Compress(request, upload), self.draft, self.uploads, self.session.name, self.language)
        self.calls.append(done.call)
        if done.draft is None:
            self.refused.append(done.text)
        else:
            self._write(done.draft)
            self.said.append(done.text)

    def _step(self, step: Step) -> None:
        outcome = went(step, self)
        self.calls.append(outcome.call)
        (self.said if outcome.done else self.refused).append(outcome.text)

    def _leave(self, part: Part) -> None:
        words = part.clause.said
        if isinstance(part.what, Asked):
            self.said.append(say("asked", self.language, words=part.what.words))
            return
        if isinstance(part.what, Unable):
            self.unable.append(part.what)
            response = {"status": "error", "reason": "unable", "what": part.what.name}
            text = say("unable", self.language, what=part.what.what[self.language], words=words)
            self.refused.append(text)
        else:
            self.unknown.append(words)
            response = {"status": "error", "reason": "not_understood"}
        self.calls.append(ToolCall("edit", {"text": words}, response))

    def _missing(self, part: Part) -> list[str]:
        if isinstance(part.what, Step | Unable | Asked | Unknown):
            return []
        return self.message.missing(part.start, part.end)

    def _miss(self, part: Part, names: list[str]) -> None:
        name = part.what.kind.name if isinstance(part.what, Found) else "compress"
        self.calls.append(ToolCall(name, {"source": names[0]}, {"status": "error", "reason": "not_in_session"}))
        comma = "、" if self.language == "zh" else ", "
        self.refused.append(say("not_here", self.language, name=comma.join(names)))

    def _refuse(self, found: Found, scene: Scene, reason: str, text: str) -> None:
        self.calls.append(
            ToolCall(found.kind.name, arguments(found.edit, scene), {"status": "error", "reason": reason})
        )
        self.refused.append(text)

    def _begun(self, scene: Scene) -> None:
        """Tell that another upload's timeline begins; its whole length is then what an undo comes back to first."""
        if scene.draft is self.draft or scene.draft == self.draft:
            return
        wished = self.draft is not None and meta(self.draft).get("nemovideo") is not None
        if wished or edited(self.draft, self.uploads):
            self.said.append(say("begun", self.language, name=scene.upload.filename))
            if self.chain and self.draft is not None:
                self.between.append(self.draft)
        elif self.draft is not None:
            self.chain.append(self.draft)
            self.between.append(scene.draft)
            self.draft = scene.draft

    def _write(self, draft: JsonObject) -> None:
        if draft != self.draft:
            self.chain.append(self.draft)
            self.draft = draft
            self.paid = True

    def _shown(self, draft: JsonObject) -> UploadRow:
        there = [meta(piece).get("src") for piece in segments(draft, VIDEO)]
        return next((one for one in self.uploads if one.hash in there), self.upload)

    def _videos(self) -> list[UploadRow]:
        return [upload for upload in self.uploads if upload.kind == "video"]

    def _turn(self) -> Turn:
        text = _sentences(self.said, self.language)
        if not self.said and len(self.unable) == 1 and len(self.calls) == 1:
            what = self.unable[0].what[self.language]
            text = say("unable_alone", self.language, what=what, abilities=abilities(self.language))
        elif self.refused:
            text = "\n".join([*filter(None, [text]), *self.refused])
        if self.unknown:
            told = self._not_understood()
            text = f"{text}\n{told}" if text else told
        changed = self.draft != self.session.draft
        return Turn(
            text,
            tuple(self.calls),
            self.draft if changed else None,
            between=tuple(self.between),
            moves=self.moves if changed else Moves(),
            edits=bool(self.chain),
            paid=self.paid and bool(self.chain),
        )

    def _not_understood(self) -> str:
        if not self.said and not self.refused and len(self.unknown) == 1:
            return say("not_understood", self.language, abilities=abilities(self.language))
        zh = self.language == "zh"
        words = ("、" if zh else " and ").join(f"“{words}”" for words in self.unknown)
        return say("part_not_understood", self.language, words=words, abilities=abilities(self.language))


def _sentences(said: Sequence[str], language: Language) -> str:
    """The sentences in a row; one that has lines of its own stands on a line of its own."""
    if not said:
        return ""
    blank = "" if language == "zh" else " "
    text = said[0]
    for before, after in pairwise(said):
        text += ("\n" if "\n" in before + after else blank) + after
    return text
