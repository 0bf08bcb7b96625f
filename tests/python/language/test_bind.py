from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Literal

import pytest
from tunesmith.core.finding import Finding
from tunesmith.core.nearest import nearest
from tunesmith.core.path import dotted
from tunesmith.rules.texts import message
from tunesmith.stages.recipe import BUILT_IN, Recipe
from tunesmith.stages.train.config import ModelConfig, Task
from tunesmith.syntax.bind import bind
from tunesmith.syntax.parse import parse

WHOLE = """\
task: text-classification
model: {name_or_path: m}
data: {train: d.csv, columns: {text: a, label: b}, split: {validation: 1}}
train: {learning_rate: 5e-5}
"""


def found(text: str) -> list[tuple[str, str, str]]:
    """Code, path and message of every finding."""
    findings = bind(parse(text), Recipe, BUILT_IN).findings
    return [(one.code, dotted(one.path), message(one)) for one in findings]


def test_a_whole_recipe() -> None:
    bound = bind(parse(WHOLE), Recipe, BUILT_IN)
    recipe = bound.value
    assert bound.findings == ()
    assert recipe.task is Task.TEXT_CLASSIFICATION
    assert recipe.model == ModelConfig("m")
    assert recipe.data is not None
    assert recipe.data.split is not None
    assert recipe.data.split.validation == 1.0
    assert recipe.train == {"learning_rate": 5e-5}
    assert recipe.written == {"task", "model", "data", "train"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("TN011", "", "a recipe needs task, model and data")]),
        ("- 1\n", [("TN014", "", "a recipe is a section with keys of its own, not a list")]),
        (
            WHOLE.replace("task:", "tsak:"),
            [("TN010", "tsak", "tsak is not a key of a recipe; did you mean task?")],
        ),
        (
            WHOLE.replace("text-classification", "text-clasification"),
            [
                (
                    "TN013",
                    "task",
                    "text-clasification is not a choice of task; did you mean text-classification?",
                )
            ],
        ),
        (
            WHOLE.replace("text-classification", "translate"),
            [("TN013", "task", "translate is not a choice of task: text-classification, causal-lm")],
        ),
        (
            WHOLE.replace("validation: 1", "seed: 1.5"),
            [("TN012", "data.split.seed", "data.split.seed is a whole number, not 1.5")],
        ),
        (
            WHOLE.replace("text: a", "text: 5"),
            [("TN012", "data.columns.text", "data.columns.text is a text, not 5")],
        ),
        (
            WHOLE.replace("{validation: 1}", "0.1"),
            [("TN014", "data.split", "data.split is a section with keys of its own, not 0.1")],
        ),
        (
            WHOLE.replace("train: d.csv, ", ""),
            [("TN011", "data", "data needs train")],
        ),
        (
            WHOLE.replace("{learning_rate: 5e-5}", "[1]"),
            [("TN014", "train", "train is a section with keys of its own, not a list")],
        ),
        (WHOLE + "accelerate:\n", []),
    ],
)
def test_findings(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(text) == expected


def test_fixes_rename_and_quote() -> None:
    def titles(text: str) -> list[str]:
        findings: tuple[Finding, ...] = bind(parse(text), Recipe, BUILT_IN).findings
        return [fix.title for one in findings for fix in one.fixes]

    assert titles(WHOLE.replace("model:", "modle:")) == ["Change to model", "Remove modle"]
    assert titles(WHOLE.replace("text: a", "text: 5")) == ["Put it in quotes"]
    assert titles(WHOLE.replace("task: text-classification\n", "")) == [
        "Add task: text-classification",
        "Add task: causal-lm",
    ]


class Size(enum.Enum):
    SMALL = "small"


@dataclass(frozen=True)
class Sample:
    """Every kind of field that a section may have."""

    names: tuple[str, ...] = ()
    size: Size | None = None
    mode: Literal["a", "b"] = "a"
    flag: bool = False
    share: float | None = None


def test_every_kind_of_field() -> None:
    bound = bind(parse("names: [x, y]\nsize: small\nmode: b\nflag: true\nshare: null\n"), Sample)
    assert bound.findings == ()
    assert bound.value == Sample(("x", "y"), Size.SMALL, "b", True, None)


def test_what_is_wrong_keeps_its_default() -> None:
    bound = bind(parse("names: x\nsize: 5\nmode: c\nflag: 1\nshare: true\n"), Sample)
    assert bound.value == Sample()
    assert [one.code for one in bound.findings] == ["TN012", "TN012", "TN013", "TN012", "TN012"]


@pytest.mark.parametrize(
    ("word", "names", "near"),
    [
        ("lerning_rate", ["learning_rate", "logging_steps"], "learning_rate"),
        ("eval-strategy", ["eval_strategy"], "eval_strategy"),
        ("epohc", ["no", "steps", "epoch"], "epoch"),
        ("strategy_eval", ["eval_strategy", "save_strategy"], "eval_strategy"),
        ("never", ["no", "steps", "epoch"], None),
        ("x", ["y", "z"], None),
        ("batch_size", ["per_device_train_batch_size"], None),
        ("标签", ["标签列", "评论"], "标签列"),
    ],
)
def test_nearest(word: str, names: list[str], near: str | None) -> None:
    assert nearest(word, names) == near
