"""The corpus command: on a few examples of the project's own, and on the larger set where it stands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from corpus.__main__ import CORPUS, of_cases, of_clean, of_history
from corpus.cases import cases_in, play
from corpus.clean import check_clean, clean_in, silent
from corpus.left_out import LEFT_OUT
from corpus.renamed import flagged, recorded_fields
from corpus.report import Measure
from recipes import ROOT

TESTS = ROOT / "tests"
EXAMPLES = TESTS / "corpus" / "examples"


@pytest.fixture
def larger() -> Path:
    if not CORPUS.is_dir():
        pytest.skip(f"the larger set is not here: there is no {CORPUS}")
    return CORPUS


def test_the_examples_are_caught_and_their_twins_are_silent() -> None:
    section = of_cases(EXAMPLES / "cases")
    assert {row["case"]: (row["codes"], row["loud"]) for row in section.rows} == {
        "bf16-on-an-older-gpu": (("TN602",), ()),
        "deepspeed-mismatch": (("TN611",), ()),
        "renamed-key": (("TN202",), ()),
    }
    assert [one.value for one in section.measures if isinstance(one, Measure)] == [1.0]


def test_a_working_file_with_an_error_is_counted() -> None:
    files = list(clean_in(EXAMPLES / "clean"))
    section = silent([*map(check_clean, files)])
    errors, known = (one.value for one in section.measures if isinstance(one, Measure))
    assert (errors, known) == (0, 1.0)
    assert len(section.rows) == len(files) - 1, "what is wrong on purpose does not count"


def test_a_mistake_that_stands_in_the_twin_too_is_not_caught(tmp_path: Path) -> None:
    case = next(one for one in cases_in(EXAMPLES / "cases") if one.name == "renamed-key")
    for name, side in (("broken", "broken"), ("fixed", "broken")):
        folder = tmp_path / "renamed-key" / name
        folder.mkdir(parents=True)
        (folder / "train.yaml").write_text((case.folder / side / "train.yaml").read_text())
    for name in ("case.json", "target.json"):
        (tmp_path / "renamed-key" / name).write_text((case.folder / name).read_text())
    outcome = play(next(cases_in(tmp_path)))
    assert outcome.codes == outcome.loud == ("TN202",)
    assert not outcome.is_caught


def test_the_command_prints_what_is_absent_and_writes_its_json(tmp_path: Path) -> None:
    written = tmp_path / "figures.json"
    command = [
        *(sys.executable, "-m", "corpus", "--cases", EXAMPLES / "cases", "--clean", tmp_path / "none"),
        *("--history", tmp_path / "none.json", "--json", written),
        *("--python", tmp_path / "none", "--mutations", "10"),
    ]
    environment = {"PYTHONPATH": f"{TESTS}:{TESTS / 'python'}"}
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert "✓ renamed-key" in printed
    assert f"V2  skipped: there is no {tmp_path / 'none' / 'MANIFEST.tsv'}" in printed
    found = json.loads(written.read_text(encoding="utf-8"))
    assert found["form"] == 1
    measures = {one["id"]: one for one in found["measures"]}
    assert measures["V1"]["met"] is True
    assert "skipped" in measures["V2"]
    assert "skipped" in measures["V3"]
    assert "skipped" in measures["V4"]
    assert measures["V5"]["value"] == 0
    assert {row["case"] for row in found["rows"]["V1"]} == {
        path.name for path in (EXAMPLES / "cases").iterdir()
    }


def test_keys_of_other_releases_are_flagged_with_a_fix() -> None:
    """Between releases of the daemon's own record that lie some years apart."""
    releases = {
        "TrainingArguments": ("transformers:TrainingArguments", ("4.30.2", "4.46.3", "5.0.0")),
        "SFTConfig": ("trl:SFTConfig", ("0.9.6", "0.29.1")),
        "GRPOConfig": ("trl:GRPOConfig", ("0.14.0", "1.16.0")),
    }
    recorded = {
        owner: {release: fields for release, fields in recorded_fields(name).items() if release in wanted}
        for owner, (name, wanted) in releases.items()
    }
    assert [len(one) for one in recorded.values()] == [3, 2, 2]
    section = flagged(recorded)
    assert section.rows == []
    assert [one.is_met for one in section.measures if isinstance(one, Measure)] == [True]


def test_working_files_of_the_larger_set_have_no_error(larger: Path) -> None:
    section = of_clean(larger / "clean")
    assert [one for one in section.measures if isinstance(one, Measure) and not one.is_met] == []


def test_renamed_keys_of_the_larger_set_are_flagged(larger: Path) -> None:
    assert list(of_history(larger / "field_history.json").rows) == []


def test_what_is_left_out_stands_in_the_larger_set(larger: Path) -> None:
    assert set(LEFT_OUT) <= {path.name for path in (larger / "cases").iterdir()}
