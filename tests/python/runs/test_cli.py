"""The command line: what it prints and how it exits. `run` to its end is in test_training."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from training import write_recipe
from tunesmith.cli.__main__ import main
from tunesmith.cli.table import COMMANDS
from tunesmith.core.files import read_json, write_json
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.facts.interpreter import Interpreter
from tunesmith.supervise.attempt import NEVER_LAUNCHED

END = {"time": 9.0, "code": 0, "cause": "finished", "by": None, "message": None}


def make(folder: Path, run_id: str) -> RunFolder:
    run = RunFolder(runs_home(folder) / run_id)
    run.attempt(1).path.mkdir(parents=True)
    launch = Launch((sys.executable,), {}, str(folder))
    run.spec.write_text(RunSpec(run_id, "tiny", "t", "train", {}, launch, "python", 1, 0.0, "0").to_json())
    write_json(run.attempt(1).exit, END)
    return run


def test_every_command_says_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        with pytest.raises(SystemExit) as left:
            main([command.name, "--help"])
        assert left.value.code == 0
        assert f"tunesmith {command.name}" in capsys.readouterr().out


def test_nothing_heavy_is_imported_for_help() -> None:
    code = (
        "import sys\nfrom tunesmith.cli.__main__ import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    print(sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"'rich'", "'pygls'", "'msgspec'", "'torch'"} & set(done.stderr.strip("[]\n").split(", "))


def test_no_runs_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", str(tmp_path)]) == 0
    assert "No runs in or below" in capsys.readouterr().out
    assert main(["runs", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_runs_as_on_the_wire(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = make(tmp_path, "20260101-120000-abcd")
    assert main(["runs", str(tmp_path), "--json"]) == 0
    (shown,) = json.loads(capsys.readouterr().out)
    assert (shown["id"], shown["state"], shown["totalSteps"]) == (run.id, "ended", None)
    assert main(["runs", str(tmp_path)]) == 0
    assert run.id in capsys.readouterr().out


def test_a_run_that_ended_is_told_so_by_stop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = make(tmp_path, "20260101-120000-abcd")
    assert main(["stop", "abcd", "--folder", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{run.id}: finished\n"
    assert not run.attempt(1).stop_request.exists()


def test_a_run_whose_starter_ended_first_is_told_to_be_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = make(tmp_path, "20260101-120000-abcd")
    run.attempt(1).exit.unlink()
    run.attempt(1).launcher_log.parent.mkdir()
    assert main(["runs", str(tmp_path)]) == 0
    assert (read_json(run.attempt(1).exit) or {})["message"] == NEVER_LAUNCHED
    assert main(["stop", run.id, "--folder", str(tmp_path)]) == 0
    assert NEVER_LAUNCHED in capsys.readouterr().out


def test_a_name_must_mean_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path, "20260101-120000-abcd")
    make(tmp_path, "20260101-120001-abcd")
    assert main(["stop", "abcd", "--folder", str(tmp_path)]) == 1
    assert "may be 20260101-120000-abcd, 20260101-120001-abcd" in capsys.readouterr().err
    assert main(["stop", "ffff", "--folder", str(tmp_path)]) == 1
    assert "No run ffff" in capsys.readouterr().err


def test_what_cannot_be_started(
    workspace: Path, trainer: Interpreter, capsys: pytest.CaptureFixture[str]
) -> None:
    python = str(trainer.path)
    assert main(["run", str(workspace / "absent.train.yaml")]) == 2
    assert "there is no such file" in capsys.readouterr().err
    recipe = write_recipe(workspace, more="learning_rte: 0.1")
    assert main(["run", str(recipe), "--interpreter", str(workspace / "python")]) == 2
    assert "No training interpreter" in capsys.readouterr().err
    assert main(["run", str(recipe), "--interpreter", python]) == 1
    told = capsys.readouterr().err
    line = next(i for i, text in enumerate(recipe.read_text().splitlines(), 1) if "learning_rte" in text)
    assert f"{recipe}:{line}:3: error" in told
    assert "learning_rte" in told
    assert main(["run", str(recipe), "--interpreter", python, "--json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)
    assert (problem["line"], problem["severity"]) == (line, "error")


def test_all_about_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = make(tmp_path, "20260101-120000-abcd")
    attempt = run.attempt(1)
    for folder in attempt.folders:
        folder.mkdir(exist_ok=True)
    for rank in (0, 1):
        write_json(attempt.rank_record(rank), {"pid": 4000 + rank, "world_size": 2})
        attempt.rank_log(rank).write_text("said\n")
    error = {"time": 5.0, "type": "ValueError", "message": "bad\nvery", "traceback": "Traceback …"}
    write_json(attempt.rank_error(1), error)
    write_json(attempt.exit, {**END, "cause": "failed", "message": "Rank 1: ValueError: bad", "rank": 1})
    assert main(["runs", str(run.path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "20260101-120000-abcd  tiny",
        "Failed at step 0",
        "Rank 1: ValueError: bad",
        "  rank 0   pid 4000     ended without a word",
        "  rank 1   pid 4001     ValueError: bad",
        f"Traceback: {attempt.rank_error(1)}",
        f"Log: {attempt.rank_log(1)}",
    ]
    assert main(["runs", str(run.path), "--json"]) == 0
    ranks = json.loads(capsys.readouterr().out)["ranks"]
    assert [(rank["number"], rank["outcome"], rank["error"]) for rank in ranks] == [
        (0, "gone", None),
        (1, "failed", "ValueError: bad"),
    ]
    assert main(["runs", str(tmp_path / "nowhere")]) == 1
    assert "No run" in capsys.readouterr().err
