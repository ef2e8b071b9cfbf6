"""Whether a chat did something, or failed to: what an export after it may build on.

A text proves nothing: "I did not understand" is one. Either the reply shows that a tool has worked, which also holds
where the same was wished for before and the timeline stays as it is; or the session's state differs from what it was
(on the cloud a silent edit has no tool call in its stream: spec, section 5).
"""

from __future__ import annotations

from nemovideo.protocol.json import JSON, mapping
from nemovideo.protocol.planwords import PLAN
from nemovideo.protocol.reply import Reply
from nemovideo.resources.baseline import Baseline
from nemovideo.resources.state import State

__all__ = ["baseline", "changed", "failed", "looked_ahead", "told_by"]

_FAILURES = {"error", "failed", "failure", "rejected", "denied"}


def told_by(reply: Reply) -> bool:
    """Whether the reply itself shows it: recovered, a change, a tool's result that is no error.

    A plan changes nothing, so that no export builds on it.
    """
    worked = (each for each in reply.tool_results if each.name != PLAN and not _failed(each.result))
    return reply.recovered or bool(reply.changes) or next(worked, None) is not None


def looked_ahead(reply: Reply) -> bool:
    """Whether the reply holds a plan: a deed of its own kind, which nothing is exported for."""
    return any(each.name == PLAN and not _failed(each.result) for each in reply.tool_results)


def failed(reply: Reply) -> bool:
    """Whether the reply itself shows that nothing came of it: an error, or tools that all failed."""
    return reply.error is not None or (bool(reply.tool_results) and not told_by(reply) and not looked_ahead(reply))


def baseline(state: State | None) -> Baseline | None:
    """What to compare with later; None where there is nothing that can be compared."""
    try:
        return None if state is None else Baseline.of(state)
    except ValueError:
        return None


def changed(before: Baseline | None, after: State | None) -> bool:
    """Whether the session is another than it was; what cannot be told is no change."""
    try:
        return before is not None and after is not None and bool(before.changes(after))
    except ValueError:
        return False


def _failed(result: JSON) -> bool:
    """Whether a tool's answer tells an error, in one of the forms that agents' tools use."""
    if isinstance(result, str):
        return result.strip().lower().startswith(("error", "failed"))
    told = mapping(result)
    if told.get("error") or told.get("isError") or told.get("success") is False or told.get("ok") is False:
        return True
    if str(told.get("status", "")).lower() in _FAILURES:
        return True
    return "result" in told and _failed(told["result"])
