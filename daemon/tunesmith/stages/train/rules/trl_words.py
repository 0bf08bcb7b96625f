"""Words and counts that TRL's trainers look at only after the model has been loaded, as refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from tunesmith.facts.release import Release
from tunesmith.stages.train.rules.trl_refusals import Asked, Refusal

GRPO_LOSSES: Mapping[str, Release] = {
    "grpo": (0, 17),
    "bnpo": (0, 17),
    "dr_grpo": (0, 17),
    "dapo": (0, 22),
    "cispo": (0, 26),
    "sapo": (0, 26),
    "luspo": (0, 28),
    "vespo": (1, 0),
}
"""By the release that brought them; from the last one that is known on, there may be more."""
DPO_LOSSES = frozenset(
    {
        "aot",
        "aot_pair",
        "aot_unpaired",
        "apo_down",
        "apo_zero",
        "bco_pair",
        "discopop",
        "exo_pair",
        "hinge",
        "ipo",
        "kto_pair",
        "nca_pair",
        "robust",
        "sft",
        "sigmoid",
        "sigmoid_norm",
        "sppo_hard",
    }
)
"""Of all releases: what one of them lacks is not said here."""
NEWEST: Release = (1, 17)
SCALES = (True, False, "True", "False", "true", "false", "group", "batch", "none", "None")


def _is_other(key: str, known: object) -> Callable[[Asked], bool]:
    """Whether `key` is a word, or a list with one, that is not among the `known`."""

    def applies(own: Asked) -> bool:
        found = own.values.get(key)
        listed = cast("list[object]", found) if isinstance(found, list) else [found]
        return any(isinstance(one, str) and one not in cast("Any", known) for one in listed)

    return applies


def weighs_other_rewards(own: Asked) -> bool:
    weights = own.values.get("reward_weights")
    return own.rewards is not None and isinstance(weights, list) and len(cast("Any", weights)) != own.rewards


def shares_unevenly(own: Asked) -> bool:
    parts = own.count("vllm_tensor_parallel_size")
    shared = own.on("use_vllm") and own.values.get("vllm_mode") == "colocate"
    return shared and bool(parts) and own.world is not None and own.world % cast("int", parts) != 0


def _losses() -> tuple[Refusal, ...]:
    starts = sorted({*GRPO_LOSSES.values()})
    ends = (*starts[1:], NEWEST)
    made: list[Refusal] = []
    for since, until in zip(starts, ends, strict=True):
        known = tuple(name for name, first in GRPO_LOSSES.items() if first <= since)
        text = f"Unknown loss type: this release has {', '.join(known)}"
        made.append(Refusal("GRPOConfig", ("loss_type",), text, _is_other("loss_type", known), since, until))
    return tuple(made)


REFUSALS: tuple[Refusal, ...] = (
    *_losses(),
    Refusal(
        "GRPOConfig",
        ("vllm_mode",),
        "vllm_mode must be either 'server' or 'colocate'",
        lambda own: own.on("use_vllm") and _is_other("vllm_mode", ("server", "colocate"))(own),
        (0, 18),
        NEWEST,
    ),
    Refusal(
        "GRPOConfig",
        ("vllm_tensor_parallel_size",),
        "vllm_tensor_parallel_size must divide the number of processes evenly",
        shares_unevenly,
        (0, 18),
    ),
    Refusal(
        "GRPOConfig",
        ("scale_rewards",),
        "Invalid value for scale_rewards: must be one of 'batch', 'group', or 'none'",
        _is_other("scale_rewards", SCALES),
        (0, 22),
        NEWEST,
    ),
    Refusal(
        "GRPOConfig",
        ("reward_weights",),
        "Number of reward weights must match number of reward functions",
        weighs_other_rewards,
        (0, 15),
    ),
    Refusal(
        "DPOConfig",
        ("loss_type",),
        f"Unknown loss type: there are {', '.join(sorted(DPO_LOSSES - {'kto_pair'}))}",
        _is_other("loss_type", DPO_LOSSES),
        (0, 8),
        NEWEST,
    ),
)
"""trainer/{grpo,dpo}_trainer.py, 0.8 to 1.16, and generation/vllm_generation.py from 0.28 on."""
