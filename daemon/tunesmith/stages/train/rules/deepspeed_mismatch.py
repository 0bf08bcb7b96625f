"""A DeepSpeed config beside the Trainer's arguments: what both say must be the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.path import RecipePath, dotted
from tunesmith.core.rule import rule
from tunesmith.facts.library import Library
from tunesmith.facts.names import TRAINING_ARGUMENTS, WORLD_SIZE
from tunesmith.stages.train.rules.deepspeed import config_value, deepspeed_config
from tunesmith.stages.train.rules.written import number, value

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

EACH, ACCUMULATION = "per_device_train_batch_size", "gradient_accumulation_steps"

Read = Callable[[Mapping[str, Any], Library], Any]


def _argument(key: str) -> Read:
    return lambda train, library: value(train, library, key)


def _betas(train: Mapping[str, Any], library: Library) -> Any:
    both = [value(train, library, key) for key in ("adam_beta1", "adam_beta2")]
    return None if None in both else both


def _either(first: str, second: str) -> Read:
    return lambda train, library: train.get(first) is True or train.get(second) is True


def _warmup(train: Mapping[str, Any], library: Library) -> Any:
    """Steps that are written, or none; a share of all steps is not known here."""
    steps = number(train.get("warmup_steps", 0))
    if not steps and not train.get("warmup_ratio") and "warmup_steps" in library.fields:
        return 0
    return int(steps) if steps is not None and steps >= 1 else None


def _all_steps(train: Mapping[str, Any], library: Library) -> Any:
    """Where they are written; counted over the data they are not known here."""
    steps = number(train.get("max_steps"))
    return int(steps) if steps is not None and steps > 0 else None


COMPARED: tuple[tuple[RecipePath, str, Read], ...] = (
    (
        ("train_micro_batch_size_per_gpu",),
        "per_device_train_batch_size",
        _argument("per_device_train_batch_size"),
    ),
    (
        ("gradient_accumulation_steps",),
        "gradient_accumulation_steps",
        _argument("gradient_accumulation_steps"),
    ),
    (("gradient_clipping",), "max_grad_norm", _argument("max_grad_norm")),
    (("optimizer", "params", "lr"), "learning_rate", _argument("learning_rate")),
    (("optimizer", "params", "betas"), "adam_beta1 and adam_beta2", _betas),
    (("optimizer", "params", "eps"), "adam_epsilon", _argument("adam_epsilon")),
    (("optimizer", "params", "weight_decay"), "weight_decay", _argument("weight_decay")),
    (("scheduler", "params", "warmup_max_lr"), "learning_rate", _argument("learning_rate")),
    (("scheduler", "params", "warmup_num_steps"), "warmup_steps", _warmup),
    (("scheduler", "params", "total_num_steps"), "max_steps", _all_steps),
    (("fp16", "enabled"), "fp16", _either("fp16", "fp16_full_eval")),
    (("bf16", "enabled"), "bf16", _either("bf16", "bf16_full_eval")),
)
"""What HfTrainerDeepSpeedConfig compares: `trainer_config_process` and `trainer_config_finalize`."""


@rule(
    "TN611",
    Severity.ERROR,
    "{key} is {found} and the Trainer's {argument} {wanted}",
    needs=(TRAINING_ARGUMENTS,),
)
def deepspeed_mismatch(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A value of the DeepSpeed config is another one than the Trainer's.

    Why: the Trainer compares both before training and ends with a list of what differs. `"auto"` takes the
    Trainer's value.
    Library: transformers, HfTrainerDeepSpeedConfig: ValueError, Please correct the following DeepSpeed config
    values that mismatch TrainingArguments values.
    Flags:
        deepspeed: {train_micro_batch_size_per_gpu: 1, zero_optimization: {stage: 2}}
        train: {per_device_train_batch_size: 4}
        ---
        deepspeed: {optimizer: {type: AdamW, params: {lr: 0.0001}}}
        train: {learning_rate: 0.0002}
        ---
        accelerate: {num_processes: 4}
        deepspeed: {train_batch_size: 8}
        train: {per_device_train_batch_size: 4}
        ---
        accelerate: {distributed_type: DEEPSPEED, deepspeed_config: {gradient_accumulation_steps: 4}}
        train: {gradient_accumulation_steps: 2}
        ---
        accelerate: {distributed_type: DEEPSPEED, mixed_precision: bf16, deepspeed_config: {zero_stage: 3}}
        train: {learning_rate: 0.001}
    Accepts:
        deepspeed: {train_micro_batch_size_per_gpu: auto, gradient_accumulation_steps: 1}
        train: {per_device_train_batch_size: 4}
        ---
        accelerate: {num_processes: 4}
        deepspeed: {train_batch_size: 16, fp16: {enabled: false}}
        train: {per_device_train_batch_size: 4}
        ---
        accelerate: {distributed_type: DEEPSPEED, mixed_precision: bf16, deepspeed_config: {zero_stage: 3}}
        train: {bf16: true}
        ---
        # launch deepspeed --include localhost:4,5 train.py train.yaml
        # packages transformers 4.44.2
        # file ds.json: {"train_batch_size": 32, "optimizer": {"type": "AdamW", "params": {"lr": 2e-05}}}
        per_device_train_batch_size: 16
        learning_rate: 2.0e-5
        deepspeed: ds.json
    """
    library = facts[TRAINING_ARGUMENTS]
    config = deepspeed_config(recipe, facts)
    yield from _accelerates(recipe, library, config)
    if not config or not recipe.train:
        return
    for path, argument, read in COMPARED:
        found, wanted = config_value(config, path), read(recipe.train, library)
        if _differs(found, wanted):
            yield _mismatch(path, argument, found, wanted)
    batch = _batch(recipe.train, library, facts.get(WORLD_SIZE))
    found = config.get("train_batch_size")
    if _differs(found, batch):
        yield _mismatch(("train_batch_size",), "batch over all processes", found, batch)


def _mismatch(path: RecipePath, argument: str, found: object, wanted: object) -> Finding:
    where: RecipePath = ("deepspeed", *path)
    fixes = (Fix('Change to "auto"', (SetValue(where, '"auto"'),), preferred=True), *_other(argument, found))
    return deepspeed_mismatch.at(
        *where, key=dotted(path), found=found, argument=argument, wanted=wanted, fixes=fixes
    )


def _other(argument: str, found: object) -> tuple[Fix, ...]:
    """The Trainer takes the value of the config: where it is one of its arguments."""
    if not argument.isidentifier() or not isinstance(found, int | float):
        return ()
    text = str(found).lower()
    if "e" in text and "." not in text and not isinstance(found, bool):
        # PyYAML reads 1e-05 as a string.
        text = text.replace("e", ".0e")
    return (Fix(f"Set {argument} to {text}", (SetValue(("train", argument), text),)),)


def _accelerates(recipe: Recipe, library: Library, config: Mapping[str, object]) -> Iterable[Finding]:
    """What an accelerate config gives DeepSpeed, when it names no file."""
    own = recipe.accelerate.get("deepspeed_config")
    if not isinstance(own, Mapping) or not recipe.train or config:
        return
    precision = str(recipe.accelerate.get("mixed_precision")).lower()
    asks_deepspeed = recipe.accelerate.get("distributed_type") == "DEEPSPEED"
    if asks_deepspeed and precision in ("fp16", "bf16") and not _has_format(recipe.train, library):
        # Of a format the Trainer is told accelerate hears; what it is told itself the Trainer does not.
        fix = Fix(f"Set {precision} to true", (SetValue(("train", precision), "true"),), preferred=True)
        yield deepspeed_mismatch.at(
            "accelerate",
            "mixed_precision",
            on="value",
            key="mixed_precision",
            found=precision,
            argument=precision,
            wanted="false",
            fixes=(fix,),
        )
    for key, argument in ((ACCUMULATION, ACCUMULATION), ("gradient_clipping", "max_grad_norm")):
        found = number(cast(Mapping[str, Any], own).get(key))
        wanted = number(value(recipe.train, library, argument))
        if argument in recipe.train and found is not None and wanted is not None and _differs(found, wanted):
            where: RecipePath = ("accelerate", "deepspeed_config", key)
            fix = Fix(f"Change to {wanted:g}", (SetValue(where, f"{wanted:g}"),), preferred=True)
            yield deepspeed_mismatch.at(
                *where, on="value", key=key, found=found, argument=argument, wanted=wanted, fixes=(fix,)
            )


def _has_format(train: Mapping[str, Any], library: Library) -> bool:
    """Whether a number format is asked for of the Trainer, or may be by default."""
    if library.package != "transformers" or not {"fp16", "bf16"} <= library.fields.keys():
        return True
    return any(train.get(key) for key in ("bf16", "bf16_full_eval", "fp16", "fp16_full_eval"))


def _batch(train: Mapping[str, Any], library: Library, world: int | None) -> int | None:
    factors = (
        number(world),
        number(value(train, library, EACH)),
        number(value(train, library, ACCUMULATION)),
    )
    known = [float(factor) for factor in factors if factor is not None]
    batch = number(math.prod(known)) if len(known) == len(factors) else None
    return None if batch is None else int(batch)


def _differs(found: object, wanted: object) -> bool:
    """Both are known, and they are not the same."""
    if found is None or wanted is None or found == "auto":
        return False
    return found != wanted


RULES = (deepspeed_mismatch,)
