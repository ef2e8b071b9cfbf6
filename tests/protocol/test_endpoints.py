from __future__ import annotations

import re

import pytest

from nemovideo.errors import UsageError
from nemovideo.protocol.endpoints import DOWNLOAD, ENDPOINTS, STATE, STATUS, Call, path_segment


def test_the_calls_of_the_spec(shared) -> None:
    """Each documented path is spoken, and nothing else."""
    spec = (shared / "spec" / "protocol.md").read_text(encoding="utf-8")
    section = spec[spec.index("## 2. Endpoints") : spec.index("## 3. Files")]
    told = {
        (verb, re.sub(r"<sid>", "{session}", path).replace("<id>", "{render}"))
        for verb, path in re.findall(r"`(GET|POST) (/[^`]*)`", section)
    }
    assert told == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}


def test_names_tell_them_apart() -> None:
    assert len({endpoint.name for endpoint in ENDPOINTS}) == len(ENDPOINTS)


def test_ids_stand_in_paths_and_on_the_call() -> None:
    assert STATE.call(session_id="a b") == Call("GET", "/api/state/nemo_agent/me/a%20b/latest", "ask", "a b")
    call = STATUS.call(session_id="s", render_id="r/1", phase="verify")
    assert (call.path, call.phase, call.session_id, call.render_id) == (
        "/api/render/proxy/lambda/r%2F1",
        "verify",
        "s",
        "r/1",
    )


@pytest.mark.parametrize("identifier", ["", ".", "..", "\ud800"])
def test_what_is_no_id(identifier: str) -> None:
    with pytest.raises(UsageError):
        path_segment(identifier)
    with pytest.raises(UsageError):
        DOWNLOAD.call(render_id=identifier)


def test_an_id_that_is_missing() -> None:
    with pytest.raises(UsageError):
        STATE.call()
