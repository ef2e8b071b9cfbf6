"""Any JSON, and JSON that looks like what the backend sends but is not."""

from __future__ import annotations

from hypothesis import strategies as st

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def shaped(*keys: str) -> st.SearchStrategy[dict[str, object]]:
    """Objects with some of these keys, each holding anything, or another such object, or a list of them."""
    inner = st.dictionaries(st.sampled_from(keys), ANYTHING, max_size=4)
    values = ANYTHING | inner | st.lists(inner, max_size=3)
    return st.dictionaries(st.sampled_from(keys), values | st.dictionaries(st.sampled_from(keys), values, max_size=4))
