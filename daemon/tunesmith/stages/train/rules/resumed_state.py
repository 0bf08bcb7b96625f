"""Rules about what a checkpoint that is resumed from holds: how far it is, and what of the training."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import RESUMED_FOLDER, TOTAL_STEPS
from tunesmith.stages.train.rules.resuming_from import KEY, PATH
from tunesmith.stages.train.rules.written import number

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule(
    "TN236",
    Severity.WARNING,
    "{folder} has {done} behind it already: the training ends at once",
    needs=(RESUMED_FOLDER,),
)
def resumed_after_its_end(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A checkpoint is resumed that is as far as the whole training is to go.

    Why: max_steps and num_train_epochs count from the first start, not from the checkpoint: not one step is
    taken, and what is saved is the checkpoint again.
    Library: silent; transformers, Trainer.train logs a train_loss of 0.0.
    Flags:
        # launch trl sft --config train.yaml
        # packages transformers 4.43.4, trl 0.9.6
        # file out/checkpoint-20/trainer_state.json: {"global_step": 20, "epoch": 1.0}
        output_dir: out
        resume_from_checkpoint: out/checkpoint-20
        max_steps: 20
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.43.4, trl 0.9.6
        # file out/checkpoint-20/trainer_state.json: {"global_step": 20, "epoch": 2.0}
        output_dir: out
        resume_from_checkpoint: out/checkpoint-20
        num_train_epochs: 2
    Accepts:
        # launch trl sft --config train.yaml
        # packages transformers 4.43.4, trl 0.9.6
        # file out/checkpoint-20/trainer_state.json: {"global_step": 20, "epoch": 2.0}
        output_dir: out
        resume_from_checkpoint: out/checkpoint-20
        max_steps: 40
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.43.4, trl 0.9.6
        # file out/checkpoint-20/trainer_state.json: {"global_step": 20, "epoch": 0.5}
        output_dir: out
        resume_from_checkpoint: out/checkpoint-20
        num_train_epochs: 2
    """
    state, train = facts[RESUMED_FOLDER].state, recipe.train
    step, epoch = number(state.get("global_step")), number(state.get("epoch"))
    most, epochs = number(train.get("max_steps")), number(train.get("num_train_epochs"))
    folder = train.get(KEY)
    if most is not None and most > 0:
        if step is not None and step >= most:
            yield resumed_after_its_end.at(
                "train", "max_steps", on="value", folder=folder, done=f"{step:g} steps"
            )
    elif epochs is not None and epoch is not None and epoch >= epochs > 0:
        total = facts.get(TOTAL_STEPS)
        # With more data than before, or larger batches, the same epochs are other steps.
        if total is None or (step is not None and step >= total):
            yield resumed_after_its_end.at(
                "train", "num_train_epochs", on="value", folder=folder, done=f"{epoch:g} epochs"
            )


@rule(
    "TN237",
    Severity.WARNING,
    "{folder} holds weights alone: optimizer and schedule start anew",
    needs=(RESUMED_FOLDER,),
)
def resumed_without_optimizer(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A checkpoint is resumed that was saved without the state of the optimizer and of the schedule.

    Why: the rows that were seen are skipped, and the learning rate warms up again from nothing, as
    save_only_model leaves it. To go on from the weights, name the folder as the model instead.
    Library: silent; transformers, Trainer loads optimizer.pt and scheduler.pt where both are there.
    Flags:
        # launch trl sft --config train.yaml
        # packages transformers 4.43.4, trl 0.9.6
        # file out/checkpoint-20/trainer_state.json: {"global_step": 20}
        # file out/checkpoint-20/model.safetensors: 0
        output_dir: out
        resume_from_checkpoint: out/checkpoint-20
    Accepts:
        # launch trl sft --config train.yaml
        # packages transformers 4.43.4, trl 0.9.6
        # file out/checkpoint-20/trainer_state.json: {"global_step": 20}
        # file out/checkpoint-20/model.safetensors: 0
        # file out/checkpoint-20/optimizer.pt: 0
        output_dir: out
        resume_from_checkpoint: out/checkpoint-20
    """
    folder = facts[RESUMED_FOLDER]
    if folder.state and folder.is_weights_alone:
        yield resumed_without_optimizer.at(*PATH, on="value", folder=recipe.train.get(KEY))


RULES = (resumed_after_its_end, resumed_without_optimizer)
