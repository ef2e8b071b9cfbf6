"""The decoder against every case of the workshop, in every way of cutting it, and against its own bound."""

from __future__ import annotations

import base64
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import SHARED

from nemovideo.errors import ProtocolError
from nemovideo.protocol.sse import Comment, ServerSentEvent, SSEDecoder

CASES: list[dict[str, Any]] = []
if (SHARED / "cases" / "sse.json").is_file():
    CASES = json.loads((SHARED / "cases" / "sse.json").read_text(encoding="utf-8"))

STREAM = (
    "\ufeff: warm\r\nevent: a\rid: 7\ndata: één\u2028line\r\ndata\rdata:\u2029\n\n"
    "\ufeffdata: lost\ndata: kept\r\r:\n\ndata: 中文🎬\r\n\r\nid\ndata: end\n\n"
).encode()


def events(pieces: list[bytes]) -> list[ServerSentEvent]:
    decoder = SSEDecoder()
    found = [event for piece in pieces for event in decoder.feed(piece)]
    return [event for event in found if isinstance(event, ServerSentEvent)]


def pieces_of(body: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({min(cut, len(body)) for cut in cuts} | {0, len(body)})
    return [body[start:end] for start, end in itertools.pairwise(places)]


def test_all_the_cases_are_there(shared: Path) -> None:
    assert len(json.loads((shared / "cases" / "sse.json").read_text(encoding="utf-8"))) == 98


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_a_case_as_it_came_whole_and_byte_by_byte(case: dict[str, Any]) -> None:
    chunks = [base64.b64decode(chunk) for chunk in case["chunks"]]
    expected = [ServerSentEvent(**event) for event in case["expected"]]
    body = b"".join(chunks)
    assert events(chunks) == expected
    assert events([body]) == expected
    assert events([body[at : at + 1] for at in range(len(body))]) == expected


SHORT = [case for case in CASES if sum(map(len, case["chunks"])) < 20_000]


@pytest.mark.skipif(not SHORT, reason="the workshop's cases are not there")
@given(data=st.data())
def test_a_case_in_any_pieces(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(SHORT))
    body = b"".join(base64.b64decode(chunk) for chunk in case["chunks"])
    cuts = data.draw(st.lists(st.integers(0, len(body)), max_size=20))
    assert events(pieces_of(body, cuts)) == [ServerSentEvent(**event) for event in case["expected"]]


@given(st.lists(st.integers(0, len(STREAM)), max_size=30))
def test_a_hard_stream_in_any_pieces(cuts: list[int]) -> None:
    assert events(pieces_of(STREAM, cuts)) == [
        ServerSentEvent("a", "één\u2028line\n\n\u2029", "7"),
        ServerSentEvent("message", "kept", "7"),
        ServerSentEvent("message", "中文🎬", "7"),
        ServerSentEvent("message", "end", ""),
    ]


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=10))
def test_any_bytes_in_any_pieces_are_the_same(body: bytes, cuts: list[int]) -> None:
    whole, cut = SSEDecoder(), SSEDecoder()
    assert whole.feed(body) == [event for piece in pieces_of(body, cuts) for event in cut.feed(piece)]
    assert whole.truncated == cut.truncated


def test_comments_are_told_apart() -> None:
    assert SSEDecoder().feed(b": still here\n:\n") == [Comment("still here"), Comment("")]


@pytest.mark.parametrize(
    ("body", "truncated"),
    [
        (b"", False),
        (b"data: a\n\n", False),
        (b"data: a\n", True),
        (b"data: a", True),
        (b"data: a\n\n: comment\n", False),
        (b"data: a\r\n\r\n", False),
    ],
)
def test_a_cut_within_an_event_shows(body: bytes, truncated: bool) -> None:
    decoder = SSEDecoder()
    decoder.feed(body)
    assert decoder.truncated is truncated


@pytest.mark.parametrize("piece", [b"x" * 64, b"data: yz\n", b"event: y\n"])
def test_an_event_without_end_is_a_typed_error_again_and_again(piece: bytes) -> None:
    decoder = SSEDecoder(max_event_bytes=1000)
    with pytest.raises(ProtocolError, match="more than 1000 bytes"):
        [decoder.feed(piece) for _ in range(10_000)]
    with pytest.raises(ProtocolError):
        decoder.feed(b"\n\n")


def test_many_small_events_are_no_large_one() -> None:
    decoder = SSEDecoder(max_event_bytes=1000)
    assert len(decoder.feed(b"data: 0123456789\n\n" * 1000)) == 1000


def test_comments_between_events_do_not_add_up() -> None:
    decoder = SSEDecoder(max_event_bytes=1000)
    for _ in range(500):
        assert decoder.feed(b": heartbeat\n\n") == [Comment("heartbeat")]
