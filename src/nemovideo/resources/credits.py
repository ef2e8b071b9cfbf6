"""Credits: what the account has left."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.protocol.envelope import Call
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

        Example:
            >>> (await client.credits.balance()).available  # doctest: +SKIP
            100.0

        Source: spec, section 2, "credits".
        """
        caller = await self._connect()
        fields = mapping(await caller.get(Call("GET", "/api/credits/balance/simple")))
        available, frozen = number(fields.get("available")) or 0.0, number(fields.get("frozen")) or 0.0
        total = number(fields.get("total"))
        return Balance(available, frozen, available + frozen if total is None else total)
