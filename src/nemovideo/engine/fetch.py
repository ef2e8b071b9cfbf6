"""Uploads by URL, and what they may reach.

Only http and https; every address that a name resolves to must be public, and the connection goes to the very
addresses that were looked at; each redirect is a new address to look at. A server that fetches what strangers name
is otherwise their window into its network.
"""

from __future__ import annotations

import asyncio
import mimetypes
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from types import TracebackType
from typing import Self
from urllib.parse import unquote

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from nemovideo.engine.wire import Refusal, bad_request

__all__ = ["Fetched", "Fetcher", "is_public"]

_REDIRECTS = 5
_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST = IPv6Network("2000::/3")
"""The public part of IPv6; beside it lie ways to write IPv4 addresses, site-local ones and those of translators."""
_NOT_PUBLIC = (
    IPv6Network("3fff::/20"),  # for documentation; Python's own list is older
    IPv4Network("192.0.0.0/24"),  # of protocols, and Oracle's services seen from inside; likewise
    IPv4Network("192.88.99.0/24"),  # the nearest 6to4 relay, whosever it is
    IPv4Network("168.63.129.16/32"),  # Azure's own services, seen from inside only
)
_CHUNK = 256 * 1024
_GRACE = 60.0
"""Seconds after which an answer must have been faster than `_SLOWEST`."""
_SLOWEST = 16 * 1024
"""Bytes a second: below that a film would take days, and a line is held for nothing."""


class _Forbidden(OSError):
    """The name leads to an address that uploads may not reach."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer being read: what the file is called, and its bytes."""

    filename: str
    chunks: AsyncIterator[bytes]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also when it hides an IPv4 one inside."""
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip not in _UNICAST:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NOT_PUBLIC)


class _PinnedResolver(AbstractResolver):
    """Resolves a name once; gives its addresses to connect to, unless one of them is private."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        addresses = [(kind, proto, str(where[0])) for kind, _, proto, _, where in found]
        if not addresses or not all(is_public(address) for _, _, address in addresses):
            raise _Forbidden(f"{host} is in a private network")
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=proto, flags=socket.AI_NUMERICHOST)
            for kind, proto, address in addresses
        ]

    async def close(self) -> None:
        """Nothing is kept."""


class Fetcher:
    """Fetches for one call, on connections of its own."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        resolver = None if allow_private else _PinnedResolver()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, force_close=True),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=60),
            trust_env=False,  # a proxy would resolve the name itself
            auto_decompress=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "nemovideo-engine"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    @asynccontextmanager
    async def get(self, url: str) -> AsyncGenerator[Fetched, None]:
        """Open a URL for reading.

        Raises:
            Refusal: 400 for what may not be fetched or does not answer with a file.
        """
        try:
            async with await self._follow(url) as response:
                yield Fetched(_filename(response), _brisk(response))
        except (aiohttp.ClientError, TimeoutError, OSError, UnicodeError) as error:  # the last for names that are none
            if isinstance(error, _Forbidden) or isinstance(error.__cause__, _Forbidden):
                raise _private(url) from None
            raise bad_request(f"urls: {_shown(url)} could not be fetched ({type(error).__name__}).") from None

    async def _follow(self, url: str) -> aiohttp.ClientResponse:
        target = self._checked(url, url)
        for _ in range(_REDIRECTS + 1):
            response = await self._session.get(target, allow_redirects=False)
            location = response.headers.get("Location")
            if response.status not in (301, 302, 303, 307, 308) or location is None:
                if response.status == 200:
                    return response
                response.close()
                raise bad_request(f"urls: {_shown(url)} answered with HTTP {response.status}.")
            response.close()
            try:
                target = self._checked(str(target.join(URL(location))), url)
            except ValueError:
                raise bad_request(f"urls: {_shown(url)} redirects to nowhere.") from None
        raise bad_request(f"urls: {_shown(url)} redirects more than {_REDIRECTS} times.")

    def _checked(self, text: str, asked: str) -> URL:
        try:
            url = URL(text)
            port = url.port
        except ValueError:
            raise bad_request("urls: an address cannot be read.") from None
        if url.scheme not in ("http", "https") or not url.host or port is None:
            raise bad_request(f"urls: {_shown(asked)} is no http or https address.")
        if not self._allow_private and not _may_be_public(url.host):
            raise _private(asked)
        return url


async def _brisk(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """The bytes of an answer, as long as they come faster than a drip.

    Raises:
        TimeoutError: they do not.
    """
    now = asyncio.get_running_loop().time
    start, got = now(), 0
    async for chunk in response.content.iter_chunked(_CHUNK):
        got += len(chunk)
        if now() - start > _GRACE and got < _SLOWEST * (now() - start):
            raise TimeoutError
        yield chunk


def _private(url: str) -> Refusal:
    what = f"urls: {_shown(url)} leads into a private network, which uploads by URL may not reach."
    return Refusal(400, what, data={"reason": "private_url"})


def _may_be_public(host: str) -> bool:
    """False for an address that is written out and private; names are for the resolver to judge.

    aiohttp hands whatever looks like an address ("127.1", "2130706433") to the system without asking its resolver,
    and the system reads those as loopback: what looks like one and is none is therefore refused.
    """
    if ":" not in host and not host.replace(".", "").isdigit():
        return True
    try:
        return is_public(host)
    except ValueError:
        return False


def _shown(url: str) -> str:
    """The address without what may be secret in it."""
    try:
        return str(URL(url).with_user(None).with_query(None).with_fragment(None))[:200]
    except ValueError:
        return "the address"


def _filename(response: aiohttp.ClientResponse) -> str:
    """What the answer calls itself: the address's last part, with the content type's suffix where it has none."""
    name = unquote(response.url.path).rsplit("/", 1)[-1]
    if "." in name:
        return name
    return f"{name or 'upload'}{mimetypes.guess_extension(response.content_type) or ''}"
