"""What an expression in a script stands for, as far as the file of its arguments says."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from tunesmith.facts.script_arguments import ScriptArguments

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

ARGUMENT = re.compile(r"\w*args\w*\.(\w+)|\w*config\w*\.(\w+)")


def argument(text: str, recipe: Recipe, taken: ScriptArguments | None) -> Any:
    """What an expression like `args.streaming` or `True` stands for; None when that is not plain."""
    match = ARGUMENT.fullmatch(text)
    if match:
        name = match[1] or match[2]
        if name in recipe.args:
            return recipe.args[name]
        one = taken.own.get(name) if taken else None
        return (
            {"true": True, "false": False, "null": None}.get(one.default or "", one.default) if one else None
        )
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
