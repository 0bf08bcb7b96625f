"""The lens says of every row what a real batch of the training says of it."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest
from rows_of_data import write_workspace
from tiny_tokenizer import CONFIG
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs.runtime_copy import runtime_copy

# Each recipe once as the training prepares it and once through the lens.
BOTH = """
import dataclasses, json, sys
from transformers import TrainingArguments
from tunesmith.runtime.rebuild import rebuild
from tunesmith.stages.train import lens
from tunesmith.stages.train.config import TrainStage
from tunesmith.stages.train.model import load_tokenizer
from tunesmith.stages.train.tasks.table import TASKS

arguments = TrainingArguments(output_dir="out", report_to=[], use_cpu=True)
for case in json.load(sys.stdin):
    config = rebuild(TrainStage, case)
    prepared = TASKS[config.task](config, load_tokenizer(config.model), arguments)
    labels = getattr(prepared.model.config, "id2label", {})
    batch = prepared.collator(prepared.train.to_list())
    table = lens.read(config.data.train, config.data.columns, config.task, "")
    by = lens.sight(config)
    rows = [lens.see(table, row, by, config.data, False) for row in range(len(table.text))]
    print("=" + json.dumps({
        "ids": batch["input_ids"].tolist(),
        "mask": batch["attention_mask"].tolist(),
        "labels": batch["labels"].tolist(),
        "names": [labels.get(one) for one in range(len(labels))],
        "rows": [dataclasses.asdict(row) for row in rows],
        "survey": dataclasses.asdict(lens.survey(table, 3)),
    }))
"""
MODEL = {"config": CONFIG, "tokenizer": "tokenizer"}
REVIEWS = {"train": "reviews.jsonl", "columns": {"text": "review", "label": "sentiment"}}
STORIES = {"train": "stories.csv", "columns": {"text": "story"}}
CASES: dict[str, dict[str, Any]] = {
    "labels": {"task": "text-classification", "model": {"name_or_path": "model"}, "data": REVIEWS},
    "cut": {
        "task": "text-classification",
        "model": {"name_or_path": "model"},
        "data": {**REVIEWS, "max_length": 5},
    },
    "split": {
        "task": "text-classification",
        "model": {"name_or_path": "model"},
        "data": {**REVIEWS, "split": {"validation": 0.4, "test": 0.2, "seed": 1}},
    },
    "blocks": {"task": "causal-lm", "model": MODEL, "data": {**STORIES, "max_length": 8}},
}


@pytest.fixture(scope="module")
def both(trainer: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("lens")
    write_workspace(folder)
    done = subprocess.run(
        [str(trainer.path), "-c", BOTH],
        input=json.dumps(list(CASES.values())),
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(runtime_copy(folder)),
            "HF_HOME": str(folder),
            "HF_HUB_OFFLINE": "1",
            "OMP_NUM_THREADS": "1",
        },
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answers = [json.loads(line[1:]) for line in done.stdout.splitlines() if line.startswith("=")]
    return dict(zip(CASES, answers, strict=True))


def unpadded(found: dict[str, Any]) -> list[list[int]]:
    return [
        [one for one, real in zip(ids, mask, strict=True) if real]
        for ids, mask in zip(found["ids"], found["mask"], strict=True)
    ]


@pytest.mark.parametrize("case", ["labels", "cut"])
def test_rows_with_labels_are_those_of_a_real_batch(case: str, both: dict[str, Any]) -> None:
    found = both[case]
    used = [row for row in found["rows"] if row["left_out"] is None]
    assert [row["ids"] for row in used] == unpadded(found)
    assert [row["label"] for row in used] == [found["names"][one] for one in found["labels"]]
    assert [row["left_out"] for row in found["rows"]] == [None, "text", None, "label", None]


def test_what_is_cut_off_is_told(both: dict[str, Any]) -> None:
    first, *_, last = both["cut"]["rows"]
    assert (first["tokens"], first["cut"]) == (["[CLS]", "a", "very", "good", "[SEP]"], ["film"])
    assert (len(last["cut"]), last["longest"]) == (38, 5)
    assert both["labels"]["rows"][0]["cut"] == []


def test_documents_are_supervised_as_in_a_real_batch(both: dict[str, Any]) -> None:
    found = both["blocks"]
    used = [row for row in found["rows"] if row["left_out"] is None]
    learned = [
        one
        for row in used
        for one, is_learned in zip(row["ids"], row["supervised"], strict=True)
        if is_learned
    ]
    labels = [one for labels in found["labels"] for one in labels if one != -100]
    assert learned == labels
    assert [one for row in used for one in row["ids"]] == [one for ids in unpadded(found) for one in ids]
    assert used[1]["tokens"] == ["bad", "plot", "[SEP]"], "the last is the end token"
    assert used[2]["tokens"][2] == "[UNK]", "what the tokenizer does not know is not shown as if it did"
    assert {row["longest"] for row in used} == {8}


def test_a_row_is_where_the_split_puts_it(both: dict[str, Any]) -> None:
    found = both["split"]
    trained = [row["ids"] for row in found["rows"] if row["part"] == "train"]
    assert sorted(trained) == sorted(unpadded(found))
    parts = sorted(row["part"] or "" for row in found["rows"])
    assert parts == ["", "", "test", "train", "validation"]


def test_a_survey_names_the_rows_that_teach_nothing(both: dict[str, Any]) -> None:
    assert both["labels"]["survey"] == {"rows": 5, "looked": 3, "found": [[1, "text"]]}
    assert both["blocks"]["survey"]["found"] == [[1, "text"]]
