"""A tokenizer of eleven words that names an end token and no padding, as those of language models do."""

from __future__ import annotations

import json
from pathlib import Path

from tiny_model import TOKENIZER

END = "[SEP]"
CONFIG = {
    "model_type": "llama",
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "max_position_embeddings": 16,
}
"""A language model of a few thousand random numbers."""


def write_tokenizer(folder: Path) -> Path:
    folder.mkdir(parents=True)
    about = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": END, "unk_token": "[UNK]"}
    (folder / "tokenizer.json").write_text(json.dumps(TOKENIZER))
    (folder / "tokenizer_config.json").write_text(json.dumps(about))
    return folder


def write_story(file: Path) -> Path:
    """A text of 60 lines, 4 words each."""
    file.write_text("a very good film\na very bad plot\n" * 30)
    return file
