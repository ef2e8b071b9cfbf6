"""One call as the API wants it: token, attribution, envelope, and the second try where that is safe."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from typing import TypeVar

from nemovideo.clock import SYSTEM_CLOCK, Clock, EndingClock
from nemovideo.credentials import Credentials
from nemovideo.errors import AuthenticationError, NemoError, ProtocolError, RateLimited, UsageError
from nemovideo.limits import Limits
from nemovideo.network import Network
from nemovideo.protocol.account import Account
from nemovideo.protocol.endpoints import TOKEN, Call
from nemovideo.protocol.envelope import decode_answer
from nemovideo.protocol.json import JSON, mapping, text
from nemovideo.transport.failures import context_of
from nemovideo.transport.http import Answer, Body, Incoming, Transport
from nemovideo.transport.restraint import Restraint
from nemovideo.transport.retry import Meaning, retrying

__all__ = ["Caller"]

T = TypeVar("T")
P = TypeVar("P")

_CLIENT_ID = re.compile(r"client[-_ ]?id", re.IGNORECASE)
_ONE_A_WEEK = (
    "One anonymous token is given per client in 7 days, and some 10 per address. Register and set NEMO_TOKEN, come "
    "back later, or work locally, which needs no account."
)


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
        limits: Limits | None = None,
        network: Network | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.base_url = base_url
        self.credentials = credentials
        self.web_url = web_url
        self.clock = EndingClock(clock)
        self.transport = Transport(network, self.limits)
        self.restraint = Restraint(clock)
        self._attribution = attribution  # may still be read, in a thread, before the first call

    async def close(self) -> None:
        """Close every connection, for good; who waits to ask again gets an error now. Idempotent."""
        self.clock.end()
        await self.transport.close()

    async def get(self, call: Call, *, headers: Mapping[str, str] | None = None, meaning: Meaning = "read") -> JSON:
        """Read something; repeated after a fault that may pass, unless it is told to mean an "act"."""
        return self._value(call, await self.answer(call, meaning, headers=headers))

    async def post(
        self, call: Call, *, json: JSON = None, body: Body | None = None, meaning: Meaning = "act", bare: bool = False
    ) -> JSON:
        """Ask for something; repeated only when it surely was not accepted."""
        return self._value(call, await self.answer(call, meaning, json=json, body=body, bare=bare))

    async def answer(
        self,
        call: Call,
        meaning: Meaning | None,
        *,
        headers: Mapping[str, str] | None = None,
        json: JSON = None,
        body: Body | None = None,
        read_timeout: float | None = None,
        stall: float | None = None,
        bare: bool = False,
    ) -> Answer:
        """The raw answer, after the retries; an answer that carries an error is raised as one.

        A meaning of None repeats nothing: for whoever asks again by a rhythm of their own. Unless the answer may be
        `bare`, an object is due: an empty body, or a 0, would be taken for a balance of nothing.
        """

        async def once(token: str) -> Answer:
            sent = self._headers(token) | dict(headers or {})
            answer = await self.transport.request(
                call,
                self.base_url + call.path,
                sent,
                json=json,
                body=body,
                read_timeout=read_timeout,
                stall=self.limits.stall if stall is None else stall,
            )
            answer = Answer(answer.status, self.redacted_headers(answer.headers), self.redacted(answer.body))
            if answer.status != 304:
                value = self._value(call, answer)
                if not (bare or isinstance(value, dict) or (value is None and answer.body.lstrip()[:1] == b"{")):
                    raise _no_object(call, answer)
            return answer

        return await self.authorised(once, call, meaning)

    @contextlib.asynccontextmanager
    async def stream(self, call: Call, *, json: JSON, read_timeout: float | None) -> AsyncGenerator[Incoming]:
        """Open a stream; an answer that is an error is raised before it begins.

        Made again only while it surely was not accepted: no connection, a 429, a token that was renewed. Once an
        answer has begun, never.
        """
        async with contextlib.AsyncExitStack() as stack:

            async def opened(token: str) -> Incoming:
                sent = self._headers(token) | {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
                async with contextlib.AsyncExitStack() as attempt:
                    incoming = await attempt.enter_async_context(
                        self.transport.stream(
                            call,
                            self.base_url + call.path,
                            sent,
                            json=json,
                            read_timeout=read_timeout,
                            lossless=True,
                        )
                    )
                    if incoming.status >= 300 or "json" in incoming.headers.get("content-type", ""):
                        body = self.redacted(await incoming.read())
                        headers = self.redacted_headers(incoming.headers)
                        self._value(call, Answer(incoming.status if incoming.status >= 300 else 400, headers, body))
                    stack.push_async_exit(attempt.pop_all())
                return incoming

            yield await self.authorised(opened, call, "act")

    async def authorised(
        self, attempt: Callable[[str], Awaitable[T]], call: Call | None = None, meaning: Meaning | None = None
    ) -> T:
        """Make a call with the token; with a new one, once, where the token is refused and was not the user's.

        Args:
            attempt: makes the call with a token.
            call: what is asked, for the errors of a token that is not to be had.
            meaning: what decides whether the call is repeated after a fault; None where the caller repeats it.
        """
        with _told_of(call):
            token = await self.credentials.token(self._fetch_token)
        try:
            return await self._repeated(attempt, token, meaning)
        except AuthenticationError as refusal:
            # A refused call was not accepted, so it may be made again, whatever it means.
            with _told_of(call):
                if not await self.credentials.renew(token, self._fetch_token):
                    refusal.hint = self.credentials.refused_hint
                    raise
                token = await self.credentials.token(self._fetch_token)
        try:
            return await self._repeated(attempt, token, meaning)
        except AuthenticationError as refusal:
            refusal.hint = self.credentials.refused_hint
            raise

    async def _repeated(self, attempt: Callable[[P], Awaitable[T]], what: P, meaning: Meaning | None) -> T:
        async def once() -> T:
            await self.restraint.cooled()
            return await attempt(what)

        if meaning is None:
            return await once()
        return await retrying(meaning, self.clock, limits=self.limits, restraint=self.restraint)(once)

    async def headers(self) -> dict[str, str]:
        """Authorisation and attribution: they go with every call to the backend, and to nobody else."""
        return self._headers(await self.credentials.token(self._fetch_token))

    def _headers(self, token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}", "Accept": "application/json", **self._attribution}

    @property
    def account(self) -> Account:
        """Whose account it is, as far as the backend has said: it decides what is advised when credits run out."""
        return Account(self.credentials.user_id, self.web_url)

    async def _fetch_token(self, client_id: str) -> JSON:
        call = TOKEN.call()

        async def once(identity: str) -> JSON:
            headers = {"X-Client-Id": identity, "Accept": "application/json", **self._attribution}
            return self._value(call, await self.transport.request(call, self.base_url + call.path, headers))

        try:
            return await self._repeated(once, client_id, "act")
        except ProtocolError as error:
            if 400 not in (error.status, error.code):
                raise
            return await self._repeated(once, await self._another_client_id(error), "act")
        except RateLimited as error:
            error.hint = _ONE_A_WEEK
            raise

    async def _another_client_id(self, refusal: ProtocolError) -> str:
        """What a 400 asks for, whatever its words (spec, section 8); the user's own id is not replaced."""
        try:
            return await self.credentials.new_client_id()
        except UsageError:
            if _CLIENT_ID.search(refusal.message):
                raise
            raise refusal from None

    def _value(self, call: Call, answer: Answer) -> JSON:
        value = decode_answer(
            call, answer.status, answer.headers, answer.body, now=self.clock.now(), account=self.account
        )
        self.credentials.learn(text(mapping(value).get("user_id")))
        return value

    def redacted(self, body: bytes) -> bytes:
        """What a server said, without the token, should it ever repeat it: nothing made of this shows it."""
        for secret in self.credentials.secrets:
            body = body.replace(secret.encode(), b"...")
        return body

    def redacted_headers(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """Like `redacted`, for headers: a request id, for one, is told on."""
        return {name: self.redacted_text(value) for name, value in headers.items()}

    def redacted_text(self, text: str) -> str:
        """Like `redacted`, for decoded words."""
        for secret in self.credentials.secrets:
            text = text.replace(secret, "...")
        return text


def _no_object(call: Call, answer: Answer) -> ProtocolError:
    start = answer.body[:60].decode("utf-8", "replace").strip()
    said = f"is {start!r}" if start else "is empty"
    context = context_of(call) | {"status": answer.status, "request_id": answer.headers.get("x-request-id")}
    return ProtocolError(f"The answer {said}, and no object ({call}).", **context)


@contextlib.contextmanager
def _told_of(call: Call | None) -> Generator[None]:
    """Let an error of the token call tell which call it stood in the way of."""
    try:
        yield
    except NemoError as error:
        if call is not None:
            error.session_id, error.render_id = error.session_id or call.session_id, error.render_id or call.render_id
        raise
