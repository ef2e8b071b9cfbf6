"""The looking ahead that a plan needs: outside of any transaction, with signs of life, ended when nobody listens."""

from __future__ import annotations

import asyncio
import shutil
import uuid

from aiohttp import web

from nemovideo.engine.agent.edits.plan import PlanWish, tell
from nemovideo.engine.agent.events import HEARTBEAT
from nemovideo.engine.agent.turn import ToolCall, Turn
from nemovideo.engine.archive import UploadRow
from nemovideo.engine.endings import until_done
from nemovideo.engine.executors.executor import PlanOrder
from nemovideo.engine.failures import wire_error
from nemovideo.engine.orders import checked_source
from nemovideo.engine.services import Services, is_operator, services_of
from nemovideo.engine.wire import placeless
from nemovideo.errors import EngineError, NemoError
from nemovideo.protocol.plan import Plan
from nemovideo.protocol.planwords import PLAN

__all__ = ["foreseen"]

_LOOK = 0.5  # seconds between two looks whether the client is still there


async def foreseen(request: web.Request, response: web.StreamResponse, wish: PlanWish, upload: UploadRow) -> Turn:
    """Plan, and tell it as a turn; the stream begins early when signs of life are needed.

    Raises:
        ConnectionError: the client has left; the work was ended. EngineError: the engine is stopping.
    """
    services = services_of(request)
    working = asyncio.create_task(_turn(services, wish, upload, operator=is_operator(request)), name="plan")
    loop, told = asyncio.get_running_loop(), asyncio.get_running_loop().time()
    try:
        while not working.done():
            await asyncio.wait({working}, timeout=min(_LOOK, services.heartbeat))
            if working.done():
                break
            if request.transport is None or request.transport.is_closing():
                raise ConnectionResetError("the client has left")
            if services.closing.is_set():
                raise EngineError("The engine is stopping; nothing was planned.")
            if loop.time() - told >= services.heartbeat:
                await response.prepare(request)  # a second time does nothing
                await response.write(HEARTBEAT)
                told = loop.time()
        return working.result()
    finally:
        working.cancel()
        await until_done({working})


async def _turn(services: Services, wish: PlanWish, upload: UploadRow, *, operator: bool) -> Turn:
    try:
        async with services.planning:
            plan = await _plan(services, wish, upload)
    except NemoError as error:
        message = error.message if operator else placeless(error.message, services.config.data_dir)
        fault = wire_error(error, message)
        return Turn(message, (ToolCall(PLAN, wish.args, {"status": "error", "reason": fault["code"], "error": fault}),))
    response = {"status": "ok", "source": upload.hash} | plan.model_dump(mode="json")
    return Turn(tell(plan, wish), (ToolCall(PLAN, wish.args, response),))


async def _plan(services: Services, wish: PlanWish, upload: UploadRow) -> Plan:
    source = await asyncio.to_thread(checked_source, upload, services.config.data_dir)
    work = services.work / f"plan-{uuid.uuid4().hex}"
    making = asyncio.create_task(asyncio.to_thread(work.mkdir, mode=0o700))
    try:
        await asyncio.shield(making)
        return await services.executor.plan(PlanOrder(source, wish.request, wish.container, work))
    except NemoError as error:
        # The client knows the file by its own name for it, and our paths are nobody's business.
        error.message = error.message.replace(str(source), upload.filename).replace(source.name, upload.filename)
        raise
    finally:  # a thread goes on when its caller is cancelled, and one that has not begun never will
        await until_done({making})
        await until_done({asyncio.create_task(asyncio.to_thread(shutil.rmtree, work, ignore_errors=True))})
