"""A token is planted, everything is done with it that can be, and it is looked for everywhere it might have come."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import logging
import os
import pickle
import subprocess
import sys
import traceback
import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.clock import TurnableClock
from tests.cloud import (
    CHAT,
    CLAIM,
    CREDITS,
    DOWNLOAD,
    DRAFT,
    RENDER,
    RESULT,
    SESSION,
    STATE,
    STATUS,
    TOKEN,
    UPLOAD,
    Cloud,
    Raw,
    Reply,
    Stream,
    adk,
    flat,
    raw,
)
from tests.conftest import Run

from nemovideo import AsyncNemoClient
from nemovideo.errors import NemoError
from nemovideo.network import Network

AsyncNemoClient("http://127.0.0.1:1", "t")  # the first one imports the workflows: here, not on a watched loop
SECRET = "nmv_usr_7h1s1s4pl4nt3d0ne"
PROXY_WORD = "pl4nt3dpr0xyw0rd"
WAYS = ("argument", "environment", "file", "anonymous")


class Everywhere:
    """Collects whatever a program, a person or a file might be shown."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def add(self, where: str, what: object) -> None:
        self.seen.append((where, what if isinstance(what, str) else repr(what)))

    def error(self, where: str, error: BaseException) -> None:
        """An error in every form, and what is behind it."""
        self.add(f"{where}: traceback", "".join(traceback.format_exception(error)))
        if isinstance(error, NemoError):
            self.add(f"{where}: pickle", repr(pickle.dumps(error)))
            self.add(f"{where}: copy", repr(vars(copy.copy(error))))
        chain: list[BaseException | None] = [error]
        known: set[int] = set()
        while chain:
            one = chain.pop()
            if one is None or id(one) in known:
                continue
            known.add(id(one))
            self.add(f"{where}: {type(one).__name__}", f"{one} {one!r} {one.args!r} {walked(one)}")
            chain += [one.__cause__, one.__context__]

    def shown(self, where: str, thing: object) -> None:
        """A public object, as a terminal, a log and a notebook show it."""
        self.add(where, f"{thing} {thing!r} {walked(thing)}")
        for name in ("_repr_html_", "_repr_markdown_", "_repr_json_", "_repr_png_", "_repr_pretty_"):
            method = getattr(thing, name, None)
            if callable(method) and name != "_repr_pretty_":
                self.add(f"{where}.{name}", str(method()))

    def found(self, secret: str) -> list[str]:
        return [
            f"{where}: …{what[max(0, what.find(secret) - 60) :][:100]}…" for where, what in self.seen if secret in what
        ]


def walked(thing: object, depth: int = 4) -> str:
    """Whatever public attributes lead to."""
    if depth == 0 or isinstance(thing, str | bytes | int | float | type(None)):
        return repr(thing)
    if isinstance(thing, dict):
        return " ".join(f"{key!r}={walked(value, depth - 1)}" for key, value in thing.items())
    if isinstance(thing, list | tuple | set | frozenset):
        return " ".join(walked(one, depth - 1) for one in thing)
    names = [*getattr(thing, "__dict__", {}), *getattr(type(thing), "__slots__", ())]
    parts = [repr(thing)]
    for name in names:
        if not name.startswith("_") or isinstance(thing, BaseException):
            with contextlib.suppress(AttributeError):
                parts.append(f"{name}={walked(getattr(thing, name), depth - 1)}")
    return " ".join(parts)


@contextlib.asynccontextmanager
async def planted(way: str, clock: TurnableClock, world: Path) -> AsyncGenerator[tuple[Cloud, AsyncNemoClient]]:
    """A cloud and a client that has the token in one of four ways."""
    async with Cloud() as cloud:
        cloud.token, given = SECRET, None
        if way == "argument":
            given = SECRET
        elif way == "environment":
            os.environ["NEMO_TOKEN"], os.environ["NEMO_API_URL"] = SECRET, cloud.url
        elif way == "file":
            folder = world / "config" / "nemovideo"
            await asyncio.to_thread(folder.mkdir, parents=True)
            await asyncio.to_thread((folder / "tokens.json").write_text, json.dumps({cloud.url: {"token": SECRET}}))
        else:
            cloud.script(TOKEN, Reply({"code": 0, "data": {"token": SECRET, "user_id": "anon_7"}}))
        async with AsyncNemoClient(cloud.url, given, clock=clock) as client:
            assert cloud.url == client.base_url
            yield cloud, client


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEMO_TOKEN", "NEMO_API_URL"):
        monkeypatch.setenv(name, "")


ECHO = f"you sent Authorization: Bearer {SECRET}"
BAD: dict[str, Any] = {
    "told back in JSON": Reply({"code": 1001, "message": ECHO}, 401),
    "told back escaped": Reply({"code": 500, "message": ECHO, "data": {"seen": [ECHO]}}, 400),
    "told back in a page": Reply(f"<html>{ECHO}</html>".encode(), 502, {"Content-Type": "text/html"}),
    "told back where JSON was due": Reply(f"<html>{ECHO}</html>".encode(), 200, {"Content-Type": "text/html"}),
    "told back in a header": Reply({"code": 4}, 400, {"X-Request-Id": SECRET}),
    "a plan": Reply({"message": ECHO}, 402),
    "no credits": Reply({"code": 2001, "message": ECHO}),
    "slow down": Reply({"message": ECHO}, 429, {"Retry-After": "604800"}),
    "no session": Reply({"detail": ECHO}, 404),
    "a list of details": Reply({"detail": [{"msg": ECHO, "loc": [ECHO]}]}, 422),
    "a redirect": Reply(None, 302, {"Location": f"http://127.0.0.1:1/?token={SECRET}"}),
    "no HTTP": Raw(ECHO.encode() + b"\r\n\r\n"),
    "a cut": raw(ECHO.encode(), "Content-Length: 999"),
    "a reset": Raw(b"", "rst"),
    "nothing": Raw(b""),
    "a bad chunk": raw(b"zz\r\n" + ECHO.encode(), "Transfer-Encoding: chunked"),
    "a huge header": raw(b"", f"X-Long: {ECHO * 400}"),
    "corrupt gzip": raw(ECHO.encode(), "Content-Encoding: gzip", f"Content-Length: {len(ECHO)}"),
}


async def everything(cloud: Cloud, client: AsyncNemoClient, seen: Everywhere, output: Path, *, thorough: bool) -> None:
    """Success first, then every fault on every call."""
    session = await client.session.create()
    seen.shown("session", session)
    seen.shown("upload", await client.upload.file(session, b"x" * 100, name="a.mp4"))
    seen.shown("link", await client.session.claim_link(session))
    cloud.script(CHAT, Stream(adk(f"I saw {SECRET}."), flat({"type": "tool_call", "name": "n", "args": {"a": SECRET}})))
    seen.shown("reply", await client.chat.send(session, "hello"))
    cloud.script(CHAT, Stream(adk("one"), f": {SECRET}\n\n".encode(), flat({"type": "text", "content": SECRET})))
    async with client.chat.stream(session, "hello") as events:
        async for event in events:
            seen.shown("event", event)
        seen.shown("stream", events)
    seen.shown("balance", await client.credits.balance())
    seen.shown("state", await client.state.get(session))
    seen.shown("timeline", await client.state.timeline(session))
    seen.shown("render", await client.render.export(session, output))
    seen.shown("client", client)
    for name in ("session", "upload", "chat", "credits", "state", "render", "backend", "token_source"):
        seen.shown(f"client.{name}", getattr(client, name))
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        CREDITS: client.credits.balance,
        SESSION: client.session.create,
        UPLOAD: lambda: client.upload.file("s1", b"x", name="a.mp4"),
        CHAT: lambda: client.chat.send("s1", "hello"),
        STATE: lambda: client.state.get("s1"),
        RENDER: lambda: client.render.submit("s1", DRAFT),
        STATUS: lambda: client.render.status("render_1"),
        CLAIM: lambda: client.session.claim_link(session),
        RESULT: lambda: client.render.export("s1", output.with_name("other.mp4"), overwrite=True),
        DOWNLOAD: lambda: client.render.export("s1", output.with_name("third.mp4"), overwrite=True),
    }
    for call, make in calls.items():
        if not thorough and call not in {CREDITS, CHAT, RESULT}:
            continue
        for name, answer in BAD.items():
            cloud.script(call, *[answer] * 12)
            try:
                seen.shown(f"{call}, {name}", await make())
            except NemoError as error:
                seen.error(f"{call}, {name}", error)
            cloud._scripts[call].clear()
            cloud.token = SECRET


@pytest.mark.parametrize("way", WAYS)
def test_a_planted_token_is_found_nowhere(
    way: str,
    clock: TurnableClock,
    world: Path,
    tmp_path: Path,
    everything_logged: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    run: Run[Any],
) -> None:
    for name in ("nemovideo", "aiohttp", "aiohttp.client", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    seen = Everywhere()

    async def flow() -> None:
        async with planted(way, clock, world) as (cloud, client):
            await everything(cloud, client, seen, tmp_path / "out.mp4", thorough=way == "argument")
            for sent in cloud.requests:
                seen.add(f"the URL of {sent.call}", sent.url)
                seen.add(f"the body of {sent.call}", sent.body.decode(errors="replace"))
                assert [name for name, value in sent.headers.items() if SECRET in value] in (["authorization"], [])
            for sent in cloud.elsewhere:
                seen.add(f"sent elsewhere: {sent.call}", f"{sent.url} {sent.headers}")
            assert any(SECRET in sent.headers.get("authorization", "") for sent in cloud.requests)

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        run(flow())
    for warning in warned:
        seen.add("a warning", str(warning.message))
    seen.add("the log", everything_logged.text)
    seen.add("stdout and stderr", "".join(capfd.readouterr()))
    for path in [path for folder in (world, tmp_path) for path in folder.rglob("*") if path.is_file()]:
        if path.name != "tokens.json":
            seen.add(str(path), path.read_bytes().decode(errors="replace"))
    assert len(seen.seen) > 150
    found = seen.found(SECRET)
    assert not found, "\n".join(found)
    if way in {"argument", "environment"}:
        assert not list(world.rglob("tokens.json"))  # a token that was given is kept nowhere


def test_a_proxys_password_is_found_nowhere(
    run: Run[Any], everything_logged: pytest.LogCaptureFixture, clock: TurnableClock
) -> None:
    seen = Everywhere()

    async def flow() -> None:
        for url in ("http://backend.example", "https://backend.example"):
            proxy = f"http://me:{PROXY_WORD}@127.0.0.1:1"
            async with AsyncNemoClient(url, SECRET, proxy=proxy, clock=clock) as client:
                seen.shown("client", client)
                seen.shown("network", Network(proxy=proxy).__repr__())
                try:
                    await client.credits.balance()
                except NemoError as error:
                    seen.error("no proxy", error)

    run(flow())
    seen.add("the log", everything_logged.text)
    assert seen.found(PROXY_WORD) == []
    assert seen.found(SECRET) == []


def test_the_command_line_shows_none(run: Run[Any], world: Path) -> None:
    async def flow() -> list[str]:
        async with Cloud() as cloud:
            cloud.token = SECRET
            said = []
            for answer in (None, BAD["told back in JSON"], BAD["told back where JSON was due"], BAD["a plan"]):
                if answer is not None:
                    cloud.script(CREDITS, *[answer] * 6)
                environment = os.environ | {"NEMO_TOKEN": SECRET, "NEMO_API_URL": cloud.url, "NO_PROXY": "*"}
                said.append(await asyncio.to_thread(shell, environment, cloud.url))
                cloud._scripts[CREDITS].clear()
            return said

    def shell(environment: dict[str, str], url: str) -> str:
        command = [sys.executable, "-m", "nemovideo", "credits", "--backend", url, "--verbose"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=100)
        return f"{done.args} {done.returncode} {done.stdout} {done.stderr}"

    said = run(flow())
    assert "100 credits" in said[0]
    assert all("error:" in one for one in said[1:])
    assert not [one for one in said if SECRET in one]


def test_no_command_takes_a_token_where_other_users_would_see_it() -> None:
    """Arguments of a process are everybody's to read."""
    click = pytest.importorskip("click")
    from nemovideo.cli.program import nemovideo

    context = click.Context(nemovideo)
    for name in nemovideo.list_commands(context):
        command = nemovideo.get_command(context, name)
        assert command is not None
        commands = [command, *getattr(command, "commands", {}).values()]
        options = [option for one in commands for parameter in one.params for option in parameter.opts]
        assert not [option for option in options if "token" in option or "password" in option], name
