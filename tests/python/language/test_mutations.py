"""Recipes with random damage: every answer is an answer."""

from __future__ import annotations

import string
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from recipes import ROOT, applied, training_interpreter
from tunesmith.facts.sources import Store, read_now
from tunesmith.ide.actions import actions
from tunesmith.ide.completion import completion
from tunesmith.ide.diagnostics import diagnostics
from tunesmith.ide.hover import hover
from tunesmith.ide.links import links
from tunesmith.ide.place import place_at
from tunesmith.rules.check import check
from tunesmith.server import convert
from tunesmith.server.handlers.language import list_folder
from tunesmith.syntax.tree import Position, Range

FOLDER = ROOT / "samples" / "sentiment"
SAMPLE = (FOLDER / "with-a-mistake.train.yaml").read_text(encoding="utf-8")
LOOK = read_now(Store())

PIECES = st.one_of(
    st.text(alphabet="{}[]:,&*!|>'\"#-\n\t 😀文", min_size=1, max_size=3),
    st.text(alphabet=string.printable, min_size=1, max_size=6),
    st.sampled_from(
        ["\n  ", ": ", "train:\n", "- ", "eval_strategy: no", "null", "1e9", "&a ", "*a", "{a: *a}"]
    ),
)
MUTATIONS = st.lists(
    st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, 12), st.one_of(st.just(""), PIECES)), max_size=6
)


def mutated(mutations: list[tuple[int, int, str]]) -> str:
    text = SAMPLE
    for start, length, piece in mutations:
        text = text[:start] + piece + text[start + length :]
    return text


@given(MUTATIONS, st.integers(0, len(SAMPLE)))
def test_damaged_recipes_are_checked_and_asked_about(
    mutations: list[tuple[int, int, str]], offset: int
) -> None:
    text = mutated(mutations)
    report = check(text, FOLDER, training_interpreter(), LOOK)
    lines = report.tree.lines
    before = text[:offset]
    position = Position(before.count("\n"), len(before) - before.rfind("\n") - 1)
    for one in diagnostics(report):
        assert one.message
        start, end = one.range
        assert start <= end
        assert end.line < len(lines)
        assert end.character <= len(lines[end.line])
        convert.to_range(lines, one.range)
    hover(report, position)
    links(report)
    for one in completion(
        report.tree.lines, report.facts, place_at(report.tree.lines, position), FOLDER, list_folder
    ):
        assert one.range.start <= one.range.end
    everything = Range(Position(0, 0), Position(len(lines), 0))
    for action in actions(report, everything):
        after = applied(text, action.edits)
        check(after, FOLDER, None, lambda _source: None)


def test_the_sample_itself_is_sound() -> None:
    report = check(SAMPLE, Path(FOLDER), training_interpreter(), LOOK)
    assert [one.code for one in diagnostics(report)] == ["TN101", "TN201"]
