"""The past of runs on the command line: what it prints, what it changes, and how it exits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ended_run import ended_run, repository, write_recipe
from tunesmith.cli.__main__ import main
from tunesmith.core.layout import RunFolder
from tunesmith.runs import trash


@pytest.fixture
def old(tmp_path: Path) -> RunFolder:
    return ended_run(repository(tmp_path) / "tiny.train.yaml")


@pytest.fixture
def new(old: RunFolder, tmp_path: Path) -> RunFolder:
    return ended_run(write_recipe(tmp_path, "1.0e-4"), f1=0.95)


def test_two_runs(old: RunFolder, new: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ["--folder", str(tmp_path)]
    assert main(["diff", old.id, new.id, *folder]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [f"- {old.id}", f"+ {new.id}", "@@ Recipe @@"]
    assert {"-  learning_rate: 5.0e-5", "+  learning_rate: 1.0e-4", "+eval_f1: 0.95"} <= set(lines)
    assert main(["diff", old.id, old.id, *folder]) == 0
    assert "differ in nothing" in capsys.readouterr().out
    assert main(["diff", old.id, *folder]) == 0
    assert capsys.readouterr().out.startswith(f"# tiny #{old.id[-4:]}\n")
    assert main(["diff", old.id, "ffff-absent", *folder]) == 2
    assert "No run ffff-absent" in capsys.readouterr().err
    new.recipe.write_text("task: \x1b[2J\n")
    main(["diff", old.id, new.id, *folder])
    assert "\x1b" not in capsys.readouterr().out


def test_a_note_and_tags(old: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ["--folder", str(tmp_path)]
    assert main(["note", old.id, "slow but good", *folder]) == 0
    assert main(["tag", old.id, "baseline", "lora", *folder]) == 0
    assert main(["tag", old.id, "--remove", "lora", *folder]) == 0
    assert capsys.readouterr().out == "slow but good\nbaseline, lora\nbaseline\n"
    assert main(["runs", str(tmp_path), "--json"]) == 0
    (shown,) = json.loads(capsys.readouterr().out)
    assert (shown["note"], shown["tags"], shown["parent"]) == ("slow but good", ["baseline"], None)
    assert main(["runs", str(old.path)]) == 0
    assert "Tags: baseline\nNote: slow but good\n" in capsys.readouterr().out
    assert main(["tag", old.id, "a,b", *folder]) == 1
    assert "is no tag" in capsys.readouterr().err
    assert main(["note", old.id, "--clear", *folder]) == 0
    assert main(["note", old.id, *folder]) == 0
    assert capsys.readouterr().out == ""


def test_the_trash(
    old: RunFolder, new: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--folder", str(tmp_path)]
    assert main(["trash", old.id, new.id, "ffff-absent", *folder]) == 1
    told = capsys.readouterr()
    assert f"{old.id} is in the trash." in told.out
    assert "No run ffff-absent" in told.err
    assert main(["trash", *folder]) == 0
    listed = [line.split()[:2] for line in capsys.readouterr().out.splitlines()]
    assert sorted(listed) == sorted([[old.id, "tiny"], [new.id, "tiny"]])
    assert main(["trash", "--restore", old.id, *folder]) == 0
    assert old.path.is_dir()
    assert main(["trash", "--restore", old.id, *folder]) == 1
    assert main(["trash", "--empty", *folder]) == 1
    assert "The trash holds 1 run (" in capsys.readouterr().err
    assert main(["trash", "--empty", "--yes", *folder]) == 0
    assert capsys.readouterr().out.startswith("1 run deleted, ")
    assert trash.listed(old.path.parent) == []
    assert main(["trash", "--empty", old.id, *folder]) == 1
    assert main(["trash", "--restore", *folder]) == 1
    assert old.path.is_dir()


def test_no_trash_that_a_link_leads_to(
    old: RunFolder, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    trash.delete(old)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / ".tunesmith").mkdir()
    (elsewhere / ".tunesmith" / "runs").symlink_to(old.path.parent)
    assert main(["trash", "--empty", "--yes", "--folder", str(elsewhere)]) == 0
    assert [one.id for one in trash.listed(old.path.parent)] == [old.id]
