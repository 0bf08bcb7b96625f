"""Rules about the data sets that LLaMA-Factory's files name: `dataset_info.json` and what it says of
columns."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import DATASETS, TRAIN_FILE

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

ALPACA = {"prompt": "instruction", "query": "input", "response": "output"}
"""The columns where `columns` says nothing at all; where it says something, what it leaves out is not
read."""
TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
ELSEWHERE = ("hf_hub_url", "ms_hub_url", "om_hub_url", "script_url", "cloud_file_name")
Values = Mapping[str, Any]


def names(recipe: Recipe, key: str = "dataset") -> list[str]:
    """The data sets that the file names."""
    written = recipe.args.get(key)
    listed = cast("list[object]", written) if isinstance(written, list) else str(written or "").split(",")
    return [name.strip() for name in listed if isinstance(name, str) and name.strip()]


@rule("TN722", Severity.ERROR, "dataset_info.json has no data set {name}{hint}", needs=(DATASETS,))
def dataset_is_not_registered(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A data set is named that `dataset_info.json` in `dataset_dir` does not define.

    Why: the tokenizer is loaded, then the run ends. `dataset_dir` is `data` where it is not written, seen
    from
    the folder where the training is launched.
    Library: llamafactory: ValueError, Undefined dataset … in dataset_info.json.
    Flags:
        # launch llamafactory-cli train train.yaml
        # file data/dataset_info.json: {"notes": {"file_name": "notes.json"}}
        stage: sft
        finetuning_type: lora
        dataset: note
    Accepts:
        # launch llamafactory-cli train train.yaml
        # file data/dataset_info.json: {"notes": {"file_name": "notes.json"}}
        stage: sft
        finetuning_type: lora
        dataset: notes
    """
    for key in ("dataset", "eval_dataset"):
        for name in names(recipe, key):
            if name not in facts[DATASETS]:
                near = difflib.get_close_matches(name, list(facts[DATASETS]), 1)
                single = near and recipe.args.get(key) == name
                path = ("args", key)
                fixes = (Fix(f"Change to {near[0]}", (SetValue(path, near[0]),), True),) if single else ()
                hint = f"; did you mean {near[0]}?" if near else ""
                yield dataset_is_not_registered.at(*path, on="value", name=name, hint=hint, fixes=fixes)


@rule("TN723", Severity.ERROR, "{problem}", needs=(DATASETS, TRAIN_FILE))
def dataset_has_other_columns(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The columns that `dataset_info.json` gives a data set are not those of its file, or lack the response.

    Why: rows without a prompt or a response are dropped, and nothing is left; a column that is not there
    ends the
    run. Once `columns` is written, what it leaves out is not read: its defaults count no more.
    Library: llamafactory and datasets: KeyError; or StopIteration, RuntimeError, Cannot find valid samples.
    Flags:
        # launch llamafactory-cli train train.yaml
        # file data/dataset_info.json: {"notes": {"file_name": "n.json", "columns": {"prompt": "question"}}}
        # file data/n.json: [{"question": "a", "answer": "b"}]
        stage: sft
        finetuning_type: lora
        dataset: notes
        ---
        # launch llamafactory-cli train train.yaml
        # file data/dataset_info.json: {"notes": {"file_name": "n.json"}}
        # file data/n.json: [{"question": "a", "answer": "b"}]
        stage: sft
        finetuning_type: lora
        dataset: notes
    Accepts:
        # launch llamafactory-cli train train.yaml
        # file data/dataset_info.json: {"n": {"file_name": "n.json", "columns": {"response": "a"}}}
        # file data/n.json: [{"q": "a", "a": "b"}]
        stage: sft
        finetuning_type: lora
        dataset: n
        ---
        # launch llamafactory-cli train train.yaml
        # file data/dataset_info.json: {"notes": {"file_name": "n.json"}}
        # file data/n.json: [{"instruction": "a", "input": "", "output": "b"}]
        stage: sft
        finetuning_type: lora
        dataset: notes
    """
    columns, listed = facts[TRAIN_FILE].columns, names(recipe)
    if columns is None or len(listed) != 1:
        return
    about = _mapping(facts[DATASETS].get(listed[0]))
    at: RecipePath = ("registry", listed[0])
    if not about or set(ELSEWHERE) & about.keys():
        return
    written = _mapping(about.get("columns")) if "columns" in about else None
    at = (*at, "columns") if written is not None else at
    shares = about.get("formatting", "alpaca") == "sharegpt"
    read: Values = {"messages": "conversations"} if shares else ALPACA
    if written is not None:
        read = {key: value for key, value in written.items() if isinstance(value, str)}
    needed = ("chosen", "rejected") if about.get("ranking") is True else ("response",)
    needed = () if shares or recipe.args.get("stage") == "pt" or "kto_tag" in read else needed
    for key in needed:
        if key not in read and written is not None:
            problem = f"columns of {listed[0]} names no {key}: every row is dropped"
            yield dataset_has_other_columns.at(*at, problem=problem)
    for key, column in read.items():
        if column not in columns and key in (*ALPACA, "messages", "chosen", "rejected", "kto_tag"):
            problem = f"{about.get('file_name')} has no column {column} for the {key}: {', '.join(columns)}"
            where = (*at, key) if written is not None else at
            yield dataset_has_other_columns.at(*where, problem=problem)


@rule("TN724", Severity.ERROR, "{problem}", needs=(DATASETS, TRAIN_FILE))
def dataset_has_other_tags(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The turns of conversations have other keys or roles than `tags` in `dataset_info.json` says.

    Why: without `tags` a turn is `{"from": "human", "value": …}`; another key ends the run, another role
    makes
    the conversation invalid, and when all are, nothing is left.
    Library: llamafactory: KeyError; or, after a warning Invalid role tag, StopIteration or RuntimeError,
    Cannot
    find valid samples.
    Flags:
        # launch llamafactory-cli train train.yaml
        # file data/dataset_info.json: {"n": {"file_name": "n.json", "formatting": "sharegpt"}}
        # file data/n.json: [{"conversations": [{"role": "user", "content": "b"}]}]
        stage: sft
        finetuning_type: lora
        dataset: n
    Accepts:
        # launch llamafactory-cli train train.yaml
        # file data/dataset_info.json: {"n": {"file_name": "n.json", "formatting": "sharegpt"}}
        # file data/n.json: [{"conversations": [{"from": "human", "value": "b"}]}]
        stage: sft
        finetuning_type: lora
        dataset: n
    """
    contents, listed = facts[TRAIN_FILE].contents, names(recipe)
    about = _mapping(facts[DATASETS].get(listed[0])) if len(listed) == 1 else {}
    if contents is None or about.get("formatting") != "sharegpt" or set(ELSEWHERE) & about.keys():
        return
    tags = {**TAGS, **_mapping(about.get("tags"))}
    column = _mapping(about.get("columns")).get("messages", "conversations")
    turns = [
        cast("Values", turn)
        for row in contents.sample
        if isinstance(row.get(column), list)
        for turn in cast("list[object]", row[column])
        if isinstance(turn, dict)
    ]
    at: RecipePath = ("registry", listed[0], "tags") if "tags" in about else ("registry", listed[0])
    absent = [key for key in ("role_tag", "content_tag") if not any(tags[key] in turn for turn in turns)]
    if turns and absent:
        keys = ", ".join(map(str, turns[0]))
        problem = f"{absent[0]} is {tags[absent[0]]}, and the turns in {about.get('file_name')} have {keys}"
        yield dataset_has_other_tags.at(*at, problem=problem)
        return
    roles = {str(turn.get(tags["role_tag"])) for turn in turns}
    known = {str(value) for key, value in tags.items() if key not in ("role_tag", "content_tag")}
    if roles and not roles & known:
        problem = (
            f"No turn in {about.get('file_name')} has a role that tags names: {', '.join(sorted(roles))}"
        )
        yield dataset_has_other_tags.at(*at, problem=problem)


def _mapping(value: object) -> Values:
    return cast("Values", value) if isinstance(value, Mapping) else {}


RULES = (
    dataset_is_not_registered,
    dataset_has_other_columns,
    dataset_has_other_tags,
)
