"""Going on from a checkpoint: what is refused, and why; what is shown of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from checkpoints import make_run, save, spec_of
from tunesmith.cli import words
from tunesmith.cli.__main__ import main
from tunesmith.core import locks
from tunesmith.core.attempts import new_attempt
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.plan import Label, Plan
from tunesmith.core.proof import Proof
from tunesmith.core.spec import RunSpec
from tunesmith.runs import store
from tunesmith.runs.activation import Activated, activate
from tunesmith.runs.changed import Incompatible, meaning
from tunesmith.runs.resume import CannotResume, choose, resume

HOLD = """
import sys
from pathlib import Path
from tunesmith.core import locks
locks.take_shared(Path(sys.argv[1]))
print("held", flush=True)
input()
"""
CONFIG = {
    "task": "causal-lm",
    "model": {"config": {"n_layer": 2}},
    "data": {"train": "a.csv"},
    "train": {"learning_rate": 1.0e-3, "max_steps": 100},
    "accelerate": {"num_processes": 1},
}


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    run = make_run(tmp_path)
    save(run, 4)
    save(run, 8)
    return run


def attempts(run: RunFolder) -> int:
    return len(list(run.attempts.iterdir()))


def test_a_run_that_lives_is_left_alone(run: RunFolder) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(run.lock)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as rank:  # fmt: skip
        assert rank.stdout is not None
        assert rank.stdout.readline()
        assert locks.holder(run.lock) == rank.pid
        with pytest.raises(CannotResume, match="still running"):
            resume(run)
        rank.communicate(b"\n")
    assert attempts(run) == 1


def test_of_two_who_resume_at_once_one_does(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading checkpoints and activating an environment takes a while, in which another window resumes."""

    def meanwhile(*given: Any) -> Activated:
        new_attempt(run, Plan("checkpoints/checkpoint-8", "resume"))
        return activate(*given)

    monkeypatch.setattr("tunesmith.runs.resume.activate", meanwhile)
    with pytest.raises(CannotResume, match="got attempt 2 from somebody else just now"):
        resume(run)
    assert attempts(run) == 2
    assert not run.attempt(2).exit.exists(), "the other one's goes on"


def test_an_interpreter_that_is_gone(run: RunFolder) -> None:
    run.spec.write_text(replace(spec_of(run), interpreter="/nowhere/bin/python").to_json())
    with pytest.raises(CannotResume, match=r"/nowhere/bin/python .* is not there any more.*as a new run"):
        resume(run)
    assert attempts(run) == 1


def test_a_checkpoint_that_is_gone_or_torn(run: RunFolder) -> None:
    with pytest.raises(
        CannotResume, match=r"no checkpoint checkpoint-6\. It has: checkpoint-8, checkpoint-4"
    ):
        resume(run, "checkpoint-6")
    (run.checkpoints / "checkpoint-4" / "optimizer.pt").write_bytes(b"")
    with pytest.raises(CannotResume, match="checkpoint-4 is torn"):
        resume(run, "4")
    shutil.rmtree(run.checkpoints / "checkpoint-8")
    with pytest.raises(CannotResume, match="no checkpoint to go on from: checkpoint-4 is torn"):
        resume(run)
    assert attempts(run) == 1


def test_a_training_that_has_no_steps_left(run: RunFolder) -> None:
    save(run, 100)
    with pytest.raises(
        CannotResume, match=r"at the last step, 100\. To train longer, raise train\.max_steps"
    ):
        resume(run)


@pytest.mark.parametrize("named", ["checkpoints/checkpoint-4", "checkpoint-4", "4"])
def test_a_checkpoint_has_several_names(run: RunFolder, named: str) -> None:
    assert choose(run, spec_of(run), named).step == 4


def test_the_list_of_checkpoints(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    (run.checkpoints / "checkpoint-4" / "model.safetensors").write_bytes(b"1")
    assert main(["resume", str(run.path), "--list"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("checkpoints/checkpoint-8  step 8 of 100")
    assert first.endswith("exact")
    assert second.endswith("torn (model.safetensors has 1 bytes and had 86)")


def test_what_cannot_be_resumed_is_said_on_the_command_line(
    run: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["resume", str(run.path), "--from", "3"]) == 2
    assert "no checkpoint 3" in capsys.readouterr().err


def test_what_a_resumed_attempt_says_of_itself(run: RunFolder) -> None:
    assert store.look(run).resumed is None
    attempt = new_attempt(run, Plan("checkpoints/checkpoint-8", "resume", "exact", None, 8))
    planned = store.look(run).resumed
    assert planned is not None
    assert (planned.checkpoint, planned.label, planned.proved) == ("checkpoint-8", "exact", False)
    write_json(attempt.proof(0), asdict(Proof("exact", None, {}, replayed=3)))
    write_json(attempt.proof(1), asdict(Proof("approximate", "its random numbers differ")))
    seen = store.look(run).resumed
    assert seen is not None
    assert (seen.label, seen.reason) == ("approximate", "its random numbers differ"), "the worst of the ranks"
    assert (seen.proved, seen.replayed) == (True, 3)
    said = "Resumed from step 8, approximate; its random numbers differ; 3 repeated logs came out the same"
    assert said in words.about(store.look(run))


def saved(**more: object) -> RunSpec:
    spec = RunSpec("a", "a", "a", "train", CONFIG, None, "python", 1, 0.0, "0")  # type: ignore[arg-type]
    return replace(spec, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "label", "says"),
    [
        ({}, "exact", None),
        ({"train": {"learning_rate": 1.0e-3, "max_steps": 100, "save_steps": 5}}, "exact", None),
        (
            {"train": {"learning_rate": 1.0e-3, "max_steps": 200}},
            "approximate",
            "was 100 and is 200",
        ),
        ({"train": {"learning_rate": 0.1, "max_steps": 100}}, "approximate", "what the checkpoint holds"),
        ({"data": {"train": "b.csv"}}, "unsafe", "data.train was a.csv and is b.csv"),
    ],
)
def test_what_a_changed_recipe_means(change: dict[str, object], label: Label, says: str | None) -> None:
    found = meaning(saved(), "train", {**CONFIG, **change}, 1)
    assert found.label == label
    assert says is None or says in "; ".join(found.reasons)


def test_another_number_of_processes_is_said_once() -> None:
    found = meaning(saved(), "train", {**CONFIG, "accelerate": {"num_processes": 2}}, 2)
    assert (found.label, found.reasons) == ("approximate", ("1 → 2 processes",))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"model": {"config": {"n_layer": 4}}}, "model.config.n_layer was 2 and is 4"),
        ({"peft": {"r": 8}}, "peft"),
        ({"train": {**CONFIG["train"], "optim": "sgd"}}, "train.optim was not there and is sgd"),  # type: ignore[dict-item]
    ],
)
def test_weights_or_an_optimizer_that_do_not_fit(change: dict[str, object], says: str) -> None:
    with pytest.raises(Incompatible, match=says):
        meaning(saved(), "train", {**CONFIG, **change}, 1)


def test_a_recipe_that_runs_something_else_now() -> None:
    with pytest.raises(Incompatible, match="stage was train and the recipe's is script"):
        meaning(saved(), "script", {}, 1)
