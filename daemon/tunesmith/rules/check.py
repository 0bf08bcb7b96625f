"""Check one recipe: the same for the editor, the command line and the start of a run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.path import RecipePath
from tunesmith.facts.gather import Values, gather, own_facts
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.sources import Look, Store, read_now
from tunesmith.facts.target import Target
from tunesmith.rules.apply import apply
from tunesmith.rules.suppressed import complaints, sifted
from tunesmith.rules.table import RECIPE, TRAINING
from tunesmith.stages.recipe import OWN, Recipe, required
from tunesmith.stages.script.config import UNREAD
from tunesmith.syntax.bind import bind
from tunesmith.syntax.codes import BY_CODE
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import Range, Tree, plain


@dataclass(frozen=True)
class Report:
    """`findings` in the order of the file.

    `waiting_for` says, once each, what the silent rules would need.
    """

    tree: Tree
    recipe: Recipe
    facts: Facts
    findings: tuple[Finding, ...]
    rules_run: int
    rules_waiting: int
    waiting_for: tuple[str, ...]

    def range_of(self, finding: Finding) -> Range:
        """What to underline."""
        return range_of(self.tree, finding)

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def check(
    text: str,
    folder: Path,
    interpreter: Interpreter | None,
    look: Look | None = None,
    read: Callable[[str], Tree] = parse,
    target: Target | None = None,
) -> Report:
    """All that is known to be wrong with the recipe `text` in `folder`. Never raises.

    `look` tells what was read of the disk; without it everything is read on the spot. `read` parses the text:
    an editor gives one that remembers the version before. `target` replaces this machine and the interpreter.
    """
    tree = read(text)
    values = plain(tree.root)
    known: Values = cast(Values, values) if isinstance(values, dict) else {}
    bound = bind(tree, Recipe, required(known))
    look = look or read_now(Store())
    facts = gather(known, folder, interpreter, look, target)
    facts = facts.with_known(own_facts(known, folder, look, target))
    applied = apply((*TRAINING, *RECIPE), bound.value, facts, known)
    findings = [*_syntax(tree), *bound.findings]
    findings += [one for one in applied.findings if not _follows(one, bound.guessed)]
    if set(OWN) & set(known):
        findings = [finding for finding in findings if _concerns_own(finding)]
    kept, used = sifted(tree, findings, lambda one: (one.code, range_of(tree, one).start.line))
    kept += complaints(tree, used, facts)
    ordered = sorted(kept, key=lambda finding: (range_of(tree, finding), finding.code))
    return Report(
        tree,
        bound.value,
        facts,
        tuple(ordered),
        applied.rules_run,
        applied.rules_waiting,
        applied.waiting_for,
    )


def range_of(tree: Tree, finding: Finding) -> Range:
    """What to underline. A problem of the text itself knows its place; others follow their path."""
    place = finding.arguments.get("range")
    return place if isinstance(place, Range) else tree.range_of(finding.path, finding.on)


def _concerns_own(finding: Finding) -> bool:
    """A program of the user's runs however wrong a section is that it never sees."""
    return finding.severity is not Severity.ERROR or finding.path[:1] not in [(key,) for key in UNREAD]


def _follows(finding: Finding, guessed: Collection[RecipePath]) -> bool:
    """Whether it misses a key that stands there misspelt. `about` is the path that it misses."""
    missed = finding.arguments.get("about", finding.path)
    return any(missed[: len(path)] == path for path in guessed) if isinstance(missed, tuple) else False


def _syntax(tree: Tree) -> Iterable[Finding]:
    for problem in tree.problems:
        arguments = {**problem.arguments, "range": problem.range}
        yield Finding(problem.code, BY_CODE[problem.code].severity, (), arguments)
