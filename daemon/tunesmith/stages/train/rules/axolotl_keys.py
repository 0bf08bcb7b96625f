"""Rules about keys and data set types of Axolotl's files that Axolotl does not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RenameKey, SetValue, Severity
from tunesmith.core.nearest import distance, nearest
from tunesmith.core.rule import rule
from tunesmith.facts.history import history
from tunesmith.facts.names import DIALECT, TRAIN_COLUMNS, VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.axolotl import AXOLOTL

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

INPUT = "axolotl:AxolotlInputConfig"
ELSEWHERE: Mapping[str, str] = {
    "lora_rank": "lora_r",
    "lora_target": "lora_target_modules",
    "lr_scheduler_type": "lr_scheduler",
    "max_length": "sequence_len",
    "max_seq_len": "sequence_len",
    "max_seq_length": "sequence_len",
    "num_train_epochs": "num_epochs",
    "optim": "optimizer",
    "per_device_train_batch_size": "micro_batch_size",
}
"""What other libraries call a key of Axolotl's."""
TYPES = frozenset(
    [
        "_synthetic",
        "alpaca",
        "alpaca_chat",
        "alpaca_instruct",
        "alpaca_w_system",
        "bradley_terry",
        "chat_template",
        "completion",
        "concisechoice",
        "context_qa",
        "creative_acr",
        "explainchoice",
        "gpteacher",
        "input_output",
        "jeopardy",
        "llama2_chat",
        "messages",
        "metharme",
        "oasst",
        "orcamini",
        "pretrain",
        "pygmalion",
        "reflection",
        "sharegpt",
        "stepwise_supervised",
        "summarizetldr",
        "user_defined",
    ]
)
"""prompt_strategies/ and the handlers of utils/data, 0.5 to 0.19; sharegpt has an error of its own."""
READ: Mapping[str, tuple[str, ...]] = {"alpaca": ("instruction", "output")}
"""The columns that a type reads whatever is said."""
FIELDS: Mapping[str, tuple[str, str]] = {
    "chat_template": ("field_messages", "messages"),
    "completion": ("field", "text"),
}
"""The key that names the column of a type, and the column where it is not written."""


@rule(
    "TN716",
    Severity.ERROR,
    "Axolotl has no data set type {name}{hint}",
    needs=(DIALECT, VERSIONS),
)
def unknown_dataset_type(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The `type` of a data set is none of the formats that Axolotl reads.

    Why: the tokenizer is loaded and the data fetched; then the run ends.
    Library: axolotl: ValueError, unhandled prompt tokenization strategy.
    Flags:
        # launch axolotl train train.yaml
        # packages axolotl 0.9.2
        base_model: m
        micro_batch_size: 1
        gradient_accumulation_steps: 1
        datasets: [{path: d, type: alpacca}]
    Accepts:
        # launch axolotl train train.yaml
        # packages axolotl 0.9.2
        base_model: m
        micro_batch_size: 1
        gradient_accumulation_steps: 1
        datasets: [{path: d, type: "alpaca:chat"}, {path: e, type: mine.own}, {path: f, type: completion}]
    """
    early = before(facts[VERSIONS], "axolotl", (0, 5)) is not False
    said = recipe.args
    if facts[DIALECT] != AXOLOTL or early or any(said.get(key) for key in ("rl", "skip_prepare_dataset")):
        return
    for index, one in enumerate(_datasets(recipe)):
        name = one.get("type")
        base = name.partition(":")[0] if isinstance(name, str) else ""
        # With a dot it may be a module of anybody's.
        if base and "." not in base and base not in TYPES:
            near = nearest(base, sorted(TYPES))
            hint = f"; did you mean {near}?" if near else ""
            path = ("args", "datasets", index, "type")
            fixes = (Fix(f"Change to {near}", (SetValue(path, near),), preferred=True),) if near else ()
            yield unknown_dataset_type.at(*path, on="value", name=base, hint=hint, fixes=fixes)


@rule(
    "TN717", Severity.WARNING, "Axolotl has no {key} and ignores it; did you mean {near}?", needs=(DIALECT,)
)
def unknown_axolotl_key(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key that no release of Axolotl has is written like one that it has, or as another library calls it.

    Why: keys that are not known are dropped, and what was meant stays at its default.
    Library: silent.
    Flags:
        # launch axolotl train train.yaml
        base_model: m
        sequence_length: 4096
        micro_batch_size: 1
        datasets: [{path: d, type: alpaca}]
        ---
        # launch axolotl train train.yaml
        base_model: m
        num_train_epochs: 3
        micro_batch_size: 1
        datasets: [{path: d, type: alpaca}]
    Accepts:
        # launch axolotl train train.yaml
        base_model: m
        sequence_len: 4096
        micro_batch_size: 1
        num_epochs: 3
        liger_rope: true
        datasets: [{path: d, type: alpaca}]
    """
    record = history(INPUT)
    if facts[DIALECT] != AXOLOTL or record is None:
        return
    written = {**recipe.args, **recipe.train}
    meant = {path for path in ("micro_batch_size", "num_epochs") if _moved(recipe, path)}
    for key in recipe.args:
        if record.knows(key):
            continue
        near = ELSEWHERE.get(key) or nearest(key, tuple(record.spells))
        if near and near not in written and near not in meant and (key in ELSEWHERE or _is_slip(key, near)):
            fix = Fix(f"Change to {near}", (RenameKey(("args", key), near),), preferred=True)
            yield unknown_axolotl_key.at("args", key, key=key, near=near, fixes=(fix,))


@rule(
    "TN718",
    Severity.ERROR,
    "Type {name} reads the column {column}, and {file} has {columns}",
    needs=(DIALECT, TRAIN_COLUMNS),
)
def dataset_lacks_its_column(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The `type` of a data set reads a column that its file does not have.

    Why: the first row that is prepared ends the run.
    Library: axolotl: KeyError, 'instruction', 'text' or 'messages'; ValueError, Messages is null. Please
    check `field_messages`.
    Flags:
        # launch axolotl train train.yaml
        # file d.jsonl: {"question": "a", "answer": "b"}
        base_model: m
        micro_batch_size: 1
        datasets: [{path: d.jsonl, type: alpaca}]
        ---
        # launch axolotl train train.yaml
        # file d.jsonl: {"conversations": []}
        base_model: m
        micro_batch_size: 1
        datasets: [{path: d.jsonl, type: chat_template}]
    Accepts:
        # launch axolotl train train.yaml
        # file d.jsonl: {"instruction": "a", "output": "b"}
        base_model: m
        micro_batch_size: 1
        datasets: [{path: d.jsonl, type: alpaca}]
        ---
        # launch axolotl train train.yaml
        # file d.jsonl: {"conversations": []}
        base_model: m
        micro_batch_size: 1
        datasets: [{path: d.jsonl, type: chat_template, field_messages: conversations}]
    """
    listed, columns = _datasets(recipe), facts[TRAIN_COLUMNS]
    if facts[DIALECT] != AXOLOTL or not listed or recipe.args.get("rl") or "input_ids" in columns:
        return
    one, name = listed[0], listed[0].get("type")
    if not isinstance(name, str) or recipe.args.get("skip_prepare_dataset") or recipe.args.get("plugins"):
        return
    read = READ.get(name, ())
    if name in FIELDS:
        key, otherwise = FIELDS[name]
        column = one.get(key, otherwise)
        read = (column,) if isinstance(column, str) else ()
    absent = next((column for column in read if column not in columns), None)
    if absent is not None:
        file, found = one.get("path"), ", ".join(columns)
        path = ("args", "datasets", 0, "type")
        yield dataset_lacks_its_column.at(
            *path, on="value", name=name, column=absent, file=file, columns=found
        )


def _datasets(recipe: Recipe) -> list[Mapping[str, Any]]:
    listed = recipe.args.get("datasets")
    every = cast("list[object]", listed) if isinstance(listed, list) else []
    return [cast("Mapping[str, Any]", one) for one in every if isinstance(one, Mapping)]


def _is_slip(key: str, near: str) -> bool:
    """Two letters at most, or the end of the word."""
    starts = key.startswith(near) or near.startswith(key)
    return distance(key, near, 2) <= 2 or (starts and abs(len(key) - len(near)) <= 3)


def _moved(recipe: Recipe, key: str) -> bool:
    """Whether a key stands in the file that is an argument of the Trainer by another name."""
    name = {"micro_batch_size": "per_device_train_batch_size", "num_epochs": "num_train_epochs"}[key]
    return name in recipe.train


RULES = (unknown_dataset_type, unknown_axolotl_key, dataset_lacks_its_column)
