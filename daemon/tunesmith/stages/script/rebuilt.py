"""The parser of a program, made again of what is known of its arguments."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from tunesmith.facts.program_arguments import CommandLine, Option

WORDS_OF_FLAGS = {"yes": True, "true": True, "t": True, "y": True, "1": True,
                  "no": False, "false": False, "f": False, "n": False, "0": False}  # fmt: skip


class Refused(Exception):
    """argparse's own words, without the name of the argument."""


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refused(message)

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        raise Refused(message or "")


@functools.lru_cache(maxsize=16)
def parser_of(line: CommandLine, whole: bool) -> Parser:
    """`whole`: with what is required, what excludes one another, and what is told by its place."""
    parser = Parser(prog="", add_help=False, allow_abbrev=line.abbreviates, conflict_handler="resolve")
    if line.help:
        parser.add_argument("-h", "--help", action="store_true", dest="-help")
    places: dict[str, Any] = {}
    if whole:
        for group in line.exclusive:
            made = parser.add_mutually_exclusive_group(required=group.required)
            places |= dict.fromkeys(group.names, made)
    if line.config is not None:
        parser.add_argument(f"--{line.config}")
    for option in line.options:
        if option.flags:
            place = places.get(option.name, parser)
            _add(place, option, place is parser and whole and option.certain and option.required)
        elif whole:
            parser.add_argument(option.name, **_words(option))
    return parser


def _add(place: Any, option: Option, required: bool) -> None:
    words = _words(option) | ({"required": True} if required else {})
    place.add_argument(*option.flags, dest=option.name, **words)


def _words(option: Option) -> dict[str, Any]:
    if option.action == "on_off":
        return {"action": argparse.BooleanOptionalAction}
    if option.action in ("help", "version"):
        return {"action": "store_true"}
    if option.action in ("store_const", "append_const"):
        return {"action": option.action, "const": None}
    if option.takes_no_value:
        return {"action": option.action}
    words: dict[str, Any] = {"type": CONVERTERS[option.convert], "nargs": option.nargs}
    if option.choices is not None:
        words["choices"] = option.choices
    return {"action": option.action, **words}


def _flag(text: str) -> bool:
    try:
        return WORDS_OF_FLAGS[text.lower()]
    except KeyError as error:
        raise ValueError(text) from error


CONVERTERS: Mapping[str, Callable[[str], Any]] = {
    "text": str,
    "int": int,
    "float": float,
    "bool": bool,
    "flag": _flag,
    "path": Path,
    "unknown": str,
}
