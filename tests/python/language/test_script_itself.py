"""A training script that holds its settings itself is checked like any other file of settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from foreign_editor import TARGET, editor
from tunesmith.cli.checking.engine import Engine
from tunesmith.dialects.likely import is_likely

SCRIPT = """\
from transformers import Trainer, TrainingArguments

arguments = TrainingArguments("out", {line}, num_train_epochs=1)
Trainer(model=model, args=arguments, train_dataset=rows, eval_dataset=held_out).train()
"""


async def test_in_the_editor_as_it_is_being_written(tmp_path: Path) -> None:
    async with editor(tmp_path, {}) as window:
        window.open("train.py", SCRIPT.format(line='evaluation_strategy="epoch"'))
        (found,) = await window.until("train.py", {"TN202"})
        assert found["range"]["start"] == {"line": 2, "character": 37}
        assert await window.fixes("train.py", 2) == [], "a fix would write YAML"
        window.write("train.py", SCRIPT.format(line='eval_strategy="epoch"'))
        await window.until("train.py", set())


async def test_where_nobody_has_it_open(tmp_path: Path) -> None:
    text = SCRIPT.format(line='evaluation_strategy="epoch"')
    async with editor(tmp_path, {"train.py": text, "model.py": "class Trainer: ...\n"}) as window:
        await window.until("train.py", {"TN202"})


def test_in_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "target.json").write_text(json.dumps(TARGET))
    engine = Engine((tmp_path,), target=tmp_path / "target.json")
    ignored = SCRIPT.replace(
        "arguments =", "# tunesmith: ignore TN202 because the cluster has 4.40\narguments ="
    )
    for text, codes in ((SCRIPT, ["TN202"]), (ignored, [])):
        found = engine.check(tmp_path / "train.py", text.format(line='evaluation_strategy="epoch"'))
        assert found is not None
        assert (found.kind, [one.code for one in found.problems]) == ("training script", codes)
    assert engine.check(tmp_path / "model.py", "class Trainer: ...\n") is None


STREAMED = """\
from transformers import Trainer, TrainingArguments

rows = load_dataset("json", streaming=True)
when = "epoch"
arguments = TrainingArguments("out", load_best_model_at_end=True, lr_scheduler_type="{kind}"{given})
{then}
Trainer(model=model, args=arguments, train_dataset=rows, eval_dataset=rows).train()
"""
WRONG = ["TN214", "TN242", "TN264"]


@pytest.mark.parametrize(
    ("given", "then", "codes"),
    [
        ("", "", WRONG),
        ("", 'print("a".replace("a", "b"))', WRONG),
        (", save_strategy=when, eval_strategy=when", "", ["TN242", "TN264"]),
        (", max_steps=options.steps", "", ["TN214", "TN264"]),
        (", lr_scheduler_kwargs={'min_lr_rate': 0.1}", "", ["TN214", "TN242"]),
        (", **yaml.safe_load(file)", "", []),
        (", max_steps=-1", "arguments.max_steps = 100", ["TN214", "TN264"]),
        ("", "arguments = arguments.set_save(strategy='no')", []),
        ("", "arguments = dataclasses.replace(arguments, eval_strategy='steps')", []),
    ],
)
def test_what_only_a_run_can_tell_is_not_taken_for_absent(
    tmp_path: Path, given: str, then: str, codes: list[str]
) -> None:
    (tmp_path / "target.json").write_text(json.dumps(TARGET))
    engine = Engine((tmp_path,), target=tmp_path / "target.json")
    text = STREAMED.format(kind="cosine_with_min_lr", given=given, then=then)
    (tmp_path / "train.py").write_text(text)
    found = engine.check(tmp_path / "train.py", text)
    assert found is not None
    assert sorted(one.code for one in found.problems) == codes


@pytest.mark.parametrize(("more", "codes"), [("", ["TN278"]), (", deepspeed=options.deepspeed", [])])
def test_deepspeed_that_only_a_run_can_name_may_schedule(tmp_path: Path, more: str, codes: list[str]) -> None:
    text = (
        f'arguments = TrainingArguments("out", lr_scheduler_type="constant", warmup_steps=9{more})\n'
        "Trainer(model=model, args=arguments, train_dataset=rows).train()\n"
    )
    (tmp_path / "train.py").write_text(text)
    found = Engine((tmp_path,)).check(tmp_path / "train.py", text)
    assert found is not None
    assert [one.code for one in found.problems] == codes


@pytest.mark.parametrize(("more", "codes"), [("", ["TN203"]), (", max_steps=options.steps", [])])
def test_steps_that_only_a_run_can_tell_are_not_counted(tmp_path: Path, more: str, codes: list[str]) -> None:
    (tmp_path / "data.jsonl").write_text('{"text": "a"}\n' * 100)
    text = (
        'rows = load_dataset("json", data_files="data.jsonl")["train"]\n'
        f'arguments = TrainingArguments("out", num_train_epochs=1, warmup_steps=500{more})\n'
        "Trainer(model=model, args=arguments, train_dataset=rows).train()\n"
    )
    (tmp_path / "train.py").write_text(text)
    found = Engine((tmp_path,)).check(tmp_path / "train.py", text)
    assert found is not None
    assert [one.code for one in found.problems] == codes


def test_arguments_of_the_command_line_are_not_known(tmp_path: Path) -> None:
    text = STREAMED.format(kind="linear", given="", then="")
    parsed = text.replace(text.split("\n")[4], "(arguments,) = HfArgumentParser(TrainingArguments).parse()")
    (tmp_path / "train.py").write_text(parsed)
    found = Engine((tmp_path,)).check(tmp_path / "train.py", parsed)
    assert found is None or not found.problems


def test_arguments_that_unsloth_adds(tmp_path: Path) -> None:
    target = {**TARGET, "packages": {**TARGET["packages"], "trl": "0.22.2"}}
    (tmp_path / "target.json").write_text(json.dumps(target))
    engine = Engine((tmp_path,), target=tmp_path / "target.json")
    text = 'from trl import SFTConfig, SFTTrainer\nSFTTrainer(m, SFTConfig("out", max_seq_length=8))\n'
    for first, codes in (("", ["TN202"]), ("from unsloth import FastLanguageModel\n", [])):
        found = engine.check(tmp_path / "train.py", first + text)
        assert found is not None
        assert [one.code for one in found.problems] == codes


def test_other_python_is_left_alone() -> None:
    assert not is_likely(Path("model.py"), "class MyTrainer(Trainer):\n    def step(self): ...\n")
    assert not is_likely(Path("serve.py"), "config = LoraConfig(r=8)\n")
