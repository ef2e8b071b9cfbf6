"""Whose account it is: it decides what is advised where it has run out of something."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

__all__ = ["Account"]


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account it is, for the advice when it has run out of something.

    Attributes:
        user_id: as a token, session or state answer told it; `anon_…` for an anonymous one; None where untold.
        web_url: where accounts are registered.

    Source: spec, section 8, code 2001.
    """

    user_id: str | None = None
    web_url: str = ""

    @property
    def register_url(self) -> str:
        """Where an anonymous account is registered; empty for any other."""
        if self.user_id is None or not self.user_id.startswith("anon_"):
            return ""
        return f"{self.web_url}/register?bind={quote(self.user_id, safe='')}"

    @property
    def credits_hint(self) -> str | None:
        """What to do without credits; None where both ways are to be told."""
        if self.register_url:
            return f"Register at {self.register_url}, or work locally, which costs nothing."
        return "Top up the account's credits, or work locally, which costs nothing." if self.user_id else None

    @property
    def plan_hint(self) -> str | None:
        """What to do where the plan does not export."""
        if self.register_url:
            return f"Register at {self.register_url} to unlock export; or work locally, which needs no plan."
        return None
