"""The caller's arguments into one wish: what cannot work is refused before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nemovideo.errors import UsageError
from nemovideo.protocol.presets import PRESETS
from nemovideo.source import Source
from nemovideo.workflows.wish import Wish, build_wish, limit_bytes, output_for

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("given", "limit"),
    [
        ((50, None, None), 50_000_000),
        ((0.5, None, None), 500_000),
        ((0.000001, None, None), 1),
        ((None, 12_345, None), 12_345),
        ((None, 12_345.0, None), 12_345),
        ((None, None, "discord"), PRESETS["discord"].max_bytes),
    ],
)
def test_a_limit(given: tuple[Any, Any, Any], limit: int) -> None:
    assert limit_bytes(*given) == limit


@pytest.mark.parametrize("megabytes", [n / 100 for n in (1, 7, 29, 57, 58, 110, 115, 1001, 1999, 4_999)])
def test_megabytes_never_become_more_than_was_said(megabytes: float) -> None:
    assert limit_bytes(megabytes, None, None) in {round(megabytes * 1e6), round(megabytes * 1e6) - 1}


@pytest.mark.parametrize(
    "given",
    [
        (None, None, None),
        (50, 50, None),
        (50, None, "discord"),
        (0, None, None),
        (-1, None, None),
        (NAN, None, None),
        (INF, None, None),
        (-INF, None, None),
        (1e-9, None, None),
        (True, None, None),
        ("50", None, None),
        (None, 0, None),
        (None, -5, None),
        (None, 1.5, None),
        (None, True, None),
        (None, "1000", None),
        (None, None, "myspace"),
        (None, None, ""),
    ],
)
def test_no_limit(given: tuple[Any, Any, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        limit_bytes(*given)
    assert type(caught.value) is UsageError
    assert caught.value.hint


def wish(container: str = "mp4", **changes: Any) -> Wish:
    asked: dict[str, Any] = {
        "codec": None,
        "effort": "balanced",
        "max_height": 1080,
        "fps": None,
        "audio": "auto",
        "audio_tracks": "default",
        "strip_audio": False,
        "keep_hdr": False,
        "keep_metadata": False,
        "measure_quality": False,
    }
    return build_wish(1000, container, **(asked | changes))


@pytest.mark.parametrize(
    ("container", "codec", "chosen"),
    [
        ("mp4", None, "h264"),
        ("m4v", None, "h264"),
        ("mov", None, "h264"),
        ("mkv", None, "h264"),
        ("webm", None, "av1"),
        ("mov", "hevc", "hevc"),
        ("mkv", "av1", "av1"),
    ],
)
def test_a_container_and_its_codec(container: str, codec: str | None, chosen: str) -> None:
    found = wish(container, codec=codec)
    assert (found.request.codec, found.only_size) == (chosen, codec is None)


@pytest.mark.parametrize(("container", "audio"), [("webm", "opus"), ("webm", "copy"), ("mp4", "opus"), ("mov", "aac")])
def test_a_container_and_its_sound(container: str, audio: str) -> None:
    assert wish(container, audio=audio).request.audio == audio


@pytest.mark.parametrize(
    ("changes", "only_size"),
    [
        ({"effort": "best"}, True),
        ({"keep_metadata": True}, True),
        ({"measure_quality": True}, True),
        ({"max_height": 720}, False),
        ({"max_height": None}, True),
        ({"fps": 15.0}, False),
        ({"audio": "none"}, False),
        ({"audio": "opus"}, False),
        ({"audio": "copy"}, False),
        ({"strip_audio": True}, False),
        ({"audio_tracks": "all"}, True),  # the source has them all
    ],
)
def test_whether_a_source_that_fits_may_be_handed_back(changes: dict[str, Any], only_size: bool) -> None:
    assert wish(**changes).only_size is only_size


@pytest.mark.parametrize(
    ("container", "changes"),
    [
        ("webm", {"codec": "h264"}),
        ("webm", {"codec": "hevc"}),
        ("mov", {"codec": "av1"}),
        ("mp4", {"codec": "vp9"}),
        ("mp4", {"codec": ""}),
        ("mp4", {"keep_hdr": True}),
        ("mp4", {"effort": "heroic"}),
        ("mp4", {"max_height": 0}),
        ("mp4", {"max_height": -720}),
        ("mp4", {"max_height": 1e9}),
        ("mp4", {"fps": 0}),
        ("mp4", {"fps": NAN}),
        ("mp4", {"audio": "mp3"}),
        ("webm", {"audio": "aac"}),
        ("mov", {"audio": "opus"}),
        ("mp4", {"keep_metadata": "maybe"}),
        ("mp4", {"strip_audio": "yes"}),
        ("mp4", {"audio_tracks": "both"}),
        ("mp4", {"strip_audio": True, "audio": "aac"}),
        ("mp4", {"strip_audio": True, "audio_tracks": "all"}),
        ("mp4", {"audio": "none", "audio_tracks": "all"}),
    ],
)
def test_wishes_that_do_not_go_together(container: str, changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        wish(container, **changes)
    assert "pydantic" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "path", "container"),
    [
        (None, "films/talk.one.compressed.mp4", "mp4"),
        ("small.MKV", "small.MKV", "mkv"),
        (Path("a/b.webm"), "a/b.webm", "webm"),
    ],
)
def test_where_the_result_goes(given: Any, path: str, container: str) -> None:
    source = Source("talk.one.mov", 1, path=Path("films/talk.one.mov"))
    assert output_for(source, given) == (Path(path), container)


def test_the_default_of_a_url_and_of_bytes() -> None:
    assert output_for(Source("talk.mp4", None, url="https://x/talk.mp4"), None)[0] == Path("talk.compressed.mp4")
    with pytest.raises(UsageError, match="output"):
        output_for(Source("video.mp4", 3, _data=b"xyz"), None)


@pytest.mark.parametrize("name", ["talk", "talk.avi", "talk.txt", "talk.mp4.part", ".mp4", "talk."])
def test_a_suffix_that_is_not_made_here(name: str) -> None:
    with pytest.raises(UsageError, match="webm"):
        output_for(Source("a.mp4", 1, path=Path("a.mp4")), name)


def test_the_output_is_never_the_input(tmp_path: Path) -> None:
    source = tmp_path / "talk.mp4"
    source.write_bytes(b"film")
    (tmp_path / "same.mp4").symlink_to(source)
    (tmp_path / "hard.mp4").hardlink_to(source)
    for same in (source, tmp_path / "same.mp4", tmp_path / "hard.mp4", tmp_path / "x" / ".." / "talk.mp4"):
        (tmp_path / "x").mkdir(exist_ok=True)
        with pytest.raises(UsageError, match="input itself"):
            output_for(Source("talk.mp4", 4, path=source), same)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"max_height": 15}, "max_height must be a whole number of pixels, 16 to 16384, or None: 15. Try"),
        ({"max_height": 16_385}, "16 to 16384, or None: 16385"),
        ({"fps": 0}, "fps must be a number above zero, 1000 at most, or None: 0. Try fps=30."),
        ({"fps": 1001}, "1000 at most"),
        ({"audio": "mp3"}, "audio must be one of auto, copy, aac, opus, none: 'mp3'. Try audio=\"auto\"."),
        ({"effort": "most"}, "effort must be one of fast, balanced, best: 'most'."),
        ({"keep_hdr": "perhaps"}, "True or False"),
    ],
)
def test_a_value_out_of_range_is_told_in_words(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        wish("mkv", codec="hevc", **asked)
    assert words in str(caught.value)
    assert "Input" not in str(caught.value)


@pytest.mark.parametrize("asked", [{"max_height": 16}, {"max_height": 16_384}, {"fps": 1000}, {"fps": 0.001}])
def test_the_ends_of_what_the_words_say_are_taken(asked: dict[str, Any]) -> None:
    assert wish("mp4", **asked)
