from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from nemovideo.engine.media.text.lines import Line, Paragraph
from nemovideo.engine.media.text.wording import worded


def paragraph(text: str) -> Paragraph:
    (signs,) = worded(text).lines
    return Paragraph(signs)


def said(lines: list[Line]) -> list[str]:
    return ["".join(sign.sign for sign in line.signs) for line in lines]


def broken(text: str, width: float) -> list[str]:
    return said(paragraph(text).broken(width)[0])


def test_words_stay_whole():
    text = "the quick brown fox jumps over the lazy dog"
    for width in (5, 8, 12):
        lines = broken(text, width)
        assert len(lines) > 1
        assert " ".join(lines) == text


def test_lines_are_as_even_as_their_number_allows():
    lines = paragraph("aaa bbb ccc ddd eee fff g").broken(12)[0]
    assert len(lines) == 2
    assert abs(lines[0].width - lines[1].width) < 3


def test_han_breaks_anywhere_but_at_its_punctuation():
    text = "标点，符号。不能（出现）在行首！“引号”也一样……《书名》、顿号"
    for width in range(2, 20):
        lines = broken(text, width)
        assert "".join(lines) == text
        if width >= 4:
            assert not any(line[0] in "，。）！”…》、" for line in lines), lines
            assert not any(line[-1] in "（“《" for line in lines), lines


def test_two_languages_break_between_each_other_and_never_in_a_word():
    lines = broken("我们在Copenhagen拍摄了video，很好", 8)
    assert "".join(lines) == "我们在Copenhagen拍摄了video，很好"
    assert sum("Copenhagen" in line for line in lines) == 1
    assert sum("video，" in line for line in lines) == 1


def test_hyphens_let_go_but_not_those_of_numbers():
    assert broken("well-known", 4) == ["well-", "known"]
    assert broken("in 2020-2021 it", 5.5) == ["in", "2020-2021", "it"]
    assert "-5" in " ".join(broken("at -5 degrees", 3.5)).split()


def test_a_word_without_room_is_torn_and_says_so():
    lines, torn = paragraph("a incomprehensibilities b").broken(4)
    assert torn
    assert "".join(said(lines)).replace(" ", "") == "aincomprehensibilitiesb"
    assert all(line.width <= 4 for line in lines)


def test_a_line_narrower_than_a_sign_holds_one():
    lines, _ = paragraph("中文字").broken(0.5)
    assert said(lines) == ["中", "文", "字"]


def test_a_blank_line_is_a_line():
    (line,), torn = Paragraph(()).broken(5)
    assert (line.signs, line.width, torn) == ((), 0.0, False)


def test_signs_stand_one_behind_the_other_with_kerning():
    ((line,), _) = paragraph("AVA").broken(10)
    (alone,), _ = paragraph("A").broken(10)
    assert line.places[0] == 0
    assert line.places[1] < alone.width  # drawn closer together
    assert line.places == tuple(sorted(line.places))


@settings(max_examples=60)
@given(st.text("ab ,。（）“”中文-—x", min_size=1, max_size=60), st.floats(0.3, 30))
def test_nothing_is_lost_and_nothing_too_wide(text, width):
    for signs in worded(text).lines:
        lines, _ = Paragraph(signs).broken(width)
        kept = [sign.sign for line in lines for sign in line.signs if sign.sign != " "]
        assert kept == [sign.sign for sign in signs if sign.sign != " "]
        assert all(line.width <= width + 1e-9 or len(line.signs) == 1 for line in lines)
