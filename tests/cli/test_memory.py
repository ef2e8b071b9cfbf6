"""The remembered session: whatever lies in the file, whoever writes at once."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.cli.memory import SessionMemory


def kept(memory: SessionMemory) -> Path:
    return memory._path


def test_it_remembers() -> None:
    memory = SessionMemory("local")
    assert memory.recall() is None
    assert memory.remember("ses_1")
    assert memory.remember("ses_2")
    assert SessionMemory("local").recall() == "ses_2"
    assert stat.S_IMODE(kept(memory).stat().st_mode) == 0o600
    assert stat.S_IMODE(kept(memory).parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("local", "cloud", False),
        ("cloud", "https://mega-api-prod.nemovideo.ai", True),
        ("http://Host:80/a", "http://host/b", True),
        ("http://host:81", "http://host", False),
        ("https://host", "http://host", False),
        ("http://[::1]:8765", "http://127.0.0.1:8765", False),
    ],
)
def test_one_file_for_each_origin(one: str, other: str, same: bool) -> None:
    assert SessionMemory(one).remember("ses_1")
    assert (SessionMemory(other).recall() == "ses_1") is same


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"session_id": null}',
        b'{"session_id": ["ses_1"]}',
        b'{"session_id": "a\\nb"}',
        json.dumps({"session_id": "x" * 600}).encode(),
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_file_that_was_spoilt_remembers_nothing(content: bytes) -> None:
    memory = SessionMemory("local")
    memory.remember("ses_1")
    kept(memory).write_bytes(content)
    assert memory.recall() is None


@given(
    content=st.binary(max_size=80) | st.text(max_size=60).map(lambda text: json.dumps({"session_id": text}).encode())
)
def test_no_file_makes_it_fail(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    memory = SessionMemory("local")
    memory._path = tmp_path_factory.getbasetemp() / "memory.json"
    memory._path.write_bytes(content)
    found = memory.recall()
    assert found is None or found.isprintable()


def test_many_at_once_leave_one_whole_id_and_nothing_else() -> None:
    ids = [f"ses_{number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda each: SessionMemory("local").remember(each), ids))
    memory = SessionMemory("local")
    assert memory.recall() in ids
    assert [path.name for path in kept(memory).parent.iterdir()] == ["local.json"]


def test_where_it_cannot_be_written_it_says_so(isolated: Path) -> None:
    (isolated / "state").write_text("a file")
    assert not SessionMemory("local").remember("ses_1")
    assert SessionMemory("local").recall() is None
