"""Words put over the picture, and taken off."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import done, film, name_of, read, refused, scene, undone, words

from nemovideo.engine.agent.edits.edit import Done
from nemovideo.engine.agent.edits.lettering import Incomplete, Lettering
from nemovideo.engine.agent.edits.retitle import Retitle
from nemovideo.engine.agent.edits.texts import CAPTION, TITLE
from nemovideo.engine.agent.edits.untitle import Untitle
from nemovideo.engine.agent.spans import Span

STANDING = words("Old")


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ('add a title "Hello" at the top for 3 seconds', Lettering(TITLE, "Hello", "top", Span(0, 3000))),
        (
            "put the text 'Sale' in the bottom right from 0:02 to 0:05 in red",
            Lettering(TITLE, "Sale", "bottom-right", Span(2000, 5000), color="red"),
        ),
        ("title: Urban Dreams", Lettering(TITLE, "Urban Dreams")),
        ("add a title saying Welcome to my Channel", Lettering(TITLE, "Welcome to my Channel")),
        ("Add the title Urban Dreams", Lettering(TITLE, "Urban Dreams")),
        ("add a title that says Good Morning at the top", Lettering(TITLE, "Good Morning", "top")),
        ("add a title called My Trip for 5 seconds", Lettering(TITLE, "My Trip", span=Span(0, 5000))),
        ("add a title titled Day One in dark blue", Lettering(TITLE, "Day One", color="darkblue")),
        ('write "The End" at the end', Lettering(TITLE, "The End", span=Span(-3000, None))),
        (
            'show "Subscribe" for the last 2 seconds in yellow',
            Lettering(TITLE, "Subscribe", span=Span(-2000, None), color="yellow"),
        ),
        ('put "A" in the center in huge letters', Lettering(TITLE, "A", "center", size=0.2)),
        (
            'add a small white title "x" in the top left',
            Lettering(TITLE, "x", "top-left", size="small", color="white"),
        ),
        ('overlay the words "Day 1" in the lower left', Lettering(TITLE, "Day 1", "bottom-left")),
        ('add text "Hi" from 2s to 4s', Lettering(TITLE, "Hi", span=Span(2000, 4000))),
        ('add a 5 second title "Hi"', Lettering(TITLE, "Hi", span=Span(0, 5000))),
        ('add a title "Hi" at 0:05', Lettering(TITLE, "Hi", span=Span(5000, 8000))),
        ('add "Mute it" as a title', Lettering(TITLE, "Mute it")),
        ("add a title “Rotate 90 degrees” in #f80", Lettering(TITLE, "Rotate 90 degrees", color="#ff8800")),
        ('add a title "Hi" with a fade in', Lettering(TITLE, "Hi", fade=500)),
        ('add a title "Hi" throughout', Lettering(TITLE, "Hi", span=Span())),
        (
            "I'd like the text Summer 2024 in big white letters",
            Lettering(TITLE, "Summer 2024", size="large", color="white"),
        ),
        ("the title should say “Welcome”", Lettering(TITLE, "Welcome")),
        ("text at the top: “Breaking news”", Lettering(TITLE, "Breaking news", "top")),
        ("a title “b”", Lettering(TITLE, "b")),
        ('put the words "Sale" in the corner', Lettering(TITLE, "Sale", "bottom-right")),
        ("put the text Big Sale in the center from 1s to 4s", Lettering(TITLE, "Big Sale", "center", Span(1000, 4000))),
        ("show text Hello from 1s to 3s in the top right", Lettering(TITLE, "Hello", "top-right", Span(1000, 3000))),
        ("put a title Hello at the top", Lettering(TITLE, "Hello", "top")),
        ("display the words Good Morning at the bottom", Lettering(TITLE, "Good Morning", "bottom")),
        (
            "add a title: Hello, top left, in dark blue, 2s",
            Lettering(TITLE, "Hello", "top-left", Span(0, 2000), color="darkblue"),
        ),
        ("add a title: Red, white and blue", Lettering(TITLE, "Red, white and blue")),
        ("add a title Hello, world for 3 seconds", Lettering(TITLE, "Hello, world", span=Span(0, 3000))),
        ("加标题：我的旅行，持续3秒", Lettering(TITLE, "我的旅行", span=Span(0, 3000))),
        (
            "加标题：我的旅行，3秒，红色，左上角",
            Lettering(TITLE, "我的旅行", "top-left", Span(0, 3000), color="red"),
        ),
        ("添加标题“你好”", Lettering(TITLE, "你好")),
        ("前3秒显示“欢迎”", Lettering(TITLE, "欢迎", span=Span(0, 3000))),
        ("右下角加红色文字“促销”", Lettering(TITLE, "促销", "bottom-right", color="red")),
        ("加标题你好世界", Lettering(TITLE, "你好世界")),
        ("标题：城市之梦", Lettering(TITLE, "城市之梦")),
        ("左上角添加标题「第一天」，2秒", Lettering(TITLE, "第一天", "top-left", Span(0, 2000))),
        ("在视频结尾居中显示“完”", Lettering(TITLE, "完", "center", Span(-3000, None))),
    ],
)
def test_a_title_is_read(text: str, edit: Lettering) -> None:
    assert read(text) == ("title", edit)


@pytest.mark.parametrize(
    "text",
    [
        "make the title smaller",
        "the title is too small",
        "what is the title",
        "标题是什么",
        "never mind the title",
        "text me when it is done",
        "remove the title",
        "don't add a title",
        "不要加标题",
        "change the title to “Bye”",
        "add a caption “Hi”",
        "add music",
        "add a transition",
        "make it a gif",
        "remove the watermark",
        "speed it up",
    ],
)
def test_what_adds_no_title(text: str) -> None:
    assert name_of(text, film(tracks=(words("Old"),))) != "title"


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("remove the title", Untitle(TITLE)),
        ("delete the titles", Untitle(TITLE, every=True)),
        ("take the title off", Untitle(TITLE)),
        ("remove all text", Untitle(every=True)),
        ("remove the text “Sale”", Untitle(words="Sale")),
        ("delete the caption", Untitle(CAPTION)),
        ("去掉标题", Untitle(TITLE)),
        ("删除所有字幕", Untitle(CAPTION, every=True)),
        ("标题不要了", Untitle(TITLE)),
    ],
)
def test_taking_words_off_is_read(text: str, edit: Untitle) -> None:
    assert read(text, film(tracks=(words("Old"),))) == ("untitle", edit)


def test_a_title_stands_for_three_seconds_on_a_track_of_its_own() -> None:
    after = done(Lettering(TITLE, "Urban Dreams", "top", color="red", size="large"), scene())
    segment = {"text": "Urban Dreams", "start": 0, "anchor": "top", "size": "large", "color": "red"}
    assert after["t"][1:] == [{"tt": 7, "sg": [{"d": 3000, "m": segment}], "m": {"name": "Title"}}]
    again = done(Lettering(TITLE, "Two", span=Span(5000, 60_000)), scene(after))
    assert [(one["m"]["text"], one["m"]["start"], one["d"]) for one in again["t"][1]["sg"]] == [
        ("Urban Dreams", 0, 3000),
        ("Two", 5000, 5000),
    ]
    short = film()
    short["t"][0]["sg"][0]["d"] = 1200
    assert done(Lettering(TITLE, "x"), scene(short))["t"][1]["sg"][0]["d"] == 1200


@pytest.mark.parametrize(
    "edit", [Lettering(TITLE, "New"), Lettering(TITLE, "Old"), Lettering(CAPTION, "Sub", span=Span(0, 500))]
)
@pytest.mark.parametrize("tracks", [(), (words("Old"),), (words("Old"), words("Sub", "Captions"))])
def test_its_opposite_takes_exactly_it_off(edit: Lettering, tracks: tuple[dict[str, object], ...]) -> None:
    undone(edit, scene(film(tracks=tracks)))


def test_the_newest_is_taken_off_or_the_one_that_is_named() -> None:
    both = film(tracks=(words("One"), words("Two", "Captions")))
    assert done(Untitle(), scene(both)) == film(tracks=(words("One"),))
    assert done(Untitle(words="one"), scene(both)) == film(tracks=(words("Two", "Captions"),))
    assert done(Untitle(every=True), scene(both)) == film()
    undone(Untitle(TITLE), scene(both))


@pytest.mark.parametrize("text", ["add a title", "add a title at the top", "添加标题", 'add a title ""'])
def test_a_title_without_words_is_asked_for(text: str) -> None:
    found = read(text)
    assert found is not None
    assert found[0] == "title"
    assert refused(found[1], scene()) == "no_words"
    assert isinstance(found[1], Incomplete)
    assert found[1].inverse(scene()) is None


@pytest.mark.parametrize("said", ["مرحبا", "🎉", "שלום עולם"])
def test_words_that_no_font_has_are_refused(said: str) -> None:
    for edit in (Lettering(TITLE, said), Lettering(CAPTION, said), Retitle(TITLE, said)):
        assert refused(edit, scene(film(tracks=(STANDING,)))) == "no_signs"


def test_a_sign_that_no_font_has_is_told() -> None:
    for edit in (Lettering(TITLE, "🎉 Party 👍"), Lettering(CAPTION, "Party 🎉👍"), Retitle(TITLE, "🎉Party👍")):
        result = edit.apply(scene(film(tracks=(STANDING,))))
        assert isinstance(result, Done)
        assert "🎉 👍, so they are left out" in result.said["en"]
        assert "🎉 👍，已省略" in result.said["zh"]


def test_what_cannot_be() -> None:
    found = read('add a title "Bad" in blurple color')
    assert found is not None
    assert refused(found[1], scene()) == "bad_color"
    found = read("添加标题“你好”，颜色用彩虹")
    assert found is not None
    assert refused(found[1], scene()) == "bad_color"
    assert refused(Lettering(TITLE, "Late", span=Span(20_000, 23_000)), scene()) == "beyond_end"
    assert refused(Lettering(TITLE, "x" * 501), scene()) == "no_words"
    assert refused(Untitle(TITLE), scene()) == "no_text"
    assert refused(Untitle(words="Nope"), scene(film(tracks=(words("One"),)))) == "no_text"
