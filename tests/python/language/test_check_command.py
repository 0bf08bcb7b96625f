"""`tunesmith check` as a process, and which files it looks at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from recipes import training_interpreter, write_files
from tunesmith.cli.__main__ import main

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
ARGUMENTS = """\
model_name_or_path: gpt2
learning_rate: 2.0e-5
per_device_train_batch_size: 4
num_train_epochs: 1
"""
DUPLICATE = ARGUMENTS + "num_train_epochs: 2\n"


def check(*arguments: str, folder: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tunesmith", "check", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, input=stdin)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON of the command in this process."""
    code = main(["check", *arguments, "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_warning_alone_is_no_failure(tmp_path: Path) -> None:
    write_files(RECIPE, tmp_path)
    (tmp_path / "a.train.yaml").write_text(RECIPE)
    done = check(".", "--interpreter", str(training_interpreter().path), folder=tmp_path)
    first, second, *_ = done.stdout.splitlines()
    assert first == (
        "a.train.yaml:8:9: warning TN204 output_dir is set by the run: "
        "checkpoints go into the folder of the run"
    )
    assert second == "1 file checked: 1 warning"
    assert (done.returncode, done.stderr) == (0, "")


def test_who_reads_only_the_beginning_is_told_nothing_more(tmp_path: Path) -> None:
    (tmp_path / "train.yaml").write_text(ARGUMENTS)
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "tunesmith", "check", "."]
    ended = subprocess.run(
        command, cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=120
    )
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (141, "")


def test_standard_input_stands_for_a_file(tmp_path: Path) -> None:
    done = check(
        "-", "--stdin-name", "run/train.yaml", "--fail-on", "warning", folder=tmp_path, stdin=DUPLICATE
    )
    assert done.stdout.startswith("run/train.yaml:5:1: warning TN003 num_train_epochs stands here twice")
    assert (done.returncode, done.stderr) == (1, "")


def test_errors_and_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(RECIPE, here)
    (here / "a.train.yaml").write_text(
        RECIPE.replace("review,", "text,").replace("text: review", "text: tex")
    )
    code, found = told(capsys, "a.train.yaml")
    assert code == 1
    (file,), column = found["files"], found["problems"][0]
    assert (file["path"], file["kind"], file["linked"]) == ("a.train.yaml", "recipe", [])
    place = [column[key] for key in ("path", "line", "column", "endLine", "endColumn")]
    assert place == ["a.train.yaml", 7, 38, 7, 42]
    assert (column["code"], column["severity"], column["key"]) == ("TN101", "error", "data.columns.text")
    assert column["fixes"][0]["title"].startswith("Change to ")
    assert sum(found["counts"].values()) == len(found["problems"])


LATIN = "# caf\xe9\ntask: text-classification\n".encode("latin-1")


@pytest.mark.parametrize(("least", "code"), [("error", 0), ("warning", 1), ("hint", 1)])
def test_what_fails_is_chosen(here: Path, least: str, code: int) -> None:
    (here / "train.yaml").write_text(DUPLICATE)
    assert main(["check", "train.yaml", "--fail-on", least]) == code


def test_folders_give_what_is_surely_a_training_configuration(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "b/a.train.yaml": RECIPE,
        "b/train.yaml": ARGUMENTS,
        "ds.json": '{"train_batch_size": "auto", "zero_optimization": {"stage": 2}}',
        "accelerate.yml": "compute_environment: LOCAL_MACHINE\ndistributed_type: MULTI_GPU\n",
        "axolotl.yaml": "base_model: m\ndatasets: [{path: d, type: alpaca}]\nmicro_batch_size: 1\n",
        "factory.yaml": "model_name_or_path: m\nstage: sft\nfinetuning_type: lora\n",
        "compose.yaml": "services: {web: {image: nginx}}",
        "other/workflow.yml": "on: push",
        "package.json": '{"name": "x"}',
        ".tunesmith/runs/x/old.train.yaml": "rubbish",
        "node_modules/x/train.yaml": ARGUMENTS,
        "environment/pyvenv.cfg": "",
        "environment/train.yaml": ARGUMENTS,
    }
    for name, text in files.items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(text)
    (here / "latin.yaml").write_bytes("model_name_or_path: caf\xe9".encode("latin-1"))
    _, found = told(capsys, ".")
    assert {one["path"]: one["kind"] for one in found["files"]} == {
        "accelerate.yml": "Accelerate config",
        "axolotl.yaml": "Axolotl config",
        "b/a.train.yaml": "recipe",
        "b/train.yaml": "Hugging Face arguments",
        "ds.json": "DeepSpeed config",
        "factory.yaml": "LLaMA-Factory config",
    }


def test_linked_files_are_checked_once_whoever_links_to_them(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "ds.json").write_text('{"train_micro_batch_size_per_gpu": 1, "zero_optimization": {"stage": 2}}')
    (here / "one.yaml").write_text(ARGUMENTS + "deepspeed: ds.json\n")
    (here / "two.yaml").write_text(ARGUMENTS + "deepspeed: ds.json\n")
    (here / "target.json").write_text('{"packages": {"transformers": "4.57.3"}}')
    code, found = told(capsys, ".", "--target", "target.json")
    (problem,) = found["problems"]
    assert (code, problem["path"], problem["key"]) == (1, "ds.json", "train_micro_batch_size_per_gpu")
    assert problem["related"][0]["path"] == "one.yaml"
    assert [one["linked"] for one in found["files"]] == [[], ["ds.json"], ["ds.json"]]


def test_a_target_stands_for_what_is_installed_here(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "train.yaml").write_text(ARGUMENTS + "evaluation_strategy: epoch\n")
    for version, codes in (("4.40.2", []), ("4.57.3", ["TN202"])):
        (here / "target.yaml").write_text(f"packages: {{transformers: {version}}}")
        _, found = told(capsys, "train.yaml", "--target", "target.yaml")
        assert [one["code"] for one in found["problems"]] == codes


def test_a_target_that_does_not_name_a_library_says_nothing_of_its_keys(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "train.yaml").write_text(
        ARGUMENTS + "max_seq_length: 512\npacking: true\nevaluation_strategy: no\n"
    )
    (here / "target.json").write_text('{"packages": {"transformers": "4.57.3"}}')
    code, found = told(capsys, "train.yaml", "--target", "target.json")
    assert (code, found["problems"]) == (0, [])


def test_a_launch_in_the_folder_is_found(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What `trl sft` takes is told from a script at the root, for a file below it."""
    (here / "configs").mkdir()
    (here / "configs" / "sft.yaml").write_text(ARGUMENTS + "max_seq_length: 512\n")
    (here / "train.sh").write_text("trl sft --config configs/sft.yaml\n")
    (here / "target.json").write_text('{"packages": {"transformers": "4.57.3", "trl": "0.27.2"}}')
    _, found = told(capsys, "configs", "--target", "target.json")
    assert [one["code"] for one in found["problems"]] == ["TN202"]


def test_a_named_file_that_is_no_configuration_is_said(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "compose.yaml").write_text("services: {}")
    assert main(["check", "compose.yaml"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == ["0 files checked: nothing found", "1 file is no training configuration that is known"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere: there is no such file."),
        (["."], "There is no training configuration in what was named."),
        (["empty"], "There is no training configuration in what was named."),
        ([".", "--interpreter", "/nowhere"], "There is no Python at /nowhere."),
        ([".", "--target", "nowhere.json"], "nowhere.json is no target profile: it is not there."),
        (["-"], "Standard input needs --stdin-name: it says what kind of file it is, and where."),
        (
            ["-", "--fix", "--stdin-name", "a.yaml"],
            "--fix writes files: ",
        ),
    ],
)
def test_what_cannot_be_checked_is_said(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (here / "empty").mkdir()
    (here / "latin.yaml").write_bytes(LATIN)
    assert main(["check", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(said)


def test_an_empty_folder_beside_another_one_is_no_matter(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "empty").mkdir()
    (here / "full").mkdir()
    (here / "full" / "a.train.yaml").write_text("task: causal-lm\nmodle: {}\n")
    assert main(["check", "full", "empty"]) == 1
    assert "1 file checked" in capsys.readouterr().out


def test_a_file_that_cannot_be_read_costs_no_other_file(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "latin.train.yaml").write_bytes(LATIN)
    (here / "notes.yaml").write_bytes(LATIN)
    (here / "good.train.yaml").write_text("task: text-classification\nscript: train.py\ntrian: {}\n")
    said = "latin.train.yaml: not read: it is not UTF-8 from byte 6 on"
    assert main(["check", ".", "good.train.yaml"]) == 1
    printed = capsys.readouterr()
    assert "1 file checked" in printed.out
    assert printed.err.splitlines() == [said]
    assert main(["check", "latin.train.yaml", "--fix"]) == 2
    assert capsys.readouterr().err.splitlines() == [said]
    assert main(["check", "latin.train.yaml", "notes.yaml", "--json"]) == 2
    unread = json.loads(capsys.readouterr().out)["unread"]
    assert [one["path"] for one in unread] == ["latin.train.yaml", "notes.yaml"]
    assert main(["check", "latin.train.yaml", "--format", "sarif"]) == 2
    invocation = json.loads(capsys.readouterr().out)["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert len(invocation["toolExecutionNotifications"]) == 1


def test_a_large_file_is_not_read(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("rows.json", "large.train.yaml"):
        with open(here / name, "wb") as file:
            file.truncate(10 * 2**30)
    assert main(["check", "rows.json"]) == 0
    assert "1 file is no training configuration" in capsys.readouterr().out
    assert main(["check", "."]) == 2
    assert capsys.readouterr().err == "large.train.yaml: not read: it is larger than 16 MB\n"
