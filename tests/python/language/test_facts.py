"""What is read of data files, model folders and machines, without importing anything."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tunesmith.facts import interpreter
from tunesmith.facts.data_file import DataFile, read_data_file
from tunesmith.facts.fits import misfit, number
from tunesmith.facts.gather import gather
from tunesmith.facts.library import LibraryField
from tunesmith.facts.machine import read_machine
from tunesmith.facts.model_folder import hub_folder, looks_like_folder, read_hub_model, read_model_folder
from tunesmith.facts.names import MODEL, TRAIN_FILE
from tunesmith.facts.sources import Source, Store, read_now
from tunesmith.facts.steps import total_steps


@pytest.mark.parametrize(
    ("name", "content", "columns", "rows"),
    [
        ("a.csv", "text,label\na,b\n\nc,d\n", ("text", "label"), 2),
        ("a.csv", '\ufefftext,label\n"a, b\nc",d\n', ("text", "label"), 1),
        ("a.tsv", "text\tlabel\na\tb\n", ("text", "label"), 1),
        ("a.csv", ",text,text\n0,a,b\n", ("Unnamed: 0", "text", "text.1"), 1),
        ("a.csv", "a,a,a.1\n1,2,3\n", ("a", "a.2", "a.1"), 1),
        ("a.csv", "", (), 0),
        ("a.csv", "text,label\n" + "x" * 300_000 + ",y\n", ("text", "label"), 1),
        ("a.jsonl", '{"a": 1}\n\n{"a": 2, "b": 3}\n', ("a", "b"), 2),
        ("a.json", '[{"a": 1}, {"b": 2}]', ("a", "b"), 2),
        ("a.json", '{"a": 1}\n{"a": 2}\n', ("a",), 2),
    ],
)
def test_data_files(name: str, content: str, columns: tuple[str, ...], rows: int, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert read_data_file(path) == DataFile(path, True, columns, rows)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b"text\n\xff\xfe\n"), ("a.jsonl", b"{\n"), ("a.json", b"[" * 100_000), ("a.jsonl", b"1\n")],
)
def test_a_data_file_that_cannot_be_read_is_unknown(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = read_data_file(path)
    assert found.exists
    assert found.problem
    assert found.columns is None
    assert found.rows is None


ROWS = '{"a": 1}\n' * 3


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.jsonl", ROWS + '{"a": "x, "b": 1}\n' + ROWS, 4),
        ("a.jsonl", ROWS + '{"a": 1},\n', 4),
        ("a.jsonl", ROWS + '\n{"a": ', 5),
        ("a.jsonl", ROWS + '{"a": "x\ty"}\n', 4),
        ("a.json", '[\n{"a": 1},\n{"a" 2}\n]', 3),
        ("a.csv", "a,b\n1,2\n1,2,3\n", 3),
        ("a.csv", 'a,b\n1,"2\n\n3"\n1,2,3\n', 5),
        ("a.tsv", "a\tb\n1\t2\n1\t2\t3\n", 3),
    ],
)
def test_the_line_that_no_reader_takes(name: str, content: str, line: int, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    broken = read_data_file(path).broken
    assert broken is not None
    assert (broken.path, broken.line) == (path, line)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{"a": 1} {"a": 2}\n'),
        ("a.jsonl", '{\n  "a": 1\n}\n{\n  "a": 2\n}\n'),
        ("a.jsonl", '\ufeff[{"a": 1},\n{"a": 2}]'),
        ("a.jsonl", '{"a": NaN}\n'),
        ("a.json", '[{"a": "x\ty"}]'),
        ("a.json", '{\n  "data": [{"a": 1}]\n}'),
        ("a.csv", "a,b\n1,2,3\n1,2,3\n1\n"),
        ("a.csv", "a\n \n1,2\n"),
    ],
)
def test_what_a_reader_takes_is_not_broken(name: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    found = read_data_file(path)
    assert (found.broken, found.problem) == (None, None)


def test_what_is_no_text_file_is_not_looked_into(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    assert read_data_file(tmp_path / "a.parquet") == DataFile(tmp_path / "a.parquet", True)
    assert read_data_file(tmp_path / "none.csv") == DataFile(tmp_path / "none.csv", False)
    assert read_data_file(tmp_path) == DataFile(tmp_path, True)
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    assert read_data_file(pipe) == DataFile(pipe, True)


def test_model_folder(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    (tmp_path / "model-00001-of-00002.safetensors").touch()
    found = read_model_folder(tmp_path)
    assert (found.has_config, found.has_safetensors, found.has_tokenizer) == (True, True, False)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "canine"}))
    assert read_model_folder(tmp_path).has_tokenizer
    (tmp_path / "config.json").write_text("{")
    assert not read_model_folder(tmp_path).has_tokenizer
    assert not read_model_folder(tmp_path / "nowhere").exists
    assert not read_model_folder(tmp_path / ("long" * 100)).exists


def test_a_home_that_nobody_has_is_a_place_that_does_not_exist(tmp_path: Path) -> None:
    nobody = "~nobody-of-that-name"
    values = {"model": {"name_or_path": f"{nobody}/m"}, "data": {"train": f"{nobody}/d.csv"}}
    facts = gather(values, tmp_path, None, read_now(Store()))
    assert not facts[MODEL].exists
    assert not facts[TRAIN_FILE].exists
    assert interpreter.find(tmp_path, f"{nobody}/python") is None


def test_models_of_a_hub_are_looked_for_in_its_cache(tmp_path: Path) -> None:
    kept = hub_folder("org/name", {"HF_HOME": str(tmp_path)})
    assert kept is not None
    assert kept == tmp_path / "hub" / "models--org--name"
    assert not read_hub_model(kept).exists
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text("abc\n")
    (kept / "snapshots" / "abc").mkdir(parents=True)
    (kept / "snapshots" / "abc" / "config.json").write_text("{}")
    found = read_hub_model(kept)
    assert (found.exists, found.hub, found.has_config) == (True, True, True)
    assert hub_folder("org/name", {"TRANSFORMERS_CACHE": "x"}) is None


@pytest.mark.parametrize(
    ("name", "folder"),
    [("./m", True), ("../m", True), ("/m", True), ("a/b/c", True), ("org/name", False), ("bert", False)],
)
def test_what_can_only_be_a_folder(name: str, folder: bool) -> None:
    assert looks_like_folder(name) is folder


@pytest.mark.parametrize(
    ("train", "accelerate", "rows", "split", "max_rows", "steps"),
    [
        ({}, {}, 100, {}, None, 39),
        ({"max_steps": 7}, {}, None, {}, None, 7),
        ({"num_train_epochs": 1, "per_device_train_batch_size": 16}, {}, 100, {"validation": 0.1}, None, 6),
        ({"num_train_epochs": 1, "gradient_accumulation_steps": 4}, {}, 100, {}, None, 4),
        ({"num_train_epochs": 1}, {"num_processes": 2}, 100, {}, None, 7),
        ({"num_train_epochs": 1, "dataloader_drop_last": True}, {}, 100, {}, None, 12),
        ({"num_train_epochs": 0.5}, {}, 100, {}, None, 7),
        ({"num_train_epochs": 1}, {}, 1000, {}, 10, 2),
        ({"num_train_epochs": 1}, {}, 100, {"test": 0.2, "validation": 0.2}, None, 8),
        ({}, {}, None, {}, None, None),
        ({"per_device_train_batch_size": "8"}, {}, 100, {}, None, None),
        ({"num_train_epochs": 1}, {}, 100, {"validation": 3}, None, None),
    ],
)
def test_total_steps(
    train: dict[str, object],
    accelerate: dict[str, object],
    rows: int | None,
    split: dict[str, object],
    max_rows: int | None,
    steps: int | None,
) -> None:
    assert total_steps(train, accelerate, rows, split, max_rows) == steps


@pytest.mark.parametrize(
    ("kinds", "value", "wrong"),
    [
        ({"float"}, "5e-5", "text for a number"),
        ({"float"}, 5, None),
        ({"int"}, 8.0, None),
        ({"int"}, 8.5, "fraction"),
        ({"int"}, True, None),
        ({"bool"}, "no", "text for a flag"),
        ({"bool", "str"}, "no", None),
        ({"str", "none"}, 5, None),
        ({"float", "none"}, None, None),
        ({"int"}, [1], "structure"),
        ({"list", "str"}, [1], None),
        (set(), [1], None),
    ],
)
def test_only_certain_misfits_are_misfits(kinds: set[str], value: object, wrong: str | None) -> None:
    assert misfit(LibraryField("x", "", frozenset(kinds)), value) == wrong


@pytest.mark.parametrize(
    ("word", "read"),
    [("1e-4", "1.0e-4"), ("2.5E5", "2.5e+5"), ("1_000", "1000"), ("nan", None), ("ten", None)],
)
def test_numbers_in_texts(word: str, read: str | None) -> None:
    assert number(word) == read


def test_the_store_reads_again_only_what_changed(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    source = Source("data", path)
    store = Store()
    assert store.look(source) is None
    assert store.refresh([source])
    assert not store.look(source).exists
    path.write_text("a\n1\n")
    assert store.refresh([source])
    assert not store.refresh([source])
    assert store.look(source).rows == 1
    store.keep([])
    assert store.look(source) is None


def test_a_machine_is_known_by_its_device_files(tmp_path: Path) -> None:
    assert read_machine(tmp_path, "linux").accelerator is False
    (tmp_path / "nvidia0").touch()
    assert read_machine(tmp_path, "linux").accelerator is True
    assert read_machine(tmp_path, "darwin").accelerator is None
