"""A training that was killed and resumed against one that was never interrupted: bit for bit the same."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from process_scan import living
from tiny_model import write_model
from trainer import package, transformers_version
from training import end
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
MAJOR = int(package("transformers-*.dist-info").name.split("-")[1].split(".")[0])
EVERY = 4 if MAJOR >= 5 else 1
"""Before transformers 5 nobody can tell what was summed up since the last log: there every step is logged."""
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
  logging_steps: {EVERY}
  {{evaluate}}
  save_strategy: steps
  save_steps: {SAVED}
accelerate: {{{{num_processes: {{ranks}}}}}}
"""
"""Steps that are logged and saved do not coincide, nor do epochs and checkpoints; dropout is the model's."""


def write_varied_reviews(file: Path) -> None:
    """Every row is another one, so that the order of the rows shows in the loss."""
    draw = random.Random(0)
    words = ("a", "very", "good", "bad", "film", "plot")
    rows = [
        (" ".join(draw.choices(words, k=draw.randint(2, 9))), ["positive", "negative"][n % 2])
        for n in range(62)
    ]
    file.write_text("review,sentiment\n" + "".join(f"{text},{label}\n" for text, label in rows))


EVALUATE = "eval_strategy: steps\n  eval_steps: 15"
EARLY = "run: {early_stopping: {patience: 50}}\n"


class Place:
    """A folder with a recipe for each number of ranks, and a run of each that nobody interrupts."""

    def __init__(self, folder: Path, trainer: Interpreter) -> None:
        self.folder = folder
        self.trainer = trainer
        self._whole: dict[int, RunFolder] = {}
        write_model(folder / "model")
        write_varied_reviews(folder / "reviews.csv")

    def recipe(self, ranks: int) -> Path:
        """Two ranks evaluate, too; one is stopped, which would leave out an evaluation that is due."""
        path = self.folder / f"on-{ranks}.train.yaml"
        text = RECIPE.format(ranks=ranks, evaluate=EVALUATE if ranks == 2 else "seed: 42")
        path.write_text(text + (EARLY if ranks == 2 else ""))
        return path

    def start(self, ranks: int) -> RunFolder:
        return control.start(self.recipe(ranks), self.trainer)

    def whole(self, ranks: int) -> RunFolder:
        """Started when it is first asked for."""
        if ranks not in self._whole:
            self._whole[ranks] = self.start(ranks)
        return self._whole[ranks]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, trainer: Interpreter) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("resume")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")  # The tiny model is faster, and other tests run beside these.
        yield Place(folder, trainer)
    for home in store.homes([folder]):
        for run in store.runs_in(home):
            end(run)


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
    end(run)


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


def without(curves: dict[str, list[tuple[int, str]]], step: int) -> dict[str, list[tuple[int, str]]]:
    return {tag: [point for point in points if point[0] != step] for tag, points in curves.items()}


@pytest.mark.parametrize("ranks", [1, 2])
def test_killed_and_resumed_is_as_if_nothing_had_happened(place: Place, ranks: int) -> None:
    whole, broken = place.whole(ranks), place.start(ranks)
    kill_after(broken, broken.checkpoints / f"checkpoint-{SAVED}")
    assert store.look(broken).state == "lost"
    resume.resume(broken)
    finished(broken)
    finished(whole)

    seen = curve(whole)
    assert [step for step, _ in seen["train/loss"]] == list(range(EVERY, STEPS + 1, EVERY))
    evaluated = [15, 30, 45, 60, *([STEPS] if transformers_version() >= (5,) else [])]  # At the end, too.
    assert [step for step, _ in seen.get("eval/loss", [])] == (evaluated if ranks == 2 else [])
    assert curve(broken) == seen
    assert weights(broken) == weights(whole)
    for rank in range(ranks):
        record = read_json(broken.attempt(2).proof(rank))
        assert record is not None
        proof = proof_of(record)
        assert (proof.label, proof.reason) == ("exact", None), proof
        assert set(proof.checks.values()) == {"same"}
        assert {"model", "optimizer", "scheduler", "random numbers", "order of the data"} <= set(proof.checks)
    told = store.look(broken).resumed
    assert told is not None
    assert (told.checkpoint, told.step, told.why) == (f"checkpoint-{SAVED}", SAVED, "resume")
    assert (told.label, told.proved) == ("exact", True)
    assert told.replayed >= 1
    steps = [line["step"] for line in last_objects(broken.progress) if line["attempt"] == 2]
    assert min(step for step in steps if step) == SAVED, "it goes on at the checkpoint's step"


def test_a_stop_between_two_logs_leaves_no_trace(place: Place) -> None:
    """But for the log of the stop itself, which shows the last step before it."""
    whole, run = place.whole(1), place.start(1)
    until("steps", lambda: store.look(run).step >= 12 or None, PATIENCE)
    control.stop(run, force=False, by="the test")
    stopped = ended(run)
    assert stopped.cause == "stopped"
    resume.resume(run)
    finished(run)
    finished(whole)
    told = store.look(run).resumed
    assert told is not None
    assert (told.step, told.label, told.reason) == (stopped.step, "exact", None)
    assert without(curve(run), stopped.step) == without(curve(whole), stopped.step)
    assert weights(run) == weights(whole)


def test_a_new_run_goes_on_in_another_world(place: Place) -> None:
    parent = place.whole(2)
    finished(parent)
    text = place.recipe(1).read_text()
    Path(store.look(parent).recipe).write_text(text)
    child = resume.resume_as_new(parent, place.trainer, str(SAVED))
    finished(child)
    view = store.look(child)
    assert (view.parent, view.world_size, view.step) == (parent.id, 1, STEPS)
    assert view.resumed is not None
    assert (view.resumed.label, view.resumed.proved, view.resumed.replayed) == ("approximate", True, 0)
    assert view.resumed.reason is not None
    assert "2 → 1 processes" in view.resumed.reason
    record = read_json(child.attempt(1).proof(0))
    assert record is not None
    assert {part: record["checks"][part] for part in ("model", "optimizer", "scheduler")} == dict.fromkeys(
        ("model", "optimizer", "scheduler"), "same"
    )
    assert curve(child)["train/loss"][0][0] > SAVED
