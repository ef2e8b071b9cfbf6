"""The routes of spec section 2, and nothing else."""

from __future__ import annotations

from aiohttp import web

from nemovideo.engine import accounts, chat, guard, renders, sessions, uploads
from nemovideo.engine.services import SERVICES, Services

__all__ = ["build"]


def build(services: Services) -> web.Application:
    """The application around an engine's parts."""
    app = web.Application(middlewares=[guard.answer_errors, guard.admit])
    app[SERVICES] = services
    app.on_response_prepare.append(guard.sign)
    app.add_routes(
        [
            web.post("/api/auth/anonymous-token", accounts.anonymous_token),
            web.post("/api/auth/claim-token", accounts.claim_token),
            web.get("/api/credits/balance/simple", accounts.balance),
            web.post("/api/tasks/me/with-session/nemo_agent", sessions.create),
            web.get("/api/state/nemo_agent/me/{session}/latest", sessions.state),
            web.post("/api/upload-video/nemo_agent/me/{session}", uploads.upload),
            web.get("/api/uploads/{upload}", uploads.download),
            web.post("/run_sse", chat.run),
            web.post("/api/render/proxy/lambda", renders.submit),
            web.get("/api/render/proxy/lambda/{render}", renders.status),
            web.post("/api/render/proxy/lambda/{render}/cancel", renders.cancel),
            web.get("/api/render/proxy/{render}/download", renders.download),
        ]
    )
    return app
