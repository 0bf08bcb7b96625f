"""Small things to make mistakes with: models of a few numbers, rows, trainers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2ForSequenceClassification,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Trainer,
    TrainingArguments,
)

SMALL: Mapping[str, Any] = {
    "vocab_size": 32,
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}


def decoder() -> LlamaForCausalLM:
    return LlamaForCausalLM(LlamaConfig(**SMALL, num_key_value_heads=2))


def decoder_of_its_own() -> LlamaForCausalLM:
    """Of a type that no library has heard of."""

    class Config(LlamaConfig):
        model_type = "own"

    return LlamaForCausalLM(Config(**SMALL, num_key_value_heads=2))


def classifier() -> BertForSequenceClassification:
    return BertForSequenceClassification(BertConfig(**SMALL))


def decoder_that_classifies() -> GPT2ForSequenceClassification:
    return GPT2ForSequenceClassification(
        GPT2Config(vocab_size=32, n_embd=16, n_layer=1, n_head=2, n_positions=8)
    )


def rows(count: int = 4) -> Dataset:
    ids = [[1, 2, 3]] * count
    return Dataset.from_dict({"input_ids": ids, "labels": ids})


def arguments(folder: Path, **more: Any) -> TrainingArguments:
    return TrainingArguments(**{"output_dir": str(folder), "report_to": [], "use_cpu": True, **more})


def trainer(folder: Path, model: Any = None, data: Any = None, evaluated: Any = None, **more: Any) -> Trainer:
    return Trainer(
        model or decoder(), arguments(folder, **more), train_dataset=data or rows(), eval_dataset=evaluated
    )


def tokenizer(**tokens: str) -> PreTrainedTokenizerFast:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel

    words = Tokenizer(WordLevel({"a": 0, "b": 1, "?": 2}, "?"))
    return PreTrainedTokenizerFast(tokenizer_object=words, **tokens)


@contextmanager
def alone() -> Iterator[None]:
    """A process group of one rank, over gloo."""
    store: Any = getattr(torch.distributed, "HashStore")()  # noqa: B009 - its types are not told
    torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    try:
        yield
    finally:
        torch.distributed.destroy_process_group()
