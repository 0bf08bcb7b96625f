"""Rules about a Trainer's own resuming: `resume_from_checkpoint`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import OUTPUT_FOLDER, RESUMED_FOLDER, VERSIONS, WORLD_SIZE
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.written import number

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

KEY = "resume_from_checkpoint"
PATH = ("train", KEY)
DROP = (Fix(f"Remove {KEY}", (RemoveKey(PATH),), preferred=True),)


@rule("TN231", Severity.ERROR, "{folder} holds no checkpoint to resume from", needs=(OUTPUT_FOLDER,))
def nothing_to_resume_from(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The newest checkpoint of the output folder is asked for, and there is none.

    Why: the model and the data are loaded, then the run ends.
    Library: transformers, Trainer.train: ValueError, No valid checkpoint found in output directory.
    Flags:
        # launch trl sft --config train.yaml
        # packages transformers 4.43.4, trl 0.9.6
        output_dir: out
        resume_from_checkpoint: true
    Accepts:
        # launch trl sft --config train.yaml
        # packages transformers 4.43.4, trl 0.9.6
        # file out/checkpoint-10/trainer_state.json: {}
        output_dir: out
        resume_from_checkpoint: true
    """
    folder = facts[OUTPUT_FOLDER]
    if recipe.train.get(KEY) is True and folder.checkpoints == ():
        yield nothing_to_resume_from.at(*PATH, folder=recipe.train.get("output_dir"), fixes=DROP)


@rule("TN232", Severity.ERROR, "There is no checkpoint {folder}", needs=(RESUMED_FOLDER,))
def checkpoint_is_missing(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The checkpoint to resume from is not there.

    Why: the model and the data are loaded, then the run ends.
    Library: transformers, Trainer.train: ValueError, Can't find a valid checkpoint at ….
    Flags:
        # launch trl sft --config train.yaml
        # packages transformers 4.43.4, trl 0.9.6
        output_dir: out
        resume_from_checkpoint: out/checkpoint-20
    Accepts:
        # launch trl sft --config train.yaml
        # packages transformers 4.43.4, trl 0.9.6
        # file out/checkpoint-20/trainer_state.json: {}
        output_dir: out
        resume_from_checkpoint: out/checkpoint-20
    """
    folder = facts[RESUMED_FOLDER]
    if not folder.exists:
        yield checkpoint_is_missing.at(*PATH, on="value", folder=recipe.train.get(KEY), fixes=DROP)


@rule(
    "TN233",
    Severity.WARNING,
    "{folder} remembers its best checkpoint at {best}, which is not here",
    needs=(RESUMED_FOLDER,),
)
def best_checkpoint_is_elsewhere(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The best checkpoint of a training that was moved is remembered by the place that it had.

    Why: unless a later one becomes better, the best model is not loaded at the end, and the run keeps the
    last one; when old checkpoints are removed, the best one is among them.
    Library: silent.
    Flags:
        # launch trl sft --config train.yaml
        # packages transformers 4.43.4, trl 0.9.6
        # file out/checkpoint-20/trainer_state.json: {"best_model_checkpoint": "/else/checkpoint-20"}
        output_dir: out
        resume_from_checkpoint: out/checkpoint-20
        load_best_model_at_end: true
        eval_strategy: steps
    Accepts:
        # launch trl sft --config train.yaml
        # packages transformers 4.43.4, trl 0.9.6
        # file out/checkpoint-20/trainer_state.json: {"best_model_checkpoint": "out/checkpoint-20"}
        output_dir: out
        resume_from_checkpoint: out/checkpoint-20
        load_best_model_at_end: true
        eval_strategy: steps
    """
    folder = facts[RESUMED_FOLDER]
    best = folder.state.get("best_model_checkpoint")
    written = recipe.train.get(KEY)
    wanted = recipe.train.get("load_best_model_at_end") is True and folder.exists
    if wanted and folder.best_is_here is False:
        yield best_checkpoint_is_elsewhere.at(*PATH, on="value", folder=written, best=best)


@rule(
    "TN234",
    Severity.WARNING,
    "{key} is {written} here and {kept} in {folder}, which wins",
    needs=(RESUMED_FOLDER, VERSIONS),
)
def checkpoint_keeps_its_steps(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A resumed Trainer takes its steps between logs, evaluations and saves from the checkpoint.

    Why: what is written is not what happens.
    Library: silent; transformers, Trainer.compare_trainer_and_checkpoint_args warns in the log.
    Flags:
        # launch trl sft --config train.yaml
        # packages transformers 4.43.4, trl 0.9.6
        # file out/checkpoint-20/trainer_state.json: {"save_steps": 5}
        output_dir: out
        resume_from_checkpoint: out/checkpoint-20
        save_steps: 50
    Accepts:
        # launch trl sft --config train.yaml
        # packages transformers 4.43.4, trl 0.9.6
        # file out/checkpoint-20/trainer_state.json: {"save_steps": 50}
        output_dir: out
        resume_from_checkpoint: out/checkpoint-20
        save_steps: 50
    """
    folder = facts[RESUMED_FOLDER]
    # Earlier ones look at the arguments.
    if before(facts[VERSIONS], "transformers", (4, 31)) is not False:
        return
    for key in ("save_steps", "eval_steps", "logging_steps"):
        written, kept = number(recipe.train.get(key)), folder.state.get(key)
        if written is not None and isinstance(kept, int | float) and kept != written:
            name = recipe.train.get(KEY)
            yield checkpoint_keeps_its_steps.at(
                "train", key, on="value", key=key, written=f"{written:g}", kept=f"{kept:g}", folder=name
            )


@rule(
    "TN235",
    Severity.WARNING,
    "{folder} was saved by {saved} processes and is resumed by {asked}: other rows are skipped than seen",
    needs=(RESUMED_FOLDER, WORLD_SIZE),
)
def resumed_by_other_processes(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A checkpoint is resumed by another number of processes than saved it.

    Why: the Trainer skips as many batches as it had seen, and these are larger or smaller now. Random numbers
    of processes that are new start anew. Keep the number of rows a step, or resume on as many processes.
    Library: silent.
    Flags:
        # launch torchrun --nproc_per_node 4 train.py train.yaml
        # script Trainer(m)
        # file c/checkpoint-20/trainer_state.json: {}
        # file c/checkpoint-20/rng_state_0.pth: 0
        # file c/checkpoint-20/rng_state_1.pth: 1
        resume_from_checkpoint: c/checkpoint-20
        num_train_epochs: 3
    Accepts:
        # launch torchrun --nproc_per_node 2 train.py train.yaml
        # script Trainer(m)
        # file c/checkpoint-20/trainer_state.json: {}
        # file c/checkpoint-20/rng_state_0.pth: 0
        # file c/checkpoint-20/rng_state_1.pth: 1
        resume_from_checkpoint: c/checkpoint-20
        num_train_epochs: 3
    """
    folder, asked = facts[RESUMED_FOLDER], facts[WORLD_SIZE]
    skips = recipe.train.get("ignore_data_skip") is not True
    if folder.ranks is not None and folder.ranks != asked and skips:
        yield resumed_by_other_processes.at(
            *PATH, on="value", folder=recipe.train.get(KEY), saved=folder.ranks, asked=asked
        )


RULES = (
    nothing_to_resume_from,
    checkpoint_is_missing,
    best_checkpoint_is_elsewhere,
    checkpoint_keeps_its_steps,
    resumed_by_other_processes,
)
