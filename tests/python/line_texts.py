"""Lines that are YAML, nearly YAML, or neither."""

from __future__ import annotations

from hypothesis import strategies as st

KEYS = st.sampled_from(["task", "model", "data", "train", "columns", "a b", "文", "😀", "x#y", "-k", "1"])
LINES = st.one_of(
    st.builds(
        lambda n, key, value: f"{' ' * n}{key}: {value}", st.integers(0, 6), KEYS, st.text(max_size=12)
    ),
    st.builds(lambda n, item: f"{' ' * n}- {item}", st.integers(0, 6), st.text(max_size=8)),
    st.text(alphabet="{}[]:,&*!|>'\"%@`#-? \t\\x", max_size=12),
    st.text(max_size=20),
)
