"""The `args:` of a recipe as the command line that a script reads. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

RUN = "{run}"
"""Stands for the folder of the run, anywhere in a value."""


def arguments(args: Mapping[str, Any], run: Path) -> list[str]:
    """`key: value` is `--key value`, true `--key`, a list several values; null and false are left out.

    Raises TypeError for what a command line has no words for.
    """
    line: list[str] = []
    for key, value in args.items():
        if value is None or value is False:
            continue
        name = key if key.startswith("-") else f"--{key}"
        if value is True:
            line.append(name)
        elif isinstance(value, (list, tuple)):
            line += [name, *(_text(item, run) for item in value)]
        else:
            line += _pair(name, _text(value, run))
    return line


def _pair(name: str, text: str) -> list[str]:
    """A text that begins like an option would be read as one: it is joined to its name."""
    return [f"{name}={text}"] if text.startswith("-") else [name, text]


def _text(value: Any, run: Path) -> str:
    if isinstance(value, (Mapping, list, tuple)):
        raise TypeError(f"an argument cannot hold {value!r}: it is one value, or a list of values")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace(RUN, str(run))
