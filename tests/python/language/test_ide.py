"""Hover, quick fixes, lenses and links, as plain values."""

from __future__ import annotations

from pathlib import Path

import pytest
from recipes import applied, checked, cursor, training_interpreter
from tunesmith.core.finding import Edit, RemoveKey, RenameKey, SetValue
from tunesmith.ide.actions import actions
from tunesmith.ide.edits import text_edits
from tunesmith.ide.hover import hover
from tunesmith.ide.lens import LiveRun, lenses
from tunesmith.ide.links import links
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import Position, Range


def hovered(text: str, folder: Path) -> str | None:
    text, position = cursor(text)
    found = hover(checked(text, folder, training_interpreter()), position)
    return found.text if found else None


def test_hover_on_a_library_key(tmp_path: Path) -> None:
    said = hovered("train:\n  eval_stra‸tegy: epoch\n", tmp_path)
    assert said is not None
    assert said.startswith("**eval_strategy** `IntervalStrategy | str` · default `no`")
    assert "`no`, `steps`, `epoch`" in said
    assert said.endswith("*transformers 5.23.0*")


def test_docstrings_become_markdown(tmp_path: Path) -> None:
    said = hovered("train: {lr_scheduler_typ‸e: linear}\n", tmp_path)
    assert said is not None
    assert 'See `SchedulerType` for all possible values. Common choices:\n\n- "linear"' in said


def test_hover_on_our_own_key_says_what_the_files_hold(tmp_path: Path) -> None:
    said = hovered(
        "# file d.csv: a,b | 1200 rows\ndata:\n  tr‸ain: d.csv\n  columns: {text: a, label: b}\n", tmp_path
    )
    assert said is not None
    assert "1,200 rows · columns `a`, `b`" in said


def test_hover_says_how_many_steps(tmp_path: Path) -> None:
    said = hovered("train: {num_train_epochs‸: 2, max_steps: 70}\n", tmp_path)
    assert said is not None
    assert "about 70 steps" in said


@pytest.mark.parametrize("text", ["tr‸ane: 1\n", "train:\n  x: 1\n‸\n", "train: {nonsense‸: 1}\n", "‸"])
def test_no_hover_where_nothing_is_known(text: str, tmp_path: Path) -> None:
    assert hovered(text, tmp_path) is None


EDITS: dict[str, tuple[str, Edit, str]] = {
    "rename": ("a:\n  b: 1 # x\n", RenameKey(("a", "b"), "c"), "a:\n  c: 1 # x\n"),
    "rename in flow": ("a: {b: 1}\n", RenameKey(("a", "b"), "c"), "a: {c: 1}\n"),
    "rename after Chinese": ("a: {你: 好, b: 1}\n", RenameKey(("a", "b"), "c"), "a: {你: 好, c: 1}\n"),
    "value": ("a: 1 # x\n", SetValue(("a",), "2"), "a: 2 # x\n"),
    "value that is absent": ("a:\nb: 1\n", SetValue(("a",), "2"), "a: 2\nb: 1\n"),
    "new key": ("a:\n    b: 1\nc: 1\n", SetValue(("a", "d"), "2"), "a:\n    b: 1\n    d: 2\nc: 1\n"),
    "new key at the end": ("a: 1", SetValue(("b",), "2"), "a: 1\nb: 2"),
    "new key in flow": ("a: {b: 1}\n", SetValue(("a", "c"), "2"), "a: {b: 1, c: 2}\n"),
    "new key in empty flow": ("a: {}\n", SetValue(("a", "c"), "2"), "a: {c: 2}\n"),
    "new key in an empty section": ("a:\nb: 1\n", SetValue(("a", "c"), "2"), "a:\n  c: 2\nb: 1\n"),
    "new section in flow": ("a: {x: 1}\n", SetValue(("a", "b", "c"), "2"), "a: {x: 1, b: {c: 2}}\n"),
    "new key in an empty section in flow": (
        "a: {b: }\n",
        SetValue(("a", "b", "c"), "2"),
        "a: {b: {c: 2} }\n",
    ),
    "new section": ("a: 1\n", SetValue(("b", "c"), "2"), "a: 1\nb:\n  c: 2\n"),
    "new key after a nested one": (
        "a:\n  b:\n    c: 1\n\nd: 1\n",
        SetValue(("a", "e"), "2"),
        "a:\n  b:\n    c: 1\n  e: 2\n\nd: 1\n",
    ),
    "in an empty file": ("", SetValue(("task",), "x"), "task: x\n"),
    "remove": ("a: 1 # why\nb: 2\n", RemoveKey(("a",)), "b: 2\n"),
    "remove a block": ("a:\n  b:\n    - 1\n  c: 2\n", RemoveKey(("a", "b")), "a:\n  c: 2\n"),
    "remove the last line": ("a: 1\nb: 2", RemoveKey(("b",)), "a: 1"),
    "remove from flow": ("a: {b: 1, c: 2}\n", RemoveKey(("a", "b")), "a: {c: 2}\n"),
    "remove the last from flow": ("a: {b: 1, c: 2}\n", RemoveKey(("a", "c")), "a: {b: 1}\n"),
    "remove the only one from flow": ("a: {b: 1}\n", RemoveKey(("a", "b")), "a: {}\n"),
}


@pytest.mark.parametrize("name", EDITS)
def test_edits(name: str) -> None:
    before, edit, after = EDITS[name]
    edits = text_edits(parse(before), [edit])
    assert edits is not None
    assert applied(before, edits) == after


def test_an_edit_of_what_is_not_there_is_not_offered() -> None:
    assert text_edits(parse("a: 1\n"), [RemoveKey(("b",))]) is None
    assert text_edits(parse("a: 1\n"), [SetValue(("a", "b"), "2")]) is None


def test_actions_are_those_of_the_findings_under_the_cursor(tmp_path: Path) -> None:
    text = "tsk: text-classification\ntrain: {output_dir: x, eval_strategy: epohc}\n"
    report = checked(text, tmp_path, training_interpreter())
    found = actions(report, Range(Position(0, 1), Position(0, 1)))
    assert [one.title for one in found if one.preferred] == ["Change to task"]
    assert applied(text, found[0].edits).startswith("task: text")
    titles = [one.title for one in actions(report, Range(Position(1, 0), Position(1, 80)))]
    assert titles == ["Remove output_dir", "Change to epoch"]


def test_lenses() -> None:
    run = LiveRun("20261122-021530-4f1a", "training", 0.4236)
    train, debug, dry, live = lenses("file:///r.train.yaml", [run])
    assert (train.title, train.command) == ("$(play) Train", "tunesmith.train")
    assert (debug.title, debug.command) == ("$(debug-alt) Debug", "tunesmith.debug")
    assert (dry.title, dry.command) == ("$(beaker) Dry Run", "tunesmith.dryRun")
    assert train.arguments == debug.arguments == dry.arguments == ("file:///r.train.yaml",)
    assert len(lenses("file:///r.train.yaml", [], built_in=False)) == 2, "a script has no such step"
    assert live.title.endswith("#4f1a training, 42 %")
    assert (live.command, live.arguments) == ("tunesmith.openDashboard", (run.id,))


def test_links_lead_to_files_that_exist(tmp_path: Path) -> None:
    text = """\
# file d.csv: a,b
# file m/config.json: {}
model: {name_or_path: ./m}
data: {train: d.csv, validation: nowhere.csv, columns: {text: a, label: b}}
"""
    report = checked(text, tmp_path)
    assert [link.target for link in links(report)] == [tmp_path / "d.csv", tmp_path / "m" / "config.json"]
