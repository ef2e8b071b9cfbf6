"""JSON as text, as any server may write it: numbers beyond every type, escapes, doubled keys, odd spaces."""

from __future__ import annotations

import json

from hypothesis import strategies as st

NUMBERS = (
    st.integers(-(10**60), 10**60).map(str)
    | st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | st.sampled_from(["1e400", "-1e400", "1E5", "-0", "-0.0", "1e-400", "5e-324", "0.1000000000000000055511", "1.0"])
)
STRINGS = st.text(max_size=8).flatmap(
    lambda text: st.sampled_from([json.dumps(text), json.dumps(text, ensure_ascii=False)])
)
SCALARS = NUMBERS | STRINGS | st.sampled_from(["null", "true", "false"])


def array(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, max_size=3).map(lambda entries: "[" + ", ".join(entries) + "]")


def pairs(keys: st.SearchStrategy[str], values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """An object, perhaps with a key twice: in JSON the last one counts."""
    fields = st.lists(st.tuples(keys, values), max_size=4)
    return fields.map(lambda entries: "{" + ",\n ".join(f"{key} : {value}" for key, value in entries) + "}")


VALUES = st.recursive(SCALARS, lambda inner: array(inner) | pairs(STRINGS, inner), max_leaves=8)

_KEYS = st.sampled_from(['"t"', '"tt"', '"sg"', '"d"', '"m"', '"title"', '"start"', '"volume"', '"zz"']) | STRINGS
SEGMENTS = pairs(_KEYS, VALUES | pairs(_KEYS, VALUES)) | VALUES
TRACKS = pairs(_KEYS, VALUES | array(SEGMENTS)) | VALUES
ANY_DRAFTS = pairs(_KEYS, VALUES | array(TRACKS)) | VALUES


@st.composite
def exportable_drafts(draw: st.DrawFn) -> str:
    """Drafts that show something: one track at least holds a segment."""
    segments, tracks = draw(st.lists(SEGMENTS, min_size=1, max_size=3)), draw(st.lists(TRACKS, max_size=2))
    track = f'{{"zz": {draw(VALUES)}, "tt": {draw(NUMBERS)}, "sg": [{", ".join(segments)}]}}'
    meta = draw(pairs(_KEYS, VALUES))
    return f'{{"d": {draw(VALUES)}, "m": {meta}, "t": [{", ".join([*tracks, track])}], "q": {draw(VALUES)}}}'
