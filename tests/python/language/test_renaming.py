"""New names for anchors."""

from __future__ import annotations

import re

import pytest
from recipes import applied, cursor
from tunesmith.ide.renaming import NotRenamed, named_at, refuse_column, renaming
from tunesmith.syntax.parse import parse

RENAMED: dict[str, tuple[str, str]] = {
    "at the anchor": ("a: &o‸ld 1\nb: *old\n", "a: &new 1\nb: *new\n"),
    "at an alias": ("a: &old {x: 1}\nb: {<<: *‸old, y: 2}\n", "a: &new {x: 1}\nb: {<<: *new, y: 2}\n"),
    "at the sign": ("a: ‸&old\n  x: 1\nb:\n- *old\n- *older\n", "a: &new\n  x: 1\nb:\n- *new\n- *older\n"),
    "behind the name": ("a: &old‸ 1\n", "a: &new 1\n"),
    "after other letters": ("文: {😀: &o‸ld 好, b: *old}\n", "文: {😀: &new 好, b: *new}\n"),
    "not what only looks so": (
        "a: &‸old '&old'\nb: \"*old\" # *old\n",
        "a: &new '&old'\nb: \"*old\" # *old\n",
    ),
    "the anchor that counts for the alias": (
        "a: &old 1\nb: *old\nc: &old 2\nd: *o‸ld\n",
        "a: &old 1\nb: *old\nc: &new 2\nd: *new\n",
    ),
    "the anchor above another one": (
        "a: &o‸ld 1\nb: *old\nc: &old 2\nd: *old\n",
        "a: &new 1\nb: *new\nc: &old 2\nd: *old\n",
    ),
}


@pytest.mark.parametrize(("text", "wanted"), RENAMED.values(), ids=RENAMED)
def test_renamed(text: str, wanted: str) -> None:
    text, position = cursor(text)
    tree = parse(text)
    found = named_at(tree, position)
    assert found is not None
    assert found.name == "old"
    edits = renaming(tree, position, "new")
    assert edits is not None
    assert found.range in [one.range for one in edits]
    assert applied(text, edits) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "ta‸sk: x\n",
        "args: {ra‸te: 1}\n",
        "a: 1 # &x‸\n",
        "a: '&x‸'\n",
        "a: &x 1\nb: [*x‸\n",
        "a: &x 1\nb‸: 1\n",
        "‸",
    ],
)
def test_nothing_to_rename(text: str) -> None:
    text, position = cursor(text)
    assert named_at(parse(text), position) is None
    assert renaming(parse(text), position, "new") is None
    refuse_column(parse(text), position)


@pytest.mark.parametrize("name", ["", "a b", "a,", "ö", "&a"])
def test_a_name_that_anchors_cannot_have(name: str) -> None:
    text, position = cursor("a: &o‸ld 1\n")
    with pytest.raises(NotRenamed, match="letters of ASCII"):
        renaming(parse(text), position, name)


def test_a_name_that_is_taken() -> None:
    text, position = cursor("a: &o‸ld 1\nb: &new 2\n")
    with pytest.raises(NotRenamed, match="There is an anchor new"):
        renaming(parse(text), position, "new")


def test_columns_are_named_by_the_data() -> None:
    text, position = cursor("data: {columns: {text: re‸view}}\n")
    with pytest.raises(NotRenamed, match=re.escape("review is a column of the data file")):
        refuse_column(parse(text), position)
