"""Causal language modelling: documents joined, an end token after each, and cut into blocks of one length.

As transformers' run_clm does it, but that the last block is kept, shorter: the collator pads it, and its
labels ignore the padding. The loss is the model's own, which shifts the labels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from datasets import Dataset
from numpy.typing import NDArray
from transformers import AutoModelForCausalLM, PreTrainedTokenizerBase, Trainer, TrainingArguments

from tunesmith.stages.data.documents import load_documents
from tunesmith.stages.train.config import TrainStage
from tunesmith.stages.train.model import load_model, longest_text
from tunesmith.stages.train.tasks.prepared import Prepared

DEFAULT_BLOCK = 1024
AT_ONCE = 256
"""Pieces of text that the tokenizer is given in one call."""
IGNORED = -100
"""The label that takes no part in the loss."""


def prepare(config: TrainStage, tokenizer: PreTrainedTokenizerBase, arguments: TrainingArguments) -> Prepared:
    with arguments.main_process_first(desc="reading the data"):
        data = load_documents(config.data)
    model = load_model(AutoModelForCausalLM, config.model, tokenizer, {})
    block = longest_text(config.data.max_length or DEFAULT_BLOCK, tokenizer, model) or DEFAULT_BLOCK
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


def packed(rows: Dataset, tokenizer: PreTrainedTokenizerBase, block: int) -> Dataset:
    """Rows of `input_ids`, each `block` tokens but the last."""
    parts = list(token_ids(rows, tokenizer))
    ids = np.concatenate(parts) if parts else np.empty(0, np.int32)
    blocks = [ids[start : start + block] for start in range(0, len(ids), block)]
    # A single token has no next one to learn: its loss would be 0 / 0.
    return Dataset.from_dict({"input_ids": [one for one in blocks if len(one) > 1]})


def token_ids(rows: Dataset, tokenizer: PreTrainedTokenizerBase) -> Iterator[NDArray[np.int32]]:
    end = [] if tokenizer.eos_token_id is None else [tokenizer.eos_token_id]
    for start in range(0, len(rows), AT_ONCE):
        batch = rows[start : start + AT_ONCE]
        # verbose: a piece is longer than the model's positions, and is cut into blocks.
        found = tokenizer(batch["text"], add_special_tokens=False, return_attention_mask=False, verbose=False)
        for ids, ends in zip(found["input_ids"], batch["ends"]):  # noqa: B905 - Python 3.10
            yield np.asarray([*ids, *(end if ends else [])], dtype=np.int32)


class Collator:
    """Pads the blocks of a batch to one length. Labels are the tokens themselves, but where padded."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer

    def __call__(self, features: list[dict[str, Any]]) -> Any:
        batch = self._tokenizer.pad(
            {"input_ids": [feature["input_ids"] for feature in features]},
            padding_side="right",
            return_tensors="pt",
        )
        batch["labels"] = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, IGNORED)
        return batch


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
