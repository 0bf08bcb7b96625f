"""THE list of rules. A rule is one function in a stage's rules and stands in that module's RULES."""

from __future__ import annotations

from tunesmith.core.rule import Rule
from tunesmith.rules import environment, format, machines, run, slurm
from tunesmith.stages.data.rules import amounts, columns, files
from tunesmith.stages.script import rules as script
from tunesmith.stages.train.rules import (
    adapter,
    arguments,
    deepspeed,
    evaluation,
    keys,
    launch,
    model,
    parts,
    pipeline,
    precision,
    sharding,
    start,
    targets,
    tokenizer,
)

RULES: tuple[Rule, ...] = (
    *columns.RULES,
    *files.RULES,
    *amounts.RULES,
    *keys.RULES,
    *arguments.RULES,
    *evaluation.RULES,
    *precision.RULES,
    *model.RULES,
    *start.RULES,
    *tokenizer.RULES,
    *adapter.RULES,
    *targets.RULES,
    *launch.RULES,
    *sharding.RULES,
    *parts.RULES,
    *deepspeed.RULES,
    *pipeline.RULES,
    *script.RULES,
    *format.RULES,
    *run.RULES,
    *slurm.RULES,
    *machines.RULES,
    *environment.RULES,
)

BY_CODE = {rule.code: rule for rule in RULES}
