"""Beside a real training, in one process of its interpreter: the lens says of every row what a batch says,
and the memory's formulas say what torch holds of weights, gradients and states."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rows_of_data import write_workspace
from tiny_tokenizer import CONFIG
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.model_folder import read_model_folder
from tunesmith.runs.runtime_copy import runtime_copy
from tunesmith.stages.train.memory import Layers, States, activations, states

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
# One step of each, and what it holds then; numbers that count steps are left out.
MEASURE = """
import torch
from transformers import LlamaConfig, LlamaForCausalLM

found = []
for case in ("AdamW-float32", "AdamW-bfloat16", "SGD-float32", "Adagrad-float32"):
    optimizer, dtype = case.split("-")
    torch.manual_seed(0)
    config = LlamaConfig(vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
                         num_attention_heads=4, tie_word_embeddings=True, max_position_embeddings=16)
    model = LlamaForCausalLM(config).to(getattr(torch, dtype))
    kept = getattr(torch.optim, optimizer)(model.parameters(), lr=1e-3)
    ids = torch.randint(0, 64, (2, 16))
    saved = []
    with torch.autograd.graph.saved_tensors_hooks(
        lambda one: saved.append((one.untyped_storage().data_ptr(), one.untyped_storage().nbytes())) or one,
        lambda one: one,
    ):
        loss = model(input_ids=ids, labels=ids).loss
    own = {one.untyped_storage().data_ptr() for one in model.parameters()}
    loss.backward()
    kept.step()
    size = lambda ones: sum(one.numel() * one.element_size() for one in ones)
    held = [value for state in kept.state.values() for name, value in state.items()
            if name != "step" and torch.is_tensor(value)]
    found.append({
        "weights": size(model.parameters()),
        "gradients": size(one.grad for one in model.parameters()),
        "optimizer": size(held),
        "activations": sum(dict(one for one in saved if one[0] not in own).values()),
    })
    model.save_pretrained(case)
print("=" + json.dumps(found))
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


@dataclass(frozen=True)
class Trained:
    """By case what a batch and the lens say; what each optimizer held, with the weights in `folder`."""

    folder: Path
    batches: dict[str, Any]
    held: list[dict[str, Any]]


@pytest.fixture(scope="module")
def trained(trainer: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("trained")
    write_workspace(folder)
    done = subprocess.run(
        [str(trainer.path), "-c", BOTH + MEASURE],
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
    return Trained(folder, dict(zip(CASES, answers[:-1], strict=True)), answers[-1])


@pytest.fixture
def both(trained: Trained) -> dict[str, Any]:
    return trained.batches


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


@pytest.mark.parametrize(
    ("number", "optimizer", "name"),
    [
        (0, "adamw_torch", "AdamW-float32"),
        (1, "adamw_torch", "AdamW-bfloat16"),
        (2, "sgd", "SGD-float32"),
        (3, "adagrad", "Adagrad-float32"),
    ],
)
def test_model_states_are_exactly_those_of_a_run(
    number: int, optimizer: str, name: str, trained: Trained
) -> None:
    stored = read_model_folder(trained.folder / name).stored
    assert stored is not None
    width = stored.bytes // stored.parameters
    told = states(States(stored.parameters, stored.parameters, width, width, optimizer))
    assert told is not None
    real = trained.held[number]
    assert (told.weights, told.gradients, told.optimizer) == (
        real["weights"],
        real["gradients"],
        real["optimizer"],
    )


def test_activations_are_of_the_size_that_a_run_keeps(trained: Trained) -> None:
    """An estimate for any decoder: within a factor of two of what autograd keeps of this one."""
    told = activations(Layers(2, 16, 32, 2, 4, 64, 4))
    assert 0.5 < told / trained.held[0]["activations"] < 2.0
