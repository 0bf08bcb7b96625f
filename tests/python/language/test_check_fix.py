"""`tunesmith check --fix`: what is written, and what stays as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tunesmith.cli.__main__ import main

ARGUMENTS = """\
# the first try
model_name_or_path: gpt2
evaluation_strategy: epoch   # after each
learning_rate: "2e-5"
per_device_train_batch_size: 4  # fits
deepspeed: ds.json
"""
MENDED = """\
# the first try
model_name_or_path: gpt2
eval_strategy: epoch   # after each
learning_rate: 2.0e-5
per_device_train_batch_size: 4  # fits
deepspeed: ds.json
"""
DEEPSPEED = """\
{
  "train_micro_batch_size_per_gpu": 1,
  "zero_optimization": {"stage": 2}
}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.yaml").write_text(ARGUMENTS)
    (tmp_path / "ds.json").write_text(DEEPSPEED)
    (tmp_path / "target.json").write_text('{"packages": {"transformers": "4.57.3"}}')
    return tmp_path


def test_comments_stay_and_each_change_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", ".", "--fix", "--target", "target.json"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:4] == [
        "train.yaml:3:1: mended TN202: Change to eval_strategy",
        "train.yaml:4:16: mended TN205: Change to 2.0e-5",
        'ds.json:2:3: mended TN611: Change to "auto"',
        "2 files checked: nothing found",
    ]
    assert (project / "train.yaml").read_text() == MENDED
    assert json.loads((project / "ds.json").read_text())["train_micro_batch_size_per_gpu"] == "auto"


def test_a_linked_file_that_nobody_named_is_not_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "train.yaml", "--fix", "--target", "target.json", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [one["code"] for one in found["changes"]] == ["TN202", "TN205"]
    assert [one["path"] for one in found["problems"]] == ["ds.json"]
    assert (project / "ds.json").read_text() == DEEPSPEED


def test_line_breaks_rights_and_links_stay(project: Path) -> None:
    real = project / "real" / "train.yaml"
    real.parent.mkdir()
    real.write_bytes(ARGUMENTS.replace("\n", "\r\n").encode())
    real.chmod(0o640)
    (project / "train.yaml").unlink()
    (project / "train.yaml").symlink_to(real)
    main(["check", "train.yaml", "--fix", "--target", "target.json"])
    assert real.read_bytes() == MENDED.replace("\n", "\r\n").encode()
    assert (project / "train.yaml").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert list(real.parent.iterdir()) == [real]


def test_what_was_mended_is_told_apart_from_a_sarif_log(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", ".", "--fix", "--target", "target.json", "--format", "sarif"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["runs"][0]["results"] == []
    assert len(printed.err.splitlines()) == 3


def test_a_recipe_is_mended_until_nothing_is_left(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = project / "a.train.yaml"
    recipe.write_text("task: causal_lm # words\nmodle: {name_or_path: ./m}\ndata: {trian: d.jsonl}\n")
    main(["check", "a.train.yaml", "--fix"])
    assert recipe.read_text() == (
        "task: causal-lm # words\nmodel: {name_or_path: ./m}\ndata: {train: d.jsonl}\n"
    )
    again = recipe.stat().st_mtime_ns
    capsys.readouterr()
    main(["check", "a.train.yaml", "--fix"])
    assert "mended" not in capsys.readouterr().out
    assert recipe.stat().st_mtime_ns == again


def test_a_file_that_cannot_be_written_is_said(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "train.yaml")

    monkeypatch.setattr(Path, "replace", refuse)
    assert main(["check", "train.yaml", "--fix", "--target", "target.json"]) == 2
    assert capsys.readouterr().err == "train.yaml cannot be mended: Permission denied.\n"
    assert (project / "train.yaml").read_text() == ARGUMENTS
    assert {path.name for path in project.iterdir()} == {"ds.json", "target.json", "train.yaml"}
