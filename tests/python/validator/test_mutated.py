"""Damaged recipes and foreign files are checked without a failure, and soon."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus.mutated import examine, failures, mutated, workspace
from corpus.report import Measure, Section
from corpus.seeds import KNOWN_TARGET, Seed

SOME = 800
MANY = 100_000


def shortfall(section: Section) -> list[str]:
    return [line for line in section.lines if line.startswith("✗")]


def test_damaged_files_are_checked() -> None:
    section = mutated(SOME)
    assert shortfall(section) == []
    assert all(one.is_met for one in section.measures if isinstance(one, Measure))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("recipe.train.yaml", f"script: {'x' * 300}\n"),
        ("recipe.train.yaml", "script: /\n"),
        ("recipe.train.yaml", "deepspeed: \ud800\n"),
        ("train.yaml", "model_name_or_path: m\nnum_train_epochs: 1\nsave_strategy: epoch\n"),
    ],
    ids=["a name that is too long", "no name at all", "no character", "a type that is none"],
)
def test_what_was_found_once_stays_mended(file: str, text: str, tmp_path: Path) -> None:
    seed = Seed("once", file, {file: text, "m/config.json": '{"model_type": {"a": 1}}'}, "", KNOWN_TARGET)
    with failures() as failed:
        examine(seed, workspace(seed, tmp_path))
    assert failed.said == []


@pytest.mark.long
def test_a_hundred_thousand_damaged_files_are_checked() -> None:
    assert shortfall(mutated(MANY, number=100, processes=2)) == []
