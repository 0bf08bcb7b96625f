from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from tunesmith.core.path import RecipePath
from tunesmith.dialects.handed_on import Named, loads_itself, named, put_handed_on, put_read_by_script
from tunesmith.dialects.launch import read_launch
from tunesmith.dialects.reading import Builder, Place
from tunesmith.dialects.told import put_told, started
from tunesmith.facts.library import LibraryField
from tunesmith.facts.script_use import ScriptUse, use_of

FILE = Path("train.yaml")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("args.int8", Named("int8")),
        ("model_args.int8", Named("int8")),
        ('config["int8"]', Named("int8")),
        ('cfg.get("int8", False)', Named("int8")),
        ("getattr(torch, args.dtype)", Named("dtype")),
        ("getattr(torch, args.dtype) if args.dtype else None", Named("dtype")),
        ("args.bits == 4", Named("bits", asked=4)),
        ('args.targets.split(",")', Named("targets", is_listed=True)),
        ("tokenizer.pad_token", None),
        ("float(args.rate)", None),
        ("True", None),
        ("args.", None),
    ],
)
def test_an_expression_stands_for_an_argument(text: str, meant: Named | None) -> None:
    assert named(text) == meant


def use(*lines: str) -> ScriptUse:
    return use_of(ast.parse("\n".join(lines)))


def test_settings_are_followed_to_the_calls_that_they_reach() -> None:
    builder = Builder()
    script = use(
        "AutoModelForCausalLM.from_pretrained(args.base, load_in_8bit=args.int8)",
        'LoraConfig(target_modules=args.targets.split(","))',
        "BitsAndBytesConfig(load_in_4bit=args.bits == 4)",
    )
    put_handed_on(
        builder, script, {"base": "m", "int8": True, "targets": "q_proj, v_proj", "bits": 8}, {}, FILE
    )
    assert builder.values == {
        "model": {"name_or_path": "m", "load": {"load_in_8bit": True, "load_in_4bit": False}},
        "peft": {"target_modules": ["q_proj", "v_proj"]},
    }
    assert builder.origins[("model", "load", "load_in_8bit")] == Place(FILE, ("int8",))


def test_a_default_of_the_script_counts_where_the_file_says_nothing() -> None:
    builder = Builder()
    own = {"storage": LibraryField("storage", "str", frozenset(("str",)), "uint8")}
    put_handed_on(builder, use("BitsAndBytesConfig(bnb_4bit_quant_storage=args.storage)"), {}, own, FILE)
    assert builder.values == {"model": {"load": {"bnb_4bit_quant_storage": "uint8"}}}


def test_a_file_that_a_script_loads_means_what_its_calls_make_of_it() -> None:
    script = use(
        "args = yaml.safe_load(open(path))",
        'TrainingArguments(fp16=True, learning_rate=args["rate"], num_train_epochs=epochs)',
    )
    assert loads_itself(script)
    builder = Builder()
    put_read_by_script(builder, script, {"rate": "1e-4", "epochs": 3}, FILE)
    assert builder.values["train"] == {"fp16": True, "learning_rate": "1e-4", "num_train_epochs": 3}
    assert builder.origins[("train", "fp16")] == Place(FILE, ())
    assert builder.origins[("train", "num_train_epochs")] == Place(FILE, ("epochs",))


def test_a_script_with_a_parser_loads_nothing_itself() -> None:
    assert not loads_itself(use("parser = HfArgumentParser(Own)", "yaml.safe_load(open(path))"))


@pytest.mark.parametrize(
    ("line", "section"),
    [
        (
            "accelerate launch --use_fsdp --num_processes 4 --fsdp_version 2 train.py",
            {"num_processes": 4, "distributed_type": "FSDP", "fsdp_config": {"fsdp_version": 2}},
        ),
        (
            "accelerate launch --config_file a.yaml --mixed_precision bf16 --zero_stage 3 train.py",
            {"mixed_precision": "bf16"},
        ),
        ("torchrun --nproc_per_node 4 train.py", None),
    ],
)
def test_what_the_command_line_tells_accelerate(line: str, section: dict[str, Any] | None) -> None:
    builder = Builder()
    put_told(builder, read_launch(line), FILE)
    assert builder.values.get("accelerate") == section
    path: RecipePath = ("accelerate", "num_processes")
    assert builder.origins.get(path, Place(FILE, ())) == Place(FILE, ())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("torchrun --nproc_per_node 4 --master_port 29501 train.py", ("torchrun", 4, None, 29501)),
        ("CUDA_VISIBLE_DEVICES=0,2 python train.py", ("python", None, 2, None)),
        ("CUDA_VISIBLE_DEVICES=$IDS torchrun --nproc_per_node=2 train.py", ("torchrun", 2, None, None)),
        ("deepspeed --include localhost:0,1,2 train.py", ("deepspeed", 3, None, None)),
        ("deepspeed --include one:0,1@two:0 train.py", ("deepspeed", None, None, None)),
        ("torchrun --standalone --nproc_per_node 2 train.py", ("torchrun", 2, None, 0)),
    ],
)
def test_what_a_command_line_starts(line: str, said: tuple[int | str | None, ...]) -> None:
    found = started(read_launch(line))
    assert found is not None
    assert tuple(found.values()) == said


def test_no_command_line_says_nothing() -> None:
    assert started(read_launch("")) is None
