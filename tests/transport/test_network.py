"""The way out: through proxies, with certificates and connectors of one's own, over sockets that are kept alive."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import os
import pickle
import socket
import ssl
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import trustme
from aiohttp import web
from tests.cloud import CREDITS, Cloud
from tests.conftest import Run
from tests.transport.proxy import PASSWORD, Proxy

from nemovideo import AsyncNemoClient
from nemovideo.errors import ConnectionFailed, NemoError, UsageError
from nemovideo.network import Network
from nemovideo.protocol.endpoints import Call
from nemovideo.transport.http import Answer, Transport

CALL = Call("GET", "/api/credits/balance/simple", phase="connect", session_id="s1")
HEADERS = {"Authorization": "Bearer nmv_usr_given"}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def server_side(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names or ("127.0.0.1", "localhost")).configure_cert(context)
    return context


@contextlib.asynccontextmanager
async def https(context: ssl.SSLContext) -> AsyncGenerator[str]:
    """A server that speaks TLS; its URL."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"code": 0, "data": {"available": 3}})

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    try:
        yield f"https://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def asked(network: Network, url: str) -> Answer:
    transport = Transport(network)
    try:
        return await transport.request(CALL, url + CALL.path, HEADERS)
    finally:
        await transport.close()


def shown(error: BaseException) -> str:
    """All that an error and what is behind it can show."""
    seen: list[str] = []
    chain: list[BaseException | None] = [error]
    while chain:
        one = chain.pop()
        if one is not None:
            seen += [str(one), repr(one), repr(one.args), repr(vars(one))]
            chain += [one.__cause__, one.__context__]
    return "\n".join(seen)


def test_a_proxy_that_is_given(run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, Proxy() as proxy:
            assert (await asked(Network(proxy=proxy.url), cloud.url)).status == 200
            assert proxy.lines == [f"GET {cloud.url}{CALL.path} HTTP/1.1"]
            assert cloud.calls == [CREDITS]

    run(flow())


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_of_the_environment(name: str, run: Run[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, Proxy() as proxy:
            monkeypatch.setenv(name, proxy.url)
            assert (await asked(Network(), cloud.url)).status == 200
            assert len(proxy.lines) == 1
            assert (await asked(Network(trust_env=False), cloud.url)).status == 200
            assert len(proxy.lines) == 1
            monkeypatch.setenv("NO_PROXY", "127.0.0.1")
            assert (await asked(Network(), cloud.url)).status == 200
            assert len(proxy.lines) == 1
            assert len(cloud.requests) == 3

    run(flow())


def test_the_environments_proxy_is_not_for_an_engine_of_our_own(run: Run[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    async def flow() -> None:
        async with Proxy() as proxy:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
                monkeypatch.setenv(name, proxy.url)
            async with AsyncNemoClient.local() as client:
                assert (await client.session.create()).id
            assert proxy.lines == []

    run(flow())


def test_a_netrc_is_not_read(run: Run[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It would meet our bearer token; and no password of this machine goes to a host that a server named."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    async def flow() -> None:
        async with Cloud() as cloud:
            assert (await asked(Network(), cloud.url)).status == 200
            transport = Transport()
            await transport.request(CALL, cloud.cdn_url + "/out.mp4", {})
            await transport.close()
            assert "authorization" not in cloud.elsewhere[0].headers

    run(flow())


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_a_proxy_that_wants_a_password(secure: bool, run: Run[Any], authority: trustme.CA, bundle: Path) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, https(server_side(authority)) as tls, Proxy(closed_to=True) as proxy:
            url = tls if secure else cloud.url
            given = proxy.url.replace("://", f"://me:{PASSWORD}@")
            assert (await asked(Network(proxy=given, ca_bundle=bundle), url)).status == 200
            assert proxy.lines[0].startswith("CONNECT" if secure else "GET")
            assert PASSWORD not in "".join(f"{sent.headers}" for sent in cloud.requests)

    run(flow())


def test_a_password_is_not_sent_to_the_server_and_the_token_not_to_the_proxy(
    run: Run[Any], authority: trustme.CA, bundle: Path
) -> None:
    async def flow() -> None:
        async with https(server_side(authority)) as url, Proxy() as proxy:
            await asked(Network(proxy=proxy.url, ca_bundle=bundle), url)
            assert "nmv_usr_given" not in proxy.heads[0]

    run(flow())


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("given", ["", "me:falsches-wort@"])
def test_a_proxy_that_refuses_says_what_to_do(
    given: str, secure: bool, run: Run[Any], everything_logged: pytest.LogCaptureFixture
) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, Proxy(closed_to=True) as proxy:
            network = Network(proxy=proxy.url.replace("://", f"://{given}"))
            client = AsyncNemoClient(
                cloud.url.replace("http:", "https:") if secure else cloud.url, "nmv_usr_given", proxy=network.proxy
            )
            async with client:
                with pytest.raises(
                    ConnectionFailed, match=r"The proxy wants to know who asks \(GET /api/credits"
                ) as caught:
                    await client.credits.balance()
            assert not caught.value.retryable
            assert "proxy=http://name:password@host:port" in str(caught.value)
            assert len(proxy.lines) == 1
            for secret in ("falsches-wort", "nmv_usr_given", "Basic"):
                assert secret not in shown(caught.value)

    run(flow())
    assert "nmv_usr_given" not in everything_logged.text


@pytest.mark.parametrize(("status", "retryable"), [("403 No", False), ("502 Bad Gateway", True)])
def test_a_tunnel_that_is_not_opened_has_carried_nothing(status: str, retryable: bool, run: Run[Any]) -> None:
    async def flow() -> None:
        async with Proxy(refuses=status) as proxy:
            with pytest.raises(ConnectionFailed, match=f"HTTP {status[:3]}") as caught:
                await asked(Network(proxy=proxy.url), "https://127.0.0.1:9")
            assert caught.value.retryable is retryable
            assert caught.value.status is None
            assert (caught.value.phase, caught.value.session_id) == ("connect", "s1")

    run(flow())


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there_is_named_without_its_password(scheme: str, run: Run[Any]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    async def flow() -> None:
        network = Network(proxy=f"http://me:{PASSWORD}@127.0.0.1:{port}")
        with pytest.raises(ConnectionFailed, match=rf"The proxy 127.0.0.1:{port} cannot be reached \(") as caught:
            await asked(network, f"{scheme}://backend.example")
        assert caught.value.retryable
        assert "HTTPS_PROXY" in str(caught.value)
        assert PASSWORD not in shown(caught.value)
        assert "BasicAuth" not in shown(caught.value)

    run(flow())


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_has_no_address_is_named_and_not_the_server(scheme: str, run: Run[Any]) -> None:
    async def flow() -> None:
        network = Network(proxy=f"http://me:{PASSWORD}@nohost.invalid:3128")
        with pytest.raises(ConnectionFailed, match=r"^The proxy nohost\.invalid:3128 cannot be resolved \(") as caught:
            await asked(network, f"{scheme}://backend.example")
        assert str(caught.value.hint).startswith("Check the proxy")
        assert "backend.example" not in str(caught.value)
        assert PASSWORD not in shown(caught.value)

    run(flow())


def test_a_proxy_that_speaks_tls_itself(run: Run[Any], authority: trustme.CA, bundle: Path) -> None:
    async def flow() -> None:
        async with https(server_side(authority)) as url, Proxy(tls=server_side(authority)) as proxy:
            assert (await asked(Network(proxy=proxy.url, ca_bundle=bundle), url)).status == 200
            assert proxy.lines[0].startswith("CONNECT")

    run(flow())


@pytest.mark.parametrize(
    "url",
    [
        "",
        "proxy:3128",
        "socks5://me:geheimes-wort@host",
        "http://",
        "http://me:geheimes-wort@",
        "http://a b",
        "http:/x",
    ],
)
def test_what_is_no_proxy_is_refused_at_once_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError, match="proxy is no http or https URL") as caught:
        AsyncNemoClient("http://127.0.0.1:9", "t", proxy=url)
    assert PASSWORD not in shown(caught.value)


def test_nothing_shows_the_proxys_password() -> None:
    network = Network(proxy=f"http://me:{PASSWORD}@host")
    assert PASSWORD not in repr(network)
    client = AsyncNemoClient("http://127.0.0.1:9", "t", proxy=network.proxy)
    assert PASSWORD not in repr(client)
    assert pickle.loads(pickle.dumps(network)) == copy.copy(network) == network


def test_an_authority_of_ones_own(run: Run[Any], authority: trustme.CA, bundle: Path) -> None:
    async def flow() -> None:
        async with https(server_side(authority)) as url:
            async with AsyncNemoClient(url, "nmv_usr_given", ca_bundle=bundle) as client:
                assert (await client.credits.balance()).available == 3
            with pytest.raises(ConnectionFailed, match=r"The certificate of https:.* is not trusted") as caught:
                await asked(Network(), url)
            assert not caught.value.retryable
            assert "SSL_CERT_FILE" in str(caught.value)
            assert "ca_bundle=" in str(caught.value)

    run(flow())


def test_it_takes_the_place_of_the_systems(run: Run[Any], authority: trustme.CA, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))

    async def flow() -> None:
        async with https(server_side(authority)) as url:
            with pytest.raises(ConnectionFailed, match=r"The certificate of https:.* is not trusted"):
                await asked(Network(ca_bundle=other), url)

    run(flow())


def test_a_certificate_for_another_name_is_not_trusted(run: Run[Any], authority: trustme.CA, bundle: Path) -> None:
    async def flow() -> None:
        async with https(server_side(authority, "elsewhere.example")) as url:
            with pytest.raises(ConnectionFailed, match=r"The certificate of https:.* is not trusted"):
                await asked(Network(ca_bundle=bundle), url)

    run(flow())


@pytest.mark.parametrize(
    "content", [None, b"", b"no pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_bundle_that_is_none_is_found_before_anything_is_sent(
    content: bytes | None, run: Run[Any], tmp_path: Path
) -> None:
    path = tmp_path / "bundle.pem"
    if content is not None:
        path.write_bytes(content)

    async def flow() -> None:
        async with Cloud() as cloud:
            client = AsyncNemoClient(cloud.url, "t", ca_bundle=path)
            with pytest.raises(UsageError, match=r"ca_bundle: .*bundle\.pem") as caught:
                async with client:
                    pass
            assert "BEGIN CERTIFICATE" in str(caught.value)
            assert cloud.requests == []
            await client.aclose()

    run(flow())


def test_a_folder_is_no_bundle(run: Run[Any], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ca_bundle"):
        run(asked(Network(ca_bundle=tmp_path), "http://127.0.0.1:9"))


def test_a_connector_of_ones_own_is_made_once_and_closed_with_the_client(run: Run[Any]) -> None:
    made: list[aiohttp.TCPConnector] = []

    def make() -> aiohttp.TCPConnector:
        made.append(aiohttp.TCPConnector(limit=1))
        return made[-1]

    async def flow() -> None:
        async with Cloud() as cloud:
            async with AsyncNemoClient(cloud.url, cloud.token, connector=make) as client:
                await asyncio.gather(*(client.credits.balance() for _ in range(5)))
                assert len(made) == 1
            assert made[0].closed

    run(flow())


def test_it_reaches_a_unix_socket(run: Run[Any], world: Path) -> None:
    """What a connector is for: a way that no option of ours describes."""

    async def flow() -> None:
        async def answer(request: web.Request) -> web.Response:
            return web.json_response({"available": 3})

        app = web.Application()
        app.router.add_get("/{rest:.*}", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        path = str(world / "s")
        await web.UnixSite(runner, path).start()
        client = AsyncNemoClient(
            "http://anywhere.example", "t", connector=lambda: aiohttp.UnixConnector(path), trust_env=False
        )
        async with client:
            assert (await client.credits.balance()).available == 3
        with pytest.raises(ConnectionFailed):
            await asked(
                Network(connector=lambda: aiohttp.UnixConnector(path + "x"), trust_env=False), "http://a.example"
            )
        await runner.cleanup()

    run(flow())


async def closed_connector() -> aiohttp.TCPConnector:
    connector = aiohttp.TCPConnector()
    await connector.close()
    return connector


def test_what_is_no_connector_is_refused(run: Run[Any]) -> None:
    with pytest.raises(UsageError, match="connector is str, not a function"):
        AsyncNemoClient("http://127.0.0.1:9", "t", connector="tcp")  # type: ignore[arg-type]

    async def flow() -> None:
        closed = await closed_connector()
        for connector, words in (
            (object, "connector made object, no aiohttp connector"),
            (lambda: None, "connector made NoneType"),
            (lambda: closed, "connector that has been closed"),
        ):
            with pytest.raises(UsageError, match=words):
                async with AsyncNemoClient("http://127.0.0.1:9", "t", connector=connector):
                    pass

    run(flow())


def test_a_connector_of_another_loop_is_refused(run: Run[Any]) -> None:
    loop = asyncio.new_event_loop()
    connector = loop.run_until_complete(open_connector())
    with pytest.raises(UsageError, match="belongs to another event loop"):
        run(asked(Network(connector=lambda: connector), "http://127.0.0.1:9"))
    loop.run_until_complete(connector.close())
    loop.close()


async def open_connector() -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector()


def test_sockets_are_kept_alive(run: Run[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[socket.socket] = []
    real = socket.socket.setsockopt

    def noted(self: socket.socket, *args: Any) -> None:
        if self not in made:
            made.append(self)
        real(self, *args)

    async def flow() -> None:
        async with Cloud() as cloud:
            transport = Transport()
            monkeypatch.setattr(socket.socket, "setsockopt", noted)
            async with transport.stream(CALL, cloud.url + CALL.path, HEADERS, read_timeout=5.0) as incoming:
                (used,) = [
                    one for one in made if one.fileno() >= 0 and one.getpeername()[1] == int(cloud.url[-5:].lstrip(":"))
                ]
                assert used.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
                if hasattr(socket, "TCP_KEEPIDLE"):
                    assert used.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 45
                    assert used.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 15
                    assert used.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 9
                await incoming.read()
            await transport.close()

    run(flow())


def test_every_way_out_ends_in_one_of_our_errors(run: Run[Any], bundle: Path) -> None:
    """Nothing of aiohttp, ssl or the socket module reaches a caller, whatever the way."""

    async def flow() -> None:
        for network in (
            Network(proxy="http://127.0.0.1:1"),
            Network(proxy="https://127.0.0.1:1"),
            Network(ca_bundle=bundle),
            Network(trust_env=False),
        ):
            for url in ("http://127.0.0.1:1", "https://127.0.0.1:1", "http://[::1", "https://" + "a" * 300):
                with pytest.raises(NemoError):
                    await asked(network, url)

    run(flow())
    assert os.environ.get("HTTP_PROXY") is None
