"""A server that costs next to nothing: it drops uploads, sends a file by sendfile, and keeps chats warm.

    python -m bench.wire.server FILE

It speaks as much of the wire as the benches need, on sockets, in a process of its own; the first line it prints is its
port. What it can do itself is measured by `transfer.py` and stands in the table.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["HEARTBEAT", "served"]

HEARTBEAT = 1.0  # seconds between two heartbeats of a stream
BUFFER = 1024 * 1024
WINDOW = 4 * BUFFER  # bytes in flight each way; as many as a stock Linux grants
DROPPING = socket.MSG_TRUNC if sys.platform == "linux" else 0  # tcp(7): bytes are counted and not even copied
BACKLOG = 2048  # a thousand streams are opened at once


@contextlib.contextmanager
def served(file: Path) -> Iterator[int]:
    """The server as a process; its port."""
    command = [sys.executable, "-m", "bench.wire.server", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


class Connection:
    """One client: requests, one after the other."""

    def __init__(self, server: Server, peer: socket.socket) -> None:
        self.server = server
        self.peer = peer
        self.loop = asyncio.get_running_loop()
        self.buffer = bytearray(BUFFER)
        self.rest = b""

    async def run(self) -> None:
        with self.peer, contextlib.suppress(ConnectionError):
            self.peer.settimeout(0)
            self.peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while head := await self.head():
                method, path, length = parsed(head)
                await self.drop(length)
                await self.answer(method, path, length)

    async def head(self) -> bytes:
        while b"\r\n\r\n" not in self.rest:
            if not (piece := await self.loop.sock_recv(self.peer, BUFFER)):
                return b""
            self.rest += piece
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        return head

    async def drop(self, length: int) -> None:
        """Take a body of that many bytes, and forget it."""
        length -= len(self.rest)
        self.rest = b""
        if length > 0:
            await asyncio.to_thread(self._drain, length)

    def _drain(self, length: int) -> None:
        with self.peer.dup() as peer:
            peer.settimeout(None)
            while length > 0:
                if not (received := peer.recv_into(self.buffer, 0, DROPPING)):
                    raise ConnectionError
                length -= received
            peer.settimeout(0)

    async def answer(self, method: str, path: str, length: int) -> None:
        if path == "/file":
            await self.send_file()
        elif path == "/run_sse":
            await self.chat()
        elif method == "POST":
            await self.send_json({"code": 0, "data": {"files": [{"filename": "large.mp4", "size": length}]}})
        else:
            output = {"url": "/file", "size": self.server.size}
            await self.send_json({"taskId": path.rpartition("/")[2], "status": "completed", "output": output})

    async def send_file(self) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {self.server.size}\r\n\r\n"
        await self.loop.sock_sendall(self.peer, head.encode())
        with self.server.file.open("rb") as file:
            await self.loop.sock_sendfile(self.peer, file)

    async def send_json(self, value: object) -> None:
        body = json.dumps(value)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        await self.loop.sock_sendall(self.peer, (head + body).encode())

    async def chat(self) -> None:
        """Heartbeats until the client goes."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        beat = b'data: {"type":"heartbeat"}\n\n'
        chunk = b"%x\r\n%b\r\n" % (len(beat), beat)
        await self.loop.sock_sendall(self.peer, head + chunk)
        await asyncio.sleep(HEARTBEAT * random.random())  # no two servers' clocks beat as one
        while True:
            await asyncio.sleep(HEARTBEAT)
            await self.loop.sock_sendall(self.peer, chunk)


class Server:
    """Accepts until it is killed."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.size = file.stat().st_size

    async def run(self) -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listening:
            widened(listening).settimeout(0)
            print(listening.getsockname()[1], flush=True)
            async with asyncio.TaskGroup() as connections:
                while True:
                    peer, _ = await asyncio.get_running_loop().sock_accept(listening)
                    connections.create_task(Connection(self, peer).run())


def widened(peer: socket.socket) -> socket.socket:
    """The socket, with large buffers; what it accepts has them too."""
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        peer.setsockopt(socket.SOL_SOCKET, option, WINDOW)
    return peer


def parsed(head: bytes) -> tuple[str, str, int]:
    """Method, path and the length of the body."""
    first, *fields = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    lengths = [int(field.partition(":")[2]) for field in fields if field.lower().startswith("content-length:")]
    return method, path, lengths[0] if lengths else 0


if __name__ == "__main__":
    asyncio.run(Server(Path(sys.argv[1])).run())
