"""Texts as tokens, cut to what the model can take: text classification but for the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasets import Dataset

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def tokenised(rows: Dataset, tokenizer: PreTrainedTokenizerBase, longest: int | None) -> Dataset:
    """`input_ids` and the like for each row; padding is left to the collator, batch by batch."""

    def tokenise(batch: dict[str, list[Any]]) -> Any:
        return encoded(batch["text"], tokenizer, longest)

    return rows.map(tokenise, batched=True, remove_columns=["text"])


def encoded(texts: list[str], tokenizer: PreTrainedTokenizerBase, longest: int | None, **more: Any) -> Any:
    """What the tokenizer makes of texts; without `longest` nothing is cut."""
    return tokenizer(texts, truncation=longest is not None, max_length=longest, **more)
