"""What is known of other people's files where nobody says where they will run."""

from __future__ import annotations

from pathlib import Path

import pytest
from recipes import examined, training_interpreter

TRAINING = """\
# machine without an accelerator
# launch {launch}
model_name_or_path: m
num_train_epochs: 1
report_to: none
{line}
"""


def codes(folder: Path, line: str, launch: str = "python train.py train.yaml") -> set[str]:
    text = TRAINING.format(line=line, launch=launch)
    return {one.code for one in examined(text, folder, training_interpreter()).findings}


@pytest.mark.parametrize("line", ["bf16: true", "tf32: true", "fp16: true"])
def test_a_laptop_is_not_the_machine_that_trains(tmp_path: Path, line: str) -> None:
    assert codes(tmp_path, line) == set()


def test_the_installed_release_counts(tmp_path: Path) -> None:
    assert codes(tmp_path, "evaluation_strategy: epoch") == {"TN202"}


def test_keys_of_a_package_that_is_not_there_are_not_judged(tmp_path: Path) -> None:
    """`packing` is TRL's, and nothing is installed that could say so."""
    assert codes(tmp_path, "packing: true\nlerning_rate: 0.1", "trl sft --config train.yaml") == set()
