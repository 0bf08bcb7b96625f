"""What can be folded away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_texts import LINES
from tunesmith.ide.folding import folding
from tunesmith.syntax.parse import parse

FOLDS: dict[str, tuple[str, list[tuple[int, int, str | None]]]] = {
    "sections": (
        "a: 1\nb:\n  c:\n    d: 1\n\n  e: 2\n\nf: {}\n",
        [(1, 5, None), (2, 3, None)],
    ),
    "items": ("a:\n- b: 1\n  c: 2\n- d\n- e:\n    f\n", [(0, 5, None), (1, 2, None), (4, 5, None)]),
    "brackets": ("a: [\n  1,\n  2\n]\nb: {x: 1}\n", [(0, 3, None)]),
    "texts": ("a: |\n  # x\n  # y\n\nb: >-\n  z\nc: 'q\n  r'\n", [(0, 2, None), (4, 5, None), (6, 7, None)]),
    "comments": (
        "# a\n# b\n\n# c\nd: 1\n  # e\n  # f\n",
        [(0, 1, "comment"), (5, 6, "comment")],
    ),
    "comments at the end of a section": (
        "a:\n  b: 1\n\n  # c\n# d\ne: 1\n",
        [(0, 3, None), (3, 4, "comment")],
    ),
    "regions": ("# region x\na: 1\n# endregion\nb: 2\n# endregion\n", [(0, 2, "region")]),
    "aliases": ("a: &k\n  b: 1\nc: *k\n", [(0, 1, None)]),
    "while a key is being written": (
        "a:\n  b: 1\n  c\n  d:\n    - 1\ne:\n- x: [1\n  y: 2\n",
        [(0, 4, None), (3, 4, None), (5, 7, None), (6, 7, None)],
    ),
    "nothing": ("", []),
}


@pytest.mark.parametrize(("text", "wanted"), FOLDS.values(), ids=FOLDS)
def test_folds(text: str, wanted: list[tuple[int, int, str | None]]) -> None:
    assert [(one.start, one.end, one.kind) for one in folding(parse(text))] == wanted


@given(st.lists(LINES, max_size=10).map("\n".join))
def test_folds_lie_in_the_text_one_a_line(text: str) -> None:
    tree = parse(text)
    found = folding(tree)
    assert all(0 <= one.start < one.end < len(tree.lines) for one in found)
    assert len({one.start for one in found}) == len(found)
