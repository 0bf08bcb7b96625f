"""A rule: a pure function from recipe and facts to findings, with a code, a message and a page of
documentation.

The docstring of the function is its documentation page and its test: the YAML blocks under `Flags:` must be
flagged by this rule, those under `Accepts:` must not.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tunesmith.core.fact import Fact, Facts
from tunesmith.core.finding import Finding, Fix, Severity
from tunesmith.core.path import RecipePath


@dataclass(frozen=True)
class Rule:
    """One row of the rule table. `recipe` in `check` is a `stages.recipe.Recipe`."""

    code: str
    severity: Severity
    message: str
    needs: tuple[Fact[Any], ...]
    check: Callable[[Any, Facts], Iterable[Finding]]

    @property
    def name(self) -> str:
        """The function's name with dashes, as shown beside the code: `warmup-outlasts-training`."""
        return self.check.__name__.replace("_", "-")

    @property
    def documentation(self) -> str:
        return inspect.getdoc(self.check) or ""

    def at(
        self,
        *path: str | int,
        on: str = "key",
        fixes: tuple[Fix, ...] = (),
        **arguments: object,
    ) -> Finding:
        """A finding of this rule at `path`."""
        where: RecipePath = path
        return Finding(
            self.code,
            self.severity,
            where,
            arguments,
            "value" if on == "value" else "key",
            fixes,
        )


def rule(
    code: str, severity: Severity, message: str, needs: tuple[Fact[Any], ...] = ()
) -> Callable[[Callable[..., Iterable[Finding]]], Rule]:
    """Make a `Rule` of a function `(recipe, facts) -> findings`.

    `message` is a `str.format` template of arguments.
    """

    def make(check: Callable[..., Iterable[Finding]]) -> Rule:
        return Rule(code, severity, message, needs, check)

    return make
