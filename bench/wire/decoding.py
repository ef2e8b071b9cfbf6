"""Server-sent events and typed events, against the decoders of others and against parsing JSON alone."""

from __future__ import annotations

import gc
import importlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bench.wire import peers
from bench.wire.table import Row, at_least
from pydantic_core import from_json

from nemovideo.protocol.events import decode
from nemovideo.protocol.sse import SSEDecoder

__all__ = ["decoders", "typed"]

PIECE = 16 * 1024
DECODER_TARGET, TYPED_TARGET = 1.5, 0.6


def lines(count: int) -> list[str]:
    """Deltas as a chat server sends them (shared/cases/adk, partial_only), each of 329 bytes, no two the same."""
    return [
        json.dumps(
            {
                "content": {"parts": [{"text": "Hello "}], "role": "model"},
                "partial": True,
                "invocationId": "e-3f779ec4-1947-4e3d-90f0-d622acec3264",
                "author": "nemo_agent",
                "actions": {
                    "stateDelta": {},
                    "artifactDelta": {},
                    "requestedAuthConfigs": {},
                    "requestedToolConfirmations": {},
                },
                "id": f"8bc3b67d-490b-40a5-8b22-{number:012x}",
                "timestamp": 1795160081 + (number % 1_000_000 * 10 + 1) / 1e7,
            },
            separators=(",", ":"),
        ).ljust(329)
        for number in range(count)
    ]


def pieces_of(data: list[str]) -> list[bytes]:
    """The stream that carries those lines, cut as a socket might cut it."""
    body = "".join(f"data: {line}\n\n" for line in data).encode()
    return [body[start : start + PIECE] for start in range(0, len(body), PIECE)]


def decoders(count: int, rounds: int) -> list[Row]:
    """Ours against the real decoders of httpx-sse, openai and anthropic, over the same pieces."""
    pieces = pieces_of(lines(count))
    if problem := peers.install():
        return [Row("SSE decode, against the fastest of three", ">= 1.5x", "-", None, f"no peers: {problem}")]
    best = fastest(
        {
            "ours": lambda: _exhaust(_ours(pieces), count),
            "httpx-sse": lambda: _exhaust(_httpx_sse(pieces), count),
            "openai": lambda: _exhaust(_by_bytes("openai", pieces), count),
            "anthropic": lambda: _exhaust(_by_bytes("anthropic", pieces), count),
        },
        rounds,
    )
    ours = best.pop("ours")
    note = f"{_each(ours, count)}; " + ", ".join(f"{name} {_each(took, count)}" for name, took in best.items())
    return [at_least("SSE decode, against the fastest of three", min(best.values()) / ours, DECODER_TARGET, note)]


def typed(count: int, rounds: int) -> list[Row]:
    """Typed events of the same lines that `from_json` is given; and all the way from bytes."""
    data = lines(count)
    pieces = pieces_of(data)
    events = list(_ours(pieces))
    best = fastest(
        {
            "from_json": lambda: _each_of(from_json, data),
            "of lines": lambda: _each_of(decode, events),
            "of bytes": lambda: _each_of(decode, _ours(pieces)),
        },
        rounds,
    )
    yardstick = best.pop("from_json")
    return [
        at_least(
            f"typed events {name}, against from_json",
            yardstick / took,
            TYPED_TARGET,
            f"{_each(took, count)}; from_json {_each(yardstick, count)}",
        )
        for name, took in best.items()
    ]


def fastest(contenders: Mapping[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """The least seconds of each, run in turn, so that a busy moment hits all of them."""
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, run in contenders.items():
            gc.collect()
            begun = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - begun)
    return best


def _ours(pieces: list[bytes]) -> Iterator[Any]:
    decoder = SSEDecoder()
    for piece in pieces:
        yield from decoder.feed(piece)


def _httpx_sse(pieces: list[bytes]) -> Iterator[object]:
    httpx, httpx_sse = importlib.import_module("httpx"), importlib.import_module("httpx_sse")

    class Pieces(httpx.SyncByteStream):  # type: ignore[misc, name-defined]  # installed by the bench itself
        def __iter__(self) -> Iterator[bytes]:
            return iter(pieces)

    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Pieces())
    events: Iterator[object] = httpx_sse.EventSource(response).iter_sse()
    return events


def _by_bytes(package: str, pieces: list[bytes]) -> Iterator[object]:
    events: Iterator[object] = importlib.import_module(f"{package}._streaming").SSEDecoder().iter_bytes(iter(pieces))
    return events


def _exhaust(events: Iterator[object], count: int) -> None:
    if (found := sum(1 for _ in events)) != count:
        raise AssertionError(f"{found} events came out of {count}")


def _each_of(step: Callable[[Any], object], values: Any) -> None:
    for value in values:
        step(value)


def _each(seconds: float, count: int) -> str:
    return f"{seconds / count * 1e9:.0f} ns"
