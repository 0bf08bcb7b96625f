"""What a run keeps of its code, data, packages and machine, and what it must not keep."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from ended_run import git, new_run, repository, write_recipe
from hypothesis import given
from hypothesis import strategies as st
from tunesmith.runs import record_data
from tunesmith.runs.hardware import hardware
from tunesmith.runs.record_data import DataReading, named_data
from tunesmith.runs.source import source_of, uncommitted_changes, without_credentials
from tunesmith.stages.script.config import ScriptStage


def kept(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())


def read(**named: Path | str) -> dict[str, dict[str, Any]]:
    return DataReading(named, {}).result(limit=30.0)


def test_the_repository_of_a_run(tmp_path: Path) -> None:
    top = repository(tmp_path / "project")
    git(top, "remote", "add", "origin", "https://ann:ghp_secret@example.org/lab/project.git?token=ghp_secret")
    recipe = write_recipe(top, "1.0e-4")
    (top / ".env").write_text("PASSWORD=1\n")
    run = new_run(recipe)
    assert kept(run.source) == {
        "repository": str(top),
        "folder": ".",
        "commit": git(top, "rev-parse", "HEAD"),
        "branch": "main",
        "remote": "https://example.org/lab/project.git",
        "dirty": True,
        "left_out": [".env"],
    }
    assert b"+  learning_rate: 1.0e-4" in run.patch.read_bytes()
    everything = b"".join(path.read_bytes() for path in run.path.rglob("*") if path.is_file())
    assert b"ghp_secret" not in everything
    assert b"PASSWORD" not in everything


def test_a_clean_tree_a_detached_head_and_a_recipe_further_down(tmp_path: Path) -> None:
    top = repository(tmp_path / "project")
    inner = top / "experiments" / "one"
    inner.mkdir(parents=True)
    write_recipe(inner)
    git(top, "add", "-A")
    git(top, "commit", "-qm", "second")
    git(top, "checkout", "-q", "--detach")
    run = new_run(inner / "tiny.train.yaml")
    source = kept(run.source)
    assert (source["folder"], source["branch"], source["remote"], source["dirty"]) == (
        "experiments/one",
        None,
        None,
        False,
    )
    assert not run.patch.exists()


def test_a_repository_without_a_commit_and_no_repository(tmp_path: Path) -> None:
    assert not new_run(write_recipe(tmp_path)).source.exists()
    git(tmp_path, "init", "-q", "-b", "main")
    source = kept(new_run(write_recipe(tmp_path)).source)
    assert (source["commit"], source["branch"], source["dirty"]) == (None, "main", False)


def test_a_patch_is_one_that_git_takes_whatever_its_user_configured(tmp_path: Path) -> None:
    top = repository(tmp_path / "project")
    for name, value in (
        ("diff.noprefix", "true"),
        ("color.diff", "always"),
        ("diff.external", "false"),
        ("diff.context", "0"),
        ("diff.submodule", "log"),
    ):
        git(top, "config", name, value)
    (top / "train.py").write_text("rate = 2\n")
    patch = tmp_path / "patch"
    patch.write_bytes(uncommitted_changes(top) or b"")
    git(tmp_path, "clone", "-q", "project", "copy")
    git(tmp_path / "copy", "apply", str(patch))
    assert (tmp_path / "copy" / "train.py").read_text() == "rate = 2\n"


def test_a_change_of_the_second_in_which_the_index_was_written(tmp_path: Path) -> None:
    """Of the same size, too: only the index's own time says that such a file has to be read."""
    top = repository(tmp_path / "project")
    git(top, "config", "core.trustctime", "false")  # A time that nobody can set would tell.
    code, second = top / "train.py", (1_700_000_000, 1_700_000_000)
    os.utime(code, second)
    git(top, "update-index", "--refresh")
    code.write_text("rate = 2\n")
    for path in (code, top / ".git" / "index"):
        os.utime(path, second)
    assert b"+rate = 2" in (uncommitted_changes(top) or b"")


def test_nothing_that_a_repository_names_is_run(tmp_path: Path) -> None:
    top = repository(tmp_path / "project")
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path / 'sprung'}\n")
    trap.chmod(0o755)
    git(top, "config", "core.fsmonitor", str(trap))
    git(top, "config", "diff.external", str(trap))
    for hook in ("post-index-change", "pre-commit", "reference-transaction"):
        shutil.copy(trap, top / ".git" / "hooks" / hook)
    (top / "new.py").write_text("x = 1\n")
    assert source_of(top) is not None
    assert not (tmp_path / "sprung").exists()


def test_another_git_s_variables_mislead_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top, other = repository(tmp_path / "project"), repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    found = source_of(top)
    assert found is not None
    assert found[0].repository == str(top)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/a/b.git", "https://example.org/a/b.git"),
        ("https://ann:pw@example.org:8443/a/b.git", "https://example.org:8443/a/b.git"),
        ("https://token@example.org/a/b.git#x", "https://example.org/a/b.git"),
        ("https://ann:p@w@example.org/a", "https://example.org/a"),
        ("ssh://git@example.org:22/a/b", "ssh://example.org:22/a/b"),
        ("git@example.org:a/b.git", "example.org:a/b.git"),
        ("/srv/git/b@home.git", "/srv/git/b@home.git"),
        ("../other", "../other"),
    ],
)
def test_a_remote_without_credentials(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


@given(user=st.text("abcXYZ019-._~%@:", min_size=1), host=st.from_regex(r"[a-z]{1,8}\.org", fullmatch=True))
def test_no_credentials_survive(user: str, host: str) -> None:
    assert without_credentials(f"https://{user}@{host}/path") == f"https://{host}/path"


def test_the_fingerprint_of_a_file_follows_its_content(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("a\n1\n")
    first = read(train=file)["train"]
    assert (first["files"], first["size"], first["read"]) == (1, 4, "whole")
    os.utime(file, (0, 0))
    assert read(train=file)["train"]["hash"] == first["hash"]
    file.write_text("a\n2\n")
    assert read(train=file)["train"]["hash"] != first["hash"]


def test_a_large_file_is_sampled_at_both_ends_and_between(tmp_path: Path) -> None:
    file = tmp_path / "data.bin"
    size = record_data.WHOLE * 8
    with open(file, "wb") as out:
        out.truncate(size)
    first = read(train=file)["train"]
    assert (first["size"], first["read"]) == (size, "sample")
    seen = {first["hash"]}
    for place in (0, size - 1, (size - record_data.BLOCK) * 7 // (record_data.BLOCKS - 1)):
        with open(file, "r+b") as out:
            out.seek(place)
            out.write(b"x")
        seen.add(read(train=file)["train"]["hash"])
    assert len(seen) == 4


def test_a_folder_is_its_names_and_contents(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "part").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "part" / "weights").write_text("1")
    first = read(model=folder)["model"]
    assert (first["files"], first["size"], first["read"]) == (2, 3, "whole")
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("x")
    (folder / "loop").symlink_to(folder)
    assert read(model=folder)["model"]["hash"] == first["hash"]
    (folder / "part" / "weights").rename(folder / "part" / "other")
    assert read(model=folder)["model"]["hash"] != first["hash"]


def test_what_is_not_there_has_no_content(tmp_path: Path) -> None:
    found = read(train=tmp_path / "absent.csv")["train"]
    assert (found["files"], found["read"], found["hash"]) == (0, "nothing", None)


def test_a_model_of_a_hub_is_known_by_its_commit(tmp_path: Path) -> None:
    refs = tmp_path / "hub" / "models--lab--bert" / "refs"
    refs.mkdir(parents=True)
    (refs / "main").write_text("86b5e0934494bd15c9632b12f734a8a67f723594")
    reading = DataReading({"model": "lab/bert"}, {"HF_HOME": str(tmp_path)})
    assert reading.result(30.0)["model"]["revision"] == "86b5e0934494bd15c9632b12f734a8a67f723594"


def test_a_disk_that_does_not_answer_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    monkeypatch.setattr(record_data, "_files", lambda _place: answers.wait(60) and [])
    begun = time.monotonic()
    reading = DataReading({"data.train": tmp_path / "far.csv"}, {})
    found = reading.result(limit=0.05)
    waited = time.monotonic() - begun
    answers.set()
    assert found["data.train"] == {**found["data.train"], "read": "nothing", "hash": None}
    assert waited < 30


def test_arguments_of_a_script_that_name_data(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a\n")
    (tmp_path / "images").mkdir()
    args = {"rows": "rows.csv", "images": ["images"], "out": "{run}/x", "here": ".", "up": "..", "rate": 0.1}
    named = named_data(ScriptStage("train.py", None, {**args, "odd": "a\0b", "long": "x" * 5000}), tmp_path)
    assert named == {
        "script": tmp_path / "train.py",
        "args.rows": tmp_path / "rows.csv",
        "args.images": tmp_path / "images",
    }


def test_a_run_keeps_its_data_packages_and_machine(tmp_path: Path) -> None:
    (tmp_path / "site" / "torch-2.13.0.dist-info").mkdir(parents=True)
    (tmp_path / "site" / "Some_Thing-1.0.dist-info").mkdir()
    (tmp_path / "reviews.csv").write_text("review,sentiment\n")
    run = new_run(write_recipe(tmp_path), (tmp_path / "site",))
    assert kept(run.data)["data.train"]["read"] == "whole"
    environment = kept(run.environment)
    assert environment["packages"] == {"some-thing": "1.0", "torch": "2.13.0"}
    assert environment["memory"] is None or environment["memory"] > 2**20


def test_gpus_are_named_without_asking_their_driver(tmp_path: Path) -> None:
    gpu = tmp_path / "driver" / "nvidia" / "gpus" / "0000:01:00.0"
    gpu.mkdir(parents=True)
    (gpu / "information").write_text("Model: \t NVIDIA H100\nIRQ: 1\n")
    (tmp_path / "driver" / "nvidia" / "version").write_text("NVRM version: NVIDIA 570.1\n")
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Xeon\n")
    found = hardware(tmp_path)
    assert (found["gpus"], found["driver"], found["cpu"]) == (["NVIDIA H100"], "NVIDIA 570.1", "Xeon")
