"""The memory's formulas beside what papers and other formulas say."""

from __future__ import annotations

from tunesmith.stages.train.memory import (
    Layers,
    States,
    activations,
    adapter_parameters,
    checkpoint_bytes,
    states,
)


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
