from __future__ import annotations

from pathlib import Path

import pytest
from recipes import checked, cursor, training_interpreter
from tunesmith.ide.beside import names_beside
from tunesmith.ide.completion import Completion, completion
from tunesmith.ide.place import place_at
from tunesmith.server.handlers.language import list_folder

FILES = """\
# file data/reviews.csv: review,label of it,no | 3 rows
# file models/tiny/config.json: {}
"""


def offered(text: str, folder: Path) -> dict[str, Completion]:
    text, position = cursor(FILES + text)
    report = checked(text, folder, training_interpreter())
    return {
        one.label: one for one in completion(report.tree.lines, report.facts, position, folder, list_folder)
    }


@pytest.mark.parametrize(
    ("text", "kind", "path", "prefix"),
    [
        ("‸", "key", (), ""),
        ("tra‸", "key", (), "tra"),
        ("train:\n  lea‸", "key", ("train",), "lea"),
        ("train:\n  ‸", "key", ("train",), ""),
        ("train:\n  a: 1\n  ‸\nx: 1", "key", ("train",), ""),
        ("train:\n  a: 1\n‸", "key", (), ""),
        ("train:\n  eval_strategy: ep‸", "value", ("train", "eval_strategy"), "ep"),
        ("train:\n  eval_strategy: ‸", "value", ("train", "eval_strategy"), ""),
        ("data:\n  columns:\n    text: ‸", "value", ("data", "columns", "text"), ""),
        ("data: {columns: {text: re‸}}", "value", ("data", "columns", "text"), "re"),
        ("data: {columns: {text: a, ‸}}", "key", ("data", "columns"), ""),
        ("data: {train: a.csv, col‸", "key", ("data",), "col"),
        ("data: {columns: {text: a}, ‸", "key", ("data",), ""),
        ("# comment ‸", None, (), ""),
        ("a: 1 # no‸", None, (), ""),
        ("# x\n\ntrain:\n\n  # y\n  ‸", "key", ("train",), ""),
        ("文: {本: ‸}", "value", ("文", "本"), ""),
    ],
)
def test_where_the_cursor_is(text: str, kind: str | None, path: tuple[str, ...], prefix: str) -> None:
    text, position = cursor(text)
    place = place_at(text.split("\n"), position)
    if kind is None:
        assert place is None
    else:
        assert place is not None
        assert (place.kind, place.path, place.prefix) == (kind, path, prefix)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a: 1\nb:\n  c: 2\n‸\nd: 3", {"a", "b", "d"}),
        ("a:\n  b: 1\n  # c: 2\n\n  e‸\n  f:\n    g: 1\nh: 1", {"b", "f"}),
        ("a:\n  b: 1\nc:\n  d: 1\n  ‸\ne:\n  f: 1", {"d"}),
        ("a:\n  b‸: 1\n  c: 1", {"c"}),
        ("a:\n  ‸b: 1\n  c: 1", {"b", "c"}),
        ("a: {b: 1, ‸, c: {d: 1}, e: [f, g]}", {"b", "c", "e"}),
        ("a: {b: 1, c: {d: 1, e‸: 2}}", {"d"}),
        ('"a": 1\nb: [\n  c‸\n', set[str]()),
    ],
)
def test_what_stands_in_the_section_already(text: str, names: set[str]) -> None:
    text, position = cursor(text)
    lines = text.split("\n")
    place = place_at(lines, position)
    assert place is not None
    assert names_beside(lines, place) == names


def test_sections_come_first_needed_and_unwritten(tmp_path: Path) -> None:
    found = offered("task: text-classification\n‸\n", tmp_path)
    assert "task" not in found
    assert sorted(found, key=lambda name: found[name].sort)[:2] == ["model", "data"]
    assert found["model"].text == "model:\n  "
    assert found["model"].more


def test_keys_of_a_section(tmp_path: Path) -> None:
    found = offered("data:\n  train: data/reviews.csv\n  co‸\n", tmp_path)
    assert set(found) == {"columns", "validation", "split", "max_length", "max_rows"}
    assert found["max_rows"].text == "max_rows: "
    assert "quick try" in found["max_rows"].documentation


def test_library_keys_carry_the_installed_help(tmp_path: Path) -> None:
    found = offered("train:\n  seed: 1\n  lear‸\n", tmp_path)
    assert len(found) > 100
    assert "seed" not in found
    rate = found["learning_rate"]
    assert rate.detail == "float · default 5e-05"
    assert "learning rate" in rate.documentation
    assert "transformers 5" in rate.documentation
    assert "evaluation_strategy" not in found


def test_a_key_before_its_colon_is_replaced_alone(tmp_path: Path) -> None:
    found = offered("train:\n  lea‸rning: 1\n", tmp_path)
    rate = found["learning_rate"]
    assert rate.text == "learning_rate"
    assert (rate.range.start.character, rate.range.end.character) == (2, 10)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("task: ‸", ["text-classification", "causal-lm"]),
        ("train:\n  eval_strategy: ‸", ["no", "steps", "epoch"]),
        ("train: {bf16: ‸}", ["true", "false"]),
        ("accelerate: {mixed_precision: ‸}", ["no", "fp16", "bf16", "fp8"]),
        ("train:\n  learning_rate: ‸", ["5e-05"]),
        ("model:\n  name_or_path: ‸", ["./data", "./models"]),
        ("model:\n  name_or_path: ./models/‸", ["./models/tiny"]),
        ("data:\n  train: data/‸", ["data/reviews.csv"]),
    ],
)
def test_values(text: str, labels: list[str], tmp_path: Path) -> None:
    found = offered(text, tmp_path)
    assert sorted(found, key=lambda name: found[name].sort) == labels


def test_columns_are_those_of_the_file_quoted_where_yaml_needs_it(tmp_path: Path) -> None:
    found = offered("data:\n  train: data/reviews.csv\n  columns:\n    text: ‸\n", tmp_path)
    assert list(found) == ["review", "label of it", "no"]
    assert found["review"].detail == "reviews.csv"


def test_a_value_straight_after_the_colon_gets_a_space(tmp_path: Path) -> None:
    assert offered("train:\n  bf16:‸", tmp_path)["true"].text == " true"
