"""The parsers that a program makes, as far as its source was followed."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from tunesmith.facts.argparse_calls import option_of
from tunesmith.facts.literals import Unknown, value
from tunesmith.facts.local_modules import Module
from tunesmith.facts.program_arguments import CommandLine, Exclusive, Option

MADE = frozenset(("argparse.ArgumentParser",))
OF_CLASSES = frozenset(
    ("transformers.HfArgumentParser", "transformers.hf_argparser.HfArgumentParser", "trl.TrlParser",
     "trl.scripts.utils.TrlParser", "trl.commands.cli_utils.TrlParser", "trl.scripts.TrlParser")
)  # fmt: skip
FROM_FILES = ("parse_yaml_file", "parse_json_file", "parse_dict")
HARMLESS = frozenset(
    ("print_help", "print_usage", "format_help", "format_usage", "error", "exit", "get_default", "register",
     *FROM_FILES)
)  # fmt: skip
ASSIGNED = frozenset(("description", "epilog", "usage", "prog", "formatter_class"))
INTO_CLASSES = frozenset(("parse_args_into_dataclasses", "parse_args_and_config"))
PARSES = frozenset(("parse_args", "parse_known_args", "parse_intermixed_args", *INTO_CLASSES))
SETTINGS = frozenset(
    ("prog", "usage", "description", "epilog", "formatter_class", "argument_default", "conflict_handler",
     "add_help", "allow_abbrev", "exit_on_error", "fromfile_prefix_chars", "dataclass_types", "parents")
)  # fmt: skip


@dataclass
class Parser:
    """`above`: the parser that hands over to this one for one of its commands. `lent`: somebody who is not
    followed has had it, and may have given it values as well."""

    certain: bool
    of_classes: bool = False
    complete: bool = True
    lent: bool = False
    abbreviates: bool = True
    help: bool = True
    file_prefix: str = ""
    resolves: bool = False
    options: list[Option] = field(default_factory=list[Option])
    exclusive: list[list[str]] = field(default_factory=list[list[str]])
    obligatory: list[bool] = field(default_factory=list[bool])
    libraries: list[str] = field(default_factory=list[str])
    above: Parser | None = None

    def add(self, option: Option) -> None:
        if self.resolves:
            self.options[:] = [one for one in self.options if not set(one.flags) & set(option.flags)]
        self.options.append(option)
        if self.above is not None:
            self.above.add(replace(option, certain=False))

    def escapes(self) -> None:
        """Somebody who is not known may add to it."""
        self.complete = False


@dataclass
class Group:
    parser: Parser
    exclusive: int | None = None


@dataclass
class Commands:
    parser: Parser


def set_up(parser: Parser, call: ast.Call, home: Module) -> None:
    """What the constructor was told."""
    words = {word.arg: word.value for word in call.keywords}
    if not set(words) <= SETTINGS:
        parser.escapes()
    try:
        told = {
            name: value(words[name], home)
            for name in ("add_help", "allow_abbrev", "fromfile_prefix_chars", "conflict_handler")
            if name in words
        }
    except Unknown:
        parser.escapes()
        return
    parser.help = told.get("add_help") is not False
    parser.abbreviates = told.get("allow_abbrev") is not False
    parser.file_prefix = str(told.get("fromfile_prefix_chars") or "")
    parser.resolves = told.get("conflict_handler") == "resolve"


def add_argument(place: Parser | Group, call: ast.Call, home: Module, certain: bool) -> None:
    parser = place.parser if isinstance(place, Group) else place
    option = option_of(call, home, certain and parser.certain)
    if option is None:
        parser.escapes()
        return
    parser.add(option)
    if isinstance(place, Group) and place.exclusive is not None:
        parser.exclusive[place.exclusive].append(option.name)


def add_group(parser: Parser, call: ast.Call, home: Module, certain: bool, exclusive: bool) -> Group:
    if not exclusive:
        return Group(parser)
    words = {word.arg: word.value for word in call.keywords}
    required = words.get("required")
    try:
        obligatory = required is not None and value(required, home) is True
    except Unknown:
        obligatory = False
    parser.exclusive.append([])
    parser.obligatory.append(obligatory and certain)
    return Group(parser, len(parser.exclusive) - 1)


def told(owner: Parser | Group | Commands, name: str, call: ast.Call, home: Module, certain: bool) -> Any:
    """What a method other than one that parses makes."""
    if isinstance(owner, Commands):
        return Parser(False, above=owner.parser) if name == "add_parser" else None
    parser = owner if isinstance(owner, Parser) else owner.parser
    if name == "add_argument":
        add_argument(owner, call, home, certain)
    elif name in ("add_argument_group", "add_mutually_exclusive_group"):
        return add_group(parser, call, home, certain, exclusive=name != "add_argument_group")
    elif name == "add_subparsers":
        parser.escapes()
        return Commands(parser)
    elif name == "set_defaults":
        set_defaults(parser, call)
    elif name not in HARMLESS:
        parser.escapes()
    return None


def inherit(parser: Parser, parents: Any) -> None:
    """`parents=[…]`"""
    for parent in cast("tuple[Any, ...]", parents) if isinstance(parents, tuple) else (None,):
        if isinstance(parent, Parser) and not parent.exclusive:
            parser.options += parent.options
            parser.complete = parser.complete and parent.complete
        else:
            parser.escapes()


def as_certain(options: Iterable[Option], certain: bool) -> list[Option]:
    return [replace(option, certain=certain) for option in options]


def lend(owner: Parser | Group | Commands) -> None:
    """Somebody who is not followed has it."""
    parser = owner if isinstance(owner, Parser) else owner.parser
    parser.lent = True
    parser.escapes()


def let_go(values: Iterable[Any]) -> None:
    """These are in the hands of somebody who is not followed."""
    for one in values:
        if isinstance(one, Parser | Group | Commands):
            lend(one)
        elif isinstance(one, tuple):
            let_go(cast("tuple[Any, ...]", one))


def set_defaults(parser: Parser, call: ast.Call) -> None:
    """What is shown as a default is no longer one."""
    names = {word.arg for word in call.keywords}
    parser.options[:] = [
        replace(one, default=None) if None in names or one.name in names else one for one in parser.options
    ]


def line_of(parser: Parser, call: ast.Call, method: str, home: Module, certain: bool) -> CommandLine:
    """What `parser` takes when it parses here."""
    words = {word.arg: word.value for word in call.keywords}
    rest = words.get("return_remaining_strings")
    strict = method in ("parse_args", "parse_intermixed_args") or (
        method in INTO_CLASSES and (rest is None or plain_value(rest, home) is False)
    )
    # Files of arguments that are told of otherwise may hold what seems to be missing.
    files = "args_filename" in words or "args_file_flag" in words
    exclusive = tuple(
        Exclusive(tuple(names), needed and not parser.lent)
        for names, needed in zip(parser.exclusive, parser.obligatory, strict=True)
        if len(names) > 1 or needed
    )
    return CommandLine(
        tuple(replace(one, required=one.required and not parser.lent) for one in parser.options),
        exclusive,
        tuple(dict.fromkeys(parser.libraries)),
        complete=parser.complete,
        strict=strict,
        certain=certain and parser.certain and not files,
        abbreviates=parser.abbreviates,
        help=parser.help,
        config="config" if method == "parse_args_and_config" else None,
        file_prefix=parser.file_prefix,
    )


def file_of(parser: Parser, call: ast.Call, method: str, home: Module) -> CommandLine:
    """What a file may hold that `parser` reads here. It is surely the one that the program was started with
    where that is said on the spot."""
    line = line_of(parser, call, method, home, parser.certain)
    if line.config is not None:
        lenient = any(word.arg == "fail_with_unknown_args" for word in call.keywords)
        return replace(line, strict=line.strict and not lenient)
    extra = next((word.value for word in call.keywords if word.arg == "allow_extra_keys"), None)
    strict = extra is None or plain_value(extra, home) is False
    return replace(line, strict=strict, certain=line.certain and "sys.argv" in ast.unparse(call))


def plain_value(node: ast.expr, home: Module) -> object:
    try:
        return value(node, home)
    except Unknown:
        return None
