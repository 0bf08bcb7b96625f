"""A dry run through the daemon: a real launch, one real step, and what is told of it."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from daemon_client import DaemonClient, ErrorReply, daemon
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.facts.interpreter import Interpreter
from tunesmith.ide.dry_run import page
from tunesmith.rules.check import check
from tunesmith.runs import trash
from tunesmith.runs.dry_run import one_step
from tunesmith.runs.supervisors import NotStarted
from tunesmith.stages.recipe import stage_of

RECIPE = """\
task: causal-lm
model:
  config: {model_type: llama, hidden_size: 16, intermediate_size: 16, num_hidden_layers: 1,
    num_attention_heads: 2, max_position_embeddings: 16}
  tokenizer: ./tokenizer
data: {train: stories.csv, columns: {text: story}, max_length: 8}
train:
  num_train_epochs: 500
  per_device_train_batch_size: 2
  save_strategy: epoch
run: {queue: true}
"""


async def dry_run(client: DaemonClient, recipe: Path) -> dict[str, Any]:
    started = await client.request("tunesmith/dryRun/start", {"recipe": str(recipe)})
    assert started["problems"] == []
    return started["run"]


async def test_one_step_is_made_told_and_taken_away(workspace: Path, trainer: Interpreter) -> None:
    recipe = workspace / "story.train.yaml"
    recipe.write_text(RECIPE)
    async with daemon(workspace, trusted=True, trainingInterpreter=str(trainer.path)) as client:
        run = await dry_run(client, recipe)
        assert run["name"] == "story (dry run)"
        report = await client.request("tunesmith/dryRun/report", {"runId": run["id"]})
        assert report["error"] is None, report
        text = report["text"]
        assert text.startswith("# Dry run of story.train.yaml\n")
        assert "| `input_ids` | 2 × 8 |" in text
        assert "`[SEP]`" in text
        assert "**`film`**" in text, "what is learned stands bold"
        for what in ("Loss", "First step", "Gradients", "Optimizer states", "Most memory"):
            assert f"| {what}" in text
        assert not (runs_home(workspace) / run["id"]).exists(), "it leaves the list of runs"
        while run["id"] not in (await client.next("tunesmith/runs/changed"))["removed"]:
            pass


async def test_what_fails_is_told_with_its_cause_and_stays(workspace: Path, trainer: Interpreter) -> None:
    (workspace / "model" / "model.safetensors").write_bytes(b"no weights")
    recipe = workspace / "review.train.yaml"
    recipe.write_text(
        "task: text-classification\nmodel: {name_or_path: ./model}\n"
        "data: {train: reviews.jsonl, columns: {text: review, label: sentiment}}\n"
    )
    async with daemon(workspace, trusted=True, trainingInterpreter=str(trainer.path)) as client:
        run = await dry_run(client, recipe)
        report = await client.request("tunesmith/dryRun/report", {"runId": run["id"]})
        assert "SafetensorError" in report["error"]
        assert not report["stopped"]
        assert (runs_home(workspace) / run["id"]).exists(), "its log is looked at next"


async def test_it_is_cancelled(workspace: Path, trainer: Interpreter) -> None:
    recipe = workspace / "story.train.yaml"
    recipe.write_text(RECIPE)
    async with daemon(workspace, trusted=True, trainingInterpreter=str(trainer.path)) as client:
        run = await dry_run(client, recipe)
        await client.request("tunesmith/runs/stop", {"runId": run["id"], "force": True})
        report = await client.request("tunesmith/dryRun/report", {"runId": run["id"]})
        assert (report["stopped"], report["error"]) == (True, None)
        assert not (runs_home(workspace) / run["id"]).exists()


async def test_it_ends_with_its_window(workspace: Path, trainer: Interpreter) -> None:
    recipe = workspace / "story.train.yaml"
    recipe.write_text(RECIPE)
    async with daemon(workspace, trusted=True, trainingInterpreter=str(trainer.path)) as client:
        run = await dry_run(client, recipe)
        waiting = asyncio.create_task(client.request("tunesmith/dryRun/report", {"runId": run["id"]}))
        await client.request("tunesmith/runs/list", {"folders": [str(workspace)]})
    with contextlib.suppress(ConnectionResetError, ErrorReply):
        await waiting
    assert not (runs_home(workspace) / run["id"]).exists()
    assert not trash.is_alive(RunFolder(trash.trash_of(runs_home(workspace)) / run["id"]))


async def test_nothing_is_started_where_that_is_not_trusted(workspace: Path, trainer: Interpreter) -> None:
    recipe = workspace / "story.train.yaml"
    recipe.write_text(RECIPE)
    async with daemon(workspace, trusted=False, trainingInterpreter=str(trainer.path)) as client:
        with pytest.raises(ErrorReply, match="not trusted"):
            await dry_run(client, recipe)
    assert not runs_home(workspace).exists()


def test_the_recipe_is_changed_where_it_must_be_alone(tmp_path: Path, trainer: Interpreter) -> None:
    text = RECIPE.replace("save_strategy: epoch", "eval_strategy: epoch\n  load_best_model_at_end: true")
    made = one_step(check(text, tmp_path, trainer).recipe)
    assert made.train == {
        "num_train_epochs": 500,
        "per_device_train_batch_size": 2,
        "max_steps": 1,
        "logging_steps": 1,
        "save_strategy": "no",
        "load_best_model_at_end": False,
        "eval_strategy": "no",
    }
    assert made.run is None, "it waits for nobody"
    assert made.data is not None
    assert made.data.max_rows == 800
    name, stage = stage_of(made)
    assert (name, getattr(stage, "dry_run", None)) == ("train", True)
    with pytest.raises(NotStarted, match="runs a script"):
        one_step(check("script: train.py\n", tmp_path, trainer).recipe)


def test_a_batch_with_labels_is_told() -> None:
    seen = {
        "device": "cuda:0",
        "world_size": 2,
        "parameters": 10,
        "trainable_parameters": 5,
        "peak_memory": 2_000_000_000,
        "peak_gpu_memory": 11_200_000_000,
        "rows": [{"tokens": ["a"], "supervised": [False], "padding": 3, "label": "good"}],
    }
    text = page("a.train.yaml", seen)
    assert "| Device | cuda:0, 2 of them |" in text
    assert "| Most GPU memory | 11.2 GB |" in text
    assert "### Row 1: 1 tokens, 3 of padding, label **`good`**" in text
    assert "The label of a row is learned from all of its tokens." in text
