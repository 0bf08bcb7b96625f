"""`tunesmith check --format sarif`: SARIF 2.1.0 as code scanning wants it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tunesmith.cli.__main__ import main
from tunesmith.cli.checking.sarif import rule_of
from tunesmith.core.finding import Severity
from tunesmith.rules.table import BY_CODE
from tunesmith.syntax.codes import CODES

LONGEST = 1024
"""Characters that code scanning shows of a description."""

ARGUMENTS = """\
model_name_or_path: gpt2
evaluation_strategy: epoch
per_device_train_batch_size: 4
deepspeed: my ds.json
"""


def scanned(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["check", *arguments, "--format", "sarif"])
    log = json.loads(capsys.readouterr().out)
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    return code, log["runs"][0]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.yaml").write_text(ARGUMENTS)
    (tmp_path / "my ds.json").write_text(
        '{"train_micro_batch_size_per_gpu": 1, "zero_optimization": {"stage": 2}}'
    )
    (tmp_path / "target.json").write_text('{"packages": {"transformers": "4.57.3"}}')
    return tmp_path


def test_results_name_their_rule_and_place(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, run = scanned(capsys, "train.yaml", "--target", "target.json")
    assert code == 1
    driver, results = run["tool"]["driver"], run["results"]
    assert (driver["name"], run["columnKind"]) == ("Tunesmith", "unicodeCodePoints")
    assert [result["ruleId"] for result in results] == ["TN202", "TN611"]
    for result in results:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == "error"
        assert result["message"]["text"]
    (renamed,) = results[0]["locations"]
    assert renamed["physicalLocation"] == {
        "artifactLocation": {"uri": "train.yaml", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 20},
    }
    assert "SRCROOT" in run["originalUriBaseIds"]


def test_other_files_are_related_locations_with_encoded_names(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, run = scanned(capsys, "train.yaml", "--target", "target.json")
    mismatch = run["results"][1]
    (location,), (related,) = mismatch["locations"], mismatch["relatedLocations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "my%20ds.json"
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "train.yaml"
    assert related["physicalLocation"]["region"]["startLine"] == 3
    assert related["message"]["text"] == "per_device_train_batch_size stands here"


def test_fixes_are_replacements_of_regions(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, run = scanned(capsys, "train.yaml", "--target", "target.json")
    fix = run["results"][0]["fixes"][0]
    (change,) = fix["artifactChanges"]
    (replacement,) = change["replacements"]
    assert fix["description"]["text"] == "Change to eval_strategy"
    assert change["artifactLocation"]["uri"] == "train.yaml"
    assert replacement["insertedContent"] == {"text": "eval_strategy"}
    assert replacement["deletedRegion"] == {
        "startLine": 2,
        "startColumn": 1,
        "endLine": 2,
        "endColumn": 20,
    }


def test_a_fingerprint_outlives_moved_lines_and_tells_results_apart(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fingerprints() -> list[str]:
        _, run = scanned(capsys, "train.yaml", "--target", "target.json")
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]

    before = fingerprints()
    (project / "train.yaml").write_text(f"# moved\n\n{ARGUMENTS}")
    assert fingerprints() == before
    assert len(set(before)) == len(before) == 2
    (project / "train.yaml").write_text(ARGUMENTS.replace("epoch", "steps"))
    assert fingerprints()[0] != before[0]


def test_nothing_found_is_a_whole_log_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "train.yaml").write_text("model_name_or_path: m\nnum_train_epochs: 1\nsave_total_limit: 1\n")
    code, run = scanned(capsys, "train.yaml", "--target", "target.json")
    assert (code, run["results"], run["tool"]["driver"]["rules"]) == (0, [], [])


@pytest.mark.parametrize("code", [*(code.code for code in CODES), *BY_CODE])
def test_every_rule_has_what_code_scanning_shows(code: str) -> None:
    rule = rule_of(code, Severity.WARNING)
    for part in ("shortDescription", "fullDescription"):
        assert 0 < len(rule[part]["text"]) <= LONGEST
    assert rule["help"]["text"]
    assert rule["help"]["markdown"].count("```") % 2 == 0
    assert rule["defaultConfiguration"] == {"level": "warning"}
    assert rule["properties"]["problem.severity"] == "warning"
    assert rule["name"].isidentifier()
