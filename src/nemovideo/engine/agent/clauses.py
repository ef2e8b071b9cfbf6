"""A message into fragments, at most one wish each, with its file names and quoted texts put aside. Pure.

Nothing is split within a time ("between 5 and 8 seconds"), nor a list of files, texts or spans ("a.mp4 and b.mp4").
What belongs together all the same ("add a title “Hi”, at the top") is joined again by whoever reads (`reading`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from nemovideo.engine.agent.edits.edit import Clause
from nemovideo.engine.agent.mentions import named_files
from nemovideo.engine.agent.moments import TIME, plain
from nemovideo.engine.agent.patterns import Pattern
from nemovideo.engine.agent.spans import spans_found
from nemovideo.engine.archive import UploadRow

__all__ = ["Message", "message"]

_MOST = 200  # fragments, and names and quotes, of a message; whoever writes more writes no edit
_LONGEST = 2000  # characters; whoever writes more tells something, and wishes no edit (as in `protocol.routing`)
_FILE, _QUOTE = "\ue000", "\ue001"  # each followed by a letter that counts; of the private area, so in no text
_FIRST = 0xE100
_QUOTES = Pattern(
    r"“[^“”]*”|「[^「」]*」|『[^『』]*』|《[^《》]*》|«[^«»]*»|\"[^\"\n]*\"|„[^“”]*[“”]"
    r"|(?<![\w’'])[‘'](?=\S)[^‘’'\n]*(?:['’](?=\w)[^‘’'\n]*)*(?<=\S)[’'](?!\w)"
)
_JOINT = Pattern(
    r"\s*(?:[,;，。；、!！?？\n…]|\.(?=\s|$))+\s*(?:(?:and|then|also|and\s+then|and\s+also|然后|接着|再|并且|同时)\b\s*)?"
    r"|\s+(?:and\s+then|after\s+that|and\s+after\s+that|and\s+also|and|then|also|&)\s+"
    r"|(?:然后再?|接着再?|之后再|并且|而且|同时|(?<![合一])并(?![排联])|(?<![一])再(?![次见现生]))"
)
# 「去掉标题和音乐」: two things to take away; the joint is the group of that name.
_LISTED = Pattern(
    r"(?:去掉|删掉|删除|移除|去除|不要)(?:背景)?(?:标题|字幕|文字|音乐|配乐|声音)(?P<joint>和|与|以及)(?=(?:背景)?(?:音乐|配乐|标题|字幕|文字|声音))"
)
_LEADING = Pattern(
    r"^(?:(?:and|then|also|after\s+that|next|finally|first(?:ly)?|please)\b(?!\s+\d)[\s,]*|[然接][后着]|再)+",
    re.IGNORECASE,
)
_WHOLE = Pattern(
    rf"{TIME}|\bfade\s+in\s+(?:and|&)\s+fade\s+out\b(?:\s*,?\s*{TIME}\s+each\b)?|\b(?:black|left|in|back|up|top|audio|sound)\s+(?:and|&)\s+(?:white|right|out|forth|down|bottom|video|picture)\b"
    rf"|{TIME}\s+(?:from|off|at|of)\s+(?:the\s+)?(?:start|beginning)\s+and\s+(?:(?:from|off|at|of)\s+)?(?:the\s+)?(?:very\s+)?end\b"
    r"|\bfirst\s+and\s+(?:the\s+)?last\s+(?:\d|second|minute|an?\b|one|two|three|four|five|ten|half)"
)
_NEAR = 200  # characters: the verb stands not far before what it joins
_JOIN = Pattern(r"\b(?:join|merge|combine|concat(?:enate)?|stitch|splice)\b[^.;!?]*$|(?:拼接|合并|连接)[^。；]*$")
_PART_OF = Pattern(
    rf"\s*(?:the\s+)?(?:first|last|final|middle|second)\s+(?:{TIME}|half|third|quarter|second|minute)\s+(?:of|from)\s+{_FILE}"
    rf"|\s*{_FILE}.\s*的?(?:前|最?后|中间){TIME}"
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message, its names and quotes masked, and where its fragments stand.

    Attributes:
        masked: the text with a mark for each name and each quotation.
        files: what the marks of names stand for; None for a file that the session does not hold.
        names, quotes: the same as they were written, a quotation with its marks.
        fragments: from and to, in the masked text.
    """

    masked: str
    files: tuple[UploadRow | None, ...]
    names: tuple[str, ...]
    quotes: tuple[str, ...]
    fragments: tuple[tuple[int, int], ...]

    def clause(self, start: int, end: int) -> Clause:
        """The clause that stands there."""
        words = self.masked[start:end]
        files = [file for place in self._named(start, end) if (file := self.files[place]) is not None]
        quotes: list[str] = []

        def mark(found: re.Match[str]) -> str:
            quotes.append(self.quotes[ord(found[1]) - _FIRST])
            return f" §{len(quotes) - 1} "

        text = re.sub(f"{_FILE}.", " the video ", re.sub(f"{_QUOTE}(.)", mark, words))
        unique = tuple({file.hash: file for file in files}.values())
        return Clause(
            plain(_LEADING.sub("", text.strip())), tuple(quote[1:-1] for quote in quotes), unique, self.said(start, end)
        )

    def missing(self, start: int, end: int) -> list[str]:
        """The names there of files that the session does not hold."""
        return [self.names[place] for place in self._named(start, end) if self.files[place] is None]

    def _named(self, start: int, end: int) -> list[int]:
        words = self.masked[start:end]
        return [ord(words[at + 1]) - _FIRST for at, letter in enumerate(words) if letter == _FILE]

    def said(self, start: int, end: int) -> str:
        """The words as they were written."""
        words = re.sub(f"{_QUOTE}(.)", lambda found: self.quotes[ord(found[1]) - _FIRST], self.masked[start:end])
        words = re.sub(f"{_FILE}(.)", lambda found: self.names[ord(found[1]) - _FIRST], words)
        return words.strip(" \n,;，。；、")


def message(text: str, uploads: Sequence[UploadRow]) -> Message:
    """Put names and quotes aside and split the rest; a very long text has no fragments."""
    text = re.sub(r"[^\S\n]+", " ", unicodedata.normalize("NFC", text))
    text = re.sub("[\ue000-\uf8ff]", "\ufffd", text)  # the marks' letters mean nothing in a text of people
    if len(text) > _LONGEST:
        return Message("", (), (), (), ())
    places = named_files(text, uploads)
    quoted = [found for found in islice(_QUOTES.finditer(text), _MOST) if found[0][1:-1].strip()]
    marks: list[tuple[int, int, str, str, UploadRow | None]] = []
    for found in quoted:
        named = next((p for p in places if (p.start, p.end) == (found.start() + 1, found.end() - 1)), None)
        if named is None or named.upload is None:
            marks.append((found.start(), found.end(), _QUOTE, found[0], None))
        else:
            marks.append((found.start(), found.end(), _FILE, found[0], named.upload))
    spoken = [place for place in places if not any(a <= place.start < b for a, b, *_ in marks)]
    marks += [(p.start, p.end, _FILE, p.name, p.upload) for p in spoken]
    masked, files, names, quotes, at = "", list[UploadRow | None](), list[str](), list[str](), 0
    for start, end, kind, words, upload in sorted(marks, key=lambda mark: mark[0]):
        count = len(quotes) if kind == _QUOTE else len(names)
        masked += text[at:start] + kind + chr(_FIRST + count)
        at = end
        if kind == _QUOTE:
            quotes.append(words)
        else:
            files.append(upload)
            names.append(words)
    masked += text[at:]
    return Message(masked, tuple(files), tuple(names), tuple(quotes), tuple(_fragments(masked)))


def _fragments(masked: str) -> list[tuple[int, int]]:
    folded = "".join(_folded(letter) for letter in masked)
    spans = [(one.begin, one.end) for one in spans_found(folded)]
    whole = spans + [found.span() for found in islice(_WHOLE.finditer(folded), _MOST)]
    joints = [found.span("joint") for found in islice(_LISTED.finditer(folded), _MOST)]
    for joint in islice(_JOINT.finditer(folded), _MOST):
        inside = any(start < joint.end() and joint.start() < end for start, end in whole)
        if not inside and not _lists(folded, joint, spans) and not _joins(folded, joint):
            joints.append(joint.span())
    result: list[tuple[int, int]] = []
    at = 0
    for start, end in sorted(joints):
        result.append((at, start))
        at = end
    result.append((at, len(masked)))
    return [(start, end) for start, end in result if re.search(r"\w|[\ue000\ue001]", masked[start:end])]


def _lists(folded: str, joint: re.Match[str], spans: Sequence[tuple[int, int]]) -> bool:
    """Whether the joint stands between two files, two quotations or two spans."""
    if "\n" in joint[0] or re.search("[;；。!?]", joint[0]):
        return False
    before, after = folded[: joint.start()].rstrip(), folded[joint.end() :].lstrip()
    for mark in (_FILE, _QUOTE):
        if before[-2:-1] == mark and after[:1] == mark:
            return True
    left = any(end == len(before) for _, end in spans)
    right = next((end for start, end in spans if start - 1 <= joint.end() <= start), None)
    return left and right is not None and (not folded[right:].strip() or _JOINT.match(folded, right) is not None)


def _joins(folded: str, joint: re.Match[str]) -> bool:
    """Whether the joint stands between parts of clips: "join the first second of a.mp4 and the last half of b.mp4"."""
    before = folded[max(0, joint.start() - _NEAR) : joint.start()]
    return _JOIN.search(before) is not None and _FILE in before and _PART_OF.match(folded, joint.end()) is not None


def _folded(letter: str) -> str:
    """One letter made plain; letters that become several stay as they are, so that places stay."""
    plain_letter = unicodedata.normalize("NFKC", letter).lower()
    return plain_letter if len(plain_letter) == 1 else letter
