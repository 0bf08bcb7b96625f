"""Make the tokenizer of the small language model: a byte-level BPE of 2,048 tokens, learned from the plays.

Usage: samples/.venv/bin/python samples/story-lm/train_tokenizer.py
"""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

HERE = Path(__file__).resolve().parent
PLAYS = HERE / "data" / "plays.txt"
TOKENIZER = HERE / "tokenizer"
END = "<|endoftext|>"
SIZE = 2048


def main() -> None:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train([str(PLAYS)], trainer)
    TOKENIZER.mkdir(exist_ok=True)
    about = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": END, "bos_token": END}
    (TOKENIZER / "tokenizer_config.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    tokenizer.save(str(TOKENIZER / "tokenizer.json"))
    print(f"{TOKENIZER}: {tokenizer.get_vocab_size()} tokens")


if __name__ == "__main__":
    main()
