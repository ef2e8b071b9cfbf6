"""What a backend takes: as it says itself, or as the cloud is documented."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.jsonvalues import ANYTHING, shaped

from nemovideo.backend import CLOUD, BackendProfile
from nemovideo.errors import FileTooLarge, UnsupportedFile

TOLD = {"name": "nemovideo-engine", "version": 1, "max_upload_bytes": None, "formats": ["mp4", "TS"], "codecs": ["av1"]}


def test_a_backend_that_says_nothing_is_the_cloud() -> None:
    assert BackendProfile.from_session({"session_id": "s"}) is CLOUD
    assert BackendProfile.from_session(None) is CLOUD


def test_a_backend_that_says() -> None:
    found = BackendProfile.from_session({"backend": TOLD})
    assert found == BackendProfile("nemovideo-engine", None, ("mp4", "ts"), ("av1",))
    found.check_size("talk.mp4", 10**13)


def test_half_of_it_said() -> None:
    assert BackendProfile.from_session({"backend": {"name": "x"}}) == BackendProfile(
        "x", CLOUD.max_upload_bytes, CLOUD.formats, CLOUD.codecs
    )


@pytest.mark.parametrize("name", ["talk.mp4", "TALK.MOV", "a.b.webm", "x.gif"])
def test_a_format_that_is_taken(name: str) -> None:
    CLOUD.check_format(name)


@pytest.mark.parametrize("name", ["talk.ts", "talk", ".mp4", "talk.mp4.exe", "x."])
def test_a_format_that_is_not(name: str) -> None:
    with pytest.raises(UnsupportedFile) as caught:
        CLOUD.check_format(name)
    assert name in str(caught.value)
    assert all(kind in str(caught.value) for kind in CLOUD.formats)
    assert (caught.value.code, caught.value.phase) == (4001, "upload")


def test_a_size_to_the_byte() -> None:
    CLOUD.check_size("talk.mp4", 500_000_000)
    with pytest.raises(FileTooLarge, match=r"500\.0 MB; the cloud takes 500 MB|500 MB") as caught:
        CLOUD.check_size("talk.mp4", 500_000_001)
    assert caught.value.code == 4002


@given(ANYTHING | shaped("backend", "name", "max_upload_bytes", "formats", "codecs"))
def test_no_answer_makes_it_raise(answer: object) -> None:
    BackendProfile.from_session(answer).check_size("a.mp4", 0)
