"""V4. Every rule of severity error cites an error, and the installed library raises it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunesmith.core.finding import Severity
from tunesmith.core.rule import Rule
from tunesmith.rules.table import RULES

from corpus.not_replayed import NOT_REPLAYED
from corpus.report import Measure, Section, share

TESTS = Path(__file__).parents[1]
DAEMON = TESTS.parent / "daemon"
WHAT = "rules of severity error whose error the installed library raises"
GOAL = 1.0


@dataclass(frozen=True)
class Raised:
    """`kinds`: the class of what was raised and its bases, by name; none when nothing was. `expected` and
    `says` are what the replay is to raise and its text to hold."""

    code: str
    kinds: tuple[str, ...]
    text: str
    expected: str
    says: str

    @property
    def is_as_expected(self) -> bool:
        return self.expected in self.kinds and self.says in self.text


@dataclass(frozen=True)
class Outcome:
    """`why_not` says what is missing; None for a rule whose error was raised as it cites it."""

    rule: Rule
    raised: tuple[Raised, ...]
    why_not: str | None

    @property
    def is_excused(self) -> bool:
        return self.rule.code in NOT_REPLAYED


def replay(python: Path, slow: bool = False) -> list[Raised]:
    """What the libraries beside `python` raise, in one process."""
    command = [python, "-m", "corpus.replays", *(["--slow"] if slow else [])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS), str(DAEMON)))}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{python} replayed nothing:\n{done.stderr[-4000:]}")
    return [
        Raised(one["code"], tuple(one["type"].split()), one["text"], one["expected"], one["says"])
        for one in json.loads(done.stdout)
    ]


def outcomes(raised: Iterable[Raised], rules: Sequence[Rule] = RULES) -> list[Outcome]:
    """One for each rule of severity error."""
    by_code: dict[str, list[Raised]] = {}
    for one in raised:
        by_code.setdefault(one.code, []).append(one)
    errors = [rule for rule in rules if rule.severity is Severity.ERROR]
    return [Outcome(rule, tuple(by_code.get(rule.code, ())), _why_not(rule, by_code)) for rule in errors]


def _why_not(rule: Rule, by_code: Mapping[str, Sequence[Raised]]) -> str | None:
    raised = by_code.get(rule.code)
    if not raised:
        return NOT_REPLAYED.get(rule.code, "nothing replays it")
    cited = _cited(rule)
    for one in raised:
        if not one.is_as_expected:
            said = f"{one.kinds[0]}: {one.text[:200]}" if one.kinds else "nothing is raised"
            return f"expected {one.expected}: {one.says}; {said}"
        if one.says.replace("`", "").lower() not in cited:
            return f"the rule does not cite: {one.says}"
    return None


def _cited(rule: Rule) -> str:
    """All that stands between `Library:` and the examples."""
    about = rule.documentation.partition("\nLibrary:")[2].partition("\nFlags:")[0]
    return " ".join(about.split()).replace("`", "").lower()


def replayed(found: Sequence[Outcome]) -> Section:
    excused = [one for one in found if one.is_excused]
    asked = [one for one in found if not one.is_excused]
    whole = [one for one in asked if one.why_not is None]
    lines = (
        *(f"✗ {one.rule.code} {one.rule.name}: {one.why_not}" for one in asked if one.why_not),
        *(f"- {one.rule.code} {one.rule.name}: {one.why_not}" for one in excused),
        f"V4  {len(whole)}/{len(asked)} errors are raised by the installed library as the rule cites them "
        f"(goal {GOAL:.0%})",
        f"    {len(excused)} are not replayed, for the reasons above",
    )
    value = share(len(whole), len(asked))
    return Section("V4", lines, (Measure("V4", WHAT, value, GOAL),), [*map(_row, found)])


def _row(one: Outcome) -> Mapping[str, Any]:
    return {
        "code": one.rule.code,
        "replayed": one.why_not is None,
        "raised": [f"{raised.kinds[0]}: {raised.text[:300]}" for raised in one.raised if raised.kinds],
        "why_not": one.why_not,
    }
