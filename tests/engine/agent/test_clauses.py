"""A message into fragments, with names and quotes put aside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.engine.agent.clauses import message
from nemovideo.engine.archive import UploadRow


def upload(name: str) -> UploadRow:
    return UploadRow("u", "s", "a", name, "video", "/x", name, 1, 1, 1, 10.0, 1920, 1080, 30.0)


A, B = upload("a.mp4"), upload("My Beach-Day_2.mp4")


def texts(said: str) -> list[str]:
    told = message(said, [A, B])
    return [told.clause(*place).text for place in told.fragments]


@pytest.mark.parametrize(
    ("said", "fragments"),
    [
        ("trim to 10 s and mute it", ["trim to 10 s", "mute it"]),
        ("Trim it, then speed it up; after that add a title.", ["trim it", "speed it up", "add a title"]),
        ("trim it. Mute it! Export?", ["trim it", "mute it", "export"]),
        ("first trim it\nand then mute it", ["trim it", "mute it"]),
        ("剪掉前5秒，然后静音，并加上标题", ["剪掉前5秒", "静音", "加上标题"]),
        ("剪到1.5秒再加速两倍", ["剪到1.5秒", "加速两倍"]),
        ("合并视频并且静音", ["合并视频", "静音"]),
        ("between 5 and 8 seconds", ["between 5 and 8 seconds"]),
        ("one minute and 30 seconds", ["one minute and 30 seconds"]),
        ("cut 0:01-0:02, 0:03-0:04 and 0:05-0:08", ["cut 0:01-0:02, 0:03-0:04 and 0:05-0:08"]),
        ("join a.mp4, a.mp4 and My Beach-Day_2.mp4", ["join the video , the video and the video"]),
        ("black and white", ["black and white"]),
        ("a title “One, two; and three” at the top", ["a title §0 at the top"]),
        ("write 「你好，世界」 and 'it's \"fine\"'", ["write §0 and §1"]),
        ("don't cut it, it's fine", ["don't cut it", "it's fine"]),
        ("", []),
        (" , ; 。", []),
    ],
)
def test_fragments(said: str, fragments: list[str]) -> None:
    assert texts(said) == fragments


def test_a_clause_has_its_files_and_quotes_as_they_were_said() -> None:
    told = message('put "a.mp4" first and add “Hello, A.MP4” to my beach-day_2', [A, B])
    first, second = (told.clause(*place) for place in told.fragments)
    assert (first.text, first.files, first.quotes) == ("put the video first", (A,), ())
    assert (second.text, second.files, second.quotes) == ("add §0 to the video", (B,), ("Hello, A.MP4",))
    assert second.said == "add “Hello, A.MP4” to my beach-day_2"


def test_names_that_are_not_here_are_told() -> None:
    told = message("join a.mp4 and gone.mp4, then mute it", [A, B])
    assert [told.missing(*place) for place in told.fragments] == [["gone.mp4"], []]


def test_a_very_long_text_wishes_no_edit() -> None:
    assert message("trim it, " * 1000, [A]).fragments == ()


@given(st.text("ab.mp4 ,;。and再并然后\n\"'“”「」0:13s秒到\ue000\ue001\ue100", max_size=60))
def test_any_text_is_split(said: str) -> None:
    told = message(said, [A, B])
    ends = [place for start, end in told.fragments for place in (start, end)]
    assert ends == sorted(ends)
    for place in told.fragments:
        told.clause(*place)
