"""What a check found, as plain values that every format is written from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tunesmith.core.finding import Severity
from tunesmith.core.path import RecipePath
from tunesmith.ide.diagnostics import Diagnostic, Related, diagnostics
from tunesmith.ide.edits import TextEdit, text_edits
from tunesmith.ide.foreign import as_opened, diagnostic_of
from tunesmith.ide.foreign_actions import edits_of
from tunesmith.rules.check import Report
from tunesmith.rules.foreign import ForeignReport
from tunesmith.server.checking import Checked
from tunesmith.syntax.tree import Range, Tree

RECIPE = "recipe"


@dataclass(frozen=True)
class Offer:
    """A fix as edits of text, by document. `preferred` is what `--fix` makes."""

    title: str
    preferred: bool
    edits: Mapping[Path, tuple[TextEdit, ...]]


@dataclass(frozen=True)
class Problem:
    """`path` is the key that it is about, `line` the text of the line where it begins."""

    document: Path
    range: Range
    severity: Severity
    code: str
    message: str
    path: RecipePath
    line: str
    related: tuple[Related, ...] = ()
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True)
class CheckedFile:
    """`kind` is what people call such a file; `linked` are the other files that were read as part of it."""

    path: Path
    kind: str
    linked: tuple[Path, ...]
    problems: tuple[Problem, ...]
    rules_run: int
    rules_waiting: int
    waiting_for: tuple[str, ...]


def found_in(file: Path, checked: Checked) -> CheckedFile:
    if isinstance(checked, Report):
        kind, linked, problems = RECIPE, (), _of_recipe(file, checked)
    else:
        reading = checked.reading
        kind = reading.dialect.value
        linked = tuple(as_opened(path) for path in reading.documents if path != reading.file)
        problems = _of_foreign(checked)
    return CheckedFile(
        file,
        kind,
        linked,
        tuple(problems),
        checked.rules_run,
        checked.rules_waiting,
        checked.waiting_for,
    )


def problems_of(files: Iterable[CheckedFile]) -> list[Problem]:
    """All of them in the order of the files, once each: what several link to is checked with each."""
    by_place: dict[tuple[Path, Range, str, str], Problem] = {}
    for file in files:
        for one in file.problems:
            by_place.setdefault((one.document, one.range, one.code, one.message), one)
    by_document: dict[Path, list[Problem]] = {}
    for one in by_place.values():
        by_document.setdefault(one.document, []).append(one)
    return [
        one
        for problems in by_document.values()
        for one in sorted(problems, key=lambda each: (each.range, each.code))
    ]


def _of_recipe(file: Path, report: Report) -> list[Problem]:
    def offers(one: Diagnostic) -> tuple[Offer, ...]:
        made = ((fix, text_edits(report.tree, fix.edits)) for fix in one.finding.fixes)
        return tuple(Offer(fix.title, fix.preferred, {file: tuple(edits)}) for fix, edits in made if edits)

    return [_problem(file, one, one.finding.path, report.tree, offers(one)) for one in diagnostics(report)]


def _of_foreign(report: ForeignReport) -> list[Problem]:
    found: list[Problem] = []
    for one in report.findings:
        made = ((fix, edits_of(report.reading, fix)) for fix in one.finding.fixes)
        offers = tuple(Offer(fix.title, fix.preferred, edits) for fix, edits in made if edits)
        tree = report.reading.documents[one.place.document]
        shown = diagnostic_of(report.reading, one)
        found.append(_problem(as_opened(one.place.document), shown, one.place.path, tree, offers))
    return found


def _problem(
    document: Path, one: Diagnostic, path: RecipePath, tree: Tree, offers: tuple[Offer, ...]
) -> Problem:
    at = one.range.start.line
    line = tree.lines[at] if at < len(tree.lines) else ""
    return Problem(
        document, one.range, one.severity, one.code, one.message, path, line.strip(), one.related, offers
    )
