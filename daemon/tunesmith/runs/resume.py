"""Going on from a checkpoint: as another attempt of the run, or as a new run whose parent it is."""

from __future__ import annotations

import os
from pathlib import Path

from tunesmith.core.attempts import last_number, new_attempt
from tunesmith.core.checkpoints import Checkpoint, all_checkpoints, last_checkpoint
from tunesmith.core.layout import RunFolder
from tunesmith.core.plan import Plan, worse
from tunesmith.core.run import Queued, Running
from tunesmith.core.spec import RunSpec
from tunesmith.facts.interpreter import Interpreter, at
from tunesmith.runs import control, launch, store
from tunesmith.runs.activation import activate
from tunesmith.runs.changed import Incompatible, meaning
from tunesmith.runs.create import plain
from tunesmith.runs.runtime_copy import runtime_copy
from tunesmith.stages.recipe import stage_of


class CannotResume(Exception):
    """Nothing was changed; the message says why, and what to do."""


def resume(run: RunFolder, chosen: str | None = None) -> RunFolder:
    """Another attempt of the same run, with the recipe and the interpreter that it was started with.

    `chosen` is a checkpoint's name, or its step; None takes the last one. Raises CannotResume, or what
    `control.start` raises of an attempt that could not be launched.
    """
    number = last_number(run)
    spec = _ended(run)
    checkpoint = choose(run, spec, chosen)
    interpreter = _its_interpreter(run, spec)
    if not Path(spec.launch.cwd).is_dir():
        raise CannotResume(f"The folder {spec.launch.cwd} of the recipe is not there any more.")
    runtime = runtime_copy()
    activated = activate(interpreter, os.environ, Path(spec.launch.cwd))
    try:
        attempt = new_attempt(run, _plan(checkpoint, checkpoint.name), after=number)
    except FileExistsError as error:
        raise CannotResume(f"{error}. Look at it again.") from error
    control.hand_over(run, attempt, interpreter.path, runtime, activated)
    return run


def resume_as_new(run: RunFolder, interpreter: Interpreter, chosen: str | None = None) -> RunFolder:
    """A new run with the recipe as it is now, that begins with a checkpoint of `run`.

    Where the recipe is gone its text of then is taken. Raises as `resume` and `control.start` do.
    """
    spec = _ended(run)
    checkpoint = choose(run, spec, chosen, own=False)
    recipe = Path(spec.recipe)
    if not recipe.parent.is_dir():
        raise CannotResume(f"The folder {recipe.parent} of the recipe is not there any more.")
    text = None if recipe.exists() else run.recipe.read_text(encoding="utf-8")
    text, accepted = control.accept(recipe, interpreter, text)
    stage, config = stage_of(accepted)
    ranks = launch.num_processes(accepted.accelerate)
    try:
        means = meaning(spec, stage, plain(config, recipe.parent), ranks)
    except Incompatible as error:
        raise CannotResume(
            f"{checkpoint.name} does not fit the recipe any more: {error}. "
            f"Undo that, or train from the start."
        ) from error
    most = accepted.train.get("max_steps")
    if isinstance(most, int) and 0 < most <= checkpoint.step:
        raise CannotResume(
            f"{checkpoint.name} is at step {checkpoint.step:,} and train.max_steps is {most:,}. Raise that."
        )
    plan = _plan(checkpoint, str(checkpoint.path))
    reasons = (*filter(None, [plan.reason]), *means.reasons)
    label = "approximate" if plan.label is None else worse(plan.label, means.label)
    plan = Plan(plan.resume_from, "resume", label, "; ".join(reasons) or None, plan.step)
    return control.launch_new(recipe, text, accepted, interpreter, parent=run.id, plan=plan)


def choose(run: RunFolder, spec: RunSpec, chosen: str | None, own: bool = True) -> Checkpoint:
    """The checkpoint that is meant; raises CannotResume when there is none, or it cannot be loaded.

    With `own` the training has to have steps left after it.
    """
    there = all_checkpoints(run, spec)
    if chosen is None:
        found = last_checkpoint(run, spec)
    else:
        found = next((each for each in there if chosen in _names(each)), None)
        if found is None:
            raise CannotResume(f"{run.id} has no checkpoint {chosen}. It has: {_listed(there)}.")
    if found is None:
        torn = next((f": {each.path.name} is torn ({each.torn})" for each in there if each.torn), "")
        raise CannotResume(f"{run.id} has no checkpoint to go on from{torn}. Train again from the start.")
    if found.torn is not None:
        raise CannotResume(f"{found.name} is torn ({found.torn}). {run.id} has: {_listed(there)}.")
    if own and found.steps is not None and found.step >= found.steps:
        raise CannotResume(
            f"{found.name} is at the last step, {found.steps:,}. To train longer, raise train.max_steps or "
            f"train.num_train_epochs in the recipe, and resume it as a new run."
        )
    return found


def _ended(run: RunFolder) -> RunSpec:
    state = store.state_of(run)
    if isinstance(state, Running):
        raise CannotResume(f"{run.id} is still running. Stop it first.")
    if isinstance(state, Queued):
        raise CannotResume(f"{run.id} waits for its start already.")
    return RunSpec.from_json(run.spec.read_text(encoding="utf-8"))


def _its_interpreter(run: RunFolder, spec: RunSpec) -> Interpreter:
    found = at(Path(spec.interpreter))
    if found is None:
        raise CannotResume(
            f"The training interpreter {spec.interpreter} of {run.id} is not there any more. "
            f"Resume it as a new run, which takes the interpreter that is selected now."
        )
    return found


def _plan(checkpoint: Checkpoint, place: str) -> Plan:
    return Plan(place, "resume", checkpoint.label, checkpoint.reason, checkpoint.step)


def _names(checkpoint: Checkpoint) -> tuple[str, ...]:
    return checkpoint.name, checkpoint.path.name, str(checkpoint.path), str(checkpoint.step)


def _listed(checkpoints: list[Checkpoint]) -> str:
    return ", ".join(each.path.name for each in checkpoints if each.torn is None) or "none that is whole"
