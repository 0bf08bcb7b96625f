"""Rules about settings of the Trainer that need another one beside them, and words that it does not know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import rule
from tunesmith.facts.names import TRAINING_ARGUMENTS, VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.keys import handed_over

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

REPORTS = (
    "all",
    "azure_ml",
    "clearml",
    "codecarbon",
    "comet_ml",
    "dagshub",
    "dvclive",
    "flyte",
    "kubeflow",
    "mlflow",
    "neptune",
    "none",
    "swanlab",
    "tensorboard",
    "trackio",
    "wandb",
)
"""integrations/integration_utils.py, INTEGRATION_TO_CALLBACK, over the releases."""


@rule("TN273", Severity.ERROR, "save_strategy best needs metric_for_best_model", needs=(VERSIONS,))
def best_by_no_metric(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The best model is to be saved, and nothing says by which metric it is the best.

    Why: the model is loaded, then the Trainer is not built. With load_best_model_at_end it is the loss.
    Library: transformers since 4.47, Trainer: ValueError, `args.metric_for_best_model` must be provided when
    using 'best' save_strategy.
    Flags:
        train: {eval_strategy: epoch, save_strategy: best}
    Accepts:
        train: {eval_strategy: epoch, save_strategy: best, metric_for_best_model: loss}
        ---
        train: {eval_strategy: epoch, save_strategy: best, load_best_model_at_end: true}
    """
    train = handed_over(recipe, facts)
    says = train.get("metric_for_best_model") or train.get("load_best_model_at_end")
    says = says or train.get("lr_scheduler_type") == "reduce_lr_on_plateau"
    asks = before(facts[VERSIONS], "transformers", (4, 47)) is False
    if train.get("save_strategy") == "best" and not says and asks:
        path = ("train", "metric_for_best_model")
        fix = Fix("Set metric_for_best_model: loss", (SetValue(path, "loss"),), preferred=True)
        yield best_by_no_metric.at("train", "save_strategy", on="value", fixes=(fix,))


@rule(
    "TN274",
    Severity.ERROR,
    "dataloader_persistent_workers needs dataloader_num_workers of 1 or more",
    needs=(VERSIONS,),
)
def no_workers_to_keep(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The processes that load batches are to be kept, and there are none.

    Why: the model is loaded and the data prepared; then the first batch ends the run.
    Library: torch, DataLoader: ValueError, persistent_workers option needs num_workers > 0.
    Flags:
        train: {dataloader_persistent_workers: true}
    Accepts:
        train: {dataloader_persistent_workers: true, dataloader_num_workers: 2}
    """
    train = handed_over(recipe, facts)
    workers = train.get("dataloader_num_workers", 0)
    known = before(facts[VERSIONS], "transformers", (4, 36)) is False
    if train.get("dataloader_persistent_workers") is True and workers in (0, None) and known:
        path = ("train", "dataloader_persistent_workers")
        fix = Fix("Change to false", (SetValue(path, "false"),), preferred=True)
        yield no_workers_to_keep.at(*path, fixes=(fix,))


@rule(
    "TN275", Severity.ERROR, "The Trainer reports to nothing called {name}{hint}", needs=(TRAINING_ARGUMENTS,)
)
def unknown_report(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """`report_to` names something that the Trainer has no integration for.

    Why: the model is loaded, then the Trainer is not built. Several are a list.
    Library: transformers, Trainer: ValueError, … is not supported, only azure_ml, … are supported.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.57.3
        report_to: tensorbord
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch python train.py train.yaml
        # packages transformers 4.57.3
        report_to: wandb,tensorboard
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.57.3
        report_to: [wandb, tensorboard]
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch python train.py train.yaml
        # packages transformers 4.57.3
        report_to: none
        num_train_epochs: 1
        save_strategy: epoch
    """
    written = handed_over(recipe, facts).get("report_to")
    listed = cast("list[object]", written) if isinstance(written, list) else [written]
    for name in listed:
        if isinstance(name, str) and name not in (*REPORTS, "None"):
            near = nearest(name, REPORTS)
            hint = f"; did you mean {near}?" if near else ""
            path = ("train", "report_to")
            single = near is not None and written == name
            fixes = (Fix(f"Change to {near}", (SetValue(path, str(near)),), True),) if single else ()
            yield unknown_report.at(*path, on="value", name=name, hint=hint, fixes=fixes)


TRAINING = (best_by_no_metric, no_workers_to_keep)
FOREIGN = (unknown_report,)
