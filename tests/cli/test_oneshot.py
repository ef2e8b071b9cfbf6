"""Signs of life while a command waits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.conftest import Run

from nemovideo.cli.memory import SessionMemory
from nemovideo.cli.oneshot import STILL_WORKING, Choice, language_of, patience
from nemovideo.errors import StreamInterrupted


def test_still_working_every_two_minutes(run: Run[Any]) -> None:
    said: list[str] = []

    async def flow() -> None:
        slept: list[float] = []
        enough = asyncio.Event()

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            if len(slept) > 3:
                enough.set()
                await asyncio.Event().wait()
            await asyncio.sleep(0)

        async with patience(said.append, sleep=sleep):
            await enough.wait()
        assert slept == [STILL_WORKING] * 4 == [120.0] * 4

    run(flow())
    assert said == ["Still working..."] * 3


def test_an_error_goes_through_as_it_is(run: Run[Any]) -> None:
    async def flow() -> None:
        async with patience(print):
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        run(flow())


@pytest.mark.parametrize(
    ("text", "environ", "expected"),
    [
        ("compress it", {"LANG": "zh_CN.UTF-8"}, "en"),
        ("压缩到 5 MB", {"LANG": "en_US.UTF-8"}, "zh"),
        ("", {"LANG": "zh_TW"}, "zh"),
        ("", {"LC_ALL": "C", "LANG": "zh_CN"}, "en"),
        ("", {"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "de_DE"}, "zh"),
        ("", {}, "en"),
    ],
)
def test_the_language_of_a_new_session(text: str, environ: dict[str, str], expected: str) -> None:
    assert language_of(text, environ) == expected


def test_an_answer_that_was_cut_off_is_not_said_again_blindly() -> None:
    choice = Choice(SessionMemory("http://host:81"), None, None, print)
    with pytest.raises(StreamInterrupted) as caught, choice.explained():
        raise StreamInterrupted("The answer was cut off.")
    assert caught.value.hint is not None
    assert "nemovideo state --backend http://host:81 before" in caught.value.hint
