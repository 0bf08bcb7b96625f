"""Rules about the number format of a training: fp16 and bf16."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import HAS_ACCELERATOR, TRAINING_ARGUMENTS

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule("TN215", Severity.ERROR, "fp16 and bf16 cannot both be on")
def two_precisions(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Two mixed precisions are switched on.

    Why: the Trainer is not even built; the run ends when its arguments are read.
    Library: transformers, TrainingArguments: ValueError, At most one of fp16 and bf16 can be True, but not
    both.
    Flags:
        train: {fp16: true, bf16: true}
    Accepts:
        train: {fp16: false, bf16: true, use_cpu: true}
    """
    if recipe.train.get("fp16") is True and recipe.train.get("bf16") is True:
        fixes = tuple(Fix(f"Remove {key}", (RemoveKey(("train", key)),)) for key in ("fp16", "bf16"))
        yield two_precisions.at("train", "fp16", fixes=fixes)


@rule("TN219", Severity.WARNING, "fp16 has no effect on a CPU: the training runs in fp32")
def half_precision_on_cpu(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """fp16 is asked for together with the CPU.

    Why: accelerate only casts to fp16 on an accelerator.
    Library: silent.
    Flags:
        train: {fp16: true, use_cpu: true}
    Accepts:
        train: {bf16: true, use_cpu: true}
    """
    if recipe.train.get("fp16") is True and recipe.train.get("use_cpu") is True:
        fix = Fix("Remove fp16", (RemoveKey(("train", "fp16")),), preferred=True)
        yield half_precision_on_cpu.at("train", "fp16", fixes=(fix,))


@rule(
    "TN220", Severity.ERROR, "{key} needs a GPU or use_cpu: true", needs=(HAS_ACCELERATOR, TRAINING_ARGUMENTS)
)
def bf16_without_accelerator(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """bf16 is asked for on a machine without an accelerator, and the CPU is not.

    Why: the Trainer is not even built; the run ends when its arguments are read. bf16 on the CPU has to be
    asked for.
    Library: transformers, TrainingArguments: ValueError, Your setup doesn't support bf16/gpu. You need to
    assign use_cpu if you want to train the model on CPU.
    Flags:
        # machine without an accelerator
        train: {bf16: true}
        ---
        # machine without an accelerator
        train: {bf16_full_eval: true, use_cpu: false}
    Accepts:
        # machine without an accelerator
        train: {bf16: true, use_cpu: true}
        ---
        # machine without an accelerator, and the older name, which another rule knows
        train: {bf16: true, no_cuda: true}
        ---
        # machine with an accelerator
        train: {bf16: true}
    """
    train = recipe.train
    on_cpu = train.get("use_cpu") or train.get("no_cuda")
    if facts[HAS_ACCELERATOR] or on_cpu or "use_cpu" not in facts[TRAINING_ARGUMENTS].fields:
        return
    key = next((name for name in ("bf16", "bf16_full_eval") if train.get(name) is True), None)
    if key:
        fix = Fix("Train on the CPU", (SetValue(("train", "use_cpu"), "true"),), preferred=True)
        yield bf16_without_accelerator.at("train", key, key=key, fixes=(fix,))


RULES = (
    two_precisions,
    half_precision_on_cpu,
    bf16_without_accelerator,
)
