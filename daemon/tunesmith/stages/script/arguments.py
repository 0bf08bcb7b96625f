"""The `args:` of a recipe as the command line that a script reads. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

RUN = "{run}"
"""Stands for the folder of the run, anywhere in a value."""
RESUME = "{resume}"
"""Stands for the folder of the checkpoint to go on from; without one the argument is left out."""


def arguments(args: Mapping[str, Any], run: Path, resume: Path | None = None) -> list[str]:
    """`key: value` is `--key value`, true `--key`, a list several values; null and false are left out.

    Raises TypeError for what a command line has no words for.
    """
    folders = {RUN: str(run)} if resume is None else {RUN: str(run), RESUME: str(resume)}
    line: list[str] = []
    for key, value in args.items():
        if value is None or value is False or (resume is None and names_checkpoint(value)):
            continue
        name = key if key.startswith("-") else f"--{key}"
        if value is True:
            line.append(name)
        elif isinstance(value, (list, tuple)):
            line += [name, *(_text(item, folders) for item in value)]
        else:
            line += _pair(name, _text(value, folders))
    return line


def names_checkpoint(value: Any) -> bool:
    """Whether an argument means something only when there is a checkpoint to go on from."""
    return any(isinstance(item, str) and RESUME in item for item in _items(value))


def _pair(name: str, text: str) -> list[str]:
    """A text that begins like an option would be read as one: it is joined to its name."""
    return [f"{name}={text}"] if text.startswith("-") else [name, text]


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _text(value: Any, folders: Mapping[str, str]) -> str:
    if isinstance(value, (Mapping, list, tuple)):
        raise TypeError(f"an argument cannot hold {value!r}: it is one value, or a list of values")
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    for name, folder in folders.items():
        text = text.replace(name, folder)
    return text
