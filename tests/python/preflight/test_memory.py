"""The memory's formulas beside real trainings: what torch holds of weights, gradients and states."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.model_folder import read_model_folder
from tunesmith.stages.train.memory import (
    Layers,
    States,
    activations,
    adapter_parameters,
    checkpoint_bytes,
    states,
)

# One step of each, and what it holds then; numbers that count steps are left out.
MEASURE = """
import json, torch
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
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def measured(
    trainer: Interpreter, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("memory")
    environment = {"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [str(trainer.path), "-c", MEASURE], env=environment, cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder, json.loads(done.stdout.splitlines()[-1])


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
    number: int, optimizer: str, name: str, measured: tuple[Path, list[dict[str, Any]]]
) -> None:
    folder, found = measured
    stored = read_model_folder(folder / name).stored
    assert stored is not None
    width = stored.bytes // stored.parameters
    told = states(States(stored.parameters, stored.parameters, width, width, optimizer))
    assert told is not None
    real = found[number]
    assert (told.weights, told.gradients, told.optimizer) == (
        real["weights"],
        real["gradients"],
        real["optimizer"],
    )


def test_activations_are_of_the_size_that_a_run_keeps(
    measured: tuple[Path, list[dict[str, Any]]],
) -> None:
    """An estimate for any decoder: within a factor of two of what autograd keeps of this one."""
    told = activations(Layers(2, 16, 32, 2, 4, 64, 4))
    assert 0.5 < told / measured[1][0]["activations"] < 2.0


def test_zero_cuts_what_its_paper_says_it_cuts() -> None:
    """Figure 1 of the paper: 7.5 billion parameters on 64 devices take 120, 31.4, 16.6 and 1.9 GB."""
    count = 7_500_000_000
    seen: list[float] = []
    for stage in range(4):
        found = states(States(count, count, 2, 2, "adamw_torch", stage, 64, master=True))
        assert found is not None
        seen.append(round(found.states / 1e9, 1))
    assert seen == [120.0, 31.4, 16.6, 1.9]


def test_an_adapter_and_its_checkpoint() -> None:
    added = adapter_parameters([(4096, 4096)] * 64, 8)
    assert added == 4_194_304, "LoRA, table 4 counts as much for two matrices in each of 32 layers"
    of = States(7_000_000_000, added, 4, 0.5, "adamw_torch")
    assert checkpoint_bytes(of, only_model=False) == 12 * added
    assert checkpoint_bytes(of, only_model=True) == 4 * added
    assert states(States(1, 1, 4, 4, "adafactor")) is None, "its states depend on the shapes"


def test_checkpointing_and_half_precision_keep_less() -> None:
    plain = Layers(4, 512, 768, 12, 12, 32_000, 4)
    halved = Layers(4, 512, 768, 12, 12, 32_000, 2)
    recomputed = Layers(4, 512, 768, 12, 12, 32_000, 2, recomputed=True)
    whole = Layers(4, 512, 768, 12, 12, 32_000, 2, whole_attention=True)
    assert activations(plain) > activations(whole) > activations(halved) > activations(recomputed)
