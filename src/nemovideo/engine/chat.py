"""The chat: one message in, a stream of events out, the edit written before it is told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from nemovideo.engine import archive, history, ledger
from nemovideo.engine.agent.events import APP, HEARTBEAT, crash, events_of
from nemovideo.engine.agent.turn import Turn, take_turn
from nemovideo.engine.archive import SessionRow
from nemovideo.engine.config import BODY_LIMIT, EDIT_COST
from nemovideo.engine.foresight import foreseen
from nemovideo.engine.services import Services, account_of, is_operator, services_of, session_of
from nemovideo.engine.wire import JsonObject, Refusal, bad_request, entries, event_stream, read_json, table
from nemovideo.errors import DiskFull

__all__ = ["run"]

_log = logging.getLogger("nemovideo.engine")

_FAULT = "The engine met an error of its own; nothing was changed."


@dataclass(slots=True)
class _Price:
    """Credits that are reserved for a run and not spent yet."""

    reserved: int


async def run(request: web.Request) -> web.StreamResponse:
    """Answer one message. Runs on one session take turns; a client that leaves does not undo what it asked for."""
    body = await read_json(request, BODY_LIMIT)
    text = _text(body)
    services, account = services_of(request), account_of(request)
    session = await session_of(request, body.get("session_id"))
    planned = await services.store.run(lambda db: _turn(db, text, session))
    metered = services.config.metered and not is_operator(request)
    cost = EDIT_COST if metered and planned.costs else 0
    async with _reserved(services, account, cost) as price:
        response = event_stream()
        try:
            turn = await _when_free(request, response, session, text, price)
            if turn.plan is not None and turn.plan.upload is not None:
                turn = await foreseen(request, response, turn.plan, turn.plan.upload)
            await response.prepare(request)
            for event in events_of(turn, now=services.clock()):
                await response.write(event)
            await response.write_eof()
        except ConnectionError:
            _log.info("a client left the chat of %s", session.id)
        except Exception as error:
            if not response.prepared:
                raise  # the guard answers, with a status
            _log.exception("a turn of %s failed", session.id)
            full = "The engine's disk is full; nothing was changed."
            await response.write(crash(full if isinstance(error, DiskFull) else _FAULT))
            await response.write_eof()
    return response


async def _when_free(
    request: web.Request, response: web.StreamResponse, session: SessionRow, text: str, price: _Price
) -> Turn:
    """Take the turn as soon as the session is free; the stream begins early when signs of life are needed."""
    services = services_of(request)
    lock = services.turn(session.id)
    while True:
        try:
            async with asyncio.timeout(services.heartbeat):
                await lock.acquire()
            break
        except TimeoutError:
            await response.prepare(request)  # a second time does nothing
            await response.write(HEARTBEAT)
    try:
        return await services.store.run(lambda db: _edit(db, session, text, price))
    finally:
        lock.release()


def _edit(db: archive.Connection, session: SessionRow, text: str, price: _Price) -> Turn:
    """Take the turn, write its draft and take what it costs: together or not at all."""
    turn = _turn(db, text, archive.session(db, session.id, session.account) or session)
    history.back(db, session.id, turn.moves.back)
    history.forth(db, session.id, turn.moves.forth)
    if turn.draft is not None and turn.edits:
        for draft in (*turn.between, turn.draft):
            archive.save_draft(db, session.id, draft)
        if price.reserved and turn.costs:
            ledger.spend(db, session.account, price.reserved)
            price.reserved = 0
    return turn


def _turn(db: archive.Connection, text: str, session: SessionRow) -> Turn:
    return take_turn(text, session, archive.uploads_of(db, session.id), history.of_session(db, session.id))


@asynccontextmanager
async def _reserved(services: Services, account: str, cost: int) -> AsyncGenerator[_Price, None]:
    """Hold credits back while work is under way, and give back what was not spent."""
    if cost and (left := await services.store.run(lambda db: _shortage(db, account, cost))) is not None:
        raise Refusal(
            2001,
            f"Not enough credits: this edit costs {cost}, and {left} are left. "
            "An engine of your own lifts credits when it is started with --unmetered.",
        )
    price = _Price(cost)
    try:
        yield price
    finally:
        if price.reserved:
            left = price.reserved
            await asyncio.shield(services.store.run(lambda db: ledger.release(db, account, left)))


def _shortage(db: archive.Connection, account: str, cost: int) -> int | None:
    """Reserve the credits; what is left, when that is not enough."""
    return None if ledger.freeze(db, account, cost) else ledger.balance(db, account).available


def _text(body: JsonObject) -> str:
    if body.get("app_name", APP) != APP:
        raise bad_request(f"app_name: this engine has one, {APP}.")
    texts = [table(part).get("text") for part in entries(table(body.get("new_message")).get("parts"))]
    text = "\n".join(text for text in texts if isinstance(text, str)).strip()
    if not text:
        raise bad_request("new_message.parts: at least one part with a text.")
    return text
