"""What `add_argument(…)` says, as an `Option`."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from tunesmith.facts.literals import Unknown, text, value, yaml
from tunesmith.facts.local_modules import Module
from tunesmith.facts.program_arguments import CONVERTS, Action, Convert, Defined, Nargs, Option
from tunesmith.facts.source import last_name

ACTIONS = (
    "store", "store_true", "store_false", "store_const", "append", "append_const", "count", "extend", "help",
    "version",
)  # fmt: skip
NAMED = {"argparse.REMAINDER": "...", "argparse.OPTIONAL": "?", "argparse.ZERO_OR_MORE": "*",
         "argparse.ONE_OR_MORE": "+"}  # fmt: skip
KNOWN = frozenset(
    ("action", "nargs", "const", "default", "type", "choices", "required", "help", "metavar", "dest")
)


def option_of(call: ast.Call, home: Module, certain: bool) -> Option | None:
    """None where its names are not plain."""
    flags = tuple(text(one, home) for one in call.args)
    words = {word.arg: word.value for word in call.keywords if word.arg}
    if not all(flags):
        return None
    name = text(words.get("dest"), home) or _name(flags)
    if not name:
        return None
    option = Option(
        name,
        tuple(flag for flag in flags if flag.startswith("-")),
        default=yaml(words.get("default"), home),
        help=" ".join(text(words.get("help"), home).split()),
        certain=certain,
        defined=Defined(home.path, call.lineno - 1, (call.end_lineno or call.lineno) - 1),
    )
    try:
        if len(words) < len(call.keywords) or not words.keys() <= KNOWN:
            raise Unknown
        return _told(option, words, home)
    except Unknown:
        return vague(option)


def vague(option: Option) -> Option:
    """An argument that may be given in any way."""
    return replace(option, action="store", convert="unknown", nargs="*", choices=None, required=False)


def _told(option: Option, words: dict[str, ast.expr], home: Module) -> Option:
    action = _action(words.get("action"), home)
    option = replace(option, action=action, required=_flag(words.get("required"), home))
    if option.takes_no_value:
        default = option.default or {"store_true": "false", "store_false": "true"}.get(action)
        return replace(option, type="true or false", default=default)
    convert, type_ = _convert(words.get("type"), home)
    choices = _choices(words.get("choices"), home, convert)
    return replace(
        option, nargs=_nargs(words.get("nargs"), home), convert=convert, type=type_, choices=choices
    )


def _name(flags: tuple[str, ...]) -> str:
    long = next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else "")
    return long.lstrip("-").replace("-", "_")


def _action(node: ast.expr | None, home: Module) -> Action:
    if node is None:
        return "store"
    if home.meant(node) == "argparse.BooleanOptionalAction":
        return "on_off"
    found = text(node, home)
    if found not in ACTIONS:
        raise Unknown
    return cast(Action, found)


def _nargs(node: ast.expr | None, home: Module) -> Nargs:
    if node is None:
        return None
    found = NAMED.get(home.meant(node)) or value(node, home)
    if found in ("?", "*", "+", "...") or (isinstance(found, int) and found > 0) or found is None:
        return found
    raise Unknown


def _flag(node: ast.expr | None, home: Module) -> bool:
    try:
        return node is not None and value(node, home) is True
    except Unknown:
        return False


def _convert(node: ast.expr | None, home: Module) -> tuple[Convert, str]:
    if node is None:
        return "text", "text"
    name = last_name(node)
    own = isinstance(node, ast.Name) and (name in home.functions or name in home.constants)
    if name == "str" and not own:
        return "text", "text"
    if name in CONVERTS and isinstance(node, ast.Name) and not own:
        return cast(Convert, name), CONVERTS[name]
    if home.meant(node) == "pathlib.Path":
        return "path", "path"
    return "unknown", name or "value"


def _choices(node: ast.expr | None, home: Module, convert: Convert) -> tuple[object, ...] | None:
    """What they are compared with is the converted value: of a conversion that is not known, nothing is."""
    if node is None or convert in ("unknown", "path"):
        return None
    try:
        found = value(node, home)
    except Unknown:
        return None
    return tuple(cast(Iterable[object], found)) if isinstance(found, list | dict) else None
