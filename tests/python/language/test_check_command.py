"""`tunesmith check` as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from recipes import training_interpreter, write_files

RECIPE = """\
# file m/config.json: {}
# file m/model.safetensors:
# file m/tokenizer.json: {}
# file d.csv: review,label | 20 rows
task: text-classification
model: {name_or_path: ./m}
data: {train: d.csv, columns: {text: review, label: label}}
train: {output_dir: out}
"""


def check(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tunesmith", "check", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def test_a_warning_alone_is_no_failure(tmp_path: Path) -> None:
    write_files(RECIPE, tmp_path)
    (tmp_path / "a.train.yaml").write_text(RECIPE)
    done = check(".", "--interpreter", str(training_interpreter().path), folder=tmp_path)
    first, second, *_ = done.stdout.splitlines()
    assert first == (
        "a.train.yaml:8:9: warning TN204 output_dir is set by the run: "
        "checkpoints go into the folder of the run"
    )
    assert second == "1 recipe checked: 1 warning"
    assert (done.returncode, done.stderr) == (0, "")


def test_errors_and_json(tmp_path: Path) -> None:
    write_files(RECIPE, tmp_path)
    (tmp_path / "a.train.yaml").write_text(
        RECIPE.replace("review,", "text,").replace("text: review", "text: tex")
    )
    done = check("a.train.yaml", "--json", folder=tmp_path)
    assert done.returncode == 1
    (recipe,) = json.loads(done.stdout)["recipes"]
    assert recipe["path"] == "a.train.yaml"
    column = recipe["problems"][0]
    assert (column["code"], column["severity"], column["line"], column["column"]) == ("TN101", "error", 7, 38)


def test_recipes_that_runs_keep_are_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / ".tunesmith" / "runs" / "x"
    kept.mkdir(parents=True)
    (kept / "old.train.yaml").write_text("rubbish")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "a.train.yaml").write_text(RECIPE)
    done = check("--json", folder=tmp_path)
    assert [one["path"] for one in json.loads(done.stdout)["recipes"]] == ["b/a.train.yaml"]


def test_nothing_to_check_is_said(tmp_path: Path) -> None:
    for arguments, said in (
        (["nowhere"], "nowhere: there is no such file."),
        (["."], ". holds no *.train.yaml file."),
        ([".", "--interpreter", "/nowhere"], "There is no Python at /nowhere."),
    ):
        done = check(*arguments, folder=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", said + "\n")
