"""The decoder against every case of the workshop, in every way of cutting it, and against its own bound."""

from __future__ import annotations

import base64
import itertools
import json
import re
import tracemalloc
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


def reference(body: bytes) -> list[ServerSentEvent]:
    """The WHATWG standard, section 9.2.6, word for word and without a thought of speed."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    lines = re.split("\r\n|\n|\r", text)[:-1]  # what has no line end is discarded
    found: list[ServerSentEvent] = []
    data, kind, last_id = "", "", ""
    for line in lines:
        if line == "":
            if data:
                found.append(ServerSentEvent(kind or "message", data.removesuffix("\n"), last_id))
            data, kind = "", ""
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                kind = value
            elif name == "data":
                data += value + "\n"
            elif name == "id" and "\0" not in value:
                last_id = value
    return found


SCRAPS = (
    b"data", b"event", b"id", b"retry", b":", b" ", b"\r", b"\n", b"\r\n", b"\n\n", b"\0", b"x", b"\xef\xbb\xbf",
    b"\xef", b"\xe2\x80\xa8", b"\xc2\x85", b"\x0b", b"\xf0\x9f\x8e", b"data: a\n\n", b"data: b\r\n\r\n", b": warm\n",
)  # fmt: skip


@given(st.lists(st.sampled_from(SCRAPS), max_size=40).map(b"".join), st.lists(st.integers(0, 200), max_size=10))
def test_any_stream_in_any_pieces_is_what_the_standard_says(body: bytes, cuts: list[int]) -> None:
    assert events(pieces_of(body, cuts)) == reference(body)
    assert events([body[at : at + 1] for at in range(len(body))]) == reference(body)


def test_a_line_feed_is_taken_with_its_carriage_return_once() -> None:
    assert events([b"data: a\r", b"\n", b"\n", b"data: b\n\n"]) == [
        ServerSentEvent("message", "a", ""),
        ServerSentEvent("message", "b", ""),
    ]


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


@pytest.mark.parametrize("end", [b"", b"\n\n"])
def test_the_bound_holds_however_the_bytes_are_cut(end: bytes) -> None:
    body = b"data: " + b"x" * 995 + end
    for pieces in ([body], [body[:500], body[500:]], [body[at : at + 1] for at in range(len(body))]):
        decoder = SSEDecoder(max_event_bytes=1000)
        with pytest.raises(ProtocolError, match="more than 1000 bytes"):
            [decoder.feed(piece) for piece in pieces]


@pytest.mark.parametrize(
    ("piece", "enough"),
    [
        pytest.param(b"x", 100_001, id="a line without end, byte by byte"),
        pytest.param(b"data:y\n", 14_286, id="tiny data lines without end"),
        pytest.param(b"data\n", 20_001, id="empty data lines without end"),
        pytest.param(b"data: " + b"z" * 993 + b"\n", 101, id="large data lines without end"),
    ],
)
def test_the_bound_bounds_the_memory_and_is_told_at_once(piece: bytes, enough: int) -> None:
    tracemalloc.start()
    try:
        assert pieces_taken(piece, limit=100_000) == enough - 1
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 400_000


def pieces_taken(piece: bytes, *, limit: int) -> int:
    """How many of the same pieces a decoder takes until it refuses."""
    decoder = SSEDecoder(max_event_bytes=limit)
    for taken in range(limit + 2):
        try:
            decoder.feed(piece)
        except ProtocolError:
            return taken
    raise AssertionError("it takes them all")


def test_comments_within_an_event_are_no_part_of_its_size() -> None:
    decoder = SSEDecoder(max_event_bytes=1000)
    for _ in range(500):
        assert decoder.feed(b": still working\n") == [Comment("still working")]
    assert decoder.feed(b"data: done\n\n") == [ServerSentEvent("message", "done", "")]
