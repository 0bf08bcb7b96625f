"""Reading data sets with the real library, in the training interpreter."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs.runtime_copy import runtime_copy

LOAD = """
import json, sys
import datasets
datasets.disable_progress_bars()
from tunesmith.runtime.rebuild import rebuild
from tunesmith.stages.data.config import DataConfig
from tunesmith.stages.data.labelled import load_labelled as load
for values in json.load(sys.stdin):
    try:
        data = load(rebuild(DataConfig, values))
    except ValueError as error:
        told = {"error": str(error)}
    else:
        validation = None if data.validation is None else len(data.validation)
        told = {"names": data.names, "train": data.train.to_list(), "validation": validation}
    print("=" + json.dumps(told))
"""
COLUMNS = {"text": "text", "label": "label"}


@pytest.fixture
def loaded(trainer: Interpreter, tmp_path: Path) -> Any:
    """Read several configurations in one process, because the library takes seconds to import."""

    def load(*configs: dict[str, Any]) -> list[dict[str, Any]]:
        values = [
            {"columns": COLUMNS, **config, "train": str(tmp_path / config["train"])} for config in configs
        ]
        done = subprocess.run(
            [str(trainer.path), "-c", LOAD],
            input=json.dumps(values),
            env={"PYTHONPATH": str(runtime_copy(tmp_path)), "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        return [json.loads(line[1:]) for line in done.stdout.splitlines() if line.startswith("=")]

    return load


def test_what_is_read_of_each_kind_of_file(tmp_path: Path, loaded: Any) -> None:
    rows = [("fine", "good"), ("None", "good"), ("poor", "bad"), ("", "bad"), ("odd", "")]
    for suffix, separator in (("csv", ","), ("tsv", "\t")):
        lines = [separator.join(row) for row in [("text", "label"), *rows]]
        (tmp_path / f"r.{suffix}").write_text("\n".join(lines) + "\n")
    (tmp_path / "n.jsonl").write_text(
        "".join(
            json.dumps({"text": f"row {i}", "label": label}) + "\n" for i, label in enumerate([10, 2, 2, 10])
        )
    )
    (tmp_path / "n.json").write_text(
        json.dumps([{"text": "a", "label": True}, {"text": "b", "label": False}])
    )
    (tmp_path / "many.csv").write_text("text,label\n" + "".join(f"row {i},{i % 3}\n" for i in range(100)))
    (tmp_path / "r.txt").write_text("a")
    split = {"validation": 0.1, "test": 0.2, "seed": 1}
    csv, tsv, jsonl, as_json, parts, fewer, own_file, other, unknown = loaded(
        {"train": "r.csv"},
        {"train": "r.tsv"},
        {"train": "n.jsonl"},
        {"train": "n.json"},
        {"train": "many.csv", "split": split},
        {"train": "many.csv", "split": split, "max_rows": 50},
        {"train": "many.csv", "split": split, "validation": str(tmp_path / "many.csv")},
        {"train": "many.csv", "columns": {"text": "txt", "label": "label"}},
        {"train": "r.txt"},
    )
    kept = [{"text": "fine", "labels": 1}, {"text": "None", "labels": 1}, {"text": "poor", "labels": 0}]
    assert (csv["names"], csv["train"], csv["validation"]) == (["bad", "good"], kept, None)
    assert tsv == csv
    assert jsonl["names"] == ["2", "10"], "numbers in the order of numbers"
    assert [row["labels"] for row in jsonl["train"]] == [1, 0, 0, 1]
    assert as_json["names"] == ["0", "1"]
    assert (len(parts["train"]), parts["validation"], parts["names"]) == (70, 10, ["0", "1", "2"])
    assert (len(fewer["train"]), fewer["validation"]) == (35, 5)
    assert (len(own_file["train"]), own_file["validation"]) == (80, 100), "no rows are held back twice"
    assert "has no column 'txt' (data.columns.text). It has: text, label" in other["error"]
    assert "files that end in .csv" in unknown["error"]
