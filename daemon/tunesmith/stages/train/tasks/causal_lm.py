"""Causal language modelling: documents joined, an end token after each, and cut into blocks of one length.

As transformers' run_clm does it, but that the last block is kept, shorter: the collator pads it, and its
labels ignore the padding. The loss is the model's own, which shifts the labels.
"""

from __future__ import annotations

import math
from typing import Any

from transformers import AutoModelForCausalLM, PreTrainedTokenizerBase, Trainer, TrainingArguments

from tunesmith.stages.data.documents import load_documents
from tunesmith.stages.train.config import TrainStage
from tunesmith.stages.train.model import load_model
from tunesmith.stages.train.tasks.blocks import Collator, block_length, packed
from tunesmith.stages.train.tasks.prepared import Prepared


def prepare(config: TrainStage, tokenizer: PreTrainedTokenizerBase, arguments: TrainingArguments) -> Prepared:
    with arguments.main_process_first(desc="reading the data"):
        data = load_documents(config.data)
    model = load_model(AutoModelForCausalLM, config.model, tokenizer, {})
    block = block_length(config.data.max_length, tokenizer, model.config)
    train = packed(data.train, tokenizer, block)
    validation = None if data.validation is None else packed(data.validation, tokenizer, block)
    for rows, key in ((train, "data.train"), (validation, "data.validation or split.validation")):
        if rows is not None and len(rows) == 0:
            raise ValueError(f"{key} holds less text than two tokens: there is nothing to learn from")
    evaluated = 0 if validation is None else len(validation)
    return Prepared(
        model,
        train,
        validation,
        Collator(tokenizer),
        about=f"{len(train)} blocks of {block} tokens to train on, {evaluated} to evaluate on",
        trainer=PerplexityTrainer,
    )


class PerplexityTrainer(Trainer):
    """Tells the perplexity beside the loss of an evaluation."""

    def evaluation_loop(self, *args: Any, **kwargs: Any) -> Any:
        found = super().evaluation_loop(*args, **kwargs)
        metrics: dict[str, float] = found.metrics or {}
        for name in [name for name in metrics if name.endswith("_loss")]:
            metrics[f"{name.removesuffix('_loss')}_perplexity"] = perplexity(metrics[name])
        return found


def perplexity(loss: float) -> float:
    """e to the loss: among how many equally likely tokens the model wavers."""
    try:
        return math.exp(loss)
    except OverflowError:
        return math.inf
