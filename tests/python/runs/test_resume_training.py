"""A training that was killed and resumed against one that was never interrupted: bit for bit the same."""

from __future__ import annotations

import hashlib
import os
import random
import signal
from pathlib import Path

import pytest
from process_scan import living
from tunesmith.core.attempts import read_plan
from tunesmith.core.files import last_objects, read_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.proof import proof_of
from tunesmith.facts.interpreter import Interpreter
from tunesmith.metrics.reader import RunReader
from tunesmith.runs import control, resume, store
from tunesmith.runs.view import RunView
from waiting import until

PATIENCE = 240.0
STEPS, SAVED = 70, 30
RECIPE = f"""\
task: text-classification
model: {{{{name_or_path: ./model}}}}
data:
  train: reviews.csv
  columns: {{{{text: review, label: sentiment}}}}
  split: {{{{validation: 0.2, seed: 1}}}}
train:
  max_steps: {STEPS}
  per_device_train_batch_size: 2
  gradient_accumulation_steps: 3
  learning_rate: 1.0e-2
  warmup_steps: 10
  logging_steps: 4
  eval_strategy: steps
  eval_steps: 15
  save_strategy: steps
  save_steps: {SAVED}
  full_determinism: true
accelerate: {{{{num_processes: {{ranks}}}}}}
"""
"""Steps that are logged and saved do not coincide, nor do epochs and checkpoints; dropout is the model's."""


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny model is faster with one, and the machine has other tests to run."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def write_varied_reviews(file: Path) -> None:
    """Every row is another one, so that the order of the rows shows in the loss."""
    draw = random.Random(0)
    words = ("a", "very", "good", "bad", "film", "plot")
    rows = [
        (" ".join(draw.choices(words, k=draw.randint(2, 9))), ["positive", "negative"][n % 2])
        for n in range(62)
    ]
    file.write_text("review,sentiment\n" + "".join(f"{text},{label}\n" for text, label in rows))


def write_recipe(folder: Path, ranks: int) -> Path:
    write_varied_reviews(folder / "reviews.csv")
    path = folder / "tiny.train.yaml"
    path.write_text(RECIPE.format(ranks=ranks))
    return path


def ended(run: RunFolder) -> RunView:
    """How it ended, once it has."""

    def end() -> RunView | None:
        view = store.look(run)
        return view if view.state not in ("running", "queued") else None

    return until("it has ended", end, PATIENCE)


def finished(run: RunFolder) -> None:
    view = ended(run)
    assert view.cause == "finished", (view.message, view.log and Path(view.log).read_text()[-3000:])


def kill_after(run: RunFolder, checkpoint: Path) -> None:
    """End everything of the run at once when it has logged steps past the checkpoint."""

    def past() -> bool:
        return (checkpoint / "tunesmith-rank-0.json").exists() and bool(last_objects(run.attempt(1).replay))

    until("a process of it", lambda: living(run), PATIENCE)
    until("steps after the checkpoint", past, PATIENCE)
    while left := living(run):
        for pid in left:
            os.kill(pid, signal.SIGKILL)


def curve(run: RunFolder) -> dict[str, list[tuple[int, str]]]:
    """Every tag's points as they were written; how long things took is left out."""
    reader = RunReader(run.path)
    now = 0.0
    while (update := reader.advance(now)).more or update.added:
        now += 1.0
    return {
        tag: [
            (step, value.hex())
            for step, value in zip(
                points.points().steps.tolist(), points.points().values.tolist(), strict=True
            )
        ]
        for tag, points in reader.history.series.items()
        if tag
        in ("train/loss", "train/grad_norm", "train/learning_rate", "train/epoch", "eval/loss", "eval/f1")
    }


def weights(run: RunFolder) -> str:
    return hashlib.sha256((run.checkpoints / "final" / "model.safetensors").read_bytes()).hexdigest()


@pytest.mark.parametrize("ranks", [1, 2])
def test_killed_and_resumed_is_as_if_nothing_had_happened(
    workspace: Path, trainer: Interpreter, ranks: int
) -> None:
    recipe = write_recipe(workspace, ranks)
    whole = control.start(recipe, trainer)
    broken = control.start(recipe, trainer)
    kill_after(broken, broken.checkpoints / f"checkpoint-{SAVED}")
    assert store.look(broken).state == "lost"
    finished(whole)

    resume.resume(broken)
    finished(broken)
    plan = read_plan(broken.attempt(2))
    assert plan is not None
    assert (plan.resume_from, plan.label, plan.step) == (f"checkpoints/checkpoint-{SAVED}", "exact", SAVED)
    seen = curve(whole)
    assert [step for step, _ in seen["train/loss"]] == list(range(4, STEPS + 1, 4))
    assert [step for step, _ in seen["eval/loss"]] == [15, 30, 45, 60, STEPS]
    assert curve(broken) == seen
    assert weights(broken) == weights(whole)
    for rank in range(ranks):
        record = read_json(broken.attempt(2).proof(rank))
        assert record is not None
        proof = proof_of(record)
        assert (proof.label, proof.reason) == ("exact", None), proof
        assert set(proof.checks.values()) == {"same"}
        assert {"model", "optimizer", "scheduler", "random numbers", "order of the data"} <= set(proof.checks)
    first = read_json(broken.attempt(2).proof(0)) or {}
    assert first["replayed"] >= 1
    steps = [line["step"] for line in last_objects(broken.progress) if line["attempt"] == 2]
    assert min(step for step in steps if step) == SAVED, "it goes on at the checkpoint's step"
