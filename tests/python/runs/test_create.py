"""Run folders: complete when they can be seen, and with all it takes to know what was run."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tiny_model import write_model
from training import write_recipe
from tunesmith.core.layout import HOME, RunFolder
from tunesmith.core.spec import RunSpec
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import create as creation
from tunesmith.runs.machine import Machine
from tunesmith.runs.runtime_copy import runtime_copy
from tunesmith.runs.source import uncommitted_changes
from tunesmith.runtime.rebuild import rebuild
from tunesmith.stages.recipe import Recipe
from tunesmith.stages.train.config import Task, TrainStage
from tunesmith.syntax.bind import bind
from tunesmith.syntax.parse import parse

PYTHON = Interpreter(Path("/env/bin/python"), Path("/env"), (), "3.12")


def create(recipe: Path) -> RunFolder:
    text = recipe.read_text()
    value = bind(parse(text), Recipe).value
    return creation.create(recipe, text, value, PYTHON, Path("/data/runtime/1f"), Machine(2, 0))


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


def test_a_new_run_folder(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    run = create(recipe)
    assert run.path.parent == tmp_path / ".tunesmith" / "runs"
    assert run.recipe.read_text() == recipe.read_text()
    assert json.loads(run.accelerate.read_text())["distributed_type"] == "NO"
    environment = json.loads(run.environment.read_text())
    assert (environment["python"], environment["cpus"]) == ("3.12", 2)
    assert (tmp_path / HOME / ".gitignore").read_text() == "*\n"
    assert all(folder.is_dir() for folder in run.attempt(1).folders)
    assert not run.patch.exists()
    spec = RunSpec.from_json(run.spec.read_text())
    assert (spec.id, spec.name, spec.stage, spec.num_processes) == (run.id, "tiny", "train", 1)
    assert spec.recipe == str(recipe)


def test_the_ranks_get_back_what_was_bound(tmp_path: Path) -> None:
    write_model(tmp_path / "model")
    spec = RunSpec.from_json(create(write_recipe(tmp_path, steps=7)).spec.read_text())
    config = rebuild(TrainStage, spec.config)
    assert config.task is Task.TEXT_CLASSIFICATION
    assert config.model.name_or_path == str(tmp_path / "model")
    assert config.data.train == str(tmp_path / "reviews.csv")
    assert config.data.split is not None
    assert config.data.split.validation == 0.2
    assert config.train["max_steps"] == 7


def test_a_model_that_is_no_folder_stays_a_hub_id(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    recipe.write_text(recipe.read_text().replace("./model", "google-bert/bert-base-uncased"))
    spec = RunSpec.from_json(create(recipe).spec.read_text())
    assert spec.config["model"]["name_or_path"] == "google-bert/bert-base-uncased"


def test_a_run_folder_of_another_version_is_named_as_such() -> None:
    with pytest.raises(TypeError, match="Split has no folds: the run folder is of another version"):
        rebuild(TrainStage, {"data": {"train": "x", "split": {"folds": 5}}})


def test_nothing_is_seen_of_a_folder_that_could_not_be_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(creation, "record_origin", full)
    with pytest.raises(OSError, match="No space"):
        create(write_recipe(tmp_path))
    assert list((tmp_path / ".tunesmith" / "runs").iterdir()) == []


def test_the_secrets_of_the_environment_stay_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    run = create(write_recipe(tmp_path))
    written = "".join(path.read_text() for path in run.path.rglob("*") if path.is_file())
    assert "hf_secret" not in written
    assert json.loads(run.environment.read_text())["variables"] == {"CUDA_VISIBLE_DEVICES": "1"}


def test_the_patch_rebuilds_what_was_not_committed(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    git(source, "init", "-q")
    (source / "model.py").write_text("old\n")
    (source / "blob.bin").write_bytes(bytes(range(256)))
    (source / ".gitignore").write_text("ignored/\n")
    git(source, "add", "-A")
    git(source, "commit", "-qm", "first")
    git(tmp_path, "clone", "-q", "source", "copy")
    (source / "model.py").write_text("new\n")
    (source / "blob.bin").write_bytes(bytes(range(255, -1, -1)))
    (source / "new file ü.py").write_text("untracked\n")
    (source / ".env").write_text("PASSWORD=1\n")
    (source / "large.csv").write_text("x" * 300_000)
    (source / "ignored").mkdir()
    (source / "ignored" / "cache").write_text("x")

    run = create(write_recipe(source))
    git(tmp_path / "copy", "apply", str(run.patch))
    copied = {path.name for path in (tmp_path / "copy").iterdir()} - {".git"}
    assert copied == {"model.py", "blob.bin", ".gitignore", "new file ü.py", "tiny.train.yaml"}
    assert (tmp_path / "copy" / "model.py").read_text() == "new\n"
    assert (tmp_path / "copy" / "blob.bin").read_bytes() == bytes(range(255, -1, -1))
    status = subprocess.run(
        ["git", "-C", str(source), "status", "--porcelain"], capture_output=True, text=True
    )
    assert "A " not in status.stdout, "the user's own index must stay as it is"


def test_outside_a_repository_and_before_its_first_commit_there_is_no_patch(tmp_path: Path) -> None:
    assert uncommitted_changes(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert uncommitted_changes(tmp_path) is None


def test_the_code_of_a_run_is_copied_once_and_needs_nothing_but_itself(tmp_path: Path) -> None:
    copy = runtime_copy(tmp_path)
    assert runtime_copy(tmp_path) == copy
    assert [path.name for path in (tmp_path / "runtime").iterdir()] == [copy.name]
    rooms = {path.name for path in (copy / "tunesmith").iterdir() if path.is_dir()}
    assert rooms == {"core", "stages", "supervise", "runtime"}
    modules = "tunesmith.supervise.__main__, tunesmith.runtime.__main__, tunesmith.stages.train.config, sys"
    code = f"import {modules}; print(tunesmith.__file__)"
    command = ["python3", "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(copy)!r}); {code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).is_relative_to(copy)
