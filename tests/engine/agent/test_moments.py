"""Times, spans and numbers in two languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.engine.agent.moments import duration_in, milliseconds, moment_in, plain
from nemovideo.engine.agent.numbers import factor_in, number, share_in
from nemovideo.engine.agent.spans import Span, span_found, span_in

TIMES = {
    "10 seconds": 10_000,
    "1.5s": 1_500,
    "500ms": 500,
    "0:30": 30_000,
    "1:02:03.5": 3_723_500,
    "half a minute": 30_000,
    "half a second": 500,
    "two minutes": 120_000,
    "a minute and a half": 90_000,
    "two and a half minutes": 150_000,
    "1m30s": 90_000,
    "1h2m3s": 3_723_000,
    "one minute and 30 seconds": 90_000,
    "90-second": 90_000,
    "twenty five seconds": 25_000,
    "a couple of seconds": 2_000,
    "1分30秒": 90_000,
    "半分钟": 30_000,
    "半秒": 500,
    "一分半": 90_000,
    "一分半钟": 90_000,
    "两个半小时": 9_000_000,
    "十秒": 10_000,
    "二十秒钟": 20_000,
    "第5秒": 5_000,
    "一点五秒": 1_500,
    "一百二十秒": 120_000,
}


@pytest.mark.parametrize(("words", "value"), TIMES.items())
def test_times(words: str, value: int) -> None:
    assert milliseconds(words) == value


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("trim to the first 10 seconds", Span(0, 10_000)),
        ("delete the first minute", Span(0, 60_000)),
        ("the first half a minute", Span(0, 30_000)),
        ("keep 0:30 to 1:45", Span(30_000, 105_000)),
        ("00:30 – 1:45", Span(30_000, 105_000)),
        ("only the last 5s", Span(-5_000, None)),
        ("remove the last 20 s", Span(-20_000, None)),
        ("trim 5 seconds off the end", Span(-5_000, None)),
        ("cut 3 seconds from the start", Span(0, 3_000)),
        ("cut out 5s to 8s", Span(5_000, 8_000)),
        ("from 5 to 8 seconds", Span(5_000, 8_000)),
        ("between 5 and 8 seconds", Span(5_000, 8_000)),
        ("from the 5 second mark to the 8 second mark", Span(5_000, 8_000)),
        ("from second 5 to second 8", Span(5_000, 8_000)),
        ("from 10 to 20", Span(10_000, 20_000)),
        ("5-8s", Span(5_000, 8_000)),
        ("from the start to 0:10", Span(0, 10_000)),
        ("from 0:10 until the end", Span(10_000, None)),
        ("everything after 0:30", Span(30_000, None)),
        ("everything after the first 10 seconds", Span(10_000, None)),
        ("everything before the last 10 seconds", Span(0, -10_000)),
        ("before 10 seconds", Span(0, 10_000)),
        ("from 0:30 on", Span(30_000, None)),
        ("at 0:10 for 3 seconds", Span(10_000, 13_000)),
        ("for 3 seconds at 0:10", Span(10_000, 13_000)),
        ("at the end for 3 seconds", Span(-3_000, None)),
        ("the first half", Span(0, 0.5, share=True)),
        ("the second half", Span(0.5, None, share=True)),
        ("只保留前10秒", Span(0, 10_000)),
        ("视频的开头三秒", Span(0, 3_000)),
        ("删掉最后20秒", Span(-20_000, None)),
        ("最后半分钟", Span(-30_000, None)),
        ("从0:30到1:45", Span(30_000, 105_000)),
        ("第5秒到第8秒", Span(5_000, 8_000)),
        ("第3到第5秒", Span(3_000, 5_000)),
        ("3到5秒", Span(3_000, 5_000)),
        ("1分30秒到2分", Span(90_000, 120_000)),
        ("从10秒开始", Span(10_000, None)),
        ("从1分钟到最后", Span(60_000, None)),
        ("从头到10秒", Span(0, 10_000)),
        ("10秒之后", Span(10_000, None)),
        ("在第10秒显示3秒", Span(10_000, 13_000)),
        ("后半段", Span(0.5, None, share=True)),
        ("ｆｉｒｓｔ　１０ｓ", Span(0, 10_000)),
    ],
)
def test_spans(words: str, span: Span) -> None:
    assert span_in(plain(words)) == span


@pytest.mark.parametrize(
    "words", ["the second video", "16:9", "make it 9:16", "trim to 10 seconds", "十分好", "1080p", "50%", "half", "2x"]
)
def test_what_is_no_span(words: str) -> None:
    assert span_found(plain(words)) is None


def test_a_span_lies_on_a_timeline() -> None:
    assert Span(-20_000, None).within(60_000) == (40_000, 60_000)
    assert Span(0.5, None, share=True).within(9_000) == (4_500, 9_000)
    assert Span(0, -10_000).within(60_000) == (0, 50_000)
    assert Span(30_000, 105_000).within(60_000) == (30_000, 105_000)  # beyond the end: the caller says so


@pytest.mark.parametrize(
    ("words", "at", "lasts"),
    [
        ("at 0:10", 10_000, None),
        ("at 5 seconds for 2 s", 5_000, 2_000),
        ("at the 10 second mark", 10_000, None),
        ("starting at 3s", 3_000, None),
        ("at the start", 0, None),
        ("for three seconds", None, 3_000),
        ("make it 30 seconds long", None, 30_000),
        ("在第10秒", 10_000, None),
        ("10秒处", 10_000, None),
        ("开头持续3秒", 0, 3_000),
        ("显示两秒", None, 2_000),
        ("a title", None, None),
    ],
)
def test_moments_and_durations(words: str, at: int | None, lasts: int | None) -> None:
    assert (moment_in(plain(words)), duration_in(plain(words))) == (at, lasts)


@pytest.mark.parametrize(
    ("words", "factor"),
    [
        ("speed up 2x", 2),
        ("x2", 2),
        ("twice as fast", 2),
        ("at double speed", 2),
        ("0.5x", 0.5),
        ("to half", 0.5),
        ("three times", 3),
        ("one and a half times", 1.5),
        ("50%", 0.5),
        ("150 percent", 1.5),
        ("加速两倍", 2),
        ("1.5倍", 1.5),
        ("放慢一半", 0.5),
        ("百分之五十", 0.5),
        ("1920x1080", None),
        ("faster", None),
    ],
)
def test_factors(words: str, factor: float | None) -> None:
    assert factor_in(plain(words)) == factor


def test_shares() -> None:
    assert (share_in("to 30%"), share_in("30 percent"), share_in("百分之三十"), share_in("30")) == (0.3, 0.3, 0.3, None)


@given(st.integers(0, 199))
def test_chinese_numerals_are_read(value: int) -> None:
    digits = "零一二三四五六七八九"
    hundreds, tens, ones = value // 100, value // 10 % 10, value % 10
    word = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        word += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        word += "零"
    word += digits[ones] if ones or not word else ""
    assert number(word) == value


@given(st.text("0123456789:.秒分第到从前后firstlasmeond-十半 ", max_size=40))
def test_any_text_is_read_or_not(text: str) -> None:
    words = plain(text)
    span_found(words), moment_in(words), duration_in(words), factor_in(words)
