from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_texts import LINES
from tunesmith.stages.recipe import BUILT_IN, Recipe
from tunesmith.syntax.bind import bind
from tunesmith.syntax.parse import parse
from tunesmith.syntax.scalars import written
from tunesmith.syntax.tree import Entry, Map, Position, Range, Scalar, Tree, maps, plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5e-5", 5e-5),
        ("1e5", 1e5),
        ("+.5", 0.5),
        ("0x1F", 31),
        ("0o17", 15),
        ("012", 12),
        ("1:30", "1:30"),
        ("no", "no"),
        ("yes", "yes"),
        ("True", True),
        ("~", None),
        ("", None),
        (".inf", float("inf")),
        ("'5'", "5"),
        ('"a\\n\\u4f60"', "a\n你"),
        ("'it''s'", "it's"),
        ("!!str 5", "5"),
        ("!!float 5", 5.0),
        ("2024-01-01", "2024-01-01"),
        ("1_000", "1_000"),
        ("|\n  a\n  b", "a\nb\n"),
        (">-\n  a\n  b\n\n  c", "a b\nc"),
        ("a\n  b", "a b"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_scalars_are_read_as_yaml_1_2_core(text: str, value: object) -> None:
    tree = parse(f"key: {text}\n")
    assert tree.problems == ()
    assert plain(tree.root) == {"key": value}


@given(st.text(max_size=12))
def test_what_is_written_for_a_text_is_read_as_that_text(text: str) -> None:
    text = "".join(char for char in text if char.isprintable() or char == "\n")
    assert plain(parse(f"key: [{written(text)}, x]").root) == {"key": [text, "x"]}


def test_names_stand_without_quotes() -> None:
    assert [written(text) for text in ("review", "评论", "label of it", "no")] == [
        "review",
        "评论",
        "label of it",
        "no",
    ]
    assert [written(text) for text in ("true", "1", "a: b", "")] == ['"true"', '"1"', '"a: b"', '""']


def test_collections_anchors_and_aliases() -> None:
    tree = parse("base: &b {x: [1, {y: 2}]}\nagain: *b\nlist:\n  - a\n  - k: v\n  -\n")
    same = {"x": [1, {"y": 2}]}
    assert plain(tree.root) == {"base": same, "again": same, "list": ["a", {"k": "v"}, None]}


def test_aliases_share_what_they_repeat_and_end_before_they_fill_the_memory() -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    tree = parse("\n".join(lines))
    value = plain(tree.root)
    assert value["a9"][0][0] is value["a9"][1][0]
    assert value["a39"] == [None, None]
    assert {problem.arguments["reason"] for problem in tree.problems} == {"its aliases repeat too much"}
    assert len(maps(tree.root)) == 1


# A broken line costs nothing but itself.
BROKEN = {
    "key without a colon": ("task: x\ntra\n", {"task": "x"}, [("TN001", 1)]),
    "key without a colon in a section": ("a:\n  b: 1\n  c\nd: 2\n", {"a": {"b": 1}, "d": 2}, [("TN001", 2)]),
    "two colons": ("a: b: c\nd: 1\n", {"a": "b: c", "d": 1}, [("TN001", 0)]),
    "tab": ("t:\n\ta: 1\n  b: 2\nx: 1", {"t": {"a": 1, "b": 2}, "x": 1}, [("TN002", 1)]),
    "over-indented": ("t:\n  a: 1\n    b: 2\n  c: 3\n", {"t": {"a": 1, "b": 2, "c": 3}}, [("TN001", 2)]),
    "open brace": ("a: {x: 1\nb: 2\n", {"a": {"x": 1}, "b": 2}, [("TN001", 0)]),
    "open bracket": ("a: [1, 2,\nb: 2\n", {"a": [1, 2], "b": 2}, [("TN001", 0)]),
    "open brackets as a key": ("a: {[\nb: 1\n", {"a": {"[]": None}, "b": 1}, [("TN001", 0)]),
    "open quote": ('a: "b\nc: 1\n', {"a": '"b', "c": 1}, [("TN001", 0)]),
    "reserved character": ("a: @b\nc: 1\n", {"a": "@b", "c": 1}, [("TN001", 0)]),
    "stray brace": ("a: 1\n}\nb: 2\n", {"a": 1, "b": 2}, [("TN001", 1)]),
    "dangling key at the end": ("a:\n  b: 1\n  c", {"a": {"b": 1}}, [("TN001", 2)]),
    "in a list": ("a:\n  - 1\n  - b: [\n  - 3\nz: 1", {"a": [1, 3], "z": 1}, [("TN001", 2)]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_documents_keep_every_complete_key(name: str) -> None:
    text, value, problems = BROKEN[name]
    tree = parse(text)
    assert plain(tree.root) == value
    assert [(problem.code, problem.range.start.line) for problem in tree.problems] == problems


def test_duplicate_keys_are_flagged_and_the_first_counts() -> None:
    tree = parse("a: 1\nb:\n  c: 1\n  c: 2\na: 2\n")
    assert [(p.code, p.range.start.line, p.arguments["line"]) for p in tree.problems] == [
        ("TN003", 3, 3),
        ("TN003", 4, 1),
    ]
    assert plain(tree.root) == {"a": 1, "b": {"c": 1}}


def test_only_the_first_document_is_read() -> None:
    tree = parse("---\na: 1\n---\nb: 2\n")
    assert plain(tree.root) == {"a": 1}
    assert [problem.code for problem in tree.problems] == ["TN005"]


def test_places_are_code_points() -> None:
    tree = parse("文本: 你好 # 注释\n😀: {列: [a, 😀b]}\n")
    found = tree.find(("文本",))
    assert isinstance(found, Entry)
    assert found.key.range == Range(Position(0, 0), Position(0, 2))
    assert found.value is not None
    assert found.value.range == Range(Position(0, 4), Position(0, 6))
    assert tree.range_of(("😀", "列", 1)) == Range(Position(1, 11), Position(1, 13))


def test_range_of_falls_back_to_what_exists() -> None:
    tree = parse("# first\na:\n  b: 1\n")
    assert tree.range_of(("a", "missing")).start == Position(1, 0)
    assert tree.range_of(("missing",)).start == Position(1, 0)
    assert tree.range_of(("a", "b"), "value") == Range(Position(2, 5), Position(2, 6))


def test_path_at() -> None:
    tree = parse("a:\n  b: {c: [x, yy]}\n")
    assert tree.path_at(Position(1, 14)) == ("a", "b", "c", 1)
    assert tree.path_at(Position(1, 3)) == ("a", "b")
    assert tree.path_at(Position(0, 0)) == ("a",)


@given(st.one_of(st.text(max_size=200), st.lists(LINES, max_size=12).map("\n".join)))
def test_any_text_is_parsed_and_bound(text: str) -> None:
    tree = parse(text)
    bind(tree, Recipe, BUILT_IN)
    plain(tree.root)
    inside(tree)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(min_size=1, max_size=8), VALUES, max_size=5))
def test_json_is_read_as_itself(value: dict[str, object]) -> None:
    tree = parse(json.dumps(value))
    assert tree.problems == ()
    assert plain(tree.root) == value


@given(st.text(alphabet="[{", min_size=200, max_size=400))
def test_deep_nesting_is_a_problem_not_a_crash(text: str) -> None:
    closed = text + "".join({"[": "]", "{": "}"}[char] for char in reversed(text))
    assert parse(closed).problems


def inside(tree: Tree) -> None:
    """Every place lies in the text."""
    for found in maps(tree.root):
        for entry in found.entries:
            assert isinstance(found, Map)
            for where in (entry.range, entry.key.range, *([entry.value.range] if entry.value else [])):
                assert where.start <= where.end
                assert where.end.line < len(tree.lines)
                assert where.end.character <= len(tree.lines[where.end.line])
            assert isinstance(entry.key, Scalar)
