"""A BERT of a few thousand random numbers and a data set of twenty rows, written without any library."""

from __future__ import annotations

import array
import json
import random
import struct
from pathlib import Path

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "very", "good", "bad", "film", "plot")
WIDTH = 16
CONFIG = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "dtype": "float32",
    "vocab_size": len(WORDS),
    "hidden_size": WIDTH,
    "intermediate_size": WIDTH,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "max_position_embeddings": 32,
}
TOKENIZER = {
    "version": "1.0",
    "added_tokens": [
        {"id": i, "content": word, "special": True}
        | dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
        for i, word in enumerate(WORDS[:5])
    ],
    "normalizer": {
        "type": "BertNormalizer",
        "clean_text": True,
        "handle_chinese_chars": True,
        "strip_accents": None,
        "lowercase": True,
    },
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "model": {
        "type": "WordPiece",
        "unk_token": "[UNK]",
        "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100,
        "vocab": {word: i for i, word in enumerate(WORDS)},
    },
}
TOKENIZER_CONFIG = {
    "tokenizer_class": "BertTokenizer",
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}


def write_model(folder: Path) -> Path:
    """Its word embeddings are there, drawn with a fixed seed; the library draws the rest when it loads it."""
    folder.mkdir(parents=True)
    for name, value in (
        ("config.json", CONFIG),
        ("tokenizer.json", TOKENIZER),
        ("tokenizer_config.json", TOKENIZER_CONFIG),
    ):
        (folder / name).write_text(json.dumps(value))
    draw = random.Random(0)
    data = array.array("f", (draw.gauss(0.0, 0.02) for _ in range(len(WORDS) * WIDTH))).tobytes()
    tensor = {"dtype": "F32", "shape": [len(WORDS), WIDTH], "data_offsets": [0, len(data)]}
    header = json.dumps(
        {"__metadata__": {"format": "pt"}, "embeddings.word_embeddings.weight": tensor}
    ).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + data)
    return folder


def write_reviews(file: Path) -> Path:
    """Ten good and ten bad reviews, as CSV with the columns review and sentiment."""
    rows = [("a very good film", "positive"), ("a bad plot", "negative")] * 10
    file.write_text("review,sentiment\n" + "".join(f"{text},{label}\n" for text, label in rows))
    return file
