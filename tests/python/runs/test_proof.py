"""What a resumed training says of itself; how it makes way for the checkpoints that it will save."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import pytest
from checkpoints import make_run, save
from tunesmith.core.plan import Label, Plan
from tunesmith.core.proof import Proof
from tunesmith.stages.train.resuming.aside import make_way
from tunesmith.stages.train.resuming.replay import MOST, Keeper, Replay
from tunesmith.stages.train.resuming.verdict import replayed, verdict

PLAN = Plan("checkpoints/checkpoint-4", "resume", "exact", None, 4)


@pytest.mark.parametrize(
    ("checks", "label", "says"),
    [
        ({"model": "same", "optimizer": "same", "random numbers": "same"}, "exact", None),
        ({"model": "same", "random numbers": "missing"}, "approximate", "random numbers' state: not in the"),
        (
            {"order of the data": "differs"},
            "approximate",
            "the order of the data: not what was saved (rows: 8",
        ),
        ({"optimizer": "differs", "random numbers": "differs"}, "unsafe", "the optimizer's state: not what"),
        ({"scheduler": "missing"}, "unsafe", "the schedule's state: not in the checkpoint"),
        ({"data": "differs"}, "unsafe", "the data: not what was saved"),
        ({"model": "unknown"}, "approximate", "the weights: cannot be compared"),
        ({"scaler": "differs"}, "approximate", "the loss scaler's state"),
    ],
)
def test_the_worst_that_was_seen_counts(checks: dict[str, str], label: Label, says: str | None) -> None:
    proof = verdict(checks, {"order of the data": "rows: 8 then, 9 now"}, PLAN)
    assert proof.label == label
    assert proof.reason is None if says is None else says in (proof.reason or "")


def test_what_was_known_before_the_start_is_not_forgotten() -> None:
    plan = Plan("x", "resume", "approximate", "2 → 1 processes", 4)
    proof = verdict({"random numbers": "missing"}, {}, plan)
    assert proof.reason == "2 → 1 processes; the random numbers' state: not in the checkpoint"
    assert verdict({"data": "differs"}, {}, plan).label == "unsafe"


def kept(folder: Path, *losses: tuple[int, float]) -> Path:
    keeper = Keeper(folder / "replay.jsonl")
    keeper.saved()
    for step, loss in losses:
        keeper.logged(step, {"loss": loss, "grad_norm": 1.0, "epoch": 0.5})
    return folder / "replay.jsonl"


def test_steps_that_are_repeated_are_compared_to_the_last_bit(tmp_path: Path) -> None:
    path = kept(tmp_path, (4, 9.0), (5, 0.1), (6, math.nan), (7, 0.3))
    replay = Replay(path, after=4)
    assert not replay.logged(4, {"loss": 1.0, "grad_norm": 1.0}), "the checkpoint's own step is not repeated"
    assert replay.logged(5, {"loss": 0.1, "grad_norm": 1.0})
    assert replay.logged(6, {"loss": math.nan, "grad_norm": 1.0})
    assert (replay.same, replay.differs_at) == (2, None)
    assert replay.logged(7, {"loss": 0.1 + 0.2, "grad_norm": 1.0})
    assert (replay.same, replay.differs_at) == (2, 7)
    proof = replayed(Proof("exact"), replay.same, replay.differs_at, replay.difference)
    assert (proof.label, proof.replayed) == ("approximate", 2)
    assert proof.reason == "step 7 came out differently (loss 0.3 then, 0.30000000000000004 now)"


def test_little_is_kept_and_a_line_that_was_cut_short_is_no_harm(tmp_path: Path) -> None:
    path = kept(tmp_path, *((step, 1.0) for step in range(MOST + 10)))
    assert len(path.read_text().splitlines()) == MOST
    with open(path, "a") as file:
        file.write('{"step": 99, "lo')
    assert Replay(path, after=0).logged(3, {"loss": 1.0, "grad_norm": 1.0})
    assert json.loads(path.read_text().splitlines()[0]) == {"step": 0, "loss": 1.0, "grad_norm": 1.0}


def test_nothing_was_kept(tmp_path: Path) -> None:
    assert not Replay(tmp_path / "replay.jsonl", after=0).logged(1, {"loss": 1.0})


def test_later_checkpoints_make_way(tmp_path: Path) -> None:
    """A new one in the place of an old one would be a mixture, if it were cut short."""
    run = make_run(tmp_path)
    for step in (4, 8, 12):
        save(run, step)
    (run.checkpoints / "checkpoint-12" / "model.safetensors").write_bytes(b"")
    (run.checkpoints / "final").mkdir()
    said = list(make_way(run.checkpoints, after=4, attempt=2))
    assert sorted(path.name for path in run.checkpoints.iterdir()) == [
        "attempt-1-checkpoint-8",
        "checkpoint-4",
        "final",
    ]
    assert said == [
        "removed checkpoint-12, which cannot be loaded: model.safetensors has 0 bytes and had 86",
        "checkpoint-8 is now attempt-1-checkpoint-8: this attempt makes its own",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a file whose reading fails")
@pytest.mark.parametrize("name", ["model.safetensors", "optimizer.pt"])
def test_what_cannot_be_read_is_kept(tmp_path: Path, name: str) -> None:
    """Nobody knows that it is torn: a disk that fails now may be back in a minute."""
    run = make_run(tmp_path)
    unreadable = save(run, 8, files={}) / name
    unreadable.unlink()
    unreadable.symlink_to("/proc/self/mem")
    list(make_way(run.checkpoints, after=4, attempt=2))
    assert [path.name for path in run.checkpoints.iterdir()] == ["attempt-1-checkpoint-8"]
