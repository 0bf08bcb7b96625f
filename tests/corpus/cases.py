"""V1. Mistakes that cost somebody a run, each as a small workspace with its mended twin."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tunesmith.core.finding import Severity
from tunesmith.core.path import dotted
from tunesmith.dialects.launch import read_launch
from tunesmith.facts.sources import Store, read_now
from tunesmith.facts.target import Target, read_target
from tunesmith.rules.foreign import Located, check_foreign

from corpus.left_out import LEFT_OUT
from corpus.report import Measure, Section, share

Side = Literal["broken", "fixed"]
WHAT = "strong cases caught, twins silent"
GOAL = 0.95


@dataclass(frozen=True)
class Expected:
    """A finding in `file` at one of `keys`, or anywhere in it without keys, says what is wrong."""

    file: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    name: str
    folder: Path
    check: str
    launch: str
    expect: tuple[Expected, ...]
    is_strong: bool
    target: Target


@dataclass(frozen=True)
class Outcome:
    """`codes` of the rules that caught it. `loud`: codes that stand in the twin at the same place.
    `recognised`: what the file was taken for."""

    case: Case
    codes: tuple[str, ...]
    loud: tuple[str, ...]
    recognised: str

    @property
    def is_caught(self) -> bool:
        return bool(self.codes) and not self.loud

    @property
    def left_out(self) -> str | None:
        """Why it does not count; None when it does."""
        return LEFT_OUT.get(self.case.name)


def cases_in(folder: Path) -> Iterator[Case]:
    for place in sorted(folder.iterdir()):
        if (place / "case.json").is_file():
            about: Mapping[str, Any] = json.loads((place / "case.json").read_text(encoding="utf-8"))
            target = json.loads((place / "target.json").read_text(encoding="utf-8"))
            expect = tuple(Expected(one["file"], tuple(one.get("keys", ()))) for one in about["expect"])
            yield Case(
                place.name,
                place,
                about["check"],
                about.get("launch", ""),
                expect,
                about["confidence"] == "strong",
                read_target(target),
            )


def play(case: Case) -> Outcome:
    """Check both workspaces, knowing what an editor would: files, target and command line."""
    broken, recognised = _findings(case, "broken")
    fixed, _ = _findings(case, "fixed")
    return Outcome(
        case, _at(case, "broken", broken), _at(case, "fixed", fixed), recognised or "nothing that is known"
    )


def caught(outcomes: Sequence[Outcome]) -> Section:
    counted = [outcome for outcome in outcomes if outcome.left_out is None]
    strong = [outcome for outcome in counted if outcome.case.is_strong]
    weak = [outcome for outcome in counted if not outcome.case.is_strong]
    by_rule = Counter(code for outcome in counted if outcome.is_caught for code in outcome.codes)
    lines = (
        *map(_line, outcomes),
        "",
        f"V1  {_caught_of(strong)} strong cases caught, their twins silent (goal {GOAL:.0%})",
        f"    {_caught_of(weak)} weak ones; {len(outcomes) - len(counted)} cases are left out",
        "    by rule: " + ", ".join(f"{code} {count}" for code, count in by_rule.most_common()),
    )
    value = share(sum(outcome.is_caught for outcome in strong), len(strong))
    return Section("V1", lines, (Measure("V1", WHAT, value, GOAL),), [_row(one) for one in outcomes])


def _line(outcome: Outcome) -> str:
    name = f"{outcome.case.name:<26} {'' if outcome.case.is_strong else '(weak) '}"
    if outcome.left_out is not None:
        return f"- {name}left out: {outcome.left_out}"
    about = ", ".join(outcome.codes) or f"missed, read as: {outcome.recognised}"
    loud = f"; the twin is not silent: {', '.join(outcome.loud)}" if outcome.loud else ""
    return f"{'✓' if outcome.is_caught else '✗'} {name}{about}{loud}"


def _row(outcome: Outcome) -> Mapping[str, Any]:
    return {
        "case": outcome.case.name,
        "confidence": "strong" if outcome.case.is_strong else "weak",
        "caught": outcome.is_caught,
        "codes": outcome.codes,
        "loud": outcome.loud,
        "recognised": outcome.recognised,
        "left_out": outcome.left_out,
    }


def _caught_of(outcomes: Sequence[Outcome]) -> str:
    return f"{sum(outcome.is_caught for outcome in outcomes)}/{len(outcomes)}"


def _findings(case: Case, side: Side) -> tuple[Sequence[Located], str]:
    folder = case.folder / side
    file = folder / case.check
    text = file.read_text(encoding="utf-8")
    report = check_foreign(file, text, folder, read_now(Store()), read_launch(case.launch), case.target)
    return (report.findings, report.reading.dialect.value) if report else ((), "")


def _at(case: Case, side: Side, findings: Sequence[Located]) -> tuple[str, ...]:
    """The codes of errors and warnings where the mistake is."""
    found = [
        one.finding.code
        for one in findings
        if one.finding.severity is not Severity.HINT
        and any(_is_there(case.folder / side, expected, one) for expected in case.expect)
    ]
    return tuple(dict.fromkeys(found))


def _is_there(folder: Path, expected: Expected, one: Located) -> bool:
    key = dotted(one.place.path)
    return one.place.document == folder / expected.file and (not expected.keys or key in expected.keys)
