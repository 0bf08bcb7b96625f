"""`args:` as the command line of a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tunesmith.stages.script.arguments import arguments

RUN = Path("/w/.tunesmith/runs/1")


@pytest.mark.parametrize(
    ("args", "line"),
    [
        ({"rate": 3.0e-4, "epochs": 2, "name": "a b"}, "--rate|0.0003|--epochs|2|--name|a b"),
        ({"fast": True, "slow": False, "none": None}, "--fast"),
        ({"sizes": [1, 2], "none": []}, "--sizes|1|2|--none"),
        ({"out": "{run}/out", "logs": ["{run}", "x{run}"]}, f"--out|{RUN}/out|--logs|{RUN}|x{RUN}"),
        ({"low": -1, "text": "--x"}, "--low=-1|--text=--x"),
        ({"-o": 1, "--long": 2}, "-o|1|--long|2"),
        ({"flags": [True, False]}, "--flags|true|false"),
        ({"ünï-code": "—"}, "--ünï-code|—"),
        ({}, ""),
    ],
)  # fmt: skip
def test_a_line(args: dict[str, Any], line: str) -> None:
    assert "|".join(arguments(args, RUN)) == line


def test_the_checkpoint_of_a_resumed_run() -> None:
    """There, or not there at all: a script is told of no checkpoint by an empty name."""
    args = {"from": "{resume}", "both": ["{resume}/state", "{run}"], "epochs": 2}
    there = Path("/w/checkpoint-4")
    assert arguments(args, RUN) == ["--epochs", "2"]
    assert arguments(args, RUN, there) == [
        "--from", str(there), "--both", f"{there}/state", str(RUN), "--epochs", "2",
    ]  # fmt: skip


@pytest.mark.parametrize("value", [{"a": 1}, [[1]], [{"a": 1}]])
def test_what_has_no_words_on_a_command_line(value: object) -> None:
    with pytest.raises(TypeError, match="one value, or a list"):
        arguments({"key": value}, RUN)
