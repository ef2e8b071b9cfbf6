"""One call as the API wants it: token, attribution, envelope, and the second try where that is safe."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Mapping

from nemovideo.clock import SYSTEM_CLOCK, Clock
from nemovideo.credentials import Credentials
from nemovideo.errors import AuthenticationError
from nemovideo.protocol.envelope import Call, decode_answer
from nemovideo.protocol.json import JSON
from nemovideo.transport.http import READ_TIMEOUT, Answer, Body, Incoming, Transport
from nemovideo.transport.retry import Meaning, retrying

__all__ = ["Caller"]


class Caller:
    """The client's way to its backend; resources say what they want, this says it right."""

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        attribution: Mapping[str, str],
        *,
        web_url: str,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.base_url = base_url
        self.credentials = credentials
        self.web_url = web_url
        self.clock = clock
        self.transport = Transport()
        self._attribution = dict(attribution)

    async def get(self, call: Call, *, headers: Mapping[str, str] | None = None) -> JSON:
        """Read something; repeated after a fault that may pass."""
        return self._value(call, await self.answer(call, "read", headers=headers))

    async def post(self, call: Call, *, json: JSON = None, body: Body | None = None, meaning: Meaning = "act") -> JSON:
        """Ask for something; repeated only when it surely was not accepted."""
        return self._value(call, await self.answer(call, meaning, json=json, body=body))

    async def answer(
        self,
        call: Call,
        meaning: Meaning,
        *,
        headers: Mapping[str, str] | None = None,
        json: JSON = None,
        body: Body | None = None,
        read_timeout: float = READ_TIMEOUT,
    ) -> Answer:
        """The raw answer, after the retries; an answer that carries an error is raised as one."""

        async def once() -> Answer:
            sent = await self.headers() | dict(headers or {})
            answer = await self.transport.request(
                call, self.base_url + call.path, sent, json=json, body=body, read_timeout=read_timeout
            )
            answer = Answer(answer.status, answer.headers, self.redacted(answer.body))
            if answer.status != 304:
                self._value(call, answer)
            return answer

        async def authorised() -> Answer:
            used = await self.credentials.token(self._fetch_token)
            try:
                return await once()
            except AuthenticationError:
                # A refused call was not accepted, so it may be made again, whatever it means.
                if not await self.credentials.renew(used, self._fetch_token):
                    raise
                return await once()

        return await retrying(meaning, self.clock)(authorised)

    @contextlib.asynccontextmanager
    async def stream(self, call: Call, *, json: JSON, read_timeout: float | None) -> AsyncGenerator[Incoming]:
        """Open a stream; an answer that is an error is raised before it begins. Never repeated."""
        headers = await self.headers() | {"Accept": "text/event-stream"}
        async with self.transport.stream(
            call, self.base_url + call.path, headers, json=json, read_timeout=read_timeout
        ) as incoming:
            if incoming.status >= 300 or "json" in incoming.headers.get("content-type", ""):
                body = self.redacted(await incoming.read())
                self._value(call, Answer(max(400, incoming.status), incoming.headers, body))
            yield incoming

    async def headers(self) -> dict[str, str]:
        """Authorisation and attribution: they go with every call to the backend, and to nobody else."""
        token = await self.credentials.token(self._fetch_token)
        return {"Authorization": f"Bearer {token}", "Accept": "application/json", **self._attribution}

    @property
    def register_url(self) -> str:
        """Where an anonymous account is registered (spec, section 8); empty while the account is unknown."""
        user_id = self.credentials.user_id
        return f"{self.web_url}/register?bind={user_id}" if user_id and self.credentials.anonymous else ""

    async def _fetch_token(self, client_id: str) -> JSON:
        call = Call("POST", "/api/auth/anonymous-token", phase="connect")

        async def once() -> Answer:
            headers = {"X-Client-Id": client_id, "Accept": "application/json", **self._attribution}
            answer = await self.transport.request(call, self.base_url + call.path, headers)
            self._value(call, answer)
            return answer

        return self._value(call, await retrying("act", self.clock)(once))

    def _value(self, call: Call, answer: Answer) -> JSON:
        return decode_answer(
            call, answer.status, answer.headers, answer.body, now=self.clock.now(), register_url=self.register_url
        )

    def redacted(self, body: bytes) -> bytes:
        """What a server said, without the token, should it ever repeat it: nothing made of this shows it."""
        for secret in self.credentials.secrets:
            body = body.replace(secret.encode(), b"...")
        return body

    def redacted_text(self, text: str) -> str:
        """Like `redacted`, for decoded words."""
        for secret in self.credentials.secrets:
            text = text.replace(secret, "...")
        return text
