"""Changing the words on the picture."""

from __future__ import annotations

import pytest
from tests.engine.agent.edits.scenes import done, film, name_of, read, refused, scene, undone, words

from nemovideo.engine.agent.edits.retitle import Retitle
from nemovideo.engine.agent.edits.texts import CAPTION, TITLE
from nemovideo.engine.agent.spans import Span

BOTH = film(tracks=(words("Old", size="small"), words("Cap", "Captions", x=0.2, y=0.3)))


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ('change the title to "Bye"', Retitle(TITLE, "Bye")),
        ("I want the title red", Retitle(TITLE, color="red")),
        ("I want the title bigger", Retitle(TITLE, grow=1.4)),
        ("put the title top left", Retitle(TITLE, anchor="top-left")),
        ("show the title for 3 seconds", Retitle(TITLE, span=Span(0, 3000))),
        ("加大标题字号", Retitle(TITLE, grow=1.4)),
        ("change the title to Goodbye Everyone", Retitle(TITLE, "Goodbye Everyone")),
        ("rename the title to Zed", Retitle(TITLE, "Zed")),
        ('change the caption text to "New"', Retitle(CAPTION, "New")),
        ("把标题改成“再见”", Retitle(TITLE, "再见")),
        ("标题改成明天见", Retitle(TITLE, "明天见")),
        ("move the title to the top left", Retitle(TITLE, anchor="top-left")),
        ("put the title at the bottom", Retitle(TITLE, anchor="bottom")),
        ("the title should be at the bottom", Retitle(TITLE, anchor="bottom")),
        ("move it to the top right", Retitle(None, anchor="top-right")),
        ("把标题移到左上角", Retitle(TITLE, anchor="top-left")),
        ("字幕放在顶部", Retitle(CAPTION, anchor="top")),
        ("make the title red", Retitle(TITLE, color="red")),
        ("change the title to red", Retitle(TITLE, color="red")),
        ("标题改成红色", Retitle(TITLE, color="red")),
        ("字幕改成黄色", Retitle(CAPTION, color="yellow")),
        ("make the title bigger", Retitle(TITLE, grow=1.4)),
        ("make the title smaller", Retitle(TITLE, grow=1 / 1.4)),
        ("make the title large", Retitle(TITLE, size="large")),
        ("标题大一点", Retitle(TITLE, grow=1.4)),
        ("show the title for 5 seconds", Retitle(TITLE, span=Span(0, 5000))),
        ("show the caption from 0:02 to 0:04", Retitle(CAPTION, span=Span(2000, 4000))),
        ("make the title red and bigger at the top", Retitle(TITLE, anchor="top", grow=1.4, color="red")),
    ],
)
def test_it_is_read(text: str, edit: Retitle) -> None:
    assert read(text, BOTH) == ("retitle", edit)


@pytest.mark.parametrize(
    "text",
    [
        'add a title "Red"',
        "put the text “Sale” in the corner",
        "make it smaller",
        "make it vertical",
        "remove the title",
        "don't change the title",
        "move the first clip to the end",
        "不要改标题",
    ],
)
def test_what_changes_no_words(text: str) -> None:
    assert name_of(text, BOTH) != "retitle"


def test_what_it_does_not_speak_of_stays() -> None:
    after = done(Retitle(TITLE, "Bye", color="red"), scene(BOTH))
    assert after["t"][1] == words("Bye", size="small", color="red")
    assert after["t"][2] == BOTH["t"][2]
    grown = done(Retitle(TITLE, grow=1.4), scene(BOTH))
    assert grown["t"][1]["sg"][0]["m"]["size"] == 0.07
    timed = done(Retitle(TITLE, span=Span(2000, 4000)), scene(BOTH))["t"][1]["sg"][0]
    assert (timed["m"]["start"], timed["d"]) == (2000, 2000)


def test_a_new_place_counts_over_an_old_one() -> None:
    assert done(Retitle(CAPTION, anchor="top"), scene(BOTH))["t"][2] == words("Cap", "Captions", anchor="top")


@pytest.mark.parametrize(
    "edit", [Retitle(TITLE, "Bye"), Retitle(CAPTION, anchor="top"), Retitle(TITLE, span=Span(0, 500))]
)
def test_it_is_undone(edit: Retitle) -> None:
    undone(edit, scene(BOTH))


@pytest.mark.parametrize(
    "text", ["make the text bigger", "把字调大", "change the title to “Bye”", "move the caption to the top"]
)
def test_without_words_there_is_nothing_to_change(text: str) -> None:
    found = read(text)
    assert found is not None
    assert refused(found[1], scene()) == "no_text"


def test_what_cannot_be() -> None:
    assert refused(Retitle(TITLE, "x"), scene()) == "no_text"
    assert refused(Retitle(TITLE, span=Span(20_000, 30_000)), scene(BOTH)) == "beyond_end"
    found = read("change the title colour to blurple", BOTH)
    assert found is not None
    assert refused(found[1], scene(BOTH)) == "bad_color"
