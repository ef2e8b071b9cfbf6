"""How a client reaches the network: proxies, certificates, a connector of the caller's own."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from nemovideo.errors import UsageError
from nemovideo.settings import host_of

__all__ = ["Network"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The way out of one client.

    Attributes:
        proxy: an http(s) proxy's URL for every call, `http://name:password@host:port` where it wants to know who; None
            for what `trust_env` finds. Never shown.
        trust_env: take proxies from HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY. A `.netrc` is never read.
        ca_bundle: a PEM file of the authorities to trust, in place of the system's.
        connector: makes an aiohttp connector, once for each event loop; the client closes it.

    Raises:
        UsageError: the proxy is no http or https URL, or the connector cannot be called. A file that holds no
            certificates is found when the client is opened: reading it here would block the event loop.

    Example:
        >>> Network(proxy="http://name:password@proxy.example:3128")
        Network(trust_env=True, ca_bundle=None, connector=None)
    """

    proxy: str | None = field(default=None, repr=False)
    trust_env: bool = True
    ca_bundle: str | os.PathLike[str] | None = None
    connector: Callable[[], object] | None = None

    def __post_init__(self) -> None:
        if self.proxy is not None and not _is_proxy(self.proxy):
            # The URL is not repeated: it may hold a password.
            raise UsageError(
                "proxy is no http or https URL.", hint="Give one like http://host:3128 or http://name:password@host."
            )
        if self.connector is not None and not callable(self.connector):
            raise UsageError(
                f"connector is {type(self.connector).__name__}, not a function.",
                hint="Give a function that makes an aiohttp connector, such as lambda: aiohttp.TCPConnector(...).",
            )


def _is_proxy(url: str) -> bool:
    scheme, separator, rest = url.partition("://")
    host = host_of(rest).rpartition("@")[2]
    named = bool(host.partition(":")[0])
    return bool(separator) and scheme.lower() in {"http", "https"} and named and not any(c.isspace() for c in url)
