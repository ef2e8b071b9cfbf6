"""The error tree: rooted, told in one short line, whole after a journey to another process."""

from __future__ import annotations

import copy
import inspect
import multiprocessing
import pickle
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from nemovideo import errors
from nemovideo.errors import NemoError

KINDS = [getattr(errors, name) for name in errors.__all__]
CONTEXT: dict[str, Any] = {
    "hint": "do this",
    "status": 402,
    "code": 2001,
    "request_id": "req_1",
    "phase": "render",
    "retryable": True,
    "session_id": "s1",
    "render_id": "r1",
}
OWN: dict[str, dict[str, Any]] = {
    "TargetNotMet": {"least_bytes": 77},
    "RateLimited": {"retry_after": 3.5},
    "TransportError": {"retry_after": 3.5},
    "ConnectionFailed": {"retry_after": 3.5},
    "AgentError": {"reply": {"text": "half"}},
    "StreamInterrupted": {"text": "half"},
    "RenderFailed": {"permanent": True},
}


def test_the_list_is_sorted_and_whole() -> None:
    assert errors.__all__ == sorted(errors.__all__)
    defined = {name for name, thing in vars(errors).items() if inspect.isclass(thing) and issubclass(thing, Exception)}
    assert defined == set(errors.__all__)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_is_rooted_and_told(kind: type[NemoError]) -> None:
    assert issubclass(kind, NemoError)
    assert inspect.getdoc(kind)
    error = kind("talk.mp4: something happened.")
    assert error.message == "talk.mp4: something happened."
    assert str(error).startswith(error.message)
    assert "\n" not in str(error)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("again", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_every_error_survives_a_journey(kind: type[NemoError], again) -> None:
    error = kind("message", **CONTEXT, **OWN.get(kind.__name__, {}))
    found = again(error)
    assert type(found) is kind
    assert vars(found) == vars(error)
    assert (str(found), found.args, repr(found)) == (str(error), error.args, repr(error))
    for name, value in (CONTEXT | OWN.get(kind.__name__, {})).items():
        assert getattr(found, name) == value


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_is_short(kind: type[NemoError]) -> None:
    assert len(str(kind("<html>" * 10_000))) < 1000


def test_the_tree_is_the_one_that_is_drawn() -> None:
    drawn = dict(re.findall(r"(\w+) +(?:exit )?(\d)\b", (errors.__doc__ or "").replace("exit 1", "1")))
    assert set(drawn) == set(errors.__all__)
    for name, code in drawn.items():
        assert getattr(errors, name).exit_code == int(code), name


@pytest.mark.parametrize(
    ("name", "parent"),
    [
        ("TargetNotMet", "UsageError"),
        ("OutputExists", "UsageError"),
        ("ConnectionFailed", "TransportError"),
        ("FFmpegMissing", "MissingExtra"),
        ("RateLimited", "NemoError"),
    ],
)
def test_who_descends_from_whom(name: str, parent: str) -> None:
    assert getattr(errors, name).__bases__ == (getattr(errors, parent),)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not NemoError], ids=lambda kind: kind.__name__)
def test_every_error_says_what_to_do_next(kind: type[NemoError]) -> None:
    error = kind("talk.mp4: something happened.")
    assert error.hint
    assert error.hint.endswith((".", ")"))
    assert str(error) == f"talk.mp4: something happened. {error.hint}"


def test_a_target_that_is_out_of_reach_names_the_one_that_is_not() -> None:
    assert "--max-bytes 77" in str(errors.TargetNotMet("message", least_bytes=77))
    assert "--max-bytes" not in str(errors.TargetNotMet("message", least_bytes=77, hint="do this"))


def _raises(kind: type[NemoError], fields: dict[str, Any]) -> None:
    raise kind("message", **fields)


@pytest.mark.parametrize("number", range(len(KINDS)), ids=[kind.__name__ for kind in KINDS])
def test_every_error_comes_whole_out_of_another_process(number: int, pool: ProcessPoolExecutor) -> None:
    kind = KINDS[number]
    fields = CONTEXT | OWN.get(kind.__name__, {})
    with pytest.raises(kind) as caught:
        pool.submit(_raises, kind, fields).result()
    found = caught.value
    assert str(found) == "message. do this"
    for name, value in fields.items():
        assert getattr(found, name) == value


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as executor:
        yield executor


def test_what_was_added_on_the_way_travels_too() -> None:
    error = NemoError("message")
    error.add_note("while the third file was sent")
    error.hint = "changed"
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert again.__notes__ == ["while the third file was sent"]
        assert str(again) == "message. changed"


def test_a_hint_may_be_none_at_all() -> None:
    assert str(errors.OutputExists("a.mp4: exists.", hint="")) == "a.mp4: exists."
    assert "overwrite=True" in str(errors.OutputExists("a.mp4: exists."))
