"""Models in parts on two CPU ranks: really cut, trained as an uncut one, saved whole, resumed exactly."""

from __future__ import annotations

import json
import math
import random
import struct
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tiny_tokenizer import CONFIG, write_tokenizer
from training import end
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.proof import proof_of
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, launch, resume, store
from tunesmith.runs.document import sections
from tunesmith.runs.view import RunView
from waiting import until

PATIENCE = 300.0
STEPS, SAVED = 8, 4
RECIPE = """\
task: causal-lm
model:
  config: {config}
  tokenizer: ./tokenizer
  {model}
data:
  train: story.txt
  split: {{validation: 0.2}}
  max_length: 8
train:
  max_steps: {steps}
  per_device_train_batch_size: {batch}
  per_device_eval_batch_size: 3
  learning_rate: 1.0e-2
  eval_strategy: steps
  eval_steps: {saved}
  logging_steps: 1
  save_strategy: steps
  save_steps: {saved}
accelerate: {accelerate}
"""
FSDP = "num_processes: 2, distributed_type: FSDP, fsdp_config: {fsdp_version: 2, fsdp_state_dict_type: %s}"
WAYS = {
    "fsdp": {"batch": 2, "accelerate": "{" + FSDP % "FULL_STATE_DICT" + "}"},
    "sharded": {"batch": 2, "accelerate": "{" + FSDP % "SHARDED_STATE_DICT" + "}"},
    "tensor": {
        "batch": 4,
        "model": "distributed_config: {tp_size: 2}",
        "accelerate": "{num_processes: 2}",
    },
    "plain": {"batch": 4, "accelerate": "{num_processes: 1}"},
}
"""Each takes four blocks of tokens a step. FSDP reads a batch a rank, tensor parallel one for both."""
LOAD = """
import json, sys
from transformers import AutoModelForCausalLM
model, about = AutoModelForCausalLM.from_pretrained(sys.argv[1], output_loading_info=True)
print(json.dumps([model.num_parameters(), *map(sorted, (about["missing_keys"], about["unexpected_keys"]))]))
"""


MODEL = {**CONFIG, "vocab_size": 12}
"""Words for two ranks alike."""


def write_varied_story(file: Path) -> None:
    """60 lines of 4 words, each block of eight another one, so that it shows who reads what."""
    draw = random.Random(0)
    words = ("a", "very", "good", "bad", "film", "plot")
    file.write_text("".join(" ".join(draw.choices(words, k=4)) + "\n" for _ in range(60)))


@dataclass
class Place:
    """A folder with a recipe a way; a run of each, started when it is first asked for."""

    folder: Path
    trainer: Interpreter
    runs: dict[str, RunFolder]

    def recipe(self, way: str, **more: Any) -> Path:
        path = self.folder / f"{way}.train.yaml"
        values: dict[str, Any] = {"model": "", "steps": STEPS, "saved": SAVED, **WAYS[way], **more}
        path.write_text(RECIPE.format(config=json.dumps(MODEL), **values))
        return path

    def run(self, way: str) -> RunFolder:
        """Finished."""
        if way not in self.runs:
            self.runs[way] = control.start(self.recipe(way), self.trainer)
        finished(self.runs[way])
        return self.runs[way]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, trainer: Interpreter) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("parts")
    write_tokenizer(folder / "tokenizer")
    write_varied_story(folder / "story.txt")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield Place(folder, trainer, {})
    for home in store.homes([folder]):
        for run in store.runs_in(home):
            end(run)


def ended(run: RunFolder) -> RunView:
    def look() -> RunView | None:
        view = store.look(run)
        return view if view.state in ("ended", "lost") else None

    return until("it has ended", look, PATIENCE)


def finished(run: RunFolder) -> None:
    view = ended(run)
    assert view.cause == "finished", (view.message, view.log and Path(view.log).read_text()[-3000:])


def losses(run: RunFolder, name: str = "loss") -> dict[int, float]:
    state = read_json(run.checkpoints / f"checkpoint-{STEPS}" / "trainer_state.json") or {}
    return {each["step"]: each[name] for each in state["log_history"] if name in each}


def parts(run: RunFolder) -> list[dict[str, Any]]:
    found = [read_json(run.attempt(1).rank_parts(rank)) for rank in (0, 1)]
    assert None not in found
    return [each for each in found if each]


def saved_numbers(weights: Path) -> int:
    """How many numbers a safetensors file holds, by its header."""
    with open(weights, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    return sum(math.prod(each["shape"]) for name, each in header.items() if name != "__metadata__")


def test_two_ways_cut_the_model_and_train_the_same(place: Place) -> None:
    """Neither knows of the other, and both take the same blocks of tokens in each step."""
    for way, said in (("fsdp", "FSDP"), ("tensor", "tensor parallel")):
        run = place.run(way)
        for held in parts(run):
            assert held["way"] == said
            # What is cut unevenly or not at all, like a norm, is a little.
            assert held["here"] / held["parameters"] == pytest.approx(0.5, abs=0.03)
            assert held["bytes_here"] / held["bytes"] == pytest.approx(0.5, abs=0.03)
        for weights in (f"checkpoint-{SAVED}", "final"):
            whole = run.checkpoints / weights / "model.safetensors"
            assert saved_numbers(whole) == parts(run)[0]["parameters"]
        assert f"way: {said}\nparameters: " in sections(run)["Model in parts"]
    by_fsdp, by_tensor = losses(place.run("fsdp")), losses(place.run("tensor"))
    assert sorted(by_fsdp) == list(range(1, STEPS + 1))
    assert by_fsdp == pytest.approx(by_tensor, abs=1e-4)
    evaluated = [losses(place.run(way), "eval_loss") for way in ("fsdp", "tensor")]
    assert sorted(evaluated[0]) == [SAVED, STEPS]
    assert evaluated[0] == pytest.approx(evaluated[1], abs=1e-3)
    # A guess among twelve words, not twice that.
    assert by_fsdp[1] == pytest.approx(math.log(12), abs=0.2)
    assert by_fsdp[STEPS] < by_fsdp[1] - 0.1


@pytest.mark.long
@pytest.mark.parametrize("way", ["fsdp", "sharded", "tensor"])
def test_is_resumed_bit_for_bit(place: Place, way: str) -> None:
    run = place.run(way)
    for name in ("loss", "grad_norm"):
        assert losses(run, name) == pytest.approx(losses(place.run("plain"), name), abs=1e-4), name
    assert losses(run, "eval_loss") == pytest.approx(losses(place.run("plain"), "eval_loss"), abs=1e-3)
    weights = (run.checkpoints / "final" / "model.safetensors").read_bytes()
    resume.resume(run, str(SAVED))
    finished(run)
    for rank in (0, 1):
        record = read_json(run.attempt(2).proof(rank))
        assert record is not None
        proof = proof_of(record)
        assert (proof.label, proof.reason) == ("exact", None), proof
        assert set(proof.checks.values()) == {"same"}
        assert {"model", "optimizer", "scheduler", "random numbers"} <= set(proof.checks)
    told = store.look(run).resumed
    assert told is not None
    assert (told.label, told.proved, told.replayed) == ("exact", True, STEPS - SAVED)
    assert (run.checkpoints / "final" / "model.safetensors").read_bytes() == weights


@pytest.mark.long
@pytest.mark.parametrize("way", ["fsdp", "sharded", "tensor"])
def test_a_stop_saves_what_loads(place: Place, way: str) -> None:
    run = control.start(place.recipe(way, steps=1_000_000, saved=1_000_000), place.trainer)
    until("steps", lambda: store.look(run).step >= 3 or None, PATIENCE)
    control.stop(run, force=False, by="the test")
    assert ended(run).cause == "stopped"
    step = store.look(run).step
    checkpoint = run.checkpoints / f"checkpoint-{step}"
    resume.resume(run)
    until("it goes on", lambda: store.look(run).step > step or None, PATIENCE)
    told = store.look(run).resumed
    assert told is not None
    assert (told.step, told.label, told.proved) == (step, "exact", True)
    control.stop(run, force=False, by="the test")
    assert ended(run).cause == "stopped"
    if way == "sharded":
        return  # Its checkpoints load with FSDP alone.
    loaded = subprocess.run(
        [place.trainer.path, "-c", LOAD, checkpoint], capture_output=True, text=True, check=True, timeout=240
    )
    assert json.loads(loaded.stdout.splitlines()[-1]) == [parts(run)[0]["parameters"], [], []]


@pytest.mark.long
def test_pretrained_weights_are_cut_too(place: Place) -> None:
    """Of FSDP's ranks only the first one reads them; of tensor parallel ones each reads its part."""
    weights = place.run("plain").checkpoints / "final"
    found: list[dict[int, float]] = []
    for way in ("fsdp", "tensor"):
        path = place.recipe(way)
        config = f"config: {json.dumps(MODEL)}"
        path.write_text(path.read_text().replace(config, f"name_or_path: {weights}"))
        run = control.start(path, place.trainer)
        finished(run)
        found.append(losses(run))
        assert parts(run)[1]["here"] / parts(run)[1]["parameters"] == pytest.approx(0.5, abs=0.03)
    assert found[0] == pytest.approx(found[1], abs=1e-4)
    assert found[0][1] < losses(place.run("plain"))[1] - 0.1, "it begins where the other one ended"


@pytest.mark.long
def test_what_is_not_cut_does_not_train(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a launcher that makes plain data-parallel ranks of what it is asked for."""
    real = launch.accelerate_config

    def plain(accelerate: Mapping[str, Any]) -> dict[str, Any]:
        return {**real(accelerate), "distributed_type": "MULTI_GPU", "fsdp_config": {}}

    monkeypatch.setattr(launch, "accelerate_config", plain)
    run = control.start(place.recipe("fsdp"), place.trainer)
    view = ended(run)
    assert (view.cause, view.step) == ("failed", 0)
    said = "accelerate.distributed_type asks for FSDP, and rank 0 got all"
    assert said in (view.message or "") or said.replace("rank 0", "rank 1") in (view.message or "")


@pytest.mark.long
def test_a_checkpoint_in_parts_is_resumed_in_the_same_way(place: Place) -> None:
    run = place.run("tensor")
    Path(store.look(run).recipe).write_text(place.recipe("plain").read_text())
    with pytest.raises(resume.CannotResume, match="does not fit"):
        resume.resume_as_new(run, place.trainer, str(SAVED))
