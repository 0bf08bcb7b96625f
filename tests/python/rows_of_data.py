"""A tiny model, a tiny tokenizer, and data with a row of every kind."""

from __future__ import annotations

from pathlib import Path

from tiny_model import write_model
from tiny_tokenizer import write_tokenizer

LONG = " ".join(["very"] * 40)
REVIEWS = (
    '{"review": "a very good film", "sentiment": "good"}',
    '{"review": null, "sentiment": "bad"}',
    "",
    '{"review": "bad `plot`", "sentiment": "bad"}',
    '{"review": "a film"}',
    f'{{"review": "good {LONG}", "sentiment": "good"}}',
)
"""Line by line: the third holds nothing."""
STORIES = 'title,story\nt,a very good film\nt,\n\nt,"bad\nplot"\nt,a good unheard plot\n'


def write_workspace(folder: Path) -> None:
    write_model(folder / "model")
    write_tokenizer(folder / "tokenizer")
    (folder / "reviews.jsonl").write_text("\n".join(REVIEWS) + "\n")
    (folder / "stories.csv").write_text(STORIES)
