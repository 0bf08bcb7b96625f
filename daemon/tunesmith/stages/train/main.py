"""Train a model with transformers' Trainer: config → data → model → loop. The task fills in the parts."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import datasets
import torch
import transformers
from transformers import Trainer, TrainingArguments, set_seed

from tunesmith.core.checkpoints import step_of
from tunesmith.core.context import Context
from tunesmith.core.run import Phase
from tunesmith.stages.train import early_stopping
from tunesmith.stages.train.adapter import adapted, parameters
from tunesmith.stages.train.config import TrainStage
from tunesmith.stages.train.dry_run import DryRunWitness
from tunesmith.stages.train.model import load_tokenizer
from tunesmith.stages.train.parallel import choice, stages, zero
from tunesmith.stages.train.resuming import aside, loading
from tunesmith.stages.train.resuming.reporter import ResumableReporter
from tunesmith.stages.train.tasks.table import TASKS


def main(config: TrainStage, context: Context) -> None:
    datasets.disable_progress_bars()
    transformers.utils.logging.disable_progress_bar()
    arguments = training_arguments(config, context, zero.begin(config))
    wait_as_asked(arguments)
    stages.require_possible(config)
    stages.require_same_stages(config, context)
    zero.require_same_parts(config, context)
    set_seed(arguments.seed)  # New weights are drawn when the model is loaded, before Trainer seeds.

    tokenizer = load_tokenizer(config.model)
    parts = choice.asked_by(config)
    choice.require_trainable(config)
    choice.require_same_way(parts, context.resume_from)
    task = TASKS[config.task](choice.resumed(config, parts, context.resume_from), tokenizer, arguments)
    model = adapted(task.model, config.peft, config.task) if config.peft else task.model
    reporter = ResumableReporter(context)
    size = parameters(model)
    trainer = stages.trainer_for(config, choice.trainer_for(parts, task.trainer))(
        model=model,
        args=arguments,
        train_dataset=task.train,
        eval_dataset=task.validation,
        processing_class=tokenizer,
        data_collator=task.collator,
        compute_metrics=task.compute_metrics,
        callbacks=[
            *choice.witnesses(parts, model, context),
            reporter,
            *early_stopping.callbacks(config.early_stopping),
        ],
    )
    if zero.asked(config):
        trainer.add_callback(zero.ZeroWitness(context, trainer))
    if config.pipeline is not None:
        trainer.add_callback(stages.PipelineWitness(context, trainer, size["parameters"]))
    if config.dry_run:
        trainer.add_callback(DryRunWitness(context, trainer, tokenizer, size))
    print(f"{task.about}; device: {arguments.device}; ranks: {arguments.world_size}")
    print(described(**size))
    if not stop_before_training(context):
        train(trainer, reporter, context, "adapter" if config.peft else "model", size, config.dry_run)


def training_arguments(config: TrainStage, context: Context, more: Mapping[str, Any]) -> TrainingArguments:
    """The recipe's keys verbatim, over our defaults, under what the run owns and more. Unknown keys raise."""
    known = {field.name for field in dataclasses.fields(TrainingArguments)}
    defaults: dict[str, Any] = {
        "logging_nan_inf_filter": False,  # True writes the running average where the loss was NaN.
        # True multiplies the logged loss by the number of ranks, False by that of tensor-parallel ones.
        "average_tokens_across_devices": bool(config.model.distributed_config),
        "disable_tqdm": True,  # Bars are for terminals; this output is a file.
        "label_names": ["labels"],  # Trainer finds no labels, and so no loss, in a model under an adapter.
    }
    if config.early_stopping is not None:
        defaults["metric_for_best_model"] = config.early_stopping.metric
        # How often in a row nothing got better is part of where the training stands.
        defaults["restore_callback_states_from_checkpoint"] = context.resume_from is not None
    owned = {"output_dir": str(context.checkpoints), "report_to": ["tensorboard"]}
    if "logging_dir" in known:  # transformers 4
        owned["logging_dir"] = str(context.events)
    os.environ["TENSORBOARD_LOGGING_DIR"] = str(context.events)
    ours = {key: value for key, value in defaults.items() if key in known}
    return TrainingArguments(**{**ours, **config.train, **owned, **more})


def wait_as_asked(arguments: TrainingArguments) -> None:
    """`ddp_timeout` is how long a collective waits for another rank; transformers leaves it out on CPUs."""
    distributed = torch.distributed
    if arguments.device.type == "cpu" and distributed.is_available() and distributed.is_initialized():
        distributed.distributed_c10d._set_pg_timeout(timedelta(seconds=arguments.ddp_timeout))


def make_way(context: Context) -> None:
    """For the checkpoints of an attempt that goes over steps again."""
    if context.attempt.number == 1 or context.rank != 0:
        return
    after = 0 if context.resume_from is None else step_of(context.resume_from)
    for said in aside.make_way(context.checkpoints, after, context.attempt.number):
        print(said)


def described(trainable_parameters: int, parameters: int) -> str:
    share = trainable_parameters / parameters if parameters else 1.0
    return f"{trainable_parameters:,} of {parameters:,} parameters are trained ({share:.2%})"


def stop_before_training(context: Context) -> bool:
    """Alone, a rank that was told to stop while it loaded ends here; several stop after a first step."""
    return context.world_size == 1 and context.stop_requested()


def train(
    trainer: Trainer,
    reporter: ResumableReporter,
    context: Context,
    kind: str,
    size: dict[str, int],
    dry_run: bool = False,
) -> None:
    """The loop, and the model it leads to. A stopped training has its last checkpoint instead."""
    reporter.watch(trainer)
    make_way(context)
    loading.know_numbered_cpus()
    trainer.train(resume_from_checkpoint=None if context.resume_from is None else str(context.resume_from))
    if reporter.stopping or dry_run:
        return
    if why := early_stopping.why_ended(trainer):
        context.ended_early(why)
    context.progress(Phase.SAVING)
    final = context.checkpoints / "final"
    choice.end_whole(trainer)
    trainer.save_model(str(final))
    context.artifact(kind, final, step=trainer.state.global_step, **size)
