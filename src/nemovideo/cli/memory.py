"""The session that one-shot commands come back to: one small file a backend under the user's state folder."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from nemovideo.protocol.json import mapping, text
from nemovideo.settings import Settings, origin, state_dir

__all__ = ["SessionMemory"]

_LONGEST = 512  # characters of an id; a longer one was never ours


class SessionMemory:
    """Remembers the id of a backend's latest session. A file of its own each: commands at once lose nothing.

    Args:
        backend: local, cloud, or an engine's URL; of the last two the origin counts.
    """

    def __init__(self, backend: str) -> None:
        url = Settings.from_environment().api_url if backend == "cloud" else backend
        self.backend = "local" if backend == "local" else origin(url)
        self._path = state_dir() / "sessions" / f"{quote(self.backend, safe='')}.json"

    def recall(self) -> str | None:
        """The id, or None where there is none; a damaged file remembers nothing. Blocks."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        found = text(mapping(kept).get("session_id"))
        return found if found and found.isprintable() and len(found) <= _LONGEST else None

    def remember(self, session_id: str) -> bool:
        """Keep an id, whole or not at all, for this user's eyes only (mode 0600); False where it cannot be. Blocks."""
        folder = self._path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
        except OSError:
            return False
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"backend": self.backend, "session_id": session_id}, file)
            Path(name).replace(self._path)
        except OSError:
            return False
        finally:
            with suppress(OSError):
                Path(name).unlink(missing_ok=True)
        return True
