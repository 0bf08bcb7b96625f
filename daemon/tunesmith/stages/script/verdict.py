"""What a program says to the `args` of a recipe: told by argparse itself, on a parser that is made again."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tunesmith.facts.program_arguments import CommandLine, Option
from tunesmith.stages.script.arguments import arguments
from tunesmith.stages.script.rebuilt import CONVERTERS, Parser, Refused, parser_of

RUN = Path("/run")
Kind = Literal["unknown", "ambiguous", "value", "choice", "amount", "beside", "missing", "other"]


@dataclass(frozen=True)
class Complaint:
    """`key` of `args`; None for what is not there at all. `words`: what else the message speaks of."""

    kind: Kind
    key: str | None
    option: Option | None = None
    words: tuple[str, ...] = ()


def verdict(line: CommandLine, args: Mapping[str, Any]) -> tuple[Complaint, ...]:
    """All that makes the program refuse its arguments; nothing when it takes them, or that is not sure."""
    return _verdict(line, _Given(repr(args), args))


@dataclass(frozen=True)
class _Given:
    """Several rules ask about the same arguments."""

    text: str
    args: Mapping[str, Any] = field(compare=False)


@functools.lru_cache(maxsize=16)
def _verdict(line: CommandLine, given: _Given) -> tuple[Complaint, ...]:
    args = given.args
    if not line.certain or not _plain(line, args):
        return ()
    try:
        refusal = refused(line, _in_full(line, args))
    except (
        ValueError,
        TypeError,
    ):  # No parser can be made so: the program ends before it reads its arguments.
        return ()
    if refusal is None:
        return ()
    found = [*_each(line, args), *_beside(line, args), *_missing(line, args)]
    return tuple(found) or (Complaint("other", None, None, (refusal,)),)


def refused(line: CommandLine, args: Mapping[str, Any]) -> str | None:
    """Why the whole command line is refused."""
    try:
        _, rest = parser_of(line, whole=True).parse_known_args(arguments(args, RUN))
    except Refused as refusal:
        return str(refusal)
    unknown = rest if line.complete and line.strict else []
    return f"unrecognized arguments: {' '.join(unknown)}" if unknown else None


def option_of(line: CommandLine, key: str) -> Option | None:
    """The argument that a key means: in full, or by the beginning of its name that no other has."""
    exact = line.option(key)
    if exact is not None:
        return exact
    begun = _begun(line, key)
    return begun[0] if len(begun) == 1 else None


def _plain(line: CommandLine, args: Mapping[str, Any]) -> bool:
    """Whether the arguments stand in the recipe: not in a file that it names."""
    try:
        words = arguments(args, RUN)
    except TypeError:
        return False
    if line.file_prefix and any(word[:1] in line.file_prefix for word in words):
        return False
    asks = ("-h", "--help") if line.help else ()
    return not any(word in asks for word in words) and all(
        option.nargs != "..." for key in args if (option := option_of(line, key)) is not None
    )


def _each(line: CommandLine, args: Mapping[str, Any]) -> Iterator[Complaint]:
    parser = parser_of(line, whole=False)
    for key, value in args.items():
        words = arguments(_in_full(line, {key: value}), RUN)
        if words:
            yield from _one(line, parser, key, words)


def _in_full(line: CommandLine, args: Mapping[str, Any]) -> Mapping[str, Any]:
    """With whole names: Pythons differ in whether the beginning of two names of one argument will do."""
    found: dict[str, Any] = {}
    for key, value in args.items():
        option = None if line.option(key) else option_of(line, key)
        found[option.key if option is not None and option.key not in args else key] = value
    return found


def _one(line: CommandLine, parser: Parser, key: str, words: Sequence[str]) -> Iterator[Complaint]:
    option = option_of(line, key)
    if option is None:
        begun = _begun(line, key)
        if begun:
            yield Complaint("ambiguous", key, None, tuple(one.key for one in begun))
        elif line.complete and line.strict and _leftover(parser, words):
            yield Complaint("unknown", key)
        return
    try:
        _, rest = parser.parse_known_args(list(words))
    except Refused:
        values = [words[0].partition("=")[2]] if "=" in words[0] and len(words) == 1 else words[1:]
        bad = next((one for one in values if not _fits(option, one)), None)
        if bad is not None:
            yield Complaint("choice" if _is_read(option, bad) else "value", key, option, (bad,))
        else:
            yield Complaint("amount", key, option, (str(len(values)),))
        return
    if rest and line.complete and line.strict and all(one.flags for one in line.options):
        yield Complaint("amount", key, option, (str(len(words) - 1),))


def _leftover(parser: Parser, words: Sequence[str]) -> bool:
    try:
        _, rest = parser.parse_known_args(list(words))
    except Refused:
        return False
    return rest[:1] == list(words[:1])


def _is_read(option: Option, text: str) -> bool:
    try:
        CONVERTERS[option.convert](text)
    except (ValueError, TypeError):
        return False
    return True


def _fits(option: Option, text: str) -> bool:
    if not _is_read(option, text):
        return False
    return option.choices is None or CONVERTERS[option.convert](text) in option.choices


def _beside(line: CommandLine, args: Mapping[str, Any]) -> Iterator[Complaint]:
    given = {key: option for key in _given(args) if (option := option_of(line, key)) is not None}
    for group in line.exclusive:
        among = [key for key, option in given.items() if option.name in group.names]
        for key in among[1:]:
            if given[key] != given[among[0]]:
                yield Complaint("beside", key, given[key], (among[0],))


def _missing(line: CommandLine, args: Mapping[str, Any]) -> Iterator[Complaint]:
    given = {option.name for key in _given(args) if (option := option_of(line, key)) is not None}
    if line.config is not None and line.config in args:
        return
    absent = [one for one in line.options if one.required and one.certain and one.name not in given]
    if absent:
        yield Complaint("missing", None, absent[0], tuple(dict.fromkeys(one.key for one in absent)))
    for group in line.exclusive:
        if group.required and not given & set(group.names):
            keys = (next((one.key for one in line.options if one.name == name), name) for name in group.names)
            yield Complaint("missing", None, None, (" or ".join(keys),))


def _given(args: Mapping[str, Any]) -> list[str]:
    """The keys that become words, on a first start."""
    return [key for key, value in args.items() if arguments({key: value}, RUN)]


def _begun(line: CommandLine, key: str) -> tuple[Option, ...]:
    if not line.abbreviates or key.startswith("-"):
        return ()
    flags = {flag: option for flag, option in line.by_flag.items() if flag.startswith(f"--{key}")}
    return tuple({id(option): option for option in flags.values()}.values())
