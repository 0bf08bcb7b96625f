"""Rules about the metric by which the best model is found, and about what a script lets its trainer do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import DIALECT, SCRIPT_ARGUMENTS, SCRIPT_USE, TRAINING_ARGUMENTS, VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.script.expressions import argument
from tunesmith.stages.train.rules.written import word

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

ALWAYS = frozenset(
    (
        "loss",
        "runtime",
        "samples_per_second",
        "steps_per_second",
        "model_preparation_time",
        "jit_compilation_time",
    )
)
"""What the Trainer reports of an evaluation by itself, without `eval_` before it."""
NEVER = frozenset(("epoch", "step", "steps"))
"""Not among the metrics, though the log has the epoch."""
LLAMA_FACTORY = "LLaMA-Factory config"


def reported(recipe: Recipe, facts: Facts) -> frozenset[str] | None:
    """The metrics of an evaluation, without `eval_`; None when they are not known."""
    use = facts.get(SCRIPT_USE)
    if use is not None:
        if use.trainer not in ("Trainer", "Seq2SeqTrainer") or use.overrides:
            return None
        if "compute_metrics" not in use.given:
            return ALWAYS
        return None if use.metrics is None else ALWAYS | {one.removeprefix("eval_") for one in use.metrics}
    if facts.get(DIALECT) == LLAMA_FACTORY and recipe.args.get("stage") in ("pt", "sft"):
        if recipe.args.get("predict_with_generate") or recipe.train.get("predict_with_generate"):
            return None
        return ALWAYS | ({"accuracy"} if recipe.args.get("compute_accuracy") is True else set())
    return None


@rule(
    "TN267",
    Severity.ERROR,
    "No evaluation reports {metric}: there are {known}",
    needs=(TRAINING_ARGUMENTS,),
)
def metric_is_never_reported(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The best model is to be found by a metric that no evaluation has.

    Why: the first save after an evaluation looks the metric up, hours into the training.
    Library: transformers, Trainer: KeyError, The `metric_for_best_model` training argument is set to
    'eval_f1', which is not found in the evaluation metrics.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script Trainer(m, eval_dataset=e)
        eval_strategy: epoch
        save_strategy: epoch
        metric_for_best_model: f1
        ---
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script def compute_metrics(output): return {"accuracy": 1.0}
        # script Trainer(m, eval_dataset=e, compute_metrics=compute_metrics)
        eval_strategy: epoch
        save_strategy: epoch
        metric_for_best_model: f1
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script def compute_metrics(output): return {"accuracy": 1.0}
        # script Trainer(m, eval_dataset=e, compute_metrics=compute_metrics)
        eval_strategy: epoch
        save_strategy: epoch
        metric_for_best_model: eval_accuracy
        ---
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script Trainer(m, eval_dataset=e)
        eval_strategy: "no"
        save_strategy: epoch
        metric_for_best_model: f1
    """
    metric, train = recipe.train.get("metric_for_best_model"), recipe.train
    library = facts[TRAINING_ARGUMENTS]
    evaluates = word(train, library, "eval_strategy") in ("steps", "epoch")
    saves = word(train, library, "save_strategy") in ("steps", "epoch", "best")
    if not isinstance(metric, str) or not evaluates or not saves:
        return
    name, known = metric.removeprefix("eval_"), reported(recipe, facts)
    # Of several data sets each has its own: eval_first_loss.
    unknown = known is not None and name not in known and not name.endswith("_loss")
    if unknown or (known is None and name in NEVER):
        words = ", ".join(sorted(f"eval_{one}" for one in (known or ALWAYS) - NEVER))
        yield metric_is_never_reported.at(
            "train", "metric_for_best_model", on="value", metric=metric, known=words
        )


@rule(
    "TN268",
    Severity.ERROR,
    "EarlyStoppingCallback needs {need}",
    needs=(SCRIPT_USE, TRAINING_ARGUMENTS, VERSIONS),
)
def early_stopping_lacks(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The script stops early, and the arguments say nothing that it could stop by.

    Why: the model is loaded and the data prepared; then the callback refuses.
    Library: transformers, EarlyStoppingCallback: AssertionError, EarlyStoppingCallback requires
    load_best_model_at_end = True (before 4.50); … requires metric_for_best_model to be defined; … requires
    IntervalStrategy of steps or epoch.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script Trainer(m, eval_dataset=e, callbacks=[EarlyStoppingCallback(3)])
        eval_strategy: epoch
        save_strategy: epoch
        num_train_epochs: 3
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script Trainer(m, eval_dataset=e, callbacks=[EarlyStoppingCallback(3)])
        eval_strategy: epoch
        save_strategy: epoch
        load_best_model_at_end: true
        num_train_epochs: 3
    """
    use, train = facts[SCRIPT_USE], recipe.train
    if "EarlyStoppingCallback" not in use.given.get("callbacks", ""):
        return
    best = train.get("load_best_model_at_end") is True
    early = before(facts[VERSIONS], "transformers", (4, 50)) is True
    if " if " in use.given["callbacks"] or {"load_best_model_at_end", "metric_for_best_model"} & {
        name.rpartition(".")[2] for name in use.assigned
    }:
        return
    at = "load_best_model_at_end" if "load_best_model_at_end" in train else "eval_strategy"
    if word(train, facts[TRAINING_ARGUMENTS], "eval_strategy") == "no":
        yield early_stopping_lacks.at("train", at, need="an eval_strategy of steps or epoch")
    elif not best and early:
        yield early_stopping_lacks.at("train", at, need="load_best_model_at_end: true")
    elif not best and "metric_for_best_model" not in train:
        yield early_stopping_lacks.at("train", at, need="metric_for_best_model")


@rule("TN269", Severity.ERROR, "{key} {why}", needs=(SCRIPT_USE,))
def data_cannot_be_taken_so(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Batches are to be made in a way that the data or the collator of the script does not allow.

    Why: the model is loaded, then the trainer refuses. Streamed data has no lengths to group by, and a collator
    that masks all but the response cannot find it in blocks that many texts are packed into.
    Library: transformers: ValueError, the `--group_by_length` option is only available for `Dataset`, not
    `IterableDataset`; trl before 0.15: ValueError, You passed a `DataCollatorForCompletionOnlyLM` to the
    SFTTrainer. This is not compatible with the `packing` argument.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.44.2
        # script d = load_dataset("json", streaming=True); Trainer(m, train_dataset=d)
        group_by_length: true
        max_steps: 100
        num_train_epochs: 1
        ---
        # launch python train.py train.yaml
        # packages transformers 4.41.2, trl 0.9.6
        # script SFTTrainer(m, packing=True, data_collator=DataCollatorForCompletionOnlyLM("A:"))
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.44.2
        # script d = load_dataset("json"); Trainer(m, train_dataset=d)
        group_by_length: true
        max_steps: 100
        num_train_epochs: 1
        ---
        # launch python train.py train.yaml
        # packages transformers 4.41.2, trl 0.9.6
        # script SFTTrainer(m, packing=False, data_collator=DataCollatorForCompletionOnlyLM("A:"))
        num_train_epochs: 1
    """
    use, taken = facts[SCRIPT_USE], facts.get(SCRIPT_ARGUMENTS)
    streams = use.streams is not None and argument(use.streams, recipe, taken) is True
    if streams and use.trainer and recipe.train.get("group_by_length") is True:
        why = "needs the lengths of the texts, which streamed data has not"
        yield data_cannot_be_taken_so.at("train", "group_by_length", key="group_by_length", why=why)
    text = use.given.get("packing", use.made.get("SFTConfig", {}).get("packing"))
    packs = argument(text, recipe, taken) if text else recipe.train.get("packing", recipe.args.get("packing"))
    early = before(facts.get(VERSIONS) or {}, "trl", (0, 15)) is True
    if (
        use.trainer == "SFTTrainer"
        and packs is True
        and early
        and "DataCollatorForCompletionOnlyLM" in use.made
    ):
        section = "train" if "packing" in recipe.train else "args"
        why = "and a collator that masks all but the response exclude each other"
        yield data_cannot_be_taken_so.at(section, "packing", key="packing", why=why)


RULES = (metric_is_never_reported, early_stopping_lacks, data_cannot_be_taken_so)
