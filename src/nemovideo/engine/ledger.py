"""Who may come in and what they may spend: accounts, tokens, credits. Functions of the store's connection.

Tokens and client ids are kept as digests only: the database gives nobody's bearer away.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass

from nemovideo.engine.config import STARTING_CREDITS, TOKEN_LIFE

__all__ = [
    "Balance",
    "Grant",
    "OPERATOR",
    "TooSoon",
    "account_of",
    "balance",
    "digest",
    "enrol_operator",
    "expire_token",
    "freeze",
    "issue_token",
    "release",
    "release_all",
    "spend",
]

OPERATOR = "operator"
"""The account behind the engine's own key; outside of quotas."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A token as it is handed out, once. `expires` is in seconds since the epoch."""

    token: str
    account: str
    credits: int
    expires: float


@dataclass(frozen=True, slots=True)
class TooSoon:
    """No token yet; ask again in `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Balance:
    """Credits: free to spend, reserved for work under way, both."""

    available: int
    frozen: int
    total: int


def digest(secret: str) -> str:
    """The form in which a secret is kept; secrets here are long and random, so a plain hash does."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def enrol_operator(db: sqlite3.Connection) -> None:
    """Make the account behind the engine's key, once."""
    db.execute("INSERT OR IGNORE INTO accounts(id, credits) VALUES (?, ?)", (OPERATOR, STARTING_CREDITS))


def issue_token(
    db: sqlite3.Connection, *, client_id: str, address: str, per_address: int, now: float
) -> Grant | TooSoon:
    """Hand out a token: one per client id and `per_address` per address within seven days.

    A client that comes back later gets its old account, so that its sessions outlive the token.
    """
    client, since = digest(client_id), now - TOKEN_LIFE
    row = db.execute("SELECT id FROM accounts WHERE client = ?", (client,)).fetchone()
    if row is not None:
        last = db.execute("SELECT max(issued) FROM tokens WHERE account = ?", (row["id"],)).fetchone()[0]
        if last is not None and last > since:
            return TooSoon(last - since)
    recent = db.execute(
        "SELECT issued FROM tokens WHERE address = ? AND issued > ? ORDER BY issued DESC LIMIT ?",
        (address, since, per_address),
    ).fetchall()
    if len(recent) >= per_address:
        return TooSoon(recent[-1]["issued"] - since if recent else TOKEN_LIFE)
    account = row["id"] if row is not None else f"anon_{secrets.token_hex(8)}"
    db.execute(
        "INSERT INTO accounts(id, client, credits) VALUES (?, ?, ?)"
        " ON CONFLICT(id) DO UPDATE SET credits = max(credits, excluded.credits + frozen)",
        (account, client, STARTING_CREDITS),
    )
    token, expires = f"nmv_usr_{secrets.token_urlsafe(32)}", now + TOKEN_LIFE
    db.execute(
        "INSERT INTO tokens(digest, account, address, issued, expires) VALUES (?, ?, ?, ?, ?)",
        (digest(token), account, address, now, expires),
    )
    return Grant(token, account, balance(db, account).available, expires)


def account_of(db: sqlite3.Connection, token: str, *, now: float) -> str | None:
    """The account that a token opens; None when it is unknown or has expired."""
    row = db.execute("SELECT account FROM tokens WHERE digest = ? AND expires > ?", (digest(token), now)).fetchone()
    return None if row is None else str(row["account"])


def expire_token(db: sqlite3.Connection, token: str, *, now: float) -> None:
    """As if the token's life had passed: it opens nothing, and its client may ask for another."""
    db.execute("UPDATE tokens SET issued = ?, expires = ? WHERE digest = ?", (now - TOKEN_LIFE - 1, now, digest(token)))


def balance(db: sqlite3.Connection, account: str) -> Balance:
    """The credits of an account."""
    row = db.execute("SELECT credits, frozen FROM accounts WHERE id = ?", (account,)).fetchone()
    return Balance(row["credits"] - row["frozen"], row["frozen"], row["credits"])


def freeze(db: sqlite3.Connection, account: str, amount: int) -> bool:
    """Reserve credits for work about to begin; False when there are not enough."""
    changed = db.execute(
        "UPDATE accounts SET frozen = frozen + ? WHERE id = ? AND credits - frozen >= ?", (amount, account, amount)
    )
    return changed.rowcount == 1


def release(db: sqlite3.Connection, account: str, amount: int) -> None:
    """Give reserved credits back: the work did not happen."""
    db.execute("UPDATE accounts SET frozen = max(frozen - ?, 0) WHERE id = ?", (amount, account))


def spend(db: sqlite3.Connection, account: str, amount: int) -> None:
    """Take reserved credits: the work is done."""
    db.execute(
        "UPDATE accounts SET frozen = max(frozen - ?, 0), credits = max(credits - ?, 0) WHERE id = ?",
        (amount, amount, account),
    )


def release_all(db: sqlite3.Connection) -> None:
    """At the start: what was reserved when the engine died was never spent."""
    db.execute("UPDATE accounts SET frozen = 0")
