"""Documents laid out: white space alone changes, and never what the text says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from line_texts import LINES
from recipes import ROOT
from tunesmith.ide.formatting import comments, edited, formatting, said
from tunesmith.syntax import convert
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import Position, Range

LAID_OUT: dict[str, tuple[str, str]] = {
    "sections": ("a:\n    b:\n          c: 1\n    d: 2\n", "a:\n  b:\n    c: 1\n  d: 2\n"),
    "the whole stands to the right": ("  a: 1\n  b:\n   c: 2\n", "a: 1\nb:\n  c: 2\n"),
    "colons and dashes": ("a:    1\nb:\n  -   x\n  -\ty\n", "a: 1\nb:\n  - x\n  - y\n"),
    "lists stand to the right of their key": ("a:\n- x\n- y\nb: 1\n", "a:\n  - x\n  - y\nb: 1\n"),
    "what an item holds": (
        "-   a: 1\n    b:\n      c: 2\n-\n    d: 3\n",
        "- a: 1\n  b:\n    c: 2\n-\n  d: 3\n",
    ),
    "items in items": ("-   - x\n    -   y\n", "- - x\n  - y\n"),
    "trailing blanks and empty lines": ("a: 1  \n\n\n \n\nb: 2\t\n\n\n", "a: 1\n\nb: 2\n"),
    "no last line break": ("a: 1", "a: 1\n"),
    "comments move with what they are flush with": (
        "a:\n    # of b\n    b: 1\n    # b2: 2\n# of c\nc: 3\n",
        "a:\n  # of b\n  b: 1\n  # b2: 2\n# of c\nc: 3\n",
    ),
    "comments in a list": ("a:\n# of x\n- x\n# of b\nb: 1\n", "a:\n  # of x\n  - x\n# of b\nb: 1\n"),
    "a comment that is flush with nothing": ("a:\n    b: 1\n      # c\n", "a:\n  b: 1\n    # c\n"),
    "trailing comments keep their distance": (
        "a:   1   # one\nb: 2 # two\nc:  # three\n   d: 1\n",
        "a: 1   # one\nb: 2 # two\nc:  # three\n  d: 1\n",
    ),
    "texts move with their key": (
        "a:\n    b: |\n        x  \n\n\n          y\n    c: >-\n      z\n",
        "a:\n  b: |\n      x  \n\n\n        y\n  c: >-\n    z\n",
    ),
    "a text that keeps its last lines": ("a: |+\n  x\n\n\n\nb:  1\n", "a: |+\n  x\n\n\n\nb: 1\n"),
    "a text that keeps its last lines ends the file": ("a:   |+\n  x\n\n\n", "a: |+\n  x\n\n\n"),
    "a text that says how far it is indented": ("a:\n    b: |2\n         x\n", "a:\n  b: |2\n       x\n"),
    "quotes over lines": ('a:\n    b: "x  \n      y"\n', 'a:\n  b: "x  \n    y"\n'),
    "a value under its key": ("a:\n      'x'\n", "a:\n  'x'\n"),
    "brackets": (
        "a:\n    b:  {x:   1,y: [1,2]}\n    c: [1,\n        2]\n",
        "a:\n  b: {x:   1,y: [1,2]}\n  c: [1,\n      2]\n",
    ),
    "anchors": ("a:   &k\n    b:  1\nc:\n    <<:   *k\n", "a: &k\n  b: 1\nc:\n  <<: *k\n"),
    "other letters": ("文:   1   # 😀\nb: {😀: 1}  \n", "文: 1   # 😀\nb: {😀: 1}\n"),
    "line ends of Windows": ("a:   1  \r\n\r\n\r\nb:\r\n- 2", "a: 1\r\n\r\nb:\r\n  - 2\r\n"),
    "the start of the document": ("--- \n# x\na:  1\n", "---\n# x\na: 1\n"),
    "nothing but comments": ("\n\n# x  \n", "\n# x\n"),
    "nothing": ("", ""),
    "keys with a question mark stay": ("a:\n    ? b\n    :   c\n", "a:\n  ? b\n  :   c\n"),
}


def laid_out(text: str, step: int = 2) -> str:
    tree = parse(text)
    edits = formatting(tree, step)
    assert edits is not None
    return edited(tree, edits)


@pytest.mark.parametrize(("text", "wanted"), LAID_OUT.values(), ids=LAID_OUT)
def test_laid_out(text: str, wanted: str) -> None:
    assert laid_out(text) == wanted
    assert laid_out(wanted) == wanted


def test_as_many_spaces_as_the_editor_wants() -> None:
    assert laid_out("a:\n  b:\n  - x: 1\n    y:\n     z: 2\n", 4) == (
        "a:\n    b:\n        - x: 1\n          y:\n              z: 2\n"
    )


@pytest.mark.parametrize("text", ["a:   1\nb\n", "a:   [1\n", "\ta:   1\n", "a:   1\na: 2\n", "b:   *k\n"])
def test_a_text_with_problems_is_left_alone(text: str) -> None:
    assert formatting(parse(text)) == []


def test_an_edit_is_no_longer_than_what_changes() -> None:
    edits = formatting(parse("a: 1\nb:   2\nc: 3  # x \n"))
    assert [(one.range, one.text) for one in edits or ()] == [
        (Range(Position(1, 2), Position(1, 5)), " "),
        (Range(Position(2, 9), Position(2, 10)), ""),
    ]


def test_lines_alone() -> None:
    tree = parse("a:   1\nb:   2  \nc:   3\n")
    edits = formatting(tree, only=Range(Position(1, 0), Position(1, 4)))
    assert edited(tree, edits or ()) == "a:   1\nb: 2\nc:   3\n"


def test_lines_that_cannot_move_alone_stay() -> None:
    tree = parse("a:\n    b: 1\n    c: 2\n")
    assert formatting(tree, only=Range(Position(1, 0), Position(1, 4))) is None


NAMES = st.sampled_from(["a", "b c", "文", '"q: x"', "key_1", "'it''s'"])
LEAVES = st.sampled_from(
    ["1", "x y", "'# no'", '"q"', "[1,  2]", "{a:  1}", "~", "", "&k z", "|\n{}  t  \n\n{}  u", "5.0e-5  # c"]
)


def _lines(value: Any, indent: int, draw: st.DrawFn) -> list[str]:
    """A value as lines, each with more white space than it needs."""
    step, gap = draw(st.integers(1, 5)), " " * draw(st.integers(1, 4))
    found: list[str] = []
    margin = " " * indent
    for name, one in value.items() if isinstance(value, dict) else ((None, each) for each in value):
        mark = "-" if name is None else f"{name}:"
        if draw(st.booleans()):
            found += ["  " * draw(st.integers(0, 3)) + "# a comment "] if draw(st.booleans()) else [""] * 2
        if isinstance(one, str):
            found.append(f"{margin}{mark}{gap}{one.replace('{}', margin)}" + " " * draw(st.integers(0, 2)))
        else:
            found += [f"{margin}{mark}", *_lines(one, indent + step, draw)]
    return found


VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.dictionaries(NAMES, inner, min_size=1, max_size=4) | st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=12,
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    return "\n".join(_lines(draw(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)), 0, draw))


def holds_its_word(text: str) -> bool:
    """Whether `text` was laid out, with the same values and comments, and once for all."""
    tree = parse(text)
    edits = formatting(tree)
    if not edits:
        return not tree.problems and edits is not None
    after = parse(edited(tree, edits))
    assert not after.problems
    assert list(said(after.root)) == list(said(tree.root))
    assert list(comments(convert.parse(after.text))) == list(comments(convert.parse(text)))
    assert formatting(after) == []
    return True


@settings(max_examples=150)
@given(documents())
def test_what_is_written_loosely_says_the_same_afterwards(text: str) -> None:
    if not parse(text).problems:
        assert holds_its_word(text)


@given(st.lists(LINES, max_size=8).map("\n".join))
def test_any_lines_say_the_same_afterwards(text: str) -> None:
    holds_its_word(text)


FILES = [
    *(ROOT / "tests" / "corpus" / "examples").rglob("*.yaml"),
    *(path for path in (ROOT / "samples").glob("*/*.yaml")),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files_say_the_same_afterwards(path: Path) -> None:
    assert holds_its_word(path.read_text("utf-8"))


def test_our_own_samples_need_no_layout() -> None:
    changed = [
        path.name
        for path in (ROOT / "samples").glob("*/*.train.yaml")
        if formatting(parse(path.read_text("utf-8")))
    ]
    assert changed == []
