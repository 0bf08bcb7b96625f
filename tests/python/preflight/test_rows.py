"""Rows of data files asked of the daemon: its worker in the training interpreter, and what is shown."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from daemon_client import DaemonClient, daemon
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.records import Record, record_at, records
from tunesmith.ide.row import code, describe_row
from tunesmith.runs.probe import NoAnswer, Probe
from tunesmith.supervise import process_table

RECIPE = """\
task: text-classification
model: {name_or_path: ./model}
data:
  train: reviews.jsonl
  columns: {text: review, label: sentiment}
  max_length: 5
"""


async def row(client: DaemonClient, file: Path, line: int) -> dict[str, Any]:
    return await client.request("tunesmith/data/row", {"file": str(file), "line": line})


async def test_a_hovered_row_shows_its_tokens(workspace: Path, trainer: Interpreter) -> None:
    (workspace / "a.train.yaml").write_text(RECIPE)
    data = workspace / "reviews.jsonl"
    async with daemon(workspace, trusted=True, trainingInterpreter=str(trainer.path)) as client:
        asked = [asyncio.create_task(row(client, data, 0)) for _ in range(12)]
        await client.request("tunesmith/focus", {"uri": (workspace / "a.train.yaml").as_uri()})
        assert not any(one.done() for one in asked), "nobody waits for the libraries to look at the disk"
        first, *_ = await asyncio.gather(*asked)
        assert "**Row 1** as `a.train.yaml` trains" in first["text"]
        assert "`very` `good` `[SEP]` ~~`film`~~" in first["text"]
        assert "cut at 5: 1 more are lost (16.7 %)" in first["text"]
        after_an_empty_line = await row(client, data, 3)
        assert (after_an_empty_line["first"], "Row 3" in after_an_empty_line["text"]) == (3, True)
        assert "no text in its column `review`" in (await row(client, data, 1))["text"]
        assert (await row(client, data, 2))["text"] == "", "an empty line is no row"
        told = await client.request("tunesmith/data/survey", {"file": str(data)})
        assert [(one["first"], one["message"][:60]) for one in told["rows"]] == [
            (1, "Nothing is learned from this row: it has no text in the colu"),
            (4, "Nothing is learned from this row: it has no label in the col"),
        ]
        assert (await row(client, workspace / "stories.csv", 1))["text"] == "", "no recipe reads it"


async def test_nothing_is_started_where_that_is_not_trusted(workspace: Path, trainer: Interpreter) -> None:
    (workspace / "a.train.yaml").write_text(RECIPE)
    data = workspace / "reviews.jsonl"
    async with daemon(workspace, trusted=False, trainingInterpreter=str(trainer.path)) as client:
        assert (await row(client, data, 0))["text"] == ""
        assert (await client.request("tunesmith/data/survey", {"file": str(data)}))["rows"] == []
        assert process_table.descendants(client.process.pid, process_table.table()) == set()


def test_a_worker_that_is_late_is_ended_and_replaced(workspace: Path, trainer: Interpreter) -> None:
    config: dict[str, Any] = {
        "task": "causal-lm",
        "model": {"name_or_path": str(workspace / "tokenizer")},
        "data": {"train": str(workspace / "stories.csv"), "columns": {"text": "story"}},
    }
    question = {"ask": "survey", "config": config, "file": config["data"]["train"], "most": 9}
    late = Probe(trainer, limit=0.0)
    for _ in range(2):
        with pytest.raises(NoAnswer, match="did not answer within 0 s"):
            late.ask(question)
    probe = Probe(trainer)
    found = probe.ask(question)
    assert (found["found"], found["rows"]) == ([[1, "text"]], 4)
    with pytest.raises(NoAnswer, match="no column 'absent'"):
        probe.ask(
            {**question, "config": {**config, "data": {**config["data"], "columns": {"text": "absent"}}}}
        )
    probe.close()


def test_rows_are_found_by_their_lines(workspace: Path) -> None:
    assert list(records(workspace / "stories.csv")) == [
        Record(0, 1, 1),
        Record(1, 2, 2),
        Record(2, 4, 5),
        Record(3, 6, 6),
    ]
    assert record_at(workspace / "stories.csv", 0) is None, "the heading"
    assert record_at(workspace / "stories.csv", 5) == Record(2, 4, 5)
    assert record_at(workspace / "stories.csv", 7) is None


def test_tokens_are_shown_whatever_they_hold() -> None:
    assert code(" a\n") == "`·a↵`"
    assert code("``") == "``` `` ```"
    seen = {
        "longest": 8,
        "tokens": ["a", "b"],
        "supervised": [True, False],
        "cut": [],
        "cut_left": False,
        "label": None,
        "left_out": None,
        "part": "train",
    }
    text = describe_row(seen, 0, "a.train.yaml", {"text": "text"})
    assert "2 tokens · 1 supervised (50 %) · joined with the other rows and cut into blocks of 8" in text
    assert text.endswith("**`a`** `b`")
