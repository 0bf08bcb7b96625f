"""What a recipe's changes mean for a checkpoint that was saved before them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from tunesmith.core.plan import Label, worse
from tunesmith.core.spec import RunSpec
from tunesmith.stages.train import sharding

Config = Mapping[str, Any]

LOGS_ONLY = frozenset({
    "logging_steps", "logging_strategy", "logging_first_step", "log_level", "log_level_replica",
    "log_on_each_node", "save_steps", "save_strategy", "save_total_limit", "save_safetensors", "disable_tqdm",
    "run_name",
})  # fmt: skip
"""Keys of `train:` that change what is written, and nothing that is computed."""
OPTIMIZER = frozenset({"optim", "optim_args", "optim_target_modules"})
KEPT = frozenset({
    "learning_rate", "weight_decay", "adam_beta1", "adam_beta2", "adam_epsilon", "lr_scheduler_type",
    "lr_scheduler_kwargs", "warmup_steps", "warmup_ratio",
})  # fmt: skip
"""Keys whose value comes with the optimizer's or the schedule's state, so that a new one has no effect or a
partial one."""


SAID_ELSEWHERE = ("accelerate.num_processes", "accelerate.main_process_port")


class Incompatible(Exception):
    """The checkpoint cannot be loaded by the recipe as it is now; the message says what differs."""


@dataclass(frozen=True)
class Meaning:
    label: Label = "exact"
    reasons: tuple[str, ...] = ()

    def and_also(self, label: Label, reason: str) -> Meaning:
        return Meaning(worse(self.label, label), (*self.reasons, reason))


def meaning(saved: RunSpec, stage: str, config: Config, ranks: int) -> Meaning:
    """What can still be promised. Raises Incompatible when the weights or the optimizer do not fit."""
    if stage != saved.stage:
        raise Incompatible(f"the run's stage was {saved.stage} and the recipe's is {stage}")
    found = Meaning()
    if stage == "train" and _way(saved.config) != _way(config):
        raise Incompatible(f"it was {_way(saved.config)} and is {_way(config)}")
    if ranks != saved.num_processes:
        found = found.and_also("approximate", f"{saved.num_processes} → {ranks} processes")
    for path, before, after in differences(saved.config, config):
        label = _costs(stage, path)
        said = f"{path} was {_short(before)} and is {_short(after)}"
        if label is None:
            raise Incompatible(said)
        if path.removeprefix("train.") in KEPT:
            said += " (what the checkpoint holds of it counts)"
        if label != "exact":
            found = found.and_also(label, said)
    return found


def differences(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two configurations differ: the dotted path and both values; None for what is absent."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        one, other = cast("Config", before), cast("Config", after)
        for key in dict.fromkeys((*one, *other)):
            yield from differences(one.get(key), other.get(key), f"{path}.{key}" if path else key)
    elif before != after and not (before is None and after == {}):  # A section of a newer version.
        yield path, before, after


def _costs(stage: str, path: str) -> Label | None:
    """None: the checkpoint does not fit any more."""
    if stage != "train":
        return "unsafe"
    section, _, key = path.partition(".")
    if section in ("task", "model", "peft"):
        return None
    if section == "data":
        return "unsafe"
    if section == "train":
        return None if key in OPTIMIZER else "exact" if key in LOGS_ONLY else "approximate"
    return "exact" if path in SAID_ELSEWHERE else "approximate"


def _way(config: Config) -> str:
    """Each keeps weights and optimizer in files of its own."""
    model: Config = config.get("model") or {}
    distributed = model.get("distributed_config") or {}
    found = sharding.asked(distributed, config.get("train") or {}, config.get("accelerate") or {})
    return "plain training" if found is None else found.way


def _short(value: object) -> str:
    text = "not there" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
