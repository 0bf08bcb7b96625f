"""Rules about the disk that checkpoints go to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import DISK_FREE
from tunesmith.stages.train import memory
from tunesmith.stages.train.rules import plan

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

GIB = 2**30


@rule(
    "TN656",
    Severity.WARNING,
    "{kept} checkpoints of {each:.3g} GiB are kept, and the disk has {free:.3g} GiB free",
    needs=(DISK_FREE,),
)
def checkpoints_outgrow_the_disk(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """All checkpoints that a training keeps take more than what is free on the disk.

    Why: the training ends when the disk is full, often hours after its start, and the checkpoint that was
    being written is lost. Counted are the weights and the optimizer's states of each, and one more while the
    newest is written: the oldest is deleted only then.
    Library: silent.
    Flags:
        # packages transformers 5.23.0
        # disk 4
        # file m/tokenizer.json: {}
        task: causal-lm
        model:
          config: {model_type: llama, hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 8,
            num_attention_heads: 8, vocab_size: 1000}
          tokenizer: ./m
        train: {max_steps: 1000, save_steps: 100}
    Accepts:
        # packages transformers 5.23.0
        # disk 40
        # file m/tokenizer.json: {}
        task: causal-lm
        model:
          config: {model_type: llama, hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 8,
            num_attention_heads: 8, vocab_size: 1000}
          tokenizer: ./m
        train: {max_steps: 1000, save_steps: 100, save_total_limit: 2}
        ---
        # packages transformers 5.23.0
        # disk 4
        # file m/tokenizer.json: {}
        task: causal-lm
        model:
          config: {model_type: llama, hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 8,
            num_attention_heads: 8, vocab_size: 1000}
          tokenizer: ./m
        train: {max_steps: 1000, save_steps: 100, save_total_limit: 1, save_only_model: true}
    """
    saves, states = plan.saves(recipe, facts), plan.model_states(recipe, facts)
    if saves is None or states is None:
        return
    each = memory.checkpoint_bytes(states, recipe.train.get("save_only_model") is True)
    free = facts[DISK_FREE] * GIB
    at_once = min(saves.kept + 1, saves.count)
    if each is None or at_once * each <= free:
        return
    fits = int(free / each) - 1
    fix = Fix(f"Keep {fits}", (SetValue(("train", "save_total_limit"), str(fits)),))
    written = next((key for key in ("save_total_limit", "save_steps") if key in recipe.train), None)
    yield checkpoints_outgrow_the_disk.at(
        *(("train",) if written is None else ("train", written)),
        kept=saves.kept,
        each=each / GIB,
        free=facts[DISK_FREE],
        fixes=(fix,) if fits > 0 else (),
    )


RULES = (checkpoints_outgrow_the_disk,)
