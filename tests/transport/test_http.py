"""Every fault of a connection is one of our errors, and only a true failure to connect says that nothing arrived."""

from __future__ import annotations

import asyncio
import gc
import inspect
import socket
import ssl
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import aiohttp
import pytest
from aiohttp import client_exceptions, compression_utils, http_exceptions, http_writer, streams, web
from tests.clock import TurnableClock
from tests.cloud import CREDITS, Cloud, Raw, Reply, raw
from tests.conftest import Run
from yarl import URL

from nemovideo import AsyncNemoClient
from nemovideo.errors import ConnectionFailed, NemoError, ProtocolError, TransportError
from nemovideo.limits import Limits
from nemovideo.protocol.endpoints import Call
from nemovideo.transport import failures
from nemovideo.transport.failures import mapped
from nemovideo.transport.http import Transport

CALL = Call("GET", "/api/credits/balance/simple", phase="connect", session_id="s1")
HEADERS: dict[str, str] = {}


def below(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    yield kind
    for child in kind.__subclasses__():
        yield from below(child)


def made(kind: type[BaseException]) -> BaseException:
    """An exception of aiohttp, whatever its constructor wants."""
    key = SimpleNamespace(host="example.org", port=443, is_ssl=True, ssl=True)
    info = aiohttp.RequestInfo(URL("http://example.org/"), "GET", Mock(), URL("http://example.org/"))
    for arguments in (
        (key, OSError(111, "refused")),
        (key, ssl.SSLCertVerificationError("bad")),
        ("/run/a.sock", key, OSError(2, "no such file")),
        (info, ()),
        (b"expected", b"got", "example.org", 443),
        ("http://example.org/",),
        (b"line", 10),
        ("message",),
        (),
    ):
        try:
            error = kind(*arguments)
            str(error)
        except Exception:  # noqa: BLE001 -- the next shape of a constructor is tried
            continue
        return error
    raise AssertionError(f"cannot make a {kind}")


AIOHTTPS = sorted(
    {
        kind
        for root in (aiohttp.ClientError, http_exceptions.HttpProcessingError)
        for kind in below(root)
        if kind.__module__.startswith("aiohttp")
    },
    key=lambda kind: kind.__name__,
)
BEFORE_SENDING = (
    aiohttp.ClientHttpProxyError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
    aiohttp.ClientConnectorCertificateError,
)


def test_the_enumeration_is_the_whole() -> None:
    public = {
        thing for thing in vars(aiohttp).values() if inspect.isclass(thing) and issubclass(thing, aiohttp.ClientError)
    }
    assert public <= set(AIOHTTPS)
    assert len(AIOHTTPS) > 25


def test_no_exception_of_the_client_is_left_out() -> None:
    """Every exception that the modules a client goes through define, whatever they descend from."""
    modules = (client_exceptions, http_exceptions, streams, http_writer, compression_utils)
    defined = {
        thing
        for module in modules
        for thing in vars(module).values()
        if inspect.isclass(thing) and issubclass(thing, BaseException) and thing.__module__.startswith("aiohttp")
    }
    ours = {kind for kind in defined if issubclass(kind, failures._CAUGHT)}
    # A WebSocket is never opened; gzip of too many members is told as a ContentEncodingError by the parser.
    assert {kind.__name__ for kind in defined - ours} <= {"WSMessageTypeError", "TooManyMembersError"}


def test_what_a_server_calls_400_and_what_aiohttp_invents_are_kept_apart(run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud, AsyncNemoClient(cloud.url, cloud.token, clock=TurnableClock()) as client:
            cloud.script(CREDITS, Reply({"message": "no"}, 400))
            with pytest.raises(ProtocolError) as answered:
                await client.credits.balance()
            assert answered.value.status == 400
            cloud.script(CREDITS, *[Raw(b"HELLO WORLD\r\n\r\n")] * 8)
            with pytest.raises(TransportError) as invented:
                await client.credits.balance()
            assert invented.value.status is None
            assert invented.value.retryable

    run(flow())


@pytest.mark.parametrize("kind", AIOHTTPS, ids=lambda kind: kind.__name__)
def test_every_exception_of_aiohttp_is_ours(kind: type[BaseException]) -> None:
    problem = made(kind)
    with pytest.raises(TransportError) as caught, mapped(CALL):
        raise problem
    error = caught.value
    assert error.__cause__ is problem
    assert isinstance(error, ConnectionFailed) is issubclass(kind, BEFORE_SENDING)
    assert error.status is None  # aiohttp's 400 for garbage is invented
    assert (error.phase, error.session_id) == ("connect", "s1")
    assert len(str(error)) < 300


BELOW_IT = [
    TimeoutError(),
    ConnectionResetError(),
    ConnectionAbortedError(),
    BrokenPipeError(),
    OSError(113, "no route to host"),
    socket.gaierror(-2, "name or service not known"),
    ssl.SSLError(1, "bad record mac"),
    ssl.SSLEOFError(8, "EOF in violation of protocol"),
    ssl.SSLCertVerificationError("certificate verify failed"),
    asyncio.IncompleteReadError(b"", 9),
    streams.EofStream(),
    UnicodeEncodeError("idna", "x", 0, 1, "label too long"),
    RuntimeError("Session is closed"),
    RuntimeError("Connection closed."),
    RuntimeError("Event loop is closed"),
]


@pytest.mark.parametrize("problem", BELOW_IT, ids=repr)
def test_what_aiohttp_lets_through_is_ours_too(problem: Exception) -> None:
    with pytest.raises(TransportError) as caught, mapped(CALL):
        raise problem
    error = caught.value
    assert error.hint
    assert error.status is None
    assert (error.phase, error.session_id) == ("connect", "s1")


@pytest.mark.parametrize("problem", [RuntimeError("a bug"), KeyError("k"), asyncio.CancelledError(), MemoryError()])
def test_what_is_no_fault_of_the_connection_stays(problem: BaseException) -> None:
    with pytest.raises(type(problem)), mapped(CALL):
        raise problem


FAULTS: dict[str, Raw] = {
    "closed before the headers": Raw(b""),
    "reset before the headers": Raw(b"", "rst"),
    "closed within the headers": Raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "sized body cut": raw(b'{"a":', "Content-Length: 100"),
    "sized body reset": raw(b'{"a":', "Content-Length: 100", end="rst"),
    "chunked body cut": raw(b'5\r\n{"a":\r\n', "Transfer-Encoding: chunked"),
    "chunked body cut in a chunk": raw(b'50\r\n{"a":', "Transfer-Encoding: chunked"),
    "bad chunk size": raw(b"zz\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
    "garbage for a status line": Raw(b"HELLO WORLD\r\n\r\n"),
    "a header of 20 kB": raw(b"{}", "X-Long: " + "x" * 20_000, "Content-Length: 2"),
    "corrupt gzip": raw(b"not gzip at all", "Content-Encoding: gzip", "Content-Length: 15"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_on_the_wire_is_unknown_to_have_arrived(name: str, run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud:
            cloud.script(CREDITS, *[FAULTS[name]] * 5)  # aiohttp itself repeats a GET on a stale connection
            transport = Transport()
            try:
                with pytest.raises(TransportError) as caught:
                    await transport.request(CALL, cloud.url + CALL.path, HEADERS)
            finally:
                await transport.close()
            assert not isinstance(caught.value, ConnectionFailed)
            assert caught.value.retryable

    run(flow())


def test_a_body_without_a_length_that_is_cut_looks_whole(run: Run[Any]) -> None:
    """As measured (spec, section 9): which is why the end of a stream never proves the end of the work."""

    async def flow() -> bytes:
        async with Cloud() as cloud:
            cloud.script(CREDITS, raw(b'{"a":', "Connection: close"))
            transport = Transport()
            answer = await transport.request(CALL, cloud.url + CALL.path, HEADERS)
            await transport.close()
            return answer.body

    assert run(flow()) == b'{"a":'


def test_a_server_that_says_nothing_is_given_up(run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud:
            cloud.script(CREDITS, Raw(b"", "hang"))
            transport = Transport()
            with pytest.raises(TransportError, match="nothing for too long") as caught:
                await transport.request(CALL, cloud.url + CALL.path, HEADERS, read_timeout=0.05)
            await transport.close()
            assert caught.value.retryable

    run(flow())


def test_a_closed_port_is_no_connection(run: Run[Any]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    async def flow() -> None:
        transport = Transport()
        with pytest.raises(ConnectionFailed) as caught:
            await transport.request(CALL, f"http://127.0.0.1:{port}/api", HEADERS)
        await transport.close()
        assert caught.value.retryable
        assert caught.value.message == f"Nothing answers at http://127.0.0.1:{port} ({CALL})."

    run(flow())


@pytest.mark.parametrize(
    "url",
    ["http://a..b/", "http://" + "a" * 300 + "/", "http://127.0.0.1:99999/", "http://[::1/", "http://nowhere.invalid/"],
)
def test_an_impossible_url_is_no_connection(url: str, run: Run[Any]) -> None:
    async def flow() -> None:
        transport = Transport()
        try:
            with pytest.raises(ConnectionFailed):
                await transport.request(CALL, url, HEADERS)
        finally:
            await transport.close()

    run(flow())


def test_a_plain_port_spoken_to_in_tls_is_no_connection(run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud:
            transport = Transport()
            with pytest.raises(ConnectionFailed) as caught:
                await transport.request(CALL, cloud.url.replace("http:", "https:") + "/api", HEADERS)
            await transport.close()
            assert not caught.value.retryable

    run(flow())


def test_no_redirect_is_followed(run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud:
            cloud.script(CREDITS, Reply(None, 302, {"Location": f"{cloud.cdn_url}/steal"}))
            transport = Transport()
            answer = await transport.request(CALL, cloud.url + CALL.path, {"Authorization": "Bearer t"})
            await transport.close()
            assert answer.status == 302
            assert cloud.elsewhere == []

    run(flow())


def test_an_answer_without_end_is_bounded(run: Run[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nemovideo.transport.http._LARGEST_ANSWER", 1000)

    async def flow() -> None:
        async with Cloud() as cloud:
            cloud.script(CREDITS, Reply(b"x" * 100_000))
            transport = Transport()
            with pytest.raises(ProtocolError, match="larger than"):
                await transport.request(CALL, cloud.url + CALL.path, HEADERS)
            await transport.close()

    run(flow())


def test_after_closing_it_stays_closed(run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud:
            transport = Transport()
            cloud.script(CREDITS, Reply({"a": 1}))
            assert (await transport.request(CALL, cloud.url + CALL.path, HEADERS)).status == 200
            await transport.close()
            await transport.close()
            with pytest.raises(TransportError, match="has been closed") as caught:
                await transport.request(CALL, cloud.url + CALL.path, HEADERS)
            assert not caught.value.retryable

    run(flow())


@pytest.mark.parametrize("answer", [Raw(b"", "hang"), raw(b'{"a":', "Content-Length: 9", end="hang")])
def test_closing_ends_what_is_under_way(answer: Raw, run: Run[Any]) -> None:
    async def flow() -> None:
        arrived = asyncio.Event()

        async def hang(request: web.Request) -> web.StreamResponse:
            arrived.set()
            return await answer.send(request)

        async with Cloud() as cloud:
            transport = Transport()
            cloud.script(CREDITS, Reply({"a": 1}), hang)  # on a connection that was used before, aiohttp repeats a GET
            await transport.request(CALL, cloud.url + CALL.path, HEADERS)
            asking = asyncio.create_task(transport.request(CALL, cloud.url + CALL.path, HEADERS))
            await arrived.wait()
            await transport.close()
            with pytest.raises(TransportError):
                await asking

    run(flow())


def test_our_errors_pass_as_they_are() -> None:
    with pytest.raises(NemoError) as caught, mapped(CALL):
        raise NemoError("ours")
    assert type(caught.value) is NemoError


@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), TimeoutError("the user's"), KeyError("k")])
def test_what_is_raised_in_the_block_is_the_blocks_own(problem: Exception, run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud:
            transport = Transport()
            with pytest.raises(type(problem)) as caught:
                async with transport.stream(CALL, cloud.url + CALL.path, HEADERS, read_timeout=5.0):
                    raise problem
            await transport.close()
            assert caught.value is problem

    run(flow())


@pytest.mark.parametrize("begun", ["", '5\r\n{"cod\r\n'], ids=["first", "later"])
@pytest.mark.parametrize("end", ["fin", "hang"])
def test_a_bad_chunk_ends_the_wait_whenever_it_comes(begun: str, end: str, run: Run[Any]) -> None:
    """aiohttp tells nobody who waits already: without a look at the connection, this would take `silence`."""

    async def late(request: web.Request) -> web.StreamResponse:
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        transport.write(raw(begun.encode(), "Transfer-Encoding: chunked").data)
        await read.wait()
        return await Raw(b"zz\r\n", end).send(request)

    async def flow() -> None:
        async with Cloud() as cloud:
            transport = Transport(limits=Limits(silence=3600))
            cloud.script(CREDITS, late, Reply({"a": 1}))
            async with transport.stream(CALL, cloud.url + CALL.path, HEADERS, read_timeout=3600) as incoming:
                assert incoming.status == 200
                asyncio.get_running_loop().call_later(0.05, read.set)
                with pytest.raises(TransportError, match="cut off") as caught:
                    await incoming.read()
            assert caught.value.retryable
            assert (await transport.request(CALL, cloud.url + CALL.path, HEADERS)).body == b'{"a": 1}'
            await transport.close()

    read = asyncio.Event()
    run(flow())


def test_a_connection_that_serves_many_answers_keeps_none_of_them(run: Run[Any]) -> None:
    async def flow() -> None:
        async with Cloud() as cloud:
            transport = Transport()
            for _ in range(20):
                async with transport.stream(CALL, cloud.url + CALL.path, HEADERS, read_timeout=5) as incoming:
                    await incoming.read()
            del incoming
            gc.collect()
            assert [one for one in gc.get_objects() if type(one).__name__ == "_Incoming"] == []
            await transport.close()

    run(flow())
