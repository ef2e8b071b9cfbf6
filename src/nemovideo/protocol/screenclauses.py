"""One sentence of the backend: what in it instructs somebody before a screen, and what is left without that."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nemovideo.protocol.screentalk import (
    AFTERTHOUGHT,
    BREAK,
    CONTENT,
    FILM,
    INSTRUCTIONS,
    LEAD_IN,
    NAMES,
    OBJECT_END,
    QUOTED,
    SENTENCE_END,
    Kind,
)

__all__ = ["Instruction", "without_screen"]

_DRAG = re.compile(r"\b(?:drag(?:[ -]and[ -]drop|/drop| & drop)?|drop)\b", re.IGNORECASE)
_DRAGGED = re.compile(r"拖拽|拖动|拖放|拖(?=[到至])|拖(?=[入进])")
_PLACE = r"(?:the|an?|your|its|track|start|end|beginning|where|\d\S*)\b"
_TARGET = re.compile(rf"\b(?:to|onto|into|on|before|after|above|below|over|behind)\s+{_PLACE}", re.IGNORECASE)
_WITHIN = re.compile(r"\bon (?:the|your) (?:timeline|canvas|screen|preview)$", re.IGNORECASE)
_PURPOSE = re.compile(rf"\s+to\s+(?!{_PLACE}).*", re.IGNORECASE)
_ZH_PURPOSE = re.compile(r"(?:即可|以便|就能|就可以|来(?=[调完改实缩]))[^，。；]*")
_TO_UPLOAD = re.compile(
    r"\b(?:in|on|onto|into|to) (?:the |your )?(?:upload|media|drop|library|import)|\bhere\b"
    r"|上传区|[到至入进](?:这里|此处|素材库)",
    re.IGNORECASE,
)
_OPTIONAL = re.compile(r"\bif\b|\bor\b|\bwhenever\b|\bcan always\b|如果|如需|若|或", re.IGNORECASE)
_BEGINNING = re.compile(r"(?:^|[.!?,:;。！？，：；])\W*(?:\d+\W*)?$")
_ORDER = re.compile(
    r"\*\*(?:(?:please|now|then|just|simply|you can|next)\s+)*"
    r"(?:click|tap|press|hit|select|open|drag|go to|preview|check)\s+\S"
    r"|\*\*[请您你可以先再]*(?:点击|点按|单击|双击|打开|拖|预览|进入)\S",
    re.IGNORECASE,
)
_AFTER_BUTTON = re.compile(r"(?:button|icon|按钮|图标).*", re.IGNORECASE)
_JOINED = re.compile(r"^(?:或者|或|并且|并|但是|但|同时)")
_LINK = re.compile(r"https?://|\]\(")


@dataclass(frozen=True, slots=True)
class Instruction:
    """What somebody before a screen is told to do.

    Attributes:
        kind: what that comes to here; None for a button that is not known.
        name: what is to be clicked or opened.
        sentence: of an edit, the words to say instead.
        optional: whether it is left to them.
    """

    kind: Kind | None
    name: str
    sentence: str = ""
    optional: bool = False


@dataclass(slots=True)
class _Part:
    joiner: str
    words: str
    masked: str
    instruction: Instruction | None = None
    goes: bool = False


def without_screen(sentence: str) -> tuple[str, list[Instruction]]:
    """A sentence without its instructions, and these; the sentence itself where it holds none."""
    masked = QUOTED.sub(_mask, sentence)
    body = sentence.rstrip()
    end = SENTENCE_END.search(masked[len(body.rstrip(".!?。！？\"'”’」）)]")) : len(body)])
    length = len(body) - len(end[0]) if end else len(body)
    parts = _parts(sentence[:length], masked[:length])
    if not _LINK.search(sentence):  # a link can be followed without our screen
        for part in parts:
            part.instruction = _instruction(part)
            if part.instruction and part.instruction.kind is None:
                told = masked.replace(part.masked, _AFTER_BUTTON.sub("", part.masked))  # what a button is for aside
                part.instruction = None if FILM.search(told) else part.instruction
    if not any(part.instruction for part in parts):
        return sentence, []
    if _OPTIONAL.search(masked):
        for part in parts:
            part.instruction = replace(part.instruction, optional=True) if part.instruction else None
    _spread(parts)
    stays = [part for part in parts if not part.goes]
    words = "".join(part.words if place == 0 else part.joiner + part.words for place, part in enumerate(stays))
    if stays and parts[0].goes:
        words = _JOINED.sub("", words)
        words = words[:1].upper() + words[1:]
    found = [part.instruction for part in parts if part.instruction]
    return (words.rstrip() + sentence[length:] if words.strip() else ""), found


def _mask(quoted: re.Match[str]) -> str:
    """A quotation as NULs, and bold words that are an instruction as they are: "**Click Export** to save"."""
    if quoted[0].startswith("**") and _BEGINNING.search(quoted.string[: quoted.start()]) and _ORDER.match(quoted[0]):
        return quoted[0]
    return "\0" * len(quoted[0])


def _parts(words: str, masked: str) -> list[_Part]:
    parts: list[_Part] = []
    start, joiner = 0, ""
    for point in BREAK.finditer(masked):
        if point[0].strip() in {":", "："} and CONTENT.search(masked, start, point.start()):
            break  # what follows is shown or said in the film
        parts.append(_Part(joiner, words[start : point.start()], masked[start : point.start()]))
        joiner, start = words[point.start() : point.end()], point.end()
    parts.append(_Part(joiner, words[start:], masked[start:]))
    return parts


def _spread(parts: list[_Part]) -> None:
    """What leads to an instruction goes with it, and so does what it is for."""
    for place, part in enumerate(parts):
        part.goes = part.instruction is not None or bool(
            place and parts[place - 1].goes and AFTERTHOUGHT.match(part.words)
        )
    for place in range(len(parts) - 2, -1, -1):
        after = parts[place + 1]
        if (
            after.goes
            and not parts[place].goes
            and (LEAD_IN.match(parts[place].words) or not parts[place].words.strip())
        ):
            parts[place].goes = True


def _instruction(part: _Part) -> Instruction | None:
    """The instruction that a clause is, if it is one."""
    for form, rule in INSTRUCTIONS:
        match = rule.match(part.masked)
        if match is None or (form == "told" and CONTENT.search(part.masked)):
            continue
        start, end = match.span("object")
        thing = part.words[start:end] if start >= 0 else ""
        if form == "edit":
            return _edit(part.words, match)
        name = _name(thing)
        return Instruction(_kind(name, form), name)
    return None


def _edit(words: str, match: re.Match[str]) -> Instruction:
    """What is dragged where, as a sentence for the chat; one without a where is a wish that nobody can carry out."""
    start = match.start("verb")
    if _TO_UPLOAD.search(words):
        return Instruction("upload", words.strip())
    if words[start].isascii():
        meant = _DRAG.sub("Move", words[start:].strip(), count=1)
        said = _PURPOSE.sub("", meant)
        vague = said != meant and _WITHIN.search(said)  # "drag it on the timeline to change when it appears"
        placed = bool(_TARGET.search(said) and not vague)
        return Instruction("edit", "", f"{said if placed else meant}.", optional=not placed)
    start = match.start("object") - 1 if match["object"] else start  # with its 将 or 把
    said = _ZH_PURPOSE.sub("", _DRAGGED.sub("移动", words[start:])).replace("移动移动", "移动")
    return Instruction("edit", "", f"{said}。", optional=not re.search("[到至入进]", words[match.end("verb") - 1 :]))


def _kind(name: str, form: str) -> Kind | None:
    """What a thing of this name does here; None where it is not known."""
    if form == "credits":
        return "credits"
    if form == "state":
        return "state"
    for kind, rule in NAMES:
        if rule.search(name):
            return "state" if form == "open" and kind not in {"export", "credits"} else kind
    return "state" if form == "open" else None


def _name(thing: str) -> str:
    """The name of what is to be clicked or opened, without its article and place."""
    thing = thing if QUOTED.search(thing) else thing.replace("**", "")
    if quoted := QUOTED.search(thing):
        return quoted[0].strip("“”\"'‘’「」《》*`[]")
    thing = thing.removeprefix("(")
    end = OBJECT_END.search(thing, 1)
    name = thing[: end.start()] if end else thing
    if button := re.match(r".*?(?:按钮|图标|菜单|选项)", name):
        return button[0].strip()
    return re.sub(r"^(?:on |the |your |this |that |out )+", "", name.strip(), flags=re.IGNORECASE).strip()
