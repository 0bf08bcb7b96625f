"""What settings come to, shown beside them; what is not known is not shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from daemon_client import daemon
from recipes import write_files
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.target import Gpu, Target
from tunesmith.ide.hover import hover
from tunesmith.ide.inlay import inlays, size
from tunesmith.rules.check import check
from tunesmith.syntax.tree import Position

LLAMA = (
    "{model_type: llama, hidden_size: 64, intermediate_size: 128, num_hidden_layers: 2, "
    "num_attention_heads: 4, vocab_size: 100, tie_word_embeddings: true, max_position_embeddings: 32}"
)
RECIPE = f"""\
# file d.csv: text | 1000 rows
task: causal-lm
model:
  config: {LLAMA}
  tokenizer: ./m
data: {{train: d.csv}}
train:
  max_steps: 1050
  per_device_train_batch_size: 4
  gradient_accumulation_steps: 2
  warmup_steps: 0.1
  save_steps: 100
  save_total_limit: 3
accelerate: {{num_processes: 2}}
"""
# 100 · 64 for the table, and in each of two layers 4 · 64² and 3 · 64 · 128.
PARAMETERS = 100 * 64 + 2 * (4 * 64 * 64 + 3 * 64 * 128)


def said(text: str, folder: Path, interpreter: Interpreter | None, target: Target | None = None) -> list[str]:
    write_files(text, folder)
    found = inlays(check(text, folder, interpreter, target=target))
    lines = text.split("\n")
    return [f"{lines[one.position.line][: one.position.character].strip()} → {one.text}" for one in found]


def test_batch_warmup_saves_and_memory(tmp_path: Path, trainer: Interpreter) -> None:
    found = said(RECIPE, tmp_path, trainer)
    checkpoint = size(12 * PARAMETERS)
    assert found[:3] == [
        "per_device_train_batch_size: 4 → effective batch 16",
        "warmup_steps: 0.1 → = 105 of 1,050 steps, 10 %",
        f"save_total_limit: 3 → last save at step 1,050, 3 × {checkpoint} = {size(36 * PARAMETERS)} kept",
    ]
    assert found[3].startswith("config: → ≈ ")
    assert found[3].endswith(" a process")


def test_parts_of_the_memory_are_named(tmp_path: Path, trainer: Interpreter) -> None:
    write_files(RECIPE, tmp_path)
    (memory,) = [one for one in inlays(check(RECIPE, tmp_path, trainer)) if one.text.endswith(" a process")]
    assert f"{PARAMETERS:,} of {PARAMETERS:,} parameters are trained" in memory.help
    assert f"| weights | {size(4 * PARAMETERS)} |" in memory.help
    assert f"| optimizer (adamw_torch_fused) | {size(8 * PARAMETERS)} |" in memory.help
    assert "| activations, 4 × 32 tokens, estimated |" in memory.help
    assert "arXiv" in memory.help


def test_steps_are_told_of_epochs(tmp_path: Path, trainer: Interpreter) -> None:
    text = """\
# file d.csv: text,label | 80 rows
task: text-classification
data: {train: d.csv, columns: {text: text, label: label}}
train: {num_train_epochs: 2}
"""
    assert said(text, tmp_path, trainer) == ["train: {num_train_epochs: 2 → = 20 steps"]


def test_a_target_counts_in_place_of_this_machine(tmp_path: Path) -> None:
    gpu = Target({"transformers": "5.23.0"}, gpus=(Gpu("A100", 2, 40.0, (8, 0)),))
    assert any(one.endswith(" a GPU") for one in said(RECIPE, tmp_path, None, gpu))
    older = Target({"transformers": "4.30.0"})
    assert not any("last save" in one for one in said(RECIPE, tmp_path, None, older)), (
        "whether it saves at the end is not known of that release"
    )


@pytest.mark.parametrize(
    "text",
    [
        "# file d.csv: text | 9 rows\ntask: causal-lm\ndata: {train: d.csv}\ntrain: {save_steps: 10}\n",
        "script: train.py\ntrain: {max_steps: 10, warmup_steps: 0.1}\n",
        "model: {name_or_path: ./nowhere}\n",
        "train: {per_device_train_batch_size: many, gradient_accumulation_steps: 2}\n",
        RECIPE.replace("model_type: llama", "model_type: nothing").split("train:")[0],
    ],
)
def test_what_is_not_known_is_not_shown(text: str, tmp_path: Path, trainer: Interpreter) -> None:
    assert said(text, tmp_path, trainer) == []


async def test_an_editor_gets_them(tmp_path: Path, trainer: Interpreter) -> None:
    write_files(RECIPE, tmp_path)
    async with daemon(tmp_path, trusted=True, trainingInterpreter=str(trainer.path)) as client:
        uri = (tmp_path / "a.train.yaml").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": RECIPE}
        client.notify("textDocument/didOpen", {"textDocument": document})
        await client.next("tunesmith/status")
        await client.request("tunesmith/focus", {"uri": uri})
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
        params = {"textDocument": {"uri": uri}, "range": whole}
        found = await client.request("textDocument/inlayHint", params)
        assert len(found) == 4
        few = {**whole, "end": {"line": 8, "character": 99}}
        asked = await client.request("textDocument/inlayHint", {**params, "range": few})
        assert [one["label"] for one in asked if "batch" in one["label"]] == ["effective batch 16"]


def test_hovering_tells_the_parts(tmp_path: Path, trainer: Interpreter) -> None:
    write_files(RECIPE, tmp_path)
    lines = RECIPE.split("\n")
    line = next(number for number, text in enumerate(lines) if "save_total_limit" in text)
    found = hover(check(RECIPE, tmp_path, trainer), Position(line, 4))
    assert found is not None
    assert "last save at step 1,050" in found.text
    assert "11 checkpoints are written, each with weights and optimizer." in found.text
