"""The two small files: private, whole, shared by many processes."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from tests.jsonvalues import ANYTHING, shaped

from nemovideo.tokenfile import StoredToken, TokenFile

TOKEN = StoredToken("nmv_usr_secret", "anon_1", 1_900_000_000.0)


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path / "config" / "nemovideo")


def test_a_token_is_kept_per_origin(file: TokenFile) -> None:
    file.write("https://a", TOKEN)
    file.write("https://b", StoredToken("other", None, None))
    assert file.read("https://a") == TOKEN
    assert file.read("https://b") == StoredToken("other", None, None)
    file.write("https://a", None)
    assert file.read("https://a") is None
    assert file.read("https://b") is not None


def test_nobody_else_may_read_them(file: TokenFile) -> None:
    old = os.umask(0)
    try:
        file.write("https://a", TOKEN)
        file.client_id()
        handle = file.try_lock()
        assert handle is not None
        file.unlock(handle)
    finally:
        os.umask(old)
    assert stat.S_IMODE(file.folder.stat().st_mode) == 0o700
    for path in file.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert {path.name for path in file.folder.iterdir()} == {"client_id", "tokens.json", "tokens.lock"}


def test_the_client_id_is_made_once(file: TokenFile) -> None:
    made = file.client_id()
    assert uuid.UUID(made).version == 4
    assert file.client_id() == TokenFile(file.folder).client_id() == made


def test_a_client_id_of_the_vendors_skill_is_used(file: TokenFile) -> None:
    file.folder.mkdir(parents=True)
    (file.folder / "client_id").write_text(" 11111111-2222-3333-4444-555555555555\n")
    assert file.client_id() == "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize("content", [b"", b"  \n", b"\xff\xfe\x00", "中文".encode()])
def test_a_spoilt_client_id_is_made_anew(content: bytes, file: TokenFile) -> None:
    file.folder.mkdir(parents=True)
    (file.folder / "client_id").write_bytes(content)
    made = file.client_id()
    assert uuid.UUID(made).version == 4
    assert file.client_id() == made


@pytest.mark.parametrize("content", ["", "{", "[]", "3", '{"https://a": 3}', '{"https://a": {"token": ""}}', "\0"])
def test_a_spoilt_token_file_holds_none(content: str, file: TokenFile) -> None:
    file.folder.mkdir(parents=True)
    (file.folder / "tokens.json").write_text(content)
    assert file.read("https://a") is None
    file.write("https://a", TOKEN)
    assert file.read("https://a") == TOKEN


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file in the way")
    file = TokenFile(tmp_path / "config" / "nemovideo")
    file.write("https://a", TOKEN)
    assert file.read("https://a") is None
    assert uuid.UUID(file.client_id())
    handle = file.try_lock()
    assert handle is not None
    file.unlock(handle)


def test_one_at_a_time(file: TokenFile) -> None:
    first = file.try_lock()
    assert first is not None
    assert file.try_lock() is None
    file.unlock(first)
    second = file.try_lock()
    assert second is not None
    file.unlock(second)


def test_without_hard_links_it_is_kept_all_the_same(file: TokenFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    assert file.client_id() == file.client_id()


def test_processes_that_race_agree_on_one_client_id(file: TokenFile) -> None:
    look = "print(TokenFile(pathlib.Path(sys.argv[1])).client_id())"
    program = f"import sys, pathlib; from nemovideo.tokenfile import TokenFile; {look}"
    racing = [
        subprocess.Popen([sys.executable, "-c", program, file.folder], stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    assert len({process.communicate()[0] for process in racing}) == 1


def test_nothing_shows_the_token(file: TokenFile) -> None:
    assert "secret" not in repr(TOKEN)
    assert "secret" not in repr(file)


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2026-03-18T00:00:00Z", 1773792000.0),
        ("2026-03-18T00:00:00+00:00", 1773792000.0),
        ("2026-03-18T00:00:00.500Z", 1773792000.5),
        (1773792000, 1773792000.0),
        ("2026-03-18T00:00:00", 1773792000.0),
        ("0001-01-01T00:00:00", -62135596800.0),
        ("soon", None),
        (None, None),
        (True, None),
        ([], None),
    ],
)
def test_when_it_expires(said: object, moment: float | None) -> None:
    found = StoredToken.decode({"token": "t", "expires_at": said})
    assert found is not None
    assert found.expires_at == moment


@given(ANYTHING | shaped("token", "user_id", "expires_at"))
def test_no_answer_makes_it_raise(value: object) -> None:
    found = StoredToken.decode(value)
    assert found is None or json.dumps(found.token)
