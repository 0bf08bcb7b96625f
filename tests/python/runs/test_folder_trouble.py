"""A folder in which nothing can be written, or nothing more: what a person is told of it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_disk import small_disk
from tiny_model import write_model, write_reviews
from training import write_recipe
from tunesmith.core import locks
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, store


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte with all that a recipe needs."""
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        write_model(disk / "model")
        write_reviews(disk / "reviews.csv")
        write_recipe(disk)
        yield disk


def read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)


def ended_run(folder: Path) -> RunFolder:
    run = RunFolder(runs_home(folder) / "20260101-120000-abcd")
    for place in run.attempt(1).folders:
        place.mkdir(parents=True)
    run.lock.touch()
    run.supervisor_lock.touch()
    spec = RunSpec(run.id, "tiny", "r", "train", {}, Launch(("true",), {}, "/"), sys.executable, 1, 0.0, "0")
    run.spec.write_text(spec.to_json())
    write_json(run.attempt(1).started, {"time": 1.0})
    write_json(run.attempt(1).exit, {"time": 2.0, "code": 0, "cause": "finished"})
    return run


def run_command(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tunesmith", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_start_in_a_read_only_folder(disk: Path, trainer: Interpreter) -> None:
    read_only(disk)
    done = run_command("run", disk / "tiny.train.yaml", "--interpreter", trainer.path)
    assert done.returncode == 2
    assert done.stderr.strip() == (
        f"{disk / 'tiny.train.yaml'}: Runs are kept beside their recipe, and nothing can be written into "
        f"{disk}: Read-only file system. Copy the recipe into a folder that is yours."
    )


def test_looking_needs_no_writing(disk: Path) -> None:
    run = ended_run(disk)
    read_only(disk)
    done = run_command("runs", disk, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert f'"{run.id}"' in done.stdout
    assert store.look(run).cause == "finished"


def test_a_lost_run_in_a_read_only_folder_is_told_of(disk: Path) -> None:
    """It cannot be concluded there; it is shown as it is."""
    run = ended_run(disk)
    run.attempt(1).exit.unlink()
    write_json(run.attempt(1).rank_end(0), {"time": 2.0, "outcome": "finished"})
    read_only(disk)
    done = run_command("runs", disk, "--json")
    assert done.returncode == 0
    assert '"lost"' in done.stdout


def test_a_start_on_a_full_disk_leaves_nothing(disk: Path, trainer: Interpreter) -> None:
    with pytest.raises(OSError, match="No space left"):
        (disk / "huge").write_bytes(bytes(2 << 20))
    with pytest.raises(control.NotStarted) as refused:
        control.start(disk / "tiny.train.yaml", trainer)
    assert str(refused.value) == f"The disk of {disk} is full. Free some space and train again."
    assert list(disk.glob(".tunesmith/runs/*")) == []


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_disk_without_locks_is_named_with_what_to_do(
    disk: Path, trainer: Interpreter, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    run = ended_run(disk)
    with monkeypatch.context() as patch:
        patch.setattr(locks.fcntl, "lockf", refuse)
        with pytest.raises(control.NotStarted) as refused:
            control.start(disk / "tiny.train.yaml", trainer)
        assert str(refused.value).startswith(f"{disk} is on a file system without record locks (")
        assert "Put the recipe into a folder on another disk" in str(refused.value)
        assert store.runs_in(runs_home(disk)) == [run], "nothing is left of it"
        patch.setattr(locks.fcntl, "fcntl", refuse)
        with pytest.raises(locks.NoLocks, match=f"{run.path} is on a file system without record locks"):
            control.stop(run, force=False, by="Ann")
