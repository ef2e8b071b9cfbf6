"""Patterns that wait for their first use, and what a program's sentence does not load."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from nemovideo.engine.agent.patterns import Pattern

PROGRAM = """
import sys
import nemovideo.engine.server
from nemovideo.engine.agent.turn import take_turn
from nemovideo.engine.archive import SessionRow, UploadRow
from nemovideo.protocol.compress import CompressRequest
film = UploadRow("u", "s", "a", "a.mp4", "video", "/x", "h", 10**8, 1, 1, 10.0, 1920, 1080, 30.0)
wish = CompressRequest(max_bytes=5_000_000, codec="hevc")
turn = take_turn(wish.to_sentence(), SessionRow("s", "a", "t", "p", "en", None), [film])
assert CompressRequest.model_validate(turn.draft["m"]["nemovideo"]) == wish
print(*sorted(name for name in sys.modules if name.startswith(("nemovideo.engine.agent", "PIL", "numpy"))))
"""


def test_it_finds_what_re_finds() -> None:
    pattern, plain = Pattern(r"(\d)\s*MB", re.IGNORECASE), re.compile(r"(\d)\s*MB", re.IGNORECASE)
    text = "5 mb or 6MB"
    assert [found.span() for found in pattern.finditer(text)] == [found.span() for found in plain.finditer(text)]
    assert pattern.sub(r"<\1>", text) == plain.sub(r"<\1>", text) == "<5> or <6>"
    assert pattern.findall(text) == plain.findall(text)
    assert (pattern.match(text, 8) is None, pattern.match("x") is None) == (False, True)
    assert (pattern.fullmatch(text), pattern.search("none")) == (None, None)


def test_what_is_no_pattern_is_told_when_it_is_used() -> None:
    pattern = Pattern("(")
    with pytest.raises(re.error):
        pattern.search("x")


def test_a_programs_sentence_loads_no_edit() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert "nemovideo.engine.agent.turn" in loaded
    assert not loaded & {"nemovideo.engine.agent.conversation", "nemovideo.engine.agent.edits.table", "PIL", "numpy"}
