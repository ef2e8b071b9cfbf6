"""One answer, (status, headers, body), into its value or a typed error: every rule in one place.

Answers come as `{code, message?, data}`, `{success, data?, error?}` or bare (spec, section 2); errors as a code in the
envelope, as an HTTP status, or as the chat server's `detail` (spec, section 8).
"""

from __future__ import annotations

from collections.abc import Mapping

from nemovideo.errors import ProtocolError
from nemovideo.protocol.account import Account
from nemovideo.protocol.endpoints import Call
from nemovideo.protocol.json import JSON, integer, mapping, parse
from nemovideo.protocol.refusals import is_page, not_json, refusal, sent_elsewhere

__all__ = ["decode_answer"]

_NO_ANSWER = frozenset({"error", "message", "detail", "request_id"})  # beside an error, these make no answer


def decode_answer(
    call: Call,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: float = 0.0,
    account: Account | None = None,
) -> JSON:
    """Return the value that an answer carries, or raise what it says.

    Args:
        call: what was asked.
        status: the HTTP status.
        headers: the answer's headers, names in any case.
        body: the answer's bytes.
        now: seconds since the epoch, which a `Retry-After` date is measured from.
        account: whose it is, for the hints of `OutOfCredits` and `PlanError`.

    Raises:
        NemoError: the most specific one, with status, code, request id and the call's ids.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    if 300 <= status < 400:
        raise sent_elsewhere(call, status, lowered)
    try:
        value = parse(body) if body.strip() else None
    except ValueError:
        if status < 400 or (status == 404 and is_page(lowered, body)):
            raise not_json(call, status, lowered, body) from None
        value = None  # a proxy's page: the status and the headers say it all
    fields = mapping(value)
    code = integer(fields.get("code"))
    if status < 400 and not code and not _says_no(fields):
        return fields["data"] if "data" in fields and ("code" in fields or "success" in fields) else value
    code = code or _inner_code(fields)
    problem = refusal(call, status, lowered, fields, code, now=now, account=account or Account())
    if isinstance(problem, ProtocolError):
        problem.told = value
    raise problem


def _says_no(fields: Mapping[str, JSON]) -> bool:
    """Whether an answer with a good status is a refusal: `success` is false in any spelling, or `error` is all it has.

    A render that failed has an `error` too, beside its status: it is an answer.
    """
    success = fields.get("success")
    if success is False or (isinstance(success, str) and success.strip().lower() == "false"):
        return True
    return bool(fields.get("error")) and fields.keys() <= _NO_ANSWER


def _inner_code(fields: Mapping[str, JSON]) -> int | None:
    """The code that a refusal has within its `error` or `detail`."""
    found = (integer(mapping(fields.get(name)).get("code")) for name in ("error", "detail"))
    return next((code for code in found if code), None)
