"""Rules about what a training does: steps, evaluation, checkpoints, precision."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.library import Library
from tunesmith.facts.names import HAS_ACCELERATOR, TOTAL_STEPS, TRAINING_ARGUMENTS
from tunesmith.facts.renames import renamed_from
from tunesmith.stages.train.config import RUN_OWNS

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule(
    "TN203",
    Severity.WARNING,
    "The warm-up takes {warmup} steps and the whole training {total}: the learning rate is never reached",
    needs=(TOTAL_STEPS,),
)
def warmup_outlasts_training(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The warm-up takes at least as many steps as the whole training.

    Why: the learning rate climbs to the end and never has the value that was asked for.
    Library: silent.
    Flags:
        # file d.csv: text,label | 80 rows
        data: {train: d.csv, columns: {text: text, label: label}}
        train: {warmup_steps: 30, num_train_epochs: 3, per_device_train_batch_size: 8}
        ---
        train: {warmup_steps: 100, max_steps: 100}
    Accepts:
        # file d.csv: text,label | 80 rows
        data: {train: d.csv, columns: {text: text, label: label}}
        train: {warmup_steps: 29, num_train_epochs: 3, per_device_train_batch_size: 8}
        ---
        # a share of the steps
        train: {warmup_steps: 0.1, max_steps: 100}
        ---
        # nobody knows how many rows there are
        data: {train: missing.csv, columns: {text: text, label: label}}
        train: {warmup_steps: 100000}
    """
    warmup = _number(recipe.train.get("warmup_steps"))
    total = facts[TOTAL_STEPS]
    if warmup is not None and warmup >= 1 and int(warmup) >= total:
        tenth = str(max(total // 10, 1))
        fix = Fix(f"Warm up for {tenth} steps", (SetValue(("train", "warmup_steps"), tenth),), preferred=True)
        yield warmup_outlasts_training.at(
            "train", "warmup_steps", on="value", warmup=int(warmup), total=total, fixes=(fix,)
        )


@rule("TN204", Severity.WARNING, "{key} is set by the run: {why}")
def run_owns_key(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key of `train` is set by every run itself, so that what stands in the recipe has no effect.

    Why: checkpoints and metrics of a run stand in the folder of the run, where nothing overwrites them.
    Library: silent.
    Flags:
        train: {output_dir: out}
        ---
        train: {report_to: wandb}
    Accepts:
        train: {run_name: first}
    """
    for key, why in RUN_OWNS.items():
        library = facts.get(TRAINING_ARGUMENTS)
        if key in recipe.train and (library is None or key in library.fields):
            fix = Fix(f"Remove {key}", (RemoveKey(("train", key)),), preferred=True)
            yield run_owns_key.at("train", key, key=key, why=why, fixes=(fix,))


@rule("TN214", Severity.ERROR, "load_best_model_at_end needs {need}", needs=(TRAINING_ARGUMENTS,))
def best_model_needs_matching_saves(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The best model is to be loaded at the end, but it may not be among the checkpoints.

    Why: a model is only best at an evaluation, so a checkpoint has to be written at each evaluation that
    counts.
    Library: transformers, TrainingArguments: ValueError, --load_best_model_at_end requires the save and eval
    strategy to match; … the saving steps to be a round multiple of the evaluation steps.
    Flags:
        train: {load_best_model_at_end: true, eval_strategy: epoch, save_strategy: steps}
        ---
        train: {load_best_model_at_end: true}
        ---
        train: {load_best_model_at_end: true, eval_strategy: steps, eval_steps: 100, save_steps: 250}
        ---
        train: {load_best_model_at_end: true, eval_strategy: steps, eval_steps: 0.1, save_steps: 200}
        ---
        train: {load_best_model_at_end: true, eval_strategy: steps, eval_steps: 0.2, save_steps: 0.5}
    Accepts:
        train: {load_best_model_at_end: true, eval_strategy: epoch, save_strategy: epoch}
        ---
        train: {load_best_model_at_end: true, eval_strategy: epoch, save_strategy: best}
        ---
        train: {load_best_model_at_end: true, eval_strategy: steps, eval_steps: 100, save_steps: 200}
        ---
        # renamed, which another rule says
        train: {load_best_model_at_end: true, evaluation_strategy: epoch, save_strategy: epoch}
        ---
        # eval_steps is logging_steps where it is not set
        train: {load_best_model_at_end: true, eval_strategy: steps, logging_steps: 250}
        ---
        train: {load_best_model_at_end: true, eval_strategy: steps, eval_steps: 0.1, save_steps: 0.3}
        ---
        train: {load_best_model_at_end: false, eval_strategy: epoch}
    """
    train, library = recipe.train, facts[TRAINING_ARGUMENTS]
    if train.get("load_best_model_at_end") is not True:
        return
    evaluation = _word(train, library, "eval_strategy")
    saving = _word(train, library, "save_strategy")
    if evaluation is None or saving is None or saving == "best":
        return
    at = ("train", "load_best_model_at_end")
    if evaluation != saving:
        path = ("train", "save_strategy")
        fixes = (
            ()
            if evaluation == "no"
            else (Fix(f"Save at each {evaluation}", (SetValue(path, evaluation),), True),)
        )
        need = f"eval_strategy and save_strategy to be the same, not {evaluation} and {saving}"
        yield best_model_needs_matching_saves.at(*at, need=need, fixes=fixes)
        return
    between_saves = _number(_value(train, library, "save_steps"))
    between = _number(train.get("eval_steps")) or _number(_value(train, library, "logging_steps"))
    if evaluation != "steps" or between_saves is None or not between or between_saves % between == 0:
        return
    if between < 1 and between_saves < 1 and (between_saves * 1_000_000) % (between * 1_000_000) == 0:
        return
    if (between < 1) == (between_saves < 1):
        need = f"save_steps ({between_saves:g}) to be a multiple of eval_steps ({between:g})"
    else:
        need = f"save_steps ({between_saves:g}) and eval_steps ({between:g}) to be both steps or both shares"
    yield best_model_needs_matching_saves.at(*at, need=need, fixes=_whole_multiple(between, between_saves))


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


@rule(
    "TN216",
    Severity.ERROR,
    "lr_scheduler_type {scheduler} needs an eval_strategy",
    needs=(TRAINING_ARGUMENTS,),
)
def scheduler_needs_evaluation(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The learning rate follows the evaluations, and there are none.

    Why: the Trainer is not even built; the run ends when its arguments are read.
    Library: transformers, TrainingArguments: ValueError, lr_scheduler_type reduce_lr_on_plateau requires an
    eval strategy.
    Flags:
        train: {lr_scheduler_type: reduce_lr_on_plateau}
    Accepts:
        train: {lr_scheduler_type: reduce_lr_on_plateau, eval_strategy: epoch}
    """
    scheduler = recipe.train.get("lr_scheduler_type")
    known = facts[TRAINING_ARGUMENTS].fields.get("lr_scheduler_type")
    evaluation = _word(recipe.train, facts[TRAINING_ARGUMENTS], "eval_strategy")
    if scheduler == "reduce_lr_on_plateau" and known and scheduler in known.choices and evaluation == "no":
        fix = Fix(
            "Evaluate after each epoch", (SetValue(("train", "eval_strategy"), "epoch"),), preferred=True
        )
        yield scheduler_needs_evaluation.at(
            "train", "lr_scheduler_type", on="value", scheduler=scheduler, fixes=(fix,)
        )


@rule("TN217", Severity.ERROR, "{key} must be more than 0", needs=(TRAINING_ARGUMENTS,))
def steps_of_nothing(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Something is to be done every zero steps, or before the first one.

    Why: the Trainer is not even built; the run ends when its arguments are read.
    Library: transformers, TrainingArguments: ValueError, logging strategy steps requires non-zero
    --logging_steps; Got warmup_steps = -1, Expected value warmup_steps >= 0.
    Flags:
        train: {logging_steps: 0}
        ---
        train: {warmup_steps: -1}
    Accepts:
        train: {logging_steps: 0, logging_strategy: epoch, warmup_steps: 0}
    """
    train = recipe.train
    every = _number(train.get("logging_steps"))
    if every == 0 and _word(train, facts[TRAINING_ARGUMENTS], "logging_strategy") == "steps":
        fix = Fix("Log every 10 steps", (SetValue(("train", "logging_steps"), "10"),), preferred=True)
        yield steps_of_nothing.at("train", "logging_steps", on="value", key="logging_steps", fixes=(fix,))
    warmup = _number(train.get("warmup_steps"))
    if warmup is not None and warmup < 0:
        fix = Fix("Remove warmup_steps", (RemoveKey(("train", "warmup_steps")),), preferred=True)
        yield steps_of_nothing.at("train", "warmup_steps", on="value", key="warmup_steps", fixes=(fix,))


@rule(
    "TN218",
    Severity.ERROR,
    "eval_strategy is {strategy}, but there is nothing to evaluate on: data has neither validation nor split",
    needs=(TRAINING_ARGUMENTS,),
)
def evaluation_without_data(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The model is to be evaluated while it trains, and no rows are held back for that.

    Why: the Trainer refuses to be built.
    Library: transformers, Trainer.__init__: ValueError, You have set `args.eval_strategy` to … but you didn't
    pass an `eval_dataset` to `Trainer`.
    Flags:
        data: {train: d.csv, columns: {text: a, label: b}}
        train: {eval_strategy: epoch}
        ---
        data: {train: d.csv, columns: {text: a, label: b}, split: {validation: 0.0, test: 0.1}}
        train: {eval_strategy: steps}
    Accepts:
        data: {train: d.csv, columns: {text: a, label: b}, split: {test: 0.1}}
        train: {eval_strategy: epoch}
        ---
        data: {train: d.csv, columns: {text: a, label: b}, validation: v.csv}
        train: {eval_strategy: epoch}
        ---
        data: {train: d.csv, columns: {text: a, label: b}}
        train: {eval_strategy: "no"}
    """
    data = recipe.data
    strategy = _word(recipe.train, facts[TRAINING_ARGUMENTS], "eval_strategy")
    if data is None or strategy in (None, "no") or "eval_strategy" not in recipe.train:
        return
    if data.validation is None and not (data.split and data.split.validation):
        fix = Fix(
            "Hold back a tenth of the rows",
            (SetValue(("data", "split"), "{validation: 0.1}"),),
            preferred=True,
        )
        yield evaluation_without_data.at(
            "train", "eval_strategy", on="value", strategy=strategy, fixes=() if data.split else (fix,)
        )


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
    warmup_outlasts_training,
    run_owns_key,
    best_model_needs_matching_saves,
    two_precisions,
    scheduler_needs_evaluation,
    steps_of_nothing,
    evaluation_without_data,
    half_precision_on_cpu,
    bf16_without_accelerator,
)


def _whole_multiple(between: float, between_saves: float) -> tuple[Fix, ...]:
    """Save at the next evaluation after each intended save."""
    if between < 1 or between_saves < 1:
        return ()
    steps = f"{math.ceil(between_saves / between) * between:g}"
    return (Fix(f"Save every {steps} steps", (SetValue(("train", "save_steps"), steps),), preferred=True),)


def _word(train: Mapping[str, Any], library: Library, key: str) -> str | None:
    """The choice that is in force; None for a key or a word that the library does not know."""
    one = library.fields.get(key)
    value = _value(train, library, key)
    return value if one is not None and isinstance(value, str) and value in one.choices else None


def _value(train: Mapping[str, Any], library: Library, key: str) -> Any:
    """What is written, else the library's default."""
    if key in train:
        return train[key]
    # Said by another rule to be renamed: what it means counts already.
    older = renamed_from(library.name, key)
    if older is not None and older in train:
        return train[older]
    one = library.fields.get(key)
    if one is None or one.default is None:
        return None
    if one.choices or not one.kinds & {"int", "float"}:
        return one.default
    try:
        return float(one.default)
    except ValueError:
        return None


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
