"""A training script that holds its settings itself: the plain arguments of its calls, where they stand."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunesmith.core.path import RecipePath
from tunesmith.core.python_source import literal, parse_module
from tunesmith.dialects.reading import Builder, Place
from tunesmith.facts.script_arguments import LIBRARY_CLASSES
from tunesmith.facts.script_use import use_of
from tunesmith.facts.source import last_name
from tunesmith.syntax.tree import Entry, Map, Position, Range, Scalar, Tree

ARGUMENTS = frozenset(name for name in LIBRARY_CLASSES if name.endswith(("TrainingArguments", "Config")))
PEFT = "LoraConfig"
FIRST = {"train": "output_dir", "peft": "task_type"}
"""The argument that may be given without its name."""
UNSLOTH = "unsloth"
ADDED = frozenset(
    (
        "max_seq_length",
        "unsloth_grpo_mini_batch",
        "unsloth_logit_chunk_multiplier",
        "unsloth_num_chunks",
        "vllm_sampling_params",
    )
)
"""What it adds to the arguments of TRL's trainers, in every release of theirs."""
CHANGING = frozenset(
    (
        "set_dataloader",
        "set_evaluate",
        "set_logging",
        "set_lr_scheduler",
        "set_optimizer",
        "set_push_to_hub",
        "set_save",
        "set_testing",
        "set_training",
        "setattr",
    )
)
"""Calls that change arguments which are made already."""


@dataclass(frozen=True)
class Settings:
    """`tree` has each plain keyword argument as an entry, by the name of the call and its own. `unread`: by
    section, the arguments that are not plain; None for all that are not in it."""

    tree: Tree
    arguments: tuple[str, ...]
    unread: Mapping[str, frozenset[str] | None]


def read_script(builder: Builder, file: Path, text: str) -> Settings | None:
    """Put what the calls say into the sections of a recipe; None for one that plainly makes no trainer."""
    try:
        module = parse_module(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    own = {node.name for node in ast.walk(module) if isinstance(node, ast.ClassDef)}
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    made = [call for call in calls if last_name(call.func) in ARGUMENTS - own - {"ModelConfig"}]
    use = use_of(module)
    if use.trainer is None or len(made) > 1:
        return None
    lines = tuple(text.split("\n"))
    entries: list[Entry] = []
    changed = {name for node in ast.walk(module) if (name := _set_later(node)) is not None}
    if any(name.split(".")[0] == UNSLOTH for name in _imported(module)):
        changed |= ADDED
    for call in made:
        entries += _put(builder, ("train",), call, file, lines, changed)
    builder.values.setdefault("train", {})
    adapters = [call for call in calls if last_name(call.func) == PEFT]
    if len(adapters) == 1:
        entries += _put(builder, ("peft",), adapters[0], file, lines, changed)
    if use.model_name is not None:
        builder.values["model"] = {"name_or_path": use.model_name}
    data = _data_file(calls)
    if data is not None:
        builder.values["data"] = {"train": data}
    root = Map(Range(Position(0, 0), Position(len(lines) - 1, len(lines[-1]))), tuple(entries))
    classes = tuple(LIBRARY_CLASSES[last_name(call.func)] for call in made)
    whole = any(_changes(call.func) for call in calls)
    unread = {
        "train": _unread(made, builder, "train", whole, changed),
        "peft": _unread(adapters, builder, "peft", whole, changed),
    }
    return Settings(Tree(text, lines, root, ()), classes, unread)


def _put(
    builder: Builder,
    section: RecipePath,
    call: ast.Call,
    file: Path,
    lines: tuple[str, ...],
    changed: Collection[str],
) -> Iterator[Entry]:
    for word in call.keywords:
        if word.arg is None or word.arg in changed:
            continue
        try:
            value = literal(word.value)
        except ValueError:
            continue
        if isinstance(value, Mapping | tuple | set | bytes | complex):
            continue
        builder.put((*section, word.arg), value, Place(file, (word.arg,)))
        yield _entry(word, value, lines)


def _imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _changes(function: ast.expr) -> bool:
    """`replace` of dataclasses makes other arguments of them; that of a text is a method."""
    is_copied = ast.unparse(function) in ("replace", "dataclasses.replace")
    return is_copied or last_name(function) in CHANGING


def _set_later(node: ast.AST) -> str | None:
    """The attribute that something is given after it was made: `arguments.max_steps = 100`."""
    return node.attr if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) else None


def _unread(
    made: list[ast.Call], builder: Builder, section: str, whole: bool, changed: Collection[str]
) -> frozenset[str] | None:
    """None where arguments can come from elsewhere: a parser, `**settings`, or by their position."""
    if len(made) != 1 or whole or len(made[0].args) > 1:
        return None
    names = {word.arg for word in made[0].keywords}
    if None in names or any(isinstance(one, ast.Starred) for one in made[0].args):
        return None
    first = {FIRST[section]} if made[0].args else set[str]()
    written = {name for name in names if name is not None} | first | set(changed)
    return frozenset(written - builder.values.get(section, {}).keys())


def _entry(word: ast.keyword, value: Any, lines: tuple[str, ...]) -> Entry:
    name = word.arg or ""
    start = _position(word.lineno, word.col_offset, lines)
    key = Scalar(Range(start, Position(start.line, start.character + len(name))), name, name)
    given = word.value
    first = _position(given.lineno, given.col_offset, lines)
    end = _position(given.end_lineno or given.lineno, given.end_col_offset or given.col_offset, lines)
    plain = value if isinstance(value, str | int | float | bool) else None
    return Entry(Range(start, end), key, Scalar(Range(first, end), ast.unparse(given), plain))


def _position(line: int, column: int, lines: tuple[str, ...]) -> Position:
    """`ast` counts lines from 1, and columns in bytes."""
    return Position(line - 1, len(lines[line - 1].encode()[:column].decode(errors="ignore")))


def _data_file(calls: list[ast.Call]) -> str | None:
    """The one file of `load_dataset("json", data_files="train.jsonl")`."""
    loads = [call for call in calls if last_name(call.func) == "load_dataset"]
    given = [word.value for call in loads for word in call.keywords if word.arg == "data_files"]
    if len(loads) != 1 or len(given) != 1:
        return None
    file = given[0]
    if isinstance(file, ast.Dict):
        named = [value for key, value in zip(file.keys, file.values, strict=True) if _is(key, "train")]
        file = named[0] if named else file
    return file.value if isinstance(file, ast.Constant) and isinstance(file.value, str) else None


def _is(key: ast.expr | None, text: str) -> bool:
    return isinstance(key, ast.Constant) and key.value == text
