"""THE list of rules. A rule is one function in a stage's rules and stands in that module's RULES."""

from __future__ import annotations

from tunesmith.core.rule import Rule
from tunesmith.rules import environment, format, machines, run, slurm, slurm_options
from tunesmith.stages.data.rules import amounts, columns, files, overlap
from tunesmith.stages.script import (
    adapted,
    best_model,
    labels,
    lengths,
    masked,
    rows,
    settings,
    taken,
    trained,
    unheard,
)
from tunesmith.stages.script import rules as script
from tunesmith.stages.train.rules import (
    accelerate_deepspeed,
    adapter,
    arguments,
    axolotl,
    axolotl_together,
    checkpointing,
    deepspeed,
    deepspeed_batch,
    deepspeed_mismatch,
    deepspeed_values,
    disk,
    evaluation,
    formats,
    generating,
    half_weights,
    hardware,
    keys,
    launch,
    launched,
    llama_datasets,
    llama_factory,
    lost_adapter,
    memory,
    model,
    model_parts,
    parts,
    pipeline,
    precision,
    quantized,
    resuming_from,
    schedule,
    sharding,
    special_tokens,
    start,
    targets,
    tokenizer,
    trainer_refuses,
    vocabulary,
    world,
)

TRAINING: tuple[Rule, ...] = (
    *keys.RULES,
    *arguments.TRAINING,
    *evaluation.TRAINING,
    *precision.RULES,
    *adapter.RULES,
    *launch.RULES,
    *hardware.RULES,
    *world.RULES,
    *deepspeed_mismatch.RULES,
    *deepspeed_values.RULES,
    *deepspeed_batch.RULES,
    *accelerate_deepspeed.RULES,
    *checkpointing.TRAINING,
    *launched.TRAINING,
    *formats.TRAINING,
    *schedule.RULES,
    *overlap.RULES,
)
"""What is true of a training wherever its settings are written: other people's files too."""

RECIPE: tuple[Rule, ...] = (
    *columns.RULES,
    *files.RULES,
    *amounts.RULES,
    *arguments.RECIPE,
    *evaluation.RECIPE,
    *model.RULES,
    *start.RULES,
    *tokenizer.RULES,
    *targets.RULES,
    *sharding.RULES,
    *parts.RULES,
    *deepspeed.RULES,
    *pipeline.RULES,
    *script.RULES,
    *taken.RULES,
    *unheard.RULES,
    *format.RULES,
    *run.RULES,
    *slurm.RULES,
    *slurm_options.RULES,
    *machines.RULES,
    *environment.RULES,
    *disk.RULES,
)
"""What is true of the trainings that recipes describe."""

FOREIGN: tuple[Rule, ...] = (
    *resuming_from.RULES,
    *trained.RULES,
    *adapted.RULES,
    *labels.RULES,
    *lengths.RULES,
    *masked.RULES,
    *settings.RULES,
    *rows.RULES,
    *special_tokens.RULES,
    *model_parts.RULES,
    *axolotl.RULES,
    *memory.RULES,
    *quantized.RULES,
    *checkpointing.FOREIGN,
    *half_weights.RULES,
    *llama_factory.RULES,
    *launched.FOREIGN,
    *formats.FOREIGN,
    *trainer_refuses.RULES,
    *vocabulary.RULES,
    *lost_adapter.RULES,
    *generating.RULES,
    *axolotl_together.RULES,
    *llama_datasets.RULES,
    *best_model.RULES,
)
"""What is true of trainings that other people's files and scripts describe."""

RULES = (*TRAINING, *RECIPE, *FOREIGN)

BY_CODE = {rule.code: rule for rule in RULES}
