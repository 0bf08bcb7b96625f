"""The `data:` section."""

from __future__ import annotations

from dataclasses import dataclass, field

from tunesmith.core.section import Marker, marked


@dataclass(frozen=True)
class Columns:
    """Which columns of the data mean what."""

    text: str = "text"
    """The column that holds the text."""
    label: str | None = None
    """The column that holds the label: names or whole numbers. Only for text-classification."""


@dataclass(frozen=True)
class Split:
    """How much of `data.train` is held back, drawn once with a fixed seed."""

    validation: float = 0.1
    """Share of the rows for evaluation while training, between 0 and 1."""
    test: float = 0.0
    """Share of the rows that training never sees, between 0 and 1."""
    seed: int = 0
    """The same seed gives the same split."""


@dataclass(frozen=True)
class DataConfig:
    """What the model learns from."""

    train: str = marked(Marker(path="file", examples=("data/train.csv",)))
    """A CSV, TSV, JSON, JSONL or Parquet file, relative to the recipe; for causal-lm also a text file, which
    is one document with its line breaks."""
    columns: Columns = field(default_factory=Columns)
    """Which columns of the file mean what; a text file has none."""
    validation: str | None = marked(Marker(path="file"), default=None)
    """A file of its own to evaluate on, instead of `split`."""
    split: Split | None = None
    """Hold back a share of `train` to evaluate on: rows drawn at random; of a text file its last lines."""
    max_length: int | None = None
    """Longest text in tokens; longer ones are cut. For causal-lm the length of the blocks that all texts are
    cut into. Default: what the model can take; for causal-lm 1024 at most."""
    max_rows: int | None = None
    """Use this many rows of `train`, drawn with the split's seed, or the first lines of a text file: for a
    quick try. Default: all."""
