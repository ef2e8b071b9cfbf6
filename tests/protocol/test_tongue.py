"""Which language a person writes."""

from __future__ import annotations

import pytest

from nemovideo.protocol.tongue import is_chinese


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("add a title “Hello 你好” at the top", False),
        ('add a title "你好"', False),
        ("put the text '你好' in the middle, don't export", False),
        ("compress 我的视频.mp4 to 5 MB", False),
        ("添加标题“Hello”", True),
        ("把 talk.mp4 压缩到 20MB", True),
        ("「你好」", True),
        ("export", False),
        ("", False),
    ],
)
def test_the_sentence_tells_and_not_what_it_quotes(text: str, chinese: bool) -> None:
    assert is_chinese(text) is chinese
