from __future__ import annotations

import re
from pathlib import Path

import pytest
from recipes import checked, cursor, training_interpreter
from tunesmith.ide.beside import names_beside
from tunesmith.ide.completion import Completion, completion
from tunesmith.ide.place import place_at
from tunesmith.ide.snippets import SNIPPETS, Snippet
from tunesmith.server.handlers.language import list_folder

FILES = """\
# file data/reviews.csv: review,label of it,no | 3 rows
# file models/tiny/config.json: {}
"""


def offered(text: str, folder: Path) -> dict[str, Completion]:
    text, position = cursor(FILES + text)
    report = checked(text, folder, training_interpreter())
    return {
        one.label: one
        for one in completion(
            report.tree.lines, report.facts, place_at(report.tree.lines, position), folder, list_folder
        )
    }


def blank(text: str, folder: Path) -> dict[str, Completion]:
    """What is offered in a text of its own."""
    text, position = cursor(text)
    report = checked(text, folder, training_interpreter())
    return {
        one.label: one
        for one in completion(
            report.tree.lines, report.facts, place_at(report.tree.lines, position), folder, list_folder
        )
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
    assert offered("data:\n  ‸", tmp_path)["train"].more, "files can follow"


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


def test_whole_recipes_are_offered_where_nothing_is_written(tmp_path: Path) -> None:
    found = blank("‸", tmp_path)
    recipes = [one for one in found.values() if one.kind == "recipe"]
    assert [one.label for one in recipes] == ["Text classifier", "Language model with LoRA", "Own script"]
    assert sorted(found, key=lambda name: found[name].sort)[:3] == [one.label for one in recipes]
    assert "Own script" in blank("# a comment\n‸", tmp_path)
    assert "Own script" not in blank("task: causal-lm\n‸", tmp_path)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda one: one.label)
def test_a_whole_recipe_is_one(snippet: Snippet, tmp_path: Path) -> None:
    text = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", snippet.text)
    (tmp_path / "train.py").touch()
    report = checked(text, tmp_path, training_interpreter())
    filled_in = {"TN102", "TN302"}  # files that are named by who takes it
    assert [one for one in report.findings if one.code not in filled_in] == []


def test_sections_that_fit_what_is_written(tmp_path: Path) -> None:
    assert set(offered("script: train.py\n‸", tmp_path)) == {
        "args",
        "accelerate",
        "run",
        "format",
        "target",
    }
    assert not {"script", "module", "args"} & set(offered("task: causal-lm\n‸", tmp_path))
    assert set(offered("model:\n  name_or_path: ./m\n  ‸", tmp_path)) == {"tokenizer", "distributed_config"}
    table = "task: causal-lm\ndata:\n  train: data/reviews.csv\n  columns:\n    ‸"
    assert set(offered(table, tmp_path)) == {"text"}


def test_keys_and_words_of_a_new_model(tmp_path: Path) -> None:
    types = offered("task: causal-lm\nmodel:\n  config:\n    model_type: ‸", tmp_path)
    assert "llama" in types
    assert "t5" not in types, "it cannot be trained for the task"
    keys = offered("model: {config: {model_type: llama, ‸}}", tmp_path)
    assert keys["hidden_size"].detail == "int · default 4096"
    assert "n_embd" not in keys


@pytest.mark.parametrize("targets", ["target_modules: [‸]", "target_modules:\n    - ‸"])
def test_modules_that_an_adapter_can_be_put_beside(targets: str, tmp_path: Path) -> None:
    text = f"# model m: bert\nmodel: {{name_or_path: ./m}}\npeft:\n  {targets}"
    assert list(offered(text, tmp_path)) == ["query", "value", "all-linear"]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("peft: {bias: ‸}", ["none", "all", "lora_only"]),
        ("peft: {use_dora: ‸}", ["true", "false"]),
        ("format: ‸", ["1"]),
        ("data: {max_rows: ‸}", []),
        ("model: {tokenizer: ./models/‸}", ["./models/tiny"]),
    ],
)
def test_values_of_the_other_sections(text: str, labels: list[str], tmp_path: Path) -> None:
    assert list(offered(text, tmp_path)) == labels
