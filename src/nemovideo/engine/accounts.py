"""Tokens and credits."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from aiohttp import web

from nemovideo.engine import archive, ledger
from nemovideo.engine.config import BODY_LIMIT, TOKEN_LIFE
from nemovideo.engine.services import account_of, services_of, session_of
from nemovideo.engine.wire import Refusal, accepted, bad_request, read_json

__all__ = ["anonymous_token", "balance", "claim_token"]

_LONGEST_CLIENT_ID = 64  # spec, section 2


async def anonymous_token(request: web.Request) -> web.Response:
    """Hand a first token to a client that names itself."""
    client_id = request.headers.get("X-Client-Id", "").strip()
    if not client_id:
        raise bad_request("The X-Client-Id header is missing; send a UUID and keep it.")
    if len(client_id) > _LONGEST_CLIENT_ID:
        raise bad_request(f"The X-Client-Id header is over {_LONGEST_CLIENT_ID} characters.")
    services = services_of(request)
    now, address, limit = services.clock(), request.remote or "", services.config.tokens_per_address
    grant = await services.store.run(
        lambda db: ledger.issue_token(db, client_id=client_id, address=address, per_address=limit, now=now)
    )
    if isinstance(grant, ledger.TooSoon):
        seconds = max(1, math.ceil(grant.seconds))
        raise Refusal(
            429,
            "One anonymous token a client in 7 days, and a few an address: go on with the one you have.",
            headers={"Retry-After": str(seconds)},
        )
    expires = datetime.fromtimestamp(grant.expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return accepted({"token": grant.token, "user_id": grant.account, "credits": grant.credits, "expires_at": expires})


async def claim_token(request: web.Request) -> web.Response:
    """Make a link's token, by which a person takes a session over; it opens nothing else."""
    body = await read_json(request, BODY_LIMIT)
    session = await session_of(request, body.get("session_id"))
    if body.get("task_id") not in (None, session.task):
        raise Refusal(1002, "This task is not the session's.")
    services = services_of(request)
    now = services.clock()
    token = await services.store.run(lambda db: archive.claim(db, session.id, now=now))
    return accepted({"claim_token": token, "expires_in": int(TOKEN_LIFE)})


async def balance(request: web.Request) -> web.Response:
    """Tell the credits: to spend, reserved for work under way, both."""
    account = account_of(request)
    found = await services_of(request).store.run(lambda db: ledger.balance(db, account))
    return accepted({"available": found.available, "frozen": found.frozen, "total": found.total})
