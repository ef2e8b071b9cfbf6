"""The two small files that outlive a run: the client id and the anonymous tokens, mode 0600.

Kept because the backend hands out one anonymous token per client in seven days (spec, section 2): a script that
forgot its token would meet a 429 on every second run. All functions block on the disk and run in a thread.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import uuid
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nemovideo.protocol.json import JSON, mapping, text

if sys.platform != "win32":
    import fcntl

__all__ = ["StoredToken", "TokenFile"]


@dataclass(frozen=True, slots=True)
class StoredToken:
    """An anonymous token, with the moment it expires in seconds since the epoch."""

    token: str
    user_id: str | None
    expires_at: float | None

    @classmethod
    def decode(cls, data: JSON) -> StoredToken | None:
        """Read the backend's answer, or an entry of the file; None when it holds no token."""
        fields = mapping(data)
        token = text(fields.get("token"))
        return cls(token, text(fields.get("user_id")), _moment(fields.get("expires_at"))) if token else None

    def __repr__(self) -> str:
        return f"StoredToken(token=…, user_id={self.user_id!r}, expires_at={self.expires_at!r})"


class TokenFile:
    """`folder`/client_id and `folder`/tokens.json, the latter keyed by origin."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tokens = folder / "tokens.json"
        self._client_id = folder / "client_id"

    def client_id(self) -> str:
        """The client id of this machine's user: read, or made once; processes that race agree on one."""
        if found := self._kept_client_id():
            return found
        made = str(uuid.uuid4())
        with contextlib.suppress(OSError), self._written(made) as temporary:  # a read-only home: an id for this run
            try:
                os.link(temporary, self._client_id)
            except OSError:  # another process was first, or what lies there is spoilt, or there are no hard links here
                if found := self._kept_client_id():
                    return found
                temporary.replace(self._client_id)
        return made

    def new_client_id(self) -> str:
        """Make another client id and keep it in the place of the old one."""
        made = str(uuid.uuid4())
        with contextlib.suppress(OSError), self._written(made) as temporary:
            temporary.replace(self._client_id)
        return made

    def _kept_client_id(self) -> str | None:
        try:
            found = self._client_id.read_text(encoding="ascii").strip()[:64]
        except (OSError, UnicodeDecodeError):
            return None
        return found if found.isprintable() and found else None

    def read(self, origin: str) -> StoredToken | None:
        """The token kept for an origin."""
        return StoredToken.decode(self._all().get(origin))

    def write(self, origin: str, token: StoredToken | None) -> None:
        """Keep a token, or forget it (None). A folder that cannot be written is no error: the run has its token."""
        entries = {key: value for key, value in self._all().items() if key != origin}
        if token is not None:
            entries[origin] = {"token": token.token, "user_id": token.user_id, "expires_at": token.expires_at}
        with contextlib.suppress(OSError), self._written(json.dumps(entries, indent=1)) as temporary:
            temporary.replace(self._tokens)

    def try_lock(self) -> int | None:
        """Try to be the one process that asks for a token: a handle for `unlock`, or None when another one is."""
        if sys.platform == "win32":  # Windows: two processes may ask at once, and one meets the 429
            return -1
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self.folder / "tokens.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return -1
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return None
        return handle

    def unlock(self, handle: int) -> None:
        """Give the lock back; it also goes with the process."""
        if handle >= 0:
            os.close(handle)

    def _all(self) -> dict[str, JSON]:
        try:
            found = json.loads(self._tokens.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return dict(mapping(found))

    @contextlib.contextmanager
    def _written(self, content: str) -> Generator[Path]:
        """A temporary file beside the real ones, mode 0600, gone afterwards unless it was renamed."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".new-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content)
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)


def _moment(value: JSON) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        found = datetime.fromisoformat(str(value))
        # A moment without a zone is UTC's: this machine's own would shift it by hours.
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
