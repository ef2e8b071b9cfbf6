"""Calls in any order with any fault between them: errors of ours, nothing sent twice, nothing half-written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tests.cloud import (
    CANCEL,
    CHAT,
    CREDITS,
    DOWNLOAD,
    DRAFT,
    RENDER,
    RESULT,
    SESSION,
    STATE,
    STATUS,
    UPLOAD,
    Answer,
    Raw,
    Reply,
    Stream,
    adk,
    flat,
    raw,
)
from tests.cloudthread import blocking_cloud

from nemovideo import NemoError, Session

ACTS = (SESSION, UPLOAD, CHAT, RENDER)
"""What must not be done twice: the backend documents no key by which it would notice."""

FAULTS: dict[str, Callable[[], Answer]] = {
    "fin": Raw,
    "rst": lambda: Raw(end="rst"),
    "half a head": lambda: Raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "garbage": lambda: Raw(b"\x00\x01\x02\r\n\r\n"),
    "short": lambda: raw(b"{", "Content-Length: 100"),
    "html": lambda: Reply(b"<html>", 200),
    "null": lambda: Reply(None),
    "500": lambda: Reply({"message": "oops"}, 500),
    "503": lambda: Reply(b"", 503, {"Retry-After": "3"}),
    "1001": lambda: Reply({"code": 1001, "message": "expired"}, 401),
    "1002": lambda: Reply({"code": 1002, "message": "no such session"}),
    "2001": lambda: Reply({"code": 2001, "message": "no credits"}),
    "402": lambda: Reply({"message": "plan"}, 402),
    "429 long": lambda: Reply(b"", 429, {"Retry-After": "9999"}),
    "redirect": lambda: Reply(b"", 302, {"Location": "http://127.0.0.1:9/elsewhere"}),
    "silent": Stream,
    "crash": lambda: Stream(adk("Wo", partial=True), b'data: {"error": "boom "quoted"}\n\n'),
    "cut": lambda: Stream(adk("One."), b"data: {"),
    "heartbeats": lambda: Stream(b": ping\n\n", b"data: heartbeat\n\n", flat({"type": "text", "content": "Done."})),
}
CALLS = (SESSION, UPLOAD, CHAT, STATE, CREDITS, RENDER, STATUS, CANCEL, RESULT, DOWNLOAD)


class Client(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.cloud, self.client, _ = self._stack.enter_context(blocking_cloud())
        self.folder = Path(tempfile.mkdtemp())
        self._stack.callback(shutil.rmtree, self.folder)
        self.session: Session | str = "s1"
        self.renders: list[str] = []
        self.sent_before: dict[str, int] = {}
        self.faults = 0

    def teardown(self) -> None:
        self._stack.close()

    def attempt(self, call: Callable[[], object], *allowed: str) -> object:
        """Make one call; of what acts it may send `allowed`, each once."""
        before = {act: len(self.cloud.sent(act)) for act in ACTS}
        try:
            return call()
        except NemoError as error:
            assert str(error)  # noqa: PT017 -- of whatever kind it is
            return None
        finally:
            for act in ACTS:
                assert len(self.cloud.sent(act)) - before[act] <= (1 if act in allowed else 0), act

    @rule(call=st.sampled_from(CALLS), fault=st.sampled_from(sorted(FAULTS)))
    def a_fault_lies_in_wait(self, call: str, fault: str) -> None:
        self.cloud.script(call, FAULTS[fault]())

    @rule(name=st.text(max_size=4))
    def create(self, name: str) -> None:
        made = self.attempt(lambda: self.client.session.create(name), SESSION)
        self.session = made if isinstance(made, Session) else self.session

    @rule(film=st.binary(max_size=64))
    def upload(self, film: bytes) -> None:
        self.attempt(lambda: self.client.upload.file(self.session, film, name="a.mp4"), UPLOAD)

    @rule(text=st.text(max_size=6), whole=st.booleans())
    def chat(self, text: str, whole: bool) -> None:
        if whole:
            self.attempt(lambda: str(self.client.chat.send(self.session, text)), CHAT)
        else:
            self.attempt(lambda: next(self.client.chat.stream(self.session, text), None), CHAT)

    @rule(draft=st.sampled_from([DRAFT, {}, None, {"t": [{"sg": [None]}]}]))
    def edit(self, draft: object) -> None:
        self.cloud.draft = draft

    @rule()
    def look(self) -> None:
        self.attempt(lambda: self.client.state.timeline(self.session))
        self.attempt(self.client.credits.balance)

    @rule()
    def submit(self) -> None:
        name = f"render_{len(self.renders)}"
        self.renders.append(name)
        before = len(self.cloud.sent(RENDER))
        call = self.client.render.submit
        self.attempt_twice(lambda: call(self.session, DRAFT, render_id=name))
        assert {sent.json["id"] for sent in self.cloud.sent(RENDER)[before:]} <= {name}

    @precondition(lambda self: self.renders)
    @rule(data=st.data())
    def follow(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.renders))
        self.attempt(lambda: self.client.render.status(name))
        self.attempt(lambda: self.client.render.wait(name, deadline=600))
        self.attempt(lambda: self.client.render.cancel(name))

    @rule(name=st.sampled_from(["a.mp4", "b.mp4"]), overwrite=st.booleans())
    def export(self, name: str, overwrite: bool) -> None:
        output = self.folder / name
        done = self.attempt_twice(lambda: self.client.render.export(self.session, output, overwrite=overwrite))
        assert done is None or output.read_bytes() == self.cloud.result

    def attempt_twice(self, call: Callable[[], object]) -> object:
        """A render may be asked for again: by its id, which makes it the same job, or once more after it failed."""
        try:
            return call()
        except NemoError as error:
            assert str(error)  # noqa: PT017 -- of whatever kind it is
            return None

    @invariant()
    def nothing_is_half_written(self) -> None:
        assert {path.name for path in self.folder.iterdir()} <= {"a.mp4", "b.mp4"}

    @invariant()
    def the_token_went_to_the_backend_alone(self) -> None:
        assert not [sent for sent in self.cloud.elsewhere if "authorization" in sent.headers]


def test_any_calls_in_any_order() -> None:
    run_state_machine_as_test(Client, settings=settings(max_examples=25, stateful_step_count=15))
