"""Which files go together in one call, and which answer belongs to which."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemovideo.errors import ProtocolError
from nemovideo.resources.batching import MOST_FILES, batches, in_order
from nemovideo.source import Source


@given(sizes=st.lists(st.integers(1, 100), max_size=80), whole=st.none() | st.integers(1, 150))
def test_every_file_goes_once_in_order_and_no_call_is_too_large(sizes: list[int], whole: int | None) -> None:
    sources = [Source("a.mp4", size) for size in sizes]
    at = [place for place in range(len(sizes)) if place % 3]
    calls = batches(sources, at, whole)
    assert [place for call in calls for place in call] == at
    for call in calls:
        assert 0 < len(call) <= MOST_FILES
        assert whole is None or len(call) == 1 or sum(sizes[place] for place in call) <= whole
    for call, following in itertools.pairwise(calls):  # no fewer files in a call than fit
        together = sum(sizes[place] for place in (*call, following[0]))
        assert len(call) == MOST_FILES or (whole is not None and together > whole)


def test_a_call_has_32_files_at_most() -> None:
    sources = [Source("a.mp4", 1)] * 70
    assert [len(call) for call in batches(sources, range(70), None)] == [32, 32, 6]


names = st.sampled_from(["a.mp4", "b.mp4", "c.mov"])
odd = st.none() | st.integers() | st.text() | st.dictionaries(st.text(), st.text())


@given(sent=st.lists(names, min_size=1, max_size=5), files=st.lists(st.builds(dict, filename=names) | odd, max_size=6))
def test_each_file_gets_an_answer_or_the_missing_are_named(sent: list[str], files: list[object]) -> None:
    if len(files) < len(sent):
        with pytest.raises(ProtocolError) as caught:
            in_order(sent, files, "s1")
        assert caught.value.session_id == "s1"
        return
    found = in_order(sent, files, "s1")
    assert len(found) == len(sent)
    assert all(entry in files or entry == {} for entry in found)


@given(sent=st.lists(st.text(min_size=1), unique=True, min_size=1), data=st.data())
def test_names_say_it_where_the_order_does_not(sent: list[str], data: st.DataObject) -> None:
    files = data.draw(st.permutations([{"filename": name, "hash": f"hash of {name}"} for name in sent]))
    assert [entry["hash"] for entry in in_order(sent, files, "s1")] == [f"hash of {name}" for name in sent]
