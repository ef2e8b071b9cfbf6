"""What changed between two timelines, in words; and nothing where nothing did."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.jsonvalues import ANYTHING, shaped

from nemovideo.protocol.changes import changes
from nemovideo.protocol.draft import Timeline
from nemovideo.protocol.pairing import pair_segments

Draft = dict[str, Any]
Edit = Callable[[Draft], object]


def city() -> Draft:
    return {
        "d": 10000,
        "m": {"width": 1920, "height": 1080, "fps": 30, "title": "project"},
        "t": [
            {"tt": 0, "m": {"name": "Video"}, "sg": [{"d": 10000, "m": {"title": "city", "src": "9f", "in": 0}}]},
            {"tt": 1, "m": {"name": "BGM"}, "sg": [{"d": 10000, "m": {"title": "Lo-fi", "src": "77", "volume": 1}}]},
            {"tt": 7, "m": {"name": "Title"}, "sg": [{"d": 3000, "m": {"text": "Urban Dreams", "start": 0}}]},
        ],
    }


def told(edit: Edit, start: Callable[[], Draft] = city) -> tuple[str, ...]:
    before, after = start(), start()
    edit(after)
    return changes(Timeline.decode(before), Timeline.decode(after))


def meta(draft: Draft, track: int, piece: int = 0) -> Draft:
    found: Draft = draft["t"][track]["sg"][piece]["m"]
    return found


def identify(draft: Draft, prefix: str) -> Draft:
    """New ids on every part, as a cloud that makes them at each answer."""
    draft["id"] = prefix
    for place, track in enumerate(draft["t"]):
        track["id"] = f"{prefix}{place}"
        for piece in track["sg"]:
            piece["id"] = piece["m"]["uuid"] = f"{prefix}{place}-0"
    return draft


TITLE = {"tt": 7, "m": {"name": "Title"}, "sg": [{"d": 3000, "m": {"text": "Paradise Found"}}]}

EDITS: dict[str, tuple[Edit, tuple[str, ...]]] = {
    "title": (lambda d: d["t"].append(TITLE), ("Title added: 'Paradise Found' (0-3s)",)),
    "title on its track": (
        lambda d: d["t"][2]["sg"].append({"d": 2000, "m": {"text": "Paradise Found"}}),
        ("Title added: 'Paradise Found' (3-5s)",),
    ),
    "empty track": (lambda d: d["t"].append({"tt": 7, "sg": []}), ("Track added: Title (empty)",)),
    "music gone": (lambda d: d["t"].pop(1), ("BGM removed: Lo-fi (0-10s)",)),
    "volume": (lambda d: meta(d, 1).update(volume=0.35), ("BGM volume 100% -> 35%",)),
    "speed": (
        lambda d: [meta(d, 0).update(speed=2), d["t"][0]["sg"][0].update(d=5000), d.update(d=5000)],
        ("Video speed 1x -> 2x", "Duration 10s -> 5s"),
    ),
    "head cut": (
        lambda d: [meta(d, 0).update({"in": 2000}), d["t"][0]["sg"][0].update(d=8000), d.update(d=8000)],
        ("Video trimmed: city (0-10s -> 0-8s, first 2s cut)", "Duration 10s -> 8s"),
    ),
    "tail cut": (lambda d: d["t"][0]["sg"][0].update(d=7500), ("Video trimmed: city (0-10s -> 0-7.5s)",)),
    "longer": (lambda d: d["t"][0]["sg"][0].update(d=12000), ("Video extended: city (0-10s -> 0-12s)",)),
    "another part": (
        lambda d: meta(d, 0).update({"in": 2000}),
        ("Video cut from another part: city (from 2s of its source)",),
    ),
    "words": (lambda d: meta(d, 2).update(text="Bo"), ("Title text changed: 'Urban Dreams' -> 'Bo'",)),
    "moved": (lambda d: meta(d, 2).update(start=2000), ("Title moved: 'Urban Dreams' (0-3s -> 2-5s)",)),
    "retimed": (lambda d: d["t"][2]["sg"][0].update(d=2000), ("Title retimed: 'Urban Dreams' (0-3s -> 0-2s)",)),
    "looks": (
        lambda d: meta(d, 2).update(size=40, color="red", zz=1),
        ("Title size, color changed: 'Urban Dreams' (0-3s)",),
    ),
    "unknown key of a piece": (lambda d: meta(d, 2).update(zz=1), ("Title adjusted: 'Urban Dreams' (0-3s)",)),
    "picture": (
        lambda d: d["m"].update(width=1080, height=1920),
        ("Picture size 1920x1080 (16:9) -> 1080x1920 (9:16)",),
    ),
    "frame rate": (lambda d: d["m"].update(fps=60), ("Frame rate 30 fps -> 60 fps",)),
    "name": (lambda d: d["m"].update(title="Trip"), ("Project renamed: project -> Trip",)),
    "track's name": (lambda d: d["t"][1]["m"].update(name="Music"), ("Track renamed: BGM -> Music",)),
    "other source": (lambda d: meta(d, 0).update(src="ab"), ("Video replaced: city (0-10s)",)),
    "wish": (
        lambda d: d["m"].update(nemovideo={"max_bytes": 5_000_000}),
        ("Will be made to fit under 5 MB",),
    ),
    "wish with details": (
        lambda d: d["m"].update(nemovideo={"max_bytes": 500_000, "codec": "hevc", "max_height": 720}),
        ("Will be made to fit under 500 kB (HEVC, at most 720p)",),
    ),
    "wish without a limit": (lambda d: d["m"].update(nemovideo={}), ("Will be made smaller",)),
    "wish that is none of ours": (lambda d: d["m"].update(nemovideo=3), ("The draft changed",)),
    "unknown key": (lambda d: d.update(zz=1), ("The draft changed",)),
    "start written out": (lambda d: meta(d, 0).update(start=0), ("The draft changed",)),
    "tracks in another order": (lambda d: d["t"].reverse(), ("Tracks reordered",)),
    "a title in front": (
        lambda d: d["t"].insert(0, TITLE),
        ("Title added: 'Paradise Found' (0-3s)",),
    ),
    "ids": (lambda d: identify(d, "a"), ()),
    "ids and a volume": (
        lambda d: meta(identify(d, "b"), 1).update(volume=0.5),
        ("BGM volume 100% -> 50%",),
    ),
    "when it was kept": (lambda d: [d.update(updated_at=17), d["m"].update(updatedAt="2026")], ()),
    "id of an effect": (
        lambda d: meta(d, 0).update(effect={"id": "blur"}),
        ("Video adjusted: city (0-10s)",),
    ),
    "nothing": (lambda d: None, ()),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_in_words(name: str) -> None:
    edit, expected = EDITS[name]
    assert told(edit) == expected


def test_a_wish_taken_back() -> None:
    wished = Timeline.decode(city() | {"m": {"nemovideo": {"max_bytes": 9}}})
    assert changes(wished, Timeline.decode(city() | {"m": {}})) == ("Will no longer be made smaller",)


def test_the_first_timeline_is_all_added() -> None:
    assert changes(None, Timeline.decode(city())) == (
        "Video added: city (0-10s)",
        "BGM added: Lo-fi (0-10s)",
        "Title added: 'Urban Dreams' (0-3s)",
    )


@pytest.mark.parametrize("nothing", [None, {}, {"t": []}, {"m": {}}])
def test_no_draft_is_no_change(nothing: object) -> None:
    empty = Timeline.decode(nothing)
    assert changes(empty, Timeline.decode(copy.deepcopy(nothing))) == ()
    assert changes(None, empty) in {(), ("The draft changed",)}


def test_the_first_video_is_not_also_a_new_length() -> None:
    assert changes(Timeline.decode({"t": []}), Timeline.decode({"t": city()["t"][:1]})) == (
        "Video added: city (0-10s)",
    )


def test_nan_is_no_change() -> None:
    assert changes(Timeline.decode({"x": float("nan")}), Timeline.decode({"x": float("nan")})) == ()


def cut_up(count: int) -> Draft:
    pieces = [{"d": 1000, "m": {"src": "a", "in": n * 1000}} for n in range(count)]
    return {"t": [{"tt": 0, "sg": pieces}]}


def test_what_follows_a_cut_is_told_in_one_line() -> None:
    assert told(lambda d: d["t"][0]["sg"].pop(3), lambda: cut_up(100)) == (
        "Video removed: (3-4s)",
        "Video: 96 pieces moved 1s earlier",
        "Duration 100s -> 99s",
    )


def test_one_title_of_many_is_named() -> None:
    def titles() -> Draft:
        return {"t": [{"tt": 7, "sg": [{"d": 1000, "m": {"text": f"Part {n}", "volume": 1}} for n in range(3)]}]}

    assert told(lambda d: meta(d, 0, 1).update(text="Two"), titles) == ("Title text changed: 'Part 1' -> 'Two'",)
    assert told(lambda d: d["t"][0]["sg"].pop(0), titles) == (
        "Title removed: 'Part 0' (0-1s)",
        "Title: 2 pieces moved 1s earlier",
        "Duration 3s -> 2s",
    )
    assert told(lambda d: [meta(d, 0, n).update(volume=0.5) for n in range(3)], titles) == ("Title volume 100% -> 50%",)


def test_many_lines_are_cut_short() -> None:
    many = {"t": [{"tt": 7, "m": {"name": f"T{n}"}, "sg": [{"d": 1000, "m": {"text": "x"}}]} for n in range(50)]}
    lines = changes(None, Timeline.decode(many))
    assert len(lines) == 20
    assert lines[-1] == "and 31 more changes"


def test_a_long_track_is_counted() -> None:
    assert changes(None, Timeline.decode(cut_up(5))) == ("Video track added: 5 pieces (0-5s)",)


def test_each_piece_is_looked_at_a_bounded_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linear cost: ten times the pieces, ten times the looks, even where all look alike."""
    looks = 0
    import nemovideo.protocol.pairing as module

    real = module._content

    def counted(segment: Any) -> Any:
        nonlocal looks
        looks += 1
        return real(segment)

    monkeypatch.setattr(module, "_content", counted)
    counts = []
    for size in (1000, 10_000):
        looks = 0
        before = Timeline.decode(cut_up(size)).tracks[0].segments
        after = Timeline.decode({"t": [{"tt": 0, "sg": [{"d": 900, "m": {"src": "a"}}] * size}]}).tracks[0].segments
        pairs = pair_segments(before, after, text=False)
        assert len(pairs.both) == size
        counts.append(looks)
    assert counts[1] <= 10 * counts[0] + 100


KEYS = ("t", "tt", "sg", "d", "m", "title", "text", "name", "start", "volume", "src", "in", "speed", "width", "height")
DRAFTS = ANYTHING | shaped(*KEYS)
PIECES = st.fixed_dictionaries(
    {"d": st.sampled_from([0, 1000, 2500])},
    optional={
        "m": st.dictionaries(
            st.sampled_from(["src", "in", "start", "text", "volume", "speed", "x"]),
            st.sampled_from([0, 1, 0.5, 3000, "a", "b"]),
            max_size=4,
        )
    },
)
TRACKS = st.fixed_dictionaries(
    {"tt": st.sampled_from([0, 1, 7, 9]), "sg": st.lists(PIECES, max_size=4)},
    optional={"m": st.fixed_dictionaries({"name": st.sampled_from(["A", "B", "{}\n{0}"])})},
)
LIKELY = st.fixed_dictionaries({"t": st.lists(TRACKS, max_size=3), "d": st.sampled_from([0, 5000])})


@given(DRAFTS | LIKELY, DRAFTS | LIKELY)
def test_any_two_drafts_are_compared(one: object, other: object) -> None:
    before, after = Timeline.decode(one), Timeline.decode(other)
    lines = changes(before, after)
    assert bool(lines) is (one != other)
    assert all(line.strip() and "\n" not in line for line in lines)
    assert len(lines) <= 20
    changes(None, after)


@given(DRAFTS | LIKELY)
def test_nothing_changed_is_nothing_said(draft: object) -> None:
    assert changes(Timeline.decode(draft), Timeline.decode(json.loads(json.dumps(draft)))) == ()
