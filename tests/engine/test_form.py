"""The form of an upload: names as clients write them."""

from __future__ import annotations

import pytest

from nemovideo.engine.form import parameters


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('"talk.mp4"', "talk.mp4"),
        ("talk.mp4", "talk.mp4"),
        (r'"a \"b\" \\ c.mp4"', r'a "b" \ c.mp4'),  # curl
        (r'"C:\films\new.mp4"', r"C:\films\new.mp4"),
        ('"a; b; c=d.mp4"', "a; b; c=d.mp4"),
        ('"a %22b%22 100%25.mp4"', 'a "b" 100%25.mp4'),  # browsers
        ('"q?x#y%20z&.mp4"', "q?x#y%20z&.mp4"),
        ('"%E7%94%B5%E5%BD%B1%20%2F%25.mp4"', "电影 /%.mp4"),  # aiohttp
        ('"电影.mp4"', "电影.mp4"),
        ('""', ""),
    ],
)
def test_names(written, name):
    assert parameters(f'form-data; name="files"; filename={written}') == {"name": "files", "filename": name}


def test_the_extended_name_goes_first():
    for told in ("filename*=UTF-8''%e2%82%ac.mp4; filename=e.mp4", "filename=e.mp4; filename*=UTF-8''%e2%82%ac.mp4"):
        assert parameters(f"form-data; {told}") == {"filename": "€.mp4"}


def test_what_is_none():
    assert parameters("") == parameters("form-data") == parameters("form-data; name") == {}


def test_a_hostile_one_is_read_in_no_time():
    assert parameters('form-data; filename="' + "\\\\" * 4000) == {}
