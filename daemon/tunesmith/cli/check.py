"""`tunesmith check`: what is wrong with recipes, without an editor."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tunesmith.core.layout import HOME
from tunesmith.facts import interpreter
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.sources import Store, read_now
from tunesmith.rules.check import Report, check
from tunesmith.rules.texts import message
from tunesmith.stages.recipe import SUFFIX

CLEAN, ERRORS, UNUSABLE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", type=Path, default=[Path()], help=f"recipes, or folders that hold *{SUFFIX} files"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    parser.add_argument(
        "--interpreter", metavar="PATH", help="the Python that trains (found by itself if left out)"
    )
    parser.epilog = "Exit code: 0 no errors, 1 errors found, 2 nothing could be checked."


def run(arguments: argparse.Namespace) -> int:
    chosen: str | None = arguments.interpreter
    if chosen and interpreter.find(Path(), chosen) is None:
        return complain(f"There is no Python at {chosen}.")
    recipes: list[Path] = []
    for path in arguments.paths:
        found = list(recipes_in(path))
        if not found:
            return complain(f"{path}: there is no such file." if not path.exists() else nothing_in(path))
        recipes += found
    try:
        reports = dict(checked(recipes, chosen))
    except OSError as error:
        return complain(f"{error.filename}: {error.strerror}.")
    except UnicodeDecodeError as error:
        return complain(f"A recipe is not UTF-8: {error}.")
    print(as_json(reports) if arguments.json else as_text(reports))
    return ERRORS if any(report.has_errors for report in reports.values()) else CLEAN


def recipes_in(path: Path) -> Iterator[Path]:
    """`path` itself, or the recipes in and below it; not those that runs keep."""
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from sorted(found for found in path.rglob(f"*{SUFFIX}") if HOME not in found.parts)


def checked(recipes: list[Path], chosen: str | None) -> Iterator[tuple[Path, Report]]:
    """Each file that facts come from is read once, however many recipes name it."""
    look = read_now(Store())
    interpreters: dict[Path, Interpreter | None] = {}
    for path in recipes:
        folder = path.absolute().parent
        if folder not in interpreters:
            interpreters[folder] = interpreter.find(folder, chosen)
        yield path, check(path.read_text(encoding="utf-8"), folder, interpreters[folder], look)


def as_text(reports: dict[Path, Report]) -> str:
    """One line a finding, and a summary."""
    lines: list[str] = []
    severities: Counter[str] = Counter()
    waiting: dict[str, None] = {}
    for path, report in reports.items():
        waiting |= dict.fromkeys(report.waiting_for)
        for finding in report.findings:
            start = report.range_of(finding).start
            severity = finding.severity.value
            severities[severity] += 1
            place = f"{path}:{start.line + 1}:{start.character + 1}"
            lines.append(f"{place}: {severity} {finding.code} {message(finding)}")
    counts = ", ".join(_counted(number, severity) for severity, number in sorted(severities.items()))
    lines.append(f"{_counted(len(reports), 'recipe')} checked: {counts or 'nothing found'}")
    if waiting:
        silent = max(report.rules_waiting for report in reports.values())
        lines.append(f"{_counted(silent, 'rule')} not run, for want of: {'; '.join(waiting)}")
    return "\n".join(lines)


def as_json(reports: dict[Path, Report]) -> str:
    import msgspec

    from tunesmith.server.problems import problems

    recipes = [
        {
            "path": str(path),
            "problems": problems(report),
            "rulesRun": report.rules_run,
            "rulesWaiting": report.rules_waiting,
            "waitingFor": report.waiting_for,
        }
        for path, report in reports.items()
    ]
    return msgspec.json.format(msgspec.json.encode({"recipes": recipes}), indent=2).decode()


def nothing_in(path: Path) -> str:
    return f"{path} holds no *{SUFFIX} file."


def complain(problem: str) -> int:
    print(problem, file=sys.stderr)
    return UNUSABLE


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
