"""What the words of a file are."""

from __future__ import annotations

from pathlib import Path

from recipes import checked, look_for, target_of, training_interpreter, write_files
from tunesmith.dialects.launch import read_launch
from tunesmith.ide.tokens import Token, foreign_tokens, tokens
from tunesmith.rules.foreign import check_foreign
from tunesmith.syntax.tree import Tree

RECIPE = """\
# file d.csv: 文,label | 40 rows
task: text-classification
model: {name_or_path: ./m}
data:
  train: d.csv
  columns: {text: 文, label: label}
train:
  evaluation_strategy: epoch
  save_strategy: epoch
  bf16: true
  "optim": adamw_torch
  nonsense: 1
  lr_scheduler_kwargs: {num_cycles: 1}
run: {attempts: 2}
"""
OWN = """\
script: train.py
args:
  rate: 1.0
  mode: fast
  other: 1
"""
SCRIPT = """\
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float)
parser.add_argument("--mode", choices=["fast", "slow"])
parser.parse_args()
"""
FOREIGN = """\
# launch trl sft --config train.yaml
# packages transformers 4.57.3, trl 0.27.2
model_name_or_path: ./m
output_dir: out
evaluation_strategy: epoch
save_strategy: steps
"""


def read(tree: Tree, found: list[Token]) -> list[tuple[str, str]]:
    """The words with what they are."""
    assert found == sorted(set(found))
    return [
        (
            tree.lines[one.line][one.start : one.end],
            f"{one.kind}, deprecated" if one.deprecated else one.kind,
        )
        for one in found
    ]


def test_words_of_a_recipe(tmp_path: Path) -> None:
    report = checked(RECIPE, tmp_path, training_interpreter())
    assert read(report.tree, tokens(report)) == [
        ("task", "property"),
        ("text-classification", "enumMember"),
        ("model", "namespace"),
        ("name_or_path", "property"),
        ("./m", "string"),
        ("data", "namespace"),
        ("train", "property"),
        ("d.csv", "string"),
        ("columns", "namespace"),
        ("text", "property"),
        ("label", "property"),
        ("train", "namespace"),
        ("evaluation_strategy", "property, deprecated"),
        ("save_strategy", "property"),
        ("epoch", "enumMember"),
        ("bf16", "property"),
        ('"optim"', "property"),
        ("adamw_torch", "enumMember"),
        ("lr_scheduler_kwargs", "property"),
        ("run", "namespace"),
    ]


def test_words_of_a_recipe_with_a_script(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)
    report = checked(OWN, tmp_path, training_interpreter())
    assert read(report.tree, tokens(report)) == [
        ("script", "property"),
        ("train.py", "string"),
        ("args", "namespace"),
        ("rate", "parameter"),
        ("mode", "parameter"),
        ("fast", "enumMember"),
    ]


def test_words_of_the_file_of_somebody_else(tmp_path: Path) -> None:
    write_files(FOREIGN, tmp_path)
    launch = read_launch("trl sft --config train.yaml")
    report = check_foreign(
        tmp_path / "train.yaml", FOREIGN, tmp_path, look_for(FOREIGN), launch, target_of(FOREIGN)
    )
    assert report is not None
    tree = report.reading.documents[report.reading.file]
    assert read(tree, foreign_tokens(report)) == [
        ("model_name_or_path", "property"),
        ("./m", "string"),
        ("output_dir", "property"),
        ("evaluation_strategy", "property, deprecated"),
        ("save_strategy", "property"),
        ("steps", "enumMember"),
    ]


def test_what_is_repeated_is_told_once(tmp_path: Path) -> None:
    text = (
        "base: &b {seed: 1, optim: sgd}\ntask: causal-lm\ntrain: {<<: *b, eval-strategy: no}\n"
        "data: *b\nrun: {slurm: {cpus-per-task: 2}}\n"
    )
    report = checked(text, tmp_path, training_interpreter())
    found = read(report.tree, tokens(report))
    assert found[:2] == [("task", "property"), ("causal-lm", "enumMember")]
    assert ("cpus-per-task", "property") in found
    assert "eval-strategy" not in dict(found)


def test_one_word_is_one_thing(tmp_path: Path) -> None:
    report = checked("data: &d {train: x.csv}\nmodel: *d\ntrain: *d\n", tmp_path, training_interpreter())
    found = tokens(report)
    assert len({(one.line, one.start) for one in found}) == len(found) > 0
