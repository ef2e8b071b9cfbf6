"""A person's words into actions (spec, section 6): a keyword counts only when it is the request itself.

A text is cut into clauses, a clause into words of two languages, each a letter (see `lexicon`); a clause is a request
when its letters, all of them, are one. So "export it" is an export, and "export the subtitles" is for the chat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from nemovideo.protocol.clauses import MEDIA, Clause, clauses

__all__ = ["Action", "Step", "only_refuses", "refused", "route", "steps"]

Action = Literal["export", "credits", "state", "upload", "chat"]
_Kind = Literal["export", "credits", "state", "upload", "chat", "refusal", "filler"]

_LONGEST = 2000  # characters: whoever writes more tells the agent something
_MOST_WORDS = 16  # of a request, fillers apart: which also bounds the grammar's cost

_THING = "[DdpACT]*[NL]+"  # the video, my final cut, a 1080p file
_OURS = "[DpACT]*[NL]+"
_FILM = f"(?:{_THING}|p|f)"
_WHERE = "(?:T|tP|tf|tA*N)*"  # as mp4, to /tmp/out.mp4
_GRAMMAR: tuple[tuple[Action, re.Pattern[str]], ...] = (
    (
        "export",
        re.compile(
            f"T*(?:m?R?[DAC]*[XE]+{_FILM}?m?"  # export it, download the result as mp4, 给我导出
            f"|G{_FILM}?"
            f"|B?(?:{_OURS}|p|f)[XE]+m?"  # 把视频导出
            f"|[Sgw]m?[DpAC]*(?:X?{_OURS}|X)m?"  # send me the video, give me the download link
            f"|Sm?pm?"  # send it to me
            f"|[DAC]*X[NL]+m?"  # download link
            f"|Sm"  # 发给我
            f"|B?(?:{_OURS}|p)(?:Sm|m|g)"  # 把视频发给我
            f"|mS?{_OURS}){_WHERE}"  # 给我发视频
        ),
    ),
    ("credits", re.compile(f"[HMDCmgS]*K[MDACKVH]*(?:E{_FILM}?)?")),
    (
        "state",
        re.compile(f"[HMmgS]*[DdACV]*(?:{_THING})?[DdACM]*[XU]?W+[WMACVdH]*(?:O[DdAC]*(?:[NX]+|p))?M*"),
    ),
    (
        "upload",
        re.compile(
            "[DdR]*U[dDACp]*(?:[NLu]+|p)*(?:[to]?[Pf])*T*"  # upload this video: a.mp4
            "|B?(?:[dDACp]*[NLu]+|p)?[Pf]*U[Pf]*T*"  # 把 a.mp4 上传
            "|h[dDAC]*(?:[NLu]+)?[Pf]+"  # here is my video: a.mp4
            "|P"
        ),
    ),
)
_COMMAND = re.compile(r"/\w+")
_MEDIA_PLACE = re.compile(rf"\.(?:{MEDIA})(?:[?#].*)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, and the words that ask for it.

    Attributes:
        action: what.
        text: the words as they were said; what the chat is told.
        names: the paths, URLs and file names among them; of an export, where to ("as out.mp4").
    """

    action: Action
    text: str
    names: tuple[str, ...] = ()


def route(says: str) -> tuple[Action, ...]:
    """What to do about a person's words, in order; never empty.

    Example:
        >>> route("compress it and send me the video")
        ('chat', 'export')
        >>> route("先不要导出，把开头剪掉")
        ('chat',)

    Source: spec, section 6.
    """
    return tuple(step.action for step in steps(says))


def steps(says: str) -> tuple[Step, ...]:
    """What to do about a person's words, each step with the words that ask for it; never empty."""
    whole = (Step("chat", says),)
    if len(says) > _LONGEST:
        return whole
    inner = _unquoted(says)
    judged = _judged(clauses(inner))
    if not any(part.kind in _REQUESTS for part in judged):
        return whole
    return tuple(_merged(_ordered(judged), inner))


def refused(says: str) -> frozenset[Action]:
    """What the words forbid: "don't export yet" is no export, whatever the backend proposes.

    Example:
        >>> refused("don't export yet, first trim the intro")
        frozenset({'export'})
    """
    if len(says) > _LONGEST:
        return frozenset()
    forbidden = (clause for clause in clauses(says) if clause.letters.startswith("!"))
    found: set[Action | None] = {_request(clause.letters.lstrip("!"), clause) for clause in forbidden}
    return frozenset(action for action in found if action is not None)


def only_refuses(says: str) -> bool:
    """Whether all that the words say is what not to do: "don't export yet"; a bare "no" answers the agent.

    Example:
        >>> only_refuses("don't export yet"), only_refuses("don't export yet, trim the intro")
        (True, False)
    """
    if not refused(says):
        return False
    return all(part.kind in {"refusal", "filler"} for part in _judged(clauses(says)))


_REQUESTS = frozenset({"export", "credits", "state", "upload"})


@dataclass(frozen=True, slots=True)
class _Judged:
    kind: _Kind
    clause: Clause


def _unquoted(says: str) -> str:
    """The words of a text that is one quotation, or a command: `"export"` and `/export` are said as export is."""
    if _COMMAND.fullmatch(says.strip()):
        return says.strip()[1:]
    found = clauses(says)
    bare = says.strip().strip('"“”「」『』')
    return bare if len(found) == 1 and found[0].letters == "Q" else says


def _judged(found: list[Clause]) -> list[_Judged]:
    """Each clause by itself, then by those beside it."""
    judged = [_Judged(_kind(clause), clause) for clause in found]
    for place in range(1, len(judged)):
        _beside(judged, place)
    if any("I" in clause.letters for clause in found):  # a condition that nobody here can check
        judged = [replace(part, kind="chat") for part in judged]
    return judged


def _kind(clause: Clause) -> _Kind:
    letters = clause.letters
    if not letters.strip("TA"):  # "ready, export": of a film that is not named
        return "filler"
    if letters[0] == "!":
        refused = letters.lstrip("!")
        return "refusal" if not refused or _request(refused, clause) else "chat"
    return _request(letters, clause) or "chat"


def _request(letters: str, clause: Clause) -> Action | None:
    """The request that the letters are, all of them."""
    if len(letters) > _MOST_WORDS:
        return None
    if letters == "P" and not all(_MEDIA_PLACE.search(name) for name in clause.names):
        return None
    return next((action for action, rule in _GRAMMAR if rule.fullmatch(letters)), None)


def _beside(judged: list[_Judged], place: int) -> None:
    """Judge a clause by the one before it: another file, a refusal, a choice, a text quoted without quotes."""
    before, part = judged[place - 1], judged[place]
    joiner, letters = part.clause.joiner, part.clause.letters
    kind = part.kind
    if kind == "upload" and before.clause.letters[0] == "h":  # "here is my clip, upload it"
        judged[place - 1] = replace(before, kind="filler")
    elif joiner in ",&" and before.kind == "upload" and not letters.strip("Pf") and letters:
        kind = "upload"
    elif joiner == "|" and before.kind != kind and "filler" not in {before.kind, kind}:
        judged[place - 1] = replace(before, kind="chat")
        kind = "chat"
    elif kind in _REQUESTS and joiner in "&|" and before.clause.letters.startswith("!"):
        kind = "refusal" if before.kind == "refusal" else "chat"
    elif kind in _REQUESTS and joiner in ",&" and len(letters) == 1 and _is_list(judged, place):
        kind = "chat"
    judged[place] = replace(part, kind=kind)


def _is_list(judged: list[_Judged], place: int) -> bool:
    """Whether a lone keyword is one of several words of a text: "a title saying status, upload and export"."""
    if judged[place - 1].kind != "chat":
        return False
    if judged[place - 1].clause.letters[-1] in "XU":  # "the difference between export and download"
        return True
    after = judged[place + 1 : place + 2]
    if any(part.kind == "chat" and part.clause.joiner in ",&" for part in after):
        return True
    start = place - 1
    while start and len(judged[start].clause.letters) == 1:
        start -= 1
    letters = judged[start].clause.letters
    return "Y" in letters and "Q" not in letters


def _ordered(judged: list[_Judged]) -> list[_Judged]:
    """The order of doing: "export it and add a title" has the title first, "after you trim it" comes before."""
    ordered: list[_Judged] = []
    for part in judged:
        later = part.kind == "chat" and ordered and ordered[-1].kind == "export" and part.clause.joiner in ",&<"
        if later or (part.clause.joiner == "<" and ordered and part.kind == "chat"):
            ordered.insert(len(ordered) - 1, part)
        else:
            ordered.append(part)
    return ordered


def _merged(ordered: list[_Judged], says: str) -> Iterator[Step]:
    """Neighbouring clauses for the chat in one message, as they were said; every other action once."""
    talks = any(part.kind == "chat" for part in ordered)
    found: list[tuple[Action, int, int, tuple[str, ...]]] = []
    for part in ordered:
        clause, follows_chat = part.clause, bool(found) and found[-1][0] == "chat"
        # A refusal belongs to what the agent is told, and is nothing to do where it is told nothing.
        kind = "chat" if part.kind == "refusal" and talks else part.kind
        if kind == "refusal" or kind == "filler":  # noqa: PLR1714 — what mypy narrows by
            continue
        if kind == "chat" and follows_chat and clause.start >= found[-1][2]:
            found[-1] = ("chat", found[-1][1], clause.end, found[-1][3] + clause.names)
        elif kind == "chat" or kind not in {action for action, *_ in found}:
            found.append((kind, clause.start, clause.end, _destination(clause) if kind == "export" else clause.names))
        else:
            found = [
                (action, start, end, names + clause.names if action == kind else names)
                for action, start, end, names in found
            ]
    for action, start, end, names in found:
        yield Step(action, says[start:end], names)


def _destination(clause: Clause) -> tuple[str, ...]:
    """Of the names in "export a.mp4 as out.mp4", the last."""
    named = [before for before, letter in zip(" " + clause.letters, clause.letters, strict=False) if letter in "PfQ"]
    return tuple(name for name, before in zip(clause.names, named, strict=True) if before == "t")
