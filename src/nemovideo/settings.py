"""Every environment variable that nemovideo reads, each once, with what it means.

Read when a client is made, never at import, so that a test or a notebook may set them late.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import platformdirs

from nemovideo.errors import UsageError

__all__ = ["CLOUD_API_URL", "CLOUD_WEB_URL", "Settings", "checked_url", "config_dir", "host_of", "origin", "state_dir"]

CLOUD_API_URL = "https://mega-api-prod.nemovideo.ai"
CLOUD_WEB_URL = "https://nemovideo.com"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. `token` belongs to the origin of `api_url` and goes to no other."""

    token: str | None = field(repr=False)
    """NEMO_TOKEN: a bearer token; when set, no anonymous one is asked for."""
    api_url: str
    """NEMO_API_URL: the API's base."""
    web_url: str
    """NEMO_WEB_URL: the base of claim and registration links."""
    client_id: str | None
    """NEMO_CLIENT_ID: the client id; else one is made once and kept in the configuration folder."""
    platform: str | None
    """SKILL_SOURCE: the *platform* attribution header, despite the variable's name."""
    backend: str
    """NEMO_BACKEND: local, cloud or a URL, for the command line."""

    def __reduce__(self) -> NoReturn:
        raise TypeError("settings are not pickled, as they hold a token; read them in each process")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the variables; an empty one counts as unset."""
        found = os.environ if environ is None else environ
        return cls(
            token=found.get("NEMO_TOKEN", "").strip() or None,
            api_url=checked_url(found.get("NEMO_API_URL", "").strip() or CLOUD_API_URL, "NEMO_API_URL"),
            web_url=(found.get("NEMO_WEB_URL", "").strip() or CLOUD_WEB_URL).rstrip("/"),
            client_id=found.get("NEMO_CLIENT_ID", "").strip() or None,
            platform=found.get("SKILL_SOURCE", "").strip() or None,
            backend=found.get("NEMO_BACKEND", "").strip() or "local",
        )


def checked_url(url: str, name: str) -> str:
    """A base URL without its last slash.

    Raises:
        UsageError: it is no http or https URL, or carries a name and password.
    """
    scheme, separator, rest = url.partition("://")
    host = host_of(rest)
    if not separator or scheme.lower() not in {"http", "https"} or not host or any(c.isspace() for c in url):
        raise UsageError(
            f"{name} is no http or https URL: {_unsigned(url)!r}.",
            hint="Give one like https://host or http://host:port.",
        )
    if "@" in host:
        raise UsageError(
            f"{name} carries a user name or password.", hint="Give the token apart: token=… or NEMO_TOKEN."
        )
    return url.rstrip("/")


def _unsigned(url: str) -> str:
    """A URL without what stands before its host, which may be a name and a password."""
    before, at, rest = url.rpartition("@")
    return f"{before.partition('://')[0]}://...@{rest}" if at and "://" in before else url


def origin(url: str) -> str:
    """Scheme, host and port of a URL, lower case, the default port left out."""
    scheme, _, rest = url.partition("://")
    scheme = scheme.lower()
    host = host_of(rest).lower()
    default = {"http": ":80", "https": ":443"}.get(scheme, "")
    return f"{scheme}://{host.removesuffix(default) if default else host}"


def host_of(rest: str) -> str:
    """What stands between `://` and the path: host and port, and whatever was put before them."""
    return re.split(r"[/?#]", rest, maxsplit=1)[0]


def config_dir() -> Path:
    """Where the client id and tokens are kept. Not created by asking."""
    return Path(platformdirs.user_config_dir("nemovideo", appauthor=False))


def state_dir() -> Path:
    """Where the lists of unfinished files are kept. Not created by asking."""
    return Path(platformdirs.user_state_dir("nemovideo", appauthor=False))
