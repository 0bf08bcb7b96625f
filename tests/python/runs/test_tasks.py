"""What each task makes of its data and its model, with the real libraries; several trainings a process."""

from __future__ import annotations

import json
import math
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tiny_model import write_model, write_reviews
from tiny_tokenizer import CONFIG, write_story, write_tokenizer
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs.runtime_copy import runtime_copy

TRAIN = """
import json, sys
from dataclasses import dataclass, field
from pathlib import Path
from tunesmith.core.layout import AttemptFolder
from tunesmith.runtime.rebuild import rebuild
from tunesmith.stages.train.config import TrainStage
from tunesmith.stages.train.main import main

@dataclass
class Recorder:
    checkpoints: Path
    rank: int = 0
    world_size: int = 1
    steps: int = 0
    stop_after: int = 0
    metrics: dict = field(default_factory=dict)
    artifacts: list = field(default_factory=list)
    resume_from = None

    @property
    def attempt(self):
        return AttemptFolder(self.checkpoints / "attempts" / "1")

    @property
    def events(self):
        return self.checkpoints / "tb"

    def progress(self, phase, *, step=0, metrics=None, **rest):
        self.steps = step or self.steps
        self.metrics = dict(metrics or self.metrics)

    def artifact(self, kind, path, **about):
        self.artifacts.append({"kind": kind, "path": str(path), **about})

    def stop_after_epoch(self, epoch):
        return False

    def stop_requested(self, epoch=None):
        return bool(self.stop_after) and self.steps + 1 >= self.stop_after

for number, case in enumerate(json.load(sys.stdin)):
    context = Recorder(Path(f"out-{number}").absolute(), stop_after=case.pop("stop_after", 0))
    try:
        main(rebuild(TrainStage, case), context)
    except Exception as error:
        print("=" + json.dumps({"error": f"{type(error).__name__}: {error}"}))
        continue
    told = {"steps": context.steps, "metrics": context.metrics, "artifacts": context.artifacts}
    print("=" + json.dumps(told), flush=True)
"""
PACK = """
import json
from datasets import Dataset
from tunesmith.runtime.rebuild import rebuild
from tunesmith.stages.data.config import DataConfig
from tunesmith.stages.data.documents import load_documents
from tunesmith.stages.train.config import ModelConfig
from tunesmith.stages.train.model import load_tokenizer
from tunesmith.stages.train.tasks.blocks import Collator, packed
from tunesmith.stages.train.tasks.causal_lm import perplexity

tokenizer = load_tokenizer(ModelConfig(tokenizer="tokenizer", config={"model_type": "llama"}))
rows = Dataset.from_dict({"text": ["a good film", "bad plot", "a very"], "ends": [True, True, True]})
blocks = packed(rows, tokenizer, 4)
batch = Collator(tokenizer)(blocks.to_list())
alone = packed(Dataset.from_dict({"text": ["a good film very"], "ends": [True]}), tokenizer, 4)
split = {"train": "story.txt", "split": {"validation": 0.1, "test": 0.2}}
parts = load_documents(rebuild(DataConfig, split))
few = {"train": "stories.csv", "columns": {"text": "story"}, "max_rows": 2}
table = load_documents(rebuild(DataConfig, few))
print(json.dumps({
    "words": [" ".join(tokenizer.convert_ids_to_tokens(one)) for one in blocks["input_ids"]],
    "labels": batch["labels"].tolist(),
    "mask": batch["attention_mask"].tolist(),
    "alone": len(alone),
    "lines": ["".join(part["text"]).count("\\n") for part in (parts.train, parts.validation)],
    "ends": list(parts.train["ends"]),
    "table": [len(table.train), list(table.train["ends"])],
    "infinite": perplexity(1e9),
}))
"""
DATA = {"train": "reviews.csv", "columns": {"text": "review", "label": "sentiment"}}
STEPS = {"max_steps": 2, "per_device_train_batch_size": 4, "save_strategy": "no", "use_cpu": True}
EVALUATED = {**STEPS, "eval_strategy": "steps", "eval_steps": 2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tasks")
    write_model(folder / "model")
    write_reviews(folder / "reviews.csv")
    write_tokenizer(folder / "tokenizer")
    write_story(folder / "story.txt")
    rows = ["a very good film", "", "bad plot", "a good plot"]
    (folder / "stories.csv").write_text("title,story\n" + "".join(f"t,{row}\n" for row in rows))
    return folder


def run(trainer: Interpreter, folder: Path, program: str, text: str = "") -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(runtime_copy(folder)),
        "HF_HOME": str(folder),
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
    }
    command = [str(trainer.path), "-c", program]
    done = subprocess.run(command, input=text, env=environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def told(trainer: Interpreter, folder: Path) -> dict[str, Any]:
    """What became of each training."""
    config = {"config": CONFIG, "tokenizer": "tokenizer"}
    cases: dict[str, dict[str, Any]] = {
        "causal-lm": {
            "task": "causal-lm",
            "model": config,
            "data": {"train": "story.txt", "split": {"validation": 0.2}},
            "train": EVALUATED,
        },
        "a table": {
            "task": "causal-lm",
            "model": config,
            "data": {"train": "stories.csv", "columns": {"text": "story"}},
            "train": STEPS,
        },
        "a classifier from a config": {
            "task": "text-classification",
            "model": config,
            "data": {**DATA, "split": {"validation": 0.2}},
            "train": EVALUATED,
        },
        "an adapter": {
            "task": "text-classification",
            "model": {"name_or_path": "model"},
            "data": {**DATA, "split": {"validation": 0.2}},
            "peft": {"r": 2, "target_modules": ["query"]},
            "train": EVALUATED,
        },
        "an adapter that is stopped": {
            "task": "causal-lm",
            "model": config,
            "data": {"train": "story.txt"},
            "peft": {"r": 2},
            "train": {**STEPS, "max_steps": 50},
            "stop_after": 3,
        },
        "no label": {
            "task": "text-classification",
            "model": {"name_or_path": "model"},
            "data": {"train": "reviews.csv", "columns": {"text": "review"}},
            "train": STEPS,
        },
        "two starts": {"task": "causal-lm", "model": {**config, "name_or_path": "model"}, "data": DATA},
        "no tokenizer": {"task": "causal-lm", "model": {"config": CONFIG}, "data": DATA},
    }
    said = run(trainer, folder, TRAIN, json.dumps(list(cases.values())))
    answers = [json.loads(line[1:]) for line in said.splitlines() if line.startswith("=")]
    return {**dict(zip(cases, answers, strict=True)), "log": said}


def test_a_language_model_from_a_config_and_a_text_file(told: dict[str, Any], folder: Path) -> None:
    found = told["causal-lm"]
    assert found["steps"] == 2
    loss, perplexity = found["metrics"]["eval_loss"], found["metrics"]["eval_perplexity"]
    assert perplexity == pytest.approx(math.exp(loss))
    (model,) = found["artifacts"]
    config = json.loads((folder / model["path"] / "config.json").read_text())
    assert config["architectures"] == ["LlamaForCausalLM"]
    assert (config["vocab_size"], config["eos_token_id"]) == (11, 3), "as the tokenizer has them"
    assert model["trainable_parameters"] == model["parameters"] > 1000


def test_a_language_model_from_a_column(told: dict[str, Any]) -> None:
    assert told["a table"]["steps"] == 2
    assert "stories.csv: 1 of 4 rows have no text and are left out" in told["log"]


def test_a_classifier_from_a_config(told: dict[str, Any]) -> None:
    found = told["a classifier from a config"]
    assert {"eval_loss", "eval_accuracy", "eval_f1"} == set(found["metrics"])
    assert found["artifacts"][0]["kind"] == "model"


def test_an_adapter_is_what_is_trained_and_saved(told: dict[str, Any], folder: Path) -> None:
    found = told["an adapter"]
    assert {"eval_loss", "eval_accuracy", "eval_f1"} == set(found["metrics"])
    (adapter,) = found["artifacts"]
    assert adapter["kind"] == "adapter"
    # Two matrices of 16 x 2 beside `query`, and the classifier's 2 x 16 + 2.
    assert adapter["trainable_parameters"] == 2 * 32 + 34
    about = json.loads((folder / adapter["path"] / "adapter_config.json").read_text())
    assert (about["task_type"], about["r"], about["target_modules"]) == ("SEQ_CLS", 2, ["query"])
    assert (folder / adapter["path"] / "adapter_model.safetensors").is_file()
    assert f"98 of {adapter['parameters']:,} parameters are trained" in told["log"]


def test_an_adapter_that_is_stopped_leaves_a_checkpoint(told: dict[str, Any], folder: Path) -> None:
    found = told["an adapter that is stopped"]
    (checkpoint,) = found["artifacts"]
    assert (checkpoint["kind"], checkpoint["step"]) == ("checkpoint", 3)
    assert (folder / checkpoint["path"] / "adapter_model.safetensors").is_file()
    assert (folder / checkpoint["path"] / "optimizer.pt").is_file()


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("no label", "data.columns.label is missing"),
        ("two starts", "exactly one of name_or_path and config"),
        ("no tokenizer", "model.config needs model.tokenizer"),
    ],
)
def test_what_a_check_would_have_refused_is_told_all_the_same(
    case: str, said: str, told: dict[str, Any]
) -> None:
    assert said in told[case]["error"]


def test_documents_are_joined_by_end_tokens_and_cut_into_blocks(trainer: Interpreter, folder: Path) -> None:
    found = json.loads(run(trainer, folder, PACK).splitlines()[-1])
    assert found["words"] == ["a good film [SEP]", "bad plot [SEP] a", "very [SEP]"]
    assert found["labels"][0] == [5, 7, 9, 3]
    assert found["labels"][2] == [6, 3, -100, -100], "an end token is learned, also where it pads"
    assert found["mask"][2] == [1, 1, 0, 0]
    assert found["alone"] == 1, "a token without a next one is left out"
    assert found["lines"] == [42, 6], "the end of a text is held back"
    assert found["ends"] == [True]
    assert found["table"] == [2, [True, True]]
    assert found["infinite"] == math.inf
