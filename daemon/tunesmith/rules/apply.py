"""Run rules over a recipe and what is known."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding
from tunesmith.core.partly import NotRead
from tunesmith.core.rule import Rule
from tunesmith.facts.unasked import unasked
from tunesmith.stages.recipe import Recipe

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Applied:
    """`waiting_for` says, once each, what the silent rules would need."""

    findings: tuple[Finding, ...]
    rules_run: int
    rules_waiting: int
    waiting_for: tuple[str, ...]


def apply(rules: Sequence[Rule], recipe: Recipe, facts: Facts, values: Mapping[str, object]) -> Applied:
    """The findings of those rules whose facts are known. A rule about what the `values` do not name has
    nothing to say, and waits for nothing."""
    absent = {rule.code: [fact for fact in rule.needs if fact not in facts] for rule in rules}
    ready = [rule for rule in rules if not absent[rule.code]]
    found = tuple(finding for rule in ready for finding in _run(rule, recipe, facts))
    idle = unasked(values)
    waiting = [lacks for lacks in absent.values() if lacks and idle.isdisjoint(lacks)]
    waiting_for = tuple(dict.fromkeys(fact.about for lacks in waiting for fact in lacks))
    return Applied(found, len(rules) - len(waiting), len(waiting), waiting_for)


def _run(rule: Rule, recipe: Recipe, facts: Facts) -> list[Finding]:
    """A rule that fails is a defect of ours: it is logged, and costs nobody the other findings. One that asks
    for what could not be read has nothing to say."""
    try:
        return list(rule.check(recipe, facts))
    except NotRead:
        return []
    except Exception:
        log.exception("rule %s failed", rule.code)
        return []
