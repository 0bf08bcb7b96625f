"""Models in parts on two CPU ranks: really cut, trained as an uncut one, saved whole, resumed exactly."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from in_parts import (
    MODEL,
    PATIENCE,
    SAVED,
    STEPS,
    Place,
    ended,
    finished,
    losses,
    parts,
    saved_numbers,
    write_varied_story,
)
from tiny_tokenizer import write_tokenizer
from trainer import REPOSITORY, transformers_version
from training import end
from tunesmith.core.files import read_json
from tunesmith.core.proof import proof_of
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, launch, resume, store
from tunesmith.runs.document import sections
from waiting import until

SAMPLES = REPOSITORY / "samples"
CUTS_TENSORS = transformers_version() >= (5,)
LOAD = """
import json, sys
from transformers import AutoModelForCausalLM
model, about = AutoModelForCausalLM.from_pretrained(sys.argv[1], output_loading_info=True)
print(json.dumps([model.num_parameters(), *map(sorted, (about["missing_keys"], about["unexpected_keys"]))]))
"""


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


def test_two_ways_cut_the_model_and_train_the_same(place: Place) -> None:
    """Neither knows of the other, and both take the same blocks of tokens in each step."""
    ways = {"fsdp": "FSDP"} | ({"tensor": "tensor parallel"} if CUTS_TENSORS else {})
    for way, said in ways.items():
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
    by_fsdp = losses(place.run("fsdp"))
    assert sorted(by_fsdp) == list(range(1, STEPS + 1))
    if not CUTS_TENSORS:
        with pytest.raises(control.Refused) as refused:
            place.run("tensor")
        assert [finding.code for finding in refused.value.report.findings] == ["TN406"]
        return
    by_tensor = losses(place.run("tensor"))
    assert by_fsdp == pytest.approx(by_tensor, abs=1e-4)
    evaluated = [losses(place.run(way), "eval_loss") for way in ("fsdp", "tensor")]
    assert sorted(evaluated[0]) == [SAVED, STEPS]
    assert evaluated[0] == pytest.approx(evaluated[1], abs=1e-3)
    # A guess among twelve words, not twice that.
    assert by_fsdp[1] == pytest.approx(math.log(12), abs=0.2)
    assert by_fsdp[STEPS] < by_fsdp[1] - 0.1


@pytest.mark.long
@pytest.mark.parametrize("way", ["fsdp", "sharded", "arguments", "tensor"])
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


@pytest.mark.long
@pytest.mark.parametrize("name", ["fsdp2", "tensor"])
def test_a_sample_learns(name: str, tmp_path: Path, trainer: Interpreter) -> None:
    """As it stands, with fewer steps."""
    shutil.copytree(SAMPLES / "in-parts", tmp_path / "in-parts", ignore=shutil.ignore_patterns(".tunesmith"))
    (tmp_path / "story-lm").symlink_to(SAMPLES / "story-lm")
    recipe = tmp_path / "in-parts" / f"{name}.train.yaml"
    recipe.write_text(re.sub(r"(max_steps|save_steps|eval_steps): \d+", rf"\1: {STEPS}", recipe.read_text()))
    run = control.start(recipe, trainer)
    try:
        finished(run)
    finally:
        end(run)
    for held in parts(run):
        assert held["here"] / held["parameters"] == pytest.approx(0.5, abs=0.03)
    seen = losses(run)
    assert seen[STEPS] < seen[1] < math.log(2048) + 0.2
