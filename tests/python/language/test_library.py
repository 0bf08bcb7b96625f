"""What is read out of the source of installed libraries, held against the libraries themselves."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from recipes import training_interpreter
from rule_blocks import blocks
from tunesmith.facts.class_source import docstring_help
from tunesmith.facts.library import PLACES, Library
from tunesmith.facts.library_cache import read_library
from tunesmith.facts.packages import versions
from tunesmith.rules.table import BY_CODE
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import plain

# Asks the libraries: their fields and defaults, and which of the given arguments they refuse.
ASK = """
import dataclasses, enum, json, sys
from transformers import TrainingArguments
from transformers.distributed.configuration_utils import DistributedConfig
from accelerate.commands.config.config_args import ClusterConfig

def text(value):
    value = value.value if isinstance(value, enum.Enum) else value
    return value if isinstance(value, (str, int, float, bool, type(None))) else repr(value)

def fields(cls):
    return {
        field.name: None if field.default is dataclasses.MISSING else [text(field.default)]
        for field in dataclasses.fields(cls) if field.init
    }

def refusal(arguments):
    try:
        TrainingArguments(**{"output_dir": "/tmp", **arguments})
    except Exception as error:
        return f"{type(error).__name__}: {error}"

cases = json.load(sys.stdin)
json.dump({
    "TrainingArguments": fields(TrainingArguments),
    "ClusterConfig": fields(ClusterConfig),
    "DistributedConfig": fields(DistributedConfig),
    "refusals": [refusal(arguments) for arguments in cases],
}, sys.stdout)
"""

# The rules whose error TrainingArguments itself raises.
REPLAYED = ("TN201", "TN202", "TN206", "TN214", "TN215", "TN216", "TN217")


def cases() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (code, heading, plain(parse(block).root)["train"])
        for code in REPLAYED
        for heading in ("Flags", "Accepts")
        for block in blocks(BY_CODE[code], heading)
        # The others are about releases that are not installed.
        if "# packages " not in block
    ]


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    python = training_interpreter().path
    asked = json.dumps([arguments for _, _, arguments in cases()])
    done = subprocess.run(
        [python, "-c", ASK], input=asked, capture_output=True, text=True, check=True, timeout=240
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Library]:
    cache = tmp_path_factory.mktemp("cache")
    folders = training_interpreter().site_packages
    found = versions(folders)
    there = [place for place in PLACES.values() if place.package in found]
    read = [read_library(folders, place, found[place.package], cache) for place in there]
    return {library.name: library for library in read if library}


@pytest.mark.parametrize("name", ["TrainingArguments", "ClusterConfig", "DistributedConfig"])
def test_fields_are_those_of_the_class(
    name: str, libraries: dict[str, Library], answers: dict[str, Any]
) -> None:
    assert set(libraries[name].fields) == set(answers[name])


def test_defaults_are_those_of_the_class(libraries: dict[str, Library], answers: dict[str, Any]) -> None:
    words = {True: "true", False: "false", None: "null"}
    for name, one in libraries["TrainingArguments"].fields.items():
        said = answers["TrainingArguments"][name]
        if one.default is None or said is None:
            continue
        default = said[0]
        as_text = words[default] if default is None or isinstance(default, bool) else str(default)
        assert one.default == as_text, name


def test_choices_types_and_help(libraries: dict[str, Library]) -> None:
    fields = libraries["TrainingArguments"].fields
    assert fields["eval_strategy"].choices == ("no", "steps", "epoch")
    assert fields["eval_strategy"].strict
    assert fields["save_strategy"].choices[-1] == "best"
    assert "adamw_torch" in fields["optim"].choices
    assert fields["num_train_epochs"].kinds == {"float"}
    assert "epochs" in fields["num_train_epochs"].help
    assert sum(1 for one in fields.values() if one.help) > 100
    launch = libraries["ClusterConfig"].fields
    assert launch["mixed_precision"].choices == ("no", "fp16", "bf16", "fp8")
    assert "processes" in launch["num_processes"].help


def test_the_second_reading_comes_from_the_cache_and_says_the_same(
    tmp_path: Path, libraries: dict[str, Library]
) -> None:
    folders = training_interpreter().site_packages
    place = PLACES["transformers:TrainingArguments"]
    version = libraries["TrainingArguments"].version
    first = read_library(folders, place, version, tmp_path)
    (kept,) = (tmp_path / "libraries").iterdir()
    raw = json.loads(kept.read_text())
    raw["fields"]["learning_rate"]["help"] = "from the cache"
    kept.write_text(json.dumps(raw))
    second = read_library(folders, place, version, tmp_path)
    assert first == libraries["TrainingArguments"]
    assert second is not None
    assert second.fields["learning_rate"].help == "from the cache"


def test_a_torn_cache_file_is_read_anew(tmp_path: Path, libraries: dict[str, Library]) -> None:
    folders = training_interpreter().site_packages
    place = PLACES["transformers:TrainingArguments"]
    version = libraries["TrainingArguments"].version
    read_library(folders, place, version, tmp_path)
    (kept,) = (tmp_path / "libraries").iterdir()
    kept.write_text('{"fields": {"a": 1}')
    assert read_library(folders, place, version, tmp_path) == libraries["TrainingArguments"]


@pytest.mark.parametrize("number", range(len(cases())), ids=[f"{code}-{head}" for code, head, _ in cases()])
def test_the_library_agrees_with_the_rule(number: int, answers: dict[str, Any]) -> None:
    _, heading, arguments = cases()[number]
    refusal = answers["refusals"][number]
    if heading == "Flags":
        assert refusal is not None, f"the library accepts {arguments}"
    elif not {"evaluation_strategy", "logging_dir"} & set(
        arguments
    ):  # other rules say that these are refused
        assert refusal is None


def test_help_of_a_docstring() -> None:
    helps = docstring_help(
        """Configuration.

    Args:
        alpha (`int`, *optional*, defaults to 1):
            First line
            and second.

            - item
        beta(`str`): not like this
        gamma (`float`):
            Last.

    Returns: nothing
    """
    )
    assert helps == {"alpha": "First line\nand second.\n\n- item", "gamma": "Last."}
