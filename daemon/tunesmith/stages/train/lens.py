"""What the training makes of a row of its data: its tokens, which of them are learned, what is cut off.

Everything is asked of the functions that prepare a training, so that the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from datasets import Dataset

from tunesmith.stages.data.config import Columns, DataConfig, Split
from tunesmith.stages.data.documents import is_document
from tunesmith.stages.data.files import drawn, hold_back, read_table
from tunesmith.stages.data.labelled import as_label, as_text
from tunesmith.stages.train.config import Task, TrainStage
from tunesmith.stages.train.model import config_of, load_tokenizer, longest_text
from tunesmith.stages.train.tasks import blocks, texts

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MOST_FOUND = 200
"""Rows that a survey names."""


@dataclass(frozen=True)
class Table:
    """The columns of a file that the task reads; `label` is None for a task that learns the text itself."""

    text: Sequence[Any]
    label: Sequence[Any] | None

    def why_left_out(self, row: int) -> str | None:
        """`text` or `label`: what the row lacks, so that no training sees it."""
        if self.label is None:
            return None if is_document(self.text[row]) else "text"
        if as_text(self.text[row]) is None:
            return "text"
        return "label" if as_label(self.label[row]) is None else None


@dataclass(frozen=True)
class Sight:
    """How a recipe's training sees texts. `longest` in tokens: of a row, or of the blocks that rows are
    joined and cut into; None for no limit."""

    task: Task
    tokenizer: PreTrainedTokenizerBase
    longest: int | None


@dataclass(frozen=True)
class SeenRow:
    """`tokens` as they are fed, `cut` those that fall off the end (or the beginning: `cut_left`).

    `supervised` says of each token whether the loss looks at it; none is where the row has a `label`, which
    is learned from all of them. `left_out` names what the row lacks when no training sees it. `part` is
    `train`, `validation` or `test`; None for a row beyond `max_rows`.
    """

    longest: int | None
    ids: tuple[int, ...] = ()
    tokens: tuple[str, ...] = ()
    supervised: tuple[bool, ...] = ()
    cut: tuple[str, ...] = ()
    cut_left: bool = False
    label: str | None = None
    left_out: str | None = None
    part: str | None = None


@dataclass(frozen=True)
class Survey:
    """`found`: the rows among the first `looked` from which nothing is learned, and what they lack."""

    rows: int
    looked: int
    found: tuple[tuple[int, str], ...]


@lru_cache(maxsize=4)
def read(file: str, columns: Columns, task: Task, _stamp: str) -> Table:
    """`_stamp` changes with the file."""
    if task is Task.CAUSAL_LM:
        return Table(list(read_table(file, {"text": columns.text})["text"]), None)
    if columns.label is None:
        raise ValueError("data.columns.label is missing: text-classification learns the labels of a column")
    rows = read_table(file, {"text": columns.text, "label": columns.label})
    return Table(list(rows["text"]), list(rows["label"]))


def sight(config: TrainStage) -> Sight:
    tokenizer = load_tokenizer(config.model)
    model = config_of(config.model, tokenizer)
    if config.task is Task.CAUSAL_LM:
        return Sight(config.task, tokenizer, blocks.block_length(config.data.max_length, tokenizer, model))
    return Sight(config.task, tokenizer, longest_text(config.data.max_length, tokenizer, model))


def see(table: Table, row: int, by: Sight, data: DataConfig, evaluated: bool) -> SeenRow:
    """One row of a table; `evaluated`: it is that of `data.validation`."""
    lacks = table.why_left_out(row)
    if lacks is not None:
        return SeenRow(by.longest, left_out=lacks)
    part = "validation" if evaluated else part_of(table, row, data)
    if table.label is None:
        return replace(see_document(str(table.text[row]), by), part=part)
    return replace(see_text(str(table.text[row]), by), part=part, label=as_label(table.label[row]))


def see_document(text: str, by: Sight) -> SeenRow:
    """Its labels are those that the training's own collator makes."""
    found = blocks.encoded([text], by.tokenizer, **_more(by.tokenizer))
    end = blocks.end_of(by.tokenizer)
    ids = [*found["input_ids"][0], *end]
    names = [*_names(found, text, by.tokenizer), *by.tokenizer.convert_ids_to_tokens(end)]
    if not ids:
        return SeenRow(by.longest, left_out="text")
    labels: list[int] = blocks.Collator(by.tokenizer)([{"input_ids": ids}])["labels"][0].tolist()
    learned = tuple(label != blocks.IGNORED for label in labels)
    return SeenRow(by.longest, tuple(ids), tuple(names), learned)


def see_text(text: str, by: Sight) -> SeenRow:
    more = {**_more(by.tokenizer), "return_special_tokens_mask": True}
    fed = texts.encoded([text], by.tokenizer, by.longest, **more)
    whole = texts.encoded([text], by.tokenizer, None, verbose=False, **more)
    names = tuple(_names(fed, text, by.tokenizer))
    own = [
        name
        for name, special in zip(_names(whole, text, by.tokenizer), whole["special_tokens_mask"][0])  # noqa: B905
        if not special
    ]
    kept = len(names) - sum(fed["special_tokens_mask"][0])
    left = by.tokenizer.truncation_side == "left"
    cut = own[: len(own) - kept] if left else own[kept:]
    ids = tuple(fed["input_ids"][0])
    return SeenRow(by.longest, ids, names, (False,) * len(ids), tuple(cut), left)


def survey(table: Table, most: int) -> Survey:
    looked = min(len(table.text), most)
    lacking = ((row, table.why_left_out(row)) for row in range(looked))
    found = [(row, why) for row, why in lacking if why is not None]
    return Survey(len(table.text), looked, tuple(found[:MOST_FOUND]))


def part_of(table: Table, row: int, data: DataConfig) -> str | None:
    """Where the row goes, told by drawing row numbers as the rows themselves are drawn."""
    split = data.split or Split(validation=0.0)
    if data.validation:
        split = replace(split, validation=0.0)
    numbers = [one for one in range(len(table.text)) if table.why_left_out(one) is None]
    used = drawn(Dataset.from_dict({"row": numbers}), data.max_rows, split.seed)
    if row not in set(used["row"]):
        return None
    train, validation = hold_back(used, split)
    if row in set(train["row"]):
        return "train"
    return "validation" if validation is not None and row in set(validation["row"]) else "test"


def _more(tokenizer: PreTrainedTokenizerBase) -> dict[str, bool]:
    return {"return_offsets_mapping": True} if tokenizer.is_fast else {}


def _names(found: Any, text: str, tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """Each token as it stands in the text; special and unknown ones by their names."""
    ids: list[int] = found["input_ids"][0]
    if not tokenizer.is_fast:
        return [str(tokenizer.decode([one])) for one in ids]
    unknown: Any = tokenizer.unk_token_id
    named = {*tokenizer.all_special_ids, unknown}
    return [
        str(tokenizer.convert_ids_to_tokens(one)) if one in named or start == end else text[start:end]
        for one, (start, end) in zip(ids, found["offset_mapping"][0])  # noqa: B905 - Python 3.10
    ]
