"""THE list of rules. A rule is one function in a stage's rules and stands in that module's RULES."""

from __future__ import annotations

from tunesmith.core.rule import Rule
from tunesmith.rules import environment
from tunesmith.stages.data import rules as data
from tunesmith.stages.script import rules as script
from tunesmith.stages.train.rules import arguments, evaluation, keys, launch, model, precision

RULES: tuple[Rule, ...] = (
    *data.RULES,
    *keys.RULES,
    *arguments.RULES,
    *evaluation.RULES,
    *precision.RULES,
    *model.RULES,
    *launch.RULES,
    *script.RULES,
    *environment.RULES,
)

BY_CODE = {rule.code: rule for rule in RULES}
