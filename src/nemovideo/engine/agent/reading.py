"""A message's fragments into things to do, each with the words that ask for it. Pure.

A fragment that says nothing by itself belongs to its neighbour, if that one says something else with it; else it is
not understood, and no guess is made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from nemovideo.engine.agent.beside import spread
from nemovideo.engine.agent.clauses import Message
from nemovideo.engine.agent.edits.edit import Clause, Edit
from nemovideo.engine.agent.following import gone_too, how_in, keeps_sound, of_the_same
from nemovideo.engine.agent.parting import apart
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spans import span_found
from nemovideo.engine.agent.steps import Step, step_in
from nemovideo.engine.agent.unable import Unable, of_speech, unable_in
from nemovideo.engine.agent.wish import Asked, Compressing, Found, Part, Reader, Unknown, What
from nemovideo.engine.agent.wording import spares
from nemovideo.protocol.clauses import clauses
from nemovideo.protocol.routing import only_refuses, route
from nemovideo.protocol.wishwords import only_details, wishes

__all__ = ["Asked", "Compressing", "Found", "Part", "Reader", "Unknown", "idle", "modest", "parts"]


_PLACE = Pattern(
    r"(?:(?:right|just|placed?|positioned|aligned|centered|shown?|and)\s+)*(?:(?:at|on|in|to|for|from|with|as|near)\s+)?(?:the\s+)?(?:very\s+)?"
    r"(?:top|bottom|left|right|cent(?:er|re)|middle|corner|start|beginning|end|screen|front|back|whole\s+\w+|entire\s+\w+)"
    r"(?:[\s-]+(?:left|right|cent(?:er|re)|corner|of\s+the\s+(?:screen|frame|video|picture)))*"
    r"|(?:在|放在)?(?:画面|屏幕|视频)?的?(?:上|下|左|右|中)[上下左右]?(?:方|面|边|角|间|央)?"
)
_OF_QUALITY = Pattern(r"\bqualit|\blos(?:e|ing|s)\b|\bsize\b|\bbytes?\b|\d\s*[kmg]b\b|画质|清晰|大小|兆", re.IGNORECASE)
_FADES = Pattern(r"^(?:with\s+(?:an?\s+)?)?fad(?:e|ing)(?:[\s-]+(?:in|out))?$")
_FAR = 300  # characters: nobody needs more for one wish, and reading ever longer words takes long
_SAME = Pattern(r"\b(?:the\s+same|likewise)\b|一样|同样|也是")
_MODEST = Pattern(
    r"\b(?:please|thanks?(?:\s+you)?|that'?s\s+(?:it|all)|nothing\s+else|(?:keep|leave)\s+(?:everything|the\s+rest|all)(?:\s+else)?(?:\s+(?:as\s+(?:it\s+is|is)|alone|the\s+same|unchanged))?|then\s+i'?m\s+done|ok(?:ay)?|hi|hello|oops|never\s?mind|no|wait|hmm|sorry)\b[\s.!]*|谢谢.*|不对|不是|算了|等等|其他不变|其余不变|就这样|好的?",
    re.IGNORECASE,
)


def modest(words: str) -> bool:
    """Whether words say nothing but thanks and the like."""
    return not words.strip() or _MODEST.fullmatch(words.strip()) is not None


def idle(words: str) -> bool:
    """Whether words ask the agent for nothing: politeness, and what a client does itself (export, credits …)."""
    if modest(words) or only_refuses(words):
        return True
    if "chat" not in route(words):
        return True
    return not any(clause.letters for clause in clauses(words))


@dataclass(slots=True)
class _Reading:
    message: Message
    read: Reader
    held: bool
    found: list[Part] = field(default_factory=list[Part])
    waiting: Part | None = None

    def take(self, start: int, end: int) -> None:
        """Take the next fragment, with every wish that it holds."""
        first = self.message.clause(start, end)
        for at, until in apart(self.message, start, end, self._what):
            self._take(at, until, first if at > start else None)

    def _take(self, start: int, end: int, whole: Clause | None) -> None:
        """Take one wish; what it names no clip for is about the one that the `whole` names."""
        part = self._alone(start, end, whole)
        if part is None:
            return
        if isinstance(part.what, Unknown):
            part = self._as_the_last(part)
        if not isinstance(part.what, Unknown | Unable):
            if self.waiting is not None:
                part = self._with_waiting(part)
            self.found.append(part)
            return
        if self.waiting is not None:
            self._still_waiting(part)
        elif (joined := self._to_the_last(part)) is not None:
            self.found[-1] = joined
        elif isinstance(part.what, Unable):
            self.found.append(part)
        else:
            self.waiting = part

    def _still_waiting(self, part: Part) -> None:
        """Two fragments in a row that say nothing by themselves: one wish, until a third tells."""
        waiting = self.waiting or part
        clause = self.message.clause(waiting.start, part.end)
        far = part.end - waiting.start > _FAR
        whole = replace(waiting, clause=clause, end=part.end, what=Unknown() if far else self._what(clause))
        if isinstance(whole.what, Unknown):
            self.waiting = whole
        else:
            self.waiting = None
            self.found.append(whole)

    def done(self) -> list[Part]:
        """Everything that was found, in order."""
        if self.waiting is not None:
            self.found.append(self.waiting)
        return self.found

    def _alone(self, start: int, end: int, whole: Clause | None = None) -> Part | None:
        clause = self.message.clause(start, end)
        if whole is not None and not clause.files and len(whole.files) == 1 and whole.files[0].kind == "video":
            clause = replace(clause, files=whole.files)
        if step_in(clause.said) is None and idle(clause.said) and not self._made_as(clause):
            return None
        if spares(clause.text) and not self._compressed and self.read(clause) is None:
            return None
        last = self.found[-1].what if self.found else None
        if isinstance(last, Found):
            if last.kind.name == "music" and keeps_sound(clause.text):
                return None  # "add music, keep the original sound": so it is
            text = of_the_same(clause.text, last.kind.name, last.edit)
            if whole is not None and last.kind.name == "music" and _FADES.search(text):
                text = f"{text} of the music"  # "add music with a fade out"
            still = self.found[-1].clause.after == "music" and _of_music(last.edit)
            clause = replace(clause, after="music" if still else last.kind.name, text=text)
        return Part(clause, start, end, self._what(clause))

    def _made_as(self, clause: Clause) -> bool:
        """Whether words that a client does itself say what is made: "export it as a GIF"."""
        found = None if only_refuses(clause.said) or modest(clause.said) else self.read(clause)
        return found is not None and found.kind.name in {"gif", "sound"}

    def _as_the_last(self, part: Part) -> Part:
        """The part with the verb of the one before: "trim a.mp4 to 10 s and b.mp4 to 5 s"."""
        last = self.found[-1] if self.found else None
        if last is not None and isinstance(last.what, Found) and (text := gone_too(part.clause.text, last.clause.text)):
            clause = replace(part.clause, text=text)
            return replace(part, clause=clause, what=self.read(clause) or part.what)
        if last is None or not isinstance(last.what, Found) or not part.clause.files:
            return part
        verb = last.clause.text.split(" ", 1)[0]
        clause = replace(part.clause, text=f"{verb} {part.clause.text}")
        edit = self.read(clause)
        return replace(part, clause=clause, what=edit) if edit is not None and edit.kind is last.what.kind else part

    def _what(self, clause: Clause) -> What:
        if (step := step_in(clause.said)) is not None:
            return step
        details = only_details(clause.text)
        if self._compressed and (details or _SAME.search(clause.text)):
            return Compressing()
        if not clause.quotes and (unable := of_speech(clause.text)) is not None:
            return unable
        if (found := self.read(clause)) is not None:
            return found
        if (told := how_in(clause.said)) and (
            step_in(told) is not None or self.read(replace(clause, text=how_in(clause.text))) is not None
        ):
            return Asked(told)
        if wishes(clause.text) or details:
            return Compressing()
        return unable_in(clause.text) or Unknown()

    @property
    def _compressed(self) -> bool:
        return self.held or any(isinstance(part.what, Compressing) for part in self.found)

    def _to_the_last(self, part: Part) -> Part | None:
        """The part before with these words, where they tell more of it."""
        last = self.found[-1] if self.found else None
        if last is None or isinstance(last.what, Unknown | Step | Asked):
            return None
        if isinstance(last.what, Unable):
            return self._joined(last, part, last.what) if isinstance(part.what, Unknown) else None
        if isinstance(last.what, Compressing):
            fits = isinstance(part.what, Unknown) and _OF_QUALITY.search(part.clause.text)
            return self._joined(last, part, last.what) if fits else None
        if part.clause.files and part.clause.files != last.clause.files and not last.what.kind.takes_files:
            return None  # "… and b.mp4 to the last 5 s" is about another film
        whole = self.read(self.message.clause(last.start, part.end))
        if whole is None or whole.kind is not last.what.kind:
            return None
        if whole.edit == last.what.edit and not _PLACE.fullmatch(part.clause.text):
            return None
        return self._joined(last, part, whole)

    def _with_waiting(self, part: Part) -> Part:
        """The part with the words before it, where they tell more of it; else those were not understood."""
        waiting, self.waiting = self.waiting or part, None
        if isinstance(part.what, Found):
            whole = self.read(self.message.clause(waiting.start, part.end))
            if whole is not None and whole.kind is part.what.kind and whole.edit != part.what.edit:
                return self._joined(waiting, part, whole)
        if isinstance(part.what, Compressing) and _OF_QUALITY.search(waiting.clause.text):
            return self._joined(waiting, part, part.what)
        self.found.append(waiting)
        return part

    def _joined(self, first: Part, last: Part, what: Found | Compressing | Unable) -> Part:
        return replace(first, clause=self.message.clause(first.start, last.end), end=last.end, what=what)


def parts(message: Message, read: Reader, *, held: bool) -> list[Part]:
    """What a message asks for, in order.

    Args:
        message: the message.
        read: reads an edit out of a clause.
        held: whether the timeline carries a request to compress, which bare details ("480p") add to.
    """
    reading = _Reading(message, read, held)
    for start, end in message.fragments:
        reading.take(start, end)
    found = reading.done()
    if len(found) == 1 and isinstance(found[0].what, Unknown) and _is_a_span(found[0].clause.text):
        kept = replace(found[0].clause, text=f"keep {found[0].clause.text}")
        if (edit := read(kept)) is not None:  # "0:30 to 1:45" as a whole message is what is to stay
            return [replace(found[0], clause=kept, what=edit)]
    return [one for part in found for one in spread(part, read)]


def _of_music(edit: Edit) -> bool:
    """Whether a volume, a silence or a fade is that of the music."""
    return getattr(edit, "music", False) is True or getattr(edit, "of", "") == "music"


def _is_a_span(text: str) -> bool:
    found = span_found(text)
    return found is not None and not re.search(r"\w", text[: found.begin] + text[found.end :])
