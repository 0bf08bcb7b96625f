"""Which checkpoints a run has, which of them are whole, and what each promises."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from checkpoints import make_run, note, save, spec_of
from tunesmith.core.attempts import new_attempt
from tunesmith.core.checkpoints import Checkpoint, all_checkpoints, last_checkpoint, mark, whole_checkpoints
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.plan import Plan


def only(run: RunFolder) -> Checkpoint:
    (found,) = all_checkpoints(run, spec_of(run))
    return found


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


TEARS: dict[str, Callable[[Path], None]] = {
    "model.safetensors is cut short": lambda folder: cut(folder / "model.safetensors"),
    "optimizer.pt is cut short": lambda folder: cut(folder / "optimizer.pt"),
    "rng_state.pth is cut short": lambda folder: cut(folder / "rng_state.pth"),
    "trainer_state.json is missing or cut short": lambda folder: cut(folder / "trainer_state.json"),
    "it holds no weights": lambda folder: (folder / "model.safetensors").unlink(),
}


@pytest.mark.parametrize("says", TEARS)
def test_a_torn_one_is_known_without_any_record_of_it(tmp_path: Path, says: str) -> None:
    """As when everything was killed while Trainer wrote."""
    run = make_run(tmp_path)
    folder = save(run, 4, record=False)
    mark(folder, 0).unlink()
    TEARS[says](folder)
    assert only(run).torn == says
    assert whole_checkpoints(run, spec_of(run)) == []


def test_a_file_that_went_missing_later_is_known_by_the_record(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    folder = save(run, 4)
    (folder / "scheduler.pt").unlink()
    assert only(run).torn == "scheduler.pt is missing"


def test_a_shard_that_is_missing(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    folder = save(run, 4)
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"w": "model-1-of-2.safetensors"}}')
    assert only(run).torn == "model.safetensors.index.json is cut short"


def test_a_whole_one_promises_to_be_exact(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    save(run, 4)
    found = only(run)
    assert (found.name, found.step, found.steps, found.epoch) == ("checkpoints/checkpoint-4", 4, 100, 0.4)
    assert (found.label, found.reason, found.torn) == ("exact", None, None)


@pytest.mark.parametrize(
    ("lost", "label", "says"),
    [
        ("optimizer.pt", "unsafe", "no optimizer state"),
        ("rng_state.pth", "approximate", "rng_state.pth is missing"),
        ("tunesmith-rank-0.json", "approximate", "nothing was recorded"),
    ],
)
def test_what_is_not_there_cannot_be_promised(tmp_path: Path, lost: str, label: str, says: str) -> None:
    run = make_run(tmp_path)
    (save(run, 4, files={}) / lost).unlink()
    found = only(run)
    assert (found.torn, found.label) == (None, label)
    assert found.reason is not None
    assert says in found.reason


def test_another_world_goes_another_way_through_the_data(tmp_path: Path) -> None:
    run = make_run(tmp_path, ranks=2)
    save(run, 4, ranks=1)
    found = only(run)
    assert (found.label, found.reason) == ("approximate", "it was saved by 1 rank and is loaded by 2 ranks")


def test_an_optimizer_in_parts_is_loaded_by_as_many_ranks_alone(tmp_path: Path) -> None:
    run = make_run(tmp_path, ranks=3)
    folder = save(run, 4, ranks=2)
    (folder / "optimizer.pt").rename(folder / "optimizer_stage_0.pt")
    (folder / "optimizer_stage_1.pt").write_bytes((folder / "optimizer_stage_0.pt").read_bytes())
    for rank in (0, 1):
        write_json(mark(folder, rank), {"world_size": 2})
    (found,) = whole_checkpoints(run, spec_of(run))
    reason = "its optimizer lies in parts that only 2 ranks can load"
    assert (found.label, found.reason) == ("unsafe", reason)


def test_an_evaluation_that_a_stop_left_out(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    save(run, 4, evaluation_skipped=True)
    assert only(run).label == "approximate"


def test_a_script_promises_nothing(tmp_path: Path) -> None:
    """Its checkpoints lie where it likes, and only what Trainer or accelerate wrote is known."""
    run = make_run(tmp_path, stage="script", args={"from": "{resume}"})
    folder = save(run, 4, record=False)
    moved = tmp_path / "out" / "checkpoint-4"
    shutil.copytree(folder, moved)
    shutil.rmtree(folder)
    note(run, moved, 4)
    found = only(run)
    assert (found.name, found.step, found.label) == (str(moved), 4, "unsafe")


def test_a_script_that_is_not_told_of_it_begins_anew(tmp_path: Path) -> None:
    run = make_run(tmp_path, stage="script", args={"epochs": 2})
    save(run, 4)
    assert "{resume}" in (only(run).reason or "")


def test_the_last_one_is_what_was_saved_last_and_whole(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    save(run, 4)
    save(run, 8)
    cut(save(run, 12, record=False) / "model.safetensors")
    last = last_checkpoint(run, spec_of(run))
    assert last is not None
    assert last.step == 8


def test_what_somebody_chose_is_gone_on_with(tmp_path: Path) -> None:
    """Attempt 2 went on from an earlier checkpoint and crashed before it had saved one."""
    run = make_run(tmp_path)
    save(run, 4)
    save(run, 8)
    new_attempt(run, Plan("checkpoints/checkpoint-4", "resume", step=4))
    last = last_checkpoint(run, spec_of(run))
    assert last is not None
    assert last.step == 4
    save(run, 6, attempt=2)
    last = last_checkpoint(run, spec_of(run))
    assert last is not None
    assert last.step == 6


def test_a_child_that_saved_nothing_goes_on_from_its_parents(tmp_path: Path) -> None:
    parent = make_run(tmp_path / "parent")
    chosen = save(parent, 4)
    child = make_run(tmp_path / "child")
    write_json(child.attempt(1).plan, asdict(Plan(str(chosen), "resume", step=4)))
    last = last_checkpoint(child, spec_of(child))
    assert last is not None
    assert (last.name, last.step) == (str(chosen), 4)
    shutil.rmtree(chosen)
    assert last_checkpoint(child, spec_of(child)) is None


def test_none_at_all(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    assert last_checkpoint(run, spec_of(run)) is None
