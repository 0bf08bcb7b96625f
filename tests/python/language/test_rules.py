from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from recipes import ROOT, applied, checked, examined, training_interpreter
from rule_blocks import blocks, section
from tunesmith.core.finding import Severity
from tunesmith.core.rule import Rule
from tunesmith.rules.check import check
from tunesmith.rules.table import RECIPE, RULES, TRAINING
from tunesmith.rules.texts import message, name
from tunesmith.stages.data.rules.files import SUFFIXES
from tunesmith.syntax.codes import CODES
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import plain

FLAGGED = [(rule, block) for rule in RULES for block in blocks(rule, "Flags")]
ACCEPTED = [(rule, block) for rule in RULES for block in blocks(rule, "Accepts")]

# Accepted because the rule is silent: by code and a part of the block, with what cannot be known.
SILENT = {
    ("TN101", "missing.csv"): "the columns of a file that is not there",
    ("TN102", "data/*.csv"): "which file a pattern stands for",
    ("TN203", "missing.csv"): "the number of steps over a file that is not there",
}


def title(value: object) -> str | None:
    return value.code if isinstance(value, Rule) else None


@pytest.mark.parametrize(("rule", "block"), FLAGGED, ids=title)
def test_flags(rule: Rule, block: str, tmp_path: Path) -> None:
    report = examined(block, tmp_path, training_interpreter())
    found = [finding for finding in report.findings if finding.code == rule.code]
    assert found, f"{rule.name} is silent about:\n{block}"
    for finding in found:
        assert "{" not in message(finding)
        assert report.stands(finding), finding.path


@pytest.mark.parametrize(("rule", "block"), ACCEPTED, ids=title)
def test_accepts(rule: Rule, block: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    report = examined(block, tmp_path, training_interpreter())
    unknown = [fact.name for fact in rule.needs if fact not in report.facts]
    excused = [why for (code, part), why in SILENT.items() if code == rule.code and part in block]
    assert bool(unknown) == bool(excused), f"{rule.name} lacks {unknown} for:\n{block}"
    assert caplog.messages == []
    assert [message(finding) for finding in report.findings if finding.code == rule.code] == []


@pytest.mark.parametrize(("rule", "block"), FLAGGED, ids=title)
def test_a_preferred_fix_mends_what_it_is_offered_for(rule: Rule, block: str, tmp_path: Path) -> None:
    python = training_interpreter()
    report = examined(block, tmp_path, python)
    for finding in report.findings:
        for fix in finding.fixes:
            if finding.code != rule.code or not fix.preferred:
                continue
            edits = report.edits(fix)
            assert edits, f"{fix.title} cannot be applied"
            mended = applied(report.text, edits)
            assert parse(mended).problems == (), mended
            after = examined(mended, tmp_path, python)
            left = [(one.code, one.path) for one in after.findings]
            assert (finding.code, finding.path) not in left, mended


@pytest.mark.parametrize("rule", RULES, ids=title)
def test_documentation_is_whole(rule: Rule) -> None:
    for heading in ("Why", "Library", "Flags", "Accepts"):
        assert section(rule, heading), f"{rule.code} does not say {heading}"
    silent = section(rule, "Library").startswith("silent")
    assert silent == (rule.severity is not Severity.ERROR), "an error cites what the library raises"


def test_the_rules_know_the_files_that_the_stage_reads() -> None:
    source = ROOT / "daemon" / "tunesmith" / "stages" / "data" / "files.py"
    names = [
        ast.literal_eval(key)
        for node in ast.parse(source.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "READERS"
        for key in node.value.keys  # pyright: ignore[reportAttributeAccessIssue]
    ]
    assert sorted(names) == sorted(SUFFIXES)


def test_codes_are_unique_and_named() -> None:
    codes = [row.code for row in CODES] + [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    names = [name(code) for code in codes]
    assert len(set(names)) == len(names)


def test_without_an_interpreter_library_rules_wait_and_say_for_what(tmp_path: Path) -> None:
    report = check("train: {no_such_key: 1}\n", tmp_path, None)
    assert "transformers in the training interpreter" in report.waiting_for
    assert report.rules_run + report.rules_waiting == len(TRAINING) + len(RECIPE)
    assert all(not finding.code.startswith("TN2") for finding in report.findings)


def test_a_whole_recipe_has_no_finding(tmp_path: Path) -> None:
    text = """\
# file data/d.csv: review,sentiment | 200 rows
# file m/config.json: {"model_type": "bert"}
# file m/model.safetensors:
# file m/tokenizer.json: {}
task: text-classification
model: {name_or_path: ./m}
data:
  train: data/d.csv
  split: {validation: 0.1, test: 0.1, seed: 13}
  columns: {text: review, label: sentiment}
train:
  learning_rate: 5e-5
  num_train_epochs: 3
  eval_strategy: epoch
  save_strategy: epoch
  load_best_model_at_end: true
  warmup_steps: 0.1
accelerate: {num_processes: 2, mixed_precision: no}
"""
    report = checked(text, tmp_path, training_interpreter())
    assert [message(finding) for finding in report.findings] == []
    assert (report.waiting_for, report.rules_waiting) == ((), 0)
    assert plain(report.tree.root)["train"] == report.recipe.train


def test_a_script_is_not_refused_over_a_section_that_it_never_sees(tmp_path: Path) -> None:
    text = (
        "# file train.py: pass\nscript: train.py\ntrain: {learning_rte: 1}\ndata: {columns: 3}\ntask: none\n"
    )
    report = checked(text, tmp_path, training_interpreter())
    assert not report.has_errors
    assert {finding.path for finding in report.findings} >= {("train",), ("data",), ("task",)}


def test_a_script_in_the_grammar_of_a_newer_python_is_not_judged(tmp_path: Path) -> None:
    text = "# file train.py: match no such grammar yet\nscript: train.py\n"
    python = training_interpreter()
    assert [one.code for one in checked(text, tmp_path, python).findings] == ["TN414"]
    newer = replace(python, version="3.99.0")
    assert checked(text, tmp_path, newer).findings == ()


def test_a_misspelt_key_is_not_also_said_to_be_absent(tmp_path: Path) -> None:
    text = """\
# file d.csv: review,sentiment | 20 rows
task: text-classification
model: {name_or_pth: ./m}
data: {train: d.csv, colums: {text: review, label: sentiment}}
"""
    report = checked(text, tmp_path, training_interpreter())
    assert [one.code for one in report.findings] == ["TN010", "TN010"]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "samples").glob("*/*.train.yaml")), ids=lambda path: path.stem
)
def test_the_samples_have_the_mistakes_that_they_show(path: Path) -> None:
    report = check(path.read_text(encoding="utf-8"), path.parent, training_interpreter())
    assert bool(report.findings) == path.name.startswith("with-a-mistake")
