"""Rules about the metric by which the best model is found, and about what a script lets its trainer do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import DIALECT, SCRIPT_USE, TRAINING_ARGUMENTS, VERSIONS
from tunesmith.facts.release import before
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
    load_best_model_at_end = True (before 4.49); … requires metric_for_best_model to be defined; … requires
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
        ---
        # launch python train.py train.yaml
        # packages transformers 4.50.3
        # script Trainer(m, eval_dataset=e, callbacks=[EarlyStoppingCallback(3)])
        eval_strategy: epoch
        save_strategy: epoch
        lr_scheduler_type: reduce_lr_on_plateau
        num_train_epochs: 3
    """
    use, train = facts[SCRIPT_USE], recipe.train
    if "EarlyStoppingCallback" not in use.given.get("callbacks", ""):
        return
    best = train.get("load_best_model_at_end") is True
    early = before(facts[VERSIONS], "transformers", (4, 49)) is True
    if " if " in use.given["callbacks"] or {"load_best_model_at_end", "metric_for_best_model"} & {
        name.rpartition(".")[2] for name in use.assigned
    }:
        return
    # Such a schedule goes by the loss, and so does what is said about the best model then.
    by_plateau = train.get("lr_scheduler_type") == "reduce_lr_on_plateau"
    at = "load_best_model_at_end" if "load_best_model_at_end" in train else "eval_strategy"
    if word(train, facts[TRAINING_ARGUMENTS], "eval_strategy") == "no":
        yield early_stopping_lacks.at("train", at, need="an eval_strategy of steps or epoch")
    elif not best and early:
        yield early_stopping_lacks.at("train", at, need="load_best_model_at_end: true")
    elif not best and "metric_for_best_model" not in train and not by_plateau:
        yield early_stopping_lacks.at("train", at, need="metric_for_best_model")


@rule(
    "TN270",
    Severity.ERROR,
    "The model's forward names no labels: without label_names no evaluation has a loss to go by",
    needs=(SCRIPT_USE, TRAINING_ARGUMENTS),
)
def evaluation_without_loss(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The best model is found by the loss, and the Trainer cannot see which of the inputs are labels.

    Why: what the model's `forward` names tells the Trainer what labels are; where it takes `**kwargs` alone
    there
    are none, and an evaluation computes no loss.
    Library: transformers, Trainer: KeyError, eval_loss; The `metric_for_best_model` training argument is set
    to
    'eval_loss', which is not found in the evaluation metrics.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script class Wrapped(Module):
        # script     def forward(self, *args, **kwargs): return self.inner(*args, **kwargs)
        # script Trainer(model=Wrapped(m), eval_dataset=e)
        eval_strategy: epoch
        save_strategy: epoch
        remove_unused_columns: false
        load_best_model_at_end: true
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script class Wrapped(Module):
        # script     def forward(self, *args, **kwargs): return self.inner(*args, **kwargs)
        # script Trainer(model=Wrapped(m), eval_dataset=e)
        eval_strategy: epoch
        save_strategy: epoch
        remove_unused_columns: false
        load_best_model_at_end: true
        label_names: [labels]
    """
    use, train = facts[SCRIPT_USE], recipe.train
    metric = train.get("metric_for_best_model", "loss")
    by_loss = train.get("load_best_model_at_end") is True and metric in ("loss", "eval_loss")
    plain = use.trainer in ("Trainer", "Seq2SeqTrainer") and not use.overrides
    if by_loss and plain and use.hides_inputs and "label_names" not in train:
        yield evaluation_without_loss.at("train", "load_best_model_at_end")


RULES = (metric_is_never_reported, early_stopping_lacks, evaluation_without_loss)
