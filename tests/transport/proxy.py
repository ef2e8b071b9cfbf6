"""A forward proxy of forty lines: absolute URLs and CONNECT, a password where one is wanted."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

PASSWORD = "geheimes-wort"


class Proxy:
    """Notes every request line and the Proxy-Authorization with it; `refuses` with a status line of its own."""

    def __init__(self, *, closed_to: bool = False, refuses: str = "", tls: ssl.SSLContext | None = None) -> None:
        self._closed_to, self._refuses, self._tls = closed_to, refuses, tls
        self.lines: list[str] = []
        self.heads: list[str] = []
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self.url = f"{'https' if self._tls else 'http'}://{self.address}"
        self._tasks: set[asyncio.Task[None]] = set()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._pass_on(reader, writer)
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line = head.split("\r\n")[0]
        self.lines.append(line)
        self.heads.append(head)
        wanted = f"Proxy-Authorization: Basic {base64.b64encode(f'me:{PASSWORD}'.encode()).decode()}"
        refusal = self._refuses or ("407 Who Are You" if self._closed_to and wanted not in head else "")
        if refusal:
            writer.write(f"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            return
        method, target, _ = line.split(" ")
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        far_reader, far_writer = await asyncio.open_connection(parts.hostname, parts.port)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Go On\r\n\r\n")
        else:
            kept = [one for one in head.split("\r\n")[1:] if not one.lower().startswith(("proxy-", "connection:"))]
            far_writer.write("\r\n".join([f"{method} {parts.path} HTTP/1.1", "Connection: close", *kept]).encode())
        async with asyncio.TaskGroup() as both:
            both.create_task(_pump(reader, far_writer))
            both.create_task(_pump(far_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    finally:
        writer.close()
