"""A text that was edited is read as if it were new, and what an edit left alone is taken over."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from line_texts import LINES
from tunesmith.syntax.incremental import Reader
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import Map, plain

EDITS = st.tuples(
    st.integers(0, 200), st.integers(0, 30), st.one_of(LINES, st.sampled_from(["\n", " ", "x", ""]))
)


@given(st.lists(LINES, max_size=8).map("\n".join), st.lists(EDITS, max_size=6))
def test_reading_after_an_edit_gives_what_reading_anew_gives(
    text: str, edits: list[tuple[int, int, str]]
) -> None:
    reader = Reader()
    assert reader.parse(text) == parse(text)
    for start, length, piece in edits:
        text = text[:start] + piece + text[start + length :]
        assert reader.parse(text) == parse(text)


def test_reading_after_an_edit_takes_over_what_it_left_alone() -> None:
    reader = Reader()
    before = reader.parse("a: 1\nb:\n  c: [1, 2]\nd: 3\n").root
    after = reader.parse("a: 1\nb:\n  c: [1, 2]\nd: 4\n").root
    assert isinstance(before, Map)
    assert isinstance(after, Map)
    assert [new is old for old, new in zip(before.entries, after.entries, strict=True)] == [True, True, False]


LONG = "train:\n" + "".join(f"  key_{n}:\n    - {n}\n    - b: 'é'\n" for n in range(20)) + "seed: 7\n"


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, len(LONG)), st.integers(0, 9), LINES | st.just("\n")), max_size=4))
def test_a_long_section_is_read_the_same_after_edits(edits: list[tuple[int, int, str]]) -> None:
    reader = Reader()
    reader.parse(LONG)
    for start, length, piece in edits:
        text = LONG[:start] + piece + LONG[start + length :]
        assert reader.parse(text) == parse(text)
        assert reader.parse(LONG) == parse(LONG)


def test_a_broken_line_of_a_long_section_costs_nothing_but_itself() -> None:
    tree = parse(LONG.replace("key_7:", "key_7"))
    assert [(p.code, p.range.start.line) for p in tree.problems] == [
        ("TN001", 22),
        ("TN001", 23),
        ("TN001", 24),
    ]
    assert len(plain(tree.root)["train"]) == 19
    assert plain(tree.root)["seed"] == 7


def test_what_moves_down_is_taken_over_with_its_places() -> None:
    reader = Reader()
    reader.parse(LONG)
    tree = reader.parse(f"# a comment\n\n{LONG}")
    assert tree == parse(tree.text)
    assert tree.find(("train", "key_9", 1, "b")) == parse(tree.text).find(("train", "key_9", 1, "b"))


DEEP = [f"{' ' * depth}k:" for depth in range(95)]
PARTS = st.sampled_from(["k: 1", " " * 95 + "k: 1", " " * 95 + "# deep", "- " * 60 + "1", *DEEP[::13]])


@settings(max_examples=60)
@example([(40, 1, []), (87, 0, [DEEP[88], DEEP[89], " " * 95 + "k: 1"]), (40, 0, [DEEP[40]])])
@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 9), st.lists(PARTS, max_size=2)), max_size=5))
def test_what_is_too_deep_is_refused_after_edits_as_it_is_anew(
    edits: list[tuple[int, int, list[str]]],
) -> None:
    reader = Reader()
    lines = DEEP[:88]
    reader.parse("\n".join(lines))
    for start, removed, written in edits:
        lines = [*lines[:start], *written, *lines[start + removed :]]
        text = "\n".join(lines)
        assert reader.parse(text) == parse(text)
