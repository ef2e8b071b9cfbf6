"""The fault matrix: every class of fault that trusted clients test, against every call of the wire, over real sockets.

A cell ends in success or in the error that is named here; nothing is done twice; nothing is left behind (`in_lab`
looks for tasks, sockets, open and unfinished files); and a result is whole or not there. The classes are those of
section E of the reliability study; ROWS says where each is tested, and why two have no counterpart on this wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from tests.faults.conftest import InLab
from tests.faults.laboratory import QUICK, Cell, Lab, turning

ROWS: dict[str, str] = {
    "reset or drop mid-body": "here: dropped, cut",
    "size differs from what was promised": "here: DOWNLOADS",
    "truncated Content-Length": "here: length",
    "server ignores Range, wrong Content-Range": "here: DOWNLOADS",
    "object changes mid-download": "here: DOWNLOADS",
    "corrupt bytes, checksum": "none: the wire names no checksum; size and MP4 boxes are checked (tests/workflows)",
    "slow server, read timeout between chunks": "here: slow, stalls",
    "5xx bursts, attempts used up": "here: 5xx",
    "429 and Retry-After": "here: 429",
    "retry quota, storm": "here: test_a_dead_backend_is_not_stormed",
    "body rewind on retry": "here: test_an_upload_is_sent_whole_again",
    "offset recovery": "none for uploads: the wire has no resumable ones; downloads: here, DOWNLOADS",
    "stale keep-alive": "test_connections.py",
    "DNS failure": "test_connections.py",
    "TLS": "test_connections.py",
    "garbage status line": "here: garbage",
    "cancel mid-flight": "test_cancel.py",
    "no leaked connections after failures": "every cell: in_lab",
    "leftovers after failure": "every cell: in_lab",
    "loop closed": "test_connections.py",
    "token expiry in a run": "here: expired, 1001",
    "thundering refresh": "test_connections.py",
    "same request id over attempts": "here: test_a_render_keeps_its_id_over_attempts",
    "stream error event": "here: CHATS",
    "partial SSE message dropped on reconnect": "here: cut; a message is never sent again, so nothing reconnects",
    "clock skew": "test_clock.py",
    "disk full": "test_disk.py",
    "duplicate delivery of an event": "here: CHATS",
}

Expected = dict[str, str]
CALLS = ("token", "session", "claim", "upload", "chat", "state", "credits", "render", "status", "cancel", "download")
TRIES = "ok|TransportError|RateLimited"
"""For a token whose answer was lost: asked for again, it is refused for seven days."""


def everywhere(outcome: str, **others: str) -> Expected:
    return dict.fromkeys(CALLS, outcome) | others


LOST = everywhere(
    "TransportError",
    token=TRIES,
    chat="recovered",
    state="ok",
    credits="ok",
    render="ok",
    status="ok",
    cancel="ok|TransportError",
    download="ok",
)
"""The engine did it, the client did not hear of it: reads are repeated, what can be looked up is, the rest is told."""

UNSENT = LOST | {"chat": "StreamInterrupted"}
"""The same to the client, but nothing was done: a chat that changed nothing is reported, and not sent again."""

NO_JSON = everywhere("ProtocolError", chat="ok", render="ok|ProtocolError", status="ok", cancel="ok|ProtocolError")
DONE = everywhere("ok")
CUT_OFF = {call: outcome + "|ProtocolError" for call, outcome in LOST.items()} | {"chat": "recovered", "render": "ok"}
"""Without a length nothing tells a cut but the JSON, which is then none."""


@dataclass(frozen=True)
class Fault:
    """What happens, and what each call makes of it."""

    keys: dict[str, Any]
    expected: Expected
    limits: Any = None
    anonymous: bool = False


def stall(place: str) -> Fault:
    return Fault({"stall": place, "first": 1}, LOST | {"chat": "recovered|StreamInterrupted"}, limits=QUICK)


def drop(place: str, **keys: Any) -> Fault:
    return Fault({"drop": place, "first": 1, **keys}, LOST)


def once(expected: Expected = DONE, **keys: Any) -> Fault:
    return Fault({"first": 1, **keys}, expected)


def always(expected: Expected, **keys: Any) -> Fault:
    return Fault(keys, expected)


FAULTS: dict[str, Fault] = {
    "dropped before the headers, FIN": drop("before"),
    "dropped before the headers, RST": drop("before", end="rst"),
    "dropped within the headers, FIN": drop("headers"),
    "dropped within the headers, RST": drop("headers", end="rst"),
    "dropped within the request": Fault({"drop": "request", "first": 1, "end": "rst"}, UNSENT),
    "cut, sized, FIN": drop("body", framing="sized"),
    "cut, sized, RST": drop("body", framing="sized", end="rst"),
    "cut, chunked, FIN": drop("body", framing="chunked"),
    "cut, chunked, RST": drop("body", framing="chunked", end="rst"),
    "cut, told by nothing": once(CUT_OFF, drop="body", framing="close"),
    "length too large": once(LOST | {"chat": "ok|recovered", "download": "ok|ProtocolError"}, length=5),
    "length too small": once(LOST | {"chat": "ok|recovered", "download": "ok|ProtocolError"}, length=-5),
    "slow": once(speed=2_000_000),
    "late": once(delay=0.02),
    "stalls before the headers": stall("before"),
    "stalls within the headers": stall("headers"),
    "stalls within the body": stall("body"),
    "5xx, twice": Fault({"status": 503, "first": 2}, UNSENT | {"render": "TransportError"}),
    "5xx, a page": once(UNSENT, status=502, body="<html>Bad gateway</html>"),
    "5xx, for ever": always(everywhere("TransportError", chat="StreamInterrupted"), status=500),
    "429, seconds": once(error=429, retry_after=1),
    "429, a fraction": once(error=429, retry_after="0.5"),
    "429, milliseconds": once(error=429, headers={"retry-after-ms": "1500"}),
    "429, nothing said": once(error=429),
    "429, a date that has passed": once(error=429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"),
    "429, infinite": once(error=429, retry_after="inf"),
    "429, no number": once(error=429, retry_after="nan"),
    "429, a bad date": once(error=429, retry_after="Wed, 99 Foo 2015"),
    "429, over two minutes": once(everywhere("RateLimited"), error=429, retry_after=100_000),
    "429, for ever": always(everywhere("RateLimited"), error=429, retry_after=1),
    "garbage status line": once(LOST, garbage="status-line"),
    "garbage header": once(LOST, garbage="header"),
    "garbage chunk size": once(LOST, garbage="chunk-size"),
    "garbage gzip": once(LOST, garbage="gzip"),
    "garbage JSON": once(NO_JSON, garbage="json"),
    "redirected": always(everywhere("ProtocolError", download="ConnectionFailed"), redirect="http://127.0.0.1:9/x"),
    "expired, anonymous": Fault({"expire": True, "first": 1}, DONE, anonymous=True),
    "1001, given": once(everywhere("AuthenticationError"), error=1001),
    "1002": always(everywhere("SessionNotFound"), error=1002),
    "2001": always(everywhere("OutOfCredits"), error=2001),
    "4001": always(everywhere("UnsupportedFile"), error=4001),
    "4002": always(everywhere("FileTooLarge"), error=4002),
    "402": always(everywhere("PlanError"), error=402),
    "422 of the chat server": always(
        everywhere("ProtocolError"), status=422, body={"detail": [{"loc": ["body"], "msg": "Field required"}]}
    ),
}


async def outcome_of(cell: Cell, *, turned: bool) -> str:
    lab, before = cell.lab, sum(cell.lab.faults.applied.values())
    work = cell.act()
    try:
        reply = await (turning(lab.clock, lambda: sum(lab.faults.applied.values()) > before, work) if turned else work)
    except Exception as error:  # noqa: BLE001 -- whichever it is
        return type(error).__name__
    return "recovered" if getattr(reply, "recovered", False) is True else "ok"


def verdict(cell: Cell, outcome: str, expected: str) -> str:
    """The cell as it is to be, or what is wrong with it."""
    if outcome not in expected.split("|"):
        return f"{outcome}, not {expected}"
    if twice := [act for act, times in cell.acted.items() if times > 1]:
        return f"{twice} done twice"
    if cell.call == "download":
        there = cell.output.read_bytes() if cell.output.exists() else None
        if there != (cell.lab.encoder.content if outcome == "ok" else None):
            return "half of a result" if there else "no result"
    return "as expected"


@pytest.mark.parametrize("name", FAULTS)
def test_on_every_call(in_lab: InLab, name: str) -> None:
    fault, found = FAULTS[name], {}

    async def flow(lab: Lab) -> None:
        for call in CALLS:
            # Where a token is asked for, it is the call that meets the fault.
            anonymous = fault.anonymous or call == "token"
            async with lab.cell(call, anonymous=anonymous, limits=fault.limits) as cell:
                lab.faults.add(call=call, **fault.keys)
                outcome = await outcome_of(cell, turned=fault.limits is not None)
                found[call] = verdict(cell, outcome, fault.expected[call])

    in_lab(flow)
    assert found == dict.fromkeys(CALLS, "as expected")


CUT = {"drop": "body", "at": 10_000, "first": 1}
DOWNLOADS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "taken up where it broke off": ([CUT], "ok"),
    "cut again and again, each time further": ([{"drop": "body", "at": 9_000, "first": 3}], "ok"),
    "the range is ignored": ([CUT, {"range": "ignore"}], "ok"),
    "another range comes": ([CUT, {"range": "wrong", "first": 1}], "ok"),
    "the range is refused": ([CUT, {"range": "refuse", "first": 1}], "ok"),
    "another version lies there": ([CUT, {"etag": "changed"}], "ok"),
    "no version is told": ([CUT | {"etag": "none"}, {"etag": "none"}], "ok"),
    "more than promised": ([{"resize": 7}], "ProtocolError"),
    "less than promised": ([{"resize": -7}], "ProtocolError"),
    "gone": ([{"status": 410}], "ProtocolError"),
    "slow, and cut without a word": ([{"speed": 2_000_000, "drop": "body", "framing": "close", "first": 1}], "ok"),
}


@pytest.mark.parametrize("name", DOWNLOADS)
def test_downloads(in_lab: InLab, name: str) -> None:
    rules, expected = DOWNLOADS[name]

    async def flow(lab: Lab) -> None:
        async with lab.cell("download") as cell:
            for keys in rules:
                lab.faults.add(call="download", **keys)
            assert verdict(cell, await outcome_of(cell, turned=False), expected) == "as expected"

    in_lab(flow)


CHATS: dict[str, tuple[dict[str, Any], str]] = {
    "crash line": ({"crash": "escaped"}, "AgentError"),
    "crash line that is no JSON": ({"crash": "unescaped"}, "AgentError"),
    "an error, and more behind it": ({"agent_error": "RESOURCE_EXHAUSTED"}, "ok|AgentError"),
    "silent edit": ({"silent": True}, "ok"),
    "events delivered twice": ({"twice": True}, "ok"),
    "heartbeats of every shape": ({"heartbeats": "all"}, "ok"),
    "flat events": ({"dialect": "flat"}, "ok"),
    "snake_case": ({"dialect": "snake"}, "ok"),
    "deltas and the whole": ({"partial": True}, "ok"),
    "reasoning": ({"thought": True}, "ok"),
    "noise at the end": ({"noise": True}, "ok"),
    "an event that is no JSON": ({"garbage": "json"}, "ok"),
}


@pytest.mark.parametrize("name", CHATS)
def test_chats(in_lab: InLab, name: str) -> None:
    keys, expected = CHATS[name]

    async def flow(lab: Lab) -> None:
        async with lab.cell("chat") as plain:
            words = (await plain.act()).text
        async with lab.cell("chat") as cell:
            lab.faults.add(call="chat", **keys)
            if expected == "AgentError":
                assert verdict(cell, await outcome_of(cell, turned=False), expected) == "as expected"
                return
            reply = await cell.act()
            assert cell.acted == {"chat": 1}
            assert reply.changes if name == "silent edit" else words in reply.text
            if name in {"deltas and the whole", "reasoning", "noise at the end", "flat events", "snake_case"}:
                assert reply.text == words

    in_lab(flow)


def test_a_dead_backend_is_not_stormed(in_lab: InLab) -> None:
    """Four tries of a read; one of an act; a poll's failures are tolerated, and not for ever."""

    async def flow(lab: Lab) -> None:
        for call in CALLS:
            async with lab.cell(call, anonymous=call == "token") as cell:
                lab.faults.add(call=call, status=503)
                assert await outcome_of(cell, turned=False) in {"TransportError", "StreamInterrupted"}
                most = {"state": 4, "credits": 4, "download": 5, "status": 24, "token": 4, "cancel": 4, "render": 2}
                assert cell.sent(call) <= most.get(call, 1), call

    in_lab(flow)


def test_an_upload_is_sent_whole_again(in_lab: InLab) -> None:
    async def flow(lab: Lab) -> None:
        async with lab.cell("upload") as cell:
            lab.faults.add(call="upload", error=429, first=1)
            upload = await cell.act()
            assert (cell.sent("upload"), cell.acted["upload"]) == (2, 1)
            assert upload.size == lab.source.stat().st_size

    in_lab(flow)


def test_a_render_keeps_its_id_over_attempts(in_lab: InLab) -> None:
    async def flow(lab: Lab) -> None:
        async with lab.cell("render") as cell:
            lab.faults.add(call="render", error=429, first=1)
            await cell.act()
            one, two = (asked.render_id for asked in cell.asked if asked.call == "render")
            assert one == two

    in_lab(flow)


@pytest.mark.parametrize(
    ("keys", "renders"), [({"fail": "passing"}, 2), ({"fail": "silent"}, 2), ({"fail": "permanent"}, 1)]
)
def test_a_failed_render_is_asked_for_once_more_with_a_new_id(
    in_lab: InLab, keys: dict[str, Any], renders: int
) -> None:
    async def flow(lab: Lab) -> None:
        async with lab.cell("render") as cell:
            lab.faults.add(call="status", **keys)
            with pytest.raises(Exception, match=r"failed|gave up"):
                await cell.client.render.export(cell.session, cell.output)
            ids = [asked.render_id for asked in cell.asked if asked.call == "render"]
            assert len(ids) == len(set(ids)) == renders

    in_lab(flow)


@pytest.mark.parametrize("keys", [{"plain": True}, {"form": "V"}, {"form": "V", "plain": True}])
def test_either_form_of_a_render(in_lab: InLab, keys: dict[str, Any]) -> None:
    async def flow(lab: Lab) -> None:
        async with lab.cell("render") as cell:
            lab.faults.add(call="status", **keys)
            lab.faults.add(call="render", form="S")
            await cell.client.render.export(cell.session, cell.output)
            assert cell.output.read_bytes() == lab.encoder.content

    in_lab(flow)


def test_all_rows_are_told() -> None:
    assert len(ROWS) == 28
