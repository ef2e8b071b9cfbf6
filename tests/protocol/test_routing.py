"""Where people's words go: a keyword counts only when it is the request itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocol.routing_reviewed import REVIEWED
from tests.protocol.routing_sentences import SENTENCES

from nemovideo.protocol.lexicon import PHRASES
from nemovideo.protocol.routing import Action, route, steps

ACTIONS = set(get_args(Action))


def test_the_cases_of_the_workshop(shared: Path) -> None:
    cases = json.loads((shared / "cases" / "routing.json").read_text(encoding="utf-8"))
    wrong = {case["says"]: route(case["says"]) for case in cases if list(route(case["says"])) != case["route"]}
    assert not wrong


@pytest.mark.parametrize(
    ("says", "expected"), [*SENTENCES, *REVIEWED], ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_sentence(says: str, expected: tuple[str, ...]) -> None:
    assert route(says) == expected


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ("export it as mp3", ("export",)),
        ("导出为GIF", ("export",)),
        ("把视频导出成gif格式", ("export",)),
        ("download the result in wav format", ("export",)),
        ("make it a GIF and export", ("chat", "export")),
        ("make it a gif", ("chat",)),
        ("convert it to mp3", ("chat",)),
        ("what would 10MB look like?", ("chat",)),
        ("plan it for Discord, then export", ("chat", "export")),
        ("压缩到10MB会怎么样", ("chat",)),
    ],
)
def test_formats_and_plans(says: str, expected: tuple[str, ...]) -> None:
    assert route(says) == expected


@pytest.mark.parametrize("says", ["compress it to 20MB", "  Add “导出” as the title.\n", "", " \t\n"])
def test_what_goes_to_the_chat_alone_goes_as_it_was_said(says: str) -> None:
    (step,) = steps(says)
    assert (step.action, step.text) == ("chat", says)


def test_each_step_has_its_own_words() -> None:
    said = 'Upload "/tmp/my talk.mp4", speed it up 2x, add a title, and then send it to me as out.mov!'
    assert [(step.action, step.text, step.names) for step in steps(said)] == [
        ("upload", 'Upload "/tmp/my talk.mp4"', ("/tmp/my talk.mp4",)),
        ("chat", "speed it up 2x, add a title", ()),
        ("export", "send it to me as out.mov", ("out.mov",)),
    ]
    assert steps("export talk.mp4")[0].names == ()
    assert [step.text for step in steps("Ｃｏｍｐｒｅｓｓ　ｉｔ，然后导出")] == ["Ｃｏｍｐｒｅｓｓ　ｉｔ", "导出"]


def test_files_named_one_after_the_other_are_one_upload() -> None:
    assert steps("upload a.mp4, b.mp4 and c.mov")[0].names == ("a.mp4", "b.mp4", "c.mov")


def test_a_long_text_is_for_the_chat() -> None:
    assert route("export " * 1000) == ("chat",)
    assert route("the the the " * 60 + "export") == ("chat",)


WORDS = st.sampled_from(
    [*PHRASES, "“", "”", '"', ",", "，", ".", "。", "\n", " ", "a.mp4", "/x y.mp4", "http://x/y", "猫"]
)
TALK = st.lists(WORDS, max_size=30).map(" ".join) | st.lists(WORDS, max_size=30).map("".join) | st.text()


@given(TALK)
def test_no_text_makes_it_raise(says: str) -> None:
    found = steps(says)
    assert found
    assert {step.action for step in found} <= ACTIONS
    assert all(step.text in says for step in found)


@given(TALK)
def test_quoted_words_are_content(says: str) -> None:
    quoted = says.replace('"', "")
    assert route(f'add a title that says "{quoted}"') == ("chat",)
