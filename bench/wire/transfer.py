"""A large file up and down, against curl and against what the server can do at all.

Every client is a process of its own, times its own transfer, and works on the same disk. A download that has been
reported is on the disk, here as in the client: after curl its file is synced, and the time counted.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.wire import footprint
from bench.wire.server import BUFFER, DROPPING, served, widened
from bench.wire.table import Row, at_least, at_most

from nemovideo import AsyncNemoClient

__all__ = ["transfer"]

CURL_TARGET, ALLOWED = 0.8, 32.0  # of curl's throughput; MiB
SESSION = "bench"
UPLOAD = f"/api/upload-video/nemo_agent/me/{SESSION}"


def transfer(megabytes: int, rounds: int) -> list[Row]:
    """Both directions, in turn with curl and a bare socket."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:  # a disk, where /tmp may be memory
        folder = Path(name)
        large = folder / "large.mp4"
        with large.open("wb") as file:
            for _ in range(megabytes):
                file.write(os.urandom(1_000_000))
        with served(large) as port:
            rows: list[Row] = []
            for direction in ("upload", "download"):
                rows += _compared(direction, port, large, rounds)
            return rows


def _compared(direction: str, port: int, large: Path, rounds: int) -> list[Row]:
    clients = {"ours": _ours, "socket": _socket} | ({"curl": _curl} if shutil.which("curl") else {})
    best = dict.fromkeys(clients, 0.0)  # MB/s; the fastest of each, as nothing but a busy machine makes one slower
    rises: list[float] = []
    for _ in range(rounds):
        for client, run in clients.items():
            seconds, rise = run(direction, port, large)
            best[client] = max(best[client], large.stat().st_size / 1e6 / seconds)
            rises += [rise] if client == "ours" else []
    curl, server, ours = best.get("curl"), best["socket"], best["ours"]
    by_curl = curl is not None and server >= 2 * curl
    yardstick, name = (curl, "curl") if by_curl and curl else (server, "the server itself")
    note = f"{ours:.0f} MB/s; curl {f'{curl:.0f}' if curl else 'is missing'}; the server {server:.0f}"
    return [
        at_least(f"{direction}, against {name}", ours / yardstick, CURL_TARGET, note),
        at_most(f"{direction}, peak memory over its baseline", max(rises), ALLOWED, "MiB"),
    ]


def _ours(direction: str, port: int, large: Path) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.wire.transfer", direction, str(port), str(large)]
    told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return told["seconds"], told["rise"]


def _curl(direction: str, port: int, large: Path) -> tuple[float, float]:
    base, copy = f"http://127.0.0.1:{port}", large.with_name("curl.mp4")
    if direction == "upload":
        wish = ["-H", "Expect:", "-F", f"files=@{large}", "-o", os.devnull, base + UPLOAD]
    else:
        wish = ["-o", str(copy), f"{base}/file"]
    command = ["curl", "-sS", "--fail", "--noproxy", "*", "-w", "%{time_total}", *wish]
    seconds = float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    if direction == "download":
        begun = time.perf_counter()
        with copy.open("rb") as file:
            os.fsync(file.fileno())
        seconds += time.perf_counter() - begun
        copy.unlink()
    return seconds, 0.0


def _socket(direction: str, port: int, large: Path) -> tuple[float, float]:
    """The server's own limit: a client that reads no file and writes none."""
    size, begun = large.stat().st_size, time.perf_counter()
    with widened(socket.socket()) as peer:
        peer.connect(("127.0.0.1", port))
        if direction == "upload":
            peer.sendall(f"POST {UPLOAD} HTTP/1.1\r\nContent-Length: {size}\r\n\r\n".encode())
            piece = memoryview(bytes(BUFFER))
            for sent in range(0, size, BUFFER):
                peer.sendall(piece[: size - sent])
            peer.recv(BUFFER)
        else:
            peer.sendall(b"GET /file HTTP/1.1\r\n\r\n")
            buffer, received = bytearray(BUFFER), 0
            while received < size:
                received += peer.recv_into(buffer, 0, DROPPING)
    return time.perf_counter() - begun, 0.0


async def _client(direction: str, port: int, large: Path) -> dict[str, float]:
    """One transfer by the client itself; its seconds, and how much memory it took."""
    small = large.with_name("small.mp4")
    small.write_bytes(bytes(100_000))
    async with AsyncNemoClient(base_url=f"http://127.0.0.1:{port}", token="bench") as client:
        await client.upload.file(SESSION, small)  # a first connection, and all modules loaded
        await client.render.status("warm")
        footprint.forget_peak()
        before, begun = footprint.held(), time.perf_counter()
        if direction == "upload":
            await client.upload.file(SESSION, large)
        else:
            await client.render.resume("render_bench", large.with_name("ours.mp4"), overwrite=True)
        return {"seconds": time.perf_counter() - begun, "rise": footprint.peak() - before}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_client(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))))
