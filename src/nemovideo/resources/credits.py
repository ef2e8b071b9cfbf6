"""Credits: what the account has left."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.errors import ProtocolError
from nemovideo.protocol.endpoints import CREDITS
from nemovideo.protocol.json import mapping, number
from nemovideo.resources.session import Connect

__all__ = ["Balance", "CreditsResource"]


@dataclass(frozen=True, slots=True)
class Balance:
    """Credits: `available` to spend, `frozen` for work under way, `total`."""

    available: float
    frozen: float
    total: float


class CreditsResource:
    """`client.credits`."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    async def balance(self) -> Balance:
        """The account's credits.

        Raises:
            AuthenticationError: the token is bad. TransportError, ProtocolError: no usable answer came.

        Example:
            >>> (await client.credits.balance()).available  # doctest: +SKIP
            100.0

        Source: spec, section 2, "credits".
        """
        caller = await self._connect()
        call = CREDITS.call()
        fields = mapping(await caller.get(call))
        told, held, total = (number(fields.get(name)) for name in ("available", "frozen", "total"))
        if told is None and held is None and total is None:
            raise ProtocolError(f"The answer tells no credits ({call}).", phase=call.phase)
        available, frozen = told or 0.0, held or 0.0
        return Balance(available, frozen, available + frozen if total is None else total)
