"""What an expression in a script stands for, as far as the file of its arguments says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tunesmith.core.python_source import literal
from tunesmith.facts.script_arguments import ScriptArguments

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

HOLDER = r"\w*(?:args|config|cfg|conf|params?|opt)\w*"
ARGUMENT = re.compile(rf"{HOLDER}\.(\w+)|{HOLDER}\[['\"](\w+)['\"]\]")
WHOLE = re.compile(r"-?[0-9]{1,18}")
WORDS = {"true": True, "false": False, "null": None}


def argument(text: str, recipe: Recipe, taken: ScriptArguments | None) -> Any:
    """What an expression like `args.streaming` or `True` stands for; None when that is not plain."""
    match = ARGUMENT.fullmatch(text)
    if match:
        return value_of(match[1] or match[2], recipe, taken)
    try:
        return literal(text)
    except ValueError:
        return None


def value_of(name: str, recipe: Recipe, taken: ScriptArguments | None) -> Any:
    """The value of an argument of the script's: as written, else its default."""
    for written in (recipe.args, recipe.train):
        if name in written:
            return written[name]
    one = taken.own.get(name) if taken else None
    return WORDS.get(one.default or "", one.default) if one else None


def named(text: str) -> str | None:
    """The argument that an expression like `args.max_length` names."""
    match = ARGUMENT.fullmatch(text)
    return (match[1] or match[2]) if match else None


def whole(value: object) -> int | None:
    """A whole number, also where a default stands as text."""
    if isinstance(value, str) and WHOLE.fullmatch(value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def truth(text: str, recipe: Recipe, taken: ScriptArguments | None) -> bool | None:
    """Whether an expression holds: a flag, or whether an argument is there. None when that is not plain."""
    match = re.fullmatch(r"(.+) is (not )?None", text)
    if match:
        name = named(match[1])
        known = name is not None and (
            name in recipe.args or name in recipe.train or (taken is not None and name in taken.own)
        )
        if not known:
            return None
        return (argument(match[1], recipe, taken) is not None) == bool(match[2])
    found = argument(text, recipe, taken)
    return found if isinstance(found, bool) else None
