"""Captions at the bottom of the picture."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import done, film, name_of, read, refused, scene, words

from nemovideo.engine.agent.edits.lettering import Lettering
from nemovideo.engine.agent.edits.texts import CAPTION
from nemovideo.engine.agent.spans import Span


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("add a caption saying Hello World", Lettering(CAPTION, "Hello World")),
        ("add a caption saying Hello World at the bottom", Lettering(CAPTION, "Hello World", "bottom")),
        ('add a caption "Hi" at the top', Lettering(CAPTION, "Hi", "top")),
        ('caption it "Hi"', Lettering(CAPTION, "Hi")),
        ("add a subtitle that says See you from 0:02 to 0:05", Lettering(CAPTION, "See you", span=Span(2000, 5000))),
        ('add a caption "always" throughout', Lettering(CAPTION, "always", span=Span())),
        ('add a yellow caption "Hi"', Lettering(CAPTION, "Hi", color="yellow")),
        ("在底部加字幕“再见”", Lettering(CAPTION, "再见", "bottom")),
        ("添加字幕“你好”，前5秒", Lettering(CAPTION, "你好", span=Span(0, 5000))),
        ("加字幕：今天，天气很好", Lettering(CAPTION, "今天，天气很好")),
        ("在底部添加字幕：你好，从1秒到3秒", Lettering(CAPTION, "你好", "bottom", Span(1000, 3000))),
        ("添加字幕：第一天，在左下角显示", Lettering(CAPTION, "第一天", "bottom-left")),
        ("字幕写着谢谢观看", Lettering(CAPTION, "谢谢观看")),
    ],
)
def test_it_is_read(text: str, edit: Lettering) -> None:
    assert read(text) == ("caption", edit)


@pytest.mark.parametrize(
    "text",
    ["remove the captions", "don't add a caption", "字幕改成黄色", "make the caption bigger", 'add a title "caption"'],
)
def test_what_adds_no_caption(text: str) -> None:
    assert name_of(text, film(tracks=(words("Old", "Captions"),))) != "caption"


def test_it_stands_at_the_bottom_all_the_time() -> None:
    after = done(Lettering(CAPTION, "Hi"), scene(film(tracks=(words("One"),))))
    segment = {"text": "Hi", "start": 0, "anchor": "bottom"}
    assert after["t"][2] == {"tt": 7, "sg": [{"d": 10_000, "m": segment}], "m": {"name": "Captions"}}
    assert after["t"][1] == words("One")


@pytest.mark.parametrize("text", ["add captions", "add subtitles", "加字幕"])
def test_speech_is_not_written_down(text: str) -> None:
    found = read(text)
    assert found is not None
    assert refused(found[1], scene()) == "no_words"
