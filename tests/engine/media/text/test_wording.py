from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nemovideo.engine.media.text.typeface import covering, typefaces
from nemovideo.engine.media.text.wording import LONGEST, worded


def lines(text: str) -> list[str]:
    return ["".join(sign.sign for sign in line) for line in worded(text).lines]


def fonts(text: str) -> str:
    """L or H for each sign of a one-line text."""
    latin, _ = typefaces()
    (line,) = worded(text).lines
    return "".join("L" if sign.face is latin else "H" for sign in line)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("one\r\ntwo\rthree\u2028four", ["one", "two", "three", "four"]),
        ("  both ends  ", ["both ends"]),
        ("tab\tnbsp\u00a0thin\u2009.", ["tab nbsp thin ."]),
        ("\n\n\na\n\n\n\nb\n\n", ["a", "", "b"]),
        ("e\u0301 nu\u0308", ["é nü"]),
        ("zero\u200bwidth\u202e\u0007\x00", ["zerowidth"]),
        ("non\u2011breaking", ["non-breaking"]),
        ("你好\u3000世界\u3000", ["你好\u3000世界"]),
        ("Hi 👋 you", ["Hi you"]),
        ("👋 Hi", ["Hi"]),
        ("Hi 👋", ["Hi"]),
        ("two  spaces", ["two  spaces"]),
    ],
)
def test_a_text_is_made_plain(text, written):
    assert lines(text) == written


def test_missing_signs_are_told_once_and_so_that_they_can_be_read():
    assert worded("a👋b👋c𓀀").missing == ("👋", "𓀀")
    assert worded("q\u0301q\u0301").missing == ("U+0301",)
    assert worded("\ue000").missing == ("U+E000",)
    assert worded("❤\ufe0f").missing == ("❤",)
    assert worded("plain 你好 ½").missing == ()


def test_gb2312_is_covered_whole_and_more():
    double = [bytes([high, low]) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF)]
    signs = "".join(pair.decode("gb2312", "ignore") for pair in double)
    assert len(signs) == 7445
    assert [sign for sign in signs if not covering(sign)] == []
    names = "喆玥珺堃镕臺灣龍體"
    alphabets = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA1, 0x180), *range(0x391, 0x3A2), *range(0x400, 0x460)]))
    for sign in names + alphabets + "—…“”‘’€£¥°©®™№←→½²ếơư":
        assert covering(sign) or unicodedata.category(sign) == "Cf", sign


def test_scripts_that_are_not_claimed_are_told():
    for text in ("مرحبا", "שלום", "नमस्ते", "สวัสดี", "안녕"):
        assert worded(text).lines == ()
        assert worded(text).missing


def test_quotes_and_dashes_are_as_wide_as_their_neighbours():
    assert fonts("说“你好”。") == "HHHHHH"
    assert fonts("say “hi” —") == "LLLLLLLLLL"
    assert fonts("等等……") == "HHHH"
    assert fonts("I’m") == "LLL"
    assert fonts("A·B中·国") == "LLLHHH"


def test_a_long_text_is_cut_and_says_so():
    long = worded("x" * 10_000)
    assert long.cut
    assert len(long.lines[0]) == LONGEST
    assert not worded("x" * LONGEST).cut


@settings(max_examples=40)
@given(st.text())
def test_whatever_is_said_is_written_in_signs_that_are_there_or_told(text):
    done = worded(text)
    for line in done.lines:
        for sign in line:
            assert ord(sign.sign) in sign.face.glyphs
            assert unicodedata.category(sign.sign)[0] != "C"
    assert all(told.isprintable() for told in done.missing)
    assert not done.lines or (done.lines[0] and done.lines[-1])
