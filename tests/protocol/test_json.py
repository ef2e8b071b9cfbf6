"""The JSON edge: a draft goes out as it came in, down to numbers that no float holds and halves of characters."""

from __future__ import annotations

import copy
import pickle

import pytest

from nemovideo.protocol.json import Numeral, dump, integer, mended, number, parse

AS_THEY_CAME = (
    "0.1234567890123456789012345", "-0.1234567890123456789012345", "1e400", "-1E+400", "1e-400",
    "12345678901234567890.5", "123456789012345678901234567890", "1" * 5000, "-" + "9" * 4300,
    "1e99999999999999999999999", "0.1", "-0.0", "0.30000000000000004", "1.7976931348623157e+308", "5e-324",
    '"\\ud800"', '"\\udc00\\ud83d"', "NaN",
)  # fmt: skip


@pytest.mark.parametrize("literal", AS_THEY_CAME, ids=lambda literal: literal[:30])
def test_it_goes_out_as_it_came(literal: str) -> None:
    data = f'{{"v":[{literal},"NaN",0.5],"NaN":{literal}}}'.encode()
    value = parse(data)
    assert dump(value) == data
    assert parse(data.decode()) == value or literal == "NaN"
    assert dump(pickle.loads(pickle.dumps(value))) == dump(copy.deepcopy(value)) == data


def test_only_what_no_float_holds_is_kept_as_it_is_written() -> None:
    values = parse(
        "[0.1, 0.30000000000000004, 0.0000000000000000000000, 1.00000000000000000000, 1e22, 0.12345678901234567890]"
    )
    assert [type(value) for value in values] == [float] * 5 + [Numeral]


def test_it_counts_as_the_nearest_number() -> None:
    long, large = parse(b"[1.00000000000000000000001, 1e400]")
    assert (number(long), integer(long), number(large)) == (1.0, 1, None)


@pytest.mark.parametrize("inner", ["", "0.12345678901234567890", '"\\ud800"'])
def test_what_is_nested_too_deeply_is_a_value_error(inner: str) -> None:
    with pytest.raises(ValueError, match=r"recursion|nested"):
        parse("[" * 100_000 + inner + "]" * 100_000)


@pytest.mark.parametrize(
    "data", [b'"\xff 12345678901234567890"', b"12345678901234567890x", b'"\\ud800', b"\xed\xa0\x80"]
)
def test_what_is_no_json_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(data)


@pytest.mark.parametrize(
    ("halves", "shown"),
    [("a", "a"), ("é😀", "é😀"), ("\ud83d\ude00", "😀"), ("\ud83d", "\ufffd"), ("\ude00\ud83dx", "\ufffd\ufffdx")],
)
def test_text_that_is_shown_has_whole_characters(halves: str, shown: str) -> None:
    assert mended(halves) == shown
