"""Read plain text for a language model: documents from a column of a table, or one text file as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datasets import Dataset

from tunesmith.stages.data.config import Columns, DataConfig, Split
from tunesmith.stages.data.files import drawn, hold_back, read_table

TEXT_FILE = ".txt"
PIECE = 1 << 16
"""Characters of a long text that are handed to the tokenizer at once. It is cut between lines."""


@dataclass(frozen=True)
class Documents:
    """Rows with the columns `text` and `ends`: whether the document ends with it."""

    train: Dataset
    validation: Dataset | None


def load_documents(config: DataConfig) -> Documents:
    """Read, and split as the recipe says."""
    split = config.split or Split(validation=0.0)
    if config.validation:
        split = replace(split, validation=0.0)
    if is_text_file(config.train):
        train, held_back = parts_of_text(config.train, config.max_rows, split)
    else:
        rows = drawn(read_column(config.train, config.columns), config.max_rows, split.seed)
        train, held_back = hold_back(rows, split)
    return Documents(train, whole(config.validation, config.columns) if config.validation else held_back)


def is_text_file(file: str) -> bool:
    return Path(file).suffix.lower() == TEXT_FILE


def whole(file: str, columns: Columns) -> Dataset:
    """All documents of a file."""
    return pieces(read_lines(file)) if is_text_file(file) else read_column(file, columns)


def read_column(file: str, columns: Columns) -> Dataset:
    """Each row a document; rows without text are left out, and counted."""
    texts = read_table(file, {"text": columns.text})["text"]
    kept = [str(text) for text in texts if is_document(text)]
    if len(kept) < len(texts):
        print(f"{file}: {len(texts) - len(kept)} of {len(texts)} rows have no text and are left out")
    return Dataset.from_dict({"text": kept, "ends": [True] * len(kept)})


def is_document(text: object) -> bool:
    return text not in (None, "")


def parts_of_text(file: str, most: int | None, split: Split) -> tuple[Dataset, Dataset | None]:
    """What trains, and what evaluates: the lines before the last ones, which are the test share."""
    lines = read_lines(file)[:most]
    tested = round(len(lines) * split.test)
    evaluated = round(len(lines) * split.validation)
    end = len(lines) - tested
    train = pieces(lines[: end - evaluated])
    return train, pieces(lines[end - evaluated : end]) if evaluated else None


def read_lines(file: str) -> list[str]:
    """The lines of a text file with their line breaks."""
    try:
        with open(file, encoding="utf-8-sig") as text:
            return text.readlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} is not UTF-8 text: {error}. Save it as UTF-8.") from error


def pieces(lines: Sequence[str]) -> Dataset:
    """One document as rows of a bounded length."""
    texts = list(joined(lines))
    return Dataset.from_dict(
        {"text": texts, "ends": [index == len(texts) - 1 for index in range(len(texts))]}
    )


def joined(lines: Sequence[str]) -> Iterator[str]:
    piece: list[str] = []
    size = 0
    for line in lines:
        piece.append(line)
        size += len(line)
        if size >= PIECE:
            yield "".join(piece)
            piece, size = [], 0
    if piece:
        yield "".join(piece)
