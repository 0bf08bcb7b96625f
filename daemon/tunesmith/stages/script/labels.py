"""Rules about the labels that a script trains a classifier with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.data_columns import Column
from tunesmith.facts.names import MODEL, SCRIPT_ARGUMENTS, SCRIPT_USE, TRAIN_FILE
from tunesmith.stages.script.expressions import argument, value_of, whole

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

SEQUENCE, TOKEN = "ForSequenceClassification", "ForTokenClassification"
NAMES = {SEQUENCE: ("label", "labels"), TOKEN: ("ner_tags", "labels", "tags", "label")}
SEVERAL = "multi_label_classification"
CHANGES = (
    "ClassLabel",
    "LabelEncoder",
    "cast_column",
    "class_encode_column",
    "factorize",
    "fit_transform",
    "get_dummies",
    "label2id",
    "label_list",
    "label_map",
    "label_to_id",
    "replace",
)
"""Names in a script that makes other labels of those in the data."""
CASTS = ("float", "float32", "FloatTensor", "astype", "Value")
IGNORED = -100
"""Torch's `ignore_index`."""


def label_column(recipe: Recipe, facts: Facts) -> tuple[str, Column] | None:
    """The column of labels as the data has them, where the script surely takes them as they are."""
    use, contents = facts[SCRIPT_USE], facts[TRAIN_FILE].contents
    kind = _kind(use.model_class)
    if contents is None or kind is None or use.names & set(CHANGES) or use.trainer is None:
        return None
    written = value_of("label_column_name", recipe, facts.get(SCRIPT_ARGUMENTS))
    names = (written,) if isinstance(written, str) else NAMES[kind]
    return next(((name, contents.columns[name]) for name in names if name in contents.columns), None)


def classes(recipe: Recipe, facts: Facts) -> int | None:
    """How many classes the model is made with; None when that is not plain."""
    use = facts[SCRIPT_USE]
    loaded = use.loads.get(use.model_class or "", {})
    if {"id2label", "label2id"} & loaded.keys():
        return None
    for call in (loaded, use.loads.get("AutoConfig", {}) if "config" in loaded else {}):
        if "num_labels" in call:
            return whole(argument(call["num_labels"], recipe, facts.get(SCRIPT_ARGUMENTS)))
    if "config" in loaded or MODEL not in facts or not facts[MODEL].has_config:
        return None
    config = facts[MODEL].config
    named = config.get("id2label")
    return len(named) if isinstance(named, dict) else whole(config.get("num_labels", 2))


@rule(
    "TN245",
    Severity.ERROR,
    "{column} holds the label {label}, and the model has {count} classes: 0 to {last}",
    needs=(SCRIPT_USE, TRAIN_FILE),
)
def label_out_of_range(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The data has a label that is none of the classes of the model.

    Why: the loss looks for the label among the classes; on a GPU all that comes later fails with it.
    Library: torch: IndexError, Target 7 is out of bounds; on a GPU an assertion, t >= 0 && t < n_classes.
    Flags:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a", "label": 3}
        # script Trainer(AutoModelForSequenceClassification.from_pretrained("bert", num_labels=3))
        train_file: d.jsonl
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a", "label": 2}
        # script Trainer(AutoModelForSequenceClassification.from_pretrained("bert", num_labels=3))
        train_file: d.jsonl
        num_train_epochs: 1
        ---
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a", "label": 3}
        # script label2id = {3: 0}
        # script Trainer(AutoModelForSequenceClassification.from_pretrained("bert", num_labels=3))
        train_file: d.jsonl
        num_train_epochs: 1
    """
    found, count = label_column(recipe, facts), classes(recipe, facts)
    if found is None or count is None or count < 2:
        return
    name, column = found
    wholes = [one for one in column.values or () if isinstance(one, int) and not isinstance(one, bool)]
    beyond = [one for one in wholes if one >= count or (one < 0 and one != IGNORED)]
    if beyond and column.kinds <= {"integer", "list", "null"}:
        worst = max(beyond, key=abs)
        yield label_out_of_range.at(*_where(recipe), column=name, label=worst, count=count, last=count - 1)


@rule(
    "TN246",
    Severity.WARNING,
    "With one class the loss is that of a regression, and {column} holds whole numbers as classes have",
    needs=(SCRIPT_USE, TRAIN_FILE),
)
def whole_numbers_for_a_regression(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A classifier is made with one class, and its labels are whole numbers.

    Why: `num_labels: 1` means a regression: there is one number and no class to be right about. Two classes
    are `num_labels: 2`.
    Library: silent; before some release of torch and transformers RuntimeError, Found dtype Long but expected
    Float.
    Flags:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a", "label": 0}
        # script Trainer(AutoModelForSequenceClassification.from_pretrained("bert", num_labels=1))
        train_file: d.jsonl
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a", "label": 0.5}
        # script Trainer(AutoModelForSequenceClassification.from_pretrained("bert", num_labels=1))
        train_file: d.jsonl
        num_train_epochs: 1
    """
    found = label_column(recipe, facts)
    single = classes(recipe, facts) == 1 and _kind(facts[SCRIPT_USE].model_class) == SEQUENCE
    if found and single and found[1].kinds == {"integer"} and not facts[SCRIPT_USE].names & set(CASTS):
        yield whole_numbers_for_a_regression.at(*_where(recipe), column=found[0])


@rule(
    "TN247",
    Severity.ERROR,
    "{column} holds numbers with a fraction, and {count} classes need whole ones",
    needs=(SCRIPT_USE, TRAIN_FILE),
)
def fractions_for_classes(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Labels are numbers with a fraction, and the model has several classes.

    Why: a number with a fraction is no class; it is taken for one of several labels at once.
    Library: torch: ValueError, Target size must be the same as input size; or RuntimeError, expected scalar
    type Long but found Float.
    Flags:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a", "label": 1.0}
        # script Trainer(AutoModelForSequenceClassification.from_pretrained("bert", num_labels=3))
        train_file: d.jsonl
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a", "label": 1}
        # script Trainer(AutoModelForSequenceClassification.from_pretrained("bert", num_labels=3))
        train_file: d.jsonl
        num_train_epochs: 1
    """
    found, count = label_column(recipe, facts), classes(recipe, facts)
    use = facts[SCRIPT_USE]
    casts = use.names & {"int", "int64", "long", "LongTensor", "astype", "round", "Value"}
    several = count is not None and count > 1 and _kind(use.model_class) == SEQUENCE
    if found and several and found[1].kinds == {"float"} and not casts:
        yield fractions_for_classes.at(*_where(recipe), column=found[0], count=count)


@rule(
    "TN248",
    Severity.ERROR,
    "{column} holds texts like {label}, and the script makes no numbers of them",
    needs=(SCRIPT_USE, TRAIN_FILE),
)
def labels_are_texts(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Labels are texts, and nothing in the script makes classes of them.

    Why: a batch is a tensor of numbers.
    Library: transformers: ValueError, Unable to create tensor …; or too many dimensions 'str'.
    Flags:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a", "label": "good"}
        # script Trainer(AutoModelForSequenceClassification.from_pretrained("bert", num_labels=2))
        train_file: d.jsonl
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a", "label": "good"}
        # script d.class_encode_column("label")
        # script Trainer(AutoModelForSequenceClassification.from_pretrained("bert", num_labels=2))
        train_file: d.jsonl
        num_train_epochs: 1
    """
    found, use = label_column(recipe, facts), facts[SCRIPT_USE]
    if found is None or found[1].kinds - {"null"} != {"text"} or {"label", "labels"} & use.columns_made:
        return
    taken = any(text.strip("'\"") in ("label", "labels", found[0]) for text in use.columns_read)
    if found[0] in ("label", "labels") and not taken:
        label = min((str(one) for one in found[1].values or ()), default="text")
        yield labels_are_texts.at(*_where(recipe), column=found[0], label=label)


@rule(
    "TN255",
    Severity.ERROR,
    "{column} holds whole numbers, and several labels at once are learnt as 0.0 and 1.0",
    needs=(SCRIPT_USE, TRAIN_FILE),
)
def whole_numbers_for_several_labels(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A classifier of several labels at once is given them as whole numbers.

    Why: the loss compares each with a probability, and torch takes no whole numbers for that.
    Library: torch: RuntimeError, result type Float can't be cast to the desired output type Long.
    Flags:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a", "labels": [0, 1]}
        # script Trainer(AutoModelForSequenceClassification.from_pretrained("bert", num_labels=2,
        # script problem_type="multi_label_classification"))
        train_file: d.jsonl
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a", "labels": [0.0, 1.0]}
        # script Trainer(AutoModelForSequenceClassification.from_pretrained("bert", num_labels=2,
        # script problem_type="multi_label_classification"))
        train_file: d.jsonl
        num_train_epochs: 1
        ---
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a", "labels": [0, 1]}
        # script Trainer(AutoModelForSequenceClassification.from_pretrained("bert", num_labels=2))
        train_file: d.jsonl
        num_train_epochs: 1
    """
    found, use = label_column(recipe, facts), facts[SCRIPT_USE]
    if found is None or found[1].kinds != {"list"} or use.names & set(CASTS):
        return
    loaded = use.loads.get(use.model_class or "", {})
    kind = argument(loaded.get("problem_type", ""), recipe, facts.get(SCRIPT_ARGUMENTS))
    wholes = all(isinstance(one, int) and not isinstance(one, bool) for one in found[1].values or ("",))
    if kind == SEVERAL and _kind(use.model_class) == SEQUENCE and wholes:
        yield whole_numbers_for_several_labels.at("data", "train", column=found[0])


def _kind(model_class: str | None) -> str | None:
    return next((kind for kind in NAMES if (model_class or "").endswith(kind)), None)


def _where(recipe: Recipe) -> RecipePath:
    load = recipe.model.load if recipe.model else {}
    return ("model", "load", "num_labels") if "num_labels" in load else ("data", "train")


RULES = (
    label_out_of_range,
    whole_numbers_for_a_regression,
    fractions_for_classes,
    labels_are_texts,
    whole_numbers_for_several_labels,
)
