"""What datasets and torch refuse of data, and Python of programs."""

import argparse
import contextlib
import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasets import load_dataset
from datasets.exceptions import DatasetGenerationError
from torch.utils.data import RandomSampler
from transformers import HfArgumentParser, TrainingArguments

from corpus.replays import parts
from corpus.replays.replay import Replay


class Ended(Exception):
    """What a process printed that ended badly."""


def python(*words: str) -> Any:
    def call(folder: Path) -> None:
        command = [sys.executable, *words]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Ended(done.stderr)

    return call


def parses(*words: str) -> Any:
    def call(folder: Path) -> None:
        parser = argparse.ArgumentParser()
        parser.add_argument("--steps", type=int, required=True)
        parser.add_argument("--mode", choices=("a", "b"))
        either = parser.add_mutually_exclusive_group()
        either.add_argument("--fp16", action="store_true")
        either.add_argument("--bf16", action="store_true")
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said):
                parser.parse_args(words)
        except SystemExit:
            raise Ended(said.getvalue()) from None

    return call


def parses_for_transformers(folder: Path) -> None:
    parser: Any = HfArgumentParser
    parser((TrainingArguments,)).parse_args_into_dataclasses(["--of_nobody", "1"])


@dataclass
class Settings:
    data_path: str


def reads_settings(**values: Any) -> Any:
    parser: Any = HfArgumentParser
    return lambda folder: parser((Settings,)).parse_dict(values)


def loads(name: str, text: str) -> Any:
    def call(folder: Path) -> None:
        file = folder / name
        file.write_text(text)
        kind = "csv" if file.suffix == ".csv" else "json"
        try:
            load_dataset(kind, data_files=str(file), cache_dir=str(folder / "cache"))
        except DatasetGenerationError as error:
            raise DatasetGenerationError(f"{error}: {error.__cause__}") from error

    return call


REPLAYS = (
    Replay(
        "TN113",
        "DatasetGenerationError",
        "JSON parse error",
        loads("d.jsonl", '{"text": "a"}\n{"text": "b}\n'),
    ),
    Replay(
        "TN113",
        "DatasetGenerationError",
        "Error tokenizing data. C error: Expected 2 fields in line 3, saw 3",
        loads("d.csv", "a,b\n1,2\n1,2,3\n"),
    ),
    Replay(
        "TN434",
        "ValueError",
        "Some keys are not used by the HfArgumentParser",
        reads_settings(data_path="d", x=1),
    ),
    Replay("TN435", "TypeError", "missing 1 required positional argument", reads_settings()),
    Replay("TN249", "KeyError", "", lambda _: parts.rows().map(lambda row: {"text": row["text"]})),
    Replay("TN441", "Ended", "unrecognized arguments:", parses("--steps", "1", "--stpes", "2")),
    Replay(
        "TN441",
        "ValueError",
        "Some specified arguments are not used by the HfArgumentParser",
        parses_for_transformers,
    ),
    Replay("TN442", "Ended", "the following arguments are required", parses()),
    Replay("TN443", "Ended", "invalid int value", parses("--steps", "ten")),
    Replay("TN443", "Ended", "expected one argument", parses("--steps")),
    Replay("TN444", "Ended", "invalid choice", parses("--steps", "1", "--mode", "c")),
    Replay("TN445", "Ended", "not allowed with argument", parses("--steps", "1", "--fp16", "--bf16")),
    Replay(
        "TN102",
        "FileNotFoundError",
        "Unable to find",
        lambda folder: load_dataset("csv", data_files=str(folder / "d.csv")),
    ),
    Replay(
        "TN107",
        "ImportError",
        "HTTPFileSystem requires",
        lambda folder: load_dataset("csv", data_files="https://example.invalid/d.csv"),
    ),
    Replay(
        "TN105", "ValueError", "num_samples should be a positive integer value", lambda _: RandomSampler([])
    ),
    Replay("TN104", "ValueError", "test_size=", lambda _: parts.rows().train_test_split(test_size=1.5)),
    Replay("TN106", "ValueError", "num_samples=0", lambda _: RandomSampler([])),
    Replay("TN410", "Ended", "can't open file", python("none.py")),
    Replay("TN414", "SyntaxError", "", lambda _: compile("def f(:\n", "train.py", "exec")),
    Replay("TN901", "Ended", "ModuleNotFoundError", python("-S", "-I", "-c", "import transformers")),
)
