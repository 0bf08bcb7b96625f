"""The ends that a recipe or a person may choose, of a real training: a pause, an epoch, early stopping."""

from __future__ import annotations

from pathlib import Path

from small_run import when
from training import write_recipe
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import asking, control, store
from waiting import until

PATIENCE = 300.0
EARLY = """\
eval_strategy: steps
  eval_steps: 2
  learning_rate: 0.0
run:
  early_stopping: {patience: 2}
"""


def test_two_ranks_are_paused_at_one_step_and_stop_after_their_epoch(
    workspace: Path, trainer: Interpreter
) -> None:
    path = write_recipe(workspace, ranks=2)
    run = control.start(path, trainer)
    until("it trains", lambda: store.look(run).step > 2, PATIENCE)
    asking.pause(run, "Ann")
    paused = when(run, "running", "paused")
    asking.stop_after_epoch(run, "Ann")
    assert store.look(run).step == paused.step
    asking.go_on(run)
    view = when(run, "ended")
    assert view.cause == "stopped", view.message
    assert view.epoch is not None
    assert (view.message or "").startswith("Stopped after epoch")
    assert view.epoch == round(view.epoch) >= 1
    assert (run.checkpoints / f"checkpoint-{view.step}").is_dir()


def test_a_training_that_gets_no_better_ends_by_itself(workspace: Path, trainer: Interpreter) -> None:
    path = write_recipe(workspace, steps=1000, more=EARLY)
    run = control.start(path, trainer)
    until("it ended", lambda: store.look(run).state == "ended", PATIENCE)
    view = store.look(run)
    assert view.cause == "finished", view.message
    assert view.message == "Early stopping: eval_loss got no better in 2 evaluations in a row."
    assert view.step == 6
    assert (run.checkpoints / "final").is_dir()
