"""THE list of rules. A rule is one function in a stage's rules and stands in that module's RULES."""

from __future__ import annotations

from tunesmith.core.rule import Rule
from tunesmith.stages.data import rules as data
from tunesmith.stages.train import keys as train_keys
from tunesmith.stages.train import rules as train

RULES: tuple[Rule, ...] = (*data.RULES, *train_keys.RULES, *train.RULES)

BY_CODE = {rule.code: rule for rule in RULES}
