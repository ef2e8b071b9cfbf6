"""How long a server asks to wait (RFC 9110, 10.2.3; in milliseconds as some gateways write it)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

__all__ = ["retry_after_seconds"]


def retry_after_seconds(headers: Mapping[str, str], *, now: float) -> float | None:
    """The wait that a server asks for: seconds, a date, `retry-after-ms`, "250ms"; None if it says nothing usable."""
    lowered = {name.lower(): value.strip() for name, value in headers.items()}
    if (told := lowered.get("retry-after", "")).lower().endswith("ms"):
        lowered.setdefault("retry-after-ms", told[:-2])
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(lowered[name]) / scale
        except (KeyError, ValueError):
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    try:
        moment = parsedate_to_datetime(lowered["retry-after"])
        return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now)
    except (KeyError, ValueError, OverflowError):
        return None
