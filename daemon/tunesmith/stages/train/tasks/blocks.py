"""Documents as blocks of tokens, and what of a block is learned: language modelling but for the model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from datasets import Dataset
from numpy.typing import NDArray

from tunesmith.stages.train.model import longest_text

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

DEFAULT_BLOCK = 1024
AT_ONCE = 256
"""Pieces of text that the tokenizer is given in one call."""
IGNORED = -100
"""The label that takes no part in the loss."""


def block_length(asked: int | None, tokenizer: PreTrainedTokenizerBase, config: Any) -> int:
    """In tokens; `config` is the model's."""
    return longest_text(asked or DEFAULT_BLOCK, tokenizer, config) or DEFAULT_BLOCK


def packed(rows: Dataset, tokenizer: PreTrainedTokenizerBase, block: int) -> Dataset:
    """Rows of `input_ids`, each `block` tokens but the last."""
    parts = list(token_ids(rows, tokenizer))
    ids = np.concatenate(parts) if parts else np.empty(0, np.int32)
    return Dataset.from_dict({"input_ids": cut(ids, block)})


def cut(ids: NDArray[np.int32], block: int) -> list[NDArray[np.int32]]:
    blocks = [ids[start : start + block] for start in range(0, len(ids), block)]
    # A single token has no next one to learn: its loss would be 0 / 0.
    return [one for one in blocks if len(one) > 1]


def token_ids(rows: Dataset, tokenizer: PreTrainedTokenizerBase) -> Iterator[NDArray[np.int32]]:
    end = end_of(tokenizer)
    for start in range(0, len(rows), AT_ONCE):
        batch = rows[start : start + AT_ONCE]
        for ids, ends in zip(encoded(batch["text"], tokenizer)["input_ids"], batch["ends"]):  # noqa: B905 - 3.10
            yield np.asarray([*ids, *(end if ends else [])], dtype=np.int32)


def end_of(tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """What follows the last token of a document."""
    end: Any = tokenizer.eos_token_id
    return [] if end is None else [end]


def encoded(texts: list[str], tokenizer: PreTrainedTokenizerBase, **more: Any) -> Any:
    """What the tokenizer makes of pieces of documents. verbose: a piece is longer than the model's positions,
    and is cut into blocks."""
    return tokenizer(texts, add_special_tokens=False, return_attention_mask=False, verbose=False, **more)


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
