"""The `data:` section."""

from __future__ import annotations

from dataclasses import dataclass

from tunesmith.core.section import Marker, marked


@dataclass(frozen=True)
class Columns:
    """Which columns of the data mean what."""

    text: str
    """The column that holds the text."""
    label: str
    """The column that holds the label: names or whole numbers."""


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
    """A CSV, TSV, JSON, JSONL or Parquet file, relative to the recipe."""
    columns: Columns  # pyright: ignore[reportGeneralTypeIssues] - `marked` gives `train` no default
    """Which columns of the file mean what."""
    validation: str | None = marked(Marker(path="file"), default=None)
    """A file of its own to evaluate on, instead of `split`."""
    split: Split | None = None
    """Hold back a share of `train` to evaluate on."""
    max_length: int | None = None
    """Longest text in tokens; longer ones are cut. Default: what the model can take."""
    max_rows: int | None = None
    """Use this many rows of `train`, drawn with the split's seed: for a quick try. Default: all."""
