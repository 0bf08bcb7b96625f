"""Files that are made to hurt: whatever stands in a folder is read, in bounded time, and never raises."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path

import pytest
from tunesmith.cli.checking.engine import Engine
from tunesmith.cli.checking.found import CheckedFile
from tunesmith.cli.checking.inputs import inputs_of
from tunesmith.dialects.launch import read_launch
from tunesmith.dialects.told import started
from tunesmith.facts.command_lines import read_command_lines
from tunesmith.facts.data_file import LARGEST, read_data_file
from tunesmith.facts.model_folder import read_model_folder
from tunesmith.facts.program import read_program
from tunesmith.facts.script_arguments import read_script_arguments
from tunesmith.facts.script_use import read_script_use
from tunesmith.facts.sources import Source, Store
from tunesmith.facts.target_file import read_target_file
from tunesmith.facts.tokenizer_folder import read_tokenizer_folder
from tunesmith.server.workspace_files import WorkspaceFiles
from tunesmith.syntax.incremental import Reader
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import plain

ARGUMENTS = "num_train_epochs: 3\nsave_strategy: steps\nmodel_name_or_path: m\n"
FACTORY = "model_name_or_path: m\nstage: sft\nfinetuning_type: lora\n"
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 12)
)
TEXTS = {
    "factory.yaml": f"{FACTORY}{BOMB}learning_rate: *a11\n",
    "bomb.yaml": f"{BOMB}distributed_type: FSDP\ncompute_environment: LOCAL_MACHINE\nmixed_precision: *a11\n",
    "bomb.train.yaml": f"{BOMB}run: {{engine: slurm, slurm: {{nodes: *a11}}}}\naccelerate: *a11\n",
    "spaces.yaml": f"{ARGUMENTS}a{' ' * 60_000}\n",
    "words.yaml": f"{ARGUMENTS}{'a b c ' * 5_000}\n{'a b c ' * 5_000}\n",
    "number.train.yaml": f"data: {{train: a.csv, split: {{validation: {'9' * 390}}}}}\n",
    "epochs.train.yaml": f"train: {{num_train_epochs: {'9' * 390}, max_steps: {'9' * 390}}}\n",
    "list.train.yaml": "accelerate: {distributed_type: DEEPSPEED, deepspeed_config: {gradient_clipping: 1}}\n"
    "train: {max_grad_norm: [1]}\n",
    "module.train.yaml": f"module: {'x' * 300}\n",
    "root.train.yaml": "module: /\n",
}
DEEP = {
    "maps": "".join(f"{' ' * level}k:\n" for level in range(400)),
    "items": "- " * 400,
    "both": "".join(f"{' ' * level}- k:\n" for level in range(0, 800, 2)),
    "shared": "".join(f"{' ' * (level // 2)}{'-' if level % 2 else 'k:'}\n" for level in range(400)),
    "behind": f'"a" {"- " * 400}',
}


def checked(folder: Path, name: str, text: str) -> CheckedFile | None:
    (folder / name).write_text(text, encoding="utf-8")
    return Engine((folder,)).check(folder / name, text)


@pytest.mark.parametrize("name", TEXTS)
def test_a_text(tmp_path: Path, name: str) -> None:
    assert checked(tmp_path, name, TEXTS[name]) is not None


@pytest.mark.parametrize("huge", ["1.0e300", "9" * 300])
def test_a_product_that_no_float_holds(tmp_path: Path, huge: str, caplog: pytest.LogCaptureFixture) -> None:
    target = tmp_path / "target.json"
    target.write_text('{"packages": {"transformers": "4.57.3"}}')
    batch = f"train: {{per_device_train_batch_size: {huge}, gradient_accumulation_steps: {huge}}}\n"
    text = f"accelerate: {{num_processes: 2}}\ndeepspeed: {{train_batch_size: 8}}\n{batch}"
    assert Engine((tmp_path,), target=target).check(tmp_path / "a.train.yaml", text) is not None
    assert not caplog.records


@pytest.mark.parametrize("text", ["...\n- ", f"a: {'[' * 110}\n", f"a: b\n---\n{'é' * 2}"])
def test_a_problem_stands_in_its_line(text: str) -> None:
    tree = parse(text)
    assert tree.problems
    for problem in tree.problems:
        assert problem.range.end.character <= len(tree.lines[problem.range.end.line])


@pytest.mark.parametrize("name", DEEP)
def test_nesting_is_refused_before_the_parser_breaks(name: str) -> None:
    for tree in (parse(DEEP[name]), Reader().parse(DEEP[name])):
        assert [problem.arguments for problem in tree.problems] == [{"reason": "it is nested too deeply"}]


def test_a_text_that_only_looks_deep_is_read() -> None:
    staircase = "".join(f"{' ' * (level % 40)}  word\n" for level in range(400))
    prompt = f"a:\n  prompt: |\n{' ' * 120}{'- ' * 20}\n    {'-' * 200}\n{staircase}  b: 1\n"
    assert plain(parse(f"x: |\n{staircase}y: 2\n").root)["y"] == 2
    assert parse(prompt).root is not None
    assert parse(f"k: [{', '.join(['{a: - b}'] * 200)}]\n").problems != ()


def test_aliases_are_repeated_as_long_as_they_say_something() -> None:
    text = "base: &base {a: 1, b: [1, 2]}\n" + "".join(f"k{number}: *base\n" for number in range(500))
    tree = parse(text)
    assert tree.problems == ()
    assert plain(tree.root)["k499"] == {"a": 1, "b": [1, 2]}


def test_digits_of_other_scripts_are_no_numbers(tmp_path: Path) -> None:
    launch = read_launch("torchrun --nproc_per_node ² --master_port ³ train.py")
    assert launch.processes is None
    assert (started(launch) or {})["port"] is None
    assert read_launch(f"torchrun --nproc_per_node {'9' * 5000} train.py").processes is None
    profile = tmp_path / "target.json"
    profile.write_text('{"gpus": [{"name": "A", "compute_capability": "8.²"}]}', encoding="utf-8")
    assert read_target_file(profile).target is not None


def test_variables_that_are_made_of_each_other(tmp_path: Path) -> None:
    script = "A=xxxxxxxxxx\n" + "A=$A$A$A$A\n" * 60 + "python train.py $A\npython other.py a.yaml\n"
    (tmp_path / "run.sh").write_text(script, encoding="utf-8")
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".vscode" / "tasks.json").write_text("/* " * 100_000, encoding="utf-8")
    assert "python other.py a.yaml" in [line.text for line in read_command_lines(tmp_path)]


@pytest.mark.parametrize("place", ["pipe.py", "device.py"])
def test_a_script_that_never_ends(tmp_path: Path, place: str) -> None:
    path = tmp_path / place
    if place == "pipe.py":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    assert read_script_use(path) is None
    assert read_script_arguments(path, tmp_path) is None
    assert read_program(path).line is None


SCRIPTS = {
    "circle": "class A(B): pass\nclass B(A): pass\nHfArgumentParser((A, B))\n",
    "diamonds": "".join(
        f"class {name}{level}(A{level - 1}, B{level - 1}): pass\n" for level in range(40) for name in "AB"
    )
    + "HfArgumentParser((A39,))\n",
    "bases": "from transformers import HfArgumentParser\n"
    + "".join(f"class A{level}({', '.join([f'A{level - 1}'] * 20)}): pass\n" for level in range(1, 9))
    + "HfArgumentParser((A8,)).parse_args_into_dataclasses()\n",
    "constants": "import argparse\nA = 'x' * 1\nB = 'abcdefghij'\n"
    + "".join(f"{new} = {' + '.join([old] * 500)}\n" for old, new in ("BC", "CD", "DE", "EF"))
    + "argparse.ArgumentParser().add_argument('--a', choices=[F, F], default=E)\n",
    "calls": "import argparse\np = argparse.ArgumentParser()\ndef f(x):\n"
    + "    y = 1\n" * 2_000
    + "f(p)\n" * 399
    + "p.parse_args()\n",
    "range": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--a', choices=range(0, 5, 0))\n"
    "p.add_argument('--b', choices=sorted(['a', 1]))\np.parse_args()\n",
    "literals": "model = AutoModelForCausalLM.from_pretrained({[1]: 2})\n"
    "LoraConfig(r={[1]: 2}, bias={[1]: 2})\nyaml.safe_load(f)\nTrainer(model=model)\n",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script(tmp_path: Path, name: str) -> None:
    script = tmp_path / "train.py"
    script.write_text(SCRIPTS[name], encoding="utf-8")
    (tmp_path / "run.sh").write_text("python train.py args.yaml\n", encoding="utf-8")
    assert read_script_use(script) is not None
    read_script_arguments(script, tmp_path)
    assert read_program(script) is not None
    assert checked(tmp_path, "args.yaml", f"{ARGUMENTS}lora_r: 8\n") is not None


def test_a_workspace_with_a_pipe_and_a_circle(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "circle").symlink_to(tmp_path)
    (tmp_path / "args.yaml").write_text(ARGUMENTS, encoding="utf-8")
    assert [path.name for path in WorkspaceFiles().find([tmp_path])] == ["args.yaml"]
    assert [one.file.name for one in inputs_of(tmp_path, None)] == ["args.yaml"]


HEADERS = [
    {"w": {"dtype": "F32", "shape": [1], "data_offsets": [1]}},
    {"w": {"dtype": "F32", "shape": [float("inf")], "data_offsets": [0, 4]}},
    {"w": {"dtype": "F32", "shape": [[]], "data_offsets": [0, 4]}},
    {"w": 3},
]


@pytest.mark.parametrize("header", HEADERS, ids=str)
def test_weights_of_another_form(tmp_path: Path, header: dict[str, object]) -> None:
    raw = json.dumps(header).encode()
    (tmp_path / "model.safetensors").write_bytes(struct.pack("<Q", len(raw)) + raw)
    assert read_model_folder(tmp_path).stored is None


def test_a_tokenizer_with_an_endless_id(tmp_path: Path) -> None:
    config = {"added_tokens_decoder": {"9" * 5000: {}, "²": {}, "7": {}}}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    assert read_tokenizer_folder(tmp_path).size == 8


def test_a_large_file_of_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with open(path, "wb") as file:
        file.truncate(LARGEST + 1)
    found = read_data_file(path)
    assert (found.exists, found.columns, found.problem) == (True, None, None)


def test_a_path_that_no_disk_has(tmp_path: Path) -> None:
    store = Store()
    source = Source("data", tmp_path / "a\0b")
    store.refresh([source])
    assert store.knows(source)
    assert store.look(source) is None


def test_what_is_read_beside_a_file_is_seen_again(tmp_path: Path) -> None:
    data, tokenizer = tmp_path / "data", tmp_path / "tokenizer"
    for folder in (data, tokenizer):
        folder.mkdir()
    rows = data / "train.csv"
    rows.write_text("text\na\n", encoding="utf-8")
    (tokenizer / "tokenizer_config.json").write_text('{"pad_token": "x"}', encoding="utf-8")
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"")
    sources = [Source("data", rows), Source("data", data), Source("tokenizer", tokenizer)]
    model = Source("model", tmp_path)
    store = Store()
    store.refresh([*sources, model])
    before = [store.look(source) for source in (*sources, model)]
    (data / "dataset_info.json").write_text('{"splits": {"train": {"num_examples": 9}}}', encoding="utf-8")
    (tokenizer / "chat_template.jinja").write_text("{{ messages }}", encoding="utf-8")
    raw = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    weights.write_bytes(struct.pack("<Q", len(raw)) + raw)
    store.refresh([*sources, model])
    file, folder, template, read = (store.look(source) for source in (*sources, model))
    assert (before[0].rows, before[1].rows, before[2].template, before[3].stored) == (1, 1, False, None)
    assert (file.rows, folder.rows, template.template) == (9, 9, True)
    assert read.stored.parameters == 1
    rows.write_text("text,label\na,1\n", encoding="utf-8")
    store.refresh(sources)
    assert store.look(sources[1]).columns == ("text", "label")


def test_rows_of_json_end_where_readers_end_them(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"text": "a\u2028b\x85"}\n{"text": "c"}\n', encoding="utf-8")
    found = read_data_file(path)
    assert (found.rows, found.problem) == (2, None)
