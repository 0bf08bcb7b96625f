"""Damaged recipes and foreign files are checked without a failure, and soon."""

from __future__ import annotations

import pytest
from corpus.mutated import mutated
from corpus.report import Measure, Section

SOME = 800
MANY = 100_000


def shortfall(section: Section) -> list[str]:
    return [line for line in section.lines if line.startswith("✗")]


def test_damaged_files_are_checked() -> None:
    section = mutated(SOME)
    assert shortfall(section) == []
    assert all(one.is_met for one in section.measures if isinstance(one, Measure))


@pytest.mark.long
def test_a_hundred_thousand_damaged_files_are_checked() -> None:
    assert shortfall(mutated(MANY, number=100, processes=2)) == []
