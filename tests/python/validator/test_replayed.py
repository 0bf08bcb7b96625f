"""What a rule calls an error ends the training: the installed libraries raise what it cites."""

from __future__ import annotations

from dataclasses import replace

import pytest
from corpus.not_replayed import NOT_REPLAYED, SLOW
from corpus.replayed import Outcome, Raised, outcomes, replay
from trainer import PYTHON
from tunesmith.core.finding import Severity
from tunesmith.rules.table import BY_CODE, RULES

ERRORS = [rule.code for rule in RULES if rule.severity is Severity.ERROR]


@pytest.fixture(scope="module")
def found() -> dict[str, Outcome]:
    return {one.rule.code: one for one in outcomes(replay(PYTHON))}


@pytest.mark.parametrize("code", [code for code in ERRORS if code not in (*NOT_REPLAYED, *SLOW)])
def test_the_library_raises_what_the_rule_cites(code: str, found: dict[str, Outcome]) -> None:
    assert found[code].why_not is None


@pytest.mark.long
def test_the_library_raises_what_takes_long_too() -> None:
    found = {one.rule.code: one for one in outcomes(replay(PYTHON, slow=True))}
    assert {code: found[code].why_not for code in SLOW} == dict.fromkeys(SLOW)


def test_only_errors_that_nothing_replays_are_excused(found: dict[str, Outcome]) -> None:
    assert set(NOT_REPLAYED) <= set(ERRORS)
    assert [code for code in NOT_REPLAYED if found[code].raised] == []


def test_an_error_that_is_not_raised_is_told() -> None:
    rule = BY_CODE["TN215"]
    raised = Raised(
        "TN215", ("ValueError", "Exception"), "At most one of fp16", "ValueError", "At most one of"
    )
    nothing = replace(raised, kinds=(), text="")
    other = replace(raised, text="of another kind")
    uncited = replace(raised, text="all is well", says="all is well")
    said = [outcomes([one], [rule])[0].why_not for one in (raised, nothing, other, uncited)]
    assert said[0] is None
    assert [text.rpartition("; ")[2] for text in said[1:3] if text] == [
        "nothing is raised",
        "ValueError: of another kind",
    ]
    assert said[3] == "the rule does not cite: all is well"
