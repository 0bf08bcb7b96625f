"""A disk that becomes full while a training saves: it says so, what was saved stays, and it can go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from process_scan import living
from small_disk import small_disk
from tiny_model import write_model, write_reviews
from training import end
from tunesmith.core.checkpoints import last_checkpoint
from tunesmith.core.layout import RunFolder
from tunesmith.core.spec import RunSpec
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, resume, store
from tunesmith.runs.view import RunView
from waiting import until

pytestmark = pytest.mark.long
PATIENCE = 240.0
STEPS = 2000
RECIPE = f"""\
task: text-classification
model: {{name_or_path: ./model}}
data:
  train: reviews.csv
  columns: {{text: review, label: sentiment}}
train:
  max_steps: {STEPS}
  per_device_train_batch_size: 4
  logging_steps: 1
  save_steps: 100
  save_total_limit: 2
"""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Room enough for all that the training writes."""
    with small_disk(tmp_path / "disk", megabytes=32) as disk:
        write_model(disk / "model")
        write_reviews(disk / "reviews.csv")
        (disk / "fills.train.yaml").write_text(RECIPE)
        yield disk
        for run in store.runs_in(disk / ".tunesmith" / "runs"):
            end(run)


def fill(disk: Path) -> Path:
    """With a file that takes all that is left."""
    huge = disk / "huge"
    with open(huge, "wb", buffering=0) as out:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    out.write(bytes(size))
            except OSError:
                continue
    return huge


def ended(run: RunFolder) -> RunView:
    def look() -> RunView | None:
        view = store.look(run)
        return view if view.state not in ("running", "queued") else None

    view = until("it has ended", look, PATIENCE)
    assert living(run) == set()
    return view


def test_a_training_that_cannot_save_any_more(disk: Path, trainer: Interpreter) -> None:
    run = control.start(disk / "fills.train.yaml", trainer)
    spec = RunSpec.from_json(run.spec.read_text())
    until("it has saved once", lambda: last_checkpoint(run, spec), PATIENCE)
    huge = fill(disk)
    view = ended(run)
    assert view.cause == "failed"
    assert (view.message or "").startswith("The disk is full. Free some space and train again.")
    saved = last_checkpoint(run, spec)
    assert saved is not None
    # Of the steps after it none may have found room to be told.
    assert saved.step <= view.step
    huge.unlink()
    resume.resume(run)
    view = ended(run)
    assert (view.cause, view.attempt, view.step) == ("finished", 2, STEPS)
