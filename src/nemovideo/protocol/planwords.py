"""Asking for a plan: the compress request's own sentence behind a lead that says that nothing is to be made.

A program's words are read back exactly (`from_plan_sentence`); what people say, as far as it goes (`asked_plan`).
"""

from __future__ import annotations

import re

from nemovideo.protocol.compress import CompressRequest, from_sentence, to_sentence
from nemovideo.protocol.sizewords import limit_in

__all__ = ["PLAN", "asked_plan", "from_plan_sentence", "smallest", "to_plan_sentence"]

PLAN = "plan"
"""The name of the tool call whose response is the plan."""

_LEAD = re.compile(r"\s*plan, without encoding(?:, as \.(?P<container>[a-z0-9]{2,5}))?: (?=compress this video\b)")
_ASKS = re.compile(
    r"\bplan (?:it|this|that|the (?:video|clip|file|compression)|a compression|for\b)"
    r"|\b(?:make|show|give) (?:me )?(?:a|the) plan\b"
    r"|\bwhat (?:would|will|could|does) [^.;!?\n]{0,60}?\b(?:look like|be like|give(?: me)?|cost|mean)\b"
    r"|\bhow (?:would|will|could) [^.;!?\n]{0,60}?\b(?:look|be)\b"
    r"|\bhow (?:good|bad|long|sharp|large|big) (?:would|will|could|can) "
    r"|\bwhat (?:quality|resolution) (?:would|will|could|can)\b"
    r"|\bwhat (?:would|will) happen\b|\bdry[- ]run\b|\bestimate (?:it|this|that|the|how|what)\b|\bwithout encoding\b"
    r"|计划|预估|估计一下|估算|预计|会(?:是)?(?:怎么样|怎样|什么样|如何)|效果(?:会)?(?:怎么样|怎样|如何)|要(?:花)?多久|需要多长时间",
    re.IGNORECASE,
)
_SMALLEST = re.compile(
    r"\bhow small (?:can|could|would|will|might|is|does)\b"
    r"|\b(?:smallest|least|lowest) (?:possible )?(?:file ?)?size\b[^.;!?\n]{0,30}\b(?:possible|get|reach|be|could)\b"
    r"|\bwhat(?:'s| is) the (?:smallest|least|lowest)\b|\bas small as it (?:can|could) (?:get|be)\?"
    r"|最小(?:能|可以)|(?:最多)?(?:能|可以)(?:压缩|压|缩)(?:到|得|成)?多小|能有多小|可以有多小",
    re.IGNORECASE,
)
# "don't plan it, do it"; a plan that is a thing on the picture; a title that says so is quoted
_NO_PLAN = re.compile(
    r"\b(?:don'?t|do not|never|no need to|stop)\s+(?:\w+\s+)?(?:plan|estimate)|不(?:要|用)(?:计划|预估|估算)"
)


def to_plan_sentence(request: CompressRequest, container: str = "mp4") -> str:
    """The words that ask for a plan of `request`; `container` is the suffix that the result would have.

    Example:
        >>> to_plan_sentence(CompressRequest(max_bytes=50_000_000), "mkv")  # doctest: +ELLIPSIS
        'plan, without encoding, as .mkv: compress this video to under 50MB (at most 50000000 bytes) without losing...'
    """
    as_what = "" if container == "mp4" else f", as .{container}"
    return f"plan, without encoding{as_what}: {to_sentence(request)}"


def from_plan_sentence(text: str) -> tuple[CompressRequest, str] | None:
    """The request and the container in a program's words; None for other words."""
    lead = _LEAD.match(text)
    request = from_sentence(text[lead.end() :]) if lead else None
    return None if lead is None or request is None else (request, lead["container"] or "mp4")


def smallest(text: str) -> bool:
    """Whether the words ask for the least size that works: "how small can it get?"."""
    return _SMALLEST.search(text) is not None and not _NO_PLAN.search(text)


def asked_plan(
    text: str, *, original_bytes: int | None = None, held: CompressRequest | None = None
) -> tuple[CompressRequest, str] | None:
    """Read the wish for a plan in anybody's words.

    Args:
        text: the words of a program, or "what would 10MB look like?", "plan it for Discord", 压缩到10MB会怎么样.
        original_bytes: the source's size in bytes, which a share of it ("half the size") is taken of.
        held: what was wished of the same video before, which words that say nothing else are about.

    Returns:
        The request that a plan is asked of, of one byte for "how small can it get?", and the container of the result.
        None when the words ask for no plan.
    """
    if (said := from_plan_sentence(text)) is not None:
        return said
    if smallest(text):
        kept = held or CompressRequest()
        return kept.model_copy(update={"max_bytes": 1}), "mp4"
    if not _ASKS.search(text) or _NO_PLAN.search(text):
        return None
    words = _ASKS.sub(" ", text) if limit_in(_ASKS.sub(" ", text), original_bytes) else text
    request = from_sentence(words, original_bytes=original_bytes, held=held)
    if (
        request is None and limit_in(words, original_bytes) is not None
    ):  # "what would 10MB look like?" wishes nothing yet
        request = from_sentence(f"compress: {words}", original_bytes=original_bytes, held=held)
    if request is None and held is not None and re.search(r"\bplan\b|计划|预估|估", text, re.IGNORECASE):
        request = held
    return None if request is None else (request, "mp4")
