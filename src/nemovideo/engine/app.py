"""The routes of spec section 2, and nothing else."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Middleware

from nemovideo.engine import accounts, chat, guard, renders, sessions, uploads
from nemovideo.engine.services import SERVICES, Services
from nemovideo.protocol import endpoints

__all__ = ["build"]


def build(services: Services) -> web.Application:
    """The application around an engine's parts."""
    app = web.Application(middlewares=[guard.answer_errors, *_faults(services), guard.admit])
    app[SERVICES] = services
    app.on_response_prepare.append(guard.sign)
    app.add_routes(
        [
            _route(endpoints.TOKEN, accounts.anonymous_token),
            _route(endpoints.CLAIM, accounts.claim_token),
            _route(endpoints.CREDITS, accounts.balance),
            _route(endpoints.SESSION, sessions.create),
            _route(endpoints.STATE, sessions.state),
            _route(endpoints.UPLOAD, uploads.upload),
            _route(endpoints.CHAT, chat.run),
            _route(endpoints.RENDER, renders.submit),
            _route(endpoints.STATUS, renders.status),
            _route(endpoints.CANCEL, renders.cancel),
            _route(endpoints.DOWNLOAD, renders.download),
            web.get("/api/uploads/{upload}", uploads.download),  # where an upload's cdn_url points
        ]
    )
    return app


def _route(endpoint: endpoints.Endpoint, handler: guard.Handler) -> web.RouteDef:
    return web.route(endpoint.method, endpoint.path, handler, name=endpoint.name)


def _faults(services: Services) -> list[Middleware]:
    """The middleware of an engine that was told to misbehave; any other does not even load it."""
    faults = services.config.faults
    if faults is None:
        return []
    from nemovideo.engine.faults.middleware import misbehaving  # noqa: PLC0415 -- see above

    return [misbehaving(faults)]
